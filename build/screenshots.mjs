// `npm run screenshots`: takes the pictures of the manual from the running program, so that they can
// not show what is not there. Writes docs/manual/images/*.png.
import { chromium } from '@playwright/test';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { buildIfStale, root } from './build.mjs';
import { chromiumArguments, findChromium } from './chromium.mjs';
import { chooseFiles } from './file-chooser.mjs';
import { runScript } from './run-script.mjs';

const images = join(root, 'docs/manual/images');
const pack = process.env.HOURGLASS_DATA ?? join(root, '../shared/data');
mkdirSync(images, { recursive: true });
await buildIfStale();

/** A home of its own, so that nobody's preferences show up in the manual. */
const home = mkdtempSync(join(tmpdir(), 'hourglass-screenshots-'));
const broken = join(home, 'holiday-042.jpg');
writeFileSync(broken, 'This is not an image.');

async function keep(name, png, exact = false) {
  // A palette keeps the pictures small; the interface is gray and the photo is one.
  await sharp(png)
    .png(exact ? { compressionLevel: 9 } : { palette: true, quality: 92, effort: 8 })
    .toFile(join(images, `${name}.png`));
  console.log(`docs/manual/images/${name}.png`);
}

const env = {
  ...process.env,
  ...{ HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, XDG_DATA_HOME: home },
};
// The first steps stand in none of them.
(await runScript('test/known-devices.ts', 'known-devices')).usedBefore(env);
const host = spawn(
  process.execPath,
  [join(root, 'build/start.mjs'), '--host', 'browser', '--no-open'],
  { stdio: ['ignore', 'pipe', 'inherit'], env },
);
const address = await new Promise((resolve, reject) => {
  let text = '';
  host.stdout.on('data', (chunk) => {
    text += chunk;
    const found = /http:\/\/\S+/.exec(text);
    if (found) resolve(found[0]);
  });
  host.on('exit', (code) => reject(new Error(`The host ended with ${code}.`)));
});

const openFiles = (page, files) => chooseFiles(page, () => page.keyboard.press('Control+o'), files);

/**
 * The Compress workspace with the sample in front, and what it writes opened again. The sample is noisy,
 * so it is cleaned first, except where JPEG stands beside it, which would keep the noise.
 */
async function shootCompress(page, shoot) {
  const state = page.locator('[data-picture-state]');
  const final = () =>
    state.filter({ hasText: /^\s*Final at quality/ }).waitFor({ timeout: 120_000 });
  const blur = () => page.evaluate(() => document.activeElement?.blur());
  const top = () => page.getByRole('region', { name: 'Quality' }).first().scrollIntoViewIfNeeded();
  await final();
  await page.getByRole('radio', { name: 'Size', exact: true }).click();
  await page.getByRole('textbox', { name: 'At most' }).fill('60 KB');
  await page.keyboard.press('Enter');
  await page.getByText(/is the best that fits/).waitFor({ timeout: 120_000 });
  await page.getByRole('radio', { name: 'JPEG' }).click();
  await page.getByRole('region', { name: 'Compare with' }).getByRole('table').waitFor();
  await page.keyboard.press('Control+2');
  await page.getByText('As a table').waitFor({ timeout: 120_000 });
  await blur();
  await top();
  await shoot('compress-peer', { exact: true });

  await page.keyboard.press('Control+0');
  await page.getByRole('radiogroup', { name: 'Compare with' }).getByText('Original').click();
  await page.getByRole('radio', { name: 'Quality', exact: true }).click();
  await page.getByRole('radio', { name: 'Suggested' }).click();
  const typed = page.getByRole('textbox', { name: 'Quality, number' });
  await typed.fill('60');
  await typed.press('Enter');
  await final();
  await page.getByText('Of the picture before').waitFor({ state: 'detached', timeout: 120_000 });
  await blur();
  await top();
  await shoot('compress-split');

  const downloading = page.waitForEvent('download', { timeout: 120_000 });
  await page.keyboard.press('Control+e');
  const latent = join(home, 'sample.hgl');
  await (await downloading).saveAs(latent);
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await openFiles(page, latent);
  await page.getByText(/all intact/).waitFor({ timeout: 120_000 });
  await shoot('latent-file');
  await page.keyboard.press('Delete');
  await final();
}

/** A folder of photos after its run, in the window; without the data pack its picture stays as it is. */
async function shootBatchTable() {
  const photos = join(pack, 'dev-bench/gb82');
  if (!existsSync(photos))
    return console.log('docs/manual/images/batch.png: no data pack, not made');
  const { shootBatch } = await runScript('test/e2e/screenshots.ts', 'screenshots');
  const taken = join(home, 'batch.png');
  await shootBatch(photos, taken);
  await keep('batch', taken);
}

