/**
 * Starts the program's processes under plain Node (browser host, command line, tests). The Electron
 * host has its own launcher over `utilityProcess`. Owns: the names of the built entries, and what a
 * process said before it died. What is said to them lives in `types.ts`, when in `supervisor.ts`.
 */
import { fork } from 'node:child_process';
import { locateBuilt } from '../runtime/built.ts';
import type { EngineMessage, LaunchProcess, ProcessHandle } from './types.ts';

/** Entries of our processes, relative to the folder of the built application. */
export const processEntries = {
  engine: 'jobs/engine/main.js',
  probe: 'runtime/probe/main.js',
} as const;

/** Lines of a process's stderr that are kept to explain its end. */
const keptLines = 20;

export interface NodeLauncherOptions {
  /** Absolute paths that replace the built entries, for tests. */
  readonly entries?: Partial<Record<keyof typeof processEntries, string>>;
  /** Environment of the processes; default: that of this one. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * A launcher over `child_process.fork`. Our stdout stays ours: a child writes nothing to it. Its
 * stderr is kept for the reason of its death, and shown when HOURGLASS_DEBUG is set.
 */
export function createNodeLauncher(options: NodeLauncherOptions = {}): LaunchProcess {
  return (entry, args) => {
    const path = options.entries?.[entry] ?? locateBuilt(processEntries[entry]);
    const child = fork(path, [...args], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--enable-source-maps'],
      env: options.env ?? process.env,
    });

    const said: string[] = [];
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (process.env.HOURGLASS_DEBUG) process.stderr.write(text);
      said.push(...text.split('\n').filter((line) => line.trim() !== ''));
      said.splice(0, said.length - keptLines);
    });

    let exitReason: string | null = null;
    const exitListeners: ((reason: string) => void)[] = [];
    const ended = (reason: string): void => {
      if (exitReason !== null) return;
      exitReason = reason;
      for (const listener of exitListeners.splice(0)) listener(reason);
    };
    child.on('error', (error) => {
      // Sending to a process that just went away also comes here; its exit tells the reason.
      if (child.pid === undefined) ended(`it could not be started: ${error.message}`);
    });
    // `close` comes after the last line of stderr; `exit` is the guard for a pipe kept open.
    child.on('exit', (code, signal) => {
      setTimeout(() => ended(deathReason(code, signal, said)), 500).unref();
    });
    child.on('close', (code, signal) => ended(deathReason(code, signal, said)));

    const handle: ProcessHandle = {
      pid: child.pid,
      post: (message) => {
        if (child.connected) child.send(message, () => {});
      },
      onMessage: (listener) => {
        child.on('message', (message) => listener(message as EngineMessage));
      },
      onExit: (listener) => {
        if (exitReason === null) exitListeners.push(listener);
        else queueMicrotask(() => listener(exitReason!));
      },
      kill: () => {
        child.kill('SIGKILL');
      },
    };
    return handle;
  };
}

/** The launcher of the browser host and the command line. */
export const launchNodeProcess: LaunchProcess = createNodeLauncher();

/** Why a process ended, in words: signal or code, and the line of its stderr that tells most. */
export function deathReason(
  code: number | null,
  signal: string | null,
  stderr: readonly string[],
): string {
  const how =
    signal === 'SIGKILL'
      ? 'killed by SIGKILL; the system does that when memory runs out'
      : signal
        ? `ended by ${signal}`
        : code === 134
          ? 'ended by SIGABRT'
          : `ended with code ${code ?? 'unknown'}`;
  const telling =
    stderr.find((line) => /heap out of memory|bad_alloc|FATAL ERROR/i.test(line)) ??
    stderr.find((line) => /^\w*(Error|Exception)\b|terminate called|what\(\):/.test(line.trim()));
  return telling ? `${how}: ${telling.trim().slice(0, 200)}` : how;
}
