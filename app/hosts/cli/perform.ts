/**
 * Performs what the command line was asked for: files one after another, or a command of its own kind. Loaded when that is known, with
 * what this one command needs: nobody who asks for help waits for it.
 */
import type { Shell } from '../../contract/completion.ts';
import type { Program } from '../../jobs/index.ts';
import { printableJson } from '../shared/printable.ts';
import { isDamaged, runFiles } from './files.ts';
import { exitCode, type CliOptions } from './options.ts';
import { runPiped } from './piped.ts';
import { forPeople } from './tables.ts';
import { grammar, type Invocation } from './usage.ts';

type Perform = (invocation: Invocation, options: CliOptions) => Promise<number>;

/** Commands that are more than asking the engine about files. */
const performers: Readonly<Record<string, () => Promise<Perform>>> = {
  edit: async () => (await import('./edit.ts')).runEdit,
  report: async () => (await import('./report.ts')).runReport,
  serve: async () => (await import('./serve.ts')).runServe,
  worker: async () => (await import('./queue.ts')).runWorker,
  send: async () => (await import('./send.ts')).runSend,
  similar: async () => (await import('./similar.ts')).runSimilar,
  map: async () => (await import('./map.ts')).runMap,
  unusual: async () => (await import('./unusual.ts')).runUnusual,
  train: async () => (await import('./train.ts')).runTrain,
  generate: async () => (await import('./generate.ts')).runGenerate,
  completion: async () => {
    const { completionScript } = await import('./completion.ts');
    return ({ input }, { terminal }) => {
      // The contract has checked it.
      terminal.stdout.write(completionScript(input.shell as Shell, grammar()));
      return Promise.resolve(exitCode.good);
    };
  },
};

export async function perform(invocation: Invocation, options: CliOptions): Promise<number> {
  if (invocation.watch) {
    const { runWatch } = await import('./watch.ts');
    return runWatch(invocation, options);
  }
  const own = await performers[invocation.command]?.();
  return own ? own(invocation, options) : runPiped(invocation, options, run);
}

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
