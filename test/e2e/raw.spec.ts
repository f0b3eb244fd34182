/** A camera raw file in the window: the camera's own picture first, said to be that, then the developed one. */
import { expect, test } from '@playwright/test';
import sharp from 'sharp';
import { linearOf, makeDng, scene } from '../unit/raw/make-dng.ts';
import { CleanPage, type TestFile } from './clean-page.ts';
import { startWebHost, type WebHost } from './web-host.ts';

let host: WebHost;
test.beforeAll(async () => {
  host = await startWebHost();
});
test.afterAll(() => host.stop());

const size = { width: 600, height: 400 };

/** Turned by 90° clockwise; its preview is plain blue, as the picture is not. */
async function rawFile(name: string, hasPreview: boolean): Promise<TestFile> {
  const jpeg = await sharp({
    create: { width: 600, height: 400, channels: 3, background: '#2030c0' },
  })
    .jpeg()
    .toBuffer();
  const bytes = makeDng({
    ...size,
    samples: linearOf(scene(size.width, size.height)),
    pattern: null,
    orientation: 6,
    ...(hasPreview ? { preview: { width: 600, height: 400, jpeg } } : {}),
  });
  return { name, mimeType: 'image/x-adobe-dng', buffer: Buffer.from(bytes) };
}

test('the camera’s preview stands there upright, named, until the picture is developed', async ({
  page,
}, info) => {
  // As if developing took its time: the answer to the command is held back.
  let develop = (): void => undefined;
  const held = new Promise<void>((resolve) => (develop = resolve));
  await page.route(/\/api\/run\/open(\?|$)/, async (route) => {
    await held;
    await route.continue();
  });
  const clean = new CleanPage(page);
  await clean.goto(host.address);
  await clean.open(await rawFile('with.dng', true));
  const preview = page.getByRole('img', { name: 'Camera’s preview' });
  const said = page.getByText('Camera’s preview. The picture itself is being developed.');
  await expect(said).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('Final')).toHaveCount(0);
  const natural = await preview.evaluate((image: HTMLImageElement) => [
    image.naturalWidth,
    image.naturalHeight,
  ]);
  expect(natural).toEqual([400, 600]);
  await page.screenshot({ path: info.outputPath('preview.png') });

  develop();
  await expect(preview).toHaveCount(0, { timeout: 40_000 });
  await expect(said).toHaveCount(0);
  await expect(page.locator('[data-picture] canvas')).toBeVisible();
  await page.screenshot({ path: info.outputPath('developed.png') });
});

test('a file without one opens as ever', async ({ page }) => {
  const clean = new CleanPage(page);
  await clean.goto(host.address);
  await clean.open(await rawFile('without.dng', false));
  await expect(page.locator('[data-picture] canvas')).toBeVisible({ timeout: 40_000 });
  await expect(page.getByText('Camera’s preview')).toHaveCount(0);
});
