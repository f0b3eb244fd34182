/**
 * A capability that the program does not have (test/toy), added by its folders and a line in each of the three
 * tables, in the browser and in the window: tab and key, panel, layer, label, undo, export.
 */
import { expect, test, type Page } from '@playwright/test';
import { rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { launchWindow } from '../electron-standin/launch.ts';
import { inCheckout, toyCheckout } from '../toy/checkout.ts';
import { startWebHost } from './web-host.ts';

const width = 64;
const height = 48;
const rgb = { raw: { width, height, channels: 3 } } as const;
/** Every pixel another colour than its neighbours. */
const original = Buffer.from(
  Array.from({ length: width * height * 3 }, (_byte, at) => (at * 7) % 200),
);
const negative = Buffer.from(original.map((value) => 255 - value));
const halfNegative = Buffer.from(
  original.map((value, at) => (Math.floor(at / 3) % width < width / 2 ? 255 - value : value)),
);

let checkout = '';
let picture = '';

test.beforeAll(async () => {
  test.setTimeout(180_000);
  checkout = toyCheckout();
  inCheckout(checkout, 'build/build.mjs');
  picture = join(checkout, 'picture.png');
  await writeFile(picture, await sharp(original, rgb).png().toBuffer());
});
test.afterAll(() => rmSync(checkout, { recursive: true, force: true }));

const pixelsOf = (file: Buffer): Promise<Buffer> => sharp(file).removeAlpha().raw().toBuffer();

/** The picture as it stands in the middle of the screen at 100 %. */
async function onScreen(page: Page): Promise<Buffer> {
  const stage = (await page.locator('[data-picture] canvas').first().boundingBox())!;
  const x = Math.round(stage.x + (stage.width - width) / 2);
  const y = Math.round(stage.y + (stage.height - height) / 2);
  return pixelsOf(await page.screenshot({ clip: { x, y, width, height } }));
}

async function usesToy(page: Page): Promise<void> {
  const state = page.locator('[data-picture-state]');
  const half = page.getByLabel('Only the left half');
  const final = () => expect(state).toContainText('Final: brightness');
  // The first that waits for a program that has just begun.
  await expect(page.getByRole('option', { name: 'picture.png' })).toBeVisible({ timeout: 20_000 });

  await page.getByRole('button', { name: 'Invert', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Negative' })).toBeVisible();
  await page.keyboard.press('c');
  await expect(half).toHaveCount(0);
  await page.keyboard.press('t');
  await final();
  await page.getByRole('button', { name: '100 %' }).click();
  // All of the picture is right of the divider.
  await page.getByRole('slider', { name: /^Divider between original and/ }).press('Home');
  await expect.poll(async () => negative.equals(await onScreen(page))).toBe(true);
  await expect(page.locator('[data-picture]').getByText('Inverted', { exact: true })).toBeVisible();

  await half.check();
  await final();
  await expect.poll(async () => halfNegative.equals(await onScreen(page))).toBe(true);
  await page.keyboard.press('Control+z');
  await expect(half).not.toBeChecked();
  await expect.poll(async () => negative.equals(await onScreen(page))).toBe(true);
  await final();
}

test('works in the browser', async ({ page }) => {
  const host = await startWebHost([picture], { root: checkout });
  try {
    await page.goto(host.address);
    await usesToy(page);
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('picture-negative.png');
    expect(negative.equals(await pixelsOf(await readFile(await download.path())))).toBe(true);
  } finally {
    await host.stop();
  }
});

test('works in the window, its action in the native menu', async () => {
  const window = await launchWindow([picture], { root: checkout });
  try {
    await usesToy(window.page);
    await window.page.getByRole('button', { name: 'Export', exact: true }).click();
    await expect(window.page.getByText(/^Exported, /)).toBeVisible();
    const written = await readFile(join(checkout, 'picture-negative.png'));
    expect(negative.equals(await pixelsOf(written))).toBe(true);
    const label = await window.evaluate(
      ({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('workspace-invert')?.label,
    );
    expect(label).toBe('Invert');
  } finally {
    await window.close();
  }
});
