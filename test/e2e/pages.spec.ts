/** A TIFF of several pages in the window: which is seen, turning them, and exporting this one or all. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import sharp from 'sharp';
import { madePages } from '../unit/pixels/tiff-made.ts';
import { CleanPage } from './clean-page.ts';
import { startWebHost, type WebHost } from './web-host.ts';

let host: WebHost;
test.beforeAll(async () => {
  host = await startWebHost();
});
test.afterAll(() => host.stop());

test('pages are turned by key and button, and one or all are exported', async ({ page }) => {
  const clean = new CleanPage(page);
  await clean.goto(host.address);
  const pages = [{ side: 64, value: 20 }, { side: 96, value: 120 }, { side: 80, value: 220 }]; // prettier-ignore
  await clean.open({ name: 'scan.tif', mimeType: 'image/tiff', buffer: Buffer.from(madePages(pages)) }); // prettier-ignore
  const group = page.getByRole('group', { name: 'Pages' });
  await expect(group).toContainText('Page 1 of 3', { timeout: 40_000 });
  await expect(group.getByRole('button', { name: 'Previous page' })).toBeDisabled();
  await page.keyboard.press('PageDown');
  await expect(group).toContainText('Page 2 of 3');
  await expect(clean.state).toHaveAttribute('data-picture-state', 'nothing', { timeout: 40_000 });
  await expect(page.getByText('96 × 96').first()).toBeVisible();
  await expect(clean.photos).toHaveCount(1);

  const exported = async (): Promise<{ pages: number; width: number }> => {
    const download = page.waitForEvent('download');
    await page.keyboard.press('ControlOrMeta+e');
    const { pages: count = 1, width } = await sharp(
      await readFile(await (await download).path()),
    ).metadata();
    return { pages: count, width };
  };
  const choice = page.getByRole('radiogroup', { name: 'Pages to export' });
  await choice.getByRole('radio', { name: 'This page' }).click();
  expect(await exported()).toEqual({ pages: 1, width: 96 });
  await choice.getByRole('radio', { name: 'All pages' }).click();
  expect(await exported()).toEqual({ pages: 3, width: 64 });

  await group.getByRole('button', { name: 'Next page' }).click();
  await expect(group).toContainText('Page 3 of 3');
  await expect(clean.state).toHaveAttribute('data-picture-state', 'nothing', { timeout: 40_000 });
  await expect(page.getByText('80 × 80').first()).toBeVisible();
  await expect(group.getByRole('button', { name: 'Next page' })).toBeDisabled();
});
