/** A run over a folder in the window: chosen, read, run, looked at, reported; what failed is tried again. */
import { expect, test } from '@playwright/test';
import { link, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { WindowUnderTest } from '../electron-standin/launch.ts';
import { expectNothingSerious } from './accessibility.ts';
import { choose, openFolderWindow, shoot as shootPage } from './folder-window.ts';
import { picture } from './made-picture.ts';
import { startWebHost } from './web-host.ts';

let app: WindowUnderTest;
let home: string;
let folder: string;

test.beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hourglass-folder-run-'));
  folder = join(home, 'shoot');
  await mkdir(join(folder, 'day 2'), { recursive: true });
  for (let at = 1; at <= 4; at++) await picture(join(folder, `a${at}.jpg`), at);
  for (let at = 1; at <= 3; at++) await picture(join(folder, 'day 2', `b${at}.png`), at + 10);
  await writeFile(join(folder, 'broken.jpg'), 'no picture at all');
  await writeFile(join(folder, 'notes.txt'), 'Tuesday');
  await writeFile(join(folder, 'Thumbs.db'), 'junk');
  app = await openFolderWindow(folder, { width: 1366, height: 768 });
});
test.afterAll(async () => {
  await app.close();
  await rm(home, { recursive: true, force: true });
});

const shoot = (name: string): Promise<void> => shootPage(app.page, `batch-${name}`);

const count = (name: string): ReturnType<WindowUnderTest['page']['getByRole']> =>
  app.page.getByRole('radio', { name });

