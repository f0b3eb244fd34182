/** A training in the window: a folder becomes a network that Clean offers; held, and stopped. And in a browser, from its photos. */
import { expect, test } from '@playwright/test';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { WindowUnderTest } from '../electron-standin/launch.ts';
import { drawn } from '../unit/learn/drawn.ts';
import { expectNothingSerious } from './accessibility.ts';
import { openFolderWindow, shoot as shootPage } from './folder-window.ts';
import { closeDialog } from './clean-page.ts';
import { startWebHost } from './web-host.ts';

test.use({ actionTimeout: 20_000 });
const SIDE = 128;
let app: WindowUnderTest;
let home: string;
let folder: string;

test.beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hourglass-learn-'));
  folder = join(home, 'garden');
  await mkdir(folder);
  for (let at = 0; at < 22; at++) {
    const levels = Buffer.from(
      drawn(1 + at, SIDE).map((value) => Math.round(255 * Math.min(1, Math.max(0, value)))),
    );
    await sharp(levels, { raw: { width: SIDE, height: SIDE, channels: 1 } })
      .png()
      .toFile(join(folder, `${at}.png`));
  }
  await writeFile(join(folder, 'broken.png'), 'no picture at all');
  app = await openFolderWindow(folder, { width: 1280, height: 800 });
});
test.afterAll(async () => {
  await app.close();
  await rm(home, { recursive: true, force: true });
});

const shoot = (name: string): Promise<void> =>
  shootPage(app.page, `learn-${name}`, ['dark', 'light']);

const button = (name: string | RegExp) =>
  app.page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
const trainings = (): string => join(app.home, 'data/hourglass/trainings');

test('from a folder to a training in three clicks, and to a network that Clean offers', async () => {
  test.setTimeout(300_000);
  const { page } = app;
  // Keys are heard from when the workspaces are there.
  await expect(button('Learn')).toBeVisible();
  await page.keyboard.press('l');
  await expect(page.getByRole('heading', { name: 'Train a network' })).toBeVisible();
  // A training of elsewhere needs no pictures.
  await expect(button('Import a training…')).toBeVisible();
  await expectNothingSerious(page, true);
  await shoot('empty');
  await button('Choose a folder…').click();
  await expect(page.getByText(`23 pictures: ${folder}`)).toBeVisible();
  await expect(page.getByRole('radio', { name: 'Clean pictures like yours' })).toBeChecked();
  // Small, so that the test is short: what a person turns is what is trained.
  await page.getByRole('spinbutton', { name: 'Channels' }).fill('8');
  await page.getByText('More settings').click();
  await page.getByRole('spinbutton', { name: 'Squares' }).fill('32');
  await page.getByRole('spinbutton', { name: 'At once' }).fill('8');
  await page.getByRole('spinbutton', { name: 'At once' }).press('Tab');
  await expectNothingSerious(page, true);
  await shoot('setup');
  await button('Start training').click();

  await expect(page.getByText('20 pictures learnt from, 2 held back')).toBeVisible({
    timeout: 60_000,
  });
  await expect(page.getByRole('img', { name: /^Error on a logarithmic scale/ })).toBeVisible({
    timeout: 60_000,
  });
  await expect(page.getByRole('img', { name: /^Difference, picture 2/ })).toBeVisible();
  await expect(page.getByText('Still learning')).toBeVisible({ timeout: 60_000 });
  await page.getByText('1 picture is left out').click();
  await expect(page.getByText(/broken\.png: /)).toBeVisible();
  await expectNothingSerious(page, true);
  await shoot('learning');

  // Held it stands still.
  await button('Pause').click();
  await expect(page.getByText('Paused. It can wait')).toBeVisible();
  const step = page.getByText(/^Step \d/);
  await page.waitForTimeout(1000);
  const before = await step.textContent();
  await page.waitForTimeout(1500);
  expect(await step.textContent()).toBe(before);
  await shoot('held');
  await button('Go on').click();
  await expect.poll(() => step.textContent(), { timeout: 30_000 }).not.toBe(before);
  await page.getByText(/^Step ([2-9]\d\d|\d{4})/).waitFor({ timeout: 120_000 });
  await button('Stop and keep the best').press('Enter');

  await expect(
    page.getByText('It is offered in Clean, and on the command line as denoise-garden.'),
  ).toBeVisible({
    timeout: 90_000,
  });
  await expect(page.getByText(/^Stopped after/).first()).toBeVisible();
  // Who pressed a key is not left at the top of the page.
  await expect(page.getByRole('group', { name: 'garden', exact: true })).toBeFocused();
  await expectNothingSerious(page, true);
  await shoot('result');
  expect((await readdir(join(trainings(), 'garden'))).sort()).toEqual([
    ...['card.json', 'model.onnx', 'training.bin', 'training.json'],
  ]);

  await button('Clean with it').click();
  await page.getByRole('button', { name: 'Open' }).first().waitFor();
  await page.getByRole('button', { name: 'Settings' }).click();
  await expect(page.getByText('garden (added by you)')).toBeVisible();
  await closeDialog(page);
});

