/** A DICOM series in the window: one entry, its slices by wheel and key, which values are seen, what is measured, whose it is. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { parseDicom } from '../../app/scans/dicom/file.ts';
import { uniform } from '../random.ts';
import { filesOfZip } from '../zip.ts';
import { madeDicom } from '../unit/scans/made-dicom.ts';
import { expectNothingSerious } from './accessibility.ts';
import { CleanPage, type TestFile } from './clean-page.ts';
import { startWebHost, type WebHost } from './web-host.ts';

let host: WebHost;
test.beforeAll(async () => {
  host = await startWebHost();
});
test.afterAll(() => host.stop());

/** 96 × 64 pixels of about 100 HU each, 20 more in every slice, with noise. */
function slice(place: number): TestFile {
  const next = uniform(place + 1);
  const words = Uint16Array.from({ length: 96 * 64 }, () =>
    Math.round(1124 + 20 * place + (next() + next() - 1) * 60),
  );
  const buffer = madeDicom(
    {
      '0008,0008': ['CS', 'ORIGINAL\\PRIMARY\\AXIAL'],
      '0008,0018': ['UI', `1.2.3.${place}`],
      '0010,0010': ['PN', 'Doe^Jane'],
      '0010,0020': ['LO', 'P-17'],
      '0020,000e': ['UI', '1.2.9'],
      '0020,0032': ['DS', `0\\0\\${2 * place}`],
      '0020,0037': ['DS', '1\\0\\0\\0\\1\\0'],
      '0028,0010': ['US', 64],
      '0028,0011': ['US', 96],
      '0028,0030': ['DS', '0.5\\0.5'],
      '0028,1050': ['DS', '100'],
      '0028,1051': ['DS', '301'],
      '0028,1052': ['DS', '-1024'],
      '0028,1053': ['DS', '1'],
    },
    words,
  );
  // Names in another order than places.
  return { name: `s${9 - place}.dcm`, mimeType: 'application/dicom', buffer };
}

test('a series is looked at, measured and cleaned', async ({ page }) => {
  const clean = new CleanPage(page);
  await clean.goto(host.address);
  await clean.open(...[3, 0, 2, 1].map(slice));
  await expect(clean.photos).toHaveCount(1);
  const group = page.getByRole('group', { name: 'Slices' });
  await expect(group).toContainText('Slice 1 of 4', { timeout: 40_000 });
  await expect(clean.photos.first()).toContainText('4');
  await expect(page.getByText('Not for diagnosis')).toBeVisible();
  // One tone has no noise of colour.
  await expect(clean.slider('Detail')).toBeVisible();
  await expect(clean.slider('Chroma')).toHaveCount(0);
  const over = page.locator('[data-scan-overlay]');
  await expect(over).toContainText('Doe, Jane (P-17)');
  for (const letter of ['R', 'L', 'A', 'P'])
    await expect(over.getByText(letter, { exact: true })).toBeVisible();

  // Which values are seen.
  const level = page.getByRole('textbox', { name: 'Level in HU' });
  const width = page.getByRole('textbox', { name: 'Width in HU' });
  await expect(level).toHaveValue('99.5');
  await expect(width).toHaveValue('300');
  const window = page.getByRole('combobox', { name: 'Window' });
  await page.keyboard.press('w');
  await expect(window).toHaveValue('softTissue');
  await expect(width).toHaveValue('400');
  await window.selectOption('lung');
  await expect(level).toHaveValue('-600');
  await level.fill('50');
  await level.press('Enter');
  await expect(window).toHaveValue('own');
  const canvas = page.locator('[data-picture] canvas');
  const box = (await canvas.boundingBox())!;
  const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(0.3, 0.3));
  await page.mouse.down({ button: 'right' });
  await page.mouse.move(...at(0.4, 0.3), { steps: 3 });
  await page.mouse.up({ button: 'right' });
  await expect.poll(async () => Number(await width.inputValue())).toBeGreaterThan(1500);
  await expect(level).toHaveValue('50');

  // Another slice keeps them, and is another picture.
  await page.mouse.wheel(0, 120);
  await expect(group).toContainText(/Slice [23] of 4/);
  await expect(level).toHaveValue('50');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  await expect(group).toContainText('Slice 4 of 4');
  await clean.cleaned();

  // What is there, in the original and in the result.
  await page.keyboard.press('m');
  await page.mouse.move(...at(0.42, 0.42));
  await page.mouse.down();
  await page.mouse.move(...at(0.47, 0.5), { steps: 3 });
  await page.mouse.up();
  const panel = page.locator('[data-measure]');
  await expect(panel).toContainText('Cleaned');
  const said = await panel.locator('dd').allTextContents();
  const [original, cleaned] = said.map((text) => text.match(/[\d.]+/g)!.map(Number));
  // Slice 4 is the one at the fourth place: 160 HU.
  expect(original![0]!).toBeGreaterThan(150);
  expect(original![0]!).toBeLessThan(170);
  expect(Math.abs(cleaned![0]! - original![0]!)).toBeLessThan(5);
  expect(cleaned![1]!).toBeLessThan(original![1]! / 2);
  await expect(panel).toContainText(' mm');
  await expectNothingSerious(page);
  await page.keyboard.press('m');
  await expect(panel).toBeHidden();
  await page.keyboard.press('o');
  await expect(over).toBeHidden();
  // The film runs until it is stopped. Which slice a look finds is chance, so the looks only ask that it moves.
  const shown = async () => (await group.textContent())!.match(/Slice \d/)![0];
  const before = await shown();
  await page.keyboard.press('p');
  await expect.poll(shown).not.toBe(before);
  await page.keyboard.press('p');
  const stopped = await shown();
  await page.waitForTimeout(1000);
  expect(await shown()).toBe(stopped);

  // Written as it came: a derived object for each slice, under the name of its own file, all of one new series.
  const zip = page.waitForEvent('download', { timeout: 90_000 });
  await page.keyboard.press('ControlOrMeta+e');
  const files = filesOfZip(await readFile(await (await zip).path()));
  expect([...files.keys()].sort()).toEqual([6, 7, 8, 9].map((name) => `s${name}-clean.dcm`));
  const heads = [...files.values()].map((bytes) => parseDicom(bytes, 'cleaned.dcm').dataSet);
  expect(new Set(heads.map((head) => head.string('x0020000e'))).size).toBe(1);
  expect(heads[0]!.string('x0020000e')).not.toBe('1.2.9');
  expect(new Set(heads.map((head) => head.string('x00080018'))).size).toBe(4);
  expect(heads.map((head) => head.string('x00100020'))).toEqual(Array(4).fill('P-17'));
});
