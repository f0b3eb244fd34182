/**
 * The named peers, run as processes in the same bench: ffmpeg's `bm3d` and `nlmeans`, OpenCV's
 * non-local means. Each is tuned against the truth, per set and level, which nobody can do who has only
 * the noisy picture: it is in their favour. What is absent is left out with a reason.
 */
import { join } from 'node:path';
import { repositoryRoot } from '../../data.ts';
import { climb } from './climb.ts';
import {
  codingFor,
  decode,
  encode,
  fieldOf,
  fromOpponent,
  planesOf,
  toOpponent,
  type Coding,
} from './codes.ts';
import type { Field } from './field.ts';
import { pipeThrough } from './process.ts';

/** What a peer's tuning has found; its meaning is the peer's own. */
export type Setting = readonly number[];

export interface Peer {
  readonly name: string;
  /** How it is run, for the report. */
  readonly how: string;
  /**
   * @param noise root mean square of the noise, in the unit of the pictures
   * @param score of a setting over the tuning pictures; the greater, the better
   */
  tune(
    noise: number,
    score: (run: (noisy: Field) => Promise<Field>) => Promise<number>,
    options: PeerOptions,
  ): Promise<Setting>;
  /** A setting for such noise without any tuning. */
  guess(noise: number): Setting;
  run(noisy: Field, setting: Setting, options: PeerOptions): Promise<Field>;
  describe(setting: Setting): string;
}

export interface PeerOptions {
  /** Values of any range instead of [0,1]. */
  readonly scan: boolean;
  readonly signal: AbortSignal;
  /** Is told the id of the process that does the work. */
  readonly started?: (pid: number) => void;
}

const RATIO = 1.4;

async function throughFfmpeg(
  field: Field,
  planes: readonly Float32Array[],
  coding: Coding,
  graph: string,
  { signal, started }: PeerOptions,
): Promise<Float32Array[]> {
  const format = `${planes.length === 3 ? 'gbrp' : 'gray'}${coding.bits === 16 ? '16le' : ''}`;
  const raw = ['-f', 'rawvideo', '-pix_fmt', format];
  const out = await pipeThrough(
    'ffmpeg',
    [
      ...['-v', 'error', ...raw, '-s', `${field.width}x${field.height}`, '-i', '-'],
      ...['-filter_complex', graph, '-frames:v', '1', ...raw, '-'],
    ],
    encode(planes, coding),
    signal,
    started,
  );
  return decode(out, planes.length, coding);
}

/** Sliding step of the blocks: 4 while tuning, which is three times faster and finds the same. */
const TUNING_STEP = 4;
const STEP = 2;
/** Where the search for the two strengths begins, as multiples of the noise (see `bm3d`). */
const BASIC_START = 3.5;
const FINAL_START = 6;

/**
 * Two passes, basic and final, as ffmpeg's documentation tells; each strength is tuned, because the
 * filter's `sigma` is in no unit of the picture: the basic pass wants 8-bit levels times about 3.5, the
 * final pass code values of the transform. `group=1`, its default: groups of 2, 4, 8 and 16 similar blocks were
 * worse at every strength (ffmpeg 5.1.9, CBSD68 σ 25, by 0.5 dB and more).
 */
const bm3d: Peer = {
  name: 'ffmpeg bm3d',
  how: 'two passes, 16 bits, opponent colours, step 2, both strengths tuned',
  async tune(noise, score, options) {
    const basic = await climb(BASIC_START, RATIO, (value) =>
      score((noisy) => runBm3d(noisy, [value * noise], TUNING_STEP, options)),
    );
    const first = basic.value * noise;
    const final = await climb(FINAL_START, RATIO, (value) =>
      score((noisy) => runBm3d(noisy, [first, value * noise], TUNING_STEP, options)),
    );
    return [first, final.value * noise];
  },
  guess: (noise) => [BASIC_START * noise, FINAL_START * noise],
  run: (noisy, setting, options) => runBm3d(noisy, setting, STEP, options),
  describe: (setting) => setting.map((value) => value.toPrecision(3)).join(' and '),
};

