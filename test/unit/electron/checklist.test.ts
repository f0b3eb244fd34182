/**
 * Electron's security checklist (electronjs.org, "Security", points 1 to 20), point by point: each test fails where its point is broken. What
 * a package's binary says of its fuses is read back by `npm run package -- --check`.
 */
import { EventEmitter } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { contentSecurityPolicy, securityHeaders } from '../../../app/hosts/shared/page-headers.ts';
import { repositoryRoot } from '../../data.ts';

const made: { webPreferences: Record<string, unknown> }[] = [];
class FakeWindow extends EventEmitter {
  readonly webContents = new EventEmitter();
  constructor(options: { webPreferences: Record<string, unknown> }) {
    super();
    made.push(options);
  }
  loaded: string[] = [];
  loadURL(address: string): Promise<void> {
    this.loaded.push(address);
    return Promise.resolve();
  }
}
const schemes: { scheme: string; privileges: Record<string, boolean> }[] = [];
vi.mock('electron', () => ({
  BrowserWindow: FakeWindow,
  screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
  protocol: { registerSchemesAsPrivileged: (list: typeof schemes) => schemes.push(...list) },
}));
const { openWindow } = await import('../../../app/hosts/electron/window.ts');
const { registerScheme } = await import('../../../app/hosts/electron/protocol.ts');
const { lockApp, lockContents, lockSession } =
  await import('../../../app/hosts/electron/security.ts');

const log: string[] = [];
const say = (line: string): void => void log.push(line);

let window: FakeWindow;
await openWindow({
  preload: '/preload.cjs',
  developerTools: false,
  rememberIn: join(mkdtempSync(join(tmpdir(), 'window-')), 'window.json'),
  log: say,
  busy: () => false,
  confirmClose: () => Promise.resolve(true),
  made: (one) => (window = one as unknown as FakeWindow),
});
const { webPreferences } = made[0]!;

/** Sources of the program, by their path. */
const sources = new Map(
  readdirSync(join(repositoryRoot, 'app'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(repositoryRoot, path), readFileSync(path, 'utf8')]),
);
const filesWith = (pattern: RegExp): string[] =>
  [...sources].filter(([, text]) => pattern.test(text)).map(([path]) => path);

/** What a session answers, as far as it can be asked. */
function lockedSession(devTools = false) {
  const asked: Record<string, (...given: never[]) => unknown> = {};
  const keep =
    (name: string) =>
    (answer: (...given: never[]) => unknown): void =>
      void (asked[name] = answer);
  const session = Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: keep('request'),
    setPermissionCheckHandler: keep('check'),
    setDevicePermissionHandler: keep('device'),
    setSpellCheckerEnabled: (value: boolean) => void (asked.spelling = () => value),
    webRequest: { onBeforeRequest: keep('load') },
  });
  lockSession(session as never, { devTools, log: say });
  return { session, asked };
}

function lockedContents() {
  let open: (details: { url: string }) => unknown = () => null;
  const contents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: (handler: typeof open) => void (open = handler),
  });
  lockContents(contents as never, say);
  return { contents, open: (url: string) => open({ url }) };
}

const isStopped = (emitter: EventEmitter, event: string, url: string): boolean => {
  let stopped = false;
  emitter.emit(event, { url, preventDefault: () => (stopped = true) });
  return stopped;
};

const strange = ['https://example.com/', 'http://127.0.0.1/', 'file:///etc/passwd', 'about:blank'];

