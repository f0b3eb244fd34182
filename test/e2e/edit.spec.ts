/** The page of `hourglass edit`: a picture of another program, cleaned and saved in place. */
import { expect, test } from '@playwright/test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CleanPage, noisyPhoto } from './clean-page.ts';
import { startEditHost } from './web-host.ts';

let folder = '';
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hourglass-edit-page-'));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function put(name: string): Promise<{ path: string; before: Buffer }> {
  const { buffer: before } = await noisyPhoto(name, { width: 320, height: 240 });
  const path = join(folder, name);
  writeFileSync(path, before);
  return { path, before };
}

test('Ctrl+S saves in place, asks for no name and no place, and ends the session', async ({
  page,
}, info) => {
  const { path, before } = await put('copy.png');
  const host = await startEditHost([path]);
  const clean = new CleanPage(page);
  await page.goto(host.address);
  await clean.cleaned();
  await expect(page.getByText('Saves in place as PNG, 8 bit.')).toBeVisible();
  // Neither other files nor exports have a place here.
  await expect(page.getByRole('button', { name: /^Export|^Open/ })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Compress' })).toHaveCount(0);
  await page.screenshot({ path: info.outputPath('edit.png') });
  await page.keyboard.press('ControlOrMeta+s');
  await expect(page.getByRole('heading', { name: 'The picture is saved.' })).toBeVisible();
  await page.screenshot({ path: info.outputPath('saved.png') });
  expect(await host.ended).toBe(0);
  expect(readFileSync(path).equals(before)).toBe(false);
});

test('what stands in the way is said and the file stays; closing unsaved says so', async ({
  page,
}, info) => {
  const { path } = await put('copy.png');
  const second = await put('second.png');
  const host = await startEditHost([path, second.path]);
  const clean = new CleanPage(page);
  await page.goto(host.address);
  await clean.cleaned();
  const { before: other } = await put('other.png');
  writeFileSync(path, other);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const saving = page.locator('[data-saving]');
  await expect(saving).toContainText('copy.png was changed by another program');
  await page.screenshot({ path: info.outputPath('refused.png') });
  expect(readFileSync(path).equals(other)).toBe(true);
  await clean.photo('second.png').click();
  await expect(saving).not.toContainText('changed');
  await page.getByRole('button', { name: 'Close without saving' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing was saved.' })).toBeVisible();
  expect(await host.ended).toBe(1);
  expect(readFileSync(second.path).equals(second.before)).toBe(true);
});
