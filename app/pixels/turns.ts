/** How a long computation on the engine's main thread lets others run (tiles for the screen, "cancel"). */
import { setImmediate } from 'node:timers/promises';

/** Ends this turn of the event loop; whoever waits for the thread comes first. */
export const nextTurn = (): Promise<void> => setImmediate();
