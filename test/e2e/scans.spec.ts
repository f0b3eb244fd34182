/** A DICOM series in the window: one entry, its slices by wheel and key, which values are seen, what is measured, whose it is. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Locator, type Page } from '@playwright/test';
import sharp from 'sharp';
import { parseDicom } from '../../app/scans/dicom/file.ts';
import { uniform } from '../random.ts';
import { filesOfZip } from '../zip.ts';
import { madeDicom } from '../unit/scans/made-dicom.ts';
import { dicomdir } from '../unit/scans/made-dicomdir.ts';
import { expectNothingSerious } from './accessibility.ts';
import { CleanPage, type TestFile } from './clean-page.ts';
import { startWebHost, type WebHost } from './web-host.ts';

let host: WebHost;
test.beforeAll(async () => {
  host = await startWebHost();
});
test.afterAll(() => host.stop());

/** 96 × 64 pixels of about 100 HU each, 20 more in every slice, with noise; names in another order than places. */
function slice(place: number, name = `s${9 - place}.dcm`): TestFile {
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
  return { name, mimeType: 'application/dicom', buffer };
}

test('a DICOMDIR that comes with its files becomes their series, and names what is missing', async ({
  page,
}) => {
  const clean = new CleanPage(page);
  await clean.goto(host.address);
  const named = ['IM0', 'IM1', 'IM2', 'IM9'].map((file, at) => ({ next: at + 2, file }));
  const index = dicomdir([{ lower: 1 }, ...named]);
  const files = [0, 1, 2].map((place) => slice(place, `IM${place}`));
  await clean.open({ name: 'DICOMDIR', mimeType: '', buffer: index }, ...files);
  await expect(clean.photos).toHaveCount(1);
  await expect(page.getByRole('group', { name: 'Slices' })).toContainText('of 3', {
    timeout: 40_000,
  });
  const said = page.getByText('DICOMDIR names 4 files, and one is not beside it: IM9.');
  await expect(said).toBeVisible();
  if (process.env.HOURGLASS_SHOTS) await page.screenshot({ path: process.env.HOURGLASS_SHOTS });
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(said).toHaveCount(0);
});

test('a series is looked at, measured and cleaned', async ({ page }) => {
  const clean = new CleanPage(page);
  await clean.goto(host.address);
  await clean.open(...[3, 0, 2, 1].map((place) => slice(place)));
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
  await expect(window).toHaveValue('soft-tissue');
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
  await page.mouse.move(...at(0.25, 0.2));
  await page.mouse.down();
  await page.mouse.move(...at(0.45, 0.8), { steps: 3 });
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
  await page.keyboard.press('p');
  await expect(group).toContainText('Slice 2 of 4');
  await page.keyboard.press('p');

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

/** The dialog for a folder answers with one of the browser's own, since a test can not. */
const picking = (page: Page, name: string): Promise<void> =>
  page.evaluate(async (called) => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(called, { create: true });
    Object.assign(window, { showDirectoryPicker: () => Promise.resolve(folder) });
  }, name);

test('a series is written into a picked folder, a file for each slice, and counted as that', async ({
  page,
}) => {
  const clean = new CleanPage(page);
  await clean.goto(host.address);
  await picking(page, 'archive');
  await clean.open(...[0, 1, 2].map((place) => slice(place)));
  await clean.cleaned();
  await expect(page.getByRole('region', { name: 'Film strip' })).toContainText('1 scan');
  await page.keyboard.press('ControlOrMeta+e');
  await expect(page.getByText('3 files exported into “archive”')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/^Exported, 3 files, /)).toBeVisible();
  // That would be the last of them.
  await expect(page.getByRole('button', { name: 'Download again' })).toHaveCount(0);
  const written = await page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('archive');
    const read = async (name: string): Promise<[string, number[]]> => {
      const file = await (await folder.getFileHandle(name)).getFile();
      return [name, [...new Uint8Array(await file.arrayBuffer())]];
    };
    const names: string[] = [];
    for await (const name of (folder as unknown as Map<string, unknown>).keys()) names.push(name);
    return Promise.all(names.sort().map(read));
  });
  expect(written.map(([name]) => name)).toEqual([7, 8, 9].map((name) => `s${name}-clean.dcm`));
  const heads = written.map(([name, bytes]) => parseDicom(Buffer.from(bytes), name).dataSet);
  expect(heads.map((head) => head.elements['x7fe00010']!.length)).toEqual(Array(3).fill(12_288));
  expect(new Set(heads.map((head) => head.string('x0020000e'))).size).toBe(1);
});