/** @param setting of the basic and, if wanted, the final pass, in the unit of the picture */
async function runBm3d(
  noisy: Field,
  [basic, final]: Setting,
  step: number,
  options: PeerOptions,
): Promise<Field> {
  const planes = toOpponent(planesOf(noisy));
  const coding = codingFor(planes, 16, false);
  const first = `bm3d=sigma=${(basic! * coding.scale) / 257}:bstep=${step}:estim=basic`;
  const graph =
    final === undefined
      ? first
      : `split[a][b];[a]${first}[c];[b][c]bm3d=sigma=${final * coding.scale}:bstep=${step}:estim=final:ref=1`;
  const cleaned = await throughFfmpeg(noisy, planes, coding, graph, options);
  return fieldOf(noisy, fromOpponent(cleaned));
}

/** Where the search begins for photographs: s 15 for noise of 25 levels. */
const NLMEANS_START = 150;

/** The filter knows 8 bits only. */
const nlmeans: Peer = {
  name: 'ffmpeg nlmeans',
  how: '8 bits (the filter has no more), patches of 7, window of 15, s tuned',
  async tune(noise, score, options) {
    // Scans fill the codes with whatever range they have.
    const start = options.scan ? 4 : NLMEANS_START * noise;
    const best = await climb(
      start,
      RATIO,
      (s) => score((noisy) => nlmeans.run(noisy, [s], options)),
      { least: 1, most: 30 },
    );
    return [best.value];
  },
  guess: (noise) => [NLMEANS_START * noise],
  async run(noisy, [s], options) {
    const planes = planesOf(noisy);
    const coding = codingFor(planes, 8, !options.scan);
    const graph = `nlmeans=s=${s!.toFixed(3)}:p=7:r=15`;
    return fieldOf(noisy, await throughFfmpeg(noisy, planes, coding, graph, options));
  },
  describe: ([s]) => `s ${s!.toPrecision(3)}`,
};

const python = process.env.PYTHON ?? 'python3';
const openCvScript = join(repositoryRoot, 'test/bench/quality/opencv-nlm.py');

/** Gray has a 16-bit form with absolute differences; colour is 8 bits, in Lab. */
const openCv: Peer = {
  name: 'OpenCV non-local means',
  how: 'patches of 7, window of 21, h tuned; gray in 16 bits (L1), colour in 8 bits (Lab)',
  async tune(noise, score, options) {
    const best = await climb(1, RATIO, (h) =>
      score((noisy) => openCv.run(noisy, [h * noise], options)),
    );
    return [best.value * noise];
  },
  guess: (noise) => [noise],
  async run(noisy, [h], { scan, signal, started }) {
    const planes = planesOf(noisy);
    const coding = codingFor(planes, planes.length === 3 ? 8 : 16, !scan);
    const args = [noisy.width, noisy.height, planes.length, h! * coding.scale].map(String);
    const codes = encode(planes, coding);
    const out = await pipeThrough(python, [openCvScript, ...args], codes, signal, started);
    return fieldOf(noisy, decode(out, planes.length, coding));
  },
  describe: ([h]) => `h ${h!.toPrecision(3)}`,
};

/** The peers that are here, and a line for each that is not. */
export async function findPeers(
  signal: AbortSignal,
): Promise<{ peers: Peer[]; versions: string[]; missing: string[] }> {
  const peers: Peer[] = [];
  const versions: string[] = [];
  const missing: string[] = [];
  const ask = async (program: string, args: string[]): Promise<string> =>
    (await pipeThrough(program, args, Buffer.alloc(0), signal)).toString();
  const short = (error: unknown): string => (error as Error).message.split('\n').at(-1)!;
  try {
    const version = /^ffmpeg version (\S+)/.exec(await ask('ffmpeg', ['-version']));
    const filters = await ask('ffmpeg', ['-v', 'error', '-filters']);
    for (const [peer, filter] of [
      [bm3d, 'bm3d'],
      [nlmeans, 'nlmeans'],
    ] as const)
      if (new RegExp(`\\s${filter}\\s`).test(filters)) peers.push(peer);
      else missing.push(`${peer.name} is left out: this ffmpeg was built without the filter.`);
    versions.push(`ffmpeg ${version?.[1] ?? 'of unknown version'}`);
  } catch (error) {
    signal.throwIfAborted();
    missing.push(`ffmpeg bm3d and nlmeans are left out: ${short(error)}`);
  }
  try {
    const version = await ask(python, ['-c', 'import cv2; print(cv2.__version__)']);
    peers.push(openCv);
    versions.push(`OpenCV ${version.trim()}`);
  } catch (error) {
    signal.throwIfAborted();
    missing.push(
      `OpenCV non-local means is left out: ${short(error)} (PYTHON names an interpreter that has cv2).`,
    );
  }
  return { peers, versions, missing };
}
