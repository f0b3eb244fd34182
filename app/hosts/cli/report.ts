/** `hourglass report JOURNAL`: what became of a run, to a file or to standard output. */
import { resolve } from 'node:path';
import { commands, HourglassError, parseInput } from '../../contract/index.ts';
import { readJournal } from '../../jobs/runs/journal-state.ts';
import { cropsOf, type Crop, type Crops } from '../../jobs/runs/report-crops.ts';
import type { Program } from '../../jobs/types.ts';
import { reportOf, reportText, writeReport, type RunReport } from '../../jobs/runs/report.ts';
import { exitCode, type CliOptions } from './options.ts';
import { say } from './sentences.ts';
import type { Invocation } from './usage.ts';

/** @throws HourglassError file-not-found, file-not-readable: the journal; output-not-writable */
export async function runReport({ input }: Invocation, options: CliOptions): Promise<number> {
  const { terminal, cwd } = options;
  const { format, out, crops: most, ...asked } = parseInput(commands.report, input);
  const journal = resolve(cwd, asked.journal);
  const state = await readJournal(journal);
  if (!state) throw new HourglassError('file-not-found', say('noSuchJournal', { journal }));
  const report = reportOf(state);
  if (!report) throw new HourglassError('file-not-found', say('noRunInJournal', { journal }));
  const crops =
    format === 'html' && most > 0
      ? await cropsFor(report, options, { program: null, most })
      : new Map<string, Crop>();
  if (out !== undefined) await writeReport(resolve(cwd, out), report, format, crops);
  else terminal.stdout.write(reportText(report, format, crops));
  return exitCode.good;
}

/**
 * Pieces of pictures for a page. Pictures are opened for them, which needs an engine.
 * @param program that has one; null: one is started for it
 * @throws HourglassError cancelled
 */
export async function cropsFor(
  report: RunReport,
  { createProgram, interrupt }: Pick<CliOptions, 'createProgram' | 'interrupt'>,
  { program, most }: { readonly program: Pick<Program, 'run' | 'tile'> | null; most?: number },
): Promise<Crops> {
  const own = program ? null : createProgram();
  const how = { signal: interrupt, ...(most === undefined ? {} : { most }) };
  try {
    return await cropsOf((program ?? own)!, report, how);
  } finally {
    await own?.stop();
  }
}
