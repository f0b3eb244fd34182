/** Every screen of the Clean workspace, looked at by axe, in both themes and at the smallest size. */
import { expect, test } from '@playwright/test';
import { expectNothingSerious } from './accessibility.ts';
import { brokenPhoto, CleanPage, closeDialog, noisyPhoto } from './clean-page.ts';
import { startWebHost, type WebHost } from './web-host.ts';

let host: WebHost;
test.beforeAll(async () => {
  host = await startWebHost();
});
test.afterAll(() => host.stop());

for (const theme of ['dark', 'light'] as const)
  test(`nothing serious on any screen, ${theme}`, async ({ page }) => {
    await page.setViewportSize({ width: 1024, height: 640 });
    const clean = new CleanPage(page);
    await clean.goto(host.address);
    await page.getByRole('button', { name: 'Settings…' }).click();
    await page.getByRole('radio', { name: theme === 'dark' ? 'Dark' : 'Light' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await expect(page.getByText('Passed its check').first()).toBeVisible({ timeout: 30_000 });
    await expectNothingSerious(page);
    await closeDialog(page);
    await expectNothingSerious(page);

    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    await expectNothingSerious(page);
    await closeDialog(page);

    await clean.open(await noisyPhoto('a.png', { width: 320, height: 240 }), brokenPhoto('b.jpg'));
    await clean.cleaned();
    await page.getByText('Licence, quality and limits').click();
    await page.getByText('How it was measured').click();
    await page.locator('[data-picker=network]').setInputFiles({
      name: 'letter.onnx',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('This is no network.'),
    });
    await expect(page.getByText('Not added', { exact: true })).toBeVisible({ timeout: 20_000 });
    await page.keyboard.press('n');
    await expect(page.getByRole('figure')).toBeVisible({ timeout: 20_000 });
    await expectNothingSerious(page);
    await page.keyboard.press('n');
    await page.getByRole('radio', { name: 'Residual' }).click();
    await page.getByRole('radio', { name: 'Level' }).click();
    await expectNothingSerious(page);
    await clean.photo('b.jpg').click();
    await expect(page.getByRole('alert').filter({ hasText: 'b.jpg' })).toBeVisible();
    await expectNothingSerious(page);
  });

test('what has the focus after Escape keeps it when the dialog leaves the page', async ({
  page,
}) => {
  await new CleanPage(page).goto(host.address);
  const settings = page.getByRole('button', { name: 'Settings…' });
  const open = page.getByRole('button', { name: 'Open photos…' });
  await settings.click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog')).toHaveCount(0);
  await expect(settings).toBeFocused();

  // As a quick hand does: the platform has closed it, and the page has not heard of that yet.
  await settings.click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await open.evaluate((button: HTMLElement) => {
    document.querySelector('dialog')!.close();
    button.focus();
  });
  await expect(page.locator('dialog')).toHaveCount(0);
  await expect(open).toBeFocused();
});
