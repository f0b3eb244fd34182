/** How a long computation on the engine's main thread lets others run (tiles for the screen, "cancel"). */
import { setImmediate } from 'node:timers/promises';
import { afterViews, currentSlot, LONGEST_WAIT } from './slot.ts';

/** Ends this turn of the event loop; whoever waits for the thread comes first, and the screen before work. */
export async function nextTurn(): Promise<void> {
  await setImmediate();
  if (currentSlot() === 'work') await afterViews(LONGEST_WAIT);
}

/** Rows of a picture that are worked on in one turn, `bottom` not among them. */
export interface RowBand {
  readonly top: number;
  readonly bottom: number;
}

/** Pixels of a band; a few operations on each are about 10 ms. */
const BAND_PIXELS = 256 * 1024;

/** All rows of a picture or a part of it, in bands. */
export function* bandsOf(size: {
  readonly width: number;
  readonly height: number;
}): Generator<RowBand> {
  const rows = Math.max(1, Math.floor(BAND_PIXELS / size.width));
  for (let top = 0; top < size.height; top += rows)
    yield { top, bottom: Math.min(size.height, top + rows) };
}
