/**
 * The scale of what is unusual in a picture: its colours, its ends, and how a map of it travels. One scale for files and screens: 1 is what good pictures
 * hardly reach, and nothing is ever stretched, so that two pictures can be compared.
 */
import * as z from 'zod';

/** Where the scale of colours ends. */
export const HEAT_END = 3;
/** Below it a picture is left as it is. */
export const HEAT_LEAST = 0.5;
const STRONGEST = 0.65;

/**
 * Colours at 0, 1, 2 and 3, red, green and blue: every step is lighter than the one before, for eyes that see no red or no green too. Of the scale
 * `plasma` by Smith and van der Walt (CC0).
 */
const RAMP = [
  [13, 8, 135],
  [156, 23, 158],
  [237, 121, 83],
  [240, 249, 33],
] as const;

export function heatColour(heat: number): readonly [number, number, number] {
  const place = Math.min(HEAT_END, Math.max(0, heat));
  const low = Math.min(RAMP.length - 2, Math.floor(place));
  const share = place - low;
  const [from, to] = [RAMP[low]!, RAMP[low + 1]!];
  const mixed = (at: 0 | 1 | 2): number => Math.round(from[at] + share * (to[at] - from[at]));
  return [mixed(0), mixed(1), mixed(2)];
}

/** How much of the picture its colour covers, 0 to 1. */
export const heatOpacity = (heat: number): number =>
  STRONGEST * Math.min(1, Math.max(0, heat - HEAT_LEAST));

/** Values in rows. */
interface Values {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

/** A value between samples, which lie in the middle of their cells; beyond the outermost it is theirs. @param x @param y in cells */
export function heatBetween({ width, height, data }: Values, x: number, y: number): number {
  const across = Math.min(width - 1, Math.max(0, x - 0.5));
  const down = Math.min(height - 1, Math.max(0, y - 0.5));
  const [left, top] = [Math.floor(across), Math.floor(down)];
  const right = Math.min(width - 1, left + 1);
  const bottom = Math.min(height - 1, top + 1);
  const [s, t] = [across - left, down - top];
  return (
    (1 - t) * ((1 - s) * data[top * width + left]! + s * data[top * width + right]!) +
    t * ((1 - s) * data[bottom * width + left]! + s * data[bottom * width + right]!)
  );
}

/** Of levels, to one unit: a byte ends a little above the scale. */
export const HEAT_STEPS = 80;

export const heatMapSchema = z.object({
  columns: z.number().int(),
  rows: z.number().int(),
  across: z
    .number()
    .describe('How far its columns reach, as a share of the width: 1, or a little more'),
  down: z.number().describe('How far its rows reach, as a share of the height'),
  levels: z.string().describe('Row by row a byte each, 80 to 1 unit; base64'),
});
export type HeatMap = z.infer<typeof heatMapSchema>;
