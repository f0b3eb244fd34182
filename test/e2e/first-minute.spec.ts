/** The first minute of somebody who has never seen the program, in a home where nothing is yet. */
import { expect, test } from '@playwright/test';
import { CleanPage } from './clean-page.ts';
import { startWebHost, type WebHost } from './web-host.ts';

let host: WebHost;
let clean: CleanPage;
test.beforeAll(async () => {
  host = await startWebHost();
});
test.afterAll(() => host.stop());
test.beforeEach(async ({ page }) => {
  clean = new CleanPage(page);
  await clean.goto(host.address);
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
