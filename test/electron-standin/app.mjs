// `app`: life of the application, its folders, the single instance lock.
import { EventEmitter } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { closeBrowser } from './browser.mjs';

const paths = new Map([
  ['pictures', join(homedir(), 'Pictures')],
  ['userData', join(homedir(), '.config', 'hourglass-standin')],
]);

class App extends EventEmitter {
  isPackaged = false;
  name = 'Hourglass';
  /** What tests look at. */
  standin = { ready: false, sandboxed: false, switches: new Map(), recent: [] };
  #windows = () => [];
  #lock = null;

  commandLine = {
    appendSwitch: (name, value = '') => this.standin.switches.set(name, value),
  };

  disableHardwareAcceleration() {}
  enableSandbox() {
    if (this.standin.ready)
      throw new Error('app.enableSandbox() must be called before app is ready');
    this.standin.sandboxed = true;
  }
  setPath(name, path) {
    paths.set(name, path);
  }
  getPath(name) {
    const path = paths.get(name);
    if (!path) throw new Error(`Failed to get '${name}' path`);
    return path;
  }
  /** As Electron on Linux: from the environment. */
  getPreferredSystemLanguages() {
    const [locale] = [process.env.LC_ALL, process.env.LC_MESSAGES, process.env.LANG].filter(
      Boolean,
    );
    const [name = 'C'] = (locale ?? 'C').split('.');
    return name === 'C' ? ['en-US'] : [name.replaceAll('_', '-')];
  }
  getVersion() {
    return '0.0.0';
  }
  whenReady() {
    return this.standin.ready ? Promise.resolve() : new Promise((done) => this.once('ready', done));
  }
  addRecentDocument(path) {
    this.standin.recent.push(path);
  }
  clearRecentDocuments() {
    this.standin.recent.length = 0;
  }

  /** The lock is a file with our id; a later start leaves a note beside it, which we then find. */
  requestSingleInstanceLock(data) {
    const folder = this.getPath('userData');
    mkdirSync(folder, { recursive: true });
    const lock = join(folder, 'standin.lock');
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
    } catch {
      if (isAlive(Number(readFileSync(lock, 'utf8')))) {
        const note = { argv: process.argv, folder: process.cwd(), data };
        writeFileSync(join(folder, `standin-note-${process.pid}.json`), JSON.stringify(note));
        return false;
      }
      writeFileSync(lock, String(process.pid));
    }
    this.#lock = lock;
    watch(folder, () => this.#readNotes(folder)).unref();
    return true;
  }
  #readNotes(folder) {
    for (const name of readdirSync(folder).filter((entry) => entry.startsWith('standin-note-')))
      try {
        const note = JSON.parse(readFileSync(join(folder, name), 'utf8'));
        rmSync(join(folder, name));
        this.emit('second-instance', {}, note.argv, note.folder, note.data);
      } catch {
        // Still being written, or read already: the next change tells.
      }
  }

  /** Windows first, each may refuse; then `will-quit`, which may be put off; then the end. */
  quit() {
    this.emit('before-quit', preventable());
    for (const window of this.#windows()) {
      window.close();
      if (!window.isDestroyed()) return;
    }
    const event = preventable();
    this.emit('will-quit', event);
    if (!event.defaultPrevented) this.exit(0);
  }
  exit(code = 0) {
    if (this.#lock) rmSync(this.#lock, { force: true });
    this.#lock = null;
    closeBrowser().finally(() => process.exit(code));
  }
  standinWindows(windows) {
    this.#windows = windows;
  }
}

export const preventable = (fields = {}) => ({
  ...fields,
  defaultPrevented: false,
  preventDefault() {
    this.defaultPrevented = true;
  },
});

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

export const app = new App();
// As it is installed: what lies beside the archive is in this folder, and no script stands before the arguments.
if (process.env.HOURGLASS_STANDIN_RESOURCES) {
  app.isPackaged = true;
  process.resourcesPath = process.env.HOURGLASS_STANDIN_RESOURCES;
  process.argv.splice(1, 1);
}
// As in Electron, only after the main module has run.
setTimeout(() => {
  app.standin.ready = true;
  app.emit('ready');
}, 0);
