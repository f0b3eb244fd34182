/**
 * What `scans.ts` measures, one thing per process: headers of a series, frames of a file, a series as it is looked at. Prints JSON.
 *
 * `headers ours|dcmjs|naive FOLDER`, `frames FILE`, `series FOLDER`
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import dicomParser from 'dicom-parser';
import sharp from 'sharp';
import type { DocumentInfo } from '../../app/contract/index.ts';
import { groupFiles } from '../../app/hosts/shared/grouping.ts';
import { parseDicom } from '../../app/scans/dicom/file.ts';
import { frameBytes } from '../../app/scans/dicom/frames.ts';
import { pixelFactsOf } from '../../app/scans/dicom/image.ts';
import { frameWords } from '../../app/scans/dicom/reader.ts';
import { readSlices } from '../../app/scans/dicom/slice.ts';
import { streamKind, type StreamKind } from '../../app/scans/dicom/stream.ts';
import { wasm } from '../../app/scans/dicom/wasm.ts';
import { benchProgram } from './_program.ts';
import { treeSeconds } from './_tree.ts';

const { signal } = new AbortController();
const slicesIn = (folder: string): string[] =>
  readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));

export interface Use {
  /** Seconds. */
  readonly cpu: number;
  readonly wall: number;
}

async function used(work: () => unknown): Promise<Use> {
  const before = process.cpuUsage();
  const started = performance.now();
  await work();
  const wall = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1e6, wall };
}

async function byDcmjs(paths: readonly string[]): Promise<void> {
  const { default: dcmjs } = await import('dcmjs');
  dcmjs.log.setLevel('silent');
  for (const path of paths) {
    const { buffer, byteOffset } = readFileSync(path);
    // Its best: no value of the pixels, and no bytes of them.
    const head = buffer.slice(byteOffset, byteOffset + 64 * 1024) as ArrayBuffer;
    const options = { untilTag: '7FE00010', includeUntilTagValue: false };
    const { dict } = dcmjs.data.DicomMessage.readFile(head, options);
    if (!dict['00200032']?.Value) throw new Error(`${path} has no position.`);
  }
}

/** The whole file, and every element of it. */
function naively(paths: readonly string[]): void {
  for (const path of paths) {
    const dataSet = dicomParser.parseDicom(readFileSync(path));
    if (!dataSet.string('x00200032')) throw new Error(`${path} has no position.`);
  }
}

async function headers(way: string, folder: string): Promise<readonly Use[]> {
  const paths = slicesIn(folder);
  const ways: Readonly<Record<string, () => unknown>> = {
    ours: () =>
      readSlices(paths, (_, error): never => {
        throw error;
      }),
    dcmjs: () => byDcmjs(paths),
    naive: () => naively(paths),
  };
  const work = ways[way]!;
  // The first finds nothing compiled: so does a person who opens a series.
  return [await used(work), await used(work), await used(work)];
}

type Bare = (stream: Uint8Array) => Uint8Array;

const bareOf: Readonly<Partial<Record<StreamKind, () => Promise<Bare>>>> = {
  async jpeg() {
    const { default: create } =
      await import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs');
    const { JPEGDecoder } = await create(
      wasm('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm'),
    );
    return bare(JPEGDecoder);
  },
  async 'jpeg-ls'() {
    const { default: create } = await import('@cornerstonejs/codec-charls/decodewasmjs');
    const { JpegLSDecoder } = await create(wasm('@cornerstonejs/codec-charls/decodewasm'));
    return bare(JpegLSDecoder);
  },
  async 'jpeg-2000'() {
    const { default: create } = await import('@cornerstonejs/codec-openjpeg/decodewasmjs');
    const { J2KDecoder } = await create(wasm('@cornerstonejs/codec-openjpeg/decodewasm'));
    return bare(J2KDecoder);
  },
  async htj2k() {
    const { default: create } = await import('@cornerstonejs/codec-openjph/wasmjs');
    const { HTJ2KDecoder } = await create(wasm('@cornerstonejs/codec-openjph/wasm'));
    return bare(HTJ2KDecoder);
  },
  async 'jpeg-lossless'() {
    const { Decoder } = await import('@cornerstonejs/jpeg-lossless-decoder-js');
    return (stream) => {
      const own = stream.slice();
      return new Uint8Array(new Decoder().decompress(own.buffer, 0, own.length));
    };
  },
};

/** What nobody can do without: its memory is used again by the next frame. */
const bare =
  (Decoder: new () => FrameDecoder): Bare =>
  (stream) => {
    const decoder = new Decoder();
    decoder.getEncodedBuffer(stream.length).set(stream);
    decoder.decode();
    const pixels = decoder.getDecodedBuffer().slice();
    decoder.delete();
    return pixels;
  };

/**
 * Seconds of decoding the same frame are a sample. Of 20 frames, a twentieth of this, the collector's turns fell into one sample or the
 * next: ratios of 0.9 to 1.6 for the same codec.
 */
const SAMPLE = 0.5;
const SAMPLES = 9;

