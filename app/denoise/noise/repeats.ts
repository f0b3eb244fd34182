/**
 * Whether what varies in a picture is a pattern rather than noise (`../repeats.ts`), in windows spread over it. Neither a
 * noise network nor a formula of eigenvalues asks this; both take fine dots for very strong noise. White and camera noise
 * give correlations of 0.11 to 0.25 (the largest of 300 numbers of chance), photographs with white noise of 5 levels up to
 * 0.3 in the quarter that repeats least; dots and lines 0.38 to 1 everywhere. And whether it is spread over values as noise is, and as strong as
 * a reading says.
 */
import { LUMA } from '../../pixels/luma.ts';
import type { Picture } from '../picture.ts';
import { repeatsAt, tailsAt, WINDOW, type WindowRepeats } from '../repeats.ts';

/** Distance of windows, pixels, at the least; windows along each side, at the most. */
const APART = 40;
const MOST = 9;
/** Mean square below which a window shows nothing, levels². */
const LEAST_ENERGY = 0.25;
const LEAST_WINDOWS = 4;
/** From this correlation on, in the quarter that repeats least, everything is a pattern of so many levels. */
const STRONG = { correlation: 0.38, levels: 40 };
/** Or of fewer, where what does not repeat is less than the level. */
const FAINT = 0.5;
/** Or of more than weak noise, and all of it is said to be noise: rosettes of colour, whose luma repeats less than each ink. */
const ROSETTE = { correlation: 0.3, levels: 15 };
const LEAST_CORRELATION = Math.min(STRONG.correlation, FAINT, ROSETTE.correlation);

export interface Repeats {
  /** Correlation in the quarter of the windows that repeats least. */
  readonly least: number;
  /** Root mean square of what varies, median of the windows; 8-bit levels over the picture's range. */
  readonly strength: number;
}

/**
 * True where what varies is a pattern, not noise of that level: even the places that repeat least do. Half of them is not
 * enough: on a smooth picture with weak noise of a camera, edges are what there is in most windows, and they repeat
 * along themselves (0.3 to 0.4 on the pairs of PolyU, at 3 to 8 levels).
 */
export function refutes({ least, strength }: Repeats, level: number): boolean {
  if (least >= STRONG.correlation && strength >= STRONG.levels) return true;
  if (least >= ROSETTE.correlation && strength >= ROSETTE.levels && level > strength) return true;
  return least >= FAINT && level > strength * Math.sqrt(1 - least);
}

/**
 * In steps of a window each, until it is clear that more than a quarter do not repeat.
 * @returns null where that is so, or where there is too little to say: pictures below 56 pixels, or of next to no variation
 */
export function* measureRepeats(picture: Picture): Generator<void, Repeats | null> {
  const { width, height } = picture.source;
  const found: WindowRepeats[] = [];
  const windows = places(height).flatMap((top) => places(width).map((left) => ({ left, top })));
  let others = 0;
  for (const { left, top } of windows) {
    yield;
    const window = repeatsAt(lumaAt(picture, left, top), 0, WINDOW, LEAST_ENERGY);
    if (window.energy < LEAST_ENERGY) continue;
    found.push(window);
    if (window.correlation < LEAST_CORRELATION) others++;
    if (others > windows.length >> 2) return null;
  }
  if (found.length < LEAST_WINDOWS) return null;
  const correlations = found.map(({ correlation }) => correlation).sort((a, b) => a - b);
  const energies = found.map(({ energy }) => energy).sort((a, b) => a - b);
  return {
    least: correlations[found.length >> 2]!,
    strength: Math.sqrt(energies[found.length >> 1]!),
  };
}

/**
 * Kurtosis below which what varies is no noise: noise that is cut off at black and white has 2.7 and more at 50 levels, dithers and pixel
 * art stored as JPEG or WebP 1.1 to 2.6.
 */
const FEW_TONES = 2.6;
/** Or this where one tone is read to have more noise than varies by this factor: white noise is read as 1.03 times as much at the most. */
const FEWER_TONES = { kurtosis: 2.75, excess: 1.2 };
/** Weak noise has few values too, for want of levels. */
const LEAST_LEVELS = 15;
/** What varies in a picture; medians of the windows. */
export interface Variation {
  readonly kurtosis: number;
  /** Root mean square, 8-bit levels over the picture's range. */
  readonly strength: number;
}

/** True where what varies can not be noise of that level. */
export function exceeds(
  { kurtosis, strength }: Variation,
  level: number,
  { tones, scan }: Pick<Picture, 'tones' | 'scan'>,
): boolean {
  if (strength < LEAST_LEVELS) return false;
  // A scan's weak source is counted in few steps.
  if (kurtosis < FEW_TONES && !scan) return true;
  return tones === 1 && kurtosis < FEWER_TONES.kurtosis && level > FEWER_TONES.excess * strength;
}

/** In steps of a window each. @returns null where there is too little to say, as of `measureRepeats` */
export function* measureVariation(picture: Picture): Generator<void, Variation | null> {
  const { width, height } = picture.source;
  const kurtoses: number[] = [];
  const energies: number[] = [];
  for (const top of places(height))
    for (const left of places(width)) {
      yield;
      const { kurtosis, energy } = tailsAt(lumaAt(picture, left, top), 0, WINDOW);
      if (energy < LEAST_ENERGY) continue;
      kurtoses.push(kurtosis);
      energies.push(energy);
    }
  if (kurtoses.length < LEAST_WINDOWS) return null;
  const medianOf = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
  return {
    kurtosis: medianOf(kurtoses),
    strength: Math.sqrt(medianOf(energies)),
  };
}

/** Where windows begin along a side, evenly spread. */
function places(length: number): number[] {
  const room = length - WINDOW;
  if (room < 0) return [];
  const count = Math.min(MOST, Math.floor(room / APART) + 1);
  return Array.from({ length: count }, (_, i) =>
    Math.round(count === 1 ? room / 2 : (room * i) / (count - 1)),
  );
}

/** 8-bit levels over the picture's range, WINDOW × WINDOW. What is not finite counts as 0. */
function lumaAt({ source, tones, range }: Picture, left: number, top: number): Float32Array {
  const { data, width, channels } = source;
  const [red, green, blue] = LUMA;
  const luma = new Float32Array(WINDOW * WINDOW);
  const toLevels = 255 / (range.high - range.low);
  for (let y = 0, i = 0; y < WINDOW; y++)
    for (let x = 0; x < WINDOW; x++, i++) {
      const at = ((top + y) * width + left + x) * channels;
      const value =
        tones === 1 ? data[at]! : red * data[at]! + green * data[at + 1]! + blue * data[at + 2]!;
      luma[i] = Number.isFinite(value) ? value * toLevels : 0;
    }
  return luma;
}
