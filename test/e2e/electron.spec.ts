/**
 * The window: `main.ts` and `preload.ts` as built, in the real Electron where there is one and in the
 * stand-in otherwise. What only one of them can show is marked.
 */
import { expect, test } from '@playwright/test';
import type { BrowserWindow, MenuItem } from 'electron';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import {
  actions,
  type AdmittedFile,
  type WindowDoor,
  type WindowMessage,
} from '../../app/contract/index.ts';
import { personFolders } from '../../app/hosts/shared/paths.ts';
import { repositoryRoot } from '../data.ts';
import { launchWindow, realElectron, type WindowUnderTest } from '../electron-standin/launch.ts';

const sample = join(repositoryRoot, 'build/sample/sample.jpg');
const isReal = realElectron() !== null;

/** The page of the window, as the functions that run in it see it. */
interface PageGlobals {
  hourglass: WindowDoor;
  heard: WindowMessage[];
}

let app: WindowUnderTest;
test.beforeAll(async () => {
  app = await launchWindow([], { firstUse: true });
  await app.page.evaluate(() => {
    const page = globalThis as unknown as PageGlobals;
    page.heard = [];
    page.hourglass.listen((message) => page.heard.push(message));
  });
});
test.afterAll(() => app.close());

const ask = (request: string, input: unknown): Promise<unknown> =>
  app.page.evaluate(
    ([name, given]) => (globalThis as unknown as PageGlobals).hourglass.ask(name as 'info', given),
    [request, input] as const,
  );
const heard = (): Promise<WindowMessage[]> =>
  app.page.evaluate(() => (globalThis as unknown as PageGlobals).heard);
const refused = { ok: false, error: expect.objectContaining({ code: 'not-allowed' }) as unknown };

/** Admits a file of the disk through the preload, as a drop does. */
async function admit(path: string, name: string): Promise<AdmittedFile> {
  await app.setFilePath(name, path);
  const reply = await app.page.evaluate(
    (called) => (globalThis as unknown as PageGlobals).hourglass.admit([new File(['x'], called)]),
    name,
  );
  expect(reply).toMatchObject({ ok: true });
  return (reply as unknown as { value: AdmittedFile[] }).value[0]!;
}

