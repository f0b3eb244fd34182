/** The Compress workspace in the browser host, with the real engine and network behind it. */
import { expect, test } from '@playwright/test';
import { readFile, stat } from 'node:fs/promises';
import sharp from 'sharp';
import { expectNothingSerious } from './accessibility.ts';
import { bytesSaid, noisyPhoto } from './clean-page.ts';
import { madeDicom } from '../unit/scans/made-dicom.ts';
import { CompressPage, missing, psnrOf, scan } from './compress-page.ts';
import { filesOfZip } from '../zip.ts';
import { startWebHost, type WebHost } from './web-host.ts';

test.skip(missing !== null, missing ?? '');
test.setTimeout(180_000);

let host: WebHost;
let compress: CompressPage;

test.beforeAll(async () => {
  host = await startWebHost();
});
test.afterAll(() => host?.stop());
test.beforeEach(async ({ page }) => {
  compress = new CompressPage(page);
  await compress.goto(host.address);
});

const sample = 'build/sample/sample.jpg';
const number = (text: string | null): number =>
  Number(/[\d.]+/.exec((text ?? '').replace(',', ''))?.[0] ?? NaN);

test('by keyboard: compress, change the quality, export, open it again, decode it', async ({
  page,
}) => {
  await compress.openSample();
  await compress.compressed();
  await compress.dial.focus();
  for (let press = 0; press < 2; press++) await page.keyboard.press('Shift+ArrowLeft');
  await expect(compress.dial).toHaveAttribute('aria-valuenow', '40');
  await compress.compressed(40);
  await expect(
    page.getByRole('img', { name: /original left of the divider, compressed right of it/ }),
  ).toBeVisible();
  const result = compress.panel('Result');
  const shownPsnr = number(await result.getByText(/dB$/).textContent());

  const file = await compress.exportAndOpen();
  expect(file.name).toBe('sample.hgl');
  expect(file.buffer.length).toBeLessThan(0.8 * (await readFile(sample)).length);
  const facts = compress.panel('Latent file');
  await expect(facts.getByText(/all intact/)).toBeVisible({ timeout: 60_000 });
  await expect(facts).toContainText(/Quality\s*40/);
  await expect(page.getByRole('img', { name: 'sample.hgl: decoded' })).toBeVisible();

  const decoded = await compress.export();
  expect(decoded.suggestedFilename()).toBe('sample-decoded.png');
  const picture = await readFile(await decoded.path());
  const psnr = await psnrOf(await readFile(sample), picture);
  // What was said of the picture on the screen is true of the file on the disk.
  expect(Math.abs(psnr - shownPsnr)).toBeLessThan(0.15);
  expect(psnr).toBeGreaterThan(24);
});

test('the size said is the size written, and undo goes back to it', async ({ page }) => {
  await compress.openSample();
  await compress.compressed();
  const said = number(await compress.panel('Result').locator('.size').textContent());
  const download = await compress.export();
  const { length } = await readFile(await download.path());
  expect(Math.abs(length / 1000 - said)).toBeLessThan(0.06 * Math.max(1, said / 10));
  await expect(compress.photo('sample.jpg')).toContainText('Exported');
  const typed = page.getByRole('textbox', { name: 'Quality, number' });
  await typed.fill('75');
  await typed.press('Enter');
  await expect(compress.photo('sample.jpg')).toContainText(/Changed since|Compressing/);
  await compress.compressed(75);
  const larger = number(await compress.panel('Result').locator('.size').textContent());
  expect(larger).toBeGreaterThan(said);
  await compress.dial.focus();
  await page.keyboard.press('Control+z');
  await compress.compressed(60);
  await compress.dial.press('ArrowRight');
  await expect(compress.dial).toHaveAttribute('aria-valuenow', '61');
  await compress.dial.dblclick();
  await expect(compress.dial).toHaveAttribute('aria-valuenow', '60');
});

test('the chart tells sizes in a table too, and sets the quality', async ({ page }) => {
  await compress.openSample();
  await compress.compressed();
  await compress.charted();
  await page.getByText('As a table').click();
  const sizes = await compress
    .panel('Size by quality')
    .locator('tbody td:nth-child(2)')
    .allTextContents();
  expect(sizes.length).toBeGreaterThanOrEqual(7);
  const inBytes = sizes.map((text) => number(text) * (text.includes('MB') ? 1000 : 1));
  expect([...inBytes].sort((a, b) => a - b)).toEqual(inBytes);
  await compress.chart.focus();
  await page.keyboard.press('PageDown');
  await expect(compress.dial).toHaveAttribute('aria-valuenow', '50');
  await expect(compress.chart).toHaveAttribute('aria-valuetext', /^Quality 50: .*kB/);
  const box = (await compress.chart.boundingBox())!;
  await page.mouse.click(box.x + 46 + (box.width - 54) * 0.25, box.y + box.height / 2);
  const clicked = Number(await compress.dial.getAttribute('aria-valuenow'));
  expect(clicked).toBeGreaterThanOrEqual(24);
  expect(clicked).toBeLessThanOrEqual(28);
  await compress.compressed(clicked);
});

