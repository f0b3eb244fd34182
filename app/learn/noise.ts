/**
 * Noise of images that nobody has without: whether it is independent from pixel to pixel, and what a plain blur makes of it, which is the
 * opponent of every network that cleans.
 */
import type { Batch } from './batches.ts';
import { along, gaussian } from './blur.ts';
import type { LearntImage } from './images.ts';
import type { Tones } from './kinds.ts';

/** Correlation of neighbours above which single blind pixels learn the noise (white noise reads −0.03, blurred by 0.8 pixels 0.61). */
export const CORRELATED = 0.15;

/** Side of the mean that is taken away, and of the places that are compared, pixels. */
const AROUND = 3;
const CELL = 16;
/** The flattest share of the places tells of noise, the rest of the image. */
const FLAT = 0.2;
/** Places that are looked at, at the most. */
const MOST_CELLS = 4000;

export interface FoundNoise {
  /** Of neighbours, −1 to 1, high-passed. */
  readonly correlation: number;
  /** Standard deviation, on the scale of the images; of independent noise. */
  readonly sigma: number;
}

/** Noise in the flattest places of all images; 0 where there is none. */
export function noiseOf(images: readonly LearntImage[], tones: Tones): FoundNoise {
  const cells: { readonly power: number; readonly along: number; readonly count: number }[] = [];
  const share = Math.max(1, Math.floor(MOST_CELLS / images.length));
  for (const { pieces } of images) {
    const piece = pieces[0]!;
    const across = Math.floor(piece.side / CELL);
    const step = Math.max(1, Math.floor((across * across) / share));
    for (let cell = 0; cell < across * across; cell += step)
      for (let tone = 0; tone < tones; tone++)
        cells.push(cellOf(piece.data, piece.side, tone, cell % across, Math.floor(cell / across)));
  }
  const told = cells
    .filter(({ power }) => power > 0)
    .toSorted((one, other) => one.power / one.count - other.power / other.count);
  const flat = told.slice(0, Math.max(1, Math.ceil(FLAT * told.length)));
  const sum = (of: (cell: (typeof cells)[number]) => number): number =>
    flat.reduce((total, cell) => total + of(cell), 0);
  const power = sum((cell) => cell.power);
  if (!(power > 0)) return { correlation: 0, sigma: 0 };
  const side = 2 * AROUND + 1;
  // The mean has a share of the pixel itself.
  const left = 1 - 1 / side ** 2;
  return {
    correlation: sum((cell) => cell.along) / power,
    sigma: Math.sqrt(power / sum((cell) => cell.count) / left),
  };
}

function cellOf(data: Float32Array, side: number, tone: number, column: number, row: number) {
  const high = new Float64Array(CELL * CELL);
  const base = tone * side * side;
  for (let y = 0; y < CELL; y++)
    for (let x = 0; x < CELL; x++) {
      const [py, px] = [row * CELL + y, column * CELL + x];
      let [total, count] = [0, 0];
      for (let v = Math.max(0, py - AROUND); v <= Math.min(side - 1, py + AROUND); v++)
        for (let u = Math.max(0, px - AROUND); u <= Math.min(side - 1, px + AROUND); u++) {
          total += data[base + v * side + u]!;
          count++;
        }
      high[y * CELL + x] = data[base + py * side + px]! - total / count;
    }
  let [power, along] = [0, 0];
  for (let y = 0; y < CELL; y++)
    for (let x = 0; x < CELL; x++) {
      const value = high[y * CELL + x]!;
      power += value * value;
      const right = x + 1 < CELL ? high[y * CELL + x + 1]! : 0;
      const down = y + 1 < CELL ? high[(y + 1) * CELL + x]! : 0;
      along += (value * (right + down)) / 2;
    }
  // Of each row and column the last value has no neighbour.
  return { power, along: (along * CELL) / (CELL - 1), count: CELL * CELL };
}

/** Deviations of the Gaussian that are tried, pixels. */
const BLURS = [0.4, 0.6, 0.8, 1, 1.3, 1.7, 2.2, 3, 4];

/** Mean squared error of what a Gaussian blur makes of the batches, at its best deviation. @param shape of the images */
export function bestBlur(
  batches: readonly Batch[],
  shape: readonly number[],
): { readonly error: number; readonly sigma: number } {
  let best = { error: Infinity, sigma: 0 };
  for (const sigma of BLURS) {
    let [error, weight] = [0, 0];
    for (const batch of batches) {
      const of = blurError(batch, shape, sigma);
      error += of.error;
      weight += of.weight;
    }
    if (error / weight < best.error) best = { error: error / weight, sigma };
  }
  return best;
}

/** Of hidden pixels alone where there are such, and then without the pixel itself: what is asked of the network. */
function blurError({ x, mask, clean }: Batch, shape: readonly number[], sigma: number) {
  const [count, tones, height, width] = shape as [number, number, number, number];
  const plane = height * width;
  const channels = x.length / (count * plane);
  const kernel = gaussian(sigma);
  const reach = (kernel.length - 1) / 2;
  let [error, weight] = [0, 0];
  for (let item = 0; item < count; item++)
    for (let tone = 0; tone < tones; tone++) {
      const base = (item * tones + tone) * plane;
      // What hidden pixels show instead of themselves would be no blur of the image.
      const source = mask
        ? clean.subarray(base, base + plane)
        : planeOf(x, item * channels + tone, plane);
      const rows = along(source, height, width, kernel, 1, width);
      const blurred = along(rows, width, height, kernel, width, 1);
      const own = kernel[reach]! ** 2;
      for (let i = 0; i < plane; i++) {
        if (mask && mask[base + i] === 0) continue;
        const value = mask ? (blurred[i]! - own * source[i]!) / (1 - own) : blurred[i]!;
        error += (value - clean[base + i]!) ** 2;
        weight++;
      }
    }
  return { error, weight };
}

const planeOf = (of: Float32Array, index: number, plane: number): Float32Array =>
  of.subarray(index * plane, (index + 1) * plane);
