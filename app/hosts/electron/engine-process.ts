/**
 * Starts the engine and the probes as Electron utility processes. Same messages and same entries as
 * under plain Node (`app/jobs/launch.ts`); only the way of starting differs.
 */
import { utilityProcess } from 'electron';
import { deathReason } from '../../jobs/launch.ts';
import {
  processEntries,
  type EngineMessage,
  type LaunchProcess,
  type ProcessHandle,
} from '../../jobs/index.ts';
import { locateBuilt } from '../../runtime/built.ts';

/** Lines of a process's stderr that are kept to explain its end. */
const keptLines = 20;

export const launchElectronProcess: LaunchProcess = (entry, args) => {
  const child = utilityProcess.fork(locateBuilt(processEntries[entry]), [...args], {
    serviceName: entry === 'engine' ? 'Hourglass engine' : 'Hourglass device check',
    stdio: ['ignore', 'ignore', 'pipe'],
    execArgv: ['--enable-source-maps'],
  });

  const said: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => {
    const text = chunk.toString('utf8');
    if (process.env.HOURGLASS_DEBUG) process.stderr.write(text);
    said.push(...text.split('\n').filter((line) => line.trim() !== ''));
    said.splice(0, said.length - keptLines);
  });

  let exitReason: string | null = null;
  const exitListeners: ((reason: string) => void)[] = [];
  child.on('exit', (code) => {
    if (exitReason !== null) return;
    exitReason = deathReason(code, null, said);
    for (const listener of exitListeners.splice(0)) listener(exitReason);
  });

  const handle: ProcessHandle = {
    get pid() {
      return child.pid;
    },
    post: (message) => child.postMessage(message),
    onMessage: (listener) => {
      child.on('message', (message: EngineMessage) => listener(message));
    },
    onExit: (listener) => {
      if (exitReason === null) exitListeners.push(listener);
      else queueMicrotask(() => listener(exitReason!));
    },
    kill: () => {
      // kill() sends SIGTERM, which a thread that hangs in native code never sees.
      if (child.pid === undefined || exitReason !== null) return;
      try {
        process.kill(child.pid, 'SIGKILL');
      } catch {
        // It ended between the question and the signal.
        child.kill();
      }
    },
  };
  return handle;
};
