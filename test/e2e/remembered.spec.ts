/** What stays across starts: a photo's settings. */
import { expect, test } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectNothingSerious } from './accessibility.ts';
import { CleanPage, noisyPhoto } from './clean-page.ts';
import { startWebHost } from './web-host.ts';

let home: string;
test.beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hourglass-remembered-'));
});
test.afterEach(() => rm(home, { recursive: true, force: true }));
test.describe.configure({ timeout: 180_000 });

test('a photo opens with the settings it had last, until they are forgotten, by keyboard', async ({
  page,
}) => {
  const clean = new CleanPage(page);
  const photo = await noisyPhoto('first name.png', { width: 96, height: 64 });
  const start = async () => {
    const host = await startWebHost([], { home });
    await clean.goto(host.address);
    return host;
  };
  let host = await start();
  await clean.open(photo);
  await clean.cleaned();
  const strength = clean.slider('Strength');
  await strength.focus();
  for (let press = 0; press < 3; press++) await page.keyboard.press('Shift+ArrowLeft');
  const kept = page.waitForResponse(
    (answer) => answer.url().includes('photo-settings') && answer.request().method() === 'PUT',
  );
  expect((await kept).ok()).toBe(true);
  await host.stop();

  host = await start();
  await clean.open({ ...photo, name: 'another name.png' });
  await expect(page.getByText('another name.png opens with the settings').first()).toBeVisible();
  await expect(strength).toHaveAttribute('aria-valuenow', '70');
  await expect(clean.photos.filter({ hasText: 'own settings' })).toHaveCount(1);
  await clean.cleaned();
  await page.keyboard.press('Control+,');
  await expect(page.getByText('Remembered of 1 photo.')).toBeVisible();
  await expectNothingSerious(page);
  await page.getByRole('button', { name: 'Forget them' }).press('Enter');
  await expect(page.getByText('Nothing is remembered.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Settings of photos' })).toBeFocused();
  await page.screenshot({ path: test.info().outputPath('settings.png') });
  await host.stop();

  host = await start();
  await clean.open(photo);
  await expect(strength).toHaveAttribute('aria-valuenow', '100');
  await host.stop();
});
