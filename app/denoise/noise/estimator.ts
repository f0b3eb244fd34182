/**
 * The place of noise estimators: what one is, and the table of those that there are. Chen's formula
 * is right for white noise; noise of camera JPEGs is correlated, which no formula tells from
 * texture, and a learned estimator joins this table for it.
 */
import { throwIfCancelled } from '../../contract/index.ts';
import type { Raster } from '../../pixels/raster.ts';
import { estimateChen } from './chen.ts';

/** Standard deviations in levels of an 8-bit scale, image-wide. */
export interface NoiseEstimate {
  readonly sigma: number;
  /** One per colour channel; for display. */
  readonly perChannel: readonly number[];
}

export interface Estimator {
  /** Shown as the reading's `method`. */
  readonly id: string;
  /** @throws HourglassError cancelled */
  estimate(raster: Raster, signal: AbortSignal): Promise<NoiseEstimate>;
}

/** First is what `measure` asks. */
export const estimators: readonly [Estimator, ...Estimator[]] = [
  {
    id: 'chen-2015-joint',
    estimate: (raster, signal) => runSliced(estimateChen(raster), signal),
  },
];

/** Longest piece of work between two turns of the event loop, milliseconds. */
const SLICE_MS = 12;

/** Runs a stepwise computation without holding up the engine's thread, and stops when told. */
export async function runSliced<T>(steps: Generator<void, T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    throwIfCancelled(signal);
    const until = performance.now() + SLICE_MS;
    do {
      const step = steps.next();
      if (step.done) return step.value;
    } while (performance.now() < until);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