test('an export into a folder that was cancelled is gone on with: no copies, and one series', async ({
  page,
}) => {
  const count = 24;
  const clean = new CleanPage(page);
  await clean.goto(host.address);
  await picking(page, 'again');
  await clean.open(...Array.from({ length: count }, (_, place) => slice(place, `c${place}.dcm`)));
  await clean.cleaned();
  await expect(page.locator('[data-written-as]')).toContainText('24 files, c0-clean.dcm …');
  /** Series of each file that is there. */
  const seriesThere = async (): Promise<ReadonlyMap<string, string>> => {
    const files = await page.evaluate(async () => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('again');
      const all: [string, number[]][] = [];
      for await (const name of (folder as unknown as Map<string, unknown>).keys()) {
        const file = await (await folder.getFileHandle(name)).getFile();
        all.push([name, [...new Uint8Array(await file.arrayBuffer())]]);
      }
      return all;
    });
    const series = ([name, bytes]: [string, number[]]): [string, string] => [
      name,
      parseDicom(Buffer.from(bytes), name).dataSet.string('x0020000e')!,
    ];
    return new Map(files.filter(([, bytes]) => bytes.length > 0).map(series));
  };
  await page.keyboard.press('ControlOrMeta+e');
  await expect.poll(async () => (await seriesThere()).size).toBeGreaterThan(1);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByText(/ files? exported into “again”/)).toBeVisible();
  const before = await seriesThere();
  expect(before.size).toBeLessThan(count);
  await page.keyboard.press('ControlOrMeta+e');
  await expect(page.getByText(`${count} files exported into “again”`)).toBeVisible({
    timeout: 60_000,
  });
  const after = await seriesThere();
  expect(after.size).toBe(count);
  expect(new Set([...before.values(), ...after.values()]).size).toBe(1);
});