test('a folder with junk becomes a table, a run with failures, and a report', async () => {
  const { page } = app;
  await page.getByRole('button', { name: 'Batch', exact: true }).click();
  await expectNothingSerious(page, true);
  await page.getByRole('button', { name: 'Choose a folder…' }).click();
  const table = page.getByRole('grid', { name: 'Pictures of the folder' });
  await expect(table.getByRole('row')).toHaveCount(8);
  await expect(count('All 8')).toBeVisible();
  await expect(table.locator('img').first()).toBeVisible();

  await page.getByRole('button', { name: 'Clean 8 pictures' }).click();
  await expect(page.getByText('Done: 7 cleaned, 1 failed, 0 skipped.')).toBeVisible({
    timeout: 30_000,
  });
  await shoot('dark');
  await expectNothingSerious(page, true);

  // By keyboard: the last row, and the first again.
  await table.focus();
  await page.keyboard.press('End');
  await expect(table.getByRole('row').last()).toHaveClass(/current/);
  await page.keyboard.press('Home');
  await expect(table.getByRole('row').first()).toHaveClass(/current/);

  await count('Failed 1').click();
  await expect(table.getByRole('row')).toHaveCount(1);
  await expect(table.getByRole('row')).toContainText('broken.jpg');

  // In the tree of the results, and nothing else: the journal lies beside it.
  expect((await readdir(`${folder}-clean`, { recursive: true })).sort()).toEqual([
    ...['a1.jpg', 'a2.jpg', 'a3.jpg', 'a4.jpg', 'day 2'],
    ...['b1.png', 'b2.png', 'b3.png'].map((name) => join('day 2', name)),
  ]);
  for (const name of ['Page to print', 'Table (CSV)', 'JSON'])
    await page.getByRole('button', { name, exact: true }).click();
  const reports = async (): Promise<string[]> =>
    (await readdir(home)).filter((name) => /^shoot-clean .*\.(html|csv|json)$/.test(name)).sort();
  await expect.poll(async () => (await reports()).length).toBe(3);
  const html = (await reports()).find((name) => name.endsWith('.html'))!;
  const words = await readFile(join(home, html), 'utf8');
  expect(words).toContain('7 done, 1 failed, 0 left.');
  // Before and after of all that were done.
  expect(words.match(/<img src="data:image\/png;base64,/g)).toHaveLength(14);
});

test('a result is opened beside its source, as the file that was written, and left again', async () => {
  const { page } = app;
  await count('All 8').click();
  const table = page.getByRole('grid', { name: 'Pictures of the folder' });
  const state = page.locator('[data-picture-state]');
  const label = page.locator('.labels .label').last();
  await table.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(state).toHaveAttribute('data-picture-state', 'final', { timeout: 20_000 });
  await expect(state).toContainText('a1.jpg as it was written and read back: JPEG');
  await expect(label).toContainText('Written file JPEG');
  await expect(page.getByText('Cleaned', { exact: true })).toHaveCount(0);
  await shoot('result');
  // There are no settings of a file to be copied here, and nothing says that some were.
  await page.keyboard.press('Control+c');
  await expect(page.getByText(/settings.*copied/i)).toHaveCount(0);
  await expectNothingSerious(page, true);
  await page.getByRole('radio', { name: 'Side' }).click();
  await expect(label).toContainText('Written file JPEG');
  await shoot('result-side');
  await page.getByRole('radio', { name: 'Split' }).click();

  // Back by Escape, with the keyboard where it was.
  await page.keyboard.press('Escape');
  await expect(table).toBeFocused();
  await expect(table.locator('.current')).toContainText('a1.jpg');
  // By its button, and back by the tab.
  await page.keyboard.press('ArrowDown');
  await page.getByRole('button', { name: 'Open the result' }).click();
  await expect(state).toContainText('a2.jpg as it was written');
  await page.getByRole('button', { name: 'Batch', exact: true }).click();
  await expect(table).toBeVisible();

  // Changed since, and gone.
  const written = join(`${folder}-clean`, 'a2.jpg');
  const before = await readFile(written);
  await picture(written, 77);
  await table.focus();
  await page.keyboard.press('Enter');
  await expect(state).toContainText('a2.jpg as it is now: JPEG');
  await expect(label).toContainText('Changed since: JPEG');
  await expect(page.getByText('a2.jpg is not what the run wrote')).toBeVisible();
  await shoot('result-changed');
  await page.getByRole('button', { name: 'Back to the list' }).click();
  await rm(written);
  await table.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('The result of a2.jpg is gone')).toBeVisible();
  await expect(table).toBeVisible();
  await writeFile(written, before);
});

test('what failed is tried again alone, and what is done is left out', async () => {
  const { page } = app;
  await picture(join(folder, 'broken.jpg'), 99);
  await page.getByRole('button', { name: 'Try 1 failed again' }).click();
  await expect(page.getByText('Done: 1 cleaned, 0 failed, 7 skipped.')).toBeVisible({
    timeout: 30_000,
  });
  await count('All 8').click();
  await page.getByRole('button', { name: 'Clean 8 pictures' }).click();
  await expect(page.getByText('Done: 0 cleaned, 0 failed, 8 skipped.')).toBeVisible({
    timeout: 30_000,
  });
});

test('globs choose files of the folder, and none of them can be taken back', async () => {
  const { page } = app;
  const without = page.getByRole('textbox', { name: 'Without' });
  await without.fill('day 2; broken*');
  await without.press('Enter');
  await expect(count('All 4')).toBeVisible();
  await expect(page.getByText('2 left out')).toBeVisible();
  const only = page.getByRole('textbox', { name: 'Only' });
  await only.fill('*.webp');
  await only.press('Enter');
  await expect(page.getByText('No picture in')).toBeVisible();
  await shoot('none');
  await only.fill('');
  await only.press('Enter');
  await expect(count('All 4')).toBeVisible();
  await without.fill('');
  await without.press('Enter');
  await expect(count('All 8')).toBeVisible();
});

test('a file is opened beside what the settings make of it', async () => {
  const { page } = app;
  const table = page.getByRole('grid', { name: 'Pictures of the folder' });
  await table.focus();
  await page.keyboard.press('Home');
  await page.getByRole('button', { name: 'Try the settings on it' }).click();
  const strip = page.getByRole('listbox', { name: 'Photos' }).getByRole('option');
  await expect(strip.first()).toContainText('a1.jpg');
  await expect(strip.first()).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('button', { name: 'Batch', exact: true }).click();
  await expect(table.getByRole('row')).toHaveCount(8);
});

test('the result of a scan is values of the scan, under one window', async () => {
  const { page } = app;
  const scans = join(home, 'scans');
  await mkdir(scans);
  const values = Uint16Array.from({ length: 96 * 64 }, (_, i) => 900 + (i % 96) * 20 + (i % 7));
  await sharp(values, { raw: { width: 96, height: 64, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toFile(join(scans, 'slice.png'));
  await choose(app, scans);
  await page.getByRole('button', { name: 'Other folder…' }).click();
  await page.getByRole('button', { name: 'Clean 1 picture' }).click();
  await expect(page.getByText('Done: 1 cleaned')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('grid').focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-picture-state]')).toContainText('slice.png as it was written');
  await expect(page.getByRole('combobox', { name: 'Window' })).toBeVisible();
  await shoot('result-scan');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('grid')).toBeFocused();
});

test('a list of 5,000 is read, filtered and gone through with a few rows on the page', async () => {
  const { page } = app;
  const many = join(home, 'many');
  await mkdir(many);
  const one = join(folder, 'a1.jpg');
  for (let at = 1; at <= 5000; at++) await link(one, join(many, `${at}.jpg`));
  await choose(app, many);
  await page.getByRole('button', { name: 'Other folder…' }).click();
  const table = page.getByRole('grid', { name: 'Pictures of the folder' });
  await expect(table).toHaveAttribute('aria-rowcount', '5000', { timeout: 60_000 });
  const rows = table.getByRole('row');
  await table.focus();
  for (const [key, name] of [
    ['End', '5000.jpg'],
    ['PageUp', null],
    ['Home', '1.jpg'],
  ] as const) {
    await page.keyboard.press(key);
    if (name) await expect(table.locator('.current')).toContainText(name);
    expect(await rows.count()).toBeLessThan(60);
  }
  await page.keyboard.press('Control+a');
  await expect(page.getByRole('button', { name: /Clean 5,?000 chosen/ })).toBeVisible();
  await count('Failed 0').click();
  await expect(rows).toHaveCount(0);
  await expectNothingSerious(page, true);
  await page.getByRole('radio', { name: /All 5,?000/ }).click();
  expect(await rows.count()).toBeLessThan(60);
  await shoot('many');
});

test('a browser says that it has no folders, and where there are some', async ({ page }) => {
  const host = await startWebHost();
  await page.goto(host.address);
  await page.getByRole('button', { name: 'Batch', exact: true }).click();
  await expect(page.getByText('A browser shows a page no folders')).toBeVisible();
  await expectNothingSerious(page);
  await host.stop();
});
