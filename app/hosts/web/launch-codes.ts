/**
 * How a browser comes by the session's secret. The secret itself never stands where another user of this
 * machine can read it: a browser's command line shows only a launch code, which is worth one use, within
 * its time; whoever comes second with it is refused.
 */
import { createHash, randomBytes } from 'node:crypto';

export interface LaunchCodes {
  /** @param lifetimeMs null: until it is used */
  issue(lifetimeMs: number | null): string;
  /** True once. */
  redeem(code: string): boolean;
}

/** Of a code that is handed to a browser that is being started, milliseconds: slow disks are slow. */
export const browserStartMs = 2 * 60_000;

export function createLaunchCodes(now: () => number = Date.now): LaunchCodes {
  /** By digest: a look-up by the code itself would take longer the more of it is right. */
  const ends = new Map<string, number>();
  const digest = (code: string): string => createHash('sha256').update(code).digest('hex');
  return {
    issue(lifetimeMs) {
      const code = randomBytes(24).toString('base64url');
      ends.set(digest(code), lifetimeMs === null ? Infinity : now() + lifetimeMs);
      return code;
    },
    redeem(code) {
      const key = digest(code);
      const end = ends.get(key);
      ends.delete(key);
      return end !== undefined && now() <= end;
    },
  };
}
