/** One monotonic progress for work of several stages, each with its own count of tiles. */
import type { Progress } from '../contract/index.ts';

/** Steps that the whole is counted in. */
const TOTAL = 1000;

/**
 * @param weights share of the time that each stage takes, in any unit
 * @returns a progress function per stage; `message` stays that of the stage
 */
export function stages(
  progress: (progress: Progress) => void,
  weights: readonly number[],
): ((progress: Progress) => void)[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight, index) => {
    const before = weights.slice(0, index).reduce((all, one) => all + one, 0);
    return (step) => {
      const share = step.total > 0 ? Math.min(1, step.done / step.total) : 0;
      const done = Math.floor((TOTAL * (before + weight * share)) / sum);
      progress({ ...step, done, total: TOTAL });
    };
  });
}
