/** What `similar`, `unusual` and `map` have in common: which pictures are meant, how far it is, the results as JSON or as text, what was left out and why, and how it ends. */
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { toHourglassError, type HourglassEvent } from '../../contract/index.ts';
import type { Program } from '../../jobs/index.ts';
import { personFolders, trainingsFolder } from '../shared/paths.ts';
import { printable, printableJson } from '../shared/printable.ts';
import { fromHere, walk, type WalkResult } from '../shared/walk.ts';
import { exitCode, type CliOptions } from './options.ts';
import { progressLineOn } from './progress-line.ts';
import { say } from './sentences.ts';
import { UsageError, type Invocation } from './usage.ts';

interface LeftOut {
  readonly source: string;
  readonly code: string;
  readonly reason: string;
}

export interface Finding<F extends { readonly leftOut: readonly LeftOut[] }> {
  /** As it is typed. */
  readonly verb: string;
  /** Of the engine, whose progress is shown. */
  readonly command: 'findSimilar' | 'findUnusual' | 'mapFolder';
  readonly isJson: boolean;
  /** Of looking through the folders: they are left out too. */
  readonly problems: WalkResult['problems'];
  readonly ask: (program: Program) => Promise<F>;
  /** For stdout, where it is not JSON. */
  readonly text: (found: F) => string;
  /** For stderr, a line each. */
  readonly summary: (found: F) => readonly string[];
  readonly interrupted: () => string;
}

/** @returns whether JSON is printed. @throws UsageError */
export function wantsJson(csv: boolean, { json }: Invocation, { stdout }: CliOptions['terminal']) {
  if (csv && json) throw new UsageError(say('similarCsvOrJson'));
  return json || (!csv && !stdout.isTerminal);
}

/** Absolute, without links where it is there: what is remembered of a folder is under this name. */
export async function placeOf(named: string, cwd: string): Promise<string> {
  const place = resolve(cwd, named);
  return realpath(place).catch(() => place);
}

/** Folder of a training that is named by its folder, or as a training of the window. */
export function trainingOf(named: string, cwd: string): string {
  const place = resolve(cwd, named);
  const own = join(trainingsFolder(personFolders()), named);
  return !existsSync(place) && named === basename(named) && existsSync(own) ? own : place;
}

/**
 * Pictures of each of the places that were named.
 * @returns null: one has none, and that is said
 * @throws HourglassError of the first that can not be read, where one has none
 */
export async function picturesOf(
  named: readonly string[],
  { terminal, cwd, interrupt: signal }: CliOptions,
): Promise<readonly WalkResult[] | null> {
  const walks: WalkResult[] = [];
  for (const one of named) walks.push(await walk([one], { cwd, signal, toLook: true }));
  const [problem] = walks.flatMap(({ problems }) => problems);
  for (const [at, { files }] of walks.entries()) {
    if (files.length > 0) continue;
    if (problem) throw problem.error;
    terminal.stderr.write(`${printable(say('similarNothing', { folder: named[at]! }))}\n`);
    return null;
  }
  return walks;
}

/** @returns exit code. @throws HourglassError of the asking, a cancel alone is told */
export async function find<F extends { readonly leftOut: readonly LeftOut[] }>(
  { verb, command, isJson, problems, ask, text, summary, interrupted }: Finding<F>,
  { terminal, cwd, createProgram }: Pick<CliOptions, 'terminal' | 'cwd' | 'createProgram'>,
): Promise<number> {
  const bar = progressLineOn(terminal);
  const words = (line: string): void => void terminal.stderr.write(`${printable(line)}\n`);
  const program = createProgram();
  const deaf = program.listen((event: HourglassEvent) => {
    if (event.type !== 'job' || event.command !== command || !event.progress) return;
    const { done, total, unit, message } = event.progress;
    const counts = unit === 'files' ? { file: done, files: total } : { file: 1, files: 1 };
    if (event.state === 'running')
      bar.draw({
        ...{ fraction: total === 0 ? 0 : done / total, ...counts, name: message },
        ...{ megapixelsPerSecond: null, secondsLeft: null },
      });
  });
  try {
    const output = await ask(program);
    bar.clear();
    const leftOut = [
      ...problems.map(({ input, error }) => ({
        ...{ source: input, code: error.code, reason: error.message },
      })),
      ...output.leftOut,
    ];
    const found: F = { ...output, leftOut };
    terminal.stdout.write(
      isJson ? `${printableJson({ type: 'result', command: verb, output: found })}\n` : text(found),
    );
    for (const { source, reason } of leftOut)
      words(say('similarLeftOut', { source: fromHere(source, cwd), reason }));
    summary(found).forEach(words);
    return leftOut.length > 0 ? exitCode.failed : exitCode.good;
  } catch (error) {
    bar.clear();
    if (toHourglassError(error).code !== 'cancelled') throw error;
    words(interrupted());
    return exitCode.interrupted;
  } finally {
    deaf();
    await program.stop();
  }
}
