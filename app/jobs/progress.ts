/**
 * Keeps the promise of `Progress`: within one job `done` never falls and `total` never changes once
 * it is not 0, also when the work had to start again (smaller tiles, another device).
 */
import type { Progress } from '../contract/index.ts';

/** A function that turns what the engine reports into what listeners may see. */
export function monotonic(): (progress: Progress) => Progress {
  let total = 0;
  let done = 0;
  return (progress) => {
    if (total === 0) total = progress.total;
    const scaled =
      progress.total === total || progress.total === 0
        ? progress.done
        : Math.floor((progress.done / progress.total) * total);
    done = Math.max(done, total === 0 ? scaled : Math.min(scaled, total));
    return { ...progress, done, total };
  };
}
