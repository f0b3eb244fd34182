/**
 * Noise of magnitude images, read where there is no signal. A magnitude of MR is √((A + n₁)² + n₂²); in air
 * A = 0, so its values are Rayleigh distributed: mean σ√(π/2), deviation σ√(2 − π/2), and mean square 2σ²
 * (Gudbjartsson, Patz, MRM 1995, equations 3 to 5). A network that looks at local variation reads air as
 * 0.66 σ and believes it, because air is the easiest part of the picture.
 *
 * A block is air when its deviation over mean is that of a Rayleigh distribution; air is the darkest part
 * that is not empty. Combined coils (a χ distribution of more degrees) and masked air fail the test, and
 * nothing is read.
 */
import type { Picture } from '../picture.ts';

/** Side of a block: 256 values tell the ratio to about 5 %. */
const SIDE = 16;
const CELL = 4;
const CELLS = (SIDE / CELL) ** 2;
/** √(4/π − 1), deviation over mean. */
const RAYLEIGH_RATIO = Math.sqrt(4 / Math.PI - 1);
/** √(2 − π/2), deviation in σ. */
const RAYLEIGH_DEVIATION = Math.sqrt(2 - Math.PI / 2);
/** 2√π(π − 3)/(4 − π)^1.5: Rayleigh values lean to the right, as noise on a signal does not. */
const RAYLEIGH_SKEWNESS = 0.631;
const SKEWNESS_TOLERANCE = 0.25;
/** Three deviations of the ratio of one block. */
const RATIO_TOLERANCE = 0.15;
/** How far blocks of one picture may differ in σ, as a factor from their median. */
const AGREEMENT = 1.2;
/** Blocks looked at, at most, evenly spread. */
const MOST_BLOCKS = 16_000;
/** Share of the blocks, and number, that air needs for a reading. */
const LEAST_SHARE = 0.02;
const LEAST_BLOCKS = 12;
/** Darker blocks that are not air: more than this share, and it was not air that was found. */
const MOST_DARKER = 0.05;

/**
 * @param picture of one tone
 * @returns the equivalent white level of the complex noise, 8-bit levels over the picture's range; null where
 *   no air of a magnitude image was found
 */
export function readMagnitudeNoise({ source, range }: Picture): number | null {
  const { data, width, height, channels, hasAlpha } = source;
  if (hasAlpha) return null;
  const columns = Math.floor(width / SIDE);
  const rows = Math.floor(height / SIDE);
  const step = Math.max(1, Math.ceil((columns * rows) / MOST_BLOCKS));
  const air: Block[] = [];
  const means: number[] = [];
  for (let i = 0; i < columns * rows; i += step) {
    const at = (Math.floor(i / columns) * SIDE * width + (i % columns) * SIDE) * channels;
    const block = measure(data, at, width * channels, channels);
    // Empty blocks are masks and padding, of which nothing follows.
    if (!block) continue;
    means.push(block.mean);
    if (Math.abs(block.ratio / RAYLEIGH_RATIO - 1) < RATIO_TOLERANCE) air.push(block);
  }
  if (air.length === 0) return null;
  const sigma = median(air.map((block) => block.sigma));
  const agreeing = air.filter((block) => within(block.sigma / sigma, AGREEMENT));
  const skewness = agreeing.reduce((sum, block) => sum + block.skewness, 0) / agreeing.length;
  if (Math.abs(skewness - RAYLEIGH_SKEWNESS) > SKEWNESS_TOLERANCE) return null;
  const darkest = Math.min(...agreeing.map((block) => block.mean));
  const darker = means.filter((mean) => mean < darkest).length;
  const enough = Math.max(LEAST_BLOCKS, LEAST_SHARE * means.length);
  if (agreeing.length < enough || agreeing.length < air.length / 2) return null;
  if (darker > MOST_DARKER * means.length) return null;
  const level = Math.max(
    quartile(agreeing.map((block) => block.sigma)),
    quartile(agreeing.map((block) => block.coarse)),
  );
  return (255 * level) / (range.high - range.low);
}

const known = new WeakMap<Picture['source'], number | null>();

/** As `readMagnitudeNoise`, once for all who ask about the same pixels. */
export function magnitudeNoiseOf(picture: Picture): number | null {
  const { source } = picture;
  let found = known.get(source);
  if (found === undefined) known.set(source, (found = readMagnitudeNoise(picture)));
  return found;
}

interface Block {
  readonly mean: number;
  /** Deviation over mean. */
  readonly ratio: number;
  readonly skewness: number;
  /** Of a Rayleigh distribution with this mean square. */
  readonly sigma: number;
  /** 4 × the deviation of means over 4 × 4 pixels, in σ: more than `sigma` where noise is correlated. */
  readonly coarse: number;
}

/** null: all values are the same, or some are negative or not finite. */
function measure(
  data: ArrayLike<number>,
  start: number,
  line: number,
  channels: number,
): Block | null {
  const cells = new Float64Array(CELLS);
  let sum = 0;
  let squares = 0;
  let cubes = 0;
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const value = data[start + y * line + x * channels]!;
      if (!(value >= 0 && value < Infinity)) return null;
      sum += value;
      squares += value * value;
      cubes += value * value * value;
      cells[(y >> 2) * (SIDE / CELL) + (x >> 2)]! += value / (CELL * CELL);
    }
  const mean = sum / SIDE ** 2;
  const deviation = Math.sqrt(Math.max(0, squares / SIDE ** 2 - mean * mean));
  if (deviation === 0) return null;
  const scatter = cells.reduce((total, cell) => total + (cell - mean) ** 2, 0) / (CELLS - 1);
  return {
    mean,
    ratio: deviation / mean,
    skewness: (cubes / SIDE ** 2 - 3 * mean * deviation ** 2 - mean ** 3) / deviation ** 3,
    sigma: Math.sqrt(squares / SIDE ** 2 / 2),
    coarse: (CELL * Math.sqrt(scatter)) / RAYLEIGH_DEVIATION,
  };
}

const within = (ratio: number, factor: number): boolean => ratio < factor && ratio > 1 / factor;

/** The value below which the share `at` of the others lies. */
function quantile(values: number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(at * sorted.length)]!;
}

const median = (values: number[]): number => quantile(values, 0.5);

/** Ghosts and wrapped signal lift parts of the air: the dark quarter of it is nearest to noise alone. */
const quartile = (values: number[]): number => quantile(values, 0.25);
