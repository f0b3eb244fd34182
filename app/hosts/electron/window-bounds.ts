/**
 * Where the window was, kept between sessions. What was remembered is only used when it can still be
 * seen: displays come and go.
 */
import * as z from 'zod';
import { recall, remember } from '../../pixels/remembered.ts';

const boundsSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(1),
  height: z.number().int().min(1),
  maximized: z.boolean(),
});
export type WindowBounds = z.infer<typeof boundsSchema>;

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Smallest window in which the interface still works, and the one of the first start. */
export const smallest = { width: 800, height: 560 };
export const usual = { width: 1440, height: 900 };

/** So much of the window's upper edge must be on a display for it to be grabbed, pixels. */
const grabbable = { width: 120, height: 40 };

/** null: the first start. */
export const readBounds = (path: string): Promise<WindowBounds | null> =>
  recall(path, (value) => boundsSchema.parse(value));

export const writeBounds = (path: string, bounds: WindowBounds): Promise<void> =>
  remember(path, bounds);

/**
 * The remembered place, cut to what the displays show; size alone when its display is gone.
 * @param workAreas of every display, in one coordinate system
 */
export function usableBounds(
  remembered: WindowBounds | null,
  workAreas: readonly Area[],
): { width: number; height: number; x?: number; y?: number } {
  const largest = {
    width: Math.max(smallest.width, ...workAreas.map((area) => area.width)),
    height: Math.max(smallest.height, ...workAreas.map((area) => area.height)),
  };
  const wanted = remembered ?? usual;
  const width = Math.min(Math.max(wanted.width, smallest.width), largest.width);
  const height = Math.min(Math.max(wanted.height, smallest.height), largest.height);
  if (remembered === null) return { width, height };
  const { x, y } = remembered;
  const seen = workAreas.some(
    (area) =>
      Math.min(x + width, area.x + area.width) - Math.max(x, area.x) >= grabbable.width &&
      y >= area.y &&
      y <= area.y + area.height - grabbable.height,
  );
  return seen ? { x, y, width, height } : { width, height };
}