/** A network that learns from photographs, in the window; without the data pack its picture stays as it is. */
async function shootTraining() {
  const photos = join(pack, 'dev-bench/gb82');
  if (!existsSync(photos))
    return console.log('docs/manual/images/learn.png: no data pack, not made');
  const { shootLearn } = await runScript('test/e2e/screenshots.ts', 'screenshots');
  const taken = join(home, 'learn.png');
  await shootLearn(photos, taken);
  await keep('learn', taken);
}

/** Photos of the data pack on a map; without the pack its picture stays as it is. */
async function shootMap() {
  const photos = join(pack, 'dev-bench/gb82');
  if (!existsSync(photos))
    return console.log('docs/manual/images/explore.png: no data pack, not made');
  const { shootExplore } = await runScript('test/e2e/screenshots.ts', 'screenshots');
  const taken = join(home, 'explore.png');
  await shootExplore(photos, taken);
  await keep('explore', taken);
}

/** A CT series of the data pack on the screen; without the pack its picture stays as it is. */
async function shootScan(page, shoot) {
  const series = join(pack, 'series/ct-chest-abdomen');
  if (!existsSync(series))
    return console.log('docs/manual/images/scan.png: no data pack, not made');
  const slices = readdirSync(series).filter((name) => name.endsWith('.dcm'));
  await openFiles(
    page,
    slices.map((name) => join(series, name)),
  );
  await page.getByRole('group', { name: 'Slices' }).waitFor({ timeout: 120_000 });
  await page.getByRole('combobox', { name: 'Window' }).selectOption('soft-tissue');
  await page
    .locator('[data-picture-state]')
    .filter({ hasText: /^\s*(Final|No noise)/ })
    .waitFor();
  await page.evaluate(() => document.activeElement?.blur());
  await shoot('scan');

  await page.keyboard.press('8');
  for (const plane of ['coronal', 'sagittal'])
    await page.locator(`[data-plane=${plane}] canvas`).waitFor();
  await page
    .locator('[data-picture-state]')
    .filter({ hasText: /^\s*(Final|No noise)/ })
    .waitFor();
  await shoot('scan-planes');
}

const browser = await chromium.launch({
  executablePath: findChromium({ install: true }) ?? undefined,
  args: chromiumArguments,
});
try {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  });
  // On a machine that others use as well.
  page.setDefaultTimeout(120_000);
  /** @param exact where the picture is about how colours came through */
  const shoot = async (name, { exact = false } = {}) => {
    await page.waitForTimeout(600);
    await page.getByText('Loading detail…').waitFor({ state: 'hidden' });
    await keep(name, await page.screenshot(), exact);
  };
  const final = () =>
    page
      .getByText('Final: what you see is what is saved.', { exact: true })
      .waitFor({ timeout: 120_000 });

  /** Closed by the platform, a dialog still takes the keys until the page has taken it away. */
  const closeDialog = async () => {
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
  };

  await page.goto(address);
  await page.getByRole('button', { name: 'Try with a sample photo' }).waitFor();
  await shoot('empty');

  await page.getByRole('button', { name: 'Try with a sample photo' }).click();
  await final();
  await shoot('clean-split');

  await page.keyboard.press('y');
  await page.keyboard.press('z');
  await shoot('clean-side');

  await page
    .getByRole('radio', { name: /residual/i })
    .or(page.getByRole('button', { name: /residual/i }))
    .first()
    .click();
  await shoot('clean-residual');

  await page.keyboard.press('1');
  await page.keyboard.press('z');
  await page.keyboard.press('n');
  await page.evaluate(() => document.activeElement?.blur());
  await page.getByRole('figure').waitFor({ timeout: 120_000 });
  await shoot('noise-map');
  await page.keyboard.press('Escape');

  const model = page.getByRole('region', { name: 'Model' });
  await model.getByText('Licence, quality and limits').click();
  await model.evaluate((panel) => panel.scrollIntoView({ block: 'start' }));
  await shoot('models');
  await model.getByText('Licence, quality and limits').click();
  await page.getByRole('region', { name: 'Noise' }).scrollIntoViewIfNeeded();

  await page.keyboard.press('c');
  await shootCompress(page, shoot);
  await page.keyboard.press('d');
  await final();

  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await shoot('shortcuts');
  await closeDialog();

  await page.keyboard.press('Control+,');
  await page.getByRole('dialog').waitFor();
  await shoot('settings');
  await closeDialog();

  await openFiles(page, broken);
  await page.getByText('holiday-042.jpg', { exact: true }).first().waitFor();
  await page.keyboard.press('ArrowRight');
  await page
    .getByText(/not an image/i)
    .first()
    .waitFor();
  await shoot('error');

  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('1');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.evaluate(() => document.documentElement.setAttribute('data-theme', 'light'));
  await shoot('light');

  await page.evaluate(() => document.documentElement.setAttribute('data-theme', 'dark'));
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await shootScan(page, shoot);
  await shootBatchTable();
  await shootTraining();
  await shootMap();
} finally {
  await browser.close();
  host.kill('SIGTERM');
  await new Promise((resolve) => host.on('exit', resolve));
  rmSync(home, { recursive: true, force: true });
}
