import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/**
 * Collects garbage, so that what a test then measures is what is held, not what earlier tests of its process left behind and
 * nothing had collected yet.
 */
export const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes in array buffers that something holds. */
export function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}
