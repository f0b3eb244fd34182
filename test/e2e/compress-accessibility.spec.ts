/** Every screen of the Compress workspace, looked at by axe, in both themes and at the smallest size. */
import { expect, test } from '@playwright/test';
import { expectNothingSerious } from './accessibility.ts';
import { brokenPhoto, closeDialog, noisyPhoto } from './clean-page.ts';
import { CompressPage, missing, scan } from './compress-page.ts';
import { startWebHost, type WebHost } from './web-host.ts';

test.skip(missing !== null, missing ?? '');
test.setTimeout(240_000);

let host: WebHost;
test.beforeAll(async () => {
  host = await startWebHost();
});
test.afterAll(() => host?.stop());

for (const theme of ['dark', 'light'] as const)
  test(`nothing serious on any screen of Compress, ${theme}`, async ({ page }) => {
    await page.setViewportSize({ width: 1024, height: 640 });
    const compress = new CompressPage(page);
    await compress.goto(host.address);
    await page.getByRole('button', { name: 'Settings…' }).click();
    await page.getByRole('radio', { name: theme === 'dark' ? 'Dark' : 'Light' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await closeDialog(page);
    await expectNothingSerious(page);

    await compress.open(await noisyPhoto('a.png', { width: 320, height: 240 }));
    await compress.compressed();
    await compress.charted();
    await page.getByText('As a table').click();
    await page.getByRole('radio', { name: 'JPEG' }).click();
    await expect(compress.panel('Compare with').locator('tbody tr')).toHaveCount(2, {
      timeout: 60_000,
    });
    await page.getByRole('radio', { name: 'Percent' }).click();
    await page.getByRole('radio', { name: 'Size', exact: true }).click();
    await expectNothingSerious(page);

    await page.getByRole('radio', { name: 'Quality', exact: true }).click();
    await page.getByRole('radio', { name: 'Off' }).click();
    await expect(compress.state).toContainText('Final', { timeout: 60_000 });
    await compress.exportAndOpen();
    await expect(compress.panel('Latent file').getByText(/all intact/)).toBeVisible({
      timeout: 60_000,
    });
    await page.getByText('Size of each tile').click();
    await expectNothingSerious(page);

    await compress.open(await scan('slice.png'));
    await expect(page.getByRole('checkbox', { name: 'Allow loss for this scan' })).toBeVisible();
    await expectNothingSerious(page);
    await compress.open(brokenPhoto('b.jpg'));
    await expect(page.getByRole('alert').filter({ hasText: 'b.jpg' })).toBeVisible();
    await expectNothingSerious(page);
  });
