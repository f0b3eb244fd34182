/**
 * UIDs and times of what a run derives. They follow from the run's id and the UID of the source: the same after the run was taken up
 * again and on whichever machine, so that one series stays one; others in another run.
 */
import { createHash } from 'node:crypto';
import { timeOfId } from '../../../contract/timed-id.ts';

/** Of this program (0002,0012): a UUID made once. */
export const implementationClassUid = '2.25.6198777351178039850467641880057261634';

/** `2.25.` and a UUID as a decimal number (PS3.5, B.2): 44 characters at the most. */
export function derivedUid(run: string, what: string, source: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([run, what, source]))
    .digest();
  // A UUID of version 8 (RFC 9562): its other bits are whatever its maker says.
  hash[6] = 0x80 | (hash[6]! & 0x0f);
  hash[8] = 0x80 | (hash[8]! & 0x3f);
  return `2.25.${BigInt(`0x${hash.toString('hex', 0, 16)}`)}`;
}

/** The moment when the run began, as DT in UTC; null: its id does not say. */
export function timeOfRun(run: string): string | null {
  const time = timeOfId(run);
  if (time === null) return null;
  return `${new Date(time).toISOString().replace(/[-:TZ]/g, '')}000+0000`;
}
