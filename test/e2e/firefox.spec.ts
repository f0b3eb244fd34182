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
import { filesOfZip } from '../zip.ts';
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
    // Of the window: a viewport of its own is set by a command that ESR 140 does not know.
    defaultViewport: null,
    args: ['--width=1366', '--height=900'],
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
  await page.goto(host.address);
});
test.afterAll(async () => {
  await browser?.close();
  await host?.stop();
  await rm(folder, { recursive: true, force: true });
});

const patience = { timeout: 90_000 };

/** Until the sentence about the picture says so. Asked from here: a wait in the page is made of text, which the page's own policy forbids. */
const says = (words: string) =>
  expect
    .poll(
      () => page.evaluate(() => document.querySelector('[data-picture-state]')?.textContent ?? ''),
      patience,
    )
    .toContain(words);

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

/** A click, as soon as the button is there and can be pressed. */
async function click(selector: string): Promise<void> {
  const button = (await page.waitForSelector(selector, patience))!;
  await expect
    .poll(() => button.evaluate((element) => !(element as HTMLButtonElement).disabled), patience)
    .toBe(true);
  await button.click();
}
const clickButton = (name: string): Promise<void> =>
  click(`::-p-aria([name="${name}"][role="button"])`);

/** A drop, as the page gets it from the system. */
const drop = async (name: string, bytes: Buffer): Promise<void> =>
  page.evaluate(
    (text, called) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], called));
      for (const type of ['dragenter', 'dragover', 'drop'])
        document.body.dispatchEvent(
          new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }),
        );
    },
    bytes.toString('base64'),
    name,
  );

test('drop, clean, compare, compress and export, without an error in the console', async () => {
  const photo = await noisyPhoto('fox.jpg', { width: 480, height: 320 });
  await page.waitForSelector('[data-picker=files]');
  await drop(photo.name, photo.buffer);
  await says('Final: what you see is what is saved.');

  // Compare: each way of seeing, and the original while the key is held.
  for (const mode of ['Side', 'Split']) await click(`::-p-aria(${mode})`);
  await page.keyboard.down('\\');
  await page.keyboard.up('\\');
  await clickButton('Export');
  const cleaned = await downloaded('fox-clean.jpg');
  expect([...cleaned.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
  expect(cleaned.equals(photo.buffer)).toBe(false);

  // Several together: there is no writing into a folder here.
  const cub = await noisyPhoto('cub.jpg', { width: 320, height: 240 });
  await drop(cub.name, cub.buffer);
  await clickButton('Export all 2');
  const zip = filesOfZip(await downloaded('.zip'));
  expect([...zip.keys()]).toEqual(['fox-clean.jpg', 'cub-clean.jpg']);
  expect([...zip.get('cub-clean.jpg')!.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);

  if (missing === null) {
    await page.keyboard.press('c');
    await says('Final at quality 60:');
    await clickButton('Export');
    const latent = await downloaded('cub.hgl');
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
