/**
 * The command line from arguments to exit code, without touching the process: streams and the
 * interrupt come in from `main.ts`. Exit codes: 0 all good, 1 some failed, 2 usage, 130 interrupted;
 * `edit` has one more (`editExit`). What a step needs is loaded when it is taken: to read the list of commands takes no schemas, and
 * a word that is wrong no program.
 */
import { toHourglassError } from '../../contract/errors.ts';
import { exitCode, type CliOptions } from './options.ts';
import { UsageError } from './usage-error.ts';

export interface CommandLine extends Omit<CliOptions, 'createProgram'> {
  /** Loads what makes a program: help does without. */
  readonly programs: () => Promise<CliOptions['createProgram']>;
}

/** @param args the words after the program's name */
export async function runCli(args: readonly string[], options: CommandLine): Promise<number> {
  const { terminal } = options;
  try {
    if (args.every((word) => word === '-h' || word === '--help')) {
      const [{ listedCommands }, { listPage }] = await Promise.all([
        import('./listed.ts'),
        import('./root.ts'),
      ]);
      terminal.stdout.write(listPage(listedCommands, options.version, terminal.columns()));
      return exitCode.good;
    }
    await import('../../contract/plain-schemas.ts');
    const { parseArguments } = await import('./usage.ts');
    const parsed = parseArguments(args, options.version, terminal.columns());
    if (parsed.kind === 'text') {
      terminal.stdout.write(parsed.text);
      return exitCode.good;
    }
    const [{ perform }, createProgram] = await Promise.all([
      import('./perform.ts'),
      options.programs(),
    ]);
    return await perform(parsed.invocation, { ...options, createProgram });
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
