/** A map of what is unusual, small enough for a message: a page draws it over the picture (`contract/heat.ts`). */
import { HEAT_STEPS, type HeatMap } from '../../contract/heat.ts';
import type { Size } from '../../pixels/raster.ts';
import type { Plane } from '../plane.ts';

/** Cells along the longer side at the most. */
const MOST_CELLS = 64;

/**
 * Where several samples become one, the highest of them is told: nothing that is named is lost.
 * @param cell side of the square of pixels that a sample of the map stands for
 */
export function heatMapOf(map: Plane, picture: Size, cell: number): HeatMap {
  const step = Math.ceil(Math.max(map.width, map.height) / MOST_CELLS);
  const columns = Math.ceil(map.width / step);
  const rows = Math.ceil(map.height / step);
  const levels = new Uint8Array(columns * rows);
  for (let y = 0; y < map.height; y++)
    for (let x = 0; x < map.width; x++) {
      const at = Math.floor(y / step) * columns + Math.floor(x / step);
      const level = Math.min(
        255,
        Math.max(0, Math.round(HEAT_STEPS * map.data[y * map.width + x]!)),
      );
      levels[at] = Math.max(levels[at]!, level);
    }
  return {
    ...{ columns, rows },
    across: (columns * step * cell) / picture.width,
    down: (rows * step * cell) / picture.height,
    levels: Buffer.from(levels).toString('base64'),
  };
}
