/** For tests only: time that passes when a test lets it, so that what comes before a wait and what after it is the same on a busy machine. */
import { afterEach, beforeEach, vi } from 'vitest';

/** For the tests of a file; what it returns lets so many milliseconds pass, and all that they bring. */
export function ownTime(): (milliseconds: number) => Promise<unknown> {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  return (milliseconds) => vi.advanceTimersByTimeAsync(milliseconds);
}
