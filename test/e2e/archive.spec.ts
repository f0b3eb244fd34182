/** What was exported goes from the window to an archive: the person is asked outside of the page, and the bytes that arrive are those that were written. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import dicomParser from 'dicom-parser';
import type { MessageBoxOptions } from 'electron';
import { launchWindow, type WindowUnderTest } from '../electron-standin/launch.ts';
import { uniform } from '../random.ts';
import { madeDicom } from '../unit/scans/made-dicom.ts';
import { expectNothingSerious } from './accessibility.ts';
import { CleanPage, closeDialog, type TestFile } from './clean-page.ts';
import { shoot } from './folder-window.ts';
import { startWebHost } from './web-host.ts';

const token = 'very-secret-token';

function slice(place: number): TestFile {
  const next = uniform(place + 1);
  const words = Uint16Array.from({ length: 96 * 64 }, () =>
    Math.round(1124 + (next() + next() - 1) * 60),
  );
  const elements = {
    '0008,0018': ['UI', `1.2.3.${place}`],
    '0010,0010': ['PN', 'Doe^Jane'],
    '0020,000d': ['UI', '1.2.8'],
    '0020,000e': ['UI', '1.2.9'],
    '0020,0032': ['DS', `0\\0\\${2 * place}`],
    '0020,0037': ['DS', '1\\0\\0\\0\\1\\0'],
    '0028,0010': ['US', 64],
    '0028,0011': ['US', 96],
    '0028,1052': ['DS', '-1024'],
    '0028,1053': ['DS', '1'],
  } as const;
  return {
    ...{ name: `s${place}.dcm`, mimeType: 'application/dicom' },
    buffer: madeDicom(elements as never, words),
  };
}

/** Stores what it is sent, and says so as PS3.18 has it; `refuses` names one that it does not take. */
class Archive {
  readonly stored: Buffer[] = [];
  readonly tokens = new Set<string | undefined>();
  refuses = '';
  readonly #server: Server = createServer((request, answer) => void this.#take(request, answer));

  async start(): Promise<string> {
    await new Promise<void>((settle) => this.#server.listen(0, '127.0.0.1', settle));
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #take(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    this.tokens.add(request.headers.authorization);
    const body = Buffer.concat(parts);
    const from = body.indexOf('\r\n\r\n') + 4;
    const object = body.subarray(from, body.lastIndexOf('\r\n--'));
    const uid = dicomParser.parseDicom(object).string('x00080018')!;
    const isRefused = this.stored.length > 0 && this.refuses === 'second';
    const item = {
      '00081155': { vr: 'UI', Value: [uid] },
      ...(isRefused ? { '00081197': { vr: 'US', Value: [0x0110] } } : {}),
    };
    if (!isRefused) this.stored.push(object);
    const list = { [isRefused ? '00081198' : '00081199']: { vr: 'SQ', Value: [item] } };
    answer
      .writeHead(isRefused ? 409 : 200, { 'content-type': 'application/dicom+json' })
      .end(JSON.stringify(list));
  }
}

let app: WindowUnderTest;
const archive = new Archive();
let host = '';
test.beforeAll(async () => {
  host = await archive.start();
  app = await launchWindow();
});
test.afterAll(async () => {
  await app.close();
  archive.stop();
});

/** What the person presses when the system asks; what they were asked is kept. */
const answerWith = (response: 0 | 1): Promise<void> =>
  app.evaluate(({ dialog }, press) => {
    dialog.showMessageBox = (async (_window: unknown, how: MessageBoxOptions) => {
      (globalThis as { asked?: unknown }).asked = [how.message, how.detail, how.buttons];
      return { response: press, checkboxChecked: false };
    }) as unknown as typeof dialog.showMessageBox;
  }, response);
const asked = (): Promise<[string, string, string[]]> =>
  app.evaluate(() => (globalThis as { asked?: unknown }).asked as [string, string, string[]]);

test('a cleaned series goes to the archive that the person names, and nothing goes unasked', async () => {
  const { page } = app;
  const folder = join(app.home, 'series');
  await mkdir(folder, { recursive: true });
  const files = [slice(0), slice(1)];
  for (const { name, buffer } of files) {
    await writeFile(join(folder, name), buffer);
    await app.setFilePath(name, join(folder, name));
  }
  await app.evaluate(
    ({ dialog }, paths) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: paths });
    },
    files.map(({ name }) => join(folder, name)),
  );
  await page.getByRole('button', { name: 'Open photos…' }).click();
  const clean = new CleanPage(page);
  await clean.cleaned(90_000);
  // Before anything is exported there is nothing to send.
  await expect(page.getByRole('button', { name: 'Send to archive…' })).toHaveCount(0);
  // In the window the key is the menu's.
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const open = page.getByRole('button', { name: 'Send to archive…' });
  await expect(open).toBeVisible({ timeout: 90_000 });
  await shoot(page, 'archive-offered');

  await open.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Send to archive' });
  const outcome = dialog.getByRole('region', { name: 'What became of it' });
  const send = dialog.getByRole('button', { name: 'Send…' });
  await dialog.getByRole('textbox', { name: 'Address' }).fill(`http://${host}/dicom-web`);
  await dialog.getByLabel('Token').fill(token);
  await dialog.getByRole('checkbox', { name: 'Remember the address' }).check();
  await shoot(page, 'archive-dialog', ['dark', 'light']);
  await expectNothingSerious(page, true);

  await answerWith(0);
  await send.click();
  await expect(outcome).toContainText('Nothing was sent.');
  const [message, detail, buttons] = await asked();
  expect(message).toBe(`Send 2 DICOM files to ${host}?`);
  expect(detail).toContain('s0-clean.dcm and s1-clean.dcm');
  expect(buttons).toEqual(['Do not send', 'Send']);
  expect(archive.stored).toEqual([]);
  // Handed over once: it is not there any more.
  await expect(dialog.getByLabel('Token')).toHaveValue('');

  await answerWith(1);
  await dialog.getByLabel('Token').fill(token);
  await page.keyboard.press('Enter');
  await expect(outcome).toContainText(`${host}: 2 files are stored.`);
  const written = (await readdir(folder)).filter((name) => name.includes('clean')).sort();
  expect(written).toEqual(['s0-clean.dcm', 's1-clean.dcm']);
  for (const [at, name] of written.entries())
    expect(archive.stored[at]!.equals(await readFile(join(folder, name)))).toBe(true);
  expect([...archive.tokens]).toEqual([`Bearer ${token}`]);
  await outcome.getByText('2 files stored').click();
  await expect(outcome).toContainText('s1-clean.dcm: stored');
  await shoot(page, 'archive-sent', ['dark', 'light']);
  await expectNothingSerious(page, true);

  // What is remembered: the address that was asked for, and nowhere the token.
  const preferences = join(app.home, 'config/hourglass/preferences.json');
  await expect.poll(() => readFile(preferences, 'utf8')).toContain(host);
  const kept = await readdir(join(app.home, 'config'), { recursive: true, withFileTypes: true });
  for (const entry of kept)
    if (entry.isFile())
      expect((await readFile(join(entry.parentPath, entry.name))).includes(token)).toBe(false);
  expect(app.log()).not.toContain(token);
  expect(await page.content()).not.toContain(token);

  // One that is not taken is named, with the reason of the archive.
  archive.stored.length = 0;
  archive.refuses = 'second';
  await send.click();
  await expect(outcome).toContainText('1 file is stored, 1 not');
  await expect(outcome).toContainText(`${host} did not store s1-clean.dcm`);
  await expect(outcome).toContainText('its reason is 0110');
  await shoot(page, 'archive-refused');
  await closeDialog(page);
  await expect(open).toBeFocused();
});

