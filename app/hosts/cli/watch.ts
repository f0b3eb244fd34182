/**
 * `hourglass watch`: what comes into folders is done as by the command itself. The watching is that of
 * `app/jobs/runs/watch.ts`; here is what it is told to do, and how it is told.
 */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HourglassError, toHourglassError } from '../../contract/index.ts';
import { folderOfResults } from '../../jobs/runs/journal-place.ts';
import { modelPrints } from '../../jobs/runs/model-prints.ts';
import { watchFolders, type WatchEvent } from '../../jobs/runs/watch.ts';
import { followSeries } from '../shared/grouping.ts';
import { modelsFolder, personFolders, software } from '../shared/paths.ts';
import { printable, printableJson } from '../shared/printable.ts';
import { fromHere, walk } from '../shared/walk.ts';
import { Report, writeReports } from './files.ts';
import { exitCode, type CliOptions } from './options.ts';
import { journalOf, resolvedOut } from './plan.ts';
import { say } from './sentences.ts';
import { asUsageError, UsageError, type Invocation } from './usage.ts';
import { failureWords, summaryWords } from './words.ts';

/** @returns 130, for only an interrupt ends it @throws UsageError; HourglassError of the journal */
export async function runWatch(invocation: Invocation, options: CliOptions): Promise<number> {
  const { terminal, cwd, interrupt } = options;
  const { command, definition, input, run } = invocation;
  const watch = invocation.watch!;
  const json = invocation.json || !terminal.stdout.isTerminal;
  const line = (value: object): void => {
    if (json) terminal.stdout.write(`${printableJson(value)}\n`);
  };
  const words = (text: string): void => terminal.stderr.write(`${printable(text)}\n`);
  if (run.journal === 'none') throw new UsageError(say('watchNeedsJournal'));
  const folders = await foldersOf(invocation.files, cwd);
  const out = typeof input.out === 'string' ? resolvedOut(input.out, cwd) : null;
  // As of files in them, which may come.
  const within = folders.map((folder) => join(folder, '-'));
  const asked = { ...invocation, run: { ...run, resume: true } };
  const journal = await journalOf(asked, out, within, cwd);
  const varies = out === null || out.startsWith('{dir}');

  const tally = { damaged: 0, before: 0 };
  const startedAt = performance.now();
  const tell = (event: WatchEvent): void => {
    if (event.kind === 'watching') {
      const names = folders.map((folder) => fromHere(folder, cwd)).join(', ');
      line({ type: 'watching', folders, journal: event.journal });
      words(say('watching', { folders: names }));
    } else if (event.kind === 'before') {
      line({ type: 'before', done: event.done, failed: event.failed });
      tally.before += event.done;
      if (event.done > 0) words(say('doneBefore', { done: event.done }));
      if (event.failed > 0) words(say('failedBefore', { failed: event.failed }));
    } else if (event.kind === 'problem') {
      line({ type: 'problem', source: event.input, error: event.error });
      terminal.stderr.write(`${failureWords(fromHere(event.input, cwd), event.error)}\n`);
    } else if (event.kind === 'notice') {
      line({ type: 'notice', text: event.text });
      words(event.text);
    } else if (event.kind !== 'arriving') {
      line({ type: event.kind, path: event.path });
      const path = fromHere(event.path, cwd);
      words(event.kind === 'waiting' ? say('waitingFor', { path }) : say('backAgain', { path }));
    }
  };

  const program = options.createProgram();
  try {
    const counts = await watchFolders({
      request: {
        ...{ command, settings: input, out, software, journal: journal! },
        retryFailed: watch.retryFailed,
        modelPrint: modelPrints(() => [modelsFolder(), personFolders().models]),
      },
      folders,
      results: varies ? null : await folderOfResults(out, within),
      together: followSeries(definition, interrupt),
      look: (here) => walk(here, { cwd, signal: interrupt, takes: definition.reads?.kinds }),
      ...{ settle: watch.settle, signal: interrupt, told: tell },
      perform: async (batch, more) => {
        const report = new Report(invocation, batch, options, line, json);
        const { end, damaged } = await report.perform(program, more);
        tally.damaged += damaged;
        return end.counts;
      },
    }).catch((error: unknown) => {
      const known = toHourglassError(error);
      throw known.code === 'invalid-parameter' ? asUsageError(known, definition) : known;
    });
    await writeReports(run, journal, options, program);
    const seconds = (performance.now() - startedAt) / 1000;
    const all = { ...tally, ...counts, done: counts.done + tally.before, ignored: 0, seconds };
    line({ type: 'summary', ...all, interrupted: true });
    words(say('interrupted', { summary: summaryWords(all) }));
    return exitCode.interrupted;
  } finally {
    await program.stop();
  }
}

/** @throws HourglassError file-not-found; UsageError: one is no folder */
async function foldersOf(inputs: readonly string[], cwd: string): Promise<string[]> {
  const folders = new Set<string>();
  for (const input of inputs) {
    const path = resolve(cwd, input);
    const facts = await stat(path).catch((error: unknown) => {
      throw new HourglassError('file-not-found', say('folderDoesNotExist', { input }), {
        cause: error,
      });
    });
    if (!facts.isDirectory()) throw new UsageError(say('notAFolder', { input }));
    folders.add(path);
  }
  return [...folders];
}
