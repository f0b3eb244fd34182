/**
 * Starts the program's processes under plain Node (browser host, command line, tests). The Electron
 * host has its own launcher over `utilityProcess`; what both share is `processes.ts`.
 */
import { fork } from 'node:child_process';
import { locateBuilt } from '../runtime/built.ts';
import {
  deathReason,
  debugFlags,
  Ending,
  environmentOf,
  lastWords,
  processKinds,
  type ProcessKindId,
} from './processes.ts';
import { say } from './sentences.ts';
import type { EngineMessage, LaunchProcess } from './types.ts';

export interface NodeLauncherOptions {
  /** Absolute paths that replace the built entries, for tests. */
  readonly entries?: Partial<Record<ProcessKindId, string>>;
  /** Environment of the processes; default: that of this one. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * A launcher over `child_process.fork`. Our stdout stays ours: a child writes nothing to it. Its
 * stderr is kept for the reason of its death.
 */
export function createNodeLauncher(options: NodeLauncherOptions = {}): LaunchProcess {
  return (kind, args) => {
    const path = options.entries?.[kind] ?? locateBuilt(processKinds[kind].entry);
    const child = fork(path, [...args], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [...debugFlags()],
      env: environmentOf(kind, options.env ?? process.env),
    });
    const said = lastWords(child.stderr);
    const ending = new Ending();
    child.on('error', (error) => {
      // Sending to a process that just went away also comes here; its exit tells the reason.
      if (child.pid === undefined) ending.tell(say('couldNotBeStarted', { reason: error.message }));
    });
    // `close` comes after the last line of stderr; `exit` is the guard for a pipe kept open.
    child.on('exit', (code, signal) => {
      setTimeout(() => ending.tell(deathReason(code, signal, said)), 500).unref();
    });
    child.on('close', (code, signal) => ending.tell(deathReason(code, signal, said)));
    return {
      pid: child.pid,
      post: (message) => {
        if (child.connected) child.send(message, () => {});
      },
      onMessage: (listener) => {
        child.on('message', (message) => listener(message as EngineMessage));
      },
      onExit: (listener) => ending.listen(listener),
      kill: () => {
        child.kill('SIGKILL');
      },
    };
  };
}

/** The launcher of the browser host and the command line. */
export const launchNodeProcess: LaunchProcess = createNodeLauncher();
