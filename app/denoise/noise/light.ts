/**
 * Noise that grows with the light: that of few photons, of fluorescence, X-ray and other counting. One level for all of such a picture leaves noise where
 * it is bright and takes detail where it is dark. Its variance is a line over the light (`app/pixels/light-noise.ts`), and what the denoiser is told of a place is the root
 * of that line at the light of the place: with one and the same network 25.1 dB in place of 22.1 with one level on made fluorescence (models/recipes/README.md).
 *
 * Only pictures that are noise everywhere are believed: nearly every block has the variance of the line. Blocks of clean
 * pictures have all kinds, and noise of cameras, of one strength or of a reconstruction does not grow with light.
 */
import {
  DETAILS,
  fitLight,
  varianceAt,
  type Blocks,
  type LightNoise,
} from '../../pixels/light-noise.ts';
import type { Picture } from '../picture.ts';
import { magnitudeNoiseOf } from './magnitude.ts';

/** Side of a block, pixels. */
const SIDE = 8;
const DETAIL = DETAILS[16];
/** Of a block, at black or white: more, and its variance is not that of the light. */
const MOST_CUT = 0.35;
/** Blocks looked at, at most, evenly spread: an eighth of a second. */
const MOST_BLOCKS = 40_000;
const LEAST_BLOCKS = 48;
/** Share of the blocks that the line explains. Pure noise has 0.84, made fluorescence 0.72 to 0.9; clean photographs have up to 0.62, and do not grow with light. */
const EXPLAINED = 0.6;
/** Of the strongest twentieth over the weakest, as standard deviations. White noise on photographs has 0.9 to 1.5, made fluorescence 2.4 to 6. */
const GROWTH = 1.6;
/** Below it nothing is gained, 8-bit levels. */
const LEAST_LEVEL = 3;
/** Standard deviation that is told at least: half a level. As in training (models/recipes/degradations/level.py). */
const LEAST_TOLD = 0.5 / 255;
/** A twelfth of a step of 8 bits: rounding. */
const LEAST_VARIANCE = 1 / 12 / 255 ** 2;
/** Of the Gaussian that reads the light, pixels; as in training. */
const RADIUS = 1.5;
const REACH = 5;

/** In units of the picture's range, 0 to 1. */
export interface PhotonNoise extends LightNoise {
  /** Root of the mean variance over the picture. */
  readonly rms: number;
}

const known = new WeakMap<Picture['source'], PhotonNoise | null>();

/** As `measurePhotonNoise`, once for all who ask about the same pixels. */
export function* photonNoiseSteps(picture: Picture): Generator<void, PhotonNoise | null> {
  const { source } = picture;
  let found = known.get(source);
  if (found === undefined) known.set(source, (found = yield* measurePhotonNoise(picture)));
  return found;
}

/** The same at once, where somebody has taken the steps already. */
export function photonNoiseOf(picture: Picture): PhotonNoise | null {
  const steps = photonNoiseSteps(picture);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * @param picture of one tone, without alpha
 * @returns null where the noise does not grow with the light, or is little, or that can not be told
 */
function* measurePhotonNoise(picture: Picture): Generator<void, PhotonNoise | null> {
  if (picture.source.hasAlpha || picture.tones !== 1) return null;
  const blocks = yield* blocksOf(picture);
  if (blocks.means.length < LEAST_BLOCKS) return null;
  const noise = fitLight(blocks, DETAIL, 'unknown', LEAST_VARIANCE);
  if (!noise || noise.shot <= 0 || noise.explained < EXPLAINED) return null;
  const variances = blocks.means.map((mean) => varianceAt(noise, mean, LEAST_VARIANCE));
  const sorted = variances.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!;
  const rms = Math.sqrt(variances.reduce((sum, one) => sum + one, 0) / variances.length);
  if (at(0.95) < GROWTH ** 2 * at(0.05) || 255 * rms < LEAST_LEVEL) return null;
  // The air of a magnitude has less noise than its signal, and that is no light.
  if (magnitudeNoiseOf(picture) !== null) return null;
  const { shot, read } = noise;
  return { shot, read, rms };
}

/** Means and variances of diagonal details, which smooth parts have none of: (a − b − c + d) / 2 of each 2 × 2. */
function* blocksOf({ source, range }: Picture): Generator<void, Blocks> {
  const { data, width, height, channels } = source;
  const blocks: Blocks = { means: [], variances: [] };
  const columns = Math.floor(width / SIDE);
  const rows = Math.floor(height / SIDE);
  const step = Math.max(1, Math.ceil((columns * rows) / MOST_BLOCKS));
  const { low, high } = range;
  const scale = 1 / (high - low);
  const down = width * channels;
  for (let block = 0; block < columns * rows; block += step) {
    if (block % columns < step) yield;
    const first = Math.floor(block / columns) * SIDE * down + (block % columns) * SIDE * channels;
    let [sum, squares, cut] = [0, 0, 0];
    for (let y = 0; y < SIDE; y += 2)
      for (let x = 0; x < SIDE; x += 2) {
        const at = first + y * down + x * channels;
        let detail = 0;
        for (let corner = 0; corner < 4; corner++) {
          const value = (data[at + (corner >> 1) * down + (corner & 1) * channels]! - low) * scale;
          if (value <= 0 || value >= 1) cut++;
          sum += value;
          detail += corner === 0 || corner === 3 ? value : -value;
        }
        squares += (detail / 2) ** 2;
      }
    // What is not finite, padding perhaps, takes part in nothing.
    if (!(cut <= MOST_CUT * SIDE * SIDE) || !Number.isFinite(squares)) continue;
    blocks.means.push(sum / (SIDE * SIDE));
    blocks.variances.push(squares / DETAIL.count);
  }
  return blocks;
}

const taps = Array.from({ length: 2 * REACH + 1 }, (_, i) =>
  Math.exp(-((i - REACH) ** 2) / (2 * RADIUS ** 2)),
);
const total = taps.reduce((sum, tap) => sum + tap, 0);

/**
 * The noise map of a tile: the standard deviation at the light of every place, in units of the picture's range. The light is the noisy picture through a Gaussian of 1.5 pixels.
 * @param light of the tile, row-major, side × side; the last pixels repeat beyond it
 * @param share factor on all of it
 * @param target as `light`
 */
export function fillPhotonMap(
  noise: LightNoise,
  light: Float32Array,
  side: number,
  share: number,
  target: Float32Array,
): void {
  const across = new Float32Array(side * side);
  blurLines(light, across, side, side, 1);
  blurLines(across, target, side, 1, side);
  for (let at = 0; at < target.length; at++)
    target[at] = share * Math.sqrt(varianceAt(noise, target[at]!, LEAST_TOLD ** 2));
}

/** @param line from one line's first value to the next line's @param step from one value of a line to the next */
function blurLines(
  from: Float32Array,
  to: Float32Array,
  side: number,
  line: number,
  step: number,
): void {
  for (let n = 0, first = 0; n < side; n++, first += line)
    for (let i = 0; i < side; i++) {
      let sum = 0;
      for (let k = -REACH; k <= REACH; k++) {
        const near = Math.min(side - 1, Math.max(0, i + k));
        sum += taps[k + REACH]! * from[first + near * step]!;
      }
      to[first + i * step] = sum / total;
    }
}
