/**
 * How well a network that was trained gives a picture back, place by place. The picture is seen as it was while the network learnt: squares of it as they are, or
 * all of it made small. Networks of any size see it in tiles that overlap by what a pixel can matter.
 */
import { HourglassError, throwIfCancelled, type Notice } from '../contract/index.ts';
import type { DecodedImage } from '../pixels/index.ts';
import { inferenceThreads, type EngineServices, type RunnableGraph } from '../runtime/index.ts';
import { Draws } from './engine/index.ts';
import { hashOf, shrunk, type See, type SeenImage } from './images.ts';
import { cleans, decodes, kinds, reachOf, seesWhole } from './kinds.ts';
import { ports } from './network.ts';
import { say } from './sentences.ts';
import { networkOf, trainingIn, unlikeCount } from './trained.ts';
import { viewOf } from './views.ts';

/** Samples of the map along the longer side of the picture, about. */
const SAMPLES = 256;
/** Side of a tile, pixels; for networks of any size. */
const TILE = 256;
/** Values that a network is given at a time. */
const AT_ONCE = 3 * TILE * TILE;

interface Map {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

export interface OpenRebuilder {
  readonly sha256: string;
  errors(
    image: DecodedImage,
    signal: AbortSignal,
  ): Promise<{ readonly map: Map; readonly cell: number }>;
  hasLearnt(files: readonly string[], signal: AbortSignal): Promise<boolean>;
  /** What of all that it gave back is unlike what the network learnt from. */
  notices(): readonly Notice[];
  close(): Promise<void>;
}

/**
 * @param training folder of a training, absolute
 * @param see what networks see of an image
 * @throws HourglassError file-not-found: there is none; invalid-parameter: its network gives no pictures back through a code
 */
export async function openRebuilder(
  training: string,
  { inference }: Pick<EngineServices, 'inference'>,
  see: See,
): Promise<OpenRebuilder> {
  const from = await trainingIn(training);
  const { plan, bytes, sha256 } = networkOf(from);
  const { settings, tones } = plan;
  const { kind: id, patch } = settings;
  const kind = kinds[id];
  if (cleans(kind) || !decodes(kind))
    throw new HourglassError('invalid-parameter', say('rebuildsNothing', { kind: id }), {
      hint: say('needsWayBack'),
      details: { name: 'by' },
    });
  const isWhole = seesWhole(kind, settings);
  const unlike = await unlikeCount(training, sha256);
  const multiple = kind.multipleOf(settings);
  const reach = Math.ceil(reachOf(kind.layers(settings, tones)) / multiple) * multiple;
  const learnt = new Set(from.head.images.learnt);
  const graph: RunnableGraph = await inference.openGraph(bytes, { threads: inferenceThreads() });
  return {
    sha256,
    async errors(image, signal) {
      const seen = see(image);
      unlike.add(() => seen.learnt([]).facts);
      const { width, height } = seen;
      const cell = Math.max(1, Math.round(Math.max(width, height) / SAMPLES));
      const sums = new Sums(width, height, cell);
      if (isWhole) await ofWhole(seen, sums);
      else await ofTiles(seen, sums, signal);
      return { map: sums.means(), cell };
    },
    hasLearnt: async (files, signal) => learnt.has(await hashOf(files, signal)),
    notices: () => unlike.notices(),
    close: () => graph.close(),
  };

  /** Squared differences of [count, tones, side, side], mean of the tones; gone with the next call. */
  async function differences(x: Float32Array, count: number, side: number): Promise<Float32Array> {
    const shape = [count, tones, side, side];
    const given = x.slice();
    const { into } = await graph.run(
      { [ports.input]: { data: given, shape } },
      { [ports.output]: { data: new Float32Array(x.length), shape } },
    );
    const y = into[ports.output]!.data;
    const plane = side * side;
    const out = new Float32Array(count * plane);
    for (let item = 0, at = 0; item < count; item++)
      for (let tone = 0; tone < tones; tone++)
        for (let i = 0; i < plane; i++, at++)
          out[item * plane + i]! += (y[at]! - x[at]!) ** 2 / tones;
    return out;
  }

  async function ofWhole(seen: SeenImage, sums: Sums): Promise<void> {
    const { width, height } = seen;
    const piece = shrunk(seen, Math.min(patch, width, height));
    const x = new Float32Array(tones * patch * patch);
    const draws = new Draws(settings.seed);
    viewOf(inTones(piece, seen.tones), { tones, patch, strength: 0, draws, noise: [0] }, x, 0);
    const found = await differences(x, 1, patch);
    for (let v = 0; v < height; v++)
      for (let u = 0; u < width; u++) {
        const [column, row] = [Math.floor((u * patch) / width), Math.floor((v * patch) / height)];
        sums.add(u, v, found[row * patch + column]!);
      }
  }

  /** Gray pictures in three equal channels, where others were in colour. */
  function inTones(piece: ReturnType<typeof shrunk>, own: number): ReturnType<typeof shrunk> {
    if (own === tones) return piece;
    const { side, data } = piece;
    const plane = data.length / own;
    const out = new Float32Array(tones * plane);
    for (let tone = 0; tone < tones; tone++)
      for (let i = 0; i < plane; i++) {
        let sum = 0;
        for (let from = 0; from < own; from++) sum += data[from * plane + i]!;
        out[tone * plane + i] = own === 1 || tones === 1 ? sum / own : data[tone * plane + i]!;
      }
    return { side, data: out };
  }

  async function ofTiles(seen: SeenImage, sums: Sums, signal: AbortSignal): Promise<void> {
    const { width, height } = seen;
    const least = kind.anySize ? multiple : patch;
    const side = kind.anySize
      ? Math.min(TILE, Math.floor(Math.min(width, height) / multiple) * multiple)
      : patch;
    if (Math.min(width, height) < least)
      throw new HourglassError(
        'invalid-parameter',
        say('tooSmall', { width, height, side: least }),
      );
    const margin = kind.anySize ? Math.min(reach, Math.floor(side / 4)) : 0;
    const across = coresOf(width, side, margin);
    const down = coresOf(height, side, margin);
    const tiles = down.flatMap((row) => across.map((column) => ({ row, column })));
    const values = tones * side * side;
    const batch = Math.max(1, Math.floor(AT_ONCE / values));
    for (let first = 0; first < tiles.length; first += batch) {
      throwIfCancelled(signal);
      const some = tiles.slice(first, first + batch);
      const x = new Float32Array(some.length * values);
      for (const [at, { row, column }] of some.entries()) {
        const target = x.subarray(at * values, (at + 1) * values);
        readInTones(seen, { x: column.start, y: row.start }, side, target);
      }
      const found = await differences(x, some.length, side);
      for (const [at, { row, column }] of some.entries())
        for (let v = row.from; v < row.to; v++)
          for (let u = column.from; u < column.to; u++)
            sums.add(u, v, found[(at * side + v - row.start) * side + u - column.start]!);
    }
  }

  /** A colour picture is shown in gray to a network that has seen nothing else. */
  function readInTones(
    seen: SeenImage,
    origin: { readonly x: number; readonly y: number },
    side: number,
    target: Float32Array,
  ): void {
    if (tones >= seen.tones) return seen.read(origin, side, target, tones);
    const own = new Float32Array(seen.tones * side * side);
    seen.read(origin, side, own, seen.tones);
    target.set(inTones({ side, data: own }, seen.tones).data);
  }
}

interface Core {
  /** Of the tile. */
  readonly start: number;
  /** What of it counts. */
  readonly from: number;
  readonly to: number;
}

/** Tiles along a line, each of whose pixels counts once; the last one is moved into the picture. */
function coresOf(length: number, side: number, margin: number): readonly Core[] {
  const cores: Core[] = [];
  for (let from = 0; from < length;) {
    const start = Math.max(0, Math.min(length - side, from - margin));
    const isLast = start + side >= length;
    const to = isLast ? length : start + side - margin;
    cores.push({ start, from, to });
    from = to;
  }
  return cores;
}

/** Means over squares of pixels. */
class Sums {
  readonly #sums: Float64Array;
  readonly #counts: Uint32Array;
  readonly #columns: number;
  readonly #rows: number;
  readonly #cell: number;

  constructor(width: number, height: number, cell: number) {
    this.#columns = Math.ceil(width / cell);
    this.#rows = Math.ceil(height / cell);
    this.#cell = cell;
    this.#sums = new Float64Array(this.#columns * this.#rows);
    this.#counts = new Uint32Array(this.#columns * this.#rows);
  }

  add(x: number, y: number, value: number): void {
    const at = Math.floor(y / this.#cell) * this.#columns + Math.floor(x / this.#cell);
    this.#sums[at]! += value;
    this.#counts[at]!++;
  }

  means(): Map {
    const data = Float32Array.from(this.#sums, (sum, at) => sum / this.#counts[at]!);
    return { width: this.#columns, height: this.#rows, data };
  }
}
