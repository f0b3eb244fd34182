/**
 * What is done to a picture for a siamese network: two views of it shall have one code. At full strength (`augment` 1), each drawn evenly:
 * a part of 80 to 100 % of the width and of the height, mirrored or not, one time in five without colours; then light by up to ±0.2 of the scale, contrast by
 * a factor of 0.6 to 1.4, each colour by one of 0.8 to 1.25, one time in two a Gaussian blur of up to 1 pixel, one time in two white noise of up to
 * 13 levels of 255. Less strength leaves as much less of each. What a person wants to be overlooked is what must be in here (Chen et al. 2020, section 3:
 * parts and colours matter most).
 */
import { GaussianDraws, type Draws } from './engine/index.ts';
import type { Piece } from './images.ts';
import { along, gaussian } from './blur.ts';

/** Full strength. */
export const full = {
  /** Least side of the part, of the picture's. */
  part: 0.8,
  light: 0.2,
  contrast: 0.4,
  colour: 1.25,
  gray: 0.2,
  /** Pixels of the view. */
  blur: 1,
  /** Of the scale. */
  noise: 13 / 255,
} as const;

export interface View {
  readonly tones: number;
  readonly patch: number;
  /** 0: the picture itself, made as small as the view; 1: all that there is. */
  readonly strength: number;
  readonly draws: Draws;
  /** Keys of `GaussianDraws`, of this view alone. */
  readonly noise: readonly number[];
}

/** Pixels of a blur below which nothing is seen of it. */
const LEAST_BLUR = 0.2;

/**
 * Fills planar [tones, patch, patch] from `start` with a view of a whole picture.
 */
export function viewOf(
  { side, data }: Piece,
  { tones, patch, strength, draws, noise }: View,
  target: Float32Array,
  start: number,
): void {
  const between = (low: number, high: number): number => low + (high - low) * draws.next();
  const around = (most: number): number => strength * between(-most, most);
  const [wide, high] = [0, 1].map(() => side * (1 - strength * (1 - full.part) * draws.next()));
  const left = (side - wide!) * draws.next();
  const top = (side - high!) * draws.next();
  const isMirrored = draws.next() < strength / 2;
  const isGray = draws.next() < full.gray * strength;
  const light = around(full.light);
  const contrast = 1 + around(full.contrast);
  const colours = [0, 1, 2].map(() => full.colour ** around(1));
  const blur = draws.next() < 0.5 ? between(0, full.blur * strength) : 0;
  const level = draws.next() < 0.5 ? between(0, full.noise * strength) : 0;
  const columns = ticks(left, wide!, patch, side);
  const rows = ticks(top, high!, patch, side);
  const plane = patch * patch;
  for (let tone = 0; tone < tones; tone++) {
    const base = tone * side * side;
    for (let y = 0, at = start + tone * plane; y < patch; y++) {
      const row = rows[y]!;
      const [upper, lower] = [base + row.first * side, base + row.second * side];
      for (let x = 0; x < patch; x++, at++) {
        const column = columns[isMirrored ? patch - 1 - x : x]!;
        const { first, second, share } = column;
        const above = data[upper + first]! * (1 - share) + data[upper + second]! * share;
        const below = data[lower + first]! * (1 - share) + data[lower + second]! * share;
        target[at] = above * (1 - row.share) + below * row.share;
      }
    }
  }
  if (isGray && tones === 3)
    for (let i = start; i < start + plane; i++) {
      const mean = (target[i]! + target[i + plane]! + target[i + 2 * plane]!) / 3;
      target[i] = target[i + plane] = target[i + 2 * plane] = mean;
    }
  const draw = level > 0 ? new GaussianDraws(...noise) : null;
  for (let tone = 0; tone < tones; tone++) {
    const from = start + tone * plane;
    const values = target.subarray(from, from + plane);
    const mean = values.reduce((sum, value) => sum + value, 0) / plane;
    const colour = tones === 3 ? colours[tone]! : 1;
    for (let i = 0; i < plane; i++)
      values[i] = colour * (mean + light + contrast * (values[i]! - mean));
    if (blur > LEAST_BLUR) {
      const kernel = gaussian(blur);
      values.set(
        along(along(values, patch, patch, kernel, 1, patch), patch, patch, kernel, patch, 1),
      );
    }
    if (draw) for (let i = 0; i < plane; i++) values[i]! += level * draw.next();
    for (let i = 0; i < plane; i++) values[i] = Math.min(1, Math.max(0, values[i]!));
  }
}

/** Between which two pixels of a line each pixel of the view lies. */
const ticks = (start: number, length: number, patch: number, side: number) =>
  Array.from({ length: patch }, (_, at) => {
    const place = Math.min(side - 1, Math.max(0, start + ((at + 0.5) * length) / patch - 0.5));
    const first = Math.floor(place);
    return { first, second: Math.min(side - 1, first + 1), share: place - first };
  });
