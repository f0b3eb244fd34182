/**
 * Entry of the `hourglass` command: the process's streams, signals and exit code. What it does is in
 * `cli.ts`.
 */
import { createProgram, launchNodeProcess, type Program } from '../../jobs/index.ts';
import { modelsFolder, personFolders, software, version } from '../shared/paths.ts';
import { runCli } from './cli.ts';
import { exitCode, type Terminal } from './options.ts';

/** A stream whose reader may go away (`| head`): that is no error of ours. */
function quietly(stream: NodeJS.WriteStream): Terminal['stdout'] {
  let gone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    gone = true;
  });
  return {
    write: (text) => {
      if (!gone) stream.write(text);
    },
    isTerminal: stream.isTTY === true,
  };
}

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
    void Promise.resolve(program?.kill()).finally(() => process.exit(exitCode.interrupted));
  });

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: {
    stdout: quietly(stdout),
    stderr: quietly(stderr),
    columns: () => stderr.columns ?? stdout.columns ?? 100,
    colour: stderr.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb',
  },
  version,
  cwd: process.cwd(),
  interrupt: interrupt.signal,
  createProgram: () =>
    (program = createProgram({
      launch: launchNodeProcess,
      cacheFolder: personFolders().cache,
      modelsFolder: modelsFolder(),
      userModelsFolder: personFolders().models,
      software,
    })),
});