test.describe('locks', () => {
  test('the window is made with the safe preferences only', async () => {
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]!.webContents;
      // Not in the typings, but there: what the window was really made with.
      return (
        contents as unknown as { getLastWebPreferences(): Record<string, unknown> }
      ).getLastWebPreferences();
    });
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    });
  });

  test('the page has a policy without remote sources, and no way to Node', async () => {
    const facts = await app.page.evaluate(async () => {
      const answer = await fetch(document.URL);
      const names = ['require', 'process', 'module', 'Buffer'];
      return {
        policy: answer.headers.get('content-security-policy'),
        node: names.filter((name) => name in globalThis),
        door: Object.keys((globalThis as unknown as PageGlobals).hourglass).sort(),
      };
    });
    expect(facts.policy).toContain("default-src 'none'");
    expect(facts.policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(facts.node).toEqual([]);
    expect(facts.door).toEqual(['admit', 'ask', 'listen']);
  });

  test('refuses to go elsewhere', async () => {
    const before = app.page.url();
    await app.page.evaluate(() => {
      location.href = 'https://example.com/';
    });
    await expect.poll(() => app.log()).toContain('Refused to go to "https://example.com/"');
    expect(app.page.url()).toBe(before);
    await expect(app.page.locator('body')).not.toBeEmpty();
  });

  test('refuses to open windows', async () => {
    const opened = await app.page.evaluate(() => window.open('https://example.com/popup') === null);
    expect(opened).toBe(true);
    await expect
      .poll(() => app.log())
      .toContain('Refused to open a window for "https://example.com/popup"');
    await app.page.evaluate(() => {
      const link = document.createElement('a');
      Object.assign(link, { href: 'https://example.com/link', target: '_blank' });
      document.body.append(link);
      link.click();
      link.remove();
    });
    await expect
      .poll(() => app.log())
      .toContain('Refused to open a window for "https://example.com/link"');
    const windows = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    expect(windows).toBe(1);
  });

  test('refuses every permission and device (stand-in)', async () => {
    test.skip(isReal, 'Electron does not tell its handlers; the refusal itself is its own test');
    const answers = await app.evaluate(async ({ session }) => {
      const { standin } = session.defaultSession as unknown as {
        standin: Record<string, (...args: unknown[]) => unknown>;
      };
      const permissions = ['media', 'geolocation', 'notifications', 'clipboard-read', 'usb'];
      const requests = permissions.map(
        (name) => new Promise((resolve) => standin.permissionRequest!(null, name, resolve)),
      );
      return {
        requests: await Promise.all(requests),
        checks: permissions.map((name) => standin.permissionCheck!(null, name)),
        device: standin.devicePermission!({}),
      };
    });
    expect(answers.requests).toEqual([false, false, false, false, false]);
    expect(answers.checks).toEqual([false, false, false, false, false]);
    expect(answers.device).toBe(false);
    expect(app.log()).toContain('Refused the permission "media".');
  });

  test('refuses geolocation asked by the page', async () => {
    const answer = await app.page.evaluate(
      () =>
        new Promise<string>((resolve) =>
          navigator.geolocation.getCurrentPosition(
            () => resolve('told'),
            () => resolve('refused'),
          ),
        ),
    );
    expect(answer).toBe('refused');
  });

  test('cancels whatever is not of this machine', async () => {
    test.skip(
      isReal,
      'Electron does not tell its listener; the count of connections is another test',
    );
    const cancelled = await app.evaluate(async ({ session }) => {
      const { standin } = session.defaultSession as unknown as {
        standin: {
          beforeRequest(details: { url: string }, done: (answer: unknown) => void): void;
        };
      };
      const urls = [
        'https://example.com/',
        'http://127.0.0.1:80/',
        'file:///etc/passwd',
        'wss://example.com/',
        'hourglass://other/',
        'hourglass://app@example.com/',
        'blob:https://example.com/1',
        'hourglass://app/',
        'hourglass://app/tiles/a/b/0/0/0',
        'blob:hourglass://app/1',
      ];
      const verdicts: [string, unknown][] = [];
      for (const url of urls)
        verdicts.push([
          url,
          await new Promise((resolve) => standin.beforeRequest({ url }, resolve)),
        ]);
      return verdicts;
    });
    expect(cancelled).toEqual([
      ['https://example.com/', { cancel: true }],
      ['http://127.0.0.1:80/', { cancel: true }],
      ['file:///etc/passwd', { cancel: true }],
      ['wss://example.com/', { cancel: true }],
      ['hourglass://other/', { cancel: true }],
      ['hourglass://app@example.com/', { cancel: true }],
      ['blob:https://example.com/1', { cancel: true }],
      ['hourglass://app/', { cancel: false }],
      ['hourglass://app/tiles/a/b/0/0/0', { cancel: false }],
      ['blob:hourglass://app/1', { cancel: false }],
    ]);
  });

  test('serves nothing outside the page', async () => {
    const statuses = await app.page.evaluate(() =>
      Promise.all(
        [
          '../package.json',
          '..%2f..%2fpackage.json',
          'assets/',
          'tiles/a/b/0/0/0',
          'thumbnails/%2Fetc%2Fpasswd',
        ].map(async (address) => (await fetch(address)).status),
      ),
    );
    expect(statuses).toEqual([404, 404, 404, 404, 403]);
  });
});

