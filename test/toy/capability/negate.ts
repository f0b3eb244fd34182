/** What a negative is: black for white, by the scale of the picture. Alpha stays. */
import { scaleOf, type Raster } from '../pixels/index.ts';

/** Negates the left half or all of it in place. */
export function negate(raster: Raster, half: boolean): void {
  const { data, width, channels, hasAlpha } = raster;
  const { black, white } = scaleOf(raster);
  const columns = half ? Math.ceil(width / 2) : width;
  for (let at = 0; at < data.length; at++) {
    const column = Math.floor(at / channels) % width;
    const isAlpha = hasAlpha && at % channels === channels - 1;
    if (column < columns && !isAlpha) data[at] = black + white - data[at]!;
  }
}

/** Mean of all samples, 0–1. */
export function meanOf(raster: Raster): number {
  const { black, white } = scaleOf(raster);
  let sum = 0;
  for (const value of raster.data) sum += value - black;
  return sum / raster.data.length / (white - black);
}
