// `protocol` and `session`: the custom scheme, the handlers of permissions and requests. Addresses are
// translated here: the page lives at https://<host>.<scheme>.invalid/, the host sees <scheme>://<host>/.
import { EventEmitter } from 'node:events';

const schemes = new Map();

/** hourglass://app/x -> https://app.hourglass.invalid/x; other addresses as they are. */
export function toBrowser(address) {
  const url = new URL(address);
  const scheme = url.protocol.slice(0, -1);
  if (!schemes.has(scheme)) return address;
  return `https://${url.host}.${scheme}.invalid${url.pathname}${url.search}${url.hash}`;
}

/** The address as Electron would tell it. */
export function toElectron(address) {
  for (const scheme of schemes.keys()) {
    const match = new RegExp(`^(blob:)?https://([^/]+)\\.${scheme}\\.invalid(/.*)?$`).exec(address);
    if (match) return `${match[1] ?? ''}${scheme}://${match[2]}${match[3] ?? '/'}`;
  }
  return address;
}

export const protocol = {
  registerSchemesAsPrivileged(list) {
    for (const { scheme, privileges } of list) schemes.set(scheme, privileges);
  },
};

class Session extends EventEmitter {
  /** What tests look at. `outgoing`: requests that nothing refused and no scheme answered. */
  standin = {
    schemes,
    handlers: new Map(),
    permissionRequest: null,
    permissionCheck: null,
    devicePermission: null,
    beforeRequest: null,
    spellChecker: true,
    outgoing: [],
    cancelled: [],
  };
  protocol = {
    handle: (scheme, handler) => {
      if (!schemes.has(scheme))
        throw new Error(`${scheme} was not registered before app was ready`);
      this.standin.handlers.set(scheme, handler);
    },
  };
  webRequest = {
    onBeforeRequest: (listener) => {
      this.standin.beforeRequest = listener;
    },
  };
  setPermissionRequestHandler(handler) {
    this.standin.permissionRequest = handler;
  }
  setPermissionCheckHandler(handler) {
    this.standin.permissionCheck = handler;
  }
  setDevicePermissionHandler(handler) {
    this.standin.devicePermission = handler;
  }
  setSpellCheckerEnabled(enabled) {
    this.standin.spellChecker = enabled;
  }

  /** Answers an intercepted request of the page as Electron would. */
  async standinAnswer(route) {
    const request = route.request();
    const url = toElectron(request.url());
    const { cancel } = await new Promise((resolve) => {
      if (!this.standin.beforeRequest) return resolve({});
      this.standin.beforeRequest({ url, method: request.method() }, resolve);
    });
    if (cancel) {
      this.standin.cancelled.push(url);
      return route.abort('blockedbyclient');
    }
    const handler = this.standin.handlers.get(new URL(url).protocol.slice(0, -1));
    if (!handler) {
      this.standin.outgoing.push(url);
      return route.abort('internetdisconnected');
    }
    const response = await handler(
      new Request(url, { method: request.method(), headers: await request.allHeaders() }),
    );
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  }
}

export const session = { defaultSession: new Session() };
