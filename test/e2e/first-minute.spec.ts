/** The first minute of somebody who has never seen the program, in a home where nothing is yet. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { expectNothingSerious } from './accessibility.ts';
import { CleanPage, closeDialog } from './clean-page.ts';
import { shoot } from './folder-window.ts';
import { startWebHost, type WebHost } from './web-host.ts';

let host: WebHost;
let clean: CleanPage;
test.beforeAll(async () => {
  host = await startWebHost([], { firstUse: true });
});
test.afterAll(() => host.stop());
test.beforeEach(async ({ page }) => {
  clean = new CleanPage(page);
  await clean.goto(host.address);
});

test('three first steps, beside the first picture, go for ever when they are dismissed', async ({
  page,
}) => {
  const steps = page.getByRole('region', { name: 'First steps' });
  await expect(steps).toHaveCount(0);
  await clean.openSample();
  await expect(steps).toContainText('1 of 3');
  await expect(page.locator('[data-tour-now]')).toHaveAttribute('data-tour', 'compare');
  await steps.getByRole('button', { name: 'Next' }).click();
  await expect(page.locator('[data-tour-now]')).toHaveAttribute('data-tour', 'adjust');
  await shoot(page, 'tour', ['dark', 'light']);
  await steps.getByRole('button', { name: 'Next' }).click();
  await expect(steps).toContainText('never touched');
  await steps.getByRole('button', { name: 'Back' }).click();
  await expectNothingSerious(page);
  await steps.getByRole('button', { name: 'Do not show the first steps again' }).click();
  await expect(steps).toHaveCount(0);
  await expect(page.locator('[data-tour-now]')).toHaveCount(0);
  await expect
    .poll(() => page.evaluate(async () => (await (await fetch('api/preferences')).json()).tourDone))
    .toBe(true);

  // The picture is still there, the steps are not.
  await page.reload();
  await clean.cleaned();
  await expect(steps).toHaveCount(0);

  await page.keyboard.press('?');
  await page.getByRole('button', { name: 'First steps' }).click();
  await expect(steps).toContainText('1 of 3');
  for (const name of ['Next', 'Next', 'Done']) await steps.getByRole('button', { name }).click();
  await expect(steps).toHaveCount(0);
});

test('the empty window shows a photo and a scan, which are there to be tried', async ({ page }) => {
  for (const picture of ['photo', 'scan']) {
    const image = page.locator(`img[src$="before-after-${picture}.webp"]`);
    await expect(image).toBeVisible();
    await expect
      .poll(() => image.evaluate((element) => (element as HTMLImageElement).naturalWidth))
      .toBeGreaterThan(0);
  }
  await page.getByRole('button', { name: 'Try with a sample scan' }).click();
  await clean.cleaned();
  await expect(page.getByRole('region', { name: 'Noise' })).toContainText('HU of noise');
});

test('settings go to a file and come back by name; diagnostics are seen before they are saved', async ({
  page,
}) => {
  await page.keyboard.press('Control+,');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save settings as a file…' }).click();
  const file = await saving;
  expect(file.suggestedFilename()).toBe('hourglass-settings.json');
  const saved = JSON.parse(await readFile(await file.path(), 'utf8'));
  expect(saved).toMatchObject({ hourglass: 'settings', version: 1, settings: { theme: 'dark' } });
  const other = { ...saved, settings: { ...saved.settings, theme: 'light', token: 'secret' } };
  await page.locator('[data-picker=settings]').setInputFiles({
    ...{ name: 'mine.json', mimeType: 'application/json' },
    buffer: Buffer.from(JSON.stringify(other)),
  });
  const taken = page.getByText('Settings taken from mine.json.');
  await expect(taken).toContainText('Left out, because it is not known here: token.');
  await expect(taken).toBeInViewport({ ratio: 1 });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await shoot(page, 'settings-file', ['dark', 'light']);
  await closeDialog(page);

  // A dialog that another one stands in for must not close it.
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByRole('button', { name: 'Manual' }).click();
  await expect(page.getByRole('dialog', { name: 'Manual' })).toContainText('Hourglass manual');
  await closeDialog(page);

  await page.keyboard.press('?');
  await page.getByRole('button', { name: 'Diagnostics…' }).click();
  const shown = page.locator('[data-diagnostics]');
  await expect(shown).toContainText('"hourglass": "diagnostics"', { timeout: 60_000 });
  await expectNothingSerious(page);
  await shoot(page, 'diagnostics', ['dark', 'light']);
  const given = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as a file…' }).click();
  const words = await readFile(await (await given).path(), 'utf8');
  expect(words).toBe(await shown.textContent());
  expect(words).not.toContain(host.home);
});
