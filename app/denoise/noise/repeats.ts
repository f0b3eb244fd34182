/**
 * Whether what varies in a picture is a pattern rather than noise (`../repeats.ts`), in windows spread over it. Neither a
 * noise network nor a formula of eigenvalues asks this; both take fine dots for very strong noise. White and camera noise
 * give correlations of 0.11 to 0.25 (the largest of 300 numbers of chance), photographs with white noise of 5 levels up to
 * 0.3 in the quarter that repeats least; dots and lines 0.38 to 1 everywhere.
 */
import { LUMA } from '../luma.ts';
import type { Picture } from '../picture.ts';
import { repeatsAt, WINDOW, type WindowRepeats } from '../repeats.ts';

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
const LEAST_CORRELATION = Math.min(STRONG.correlation, FAINT);

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
