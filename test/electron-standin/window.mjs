// `BrowserWindow` and `webContents`: one page of Chromium.
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { app, preventable } from './app.mjs';
import { openBrowser } from './browser.mjs';
import { invoke, pack } from './ipc.mjs';
import { installPreload } from './preload-shim.mjs';
import { session, toBrowser, toElectron } from './session.mjs';

/** The script that Chromium runs before the page's own: the shim, and in it the preload. */
const preloadScript = (path) =>
  `(${installPreload})((require, module, exports) => {
${readFileSync(path, 'utf8')}
});`;

/** Null: the first request of a page that does not exist yet, for it is just being opened. */
const frameOf = (request) => {
  try {
    return request.frame();
  } catch {
    return null;
  }
};

class WebContents extends EventEmitter {
  session = session.defaultSession;
  mainFrame = null;
  /** What tests look at. */
  standin = { windowOpenHandler: null, drags: [], loading: null };
  #page = null;
  #preferences;

  constructor(preferences) {
    super();
    this.#preferences = preferences;
    app.emit('web-contents-created', {}, this);
  }
  getLastWebPreferences() {
    return this.#preferences;
  }
  setWindowOpenHandler(handler) {
    this.standin.windowOpenHandler = handler;
  }
  getURL() {
    return this.#page ? toElectron(this.#page.url()) : '';
  }
  send(channel, ...values) {
    const packed = structuredClone(values).map(pack);
    // A page that is going away does not listen any more.
    this.#page
      ?.evaluate(
        ([name, message]) => globalThis.__standinReceive?.(name, message),
        [channel, packed],
      )
      .catch(() => {});
  }
  startDrag(item) {
    if (item.icon.isEmpty()) throw new Error('startDrag needs an icon');
    this.standin.drags.push(item.files ?? [item.file]);
  }

  async standinLoad(address) {
    this.#page ??= await this.#open();
    this.standin.loading = address;
    this.emit('did-start-loading');
    await this.#page.goto(toBrowser(address));
  }
  async standinClose() {
    await this.#page?.close();
  }

  async #open() {
    const { context } = await openBrowser();
    const [page] = context.pages();
    await context.exposeBinding('__standinInvoke', ({ frame }, channel, packed) =>
      invoke({ sender: this, senderFrame: this.#frame(frame) }, channel, packed),
    );
    if (this.#preferences.preload)
      await context.addInitScript(preloadScript(this.#preferences.preload));
    await context.route('**/*', (route) => this.#route(route, page));
    await context.exposeBinding('__standinOpen', (_source, url) => this.#mayOpen(toElectron(url)));
    // The page of a link with a target; window.open itself is answered by the shim.
    context.on('page', (popup) => popup.close());
    return page;
  }
  /** Electron's view of a frame: where it is, and in which other frame. */
  #frame(frame) {
    const parent = frame.parentFrame();
    return { url: toElectron(frame.url()), parent: parent ? this.#frame(parent) : null };
  }
  async #route(route, page) {
    const request = route.request();
    const frame = frameOf(request);
    if (frame === null) {
      this.#mayOpen(toElectron(request.url()));
      return route.abort('blockedbyclient');
    }
    if (request.isNavigationRequest() && frame.page() === page) {
      const url = toElectron(request.url());
      const ours = frame === page.mainFrame() && url === this.standin.loading;
      if (ours) this.standin.loading = null;
      else if (this.#refused(url, frame === page.mainFrame()))
        // "No content" leaves the page where it is, as a prevented navigation does.
        return route.fulfill({ status: 204 });
    }
    await this.session.standinAnswer(route);
  }
  #refused(url, isMainFrame) {
    const event = preventable({ url, isMainFrame });
    this.emit('will-frame-navigate', event);
    if (isMainFrame) this.emit('will-navigate', event);
    return event.defaultPrevented;
  }
  #mayOpen(url) {
    const answer = this.standin.windowOpenHandler?.({ url }) ?? { action: 'allow' };
    if (answer.action !== 'deny') throw new Error('The stand-in has one window only');
    return false;
  }
}

const windows = new Set();
app.standinWindows(() => [...windows]);

export class BrowserWindow extends EventEmitter {
  static getAllWindows() {
    return [...windows];
  }
  /** What tests look at. */
  standin = { shown: false, focused: 0, progress: -1, progressSeen: [], maximized: false };
  #destroyed = false;

  constructor(options) {
    super();
    if (!app.standin.ready) throw new Error('Cannot create BrowserWindow before app is ready');
    this.standin.options = options;
    this.webContents = new WebContents(options.webPreferences ?? {});
    windows.add(this);
  }
  async loadURL(address) {
    await this.webContents.standinLoad(address);
    this.emit('ready-to-show');
  }
  show() {
    this.standin.shown = true;
  }
  focus() {
    this.standin.focused += 1;
  }
  isMinimized() {
    return false;
  }
  restore() {}
  maximize() {
    this.standin.maximized = true;
  }
  isMaximized() {
    return this.standin.maximized;
  }
  getNormalBounds() {
    const { width, height, x = 0, y = 0 } = this.standin.options;
    return { x, y, width, height };
  }
  setProgressBar(fraction) {
    this.standin.progress = fraction;
    this.standin.progressSeen.push(fraction);
  }
  isDestroyed() {
    return this.#destroyed;
  }
  close() {
    if (this.#destroyed) return;
    const event = preventable();
    this.emit('close', event);
    if (event.defaultPrevented) return;
    this.#destroyed = true;
    windows.delete(this);
    this.emit('closed');
    if (windows.size === 0) setImmediate(() => app.emit('window-all-closed'));
  }
}
