/** A NIfTI volume in the window: its slices are stepped through, one is cleaned on the screen, all go into one file. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { uniform } from '../random.ts';
import { madeNifti, zipped } from '../unit/scans/nifti-made.ts';
import { CleanPage } from './clean-page.ts';
import { startWebHost, type WebHost } from './web-host.ts';

let host: WebHost;
test.beforeAll(async () => {
  host = await startWebHost();
});
test.afterAll(() => host.stop());

test('a volume is stepped through, cleaned and written as a volume', async ({ page }) => {
  const next = uniform(9);
  const volume = madeNifti({
    ...{ dims: [96, 80, 3], datatype: 4, slope: 2, intercept: -100 },
    values: (at) =>
      Math.round(300 + 2 * (at % 96) + 100 * Math.floor(at / 7680) + (next() + next() - 1) * 60),
    sform: { code: 1, rows: [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 2, 0] },
  });
  const clean = new CleanPage(page);
  await clean.goto(host.address);
  await clean.open({ name: 'brain.nii.gz', mimeType: 'application/gzip', buffer: zipped(volume) });
  const group = page.getByRole('group', { name: 'Slices' });
  await expect(group).toContainText('Slice 1 of 3', { timeout: 40_000 });
  await expect(page.getByText('96 × 80 × 3 voxels of 1 × 1 × 2, orientation LPS')).toBeVisible();
  await page.keyboard.press('PageDown');
  await expect(group).toContainText('Slice 2 of 3');
  await clean.cleaned();

  const choice = page.getByRole('radiogroup', { name: 'Slices to export' });
  await expect(choice.getByRole('radio', { name: 'All slices' })).toBeChecked();
  const download = page.waitForEvent('download');
  await page.keyboard.press('ControlOrMeta+e');
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^brain.*\.nii\.gz$/);
  const cleaned = gunzipSync(await readFile(await file.path()));
  expect(cleaned.length).toBe(volume.length);
  expect(cleaned.subarray(0, 352).equals(volume.subarray(0, 352))).toBe(true);
  for (const slice of [0, 1, 2]) {
    const [from, to] = [352 + slice * 15_360, 352 + (slice + 1) * 15_360];
    expect(cleaned.subarray(from, to).equals(volume.subarray(from, to))).toBe(false);
  }
});