test('a wanted size is met by the best quality that fits, and is what is written', async ({
  page,
}) => {
  await compress.openSample();
  await compress.compressed();
  await page.getByRole('radio', { name: 'Size', exact: true }).click();
  const size = page.getByRole('textbox', { name: 'At most' });
  await size.fill('large');
  await size.press('Enter');
  await expect(
    page.getByText('Type a size such as 500 KB or 1.5 MB; a bare number means bytes.'),
  ).toBeVisible();
  await size.fill('20 KB');
  await size.press('Enter');
  await expect(page.getByText(/Quality \d+ is the best that fits\./)).toBeVisible({
    timeout: 120_000,
  });
  const download = await compress.export();
  const { length } = await readFile(await download.path());
  expect(length).toBeLessThanOrEqual(20_000);
  expect(length).toBeGreaterThan(18_000);
});

for (const [name, label] of [
  ['jpeg', 'JPEG'],
  ['webp', 'WebP'],
] as const)
  test(`${label} of the same size stands left of the divider`, async ({ page }) => {
    await compress.openSample();
    await compress.compressed();
    // So much noise at quality 60 is more than the largest WebP holds, and a JPEG's steps are wide there.
    await compress.dial.focus();
    for (let press = 0; press < 4; press++) await page.keyboard.press('Shift+ArrowLeft');
    await compress.compressed(20);
    await page.getByRole('radio', { name: label }).click();
    await expect(
      page.getByRole('img', {
        name: `sample.jpg: ${label} left of the divider, compressed right of it`,
      }),
    ).toBeVisible({ timeout: 60_000 });
    const rows = compress.panel('Compare with').locator('tbody tr');
    await expect(rows).toHaveCount(2);
    const [own, other] = (await rows.locator('td:nth-child(2)').allTextContents()).map(number);
    expect(Math.abs(other! / own! - 1)).toBeLessThan(0.25);
    // Saved as it is, at the size that was said.
    const downloading = page.waitForEvent('download');
    const button = page.getByRole('button', { name: new RegExp(`^Export this ${label}`) });
    const said = number((await button.textContent())!.split('(')[1]!);
    await button.click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(new RegExp(`^sample(-small)?\\.(${name}|jpg)$`));
    const { size } = await stat(await download.path());
    expect(Math.abs(size / 1000 / said - 1)).toBeLessThan(0.02);
    await page.keyboard.down('\\');
    await expect(page.getByRole('img', { name: 'sample.jpg: original' })).toBeVisible();
    await page.keyboard.up('\\');
    await page.keyboard.press('3');
    await expect(page.getByRole('img', { name: /what was changed, amplified/ })).toBeVisible();
    await page.keyboard.press('1');
    expect(name).toBe(label.toLowerCase());
  });

