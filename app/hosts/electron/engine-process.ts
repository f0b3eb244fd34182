/**
 * Starts the engine and the probes as Electron utility processes. Same messages and same kinds as
 * under plain Node (`app/jobs/launch.ts`); only the way of starting differs.
 */
import { utilityProcess } from 'electron';
import type { EngineMessage, LaunchProcess } from '../../jobs/index.ts';
import {
  deathReason,
  debugFlags,
  Ending,
  environmentOf,
  lastWords,
  processKinds,
} from '../../jobs/processes.ts';
import { locateBuilt } from '../../runtime/built.ts';

export const launchElectronProcess: LaunchProcess = (kind, args) => {
  const { entry, title } = processKinds[kind];
  const child = utilityProcess.fork(locateBuilt(entry), [...args], {
    serviceName: title,
    stdio: ['ignore', 'ignore', 'pipe'],
    execArgv: [...debugFlags()],
    env: environmentOf(kind, process.env),
  });
  const said = lastWords(child.stderr);
  const ending = new Ending();
  child.on('exit', (code) => ending.tell(deathReason(code, null, said)));
  return {
    get pid() {
      return child.pid;
    },
    post: (message) => child.postMessage(message),
    onMessage: (listener) => {
      child.on('message', (message: EngineMessage) => listener(message));
    },
    onExit: (listener) => ending.listen(listener),
    kill: () => {
      // kill() sends SIGTERM, which a thread that hangs in native code never sees.
      if (child.pid === undefined || ending.isOver) return;
      try {
        process.kill(child.pid, 'SIGKILL');
      } catch {
        // It ended between the question and the signal.
        child.kill();
      }
    },
  };
};
