/** A task: pictures of one kind with one kind of noise, through every method. */
import type { Raster } from '../../../app/pixels/index.ts';
import { climb } from './climb.ts';
import { withData, type Field, type Span } from './field.ts';
import { clipped, flatChange, meanChange, psnr, rmse } from './metrics.ts';
import type { Ours } from './ours.ts';
import type { Peer, Setting } from './peers.ts';
import type { Measurement, Results } from './results.ts';
import { ssim } from './ssim.ts';

/** One picture. Fields are on [0,1] for photographs, in stored units for scans. */
export interface Item {
  readonly name: string;
  /** As the program gets it. */
  readonly noisy: Raster;
  /** The same as numbers. */
  readonly source: Field;
  readonly reference: Field;
  readonly span: Span;
  /** From a result of the program to numbers. */
  read(raster: Raster): Field;
  /** The level that was added, as the program would be told it, 8-bit levels. */
  readonly known?: number;
  /** The same in the unit of readings, where noise was added. */
  readonly truth?: number;
  /** What stands for no signal; scans only. */
  readonly zero?: number;
  /** Where CT shows soft tissue. */
  readonly tissue?: Uint8Array;
  /** Where MR shows the body. */
  readonly body?: Uint8Array;
  /** Takes a bias of the noise away that a peer knows nothing of. */
  readonly unbias?: (cleaned: Field) => Field;
}

export interface Task {
  readonly set: string;
  readonly noise: string;
  readonly scan: boolean;
  readonly items: readonly (() => Promise<Item>)[];
  /** Which runs of the program, besides the one at its own suggestion. */
  readonly also: 'nothing' | 'known' | 'constant';
  readonly peers: boolean;
}

/** Names of methods, as in tables. */
export const NOISY = 'noisy';
export const OURS = 'Hourglass';
export const SUGGESTED = `${OURS}, nothing told`;
export const KNOWN = `${OURS}, level known`;
export const CONSTANT = `${OURS}, best constant level`;
export const UNBIASED = ', bias removed';

/** Pictures that strengths are tuned on. */
const TUNING = 4;
/** Levels tried for the best constant one start here. */
const FIRST_LEVEL = 8;

