/** Many photos in the window, edited as one: the selection, one slider, one export, and taking it back. */
import { expect, test } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { expectNothingSerious } from './accessibility.ts';
import { brokenPhoto, CleanPage, noisyPhoto } from './clean-page.ts';
import { filesOfZip } from '../zip.ts';
import { startWebHost, type WebHost } from './web-host.ts';

let host: WebHost;
let clean: CleanPage;

test.beforeAll(async () => {
  host = await startWebHost();
});
test.afterAll(() => host.stop());
// Twelve photos go through the network; on a busy machine that takes its time.
test.describe.configure({ timeout: 240_000 });
test.beforeEach(async ({ page }) => {
  clean = new CleanPage(page);
  await clean.goto(host.address);
});

const photos = (count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      noisyPhoto(`photo-${String(index + 1).padStart(2, '0')}.png`, { width: 96, height: 64 }),
    ),
  );

test('twelve photos: one selection, one slider, one export, by keyboard', async ({ page }) => {
  await clean.open(...(await photos(12)));
  await clean.cleaned(100_000);
  await expect(clean.photos).toHaveCount(12);
  const strength = clean.slider('Strength');
  await expect(strength).toHaveAttribute('aria-valuenow', '100');
  await strength.focus();
  await page.keyboard.press('Control+a');
  await expect(page.getByText('12 photos are edited together.')).toBeVisible();
  expect(await page.evaluate(() => String(document.getSelection()))).toBe('');
  for (let press = 0; press < 3; press++) await page.keyboard.press('Shift+ArrowLeft');
  await expect(strength).toHaveAttribute('aria-valuenow', '70');
  await expect(clean.photos.filter({ hasText: 'own settings' })).toHaveCount(12);
  await clean.cleaned(100_000);
  await expectNothingSerious(page);

  const zip = page.waitForEvent('download', { timeout: 120_000 });
  await page.keyboard.press('Control+e');
  await expect(page.getByText('12 photos exported as one ZIP')).toBeVisible({ timeout: 120_000 });
  await expect(clean.photos.filter({ hasText: 'Exported' })).toHaveCount(12);
  expect(filesOfZip(await readFile(await (await zip).path())).size).toBe(12);

  // Each press of a key was a step of its own.
  for (let press = 0; press < 3; press++) await page.keyboard.press('Control+z');
  await expect(page.getByText('Undone: Strength, 12 photos.').first()).toBeVisible();
  await expect(strength).toHaveAttribute('aria-valuenow', '100');
  await expect(clean.photos.filter({ hasText: 'own settings' })).toHaveCount(0);
});

test('what differs is mixed until it is set, and undo goes to the photo it belongs to', async ({
  page,
}) => {
  await clean.open(...(await photos(3)));
  await clean.cleaned(100_000);
  await clean.slider('Detail').press('End');
  await clean.photo('photo-02').click({ modifiers: ['Control'] });
  await expect(page.getByText('2 photos are edited together.')).toBeVisible();
  await expect(clean.slider('Detail')).toHaveAttribute('aria-valuetext', /^mixed/);
  await expect(page.getByRole('textbox', { name: 'Detail, number' })).toHaveAttribute(
    'placeholder',
    'mixed',
  );
  await page.getByRole('textbox', { name: 'Detail, number' }).fill('30');
  await page.keyboard.press('Enter');
  await expect(clean.slider('Detail')).toHaveAttribute('aria-valuenow', '30');
  await clean.photo('photo-03').click();
  await page.keyboard.press('Control+z');
  await expect(page.getByText('Undone: Detail, 2 photos.').first()).toBeVisible();
  await expect(clean.photo('photo-01')).toHaveAttribute('aria-selected', 'true');
  await expect(clean.photo('photo-02')).toHaveAttribute('aria-selected', 'true');
  await clean.photo('photo-01').click();
  await expect(clean.slider('Detail')).toHaveAttribute('aria-valuenow', '100');
});

test('a removed photo comes back by undo, where it was and as it was set', async ({ page }) => {
  await clean.open(...(await photos(3)));
  await clean.cleaned(100_000);
  await clean.slider('Detail').press('End');
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(clean.photos).toHaveCount(2);
  await expect(page.getByText('photo-01.png was removed').first()).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(clean.photos).toHaveCount(3);
  await expect(clean.photos.first()).toContainText('photo-01.png');
  await expect(clean.slider('Detail')).toHaveAttribute('aria-valuenow', '100');
  await clean.cleaned(100_000);
});

test('a file that can not be opened is told in the strip without a click, and counts say so', async ({
  page,
}) => {
  const refusals: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') refusals.push(message.text());
  });
  const [first, second] = await photos(2);
  await clean.open(first!, second!, brokenPhoto('broken.jpg'));
  await clean.cleaned(100_000);
  await expect(page.getByRole('option', { name: 'photo-01' })).toBeFocused();
  await expect(clean.photo('broken.jpg')).toContainText(/Damaged|Not an image|Not supported/, {
    timeout: 30_000,
  });
  await expect(clean.photo('photo-01')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Control+a');
  await expect(page.getByRole('button', { name: 'Export 2 of 3' })).toBeVisible();
  await expect(page.getByText('1 photo can not be opened.')).toBeVisible();
  expect(refusals.filter((text) => text.includes('eval'))).toEqual([]);
});

test('at 1366 × 768 format, name and Export are in sight together', async ({ page }) => {
  await page.setViewportSize({ width: 1366, height: 768 });
  await clean.open(...(await photos(1)));
  await clean.cleaned(100_000);
  for (const part of [
    page.getByRole('combobox', { name: 'Format' }),
    page.getByRole('textbox', { name: 'Name' }),
    page.getByRole('button', { name: 'Export', exact: true }),
    clean.slider('Strength'),
  ])
    await expect(part).toBeInViewport({ ratio: 1 });
  // With little height the button alone stays.
  await page.setViewportSize({ width: 1024, height: 640 });
  await expect(page.getByRole('button', { name: 'Export', exact: true })).toBeInViewport({
    ratio: 1,
  });
});

test('a step to a photo that was made ready is drawn from memory', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/tiles/')) asked.push(request.url());
  });
  await clean.open(...(await photos(3)));
  await clean.cleaned(100_000);
  const next = (await clean.photo('photo-02').getAttribute('data-entry'))!;
  const tilesOfNext = (layer: string): number =>
    asked.filter((url) => url.includes(`/tiles/${next}/${layer}`)).length;
  await expect.poll(() => tilesOfNext('clean-'), { timeout: 60_000 }).toBeGreaterThan(0);
  await expect.poll(() => tilesOfNext('source')).toBeGreaterThan(0);
  await expect(clean.photo('photo-01')).toHaveAttribute('aria-selected', 'true');
  const before = [tilesOfNext('clean-'), tilesOfNext('source')];
  await page.keyboard.press('ArrowRight');
  await expect(clean.photo('photo-02')).toHaveAttribute('aria-selected', 'true');
  await clean.cleaned();
  expect([tilesOfNext('clean-'), tilesOfNext('source')]).toEqual(before);
});
