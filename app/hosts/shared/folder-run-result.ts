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
  const found = journal && lineOf(journal, source);
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

/** What was written of a file last. */
function lineOf(
  journal: JournalState,
  source: string,
): { readonly line: DoneLine; readonly path: string } | null {
  const ended = journal.files.get(source)?.ended;
  if (ended?.type === 'done') return { line: ended, path: journal.absolute(ended.output) };
  let last: { readonly line: DoneLine; readonly path: string } | null = null;
  for (const [path, known] of journal.results)
    if (known.source === source && (last === null || known.line.at >= last.line.at))
      last = { line: known.line, path };
  return last;
}