export interface TaskTools {
  /** null: peers only. */
  readonly ours: Ours | null;
  readonly peers: readonly Peer[];
  readonly results: Results;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** @returns what each peer was tuned to, by its name */
export async function runTask(task: Task, tools: TaskTools): Promise<Map<string, Setting>> {
  const { ours, results, signal, say } = tools;
  const peers = task.peers ? tools.peers : [];
  const started = performance.now();
  const options = { scan: task.scan, signal };
  const samples = await tuningSamples(task, peers.length > 0 || task.also === 'constant');
  const settings = new Map<string, Setting>();
  for (const peer of peers) settings.set(peer.name, await tunePeer(peer, samples, task, signal));
  const constant = ours && task.also === 'constant' ? await tuneOurs(ours, samples, signal) : null;

  for (const make of task.items) {
    signal.throwIfAborted();
    const item = await make();
    const note = (method: string, result: Field, extra: Partial<Measurement>): void =>
      results.add(measure(task, item, method, result, extra), errorsOf(result, item));
    note(NOISY, item.source, {});
    const runs: [string, number | null][] = ours ? [[SUGGESTED, null]] : [];
    if (ours && task.also === 'known') runs.push([KNOWN, item.known!]);
    if (constant !== null) runs.push([CONSTANT, constant]);
    for (const [method, level] of runs) {
      const {
        raster,
        reading,
        level: told,
        seconds,
      } = await ours!.clean(item.noisy, level, signal);
      const stored = reading && (task.scan ? reading.storedSigma : readLevels(item, reading));
      note(method, item.read(raster), {
        setting: `level ${told.toPrecision(3)}`,
        seconds,
        unchanged: raster === item.noisy,
        ...(stored === null ? {} : { reading: stored }),
        ...(item.truth === undefined ? {} : { truth: item.truth }),
      });
    }
    for (const peer of peers) {
      const setting = settings.get(peer.name)!;
      const begun = performance.now();
      const result = await peer.run(item.source, setting, options);
      const extra = {
        setting: peer.describe(setting),
        seconds: (performance.now() - begun) / 1000,
      };
      note(peer.name, result, extra);
      if (item.unbias) note(peer.name + UNBIASED, item.unbias(result), extra);
    }
  }
  const seconds = (performance.now() - started) / 1000;
  say(`${task.set}, ${task.noise}: ${task.items.length} pictures, ${seconds.toFixed(0)} s`);
  return settings;
}

/** Levels of the full scale, also where the program reads a gray float picture in a range of its own. */
function readLevels(
  { noisy }: Item,
  { sigma, storedSigma }: { sigma: number; storedSigma: number | null },
): number {
  if (storedSigma === null) return sigma;
  return noisy.sampleType === 'float32' ? storedSigma * 255 : (storedSigma * 255) / 65535;
}

async function tuningSamples({ items }: Task, wanted: boolean): Promise<Item[]> {
  if (!wanted) return [];
  const count = Math.min(TUNING, items.length);
  const chosen = Array.from(
    { length: count },
    (_, i) => items[Math.floor(((i + 0.5) * items.length) / count)]!,
  );
  // One after the other: a simulation holds the thread for so long that a decoder's time limit would strike.
  const samples: Item[] = [];
  for (const make of chosen) samples.push(await make());
  return samples;
}

/** Photographs are judged as shown: cut off at black and white. */
const shown = (result: Field, { zero }: Item): Field =>
  zero === undefined ? clipped(result) : result;

const quality = (result: Field, item: Item): number =>
  psnr(shown(result, item), item.reference, item.span);

const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

async function tunePeer(
  peer: Peer,
  samples: readonly Item[],
  { scan }: Task,
  signal: AbortSignal,
): Promise<Setting> {
  const noise = average(samples.map(({ source, reference }) => rmse(source, reference)));
  const score = async (run: (noisy: Field) => Promise<Field>): Promise<number> => {
    const plain: number[] = [];
    const unbiased: number[] = [];
    for (const item of samples) {
      signal.throwIfAborted();
      const result = await run(item.source);
      plain.push(quality(result, item));
      unbiased.push(item.unbias ? quality(item.unbias(result), item) : -Infinity);
    }
    return Math.max(average(plain), average(unbiased));
  };
  return peer.tune(noise, score, { scan, signal });
}

async function tuneOurs(
  ours: Ours,
  samples: readonly Item[],
  signal: AbortSignal,
): Promise<number> {
  const best = await climb(
    FIRST_LEVEL,
    1.4,
    async (level) => {
      const scores: number[] = [];
      for (const item of samples) {
        const { raster } = await ours.clean(item.noisy, level, signal);
        scores.push(quality(item.read(raster), item));
      }
      return average(scores);
    },
    { least: 0.5, most: 255 },
  );
  return best.value;
}

/** In 8-bit steps. */
const errorsOf = (result: Field, { reference, span }: Item): Field =>
  withData(
    result,
    result.data.map((value, i) => (255 * (value - reference.data[i]!)) / (span.high - span.low)),
  );

function measure(
  { set, noise }: Task,
  item: Item,
  method: string,
  result: Field,
  extra: Partial<Measurement>,
): Measurement {
  const { source, reference, span, zero, tissue, body } = item;
  const seen = shown(result, item);
  return {
    set,
    noise,
    image: item.name,
    method,
    setting: '',
    psnr: psnr(seen, reference, span),
    ssim: ssim(seen, reference, span),
    ...meanChange(result, source, span),
    ...(zero === undefined
      ? {}
      : {
          rmse: rmse(result, reference),
          flat: flatChange(result, source, reference, span, zero),
          flatTruth: flatChange(result, reference, reference, span, zero),
        }),
    ...(tissue ? { tissue: rmse(result, reference, tissue) } : {}),
    ...(body ? { inside: psnr(result, reference, span, body) } : {}),
    ...extra,
  };
}
