/** The first minute of somebody who has never seen the program, in a home where nothing is yet. */
import { expect, test } from '@playwright/test';
import { expectNothingSerious } from './accessibility.ts';
import { CleanPage } from './clean-page.ts';
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
