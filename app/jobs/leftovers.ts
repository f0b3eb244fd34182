/**
 * Removes what an engine that died left behind: rows and encoded files in the temporary folder, and
 * the unfinished file beside the output it was working on. What temporaries are called, and how it is
 * known that nobody needs them, is owned by `pixels`.
 */
import { dirname } from 'node:path';
import { rolesOf, type CommandId } from '../contract/index.ts';
import { resolveOutput, type OutputRequest } from '../pixels/naming.ts';
import { sweepTemporaries, temporaryFolder } from '../pixels/temporaries.ts';

/** @param job the heavy job that ran when the engine ended */
export async function sweepLeftovers(
  job: { readonly command: CommandId; readonly input: Readonly<Record<string, unknown>> } | null,
): Promise<void> {
  sweepTemporaries(temporaryFolder());
  if (!job || !rolesOf(job.command).writes) return;
  try {
    const output = await resolveOutput(job.input as unknown as OutputRequest);
    sweepTemporaries(dirname(output.path));
  } catch {
    // No output can be named for this input, so the engine can not have begun one.
  }
}