test.describe('the door', () => {
  const malformed: [string, unknown][] = [
    ['nonsense', {}],
    ['constructor', {}],
    ['run', { command: 7, input: {}, job: 'j' }],
    ['run', { command: 'open', input: {}, job: 'j', more: true }],
    ['run', null],
    ['reveal', { output: ['/etc/passwd'] }],
    ['openDialog', { what: 'everything' }],
    ['startDrag', { outputs: [] }],
  ];
  for (const [request, input] of malformed)
    test(`refuses the malformed ${request} ${JSON.stringify(input)}`, async () => {
      expect(await ask(request, input)).toEqual(refused);
    });

  test('refuses paths, and files that this session has not written', async () => {
    const open = { command: 'open', input: { source: '/etc/passwd' }, job: 'j' };
    expect(await ask('run', open)).toEqual(refused);
    expect(await ask('reveal', { output: '/etc/passwd' })).toEqual(refused);
    expect(await ask('startDrag', { outputs: ['/etc/passwd'] })).toEqual(refused);
    // Paths go over a channel of the preload's own.
    expect(await ask('admit', { items: [{ path: '/etc/passwd' }] })).toEqual(refused);
    expect(await ask('dropped', { paths: ['/etc/passwd'] })).toEqual(refused);
    expect(await ask('paste', { items: [{ path: '/etc/passwd' }] })).toEqual(refused);
  });

  test('says which frame and which page may not ask (stand-in)', async () => {
    test.skip(isReal, 'frames inside the page have no preload, so they can not even try');
    const foreign = await app.page.evaluate(async () => {
      const frame = document.body.appendChild(document.createElement('iframe'));
      const inside = frame.contentWindow as unknown as {
        hourglass?: unknown;
        __standinInvoke(channel: string, packed: unknown[]): Promise<unknown>;
      };
      const message = [{ request: 'info', input: {} }];
      const answer = await inside.__standinInvoke('hourglass:request', message);
      const door = typeof inside.hourglass;
      frame.remove();
      return { answer, door };
    });
    expect(foreign.door).toBe('undefined');
    expect(foreign.answer).toMatchObject({ ok: true, value: { ok: false } });
    expect(app.log()).toContain('It comes from a frame inside the page.');

    const replies = await app.evaluate(async ({ BrowserWindow, ipcMain }) => {
      const { handlers } = (ipcMain as unknown as { standin: { handlers: Map<string, unknown> } })
        .standin;
      const handle = handlers.get('hourglass:request') as (
        event: unknown,
        message: unknown,
      ) => Promise<{ ok: boolean }>;
      const sender = BrowserWindow.getAllWindows()[0]!.webContents;
      const message = { request: 'info', input: {} };
      const from = (url: string): unknown => ({ sender, senderFrame: { url, parent: null } });
      return Promise.all([
        handle(from('https://example.com/'), message),
        handle(from('hourglass://app.evil/'), message),
        handle({ sender, senderFrame: null }, message),
        handle({ sender: {}, senderFrame: { url: 'hourglass://app/', parent: null } }, message),
        handle(from('hourglass://app/'), message),
      ]);
    });
    expect(replies.map((reply) => reply.ok)).toEqual([false, false, false, false, true]);
    expect(app.log()).toContain('It comes from "https://example.com/".');
    expect(app.log()).toContain('It does not come from our window.');
  });
});

