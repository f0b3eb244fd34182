/**
 * Describes pictures by the code of a network that was trained, so that they can be compared. A network that sees whole pictures gives its code, mirrored
 * ones the other; of one that sees squares, or of any size, the mean and the deviation of each number of the code are taken in each quarter of the
 * picture (the spread of a code told more than the code itself where both were measured).
 */
import { createHash } from 'node:crypto';
import { HourglassError, type Notice } from '../contract/index.ts';
import { LUMA } from '../pixels/luma.ts';
import type { SmallPicture } from '../pixels/thumbnail.ts';
import { tones as tonesOf } from '../pixels/tones.ts';
import {
  appearanceOf,
  inferenceThreads,
  type EngineServices,
  type Facts,
  type RunnableGraph,
  type Unlike,
} from '../runtime/index.ts';
import { Draws } from './engine/index.ts';
import { shrunk, type SeenImage } from './images.ts';
import { cleans, kinds, seesWhole, type Tones } from './kinds.ts';
import { ports } from './network.ts';
import { say } from './sentences.ts';
import { networkOf, trainingIn, unlikeCount } from './trained.ts';
import { viewOf } from './views.ts';

/** Raised whenever the same network says something else of the same picture. */
const VERSION = 1;
/** Longest side of the small pictures that are looked at, pixels. */
const SIDE = 256;
/** Quarters along each side. */
const PARTS = 2;
/** What a quarter tells of each number of the code: mean and deviation. */
const TOLD = 2;

export interface OpenEncoder {
  readonly sha256: string;
  readonly width: number;
  readonly side: number;
  readonly comparable: boolean;
  describe(picture: SmallPicture): Promise<{
    readonly vector: Float32Array;
    readonly mirrored: Float32Array;
    /** In what the picture is unlike what the network learnt from. */
    readonly unlike: readonly Unlike[];
  }>;
  /** Counts a picture again that it described before. */
  recall(unlike: readonly Unlike[]): void;
  /** What of all that it described is unlike what the network learnt from. */
  notices(): readonly Notice[];
  close(): Promise<void>;
}

/**
 * @param training folder of a training, absolute
 * @throws HourglassError file-not-found: there is none; invalid-parameter: its network cleans, and has no code
 */
export async function openEncoder(
  training: string,
  { inference }: Pick<EngineServices, 'inference'>,
): Promise<OpenEncoder> {
  const { plan, bytes, sha256 } = networkOf(await trainingIn(training));
  const { settings, tones } = plan;
  const { kind: id, patch, width } = settings;
  const kind = kinds[id];
  if (cleans(kind))
    throw new HourglassError('invalid-parameter', say('hasNoCode', { kind: id }), {
      hint: say('needsCode'),
      details: { name: 'by' },
    });
  const isWhole = seesWhole(kind, settings);
  const unlike = await unlikeCount(training, sha256);
  const graph: RunnableGraph = await inference.openGraph(bytes, { threads: inferenceThreads() });
  const describe = (seen: SeenImage): Promise<Float32Array> =>
    isWhole ? ofWhole(seen) : kind.anySize ? ofAnySize(seen) : ofSquares(seen);
  return {
    sha256: createHash('sha256').update(`${VERSION} ${sha256}`).digest('hex'),
    width: isWhole ? width : PARTS * PARTS * TOLD * width,
    side: Math.max(SIDE, PARTS * patch),
    comparable: kind.shown === 'views',
    async describe(picture) {
      const found = unlike.add(() => looksOf(picture));
      const planes = planesOf(picture, tones);
      const vector = await describe(seenIn(picture, planes, tones));
      const turned = mirrored(planes, picture.width);
      const other = await describe(seenIn(picture, turned, tones));
      return { vector, mirrored: other, unlike: found };
    },
    recall: (found) => unlike.recall(found),
    notices: () => unlike.notices(),
    close: () => graph.close(),
  };

  async function codesOf(
    data: Float32Array<ArrayBuffer>,
    shape: readonly number[],
    codes: readonly number[],
  ): Promise<Float32Array> {
    const size = codes.reduce((product, one) => product * one, 1);
    const code = { data: new Float32Array(size), shape: codes };
    const { into } = await graph.run({ [ports.input]: { data, shape } }, { [ports.code]: code });
    return into[ports.code]!.data;
  }

  function ofWhole(seen: SeenImage): Promise<Float32Array> {
    const piece = shrunk(seen, Math.min(patch, seen.width, seen.height));
    const x = new Float32Array(tones * patch * patch);
    const draws = new Draws(settings.seed);
    viewOf(piece, { tones, patch, strength: 0, draws, noise: [0] }, x, 0);
    return codesOf(x, [1, tones, patch, patch], [1, width]);
  }

  /** Squares beside each other, the last of a row and of a column moved into the picture. */
  async function ofSquares(seen: SeenImage): Promise<Float32Array> {
    const side = Math.min(seen.width, seen.height);
    if (side < patch) return new Float32Array(PARTS * PARTS * TOLD * width);
    const across = Math.ceil(seen.width / patch);
    const down = Math.ceil(seen.height / patch);
    const values = tones * patch * patch;
    const x = new Float32Array(across * down * values);
    for (let row = 0, at = 0; row < down; row++)
      for (let column = 0; column < across; column++, at += values) {
        const origin = {
          x: Math.min(column * patch, seen.width - patch),
          y: Math.min(row * patch, seen.height - patch),
        };
        seen.read(origin, patch, x.subarray(at, at + values), tones);
      }
    const count = across * down;
    const codes = await codesOf(x, [count, tones, patch, patch], [count, width]);
    return pooled(codes, { columns: across, rows: down, width, step: width, stride: 1 });
  }

  async function ofAnySize(seen: SeenImage): Promise<Float32Array> {
    const multiple = kind.multipleOf(settings);
    const [wide, high] = [seen.width, seen.height].map(
      (side) => Math.max(1, Math.floor(side / multiple)) * multiple,
    ) as [number, number];
    const square = Math.max(wide, high);
    const whole = new Float32Array(tones * square * square);
    seen.read({ x: 0, y: 0 }, square, whole, tones);
    const x = new Float32Array(tones * wide * high);
    for (let tone = 0, at = 0; tone < tones; tone++)
      for (let y = 0; y < high; y++, at += wide) {
        const from = (tone * square + y) * square;
        x.set(whole.subarray(from, from + wide), at);
      }
    const [columns, rows] = [wide / multiple, high / multiple];
    const codes = await codesOf(x, [1, tones, high, wide], [1, width, rows, columns]);
    return pooled(codes, { columns, rows, width, step: 1, stride: columns * rows });
  }
}

