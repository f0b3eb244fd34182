/** The noise map in the viewer: made on demand, compared with the original, left again. */
import { expect, test } from '@playwright/test';
import { CleanPage, noisyPhoto } from './clean-page.ts';
import { startWebHost, type WebHost } from './web-host.ts';

let host: WebHost;
test.beforeAll(async () => {
  host = await startWebHost();
});
test.afterAll(() => host.stop());

test('N shows where the noise of a photo is, on a fixed scale; Escape leaves it', async ({
  page,
}) => {
  const clean = new CleanPage(page);
  await clean.goto(host.address);
  await clean.openSample();
  await clean.cleaned();
  const toggle = page.getByRole('button', { name: 'Noise map' });
  const legend = page.getByRole('figure', { name: /Noise level/ });
  const picture = page.locator('[data-picture] canvas');
  const readout = page.getByTitle('Stored values of the cleaned picture');
  await expect(toggle).toHaveAttribute('aria-pressed', 'false');

  await page.keyboard.press('3');
  await picture.hover({ position: { x: 400, y: 250 } });
  await expect(readout).toBeVisible();
  const values = await readout.textContent();

  await page.keyboard.press('n');
  await expect(clean.state).toContainText(/Noise map: [\d.]+ to [\d.]+ levels/, {
    timeout: 40_000,
  });
  // A map is compared with the original, not subtracted from it.
  await expect(page.getByRole('radio', { name: 'Split' })).toBeChecked();
  await expect(toggle).toHaveAttribute('aria-pressed', 'true');
  await expect(picture).toHaveAttribute('aria-label', /noise map right of it/);
  await expect(legend).toContainText(/0\s*1\s*2\s*4/);

  // The right half is coloured by the map: not what the cleaned picture showed there.
  const corner = (await page.locator('[data-picture]').boundingBox())!;
  const clip = { x: corner.x + corner.width * 0.6, y: corner.y + 120, width: 80, height: 80 };
  const withMap = await page.screenshot({ clip });
  await picture.hover({ position: { x: 400, y: 250 } });
  await expect(readout).toHaveText(values!);

  await page.keyboard.press('Escape');
  await expect(legend).toHaveCount(0);
  await expect(clean.state).toContainText('Final: what you see is what is saved.');
  await expect(picture).toHaveAttribute('aria-label', /cleaned right of it/);
  await expect.poll(async () => (await page.screenshot({ clip })).equals(withMap)).toBe(false);

  await toggle.click();
  await expect(legend).toBeVisible();
  await toggle.click();
  await expect(legend).toHaveCount(0);
});

test('the map belongs to its picture, and is there again when one comes back', async ({ page }) => {
  const clean = new CleanPage(page);
  await clean.goto(host.address);
  await clean.open(
    await noisyPhoto('a.png', { width: 320, height: 240 }),
    await noisyPhoto('b.png', { width: 320, height: 240 }),
  );
  await clean.cleaned();
  await page.getByRole('button', { name: 'Noise map' }).click();
  await expect(clean.state).toContainText('Noise map:', { timeout: 40_000 });
  await clean.photo('b.png').click();
  await clean.cleaned();
  await expect(page.getByRole('figure')).toHaveCount(0);
  await clean.photo('a.png').click();
  await expect(clean.state).toContainText('Noise map:');
  await page.getByRole('radio', { name: 'Residual' }).click();
  await expect(page.getByRole('figure')).toHaveCount(0);
  await page.getByRole('radio', { name: 'Side' }).click();
  await expect(page.getByRole('figure')).toBeVisible();
  await expect(page.getByRole('img', { name: /noise map on the right/ })).toBeVisible();
});
