/** The result of a file of a run, as the journal names it: whether it is there, and still what was written. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { HourglassError, type FolderResult } from '../../contract/index.ts';
import { fingerprintOf, hashOfFile } from '../../jobs/runs/fingerprint.ts';
import type { DoneLine } from '../../jobs/runs/journal-lines.ts';
import type { JournalState } from '../../jobs/runs/journal-state.ts';
import type { Admission } from './admission.ts';
import { say } from './sentences.ts';

export interface ResultRequest {
  readonly journal: JournalState | null;
  /** Absolute; all files of the source, the one that names it first. */
  readonly files: readonly string[];
  /** Folder that results lie in, absolute, with a separator at its end: a journal can name no other place. */
  readonly out: string;
  readonly admission: Admission;
}

/** @throws HourglassError file-not-found: none is known, or it is gone; file-not-readable */
export async function resultOf(request: ResultRequest): Promise<FolderResult> {
  const { journal, files, out, admission } = request;
  const source = files[0]!;
  const name = basename(source);
  const found = journal && lastResults(journal).get(source);
  if (!found?.path.startsWith(out))
    throw new HourglassError('file-not-found', say('noResultKnown', { name }));
  const { line, path } = found;
  if (!(await stat(path).catch(() => null)))
    throw new HourglassError('file-not-found', say('resultGone', { name, path }), {
      hint: say('resultGoneRemedy'),
    });
  const result = await admission.admit(path);
  const isSame = result.bytes === line.bytes && (await hashOfFile(path)).sha256 === line.sha256;
  const now = await fingerprintOf(files).catch(() => null);
  return {
    result,
    source: await admission.admit(source, files),
    changed: !isSame,
    sourceChanged: now !== null && now.fingerprint !== line.fingerprint,
  };
}

/** A result, by the journal's line and its absolute path. */
export interface WrittenResult {
  readonly line: DoneLine;
  readonly path: string;
}

/** What was written last of each file, by the source's absolute path. */
export function lastResults(journal: JournalState): ReadonlyMap<string, WrittenResult> {
  const last = new Map<string, WrittenResult>();
  for (const [path, { source, line }] of journal.results) {
    const known = last.get(source);
    if (!known || line.at >= known.line.at) last.set(source, { line, path });
  }
  for (const [source, { ended }] of journal.files)
    if (ended?.type === 'done')
      last.set(source, { line: ended, path: journal.absolute(ended.output) });
  return last;
}