test('a photo of at most 20 KB as each format: the size that is said is the file’s', async ({
  page,
}) => {
  await compress.open(await noisyPhoto('share.jpg', { width: 320, height: 240 }));
  await compress.compressed();
  await page.getByRole('radio', { name: 'Size' }).click();
  const size = page.getByRole('textbox', { name: 'At most' });
  await size.fill('20KB');
  await size.press('Enter');
  await expect(page.getByText(/is the best that fits/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Show the exact size' }).click();
  for (const [format, ending] of [
    ['avif', 'avif'],
    ['webp', 'webp'],
    ['jpeg', 'jpg'],
    ['hgl', 'hgl'],
  ] as const) {
    await page.getByRole('combobox', { name: 'Format' }).selectOption(format);
    const shown = page.getByText(/^[\d,]+\sbytes at quality \d+$/);
    await expect(shown).toBeVisible({ timeout: 60_000 });
    const said = bytesSaid(await shown.textContent());
    if (format === 'avif') await expectNothingSerious(page);
    const download = await compress.export();
    expect(download.suggestedFilename()).toBe(`share.${ending}`);
    const { length } = await readFile(await download.path());
    expect(length).toBe(said);
    expect(length).toBeLessThanOrEqual(20_000);
    expect(length).toBeGreaterThan(14_000);
  }
});

test('a scan is compressed only after its loss was allowed, and is marked', async ({ page }) => {
  await compress.open(await scan('slice.png'));
  await expect(compress.state).toContainText('A scan is compressed only when you allow it.', {
    timeout: 30_000,
  });
  await expect(compress.dial).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('checkbox', { name: 'Allow loss for this scan' }).check();
  await compress.compressed();
  await compress.exportAndOpen();
  await expect(compress.panel('Latent file')).toContainText('A scan, stored with a loss', {
    timeout: 60_000,
  });
});

test('a CT keeps sign, unit and window, and says its largest error and what is lossless', async ({
  page,
}) => {
  const [width, height] = [128, 96];
  const words = Int16Array.from({ length: width * height }, (_, i) =>
    Math.round(-900 + 12 * (i % width) + 3 * Math.floor(i / width)),
  );
  const buffer = madeDicom(
    {
      '0028,0010': ['US', height],
      '0028,0011': ['US', width],
      '0028,0103': ['US', 1],
      '0028,1050': ['DS', '40'],
      '0028,1051': ['DS', '400'],
      '0028,1052': ['DS', '0'],
      '0028,1053': ['DS', '1'],
    },
    words,
  );
  await compress.open({ name: 'ct.dcm', mimeType: 'application/dicom', buffer });
  await page.getByRole('checkbox', { name: 'Allow loss for this scan' }).check();
  await compress.compressed();
  await expect(compress.panel('Result')).toContainText(/Largest error\s*[\d.]+\u00a0HU/);
  await expect(compress.panel('Result')).toContainText(
    /Lossless instead\s*[\d.]+\u00a0?\s?(B|kB|bytes)/,
  );
  await compress.exportAndOpen();
  await expect(compress.panel('Latent file')).toContainText('with a sign, × 1 + 0 HU', {
    timeout: 60_000,
  });
  if (process.env.HOURGLASS_SHOTS) await page.screenshot({ path: process.env.HOURGLASS_SHOTS });
});

test('a damaged file is shown with its damaged tiles named', async ({ page }) => {
  await compress.open(await noisyPhoto('wide.png', { width: 1200, height: 400 }));
  await compress.compressed();
  // Far from both ends lie the streams of tiles.
  await compress.exportAndOpen((bytes) => {
    const damaged = Buffer.from(bytes);
    const at = Math.floor(bytes.length * 0.6);
    damaged[at] = damaged[at]! ^ 0x55;
    return damaged;
  });
  await expect(
    page.getByRole('alert').filter({ hasText: /damaged: column \d, row 1/ }),
  ).toBeVisible({ timeout: 60_000 });
  await expect(compress.photo('wide.hgl')).toContainText('Damaged');
});

test('a file that would be larger than its source is called so', async () => {
  const flat = await sharp({
    create: { width: 64, height: 64, channels: 3, background: '#607080' },
  })
    .png()
    .toBuffer();
  await compress.open({ name: 'flat.png', mimeType: 'image/png', buffer: flat });
  await compress.compressed();
  await expect(compress.panel('Result')).toContainText('Larger than the source');
});

test('cancel keeps what is there, says so, and resumes', async ({ page }) => {
  await compress.open(await noisyPhoto('large.png', { width: 3600, height: 2400 }));
  await expect(compress.state).toContainText('Compressing at quality 60', { timeout: 30_000 });
  await page.keyboard.press('Escape');
  await expect(compress.state).toContainText('Cancelled.');
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(compress.state).toContainText('Compressing', { timeout: 20_000 });
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(compress.state).toContainText('Cancelled.');
});

test('the workspaces share the file, the zoom and the place', async ({ page }) => {
  await compress.openSample();
  await compress.compressed();
  await page.keyboard.press('Control+2');
  await page.keyboard.press('d');
  await expect(compress.tab('Clean')).toHaveAttribute('aria-current', 'page');
  await compress.cleaned();
  await expect(page.getByRole('button', { name: '200 %' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('c');
  // The decoded picture is still there: nothing is made twice.
  await compress.compressed();
  await expect(page.getByRole('button', { name: '200 %' })).toHaveAttribute('aria-pressed', 'true');
});

test('one set of settings goes to all photos, and all are exported', async ({ page }) => {
  await compress.open(
    await noisyPhoto('a.png', { width: 320, height: 240 }),
    await noisyPhoto('b.png', { width: 320, height: 240 }),
  );
  await compress.compressed();
  await compress.dial.focus();
  await page.keyboard.press('Home');
  await page.getByRole('button', { name: 'Use these settings for all 2 photos' }).click();
  const zip = page.waitForEvent('download', { timeout: 90_000 });
  await page.getByRole('button', { name: 'Export all 2' }).click();
  const files = filesOfZip(await readFile(await (await zip).path()));
  expect([...files.keys()]).toEqual(['a.hgl', 'b.hgl']);
  await compress.photo('b.png').click();
  await expect(compress.dial).toHaveAttribute('aria-valuenow', '1');
});