export interface FrameUses {
  readonly kind: string;
  readonly size: readonly number[];
  /** Frames of a sample. */
  readonly often: number;
  readonly ours: readonly Use[];
  readonly alone: readonly Use[];
  readonly bare: readonly Use[];
}

/**
 * As the reader decodes it, thread and copies included, and the codec alone in this thread; taking turns. The reader is asked for the next
 * frame before this one is there, as the window asks; and for one after another.
 */
async function frames(path: string): Promise<FrameUses> {
  const dicom = parseDicom(readFileSync(path), basename(path));
  const facts = pixelFactsOf(dicom);
  const stream = Uint8Array.from(frameBytes(dicom, facts, 0));
  const kind = streamKind(stream)!;
  const codec = await bareOf[kind]!();
  const decoded = (): Promise<unknown> =>
    frameWords(dicom, facts, 0, { timeoutMs: 60_000, signal });
  const ways = {
    async ours(times: number) {
      let ahead = decoded();
      for (let frame = 1; frame < times; frame++) {
        const next = decoded();
        await ahead;
        ahead = next;
      }
      await ahead;
    },
    async alone(times: number) {
      for (let frame = 0; frame < times; frame++) await decoded();
    },
    async bare(times: number) {
      // A turn for each, as the others have.
      for (let frame = 0; frame < times; frame++) await codec(stream);
    },
  };
  const use = (way: keyof typeof ways, times: number): Promise<Use> => used(() => ways[way](times));
  // V8 compiles in the first of each.
  for (const way of ['alone', 'bare', 'ours'] as const) await use(way, 10);
  const often = Math.ceil((10 * SAMPLE) / (await use('bare', 10)).wall);
  const uses = { ours: [] as Use[], alone: [] as Use[], bare: [] as Use[] };
  const orders = [
    ['ours', 'bare', 'alone'],
    ['bare', 'alone', 'ours'],
    ['alone', 'ours', 'bare'],
  ] as const;
  for (let sample = 0; sample < SAMPLES; sample++)
    // None always follows the same other.
    for (const way of orders[sample % 3]!) uses[way].push(await use(way, often));
  return { kind, size: [facts.columns, facts.rows, facts.samples], often, ...uses };
}

export interface SeriesUse {
  readonly slices: number;
  /** Milliseconds from the paths to the pixels of a slice, of that grouping them and opening took. */
  readonly first: { readonly all: number; readonly grouping: number; readonly opening: number };
  /** Milliseconds of each next slice. */
  readonly next: readonly number[];
  /** Seconds of all its processes; null where the system does not tell. */
  readonly cpu: { readonly first: number; readonly next: number } | null;
}

/**
 * As the page does it while a person scrolls: the files are dropped, then every slice is turned to, the next one opened while this one's
 * tiles are fetched. The engine runs already, as it does in the window.
 */
async function series(folder: string, own: string): Promise<SeriesUse> {
  mkdirSync(own, { recursive: true });
  const program = benchProgram(own);
  const small = join(own, 'small.png');
  await sharp({ create: { width: 8, height: 8, channels: 3, background: 'gray' } }).toFile(small);
  const { document } = await program.run('open', { source: small });
  await program.run('close', { document });

  const paths = slicesIn(folder);
  const open = (files: readonly string[], page: number): Promise<DocumentInfo> =>
    program.run('open', { source: files[0]!, files: [...files], page });
  const see = async (info: DocumentInfo): Promise<void> => {
    const sides = [info.width, info.height].map((side) => Math.ceil(side / info.tileSize));
    for (let row = 0; row < sides[1]!; row++)
      for (let column = 0; column < sides[0]!; column++)
        await program.tile({
          ...{ document: info.document, layer: 'source', level: 0, column, row },
          bits: info.codes ? 16 : 8,
        });
  };
  try {
    const seconds = (): number => treeSeconds(process.pid) ?? NaN;
    const began = seconds();
    const started = performance.now();
    const groups = await groupFiles(paths, signal);
    if (groups.length !== 1) throw new Error(`${groups.length} series instead of one`);
    const [files] = groups;
    const grouped = performance.now();
    let shown = await open(files!, 1);
    const opened = performance.now();
    await see(shown);
    const first = {
      all: performance.now() - started,
      ...{ grouping: grouped - started, opening: opened - grouped },
    };
    const seen = seconds();
    const next: number[] = [];
    let ahead = open(files!, 2);
    for (let page = 2; page <= paths.length; page++) {
      const begun = performance.now();
      const info = await ahead;
      if (page < paths.length) ahead = open(files!, page + 1);
      await see(info);
      await program.run('close', { document: shown.document });
      shown = info;
      next.push(performance.now() - begun);
    }
    const cpu = { first: seen - began, next: seconds() - seen };
    return { slices: paths.length, first, next, cpu: Number.isNaN(cpu.next) ? null : cpu };
  } finally {
    await program.stop();
  }
}

const [, , what, ...args] = process.argv;
const answer = {
  headers: () => headers(args[0]!, args[1]!),
  frames: () => frames(args[0]!),
  series: () => series(args[0]!, args[1]!),
}[what!]!();
console.log(JSON.stringify(await answer));
process.exit();
