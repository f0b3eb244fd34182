/** The browser host with its real page and engine: opens, previews, exports, and stays at home. */
import { expect, test } from '@playwright/test';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { repositoryRoot } from '../data.ts';
import { expectNothingSerious } from './accessibility.ts';
import { closeDialog } from './clean-page.ts';
import { startWebHost, type WebHost } from './web-host.ts';

const sample = join(repositoryRoot, 'build/sample/sample.jpg');

let host: WebHost;
test.afterEach(() => host.stop());

test('opens, cleans and exports a photo without a single outgoing connection', async ({ page }) => {
  // What the check of the devices connects to is counted too.
  host = await startWebHost([], { firstUse: true });
  const requests: string[] = [];
  const problems: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));

  await page.goto(host.address);
  await page
    .getByRole('button', { name: /sample/i })
    .first()
    .click();
  await expect(page.getByText('sample.jpg').first()).toBeVisible();
  const exportButton = page.getByRole('button', { name: 'Export', exact: true });
  await expect(exportButton).toBeEnabled({ timeout: 30_000 });
  const downloading = page.waitForEvent('download', { timeout: 45_000 });
  await exportButton.click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('sample-clean.jpg');
  const cleaned = await readFile(await download.path());
  expect(cleaned.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  expect(cleaned.equals(await readFile(sample))).toBe(false);

  expect(problems).toEqual([]);
  const foreign = requests.filter(
    (url) => !url.startsWith(host.address) && !url.startsWith('blob:'),
  );
  expect(foreign).toEqual([]);
  expect(requests.some((url) => url.includes('/tiles/'))).toBe(true);
  expect(await host.connections()).toEqual([]);

  // The counter does count: the same file hears of a connection made by a process like ours.
  spawnSync(
    process.execPath,
    ['-e', "require('net').connect(1, '127.0.0.1').on('error', () => {})"],
    {
      env: host.env,
    },
  );
  expect(await host.connections()).toHaveLength(1);
});

test('shows the files that it was started with', async ({ page }) => {
  host = await startWebHost([sample]);
  await page.goto(host.address);
  await expect(page.getByText('sample.jpg').first()).toBeVisible();
});

test('a page of another local program can not use it', async ({ page }) => {
  host = await startWebHost();
  // The nearest stranger: same machine, same site, other port. Browsers let its requests through.
  const stranger = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Stranger</title>');
  });
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  try {
    await page.goto(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`);
    const outcomes = await page.evaluate(
      (address) =>
        Promise.all(
          [
            fetch(`${address}api/info`),
            fetch(`${address}api/sample`, { method: 'POST', mode: 'no-cors' }),
          ].map((asked) =>
            asked.then(
              (answer) => answer.type,
              () => 'blocked',
            ),
          ),
        ),
      host.address,
    );
    expect(outcomes).toEqual(['blocked', 'blocked']);
    // It did reach us, and was refused; the browser only kept the answer from the page.
    await expect.poll(() => host.output()).toMatch(/Refused a POST request\. The origin "http:/);
  } finally {
    stranger.close();
  }
});

test('leaves nothing behind when it stops', async () => {
  host = await startWebHost();
  const sessions = join(host.home, 'cache/hourglass/sessions');
  expect(await readdir(sessions)).toHaveLength(1);
  await fetch(`${host.address}api/upload?name=photo.jpg`, {
    method: 'PUT',
    body: await readFile(sample),
  });
  const before = join(sessions, (await readdir(sessions))[0]!);
  expect((await readdir(before)).length).toBeGreaterThan(0);
  process.kill(host.pid, 'SIGINT');
  await expect.poll(() => existsSync(before)).toBe(false);
});

test('the manual is in the program, with its pictures and its links, by keyboard', async ({
  page,
}) => {
  host = await startWebHost();
  await page.goto(host.address);
  await expect(page.getByRole('button', { name: 'Manual' })).toBeVisible();
  await page.keyboard.press('F1');
  const manual = page.getByRole('dialog', { name: 'Manual' });
  await expect(manual.getByRole('heading', { name: 'Hourglass manual' })).toBeVisible();
  const picture = manual.getByRole('img', { name: 'The empty window' });
  await picture.scrollIntoViewIfNeeded();
  await expect
    .poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth))
    .toBeGreaterThan(100);
  await expectNothingSerious(page);

  await manual.getByRole('link', { name: 'Many files overnight' }).focus();
  await page.keyboard.press('Enter');
  await expect(manual.getByRole('heading', { name: 'Many files overnight' })).toBeVisible();
  await manual.getByRole('button', { name: 'Beginning of the manual' }).click();
  await manual.getByRole('link', { name: 'Keys', exact: true }).click();
  await expect(manual.getByRole('heading', { name: 'Keys', exact: true })).toBeFocused();
  await expect(manual.getByRole('heading', { name: 'Keys', exact: true })).toBeInViewport();
  const { SHOTS } = process.env;
  if (SHOTS) await page.screenshot({ path: join(SHOTS, 'manual.png') });
  await closeDialog(page);
});