test('slices that are scrolled through quickly are shown on the way, and no tile of one that was left is refused', async ({
  page,
}) => {
  const slices = 24;
  const clean = new CleanPage(page);
  const refused: string[] = [];
  const shown = new Set<string>();
  page.on('response', (response) => {
    const [, document] = /\/tiles\/([^/]+)\//.exec(response.url()) ?? [];
    if (document === undefined) return;
    if (response.ok()) shown.add(document);
    else refused.push(`${response.status()} ${response.url()}`);
  });
  await clean.goto(host.address);
  await clean.open(...Array.from({ length: slices }, (_, place) => slice(place, `q${place}.dcm`)));
  const group = page.getByRole('group', { name: 'Slices' });
  await expect(group).toContainText(`Slice 1 of ${slices}`, { timeout: 40_000 });
  const canvas = page.locator('[data-picture] canvas');
  const box = (await canvas.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (const way of [1, -1]) {
    for (let turn = 0; turn < slices; turn++) {
      await page.mouse.wheel(0, 120 * way);
      await page.waitForTimeout(15);
    }
    await expect(group).toContainText(`Slice ${way === 1 ? slices : 1} of ${slices}`);
  }
  await clean.cleaned();
  expect(refused).toEqual([]);
  // On a slow machine some are passed; not most of them.
  expect(shown.size).toBeGreaterThan(8);
});

test('a series is written smaller and without the name of its patient, which is said before', async ({
  page,
}) => {
  const clean = new CleanPage(page);
  await clean.goto(host.address);
  await clean.open(slice(0), slice(1));
  await clean.cleaned();
  const dicom = page.locator('details', { has: page.locator('summary', { hasText: 'DICOM' }) });
  await dicom.locator('summary').click();
  await page.getByRole('combobox', { name: 'Pixels' }).selectOption('jpeg-ls');
  await page.getByRole('checkbox', { name: 'De-identify' }).check();
  await page.getByRole('checkbox', { name: 'Dates and times' }).check();
  await expect(dicom.locator('summary')).toContainText('JPEG-LS');
  await expect(dicom.locator('summary')).toContainText('de-identified');
  await expect(page.getByText('burned into the pixels stays')).toBeVisible();
  await expectNothingSerious(page);
  const zip = page.waitForEvent('download', { timeout: 90_000 });
  await page.keyboard.press('ControlOrMeta+e');
  const without = [...filesOfZip(await readFile(await (await zip).path())).values()];
  expect(without).toHaveLength(2);
  for (const bytes of without) {
    const head = parseDicom(bytes, 'cleaned.dcm').dataSet;
    expect(bytes.includes('P-17')).toBe(false);
    expect(bytes.includes('Doe')).toBe(false);
    expect(head.string('x00020010')).toBe('1.2.840.10008.1.2.4.80');
    expect(head.string('x00120062')).toBe('YES');
  }
  // What became of which element is there for whoever wants it, by keys too.
  const fates = page.locator('details', { hasText: 'What became of the elements of 2' });
  const list = fates.locator('dl');
  await expect(list).toBeHidden();
  await fates.locator('summary').focus();
  await page.keyboard.press('Enter');
  await expect(list).toContainText(/Emptied\s*PatientName/);
  await page.keyboard.press('Tab');
  await expect(list).toBeFocused();
  // However long it is: how it is written, and the button that writes it, stay in sight.
  await dicom.locator('summary').click();
  await page.setViewportSize({ width: 1280, height: 720 });
  const pinned = [
    page.getByRole('combobox', { name: 'Format' }),
    page.getByRole('button', { name: 'Export', exact: true }),
  ];
  for (const one of pinned) await expect(one).toBeInViewport({ ratio: 1 });
  await expectNothingSerious(page);
});

/** A slice of 48 × 48 pixels of 1 × 1 mm, 2 mm from the next one. */
function ofVolume(
  letter: string,
  place: number,
  words: Uint16Array,
  { instance, series }: { readonly instance: string; readonly series: string },
): TestFile {
  const buffer = madeDicom(
    {
      '0008,0018': ['UI', `${instance}.${place}`],
      '0020,000e': ['UI', series],
      '0020,0032': ['DS', `0\\0\\${2 * place}`],
      '0020,0037': ['DS', '1\\0\\0\\0\\1\\0'],
      '0028,0010': ['US', 48],
      '0028,0011': ['US', 48],
      '0028,0030': ['DS', '1\\1'],
      '0028,1050': ['DS', '200'],
      '0028,1051': ['DS', '401'],
      '0028,1052': ['DS', '-1024'],
      '0028,1053': ['DS', '1'],
    },
    words,
  );
  const name = `${letter}${String(place).padStart(2, '0')}.dcm`;
  return { name, mimeType: 'application/dicom', buffer };
}

/** 48 × 48 × 12 voxels of 1 × 1 × 2 mm, brighter to the left, the back and the head. */
function leaning(place: number): TestFile {
  const next = uniform(place + 50);
  const words = Uint16Array.from({ length: 48 * 48 }, (_, at) =>
    Math.round(1024 + 4 * (at % 48) + 2 * Math.floor(at / 48) + 10 * place + next() * 30),
  );
  return ofVolume('v', place, words, { instance: '1.2.4', series: '1.2.10' });
}

test('a volume is seen in its planes, turned, and written as it is seen', async ({ page }) => {
  const clean = new CleanPage(page);
  await clean.goto(host.address);
  await clean.open(...Array.from({ length: 12 }, (_, place) => leaning(place)));
  const group = page.getByRole('group', { name: /^(Slices|Pages)$/ });
  await expect(group).toContainText('Slice 1 of 12', { timeout: 40_000 });
  const over = page.locator('[data-scan-overlay]');
  const letter = (edge: string) => over.locator(`.letters.${edge}`);

  // Turned on the screen: what lies at the edges follows.
  await expect(letter('left')).toHaveText('R');
  await page.keyboard.press('r');
  await expect(letter('top')).toHaveText('R');
  await page.keyboard.press('h');
  await expect(letter('right')).toHaveText('P');
  await page.keyboard.press('u');
  await expect(letter('left')).toHaveText('R');
  await expect(page.getByRole('button', { name: 'As stored' })).toHaveCount(0);

  // Another plane, through the middle of what was seen.
  await page.keyboard.press('6');
  await expect(group).toContainText('Page 25 of 48');
  await expect(letter('top')).toHaveText('H');
  await expect(letter('left')).toHaveText('R');
  const cross = page.locator('[data-cross]');
  await expect(cross).toHaveText('Cross-hair at x 23.5, y 24.0, z 0.0 mm');
  // It is cleaned out of its slices.
  await clean.cleaned(90_000);
  await expect(page.getByText('the slice in the middle of those')).toBeVisible();
  await expectNothingSerious(page);

  // The cross-hair by keys and by click; the next plane goes through it.
  const canvas = page.locator('[data-picture] canvas');
  await canvas.focus();
  await page.keyboard.press('Control+ArrowRight');
  await expect(cross).toHaveText(/x 24\.5, y 24\.0, z 0\.0/);
  const box = (await canvas.boundingBox())!;
  // Beside the divider.
  await page.mouse.click(box.x + box.width / 2 + 18, box.y + box.height / 2);
  await expect(cross).toHaveText(/y 24\.0, z 1[01]\.0/);
  const [, x, z] = /x ([\d.]+), y 24\.0, z ([\d.]+)/.exec((await cross.textContent())!)!;
  await page.getByRole('radio', { name: 'Sagittal' }).click();
  await expect(group).toContainText(`Page ${Math.round(Number(x)) + 1} of 48`);
  await expect(cross).toHaveText(new RegExp(`x ${Math.round(Number(x))}\\.0, y 24\\.0, z ${z}`));
  await expect(letter('left')).toHaveText('A');
  await page.mouse.move(box.x + box.width / 2 + 18, box.y + box.height / 2);
  await page.mouse.wheel(0, 120);
  // A notch is a page or two.
  await expect(cross).not.toHaveText(new RegExp(`x ${Math.round(Number(x))}\\.0`));
  await expect(cross).toHaveText(new RegExp(`y 24\\.0, z ${z}`));
  // Slices were cleaned already.
  await clean.cleaned();
  await page.keyboard.press('4');
  await expect(group).toContainText(/Slice [67] of 12/);
  await expect(cross).toHaveCount(0);

  // What is seen, as a picture of 8 bits; each slice under its own name.
  await page.getByRole('combobox', { name: 'Window' }).selectOption('bone');
  await page.getByRole('combobox', { name: 'Format' }).selectOption('png');
  await page.getByRole('combobox', { name: 'Values' }).selectOption('seen');
  await expect(page.getByText('written as the scan stands on the screen')).toBeVisible();
  await clean.cleaned();
  const zip = page.waitForEvent('download', { timeout: 90_000 });
  await page.keyboard.press('ControlOrMeta+e');
  const files = filesOfZip(await readFile(await (await zip).path()));
  expect(files.size).toBe(12);
  expect([...files.keys()].sort()[3]).toBe('v03-clean.png');
  const picture = sharp(files.get('v03-clean.png'));
  expect(await picture.metadata()).toMatchObject({ channels: 1, width: 48, depth: 'uchar' });
  const data = await picture.toColourspace('b-w').raw().toBuffer();
  // Bone is 400/1800: the middle of slice 4 has about 4 · 24 + 2 · 24 + 30 + 15 = 189 HU.
  const level = ((189 - (400 - 900)) / 1800) * 255;
  expect(Math.abs(data[24 * 48 + 24]! - level)).toBeLessThan(4);
});

/** 48 × 48 × 12 voxels of 1 × 1 × 2 mm without noise, x right to left: 4 x + 2 y + 5 z HU, places in millimetres. */
function exact(place: number): TestFile {
  const words = Uint16Array.from(
    { length: 48 * 48 },
    (_, at) => 1024 + 4 * (at % 48) + 2 * Math.floor(at / 48) + 10 * place,
  );
  return ofVolume('e', place, words, { instance: '1.2.5', series: '1.2.11' });
}

/** Greys where the cross-hair of each plane points. */
async function greysAtCross(page: Page, panes: readonly Locator[]): Promise<number[]> {
  const points = await Promise.all(
    panes.map(async (pane) => {
      const cross = pane.locator('[data-cross-hair]');
      const [x, y] = (await cross.getAttribute('data-cross-hair'))!.split(' ').map(Number);
      const box = (await cross.boundingBox())!;
      return { x: Math.floor(box.x + x!), y: Math.floor(box.y + y!) };
    }),
  );
  const picture = sharp(await page.screenshot()).removeAlpha();
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return points.map(({ x, y }) => data[(y * info.width + x) * info.channels]!);
}

test('three planes stand side by side, and one cross-hair goes through all of them', async ({
  page,
}) => {
  test.slow();
  const clean = new CleanPage(page);
  await clean.goto(host.address);
  await clean.open(...Array.from({ length: 12 }, (_, place) => exact(place)));
  const group = page.getByRole('group', { name: /^(Slices|Pages)$/ });
  await expect(group).toContainText('Slice 1 of 12', { timeout: 40_000 });
  await page.getByRole('radio', { name: 'Original' }).click();
  const toggle = page.getByRole('button', { name: 'Three planes' });
  await expect(toggle).toHaveAttribute('aria-pressed', 'false');
  await page.keyboard.press('8');
  await expect(toggle).toHaveAttribute('aria-pressed', 'true');
  const stage = page.locator('[data-picture]');
  const main = stage.locator('.main');
  const pane = (name: string): Locator => page.getByRole('region', { name, exact: true });
  const at = (of: Locator): Locator => of.locator('[data-plane-page]');
  await expect(at(main)).toHaveText('6 of 12');
  await expect(at(pane('Coronal'))).toHaveText('24 of 48');
  await expect(at(pane('Sagittal'))).toHaveText('24 of 48');
  await expect(pane('Coronal').locator('.label')).toHaveText('Original');
  for (const [name, left, top] of [
    ['Coronal', 'R', 'H'],
    ['Sagittal', 'A', 'H'],
  ] as const) {
    await expect(pane(name).locator('.letters.left')).toHaveText(left);
    await expect(pane(name).locator('.letters.top')).toHaveText(top);
  }

  /** Millimetres of the cross-hair, as it is said. */
  const cross = page.locator('[data-cross]');
  const point = async (): Promise<[number, number, number]> => {
    const [, ...parts] = /x ([\d.]+), y ([\d.]+), z ([\d.]+)/.exec((await cross.textContent())!)!;
    return parts.map(Number) as [number, number, number];
  };
  /** What is said, the pages, and what each picture shows where the lines meet are one and the same. */
  const agree = async (beside: readonly string[], center = 200, width = 401): Promise<void> => {
    const [x, y, z] = await point();
    const pages = { Axial: z / 2 + 1, Coronal: y + 1, Sagittal: x + 1 };
    const level = ((4 * x + 2 * y + 5 * z - (center - 0.5)) / (width - 1) + 0.5) * 255;
    for (const name of beside)
      await expect(at(pane(name))).toHaveAttribute('data-plane-page', `${pages[name as 'Axial']}`);
    const far = async (): Promise<number> => {
      const greys = await greysAtCross(page, [main, ...beside.map(pane)]);
      return Math.max(...greys.map((grey) => Math.abs(grey - level)));
    };
    await expect.poll(far, { timeout: 15_000 }).toBeLessThan(2);
  };
  expect(await point()).toEqual([23, 23, 10]);
  await agree(['Coronal', 'Sagittal']);
  await expectNothingSerious(page);

  // A click in another plane: the picture turns to its slice.
  const boxOf = async (of: Locator) => (await of.locator('canvas').boundingBox())!;
  const coronal = await boxOf(pane('Coronal'));
  const middle = (box: typeof coronal) => [box.x + box.width / 2, box.y + box.height / 2] as const;
  const [cx, cy] = middle(coronal);
  /** Pixels of the screen for each of a plane that is so large, which fills its pane. */
  const scaleOf = ({ width, height }: typeof coronal, columns: number, rows: number): number =>
    Math.min(width / columns, height / rows);
  const side = scaleOf(coronal, 48, 24);
  await page.mouse.click(cx + 12 * side, cy - 7 * side);
  await expect(cross).not.toHaveText(/z 10\.0/);
  const clicked = await point();
  expect(clicked[1]).toBe(23);
  expect(clicked[0]).toBeGreaterThan(30);
  expect(clicked[2]).toBeGreaterThan(14);
  await expect(at(main)).toHaveText(`${clicked[2] / 2 + 1} of 12`);
  await agree(['Coronal', 'Sagittal']);

  // A drag in the picture: the others follow.
  const large = await boxOf(main);
  const [mx, my] = middle(large);
  const step = scaleOf(large, 48, 48);
  await page.mouse.move(mx, my);
  await page.mouse.down();
  await page.mouse.move(mx - 15 * step, my + 9 * step, { steps: 5 });
  await page.mouse.up();
  await expect(cross).not.toHaveText(new RegExp(`x ${clicked[0]}\\.0`));
  const dragged = await point();
  expect(dragged[2]).toBe(clicked[2]);
  expect(Math.abs(dragged[0] - 9)).toBeLessThan(3);
  expect(Math.abs(dragged[1] - 33)).toBeLessThan(3);
  await agree(['Coronal', 'Sagittal']);

  // The wheel, and keys, in a plane beside it.
  await page.mouse.move(...middle(await boxOf(pane('Sagittal'))));
  await page.mouse.wheel(0, 70);
  await expect(at(pane('Sagittal'))).toHaveText(`${dragged[0] + 2} of 48`);
  await pane('Coronal').locator('canvas').focus();
  await page.keyboard.press('PageUp');
  await expect(at(pane('Coronal'))).toHaveText(`${dragged[1]} of 48`);
  await page.keyboard.press('Control+ArrowDown');
  await page.keyboard.press('Control+ArrowRight');
  await expect(cross).toHaveText(
    `Cross-hair at x ${dragged[0] + 2}.0, y ${dragged[1] - 1}.0, z ${dragged[2] - 2}.0 mm`,
  );
  await agree(['Coronal', 'Sagittal']);

  // Another window, chosen once or dragged anywhere, is that of all three.
  await page.getByRole('combobox', { name: 'Window' }).selectOption('bone');
  await agree(['Coronal', 'Sagittal'], 400, 1800);
  const width = page.getByRole('textbox', { name: 'Width in HU' });
  await page.mouse.move(...middle(await boxOf(pane('Sagittal'))));
  await page.mouse.down({ button: 'right' });
  await page.mouse.move(coronal.x + coronal.width, my, { steps: 3 });
  await page.mouse.up({ button: 'right' });
  await expect(width).not.toHaveValue('1800');
  await page.getByRole('combobox', { name: 'Window' }).selectOption('file');

  // Another plane is worked on, at the same place, also from the keyboard.
  const before = await point();
  await pane('Coronal').getByRole('button', { name: 'Coronal: show it large' }).press('Enter');
  await expect(pane('Axial')).toBeVisible();
  await expect(pane('Coronal')).toHaveCount(0);
  expect(await point()).toEqual(before);
  await agree(['Axial', 'Sagittal']);
  await page.keyboard.press('7');
  await expect(pane('Sagittal')).toHaveCount(0);
  await agree(['Axial', 'Coronal']);

  // One that can not be had says why; the others stay.
  const isCoronal = (text: string | null): boolean => text?.includes('"plane":"coronal"') ?? false;
  await page.route('**/*', (route) =>
    isCoronal(route.request().postData())
      ? route.fulfill({
          status: 500,
          json: { error: { code: 'out-of-memory', message: 'Too large.', hint: 'Close others.' } },
        })
      : route.fallback(),
  );
  await pane('Axial').locator('canvas').focus();
  await page.keyboard.press('Control+ArrowDown');
  await expect(pane('Coronal').getByRole('alert')).toContainText('Too large.');
  await expect(pane('Axial').locator('canvas')).toBeVisible();
  await expectNothingSerious(page);
  await page.unrouteAll();
  await pane('Coronal').getByRole('button', { name: 'Try again' }).click();
  await agree(['Axial', 'Coronal']);

  // One plane again, and the list of keys.
  await page.keyboard.press('8');
  await expect(pane('Axial')).toHaveCount(0);
  await expect(toggle).toHaveAttribute('aria-pressed', 'false');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('Three planes side by side');
});
