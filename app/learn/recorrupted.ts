/**
 * Noise that is alike everywhere, but blurred: its spectrum, measured in the flattest places, and more noise of it. With that, one noisy image is
 * two whose noise is independent of each other (Pang, Zheng, Quan, Ji: "Recorrupted-to-Recorrupted", CVPR 2021, equation 3): `y + αz` and `y − z/α`,
 * z being drawn with the covariance of the noise. A network that is asked for one and shown the other learns what is clean of both. Noise that grows with
 * light is taken for that of the calmest places, which are dark: more of it stays where it is bright, and nothing is lost there.
 */
import { GaussianDraws } from './engine/index.ts';
import type { LearntImage, Piece } from './images.ts';

export interface BlurredNoise {
  /** Odd side: white noise of deviation 1 that is convolved with it is as the noise, on the scale of the images. */
  readonly kernel: Piece;
  /** Of an image's own noise to that, by its content's hash. */
  readonly levels: ReadonlyMap<string, number>;
}

/** α: less makes the one image like the noisy one, and the other nearly all noise. */
export const SHARE = 0.5;

/** Side of the places whose spectrum is taken, pixels. */
const CELL = 32;
/** Frequencies that may be of the image, as multiples of the lowest of a cell: the noise has there what it has above. */
const SLOW = 1.5;
/** The calmest share of an image's places, by those beside them: their own noise has no say in it. */
const CALM = 0.05;
/** Of an image, at the least, where it has so many; and of all images. */
const FEWEST = 8;
const FEWEST_IN_ALL = 40;
/** And at the most, of all: more tell no better. */
const ENOUGH = 1500;
/** Reach of the kernel, pixels: of noise that is blurred farther nothing is found. */
const REACH = 6;
/** Share of the noise's power that the kernel may leave out. */
const LEFT_OUT = 0.05;
/** The median of an exponential distribution, as the powers of one frequency have it, to its mean. */
const MEDIAN = Math.LN2;

interface Cell {
  readonly powers: Float64Array;
  readonly power: number;
}

/** @returns null: too few places are calm enough, or it reaches too far @param images gray, [side, side] each piece */
export function blurredNoise(images: readonly LearntImage[]): BlurredNoise | null {
  const perImage = Math.max(FEWEST, Math.ceil(ENOUGH / images.length));
  const calm = images.map(({ sha256, pieces }) => ({
    sha256,
    cells: calmOf(pieces, perImage),
  }));
  if (calm.reduce((count, { cells }) => count + cells.length, 0) < FEWEST_IN_ALL) return null;
  const own = calm.map(({ cells }) =>
    cells.length < FEWEST ? null : median(cells.map(({ power }) => power)),
  );
  const whole = median(own.filter((power) => power !== null));
  // Each as if its image were as noisy as all.
  const all = calm.flatMap(({ cells }, image) => {
    const power = own[image];
    return power ? cells.map(({ powers }) => ({ powers, factor: whole / power })) : [];
  });
  const spectrum = new Float64Array(CELL * CELL);
  for (let at = 0; at < spectrum.length; at++)
    spectrum[at] = median(all.map(({ powers, factor }) => factor * powers[at]!)) / MEDIAN;
  smooth(spectrum);
  const kernel = kernelOf(spectrum);
  if (!kernel) return null;
  return {
    kernel,
    levels: new Map(
      calm.map(({ sha256 }, image) => [sha256, Math.sqrt((own[image] ?? whole) / whole)]),
    ),
  };
}

function calmOf(pieces: readonly Piece[], most: number): readonly Cell[] {
  const found: { readonly beside: number; readonly cell: () => Cell }[] = [];
  for (const piece of pieces) {
    const across = Math.floor(piece.side / CELL);
    const flat = Array.from({ length: across * across }, (_, at) =>
      levelled(piece, at % across, Math.floor(at / across)),
    );
    const power = flat.map((values) => values.reduce((sum, value) => sum + value * value, 0));
    for (let at = 0; at < flat.length; at++) {
      const [column, row] = [at % across, Math.floor(at / across)];
      const beside: number[] = [];
      if (column > 0) beside.push(power[at - 1]!);
      if (column < across - 1) beside.push(power[at + 1]!);
      if (row > 0) beside.push(power[at - across]!);
      if (row < across - 1) beside.push(power[at + across]!);
      // What is flat in all its pixels was cut off, and has no noise left to tell of.
      if (beside.length < 2 || power[at] === 0 || beside.includes(0)) continue;
      found.push({
        beside: Math.max(...beside),
        cell: () => spectrumOf(flat[at]!),
      });
    }
  }
  return found
    .toSorted((one, other) => one.beside - other.beside)
    .slice(0, Math.min(most, Math.max(FEWEST, Math.ceil(CALM * found.length))))
    .map(({ cell }) => cell());
}

/** A place without the plane that fits it best. */
function levelled({ side, data }: Piece, column: number, row: number): Float64Array {
  const values = new Float64Array(CELL * CELL);
  const middle = (CELL - 1) / 2;
  let [mean, right, down] = [0, 0, 0];
  for (let y = 0, at = 0; y < CELL; y++)
    for (let x = 0; x < CELL; x++, at++) {
      const value = data[(row * CELL + y) * side + column * CELL + x]!;
      values[at] = value;
      mean += value;
      right += value * (x - middle);
      down += value * (y - middle);
    }
  const square = (CELL * CELL * (CELL * CELL - 1)) / 12;
  mean /= CELL * CELL;
  right /= square;
  down /= square;
  for (let y = 0, at = 0; y < CELL; y++)
    for (let x = 0; x < CELL; x++, at++)
      values[at]! -= mean + right * (x - middle) + down * (y - middle);
  return values;
}

