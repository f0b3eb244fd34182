/**
 * The command line from arguments to exit code, without touching the process: streams and the
 * interrupt come in from `main.ts`. Exit codes: 0 all good, 1 some failed, 2 usage, 130 interrupted;
 * `edit` has one more (`editExit`).
 */
import { toHourglassError } from '../../contract/index.ts';
import type { Program } from '../../jobs/index.ts';
import { printableJson } from '../shared/printable.ts';
import type { Shell } from '../../contract/completion.ts';
import { completionScript } from './completion.ts';
import { runEdit } from './edit.ts';
import { isDamaged, runFiles } from './files.ts';
import { exitCode, type CliOptions } from './options.ts';
import { runPiped } from './piped.ts';
import { runWorker } from './queue.ts';
import { runReport } from './report.ts';
import { runSend } from './send.ts';
import { runServe } from './serve.ts';
import { runMap } from './map.ts';
import { runSimilar } from './similar.ts';
import { runUnusual } from './unusual.ts';
import { forPeople } from './tables.ts';
import { runTrain } from './train.ts';
import { runGenerate } from './generate.ts';
import { grammar, parseArguments, UsageError, type Invocation } from './usage.ts';
import { runWatch } from './watch.ts';

/** @param args the words after the program's name */
export async function runCli(args: readonly string[], options: CliOptions): Promise<number> {
  const { terminal } = options;
  try {
    const parsed = parseArguments(args, options.version, terminal.columns());
    if (parsed.kind === 'text') {
      terminal.stdout.write(parsed.text);
      return exitCode.good;
    }
    const { invocation } = parsed;
    const own = invocation.watch ? runWatch : performers[invocation.command];
    if (own) return await own(invocation, options);
    return await runPiped(invocation, options, run);
  } catch (error) {
    if (options.interrupt.aborted) return exitCode.interrupted;
    if (error instanceof UsageError) {
      terminal.stderr.write(`hourglass: ${error.message}\n`);
      return exitCode.usage;
    }
    const known = toHourglassError(error);
    terminal.stderr.write(`hourglass: ${known.message} ${known.hint}\n`);
    return known.code === 'invalid-parameter' ? exitCode.usage : exitCode.failed;
  }
}

/** Commands that are more than asking the engine about files. */
const performers: Readonly<
  Record<string, (invocation: Invocation, options: CliOptions) => Promise<number>>
> = {
  edit: runEdit,
  report: runReport,
  serve: runServe,
  worker: runWorker,
  send: runSend,
  similar: runSimilar,
  map: runMap,
  unusual: runUnusual,
  train: runTrain,
  generate: runGenerate,
  completion: ({ input }, { terminal }) => {
    // The contract has checked it.
    terminal.stdout.write(completionScript(input.shell as Shell, grammar()));
    return Promise.resolve(exitCode.good);
  },
};

async function run(invocation: Invocation, options: CliOptions): Promise<number> {
  if (invocation.definition.reads?.many) return runFiles(invocation, options);
  const program = options.createProgram();
  try {
    return await runPlain(invocation, program, options);
  } finally {
    await program.stop();
  }
}

/** A command without files: one run, one answer. */
async function runPlain(
  { command, input, json }: Invocation,
  program: Program,
  { terminal, interrupt }: CliOptions,
): Promise<number> {
  const output = await program.runUnknown(command, input, { signal: interrupt });
  terminal.stdout.write(json ? `${printableJson(output)}\n` : forPeople(command, output));
  return isDamaged(output) ? exitCode.failed : exitCode.good;
}