describe('the checklist', () => {
  it('1: loads nothing from a network', () => {
    const { asked } = lockedSession();
    const isCancelled = (url: string): boolean => {
      let answer = { cancel: false };
      (asked.load as (details: { url: string }, callback: (value: typeof answer) => void) => void)(
        { url },
        (value) => (answer = value),
      );
      return answer.cancel;
    };
    expect(window.loaded).toEqual(['hourglass://app/']);
    expect(isCancelled('hourglass://app/tiles/d/source/0/0/0')).toBe(false);
    for (const url of [...strange, 'hourglass://other/', 'hourglass://me@app/', 'devtools://a'])
      expect([url, isCancelled(url)]).toEqual([url, true]);
  });

  it('2 to 4: a page has no Node, a world of its own, and a sandbox; so has every other process', () => {
    expect(webPreferences).toMatchObject({
      ...{ nodeIntegration: false, nodeIntegrationInWorker: false },
      ...{ nodeIntegrationInSubFrames: false, contextIsolation: true, sandbox: true },
    });
    const app = Object.assign(new EventEmitter(), {
      enableSandbox: vi.fn(),
      commandLine: { appendSwitch: vi.fn() },
    });
    lockApp(app as never, say);
    expect(app.enableSandbox).toHaveBeenCalledOnce();
    expect(app.commandLine.appendSwitch).toHaveBeenCalledWith(
      'host-resolver-rules',
      'MAP * ~NOTFOUND',
    );
    // Whatever contents come into being are locked.
    const late = Object.assign(new EventEmitter(), { setWindowOpenHandler: vi.fn() });
    app.emit('web-contents-created', {}, late);
    expect(late.setWindowOpenHandler).toHaveBeenCalledOnce();
  });

  it('5: no permission is given, for no device either', () => {
    const { asked } = lockedSession();
    const given: boolean[] = [];
    (asked.request as (...all: unknown[]) => void)(null, 'media', (may: boolean) =>
      given.push(may),
    );
    expect(given).toEqual([false]);
    expect([asked.check!(), asked.device!()]).toEqual([false, false]);
  });

  it('6, 8 to 10: nothing of the web’s safety is switched off, nothing experimental on', () => {
    expect(webPreferences).toMatchObject({
      ...{ webSecurity: true, allowRunningInsecureContent: false, experimentalFeatures: false },
    });
    expect(webPreferences).not.toHaveProperty('enableBlinkFeatures');
    expect(filesWith(/enableBlinkFeatures|disable-web-security|ignore-certificate-errors/)).toEqual(
      [],
    );
  });

  it('7: the content policy lets in files of ours alone, and no code from strings', () => {
    const rules = new Map(
      contentSecurityPolicy.split('; ').map((rule): [string, string] => {
        const [name, ...values] = rule.split(' ');
        return [name!, values.join(' ')];
      }),
    );
    expect(rules.get('default-src')).toBe("'none'");
    expect(rules.get('script-src')).toBe("'self'");
    expect(rules.get('connect-src')).toBe("'self'");
    for (const name of ['base-uri', 'form-action', 'frame-ancestors', 'object-src'])
      expect([name, rules.get(name)]).toEqual([name, "'none'"]);
    expect(contentSecurityPolicy).not.toMatch(/unsafe-eval|https?:|\*/);
    expect(securityHeaders['Content-Security-Policy']).toBe(contentSecurityPolicy);
  });

  it('11 and 12: no page is embedded', () => {
    expect(webPreferences.webviewTag).toBe(false);
    expect(isStopped(lockedContents().contents, 'will-attach-webview', '')).toBe(true);
  });

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])(
    '13: a page stays where it is (%s)',
    (event) => {
      const { contents } = lockedContents();
      expect(isStopped(contents, event, 'hourglass://app/')).toBe(false);
      for (const url of [...strange, 'hourglass://app/other'])
        expect([url, isStopped(contents, event, url)]).toEqual([url, true]);
    },
  );

  it('14: a page opens no windows', () => {
    const { open } = lockedContents();
    for (const url of [...strange, 'hourglass://app/'])
      expect(open(url)).toEqual({ action: 'deny' });
    // One place makes windows, with the preferences above.
    expect(filesWith(/new BrowserWindow\b/)).toEqual(['app/hosts/electron/window.ts']);
    expect(filesWith(/new (BrowserView|WebContentsView)\b/)).toEqual([]);
  });

  it('15: nothing is handed to other programs but folders to show', () => {
    expect(filesWith(/shell\.(openExternal|openPath)|\bopenExternal\b/)).toEqual([]);
  });

  it('17: whoever asks is asked for, in the one place that listens', () => {
    expect(filesWith(/\bipcMain\b.*from 'electron'|\bipcMain\.(on|handle|once)/)).toEqual([
      'app/hosts/electron/validated-ipc.ts',
    ]);
    expect(filesWith(/\bipcRenderer\b.*from 'electron'/)).toEqual([
      'app/hosts/electron/preload.ts',
    ]);
  });

  it('18: files of the page come over a scheme of its own', () => {
    registerScheme();
    expect(schemes).toHaveLength(1);
    const [{ scheme, privileges }] = schemes as [(typeof schemes)[number]];
    expect(scheme).toBe('hourglass');
    expect(privileges.bypassCSP ?? false).toBe(false);
    expect(privileges.corsEnabled ?? false).toBe(false);
    expect(filesWith(/\.loadFile\(/)).toEqual([]);
  });

  it('19: fuses are set, and only those doors are open that are used', () => {
    const settings = readFileSync(join(repositoryRoot, 'electron-builder.yml'), 'utf8');
    const [, block] = /^electronFuses:\n((?: {2}.*\n)+)/m.exec(settings)!;
    const fuses = Object.fromEntries(
      block!
        .trim()
        .split('\n')
        .map((line) => line.trim().split(': ')),
    );
    expect(fuses).toEqual({
      runAsNode: 'false',
      enableCookieEncryption: 'true',
      enableNodeOptionsEnvironmentVariable: 'false',
      enableNodeCliInspectArguments: 'false',
      enableEmbeddedAsarIntegrityValidation: 'true',
      onlyLoadAppFromAsar: 'true',
      grantFileProtocolExtraPrivileges: 'false',
    });
  });

  it('20: a page is given one object of ours, and nothing of Electron’s', () => {
    const preload = sources.get('app/hosts/electron/preload.ts')!;
    expect(preload.match(/exposeInMainWorld/g)).toHaveLength(1);
    expect(filesWith(/exposeInMainWorld|exposeInIsolatedWorld/)).toEqual([
      'app/hosts/electron/preload.ts',
    ]);
  });

  it('doors are shut before the first page is loaded, and before the program is ready', () => {
    const main = sources.get('app/hosts/electron/main.ts')!;
    const order = ['lockApp(app', 'requestSingleInstanceLock(', 'lockSession(', 'openWindow({'].map(
      (call) => main.indexOf(call),
    );
    expect(order.every((at) => at > 0)).toBe(true);
    expect([...order].sort((one, other) => one - other)).toEqual(order);
    const { session } = lockedSession();
    expect(isStopped(session, 'will-download', '')).toBe(true);
  });
});