test('a page can not send by itself: no command, no path, no answer of its own', async () => {
  const ask = (request: string, input: unknown): Promise<unknown> =>
    app.page.evaluate(
      ([name, given]) =>
        (
          globalThis as unknown as { hourglass: { ask(name: string, input: unknown): unknown } }
        ).hourglass.ask(name, given),
      [request, input] as const,
    );
  const refused = { ok: false, error: expect.objectContaining({ code: 'not-allowed' }) as unknown };
  archive.stored.length = 0;
  archive.refuses = '';
  const to = `http://${host}/dicom-web`;
  const source = join(app.home, 'series/s0.dcm');
  const store = { command: 'store', input: { source, to }, job: 'j' };
  expect(await ask('run', store)).toEqual(refused);
  const request = { ask: 'send', sources: ['@x'], to, token: null };
  expect(await ask('sending', { request: { ...request, paths: [source] } })).toEqual(refused);
  expect(await ask('sending', { request: { ...request, agreed: true } })).toEqual(refused);
  await answerWith(0);
  expect(await ask('sending', { request: { ...request, sources: [source] } })).toEqual({
    ok: true,
  });
  await expect
    .poll(() => ask('sending', { request: { ask: 'all' } }))
    .toMatchObject({ value: { state: { phase: 'rest', problem: { code: 'not-allowed' } } } });
  expect(archive.stored).toEqual([]);
});

test('in a browser it is said how it is done from the command line', async ({ page }) => {
  const web = await startWebHost();
  try {
    const clean = new CleanPage(page);
    await clean.goto(web.address);
    await clean.open(slice(0));
    await clean.cleaned();
    const download = page.waitForEvent('download', { timeout: 90_000 });
    await page.keyboard.press('ControlOrMeta+e');
    await download;
    await page.getByRole('button', { name: 'Send to archive…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send to archive' });
    await expect(dialog).toContainText('hourglass send cleaned/ --to');
    await expect(dialog.getByRole('button', { name: 'Send…' })).toHaveCount(0);
    await shoot(page, 'archive-browser');
    await expectNothingSerious(page);
  } finally {
    await web.stop();
  }
});
