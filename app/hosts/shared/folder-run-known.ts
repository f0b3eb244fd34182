/**
 * What a journal says of the files of a folder before a run is planned: what was true when it was written, where the sizes still fit. Hashes and
 * fingerprints are looked at when the next run begins.
 */
import { stat } from 'node:fs/promises';
import type { FolderFileChange } from '../../contract/index.ts';
import type { JournalState } from '../../jobs/runs/journal-state.ts';
import { pooled } from '../../pixels/pooled.ts';
import { lastResults } from './folder-run-result.ts';
import type { FoundFile } from './walk.ts';

/**
 * @param bytesOf the size of a file as it is now, by its place
 * @returns for each file what is known of it; null: nothing, or it is not as it was
 */
export function knownFrom(
  journal: JournalState,
  files: readonly FoundFile[],
  bytesOf: (place: number) => number,
): Promise<(Partial<FolderFileChange> | null)[]> {
  const results = lastResults(journal);
  return pooled(files, async ({ path }, place) => {
    const { input, ended = null } = journal.files.get(path) ?? {};
    if (input && input.bytes !== bytesOf(place)) return null;
    const failed = journal.refused.get(path) ?? (ended?.type === 'failed' ? ended : null);
    if (failed) return { state: 'failed', error: failed.error, byJournal: true };
    const found = results.get(path);
    if (!found) return null;
    const { bytes, seconds } = found.line;
    const size = await stat(found.path).then(
      (facts) => facts.size,
      () => null,
    );
    return size === bytes ? { state: 'done', bytes, seconds, byJournal: true } : null;
  });
}
