// Runs in the page before anything else; it must be whole in itself, as its text is sent there. Gives the
// preload `require('electron')` as a sandboxed preload has it (contextBridge, ipcRenderer, webUtils).
// Frames inside the page get no preload, as nodeIntegrationInSubFrames is off.

/** @param preload the preload's text as a function of `require`, `module` and `exports` */
export function installPreload(preload) {
  const page = globalThis;
  const invokeMain = page.__standinInvoke;
  if (page.self !== page.top || !page.location.hostname.endsWith('.invalid')) return;

  const pack = (value) => {
    if (value === undefined) return { $: 'undefined' };
    if (value instanceof Uint8Array) {
      let binary = '';
      for (let at = 0; at < value.length; at += 32768)
        binary += String.fromCharCode(...value.subarray(at, at + 32768));
      return { $: 'bytes', base64: btoa(binary) };
    }
    if (Array.isArray(value)) return value.map(pack);
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pack(item)]));
    return value;
  };
  const unpack = (value) => {
    if (Array.isArray(value)) return value.map(unpack);
    if (value === null || typeof value !== 'object') return value;
    if (value.$ === 'undefined') return undefined;
    if (value.$ === 'bytes')
      return Uint8Array.from(atob(value.base64), (character) => character.charCodeAt(0));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpack(item)]));
  };

  // A refused window is null at once; nothing is loaded to find out.
  page.open = (url = 'about:blank') => {
    page.__standinOpen(new URL(url, page.document.baseURI).href);
    return null;
  };

  const channels = new Map();
  page.__standinReceive = (channel, packed) => {
    for (const listener of channels.get(channel) ?? []) listener({}, ...unpack(packed));
  };
  const ipcRenderer = {
    async invoke(channel, ...values) {
      const answer = await invokeMain(channel, pack(structuredClone(values)));
      if (!answer.ok) throw new Error(answer.message);
      return unpack(answer.value);
    },
    on: (channel, listener) => {
      channels.set(channel, [...(channels.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    off: (channel, listener) => {
      channels.set(
        channel,
        (channels.get(channel) ?? []).filter((known) => known !== listener),
      );
      return ipcRenderer;
    },
  };

  // As contextBridge copies: functions become proxies, errors keep their message, plain values are
  // cloned, files pass; what is left throws.
  const cross = (value) => {
    if (typeof value === 'function')
      return (...values) => {
        const result = value(...values.map(cross));
        return result instanceof Promise
          ? result.then(cross, (error) => Promise.reject(new Error(error.message)))
          : cross(result);
      };
    if (value === null || typeof value !== 'object') {
      if (typeof value === 'symbol') throw new Error('A symbol can not cross the context bridge');
      return value;
    }
    if (value instanceof Blob) return value;
    if (value instanceof Promise) return value.then(cross);
    if (Array.isArray(value)) return value.map(cross);
    if (Object.getPrototypeOf(value) === Object.prototype)
      return Object.freeze(
        Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cross(item)])),
      );
    return structuredClone(value);
  };
  const contextBridge = {
    exposeInMainWorld: (key, api) =>
      Object.defineProperty(page, key, { value: cross(api), writable: false }),
  };

  // Chromium does not tell a page where a file lies; tests say it by the file's name.
  const filePaths = new Map();
  page.__standinFilePath = (name, path) => filePaths.set(name, path);
  const webUtils = {
    getPathForFile: (file) => {
      if (!(file instanceof File)) throw new TypeError('getPathForFile expects a File');
      return filePaths.get(file.name) ?? '';
    },
  };

  const electron = { contextBridge, ipcRenderer, webUtils };
  const require = (name) => {
    if (name !== 'electron') throw new Error(`A sandboxed preload can not require ${name}`);
    return electron;
  };
  const module = { exports: {} };
  preload(require, module, module.exports);
}