test.describe('the shell', () => {
  test('every action of the menu reaches the page', async () => {
    const expected = actions.filter((action) => action.menu !== null && !action.hold);
    const clicked = await app.evaluate(
      ({ BrowserWindow, Menu }, ids) => {
        const window = BrowserWindow.getAllWindows()[0] as BrowserWindow;
        // Those that open something are checked for being there; the page would act on them.
        return ids.map((id) => {
          const item = Menu.getApplicationMenu()?.getMenuItemById(id) as MenuItem | null;
          if (item) item.click(undefined, window, window.webContents);
          return item !== null;
        });
      },
      expected.map((action) => action.id),
    );
    expect(clicked).toEqual(expected.map(() => true));
    await expect
      .poll(async () =>
        (await heard()).flatMap((message) => (message.kind === 'action' ? [message.action] : [])),
      )
      .toEqual(expected.map((action) => action.id));
    await app.page.keyboard.press('Escape');
  });

  test('a second start hands its files over and ends', async () => {
    const folder = join(app.home, 'second');
    await mkdir(folder, { recursive: true });
    await copyFile(sample, join(folder, 'second.jpg'));
    expect(await app.startAgain([folder])).toBe(0);
    await expect
      .poll(async () =>
        (await heard()).flatMap((message) =>
          message.kind === 'event' && message.event.type === 'open-files'
            ? message.event.files.map((file) => file.name)
            : [],
        ),
      )
      .toEqual(['second.jpg']);
    await expect(app.page.getByText('second.jpg').first()).toBeVisible();
  });

  test('cleans a dropped photo with the real engine, beside the original', async () => {
    const folder = join(app.home, 'photos');
    await mkdir(folder, { recursive: true });
    const photo = join(folder, 'church.jpg');
    await copyFile(sample, photo);
    const original = await readFile(photo);
    const admitted = await admit(photo, 'church.jpg');
    expect(admitted.source).toMatch(/^@/);
    const reply = (await ask('run', {
      command: 'denoise',
      input: { source: admitted.source },
      job: 'export-1',
    })) as { ok: boolean; value: { source: string; output: string; outputName: string } };
    expect(reply).toMatchObject({
      ok: true,
      value: {
        source: admitted.source,
        output: join(folder, 'church-clean.jpg'),
        outputName: 'church-clean.jpg',
        device: { id: 'cpu' },
      },
    });
    expect((await readFile(reply.value.output)).length).toBeGreaterThan(10_000);
    expect(await readFile(photo)).toEqual(original);

    const states = (await heard()).flatMap((message) =>
      message.kind === 'event' && message.event.type === 'job' && message.event.job === 'export-1'
        ? [message.event]
        : [],
    );
    expect(states.at(-1)?.state).toBe('done');
    expect(states.every((event) => event.source === admitted.source)).toBe(true);
    expect(states.some((event) => event.progress !== null)).toBe(true);

    if (!isReal) {
      const desktop = await app.evaluate(({ BrowserWindow, powerSaveBlocker }) => {
        const window = BrowserWindow.getAllWindows()[0] as unknown as {
          standin: { progress: number; progressSeen: number[] };
        };
        const blocker = powerSaveBlocker as unknown as {
          standin: { active: Set<number>; started: number };
        };
        return {
          progress: window.standin.progress,
          seen: window.standin.progressSeen,
          blocked: blocker.standin.started,
          still: blocker.standin.active.size,
        };
      });
      expect(desktop).toMatchObject({ progress: -1, blocked: 1, still: 0 });
      expect(desktop.seen[0]).toBe(0);
      // Only now, as it was written here, it can be shown and dragged.
      expect(await ask('reveal', { output: reply.value.output })).toEqual({ ok: true });
      expect(await ask('startDrag', { outputs: [reply.value.output] })).toEqual({ ok: true });
      const told = await app.evaluate(({ BrowserWindow, shell }) => ({
        shown: (shell as unknown as { standin: { shown: string[] } }).standin.shown,
        drags: (
          BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
            standin: { drags: string[][] };
          }
        ).standin.drags,
      }));
      expect(told).toEqual({ shown: [reply.value.output], drags: [[reply.value.output]] });
    }
  });

  test('opens, shows and measures tiles over the custom scheme', async () => {
    const photo = join(app.home, 'tiles.jpg');
    await copyFile(sample, photo);
    const { source } = await admit(photo, 'tiles.jpg');
    const opened = (await ask('run', { command: 'open', input: { source }, job: 'open-1' })) as {
      value: { document: string; width: number };
    };
    const facts = await app.page.evaluate(
      async ([document, file]) => {
        const tile = await fetch(`tiles/${document}/source/0/0/0?v=0`);
        const thumbnail = await fetch(`thumbnails/${encodeURIComponent(file!)}`);
        return {
          width: Number(tile.headers.get('x-width')),
          height: Number(tile.headers.get('x-height')),
          bytes: (await tile.arrayBuffer()).byteLength,
          thumbnail: [...new Uint8Array(await thumbnail.arrayBuffer())].slice(1, 4),
        };
      },
      [opened.value.document, source] as const,
    );
    expect(facts.width).toBeGreaterThan(0);
    expect(facts.bytes).toBe(facts.width * facts.height * 4);
    expect(facts.thumbnail).toEqual([...Buffer.from('PNG')]);
  });

  test('survives the death of the engine: one file fails by name, the next succeeds', async () => {
    const large = join(app.home, 'large.jpg');
    await sharp(sample).resize(3000, 3000).jpeg().toFile(large);
    const small = join(app.home, 'after.jpg');
    await copyFile(sample, small);
    const { source } = await admit(large, 'large.jpg');
    const failing = ask('run', { command: 'denoise', input: { source, sigma: 10 }, job: 'dies' });
    await expect
      .poll(
        async () =>
          (await heard()).some(
            (message) =>
              message.kind === 'event' &&
              message.event.type === 'job' &&
              message.event.job === 'dies' &&
              (message.event.progress?.done ?? 0) > 0,
          ),
        { timeout: 30_000 },
      )
      .toBe(true);
    const killed = await app.evaluate(({ app: electronApp, utilityProcess }) => {
      const { standin } = utilityProcess as unknown as {
        standin?: { started: { path: string; child: { pid?: number } }[] };
      };
      const engines = standin
        ? standin.started
            .filter(({ path }) => path.includes('engine'))
            .map(({ child }) => child.pid)
        : electronApp
            .getAppMetrics()
            .filter((metric) => metric.name === 'Hourglass engine')
            .map((metric) => metric.pid);
      const running = engines.filter((pid) => pid !== undefined);
      for (const pid of running) process.kill(pid, 'SIGKILL');
      return running.length;
    });
    expect(killed).toBe(1);
    const failed = (await failing) as { ok: boolean; error: { code: string; message: string } };
    expect(failed).toMatchObject({ ok: false, error: { code: 'engine-died' } });
    expect(failed.error.message).toContain('large.jpg');
    expect(existsSync(join(app.home, 'large-clean.jpg'))).toBe(false);

    const next = await admit(small, 'after.jpg');
    const input = { source: next.source, sigma: 10 };
    expect(await ask('run', { command: 'denoise', input, job: 'lives' })).toMatchObject({
      ok: true,
      value: { outputName: 'after-clean.jpg' },
    });
  });

  test('writes only where the person pointed', async () => {
    const photo = join(app.home, 'place.jpg');
    await copyFile(sample, photo);
    const { source } = await admit(photo, 'place.jpg');
    const run = (out: string): Promise<unknown> =>
      ask('run', { command: 'denoise', input: { source, out, sigma: 0 }, job: `out ${out}` });
    for (const out of ['/etc/x.jpg', '{dir}/../x.jpg', '{dir}/..', `${app.home}/elsewhere/x.jpg`])
      expect(await run(out)).toEqual(refused);

    const chosen = join(app.home, 'chosen');
    await mkdir(chosen, { recursive: true });
    await app.evaluate(({ dialog }, folder) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [folder] });
    }, chosen);
    expect(await ask('chooseExportFolder', {})).toEqual({ ok: true, value: chosen });
    expect(await run(`${chosen}/{name}-out.{ext}`)).toMatchObject({
      ok: true,
      value: { output: join(chosen, 'place-out.jpg') },
    });
  });

  test('a network is chosen in a dialog for networks, added, and no recent picture', async () => {
    const network = join(app.home, 'my-own.onnx');
    await copyFile(join(repositoryRoot, 'test/fixtures/runtime/own/colour.onnx'), network);
    await app.evaluate(({ dialog }, path) => {
      dialog.showOpenDialog = (async (_window: unknown, how: { filters: unknown }) => {
        (globalThis as { asked?: unknown }).asked = how.filters;
        return { canceled: false, filePaths: [path] };
      }) as unknown as typeof dialog.showOpenDialog;
    }, network);
    const chosen = (await ask('openDialog', { what: 'network' })) as { value: AdmittedFile[] };
    expect(chosen.value).toMatchObject([{ name: 'my-own.onnx' }]);
    expect(await app.evaluate(() => (globalThis as { asked?: unknown }).asked)).toEqual([
      { name: 'Networks (ONNX, TensorFlow.js)', extensions: ['onnx', 'json'] },
    ]);
    const { source } = chosen.value[0]!;
    expect(await ask('run', { command: 'addModel', input: { source }, job: 'add' })).toMatchObject({
      ok: true,
      value: { model: { origin: 'user' } },
    });
    expect(await ask('run', { command: 'models', input: {}, job: 'list' })).toMatchObject({
      value: { models: expect.arrayContaining([expect.objectContaining({ origin: 'user' })]) },
    });
    // A photo that is opened afterwards is remembered; the network before it is not.
    const photo = join(app.home, 'remembered.jpg');
    await copyFile(sample, photo);
    await admit(photo, 'remembered.jpg');
    const xdg = { XDG_CONFIG_HOME: join(app.home, 'config') };
    const { config } = personFolders(process.platform, { ...process.env, ...xdg }, app.home);
    const recent = join(config, 'recent-files.json');
    await expect.poll(() => readFile(recent, 'utf8').catch(() => '')).toContain('remembered.jpg');
    expect(await readFile(recent, 'utf8')).not.toContain('.onnx');
  });

  test('made no request that left the machine', async () => {
    test.skip(isReal, 'only the stand-in sees every request');
    const requests = await app.evaluate(({ session }) => {
      const { standin } = session.defaultSession as unknown as {
        standin: { outgoing: string[]; cancelled: string[] };
      };
      return { outgoing: standin.outgoing, cancelled: standin.cancelled };
    });
    expect(requests.outgoing).toEqual([]);
    // What the tests above tried is all that was ever tried.
    expect(requests.cancelled.filter((url) => !url.startsWith('https://example.com/'))).toEqual([]);
  });
});