test('a convolutional network is measured as a codec, offered in Compress, and compresses there', async ({
  page,
}) => {
  test.setTimeout(180_000);
  const host = await startWebHost([0, 1, 2, 3].map((at) => join(folder, `${at}.png`)));
  try {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(host.address);
    await expect(page.getByRole('button', { name: 'Export all 4' })).toBeVisible();
    await page.getByRole('button', { name: 'Learn', exact: true }).click();
    await page.getByRole('button', { name: 'Use the 4 photos of the film strip' }).click();
    await page.getByRole('radio', { name: 'Convolutional code' }).check();
    await page.getByRole('button', { name: 'Start training' }).click();
    await expect(page.getByRole('img', { name: /^Given back, picture 1/ })).toBeVisible({
      timeout: 60_000,
    });
    await page.getByRole('button', { name: 'Stop and keep the best' }).click();
    await expect(
      page.getByText(/the held-back images as latent files of \d+ bytes together/).first(),
    ).toBeVisible({ timeout: 90_000 });
    await expect(page.getByText('the general codec at this size').first()).toBeVisible();
    await expectNothingSerious(page);
    await page.getByRole('button', { name: 'Offer it in Compress' }).click();
    await expect(page.getByText(/^It is offered in Compress/)).toBeVisible({ timeout: 60_000 });
    await shootPage(page, 'learn-codec', ['dark', 'light']);
    await page.getByRole('button', { name: 'Compress with it' }).click();
    const network = page.getByRole('combobox', { name: 'Network' });
    await expect(network).toHaveValue(/^latent-/);
    await expect(page.getByText('whoever opens these latent files needs it too')).toBeVisible();
    await expect(page.getByText(/latent-\S+ 1/).first()).toBeVisible({ timeout: 60_000 });
    await expectNothingSerious(page);
    await shootPage(page, 'compress-own-codec', ['dark', 'light']);
    // Taken away there as well: the usual one compresses again, and the focus stays.
    await page.getByRole('button', { name: 'Remove…' }).click();
    await page.getByRole('button', { name: 'Remove the network' }).click();
    await expect(network).toHaveValue('auto');
    await expect(network).toBeFocused();
    await expect(page.getByText(/latent-photo 1/).first()).toBeVisible({ timeout: 60_000 });
    await expectNothingSerious(page);
    await page.getByRole('button', { name: 'Learn', exact: true }).click();
    await expect(page.getByRole('button', { name: 'Offer it in Compress' })).toBeVisible();
  } finally {
    expect(await host.stop()).toBe(0);
  }
});

test('a browser has no folders, and learns from the photos of the film strip', async ({ page }) => {
  test.setTimeout(120_000);
  const host = await startWebHost([0, 1, 2, 3].map((at) => join(folder, `${at}.png`)));
  try {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(host.address);
    await expect(page.getByRole('button', { name: 'Export all 4' })).toBeVisible();
    await page.getByRole('button', { name: 'Learn', exact: true }).click();
    await expect(page.getByRole('button', { name: 'Choose a folder…' })).toHaveCount(0);
    await page.getByRole('button', { name: 'Use the 4 photos of the film strip' }).click();
    await page.getByRole('radio', { name: 'Variational code' }).check();
    await page.getByRole('button', { name: 'Start training' }).click();
    await expect(page.getByText('3 pictures learnt from, 1 held back')).toBeVisible({
      timeout: 60_000,
    });
    await expect(page.getByRole('img', { name: /^Given back, picture 1/ })).toBeVisible({
      timeout: 60_000,
    });
    // What its code looks like, as pictures and in words.
    await expect(
      page.getByRole('img', { name: /held-back squares laid out by their code/ }),
    ).toBeVisible();
    await expect(page.getByRole('img', { name: /^16 units: the strongest/ })).toBeVisible();
    await expectNothingSerious(page);
    await shootPage(page, 'learn-codes', ['dark', 'light']);
    await page.getByRole('button', { name: 'Stop and keep the best' }).click();
    await expect(page.getByText('It describes pictures by a code:')).toBeVisible({
      timeout: 60_000,
    });
    // New pictures, beside the nearest that were learnt from, and as a file.
    await page.getByRole('checkbox', { name: 'The nearest learnt picture below each' }).check();
    await page.getByRole('button', { name: 'Make them' }).click();
    await expect(page.getByRole('img', { name: 'Sample 16, generated' })).toBeVisible({
      timeout: 60_000,
    });
    await expect(
      page.getByRole('img', { name: /^Nearest learnt picture to sample 16: / }),
    ).toBeVisible();
    await expectNothingSerious(page);
    await shootPage(page, 'learn-generated', ['dark', 'light']);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as a file…' }).click(),
    ]);
    expect(file.suggestedFilename()).toMatch(/ generated 1\.png$/);
    await page.getByLabel('What is made').selectOption('unit');
    await page.getByRole('button', { name: 'Make them' }).click();
    const slider = page.getByRole('slider', { name: /^Unit at 0 deviations/ });
    await slider.press('ArrowRight');
    await expect(page.getByRole('img', { name: 'Generated picture 8 of 13' })).toBeVisible();
  } finally {
    expect(await host.stop()).toBe(0);
  }
});
