/**
 * The main path in Firefox as it is installed, driven by WebDriver BiDi: drop, clean, compare, compress, export. Playwright's own
 * Firefox is a changed one that would have to be downloaded.
 */
import { expect, test } from '@playwright/test';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { findFirefox } from '../../build/firefox.mjs';
import { noisyPhoto } from './clean-page.ts';
import { missing } from './compress-page.ts';
import { startWebHost, type WebHost } from './web-host.ts';

const executablePath = findFirefox();
test.skip(
  executablePath === null,
  'there is no Firefox; HOURGLASS_FIREFOX may name one, and `apt-get install firefox-esr` brings one',
);
test.setTimeout(240_000);

let host: WebHost;
let browser: Browser;
let page: Page;
let folder: string;
const problems: string[] = [];

test.beforeAll(async () => {
  // Its first start makes a profile, which takes a minute on a busy machine.
  test.setTimeout(180_000);
  folder = await mkdtemp(join(tmpdir(), 'hourglass-firefox-'));
  host = await startWebHost();
  browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: executablePath!,
    headless: true,
    timeout: 150_000,
    extraPrefsFirefox: {
      'browser.download.folderList': 2,
      'browser.download.dir': folder,
      'browser.download.useDownloadDir': true,
      'browser.download.alwaysOpenPanel': false,
    },
  });
  page = await browser.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.setViewport({ width: 1366, height: 768 });
  await page.goto(host.address);
});
test.afterAll(async () => {
  await browser?.close();
  await host?.stop();
  await rm(folder, { recursive: true, force: true });
});

const patience = { timeout: 90_000 };

/** Until the sentence about the picture says so. */
const says = (words: string) =>
  page.waitForFunction(
    (wanted) =>
      document.querySelector('[data-picture-state]')?.textContent?.includes(wanted) === true,
    patience,
    words,
  );

/** The bytes of the one download whose name ends so, when it is whole. */
async function downloaded(ending: string): Promise<Buffer> {
  let found: string | undefined;
  await expect
    .poll(async () => {
      const names = await readdir(folder);
      found = names.find((name) => name.endsWith(ending));
      return found !== undefined && !names.some((name) => name.endsWith('.part'));
    }, patience)
    .toBe(true);
  return readFile(join(folder, found!));
}

const button = (name: string) => page.locator(`::-p-aria([name="${name}"][role="button"])`);

test('drop, clean, compare, compress and export, without an error in the console', async () => {
  const photo = await noisyPhoto('fox.jpg', { width: 480, height: 320 });
  await page.waitForSelector('[data-picker=files]');
  // A drop, as the page gets it from the system.
  await page.evaluate(
    (bytes, name) => {
      const transfer = new DataTransfer();
      const file = new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name);
      transfer.items.add(file);
      for (const type of ['dragenter', 'dragover', 'drop'])
        document.body.dispatchEvent(
          new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }),
        );
    },
    photo.buffer.toString('base64'),
    photo.name,
  );
  await says('Final: what you see is what is saved.');

  // Compare: each way of seeing, and the original while the key is held.
  for (const mode of ['Side', 'Split']) await page.locator(`::-p-aria(${mode})`).click();
  await page.keyboard.down('\\');
  await page.keyboard.up('\\');
  await button('Export').click();
  const cleaned = await downloaded('fox-clean.jpg');
  expect([...cleaned.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
  expect(cleaned.equals(photo.buffer)).toBe(false);

  if (missing === null) {
    await page.keyboard.press('c');
    await says('Final at quality 60:');
    await button('Export').click();
    const latent = await downloaded('fox.hgl');
    expect(latent.subarray(0, 4)).toEqual(Buffer.from('\x89HGL', 'latin1'));
  }

  // A page that paints nothing would have passed all of the above.
  const colours = await page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    return document.querySelectorAll('canvas').length;
  });
  expect(colours).toBeGreaterThan(0);
  expect(problems).toEqual([]);
});
