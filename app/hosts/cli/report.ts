/** `hourglass report JOURNAL`: what became of a run, to a file or to standard output. */
import { resolve } from 'node:path';
import { HourglassError, type FolderReportFormat } from '../../contract/index.ts';
import { readJournal } from '../../jobs/runs/journal-state.ts';
import { reportOf, reportText, writeReport } from '../../jobs/runs/report.ts';
import { exitCode, type CliOptions } from './options.ts';
import { say } from './sentences.ts';
import type { Invocation } from './usage.ts';

/** @throws HourglassError file-not-found, file-not-readable: the journal; output-not-writable */
export async function runReport(
  { input }: Invocation,
  { terminal, cwd }: CliOptions,
): Promise<number> {
  const journal = resolve(cwd, String(input.journal));
  const format = (input.format ?? 'html') as FolderReportFormat;
  const state = await readJournal(journal);
  if (!state) throw new HourglassError('file-not-found', say('noSuchJournal', { journal }));
  const report = reportOf(state);
  if (!report) throw new HourglassError('file-not-found', say('noRunInJournal', { journal }));
  if (typeof input.out === 'string') await writeReport(resolve(cwd, input.out), report, format);
  else terminal.stdout.write(reportText(report, format));
  return exitCode.good;
}