/** Half a wave over the cell: what is beside its edges does not leak into all frequencies. */
const taper = Float64Array.from({ length: CELL }, (_, at) =>
  Math.sin((Math.PI * (at + 0.5)) / CELL),
);
const cosines = Float64Array.from({ length: CELL }, (_, at) => Math.cos((2 * Math.PI * at) / CELL));
const sines = Float64Array.from({ length: CELL }, (_, at) => Math.sin((2 * Math.PI * at) / CELL));

/** Power of each frequency: white noise of deviation 1 has 1 everywhere. */
function spectrumOf(values: Float64Array): Cell {
  const tapered = values.map(
    (value, at) => value * taper[at % CELL]! * taper[Math.floor(at / CELL)]!,
  );
  const rows = transformed(tapered, new Float64Array(CELL * CELL), 1, CELL);
  const { real, imaginary } = transformed(rows.real, rows.imaginary, CELL, 1);
  // The taper's mean square is 1/2 each way.
  const scale = 4 / (CELL * CELL);
  const powers = real.map((value, at) => scale * (value ** 2 + imaginary[at]! ** 2));
  let [power, count] = [0, 0];
  for (let at = 0; at < powers.length; at++)
    if (frequencyAt(at) > SLOW) {
      power += powers[at]!;
      count++;
    }
  return { powers, power: power / count };
}

/** Sums of waves along one direction. @param step from value to value @param line from line to line */
function transformed(real: Float64Array, imaginary: Float64Array, step: number, line: number) {
  const [re, im] = [new Float64Array(real.length), new Float64Array(real.length)];
  for (let l = 0; l < CELL; l++)
    for (let wave = 0; wave < CELL; wave++) {
      let [a, b] = [0, 0];
      for (let at = 0; at < CELL; at++) {
        const angle = (wave * at) % CELL;
        const from = l * line + at * step;
        const [u, v] = [real[from]!, imaginary[from]!];
        a += u * cosines[angle]! + v * sines[angle]!;
        b += v * cosines[angle]! - u * sines[angle]!;
      }
      re[l * line + wave * step] = a;
      im[l * line + wave * step] = b;
    }
  return { real: re, imaginary: im };
}

const signed = (wave: number): number => (wave < CELL / 2 ? wave : wave - CELL);
const frequencyAt = (at: number): number =>
  Math.hypot(signed(at % CELL), signed(Math.floor(at / CELL)));

/** Each frequency with those around it and with its opposite; the slowest as those above. */
function smooth(spectrum: Float64Array): void {
  const before = spectrum.slice();
  const slow: number[] = [];
  for (let row = 0; row < CELL; row++)
    for (let column = 0; column < CELL; column++) {
      let [sum, count] = [0, 0];
      for (let v = -1; v <= 1; v++)
        for (let u = -1; u <= 1; u++) {
          const at = ((row + v + CELL) % CELL) * CELL + ((column + u + CELL) % CELL);
          if (frequencyAt(at) <= SLOW) continue;
          const opposite = ((2 * CELL - row - v) % CELL) * CELL + ((2 * CELL - column - u) % CELL);
          sum += before[at]! + before[opposite]!;
          count += 2;
        }
      const at = row * CELL + column;
      if (count > 0) spectrum[at] = sum / count;
      const away = frequencyAt(at);
      if (away > SLOW && away <= 2 * SLOW) slow.push(spectrum[at]!);
    }
  const level = slow.reduce((sum, value) => sum + value, 0) / slow.length;
  for (let at = 0; at < spectrum.length; at++) if (frequencyAt(at) <= SLOW) spectrum[at] = level;
}

/** The one without phase that has this spectrum. */
function kernelOf(spectrum: Float64Array): Piece | null {
  const roots = spectrum.map(Math.sqrt);
  const rows = transformed(roots, new Float64Array(roots.length), 1, CELL);
  const { real } = transformed(rows.real, rows.imaginary, CELL, 1);
  const side = 2 * REACH + 1;
  const data = new Float32Array(side * side);
  for (let y = -REACH; y <= REACH; y++)
    for (let x = -REACH; x <= REACH; x++)
      data[(y + REACH) * side + x + REACH] =
        real[((y + CELL) % CELL) * CELL + ((x + CELL) % CELL)]! / (CELL * CELL);
  const inside = data.reduce((sum, value) => sum + value * value, 0);
  const all = spectrum.reduce((sum, value) => sum + value, 0) / spectrum.length;
  if (!(all > 0) || inside < (1 - LEFT_OUT) * all) return null;
  const whole = Math.sqrt(all / inside);
  return { side, data: data.map((value) => value * whole) };
}

/** Variance of the noise, on the scale of the images. */
export const varianceOf = ({ kernel }: BlurredNoise): number =>
  kernel.data.reduce((sum, value) => sum + value * value, 0);

/** Adds such noise times `factor`. @param target planar [side, side] from `start` on @param kernel turned as the image is */
export function addNoise(
  draws: GaussianDraws,
  kernel: Piece,
  factor: number,
  side: number,
  target: Float32Array,
  start: number,
): void {
  const wide = side + kernel.side - 1;
  const white = new Float32Array(wide * wide);
  for (let at = 0; at < white.length; at++) white[at] = factor * draws.next();
  for (let v = 0; v < kernel.side; v++)
    for (let u = 0; u < kernel.side; u++) {
      const weight = kernel.data[v * kernel.side + u]!;
      for (let y = 0; y < side; y++) {
        const from = (y + v) * wide + u;
        const to = start + y * side;
        for (let x = 0; x < side; x++) target[to + x]! += weight * white[from + x]!;
      }
    }
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = new Float64Array(values).sort();
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
