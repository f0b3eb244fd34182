/** The Clean workspace in the browser host, with the real engine and model behind it. */
import { expect, test, type Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { expectNothingSerious } from './accessibility.ts';
import { brokenPhoto, bytesSaid, CleanPage, engineOf, noisyPhoto } from './clean-page.ts';
import { filesOfZip } from '../zip.ts';
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

test('the whole job by keyboard alone: open, compare, change, export', async ({ page }) => {
  const focusOn = async (name: string | RegExp, role: 'button' | 'slider' | 'radio') => {
    const target = page.getByRole(role, { name, exact: true });
    for (let presses = 0; presses < 80; presses++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach the ${role} ${String(name)}.`);
  };
  await focusOn('Try with a sample photo', 'button');
  await page.keyboard.press('Enter');
  await clean.cleaned();

  await focusOn('Split', 'radio');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('radio', { name: 'Side' })).toBeChecked();
  await page.keyboard.press('1');
  await expect(page.getByRole('radio', { name: 'Split' })).toBeChecked();
  const divider = page.getByRole('slider', { name: 'Divider between original and cleaned' });
  await focusOn('Divider between original and cleaned', 'slider');
  const middle = (await divider.getAttribute('aria-valuenow')) ?? '';
  await page.keyboard.press('PageUp');
  await expect(divider).not.toHaveAttribute('aria-valuenow', middle);

  await focusOn('Strength', 'slider');
  await page.keyboard.press('Home');
  await expect(clean.state).toContainText('Strength 0: the result equals the original.');
  for (let press = 0; press < 5; press++) await page.keyboard.press('Shift+ArrowRight');
  await expect(clean.slider('Strength')).toHaveAttribute('aria-valuenow', '50');
  await clean.cleaned();

  const downloading = page.waitForEvent('download');
  await page.keyboard.press('Control+e');
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('sample-clean.jpg');
  const [before8, after8] = await Promise.all([
    sharp('build/sample/sample.jpg').metadata(),
    sharp(await readFile(await download.path())).metadata(),
  ]);
  expect([after8.format, after8.width, after8.height]).toEqual([
    'jpeg',
    before8.width,
    before8.height,
  ]);
  await expect(clean.photo('sample.jpg')).toContainText('Exported');
});

test('undo and redo step through changes; a drag is one step', async ({ page }) => {
  await clean.openSample();
  await clean.cleaned();
  const strength = clean.slider('Strength');
  const suggested = (await strength.getAttribute('aria-valuenow')) ?? '';
  const box = (await strength.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2);
  await page.mouse.down();
  for (const share of [0.6, 0.7, 0.8, 0.75])
    await page.mouse.move(box.x + box.width * share, box.y);
  await page.mouse.up();
  await expect(strength).toHaveAttribute('aria-valuenow', '150');
  await clean.slider('Detail').press('End');
  await page.keyboard.press('Control+z');
  await expect(clean.slider('Detail')).toHaveAttribute('aria-valuenow', '0');
  await page.keyboard.press('Control+z');
  await expect(strength).toHaveAttribute('aria-valuenow', suggested);
  await page.keyboard.press('Control+Shift+Z');
  await expect(strength).toHaveAttribute('aria-valuenow', '150');
  await strength.dblclick();
  await expect(strength).toHaveAttribute('aria-valuenow', suggested);
});

/** The part of the picture right of the divider, which stands in the middle, RGB as it is on the screen. */
async function rightHalf(page: Page, width: number, height: number): Promise<Buffer> {
  const url = await page
    .locator('[data-picture] canvas')
    .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  const canvas = sharp(Buffer.from(url.split(',')[1]!, 'base64'));
  const { width: wide, height: high } = await canvas.metadata();
  const left = Math.round(wide / 2 - width / 2) + width / 2 + 2;
  const top = Math.round(high / 2 - height / 2);
  const part = { left, top, width: width / 2 - 2, height };
  return canvas.extract(part).removeAlpha().raw().toBuffer();
}

const distance = (a: Buffer, b: Buffer): number =>
  Math.sqrt(a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0) / a.length);

test('the strength answers at once and approximately; what is called final is the export', async ({
  page,
}) => {
  const size = { width: 320, height: 240 };
  await clean.open(await noisyPhoto('strength.png', size));
  await clean.cleaned();
  const look = (): Promise<Buffer> => rightHalf(page, size.width, size.height);
  const full = await look();
  // The true result waits until the test has looked.
  let go = (): void => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  await page.route('**/api/run/preview', async (route) => {
    await held;
    await route.continue();
  });
  const strength = clean.slider('Strength');
  await strength.focus();
  for (let press = 0; press < 5; press++) await page.keyboard.press('Shift+ArrowLeft');
  await expect(strength).toHaveAttribute('aria-valuenow', '50');
  await expect(clean.state).toContainText('Approximate: what was removed, at the new strength.');
  await expect(page.getByText('Approximate, until the cleaned picture is there')).toBeVisible();
  const approximate = await look();
  await expectNothingSerious(page);
  go();
  await clean.cleaned();
  const final = await look();
  expect(distance(full, final)).toBeGreaterThan(1);
  expect(distance(approximate, final)).toBeGreaterThan(0);
  expect(distance(approximate, final)).toBeLessThan(distance(full, final));

  const downloading = page.waitForEvent('download');
  await page.keyboard.press('Control+e');
  const exported = sharp(await readFile(await (await downloading).path()));
  const part = { left: size.width / 2 + 2, top: 0, width: size.width / 2 - 2, height: size.height };
  expect(distance(final, await exported.extract(part).removeAlpha().raw().toBuffer())).toBe(0);
});

test('a typed number is taken, and keys of actions stay out of text fields', async ({ page }) => {
  await clean.openSample();
  await clean.cleaned();
  const typed = page.getByRole('textbox', { name: 'Strength, number' });
  await typed.fill('42');
  await typed.press('Enter');
  await expect(clean.slider('Strength')).toHaveAttribute('aria-valuenow', '42');
  const name = page.getByRole('textbox', { name: 'Name' });
  await name.fill('{name}-z1y.{ext}');
  await expect(page.getByText('sample-z1y.jpg').first()).toBeVisible();
  await expect(page.getByRole('radio', { name: 'Split' })).toBeChecked();
  await name.fill('a/{name}');
  await expect(
    page.getByText('A name holds no folder; slashes are not possible here.'),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: 'Export', exact: true })).toBeDisabled();
  await name.fill('{name}-clean.{ext}');
});

test('the residual is shown with gain and reading, the original while its key is held', async ({
  page,
}) => {
  await clean.openSample();
  await clean.cleaned();
  await page.keyboard.press('3');
  await expect(page.getByRole('radio', { name: 'Residual' })).toBeChecked();
  const gain = page.getByRole('slider', { name: 'Gain' });
  await gain.focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText('× 5', { exact: true })).toBeVisible();
  await expect(
    page.getByRole('img', { name: /what was removed, amplified 5 times/ }),
  ).toBeVisible();
  await page.getByRole('radio', { name: 'Residual' }).focus();
  await page.keyboard.down('\\');
  await expect(page.getByRole('img', { name: 'sample.jpg: original' })).toBeVisible();
  await page.keyboard.up('\\');
  await expect(page.getByRole('img', { name: /amplified 5 times/ })).toBeVisible();
});

test('a damaged file is named beside its thumbnail and the rest goes on', async ({ page }) => {
  await clean.open(
    await noisyPhoto('first.png', { width: 320, height: 240 }),
    brokenPhoto('broken.jpg'),
    await noisyPhoto('last.png', { width: 320, height: 240 }),
  );
  await clean.cleaned();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('alert')).toContainText('broken.jpg');
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  await expect(clean.photo('broken.jpg')).toContainText(/Damaged|Not an image|Not supported/);
  await page.keyboard.press('ArrowRight');
  await clean.cleaned();

  const zip = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export all 2' }).click();
  await expect(clean.photo('first.png')).toContainText('Exported', { timeout: 20_000 });
  await expect(clean.photo('last.png')).toContainText('Exported', { timeout: 20_000 });
  await expect(page.getByText('2 photos exported as one ZIP')).toBeVisible();
  const files = filesOfZip(await readFile(await (await zip).path()));
  expect([...files.keys()]).toEqual(['first-clean.png', 'last-clean.png']);
  expect((await sharp(files.get('last-clean.png')).metadata()).width).toBe(320);
  await page.getByRole('button', { name: 'Dismiss' }).click();
});

test('all are exported into a picked folder: names of its own, what was there stays', async ({
  page,
}) => {
  // A folder of the browser's own, since a test can not answer its dialog.
  await page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory();
    await folder.getFileHandle('a-clean.png', { create: true });
    Object.assign(window, { showDirectoryPicker: () => Promise.resolve(folder) });
  });
  await clean.open(
    await noisyPhoto('a.png', { width: 320, height: 240 }),
    await noisyPhoto('b.png', { width: 320, height: 240 }),
  );
  await clean.cleaned();
  await page.keyboard.press('Control+Shift+e');
  await expect(clean.photo('a.png')).toContainText('Exported', { timeout: 20_000 });
  await expect(clean.photo('b.png')).toContainText('Exported', { timeout: 20_000 });
  await expect(page.getByText(/^2 photos exported into “/)).toBeVisible();
  const sizes = await page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory();
    const size = async (name: string) => (await (await folder.getFileHandle(name)).getFile()).size;
    return Promise.all(['a-clean.png', 'a-clean-2.png', 'b-clean.png'].map(size));
  });
  expect(sizes[0]).toBe(0);
  expect(Math.min(...sizes.slice(1))).toBeGreaterThan(10_000);

  // Whoever leaves the question has exported nothing.
  await page.evaluate(() =>
    Object.assign(window, {
      showDirectoryPicker: () => Promise.reject(new DOMException('', 'AbortError')),
    }),
  );
  await page.keyboard.press('Control+Shift+e');
  await expect(page.getByText('Nothing was exported: no folder was chosen.').first()).toBeVisible();
});

test('a kept result stands beside the next one, each labelled with what made it', async ({
  page,
}) => {
  await clean.openSample();
  await clean.cleaned();
  await expect(page.getByRole('button', { name: 'Keep', exact: true })).toBeEnabled();
  await page.keyboard.press('k');
  await expect(page.getByRole('button', { name: 'Kept' })).toHaveAttribute('aria-pressed', 'true');
  await clean.slider('Strength').focus();
  await page.keyboard.press('Home');
  for (let press = 0; press < 4; press++) await page.keyboard.press('Shift+ArrowRight');
  await clean.cleaned();
  const picture = page.getByRole('img', { name: /^sample\.jpg/ });
  await expect(picture).toHaveAccessibleName(
    'sample.jpg: kept result left of the divider, cleaned right of it',
  );
  await expect(page.getByText('Kept 100 %, Photo · fast', { exact: true })).toBeVisible();
  await expect(page.getByText('Cleaned 40 %, Photo · fast', { exact: true })).toBeVisible();
  await expectNothingSerious(page);

  await page.getByRole('button', { name: 'Use its settings' }).click();
  await expect(clean.slider('Strength')).toHaveAttribute('aria-valuenow', '100');
  await page.keyboard.press('k');
  await expect(page.getByText(/Compared with the result that you kept/)).toHaveCount(0);
  await expect(picture).toHaveAccessibleName(/original left of the divider/);
});

test('settings are copied to other photos', async ({ page }) => {
  await clean.open(
    await noisyPhoto('a.png', { width: 320, height: 240 }),
    await noisyPhoto('b.png', { width: 320, height: 240 }),
  );
  await clean.cleaned();
  await clean.slider('Strength').press('End');
  await clean.slider('Chroma').press('Home');
  await page.keyboard.press('Control+c');
  await clean.photo('b.png').click();
  await clean.cleaned();
  await expect(clean.slider('Strength')).not.toHaveAttribute('aria-valuenow', '200');
  await page.keyboard.press('Control+v');
  await expect(clean.slider('Strength')).toHaveAttribute('aria-valuenow', '200');
  await expect(clean.slider('Chroma')).toHaveAttribute('aria-valuenow', '0');
  await page.keyboard.press('Control+z');
  await expect(clean.slider('Chroma')).toHaveAttribute('aria-valuenow', '100');
});

test('cancel keeps what is there, says so, and resumes', async ({ page }) => {
  await clean.open(await noisyPhoto('large.png', { width: 3000, height: 2000 }));
  await expect(clean.state).toContainText(/Preview, cleaning: \d+ of \d+ tiles/, {
    timeout: 30_000,
  });
  await page.keyboard.press('Escape');
  await expect(clean.state).toContainText('Cancelled.');
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(clean.state).toContainText('cleaning', { timeout: 20_000 });
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(clean.state).toContainText('Cancelled.');
});

test('an engine that is killed is named with its file, and the next file works', async ({
  page,
}) => {
  const engine = engineOf(host.pid);
  test.skip(engine === null, 'this system can not list processes with ps');
  await clean.open(
    await noisyPhoto('fatal.png', { width: 3000, height: 2000 }),
    await noisyPhoto('next.png', { width: 320, height: 240 }),
  );
  await expect(clean.state).toContainText(/cleaning: \d+ of/, { timeout: 30_000 });
  process.kill(engine!, 'SIGKILL');
  await expect(page.getByText(/engine ended unexpectedly/i).first()).toBeVisible();
  await expect(clean.photo('fatal.png')).toContainText('Engine ended', { timeout: 20_000 });
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  await clean.photo('next.png').click();
  await clean.cleaned();
  expect(engineOf(host.pid)).not.toBe(engine);
});

test('files arrive by drop and by paste, and the window says where they land', async ({ page }) => {
  const photo = await noisyPhoto('dropped.png', { width: 320, height: 240 });
  const send = (type: 'dragover' | 'drop' | 'paste', name: string) =>
    page.evaluate(
      ({ kind, file, base64 }) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const carried = new DataTransfer();
        carried.items.add(new File([bytes], file, { type: 'image/png' }));
        const event =
          kind === 'paste'
            ? new ClipboardEvent(kind, { clipboardData: carried, bubbles: true, cancelable: true })
            : new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true });
        document.body.dispatchEvent(event);
      },
      { kind: type, file: name, base64: photo.buffer.toString('base64') },
    );
  // The empty state's words do not show through, nor do those of a photo stand under a veil that is opaque.
  const overlay = page.locator('.overlay');
  const opacity = (): Promise<number> =>
    overlay.evaluate((element) => {
      const context = document.createElement('canvas').getContext('2d')!;
      context.fillStyle = getComputedStyle(element).backgroundColor;
      context.fillRect(0, 0, 1, 1);
      return context.getImageData(0, 0, 1, 1).data[3]! / 255;
    });
  await send('dragover', 'dropped.png');
  await expect(page.getByText('Open 1 file', { exact: true })).toBeVisible();
  expect(await opacity()).toBe(1);
  await send('drop', 'dropped.png');
  await expect(page.getByText('Open 1 file', { exact: true })).toHaveCount(0);
  await clean.cleaned();
  await send('dragover', 'dropped.png');
  await expect(overlay).toBeVisible();
  expect(await opacity()).toBeLessThan(1);
  await send('drop', 'dropped.png');
  await expect(overlay).toHaveCount(0);
  await send('paste', 'image.png');
  await expect(clean.photo('pasted.png')).toHaveAttribute('aria-selected', 'true');
  await expect(clean.photos).toHaveCount(2);
});

test('Tab hides the panels after a click on the picture, and moves the focus otherwise', async ({
  page,
}) => {
  await clean.openSample();
  await clean.cleaned();
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await page.locator('[data-picture] canvas').click({ position: { x: 40, y: 200 } });
  await page.keyboard.press('Tab');
  await expect(inspector).toHaveCount(0);
  await expect(clean.photos).toHaveCount(0);
  await page.keyboard.press('f');
  await expect(inspector).toBeVisible();
  await clean.slider('Detail').focus();
  await page.keyboard.press('Tab');
  await expect(inspector).toBeVisible();
});

test('a start finds Export, whatever was hidden at the last one', async ({ page }) => {
  await clean.openSample();
  await clean.cleaned();
  const exports = page.getByRole('button', { name: 'Export', exact: true });
  await expect(exports).toBeVisible();
  await page.locator('[data-picture] canvas').click({ position: { x: 40, y: 200 } });
  const saved = clean.saved('preferences', /"inspectorWidth"/);
  await page.keyboard.press('Tab');
  await expect(exports).toHaveCount(0);
  // A way back is in sight meanwhile.
  await expect(page.getByRole('button', { name: 'Inspector' })).toBeVisible();
  await saved;
  await page.reload();
  await expect(exports).toBeVisible({ timeout: 20_000 });
  await expect(clean.photos).toHaveCount(1);
});

test('the strip shows the result where there is one, and says so', async () => {
  // No larger than a tile, so that its coarsest level is the picture itself.
  await clean.open(await noisyPhoto('small.png', { width: 240, height: 160 }));
  await clean.cleaned();
  const photo = clean.photo('small.png');
  await expect(photo.getByText('Cleaned', { exact: true })).toBeVisible();
  await expect(photo.locator('img')).toBeHidden();
  /** Mean difference between neighbours, 8-bit steps: little where noise is gone. */
  const roughness = (): Promise<number> =>
    photo.evaluate((item) => {
      const [shown] = [...item.querySelectorAll('img, canvas')].filter((one) =>
        one.checkVisibility(),
      ) as (HTMLImageElement | HTMLCanvasElement)[];
      const copy = document.createElement('canvas');
      [copy.width, copy.height] = [120, 80];
      const context = copy.getContext('2d')!;
      // A piece of it, pixel by pixel.
      context.drawImage(shown!, 0, 0, 60, 40, 0, 0, 60, 40);
      const { data } = context.getImageData(0, 0, 60, 40);
      let sum = 0;
      for (let at = 4; at < data.length; at += 4) sum += Math.abs(data[at]! - data[at - 4]!);
      return sum / (data.length / 4);
    });
  const cleaned = await roughness();
  expect(cleaned).toBeGreaterThan(0);
  // Where nothing is cleaned there is no result: the original again.
  await clean.slider('Strength').press('Home');
  await expect(photo.locator('img')).toBeVisible();
  await expect(photo.getByText('Cleaned', { exact: true })).toHaveCount(0);
  expect(await roughness()).toBeGreaterThan(cleaned * 2);
});

test('thirty photos stay in the strip, are walked by arrows and removed', async ({ page }) => {
  const photo = await noisyPhoto('x.png', { width: 96, height: 64 });
  await clean.open(
    ...Array.from({ length: 30 }, (_, index) => ({ ...photo, name: `IMG_${1000 + index}.png` })),
  );
  await expect(clean.photos).toHaveCount(30);
  await clean.cleaned();
  // From anywhere, the picture for one.
  await page.locator('[data-picture] canvas').click({ position: { x: 40, y: 200 } });
  await page.keyboard.press('End');
  await expect(clean.photo('IMG_1029.png')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Home');
  await expect(clean.photo('IMG_1000.png')).toHaveAttribute('aria-selected', 'true');
  // In a slider they are the slider's.
  await clean.slider('Detail').press('End');
  await expect(clean.photo('IMG_1000.png')).toHaveAttribute('aria-selected', 'true');
  await clean.photo('IMG_1000.png').focus();
  await page.keyboard.press('End');
  await expect(clean.photo('IMG_1029.png')).toHaveAttribute('aria-selected', 'true');
  await expect(clean.photo('IMG_1029.png')).toBeInViewport();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(page.getByRole('button', { name: 'Export 2', exact: true })).toBeVisible();
  await page.keyboard.press('Delete');
  await expect(clean.photos).toHaveCount(28);
});

test('a neighbour is made ready while nothing else is done, and only shown when it comes', async ({
  page,
}) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('api/run/preview'))
      asked.push((request.postDataJSON() as { document: string }).document);
  });
  const answered: string[] = [];
  page.on('response', (response) => {
    const request = response.request();
    if (request.url().includes('api/run/preview'))
      answered.push((request.postDataJSON() as { document: string }).document);
  });
  const photo = await noisyPhoto('x.png', { width: 480, height: 320 });
  await clean.open(...['a', 'b', 'c'].map((name) => ({ ...photo, name: `${name}.png` })));
  await clean.cleaned();
  const second = await clean.photo('b.png').getAttribute('data-entry');
  await expect.poll(() => answered.includes(second!), { timeout: 30_000 }).toBe(true);
  await clean.photo('a.png').focus();
  await page.keyboard.press('ArrowRight');
  await expect(clean.photo('b.png')).toHaveAttribute('aria-selected', 'true');
  await clean.cleaned();
  expect(asked.filter((document) => document === second)).toHaveLength(1);
});

test('a cleaned photo is exported at a wanted size, or fails and says the smallest', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1366, height: 768 });
  await clean.open(await noisyPhoto('share.jpg', { width: 320, height: 240 }));
  await clean.cleaned();
  await page.getByText('For sharing').click();
  const size = page.getByRole('textbox', { name: 'At most' });
  await size.fill('small');
  await size.press('Enter');
  await expect(page.getByText('Type a size, for example')).toBeVisible();
  await size.fill('12KB');
  await size.press('Enter');
  await expect(size).not.toBeFocused();
  await expect(page.getByText('The best that fits')).toBeVisible();
  await expectNothingSerious(page);
  await page.getByRole('button', { name: 'Show the exact size' }).click();
  const shown = page.getByText(/^[\d,]+\sbytes at quality \d+$/);
  await expect(shown).toBeVisible();
  await expect(page.getByText(/^Quality \d+: 1[2-9],?\d{3}\sbytes$/)).toBeVisible();
  const said = bytesSaid(await shown.textContent());
  await expectNothingSerious(page);
  await page.screenshot({ path: test.info().outputPath('size.png') });
  const downloading = page.waitForEvent('download');
  await page.keyboard.press('Control+e');
  const written = await readFile(await (await downloading).path());
  expect(said).toBe(written.length);
  expect(written.length).toBeLessThanOrEqual(12_000);
  expect(written.length).toBeGreaterThan(9_000);

  await size.fill('100');
  await size.press('Enter');
  // Said before anything is exported, and again by the export.
  await expect(page.getByRole('status').getByText('the smallest, at quality 1')).toBeVisible();
  await page.keyboard.press('Control+e');
  await expect(page.getByText('Not exported.').first()).toContainText('the smallest, at quality 1');
});
