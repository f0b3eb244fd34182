/** What the tests of the Compress workspace share: its page by name, and why they may have to be skipped. */
import { expect, type Download, type Locator, type Page } from '@playwright/test';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { repositoryRoot } from '../data.ts';
import { CleanPage, type TestFile } from './clean-page.ts';

/** Why the tests can not run here; null: they can. */
export const missing = existsSync(join(repositoryRoot, 'models/latent-photo/card.json'))
  ? null
  : 'models/latent-photo is not there: there is no network to compress with';

/** On two cores that others use as well. */
const PATIENCE = 60_000;

export class CompressPage extends CleanPage {
  constructor(page: Page) {
    super(page);
  }

  override async goto(address: string): Promise<void> {
    await super.goto(address);
    await this.page.keyboard.press('c');
    await expect(this.tab('Compress')).toHaveAttribute('aria-current', 'page');
  }

  tab(name: 'Clean' | 'Compress'): Locator {
    return this.page
      .getByRole('navigation', { name: 'Workspaces' })
      .getByRole('button', { name, exact: true });
  }

  async compressed(quality = 60): Promise<void> {
    await expect(this.state).toContainText(`Final at quality ${quality}:`, { timeout: PATIENCE });
  }

  panel(name: string): Locator {
    return this.page.getByRole('region', { name, exact: true });
  }

  get dial(): Locator {
    return this.slider('Quality');
  }

  get chart(): Locator {
    return this.slider('Quality, on the chart of sizes');
  }

  async charted(): Promise<void> {
    await expect(this.chart).toBeVisible({ timeout: PATIENCE });
  }

  /** Writes the file in front, as `Ctrl+E` does. */
  async export(): Promise<Download> {
    const downloading = this.page.waitForEvent('download', { timeout: PATIENCE });
    await this.page.keyboard.press('Control+e');
    return downloading;
  }

  /** Writes it and opens what was written. */
  async exportAndOpen(change: (bytes: Buffer) => Buffer = (bytes) => bytes): Promise<TestFile> {
    const download = await this.export();
    const buffer = change(await readFile(await download.path()));
    const file = {
      name: download.suggestedFilename(),
      mimeType: 'application/octet-stream',
      buffer,
    };
    await this.open(file);
    await expect(this.photo(file.name)).toHaveAttribute('aria-selected', 'true');
    return file;
  }
}

/** PSNR of two pictures of one size in 8 bits, red, green and blue together, dB. */
export async function psnrOf(a: Buffer, b: Buffer): Promise<number> {
  const [left, right] = await Promise.all(
    [a, b].map((file) => sharp(file).toColourspace('srgb').removeAlpha().raw().toBuffer()),
  );
  if (!left || !right || left.length !== right.length) throw new Error('The sizes differ.');
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += (left[index]! - right[index]!) ** 2;
  return 10 * Math.log10((255 ** 2 * left.length) / sum);
}

/** A gray ramp of 16 bits with blocks: one tone of more than 8 bits is taken for a scan. */
export async function scan(name: string): Promise<TestFile> {
  const { width, height } = { width: 320, height: 240 };
  const samples = new Uint16Array(width * height).map(
    (_, index) => 2000 + (index % width) * 40 + (Math.floor(index / width / 40) % 2) * 9000,
  );
  const buffer = await sharp(samples, { raw: { width, height, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer();
  return { name, mimeType: 'image/png', buffer };
}
