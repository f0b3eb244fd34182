/** What stays across starts: a photo's settings, and presets. */
import { expect, test } from '@playwright/test';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expectNothingSerious } from './accessibility.ts';
import { CleanPage, closeDialog, noisyPhoto } from './clean-page.ts';
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
    await clean.goto(host.address, { forgets: false });
    return host;
  };
  let host = await start();
  await clean.open(photo);
  await clean.cleaned();
  const strength = clean.slider('Strength');
  await strength.focus();
  const kept = clean.saved('photo-settings', /share\W+70\b/);
  for (let press = 0; press < 3; press++) await page.keyboard.press('Shift+ArrowLeft');
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

test('a preset is saved, given to the selection, used for a camera, renamed and deleted, by keyboard', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1366, height: 768 });
  const clean = new CleanPage(page);
  const taken = async (name: string, iso: number) => {
    const photo = await noisyPhoto(name, { width: 96, height: 64 });
    const exif = { IFD0: { Make: 'Hazel', Model: 'H1' }, IFD2: { ISOSpeedRatings: String(iso) } };
    return { ...photo, buffer: await sharp(photo.buffer).withExif(exif).jpeg().toBuffer() };
  };
  const host = await startWebHost([], { home });
  await clean.goto(host.address, { forgets: false });
  await clean.open(await taken('a.jpg', 1600), await taken('b.jpg', 1600));
  await clean.cleaned();
  const strength = clean.slider('Strength');
  await strength.focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await page.getByRole('button', { name: 'Save…' }).press('Enter');
  const name = page.getByRole('textbox', { name: 'Name of the preset' });
  await expect(name).toBeFocused();
  await name.press('Enter');
  await expect(page.getByText('A preset needs a name.')).toBeVisible();
  await name.fill('Church');
  await expectNothingSerious(page);
  await name.press('Enter');
  const preset = page.getByRole('combobox', { name: 'Preset', exact: true });
  await expect(preset).toHaveValue('Church');
  await page.screenshot({ path: test.info().outputPath('presets.png') });

  await clean.photo('b.jpg').click();
  await expect(strength).toHaveAttribute('aria-valuenow', '100');
  await preset.selectOption('Church');
  await expect(strength).toHaveAttribute('aria-valuenow', '90');
  await page.keyboard.press('Control+z');
  await expect(strength).toHaveAttribute('aria-valuenow', '100');

  await page.keyboard.press('Control+,');
  const use = page.getByRole('combobox', { name: 'What preset “Church” is given to by itself' });
  await use.selectOption({ label: 'Hazel H1, ISO 1600 and above' });
  await expectNothingSerious(page);
  await page.screenshot({ path: test.info().outputPath('presets-settings.png') });
  await closeDialog(page);

  await clean.open(await taken('later.jpg', 3200), await taken('low.jpg', 200));
  await expect(strength).toHaveAttribute('aria-valuenow', '90');
  await expect(page.getByText('later.jpg: preset “Church” applied').first()).toBeVisible();
  await clean.photo('low.jpg').click();
  await expect(strength).toHaveAttribute('aria-valuenow', '100');

  await page.keyboard.press('Control+,');
  const renamed = page.getByRole('textbox', { name: 'Name of preset “Church”' });
  await renamed.fill('Chapel');
  await renamed.press('Enter');

  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save presets as a file…' }).press('Enter');
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('hourglass-presets.json');
  const buffer = await readFile(await download.path());
  await page.getByRole('button', { name: 'Delete preset “Chapel”' }).press('Enter');
  await expect(page.getByText('There are none yet')).toBeVisible();
  const picker = page.locator('[data-picker=presets]');
  const mimeType = 'application/json';
  await picker.setInputFiles({ name: 'other.json', mimeType, buffer: Buffer.from('{"a":1}') });
  await expect(
    page.getByText('other.json was not read as presets: it is JSON of something else.'),
  ).toBeVisible();
  await picker.setInputFiles({ name: 'mine.json', mimeType, buffer });
  await expect(page.getByText('mine.json: 1 preset added.').first()).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Name of preset “Chapel”' })).toBeVisible();
  await host.stop();
});

test('a page that is loaded again shows what it showed, with its settings', async ({ page }) => {
  const clean = new CleanPage(page);
  const host = await startWebHost([], { home });
  await clean.goto(host.address, { forgets: false });
  const photos = ['a.png', 'b.png', 'c.png'];
  for (const [index, name] of photos.entries())
    await clean.open(await noisyPhoto(name, { width: 96 + index, height: 64 }));
  await expect(clean.photos).toHaveCount(3);
  await clean.photo('c.png').click();
  await clean.cleaned();
  await page.keyboard.press('Delete');
  await expect(clean.photos).toHaveCount(2);
  await clean.photo('a.png').click();
  await clean.cleaned();
  await clean.slider('Strength').focus();
  const kept = clean.saved('photo-settings', /share\W+90\b/);
  await page.keyboard.press('Shift+ArrowLeft');
  await kept;
  await page.reload();
  await expect(clean.photos).toHaveCount(2);
  await expect(clean.photos.nth(0)).toContainText('a.png');
  await expect(clean.slider('Strength')).toHaveAttribute('aria-valuenow', '90');
  await clean.cleaned();
  await host.stop();
});
