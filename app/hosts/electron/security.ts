/**
 * What the window may never do: ask for permissions, go elsewhere, open windows, embed, download, or
 * speak to a network. Each refusal is logged with its reason. The preferences of the window itself
 * are in `window.ts`, the content policy in `shared/page-headers.ts`.
 */
import type { App, Session, WebContents, WebPreferences } from 'electron';
import { isOurAddress, pageAddress } from './address.ts';

type Log = (line: string) => void;

/** The only preferences that a window of ours is made with. */
export const safeWebPreferences = (preload: string, devTools: boolean): WebPreferences => ({
  preload,
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  // A dropped file is never opened as a page.
  navigateOnDragDrop: false,
  // Its dictionaries would be fetched from the network.
  spellcheck: false,
  devTools,
});

/** Addresses that never leave the machine: our page, and what the page made itself. */
const isLocal = (address: string, devTools: boolean): boolean =>
  isOurAddress(address) ||
  address.startsWith(`blob:${pageAddress}`) ||
  address.startsWith('data:') ||
  (devTools && address.startsWith('devtools:'));

/** Shuts every door of a session: permissions, devices, downloads, network. */
export function lockSession(session: Session, options: { devTools: boolean; log: Log }): void {
  const { log, devTools } = options;
  session.setPermissionRequestHandler((_contents, permission, callback) => {
    log(`Refused the permission "${permission}".`);
    callback(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => {
    event.preventDefault();
    log('Refused a download.');
  });
  session.webRequest.onBeforeRequest((details, callback) => {
    const cancel = !isLocal(details.url, devTools);
    if (cancel) log(`Refused a request to ${JSON.stringify(details.url.slice(0, 100))}.`);
    callback({ cancel });
  });
}

/** Keeps contents on their page: no navigation, no redirect, no new window, no embedding. */
export function lockContents(contents: WebContents, log: Log): void {
  const stay = (event: { url: string; preventDefault(): void }): void => {
    // The page may load itself again.
    if (event.url === pageAddress) return;
    event.preventDefault();
    log(`Refused to go to ${JSON.stringify(event.url.slice(0, 100))}.`);
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    log('Refused to embed a page.');
  });
  contents.setWindowOpenHandler(({ url }) => {
    log(`Refused to open a window for ${JSON.stringify(url.slice(0, 100))}.`);
    return { action: 'deny' };
  });
}

/** Before the app is ready: the sandbox for every process, no name ever resolved, all contents locked. */
export function lockApp(app: App, log: Log): void {
  app.enableSandbox();
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  app.commandLine.appendSwitch('no-proxy-server');
  app.commandLine.appendSwitch('disable-background-networking');
  app.on('web-contents-created', (_event, contents) => lockContents(contents, log));
}