test('opens the files it was started with, and asks before it stops an export', async () => {
  const own = await launchWindow([sample]);
  try {
    await expect(own.page.getByText('sample.jpg').first()).toBeVisible();
    const photo = join(own.home, 'long.jpg');
    await sharp(sample).resize(3000, 3000).jpeg().toFile(photo);
    await own.setFilePath('long.jpg', photo);
    // Not awaited: the window closes in the middle of it.
    void own.page
      .evaluate(async () => {
        const { hourglass } = globalThis as unknown as PageGlobals;
        const admitted = await hourglass.admit([new File(['x'], 'long.jpg')]);
        const [file] = (admitted as unknown as { value: AdmittedFile[] }).value;
        const input = { source: file!.source, sigma: 10 };
        await hourglass.ask('run', { command: 'denoise', input, job: 'long' });
      })
      .catch(() => undefined);
    const asked = (answer: number): Promise<string> =>
      own.evaluate(
        ({ app: electronApp, dialog }, response) =>
          new Promise<string>((resolve) => {
            dialog.showMessageBox = (async (_window: unknown, options: { message: string }) => {
              resolve(options.message);
              return { response, checkboxChecked: false };
            }) as unknown as typeof dialog.showMessageBox;
            electronApp.quit();
          }),
        answer,
      );
    const isBusy = (): Promise<boolean> =>
      own.evaluate(({ powerSaveBlocker }) => powerSaveBlocker.isStarted(1));
    await expect.poll(isBusy, { timeout: 30_000 }).toBe(true);

    expect(await asked(0)).toBe('Photos are still being exported.');
    expect(await own.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    expect(await isBusy()).toBe(true);

    expect(await asked(1)).toBe('Photos are still being exported.');
    expect(await own.ended).toBe(0);
    expect((await readdir(own.home)).filter((name) => name.includes('long'))).toEqual(['long.jpg']);
    expect(await readdir(join(own.home, 'cache/hourglass/sessions'))).toEqual([]);
  } finally {
    await own.close();
  }
});
