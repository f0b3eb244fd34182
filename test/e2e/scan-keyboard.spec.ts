/** The whole work with a series by the keyboard alone: opening, slices, window, measuring, level, cleaning, saving; its screens are looked at by axe in both themes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { uniform } from '../random.ts';
import { madeDicom } from '../unit/scans/made-dicom.ts';
import { filesOfZip } from '../zip.ts';
import { readFile } from 'node:fs/promises';
import { expectNothingSerious } from './accessibility.ts';
import { chooseFiles } from '../../build/file-chooser.mjs';
import { CleanPage, closeDialog } from './clean-page.ts';
import { startWebHost, type WebHost } from './web-host.ts';

const folder = mkdtempSync(join(tmpdir(), 'hourglass-keys-'));
let host: WebHost;
test.beforeAll(async () => {
  host = await startWebHost();
});
test.afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await host.stop();
});

/** 96 × 64 pixels of 100 HU and more; the noise of each slice is its own. */
function slice(place: number): string {
  const next = uniform(place + 1);
  const words = Uint16Array.from({ length: 96 * 64 }, (_, at) =>
    Math.round(1124 + (at % 96 < 48 ? 0 : 200) + (next() + next() - 1) * (60 + 40 * place)),
  );
  const path = join(folder, `s${place}.dcm`);
  const elements: Parameters<typeof madeDicom>[0] = {
    '0008,0018': ['UI', `1.2.3.${place}`],
    '0020,000e': ['UI', '1.2.9'],
    '0020,0032': ['DS', `0\\0\\${2 * place}`],
    '0020,0037': ['DS', '1\\0\\0\\0\\1\\0'],
    '0028,0010': ['US', 64],
    '0028,0011': ['US', 96],
    '0028,0030': ['DS', '0.5\\0.5'],
    '0028,1050': ['DS', '100'],
    '0028,1051': ['DS', '300'],
    '0028,1052': ['DS', '-1024'],
    '0028,1053': ['DS', '1'],
  };
  writeFileSync(path, madeDicom(elements, words));
  return path;
}
const files = [0, 1, 2].map(slice);

/** Goes on by the tabulator until it stands on it; nobody is asked to find a part that no key reaches. */
async function tabTo(page: Page, wanted: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(wanted).toBeEnabled();
  for (let press = 0; press < 120; press++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`No key leads to ${wanted.toString()}`);
}

/** In both themes, which follow the system. */
async function nothingSerious(page: Page): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await expectNothingSerious(page);
  }
}

test('a series is opened, gone through, measured, cleaned and saved without a mouse', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const clean = new CleanPage(page);
  await clean.goto(host.address);
  const keys = page.keyboard;

  // As the system has it, so that both themes can be looked at.
  await tabTo(page, page.getByRole('button', { name: 'Settings…' }));
  await keys.press('Enter');
  const system = page.getByRole('radio', { name: 'As the system' });
  await tabTo(page, page.getByRole('radio', { name: 'Dark' }));
  while (!(await system.isChecked())) await keys.press('ArrowRight');
  await closeDialog(page);

  await tabTo(page, page.getByRole('button', { name: 'Open photos…' }));
  await chooseFiles(page, () => keys.press('Enter'), files);
  const group = page.getByRole('group', { name: 'Slices' });
  await expect(group).toContainText('Slice 1 of 3', { timeout: 40_000 });
  await clean.cleaned();

  await keys.press('PageDown');
  await expect(group).toContainText('Slice 2 of 3');
  await clean.cleaned();

  // Level and width: the next known window, then typed.
  const level = page.getByRole('textbox', { name: 'Level in HU' });
  await keys.press('w');
  await expect(page.getByRole('combobox', { name: 'Window' })).toHaveValue('soft-tissue');
  await tabTo(page, level);
  await keys.press('ControlOrMeta+a');
  await keys.type('60');
  await keys.press('Enter');
  await expect(page.getByRole('combobox', { name: 'Window' })).toHaveValue('own');

  // A line, its end moved: the rectangle that it spans.
  await keys.press('m');
  await tabTo(page, page.locator('[data-picture] canvas'));
  for (const press of ['ArrowRight', 'ArrowDown', 'ArrowDown'])
    await keys.press(`Control+${press}`);
  const panel = page.locator('[data-measure]');
  await expect(panel).toContainText('Cleaned');
  await expect(panel).toContainText('mean');
  await nothingSerious(page);
  await keys.press('m');
  await expect(panel).toBeHidden();

  // One level for all slices: the middle one has the median of the three.
  const own = page.getByRole('radio', { name: 'Each slice' });
  await tabTo(page, own);
  await keys.press('ArrowRight');
  const series = page.getByRole('radio', { name: 'The series' });
  await expect(series).toBeChecked();
  await expect(page.getByText('The median of 3 measured')).toBeVisible();
  await clean.cleaned();
  await nothingSerious(page);

  await tabTo(page, page.getByRole('button', { name: /^Export/ }).first());
  const download = page.waitForEvent('download');
  await keys.press('Enter');
  const written = filesOfZip(await readFile(await (await download).path()));
  expect([...written.keys()].filter((name) => name.endsWith('.dcm'))).toHaveLength(3);
});
