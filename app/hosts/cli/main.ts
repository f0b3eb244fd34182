/**
 * Entry of the `hourglass` command: the process's streams, signals and exit code. What it does is in
 * `cli.ts`.
 */
import type { Program } from '../../jobs/index.ts';
import { startHostLanguage } from '../shared/language.ts';
import { personFolders, version } from '../shared/paths.ts';
import { runCli } from './cli.ts';
import { exitCode } from './options.ts';
import { say } from './sentences.ts';
import { lostOutputWords, terminalStream } from './streams.ts';

startHostLanguage(personFolders().config);
const { stdout, stderr, env } = process;
const interrupt = new AbortController();
let program: Program | null = null;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (!interrupt.signal.aborted) {
      interrupt.abort();
      return;
    }
    // Asked twice: no more waiting for the tile to end.
    void Promise.resolve(program?.kill()).then(() => process.exit(exitCode.interrupted));
  });

const errors = terminalStream(stderr, () => {
  // There is nowhere left to say it.
});
const results = terminalStream(stdout, (error) => {
  errors.write(`hourglass: ${lostOutputWords(error)}\n`);
  // At the very end: the run may be over when its last line is found to be lost.
  process.on('exit', () => {
    if (process.exitCode === exitCode.good) process.exitCode = exitCode.failed;
  });
});

/** Paths are meant from it. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    // It was removed.
    errors.write(`hourglass: ${say('noWorkingFolder')}\n`);
    process.exit(exitCode.failed);
  }
}

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: {
    stdout: results,
    stderr: errors,
    columns: () => stderr.columns ?? stdout.columns ?? 100,
    colour: stderr.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb',
  },
  version,
  cwd: workingFolder(),
  interrupt: interrupt.signal,
  pipes: { stdin: process.stdin, stdout },
  programs: async () => {
    const [{ launchHere }, { personProgram }] = await Promise.all([
      import('../shared/here.ts'),
      import('../shared/program.ts'),
    ]);
    return () => (program = personProgram(launchHere));
  },
});
