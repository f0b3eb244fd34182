// `utilityProcess` over child_process.fork; in the child, utility-child.mjs gives `process.parentPort`.
import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const childMain = fileURLToPath(new URL('./utility-child.mjs', import.meta.url));

class UtilityProcess extends EventEmitter {
  #child;
  constructor(path, args, options) {
    super();
    this.#child = fork(childMain, [path, ...args], {
      serialization: 'advanced',
      execArgv: options.execArgv ?? [],
      stdio: [...(options.stdio ?? ['ignore', 'inherit', 'inherit']), 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.stdout = this.#child.stdout;
    this.stderr = this.#child.stderr;
    this.#child.on('spawn', () => this.emit('spawn'));
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.on('close', (code, signal) => this.emit('exit', code ?? constants.signals[signal]));
  }
  get pid() {
    return this.#child.exitCode === null && this.#child.signalCode === null
      ? this.#child.pid
      : undefined;
  }
  postMessage(message) {
    if (this.#child.connected) this.#child.send(message, () => {});
  }
  kill() {
    return this.#child.kill('SIGTERM');
  }
}

/** Those that were started, for tests. */
const started = [];

export const utilityProcess = {
  standin: { started },
  fork(path, args = [], options = {}) {
    const child = new UtilityProcess(path, args, options);
    started.push({ path, args, options, child });
    return child;
  },
};
