/** A folder that is watched in the window: what comes is done and shown, a folder that goes is waited for, a restart does nothing twice. */
import { expect, test, type Locator, type Page } from '@playwright/test';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WindowUnderTest } from '../electron-standin/launch.ts';
import { expectNothingSerious } from './accessibility.ts';
import { openFolderWindow, shoot as shootPage } from './folder-window.ts';
import { picture } from './made-picture.ts';
import { startWebHost } from './web-host.ts';

let place: string;
let folder: string;
let home: string;
let app: WindowUnderTest;

// Each goes on with what the one before left; a copy counts as whole after two seconds, which a busy machine makes longer.
test.describe.configure({ mode: 'serial', timeout: 120_000 });

test.beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'hourglass-watch-'));
  folder = join(place, 'incoming');
  home = join(place, 'home');
  for (const path of [folder, home]) await mkdir(path);
});
test.afterAll(async () => {
  await app.close();
  await rm(place, { recursive: true, force: true, maxRetries: 3 });
});

const shoot = (page: Page, name: string): Promise<void> => shootPage(page, `watch-${name}`);

/** A window in which the folder is chosen. */
async function opened(): Promise<Page> {
  app = await openFolderWindow(folder, { width: 1366, height: 768, home });
  const { page } = app;
  await page.getByRole('button', { name: 'Batch', exact: true }).click();
  await page.getByRole('button', { name: 'Choose a folder…' }).click();
  return page;
}

const table = (page: Page): Locator => page.getByRole('grid', { name: 'Pictures of the folder' });
const row = (page: Page, name: string): Locator =>
  table(page).getByRole('row').filter({ hasText: name });
const now = (page: Page): Locator => page.locator('.now').getByRole('status');
const written = (name: string): string => join(`${folder}-clean`, name);

test('what comes into the folder is done, shown and there', async () => {
  const page = await opened();
  await expect(page.getByText('There are no pictures in')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Clean 0 pictures' })).toBeDisabled();
  // By keyboard alone.
  const watch = page.getByRole('button', { name: 'Watch this folder' });
  await watch.focus();
  await page.keyboard.press('Enter');
  await expect(now(page)).toHaveText(/^Watching: waiting for pictures\. 0 cleaned/);
  await expect(page.getByText('No pictures yet.')).toBeVisible();
  await shoot(page, 'empty');
  await expectNothingSerious(page, true);

  await picture(join(folder, 'a.jpg'), 3);
  await expect(now(page)).toHaveText('Watching: waiting until 1 picture is whole.');
  await expect(row(page, 'a.jpg')).toContainText('Done', { timeout: 30_000 });
  await expect(row(page, 'a.jpg').locator('img')).toBeVisible();
  await expect(now(page)).toHaveText(/waiting for pictures\. 1 cleaned, 0 failed/);
  expect((await stat(written('a.jpg'))).size).toBeGreaterThan(500);

  // One that is none fails by name, and the watch goes on.
  await mkdir(join(folder, 'day 2'));
  await picture(join(folder, 'day 2', 'b.png'), 5);
  await rename(join(folder, 'day 2', 'b.png'), join(folder, 'day 2', 'c.png'));
  await writeFile(join(folder, 'broken.jpg'), 'no picture');
  await expect(row(page, 'c.png')).toContainText('Done', { timeout: 30_000 });
  await expect(row(page, 'broken.jpg')).toContainText('Failed', { timeout: 30_000 });
  await expect(now(page)).toHaveText(/2 cleaned, 1 failed/);
  await shoot(page, 'done');
  await expectNothingSerious(page, true);

  // The result beside its source, while the watch goes on; and back.
  await table(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-picture-state]')).toContainText('as it was written', {
    timeout: 20_000,
  });
  await page.keyboard.press('Escape');
  await expect(table(page)).toBeFocused();

  // A page that is loaded anew finds the watch as it is.
  await page.reload();
  await page.getByRole('button', { name: 'Batch', exact: true }).click();
  await expect(now(page)).toHaveText(/2 cleaned, 1 failed/);
  await expect(table(page).getByRole('row')).toHaveCount(3);
});

test('a folder that goes is waited for, a pause begins nothing, and it ends when that is asked', async () => {
  const { page } = app;
  await rename(folder, `${folder}-away`);
  await expect(now(page)).toHaveText(/incoming is not there, and is waited for\./);
  await shoot(page, 'away');
  await rename(`${folder}-away`, folder);
  await expect(now(page)).toHaveText(/^Watching: waiting for pictures/);

  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(now(page)).toHaveText(/^Paused/);
  await picture(join(folder, 'd.jpg'), 7);
  await expect(row(page, 'd.jpg')).toContainText('Waiting', { timeout: 30_000 });
  await expect(now(page)).toHaveText(/^Paused/);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(row(page, 'd.jpg')).toContainText('Done', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Stop watching' }).click();
  await expect(now(page)).toHaveText(/^Not watched any more: 3 cleaned, 1 failed/);
  await expect(page.getByRole('button', { name: 'Watch this folder' })).toBeEnabled();
});

test('started again, what is done is shown as done, and nothing is done twice', async () => {
  await app.close();
  const times = async (): Promise<number[]> =>
    Promise.all(
      ['a.jpg', 'day 2/c.png', 'd.jpg'].map(async (one) => (await stat(written(one))).mtimeMs),
    );
  const before = await times();
  const first = await readFile(written('a.jpg'));
  const page = await opened();
  // By the journal: nothing was planned yet.
  await expect(page.getByRole('radio', { name: 'Done 3' })).toBeVisible();
  await expect(row(page, 'broken.jpg')).toContainText('Failed');
  await shoot(page, 'again');
  await page.getByRole('button', { name: 'Watch this folder' }).click();
  await picture(join(folder, 'e.jpg'), 9);
  await expect(row(page, 'e.jpg')).toContainText('Done', { timeout: 30_000 });
  // What is no picture is looked at anew, and refused anew.
  await expect(now(page)).toHaveText(/waiting for pictures\. 1 cleaned, 1 failed/);
  expect(await times()).toEqual(before);
  expect(await readFile(written('a.jpg'))).toEqual(first);
  expect((await readdir(`${folder}-clean`)).sort()).toEqual(['a.jpg', 'd.jpg', 'day 2', 'e.jpg']);
});

test('a browser says how a folder is watched from the command line', async ({ page }) => {
  const host = await startWebHost();
  await page.goto(host.address);
  await page.getByRole('button', { name: 'Batch', exact: true }).click();
  await expect(page.getByText('hourglass watch FOLDER')).toBeVisible();
  await host.stop();
});
