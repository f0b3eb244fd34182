/**
 * Removes what an engine that died left behind: rows and encoded files in the temporary folder, and
 * the unfinished file beside the output it was working on. What temporaries are called, and how it is
 * known that nobody needs them, is owned by `pixels`.
 */
import { dirname } from 'node:path';
import type { NamedOutput } from '../contract/index.ts';
import { sweepTemporaries, temporaryFolder } from '../pixels/temporaries.ts';

/** @param outputs of the jobs that ran when the engine ended */
export function sweepLeftovers(outputs: readonly NamedOutput[]): void {
  sweepTemporaries(temporaryFolder());
  for (const { path } of outputs) sweepTemporaries(dirname(path));
}