/** Mean and deviation of each number of the code in each quarter. @param step from place to place @param stride from number to number */
function pooled(
  codes: Float32Array,
  {
    columns,
    rows,
    width,
    step,
    stride,
  }: Readonly<Record<'columns' | 'rows' | 'width' | 'step' | 'stride', number>>,
): Float32Array {
  const out = new Float32Array(PARTS * PARTS * TOLD * width);
  const edge = (part: number, count: number): number => Math.floor((part * count) / PARTS);
  for (let part = 0; part < PARTS * PARTS; part++) {
    const [row, column] = [Math.floor(part / PARTS), part % PARTS];
    const [left, top] = [edge(column, columns), edge(row, rows)];
    const right = Math.max(left + 1, edge(column + 1, columns));
    const bottom = Math.max(top + 1, edge(row + 1, rows));
    const count = (right - left) * (bottom - top);
    for (let unit = 0; unit < width; unit++) {
      let [sum, squares] = [0, 0];
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++) {
          const value = codes[(y * columns + x) * step + unit * stride]!;
          sum += value;
          squares += value * value;
        }
      const mean = sum / count;
      out[(part * width + unit) * TOLD] = mean;
      out[(part * width + unit) * TOLD + 1] = Math.sqrt(Math.max(0, squares / count - mean * mean));
    }
  }
  return out;
}

/** As far as a small picture tells it: not whether its values were measured, nor how deep they are. */
const looksOf = (picture: SmallPicture): Facts => {
  const raster = { ...picture, channels: 4, hasAlpha: true, sampleType: 'uint8' } as const;
  const seen = tonesOf(raster);
  return { tones: seen, appearance: appearanceOf({ ...raster, tones: seen, low: 0, high: 255 }) };
};

/** Planar, 0 to 1, on white where the picture is transparent. */
function planesOf({ width, height, data }: SmallPicture, tones: Tones): Float32Array {
  const plane = width * height;
  const planes = new Float32Array(tones * plane);
  for (let i = 0, at = 0; i < plane; i++, at += 4) {
    const opacity = data[at + 3]! / 255;
    const over = (value: number): number => value * opacity + 1 - opacity;
    if (tones === 3)
      for (let tone = 0; tone < 3; tone++) planes[tone * plane + i] = over(data[at + tone]! / 255);
    else planes[i] = over(LUMA.reduce((sum, part, tone) => sum + part * data[at + tone]!, 0) / 255);
  }
  return planes;
}

const mirrored = (planes: Float32Array, width: number): Float32Array =>
  planes.map((_, at) => planes[at - (at % width) + width - 1 - (at % width)]!);

/** A window may reach beyond the picture: what is there is 0, and not asked for. */
const seenIn = (
  { width, height }: SmallPicture,
  planes: Float32Array,
  tones: Tones,
): SeenImage => ({
  ...{ width, height, tones, scan: false },
  read({ x, y }, side, target) {
    const wide = Math.min(side, width - x);
    for (let tone = 0; tone < tones; tone++)
      for (let row = 0; row < Math.min(side, height - y); row++) {
        const from = (tone * height + y + row) * width + x;
        target.set(planes.subarray(from, from + wide), (tone * side + row) * side);
      }
  },
});
