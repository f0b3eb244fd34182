/** What the tests of the Clean workspace share: pictures made on the spot, and the page's parts by name. */
import { expect, type Locator, type Page, type Response } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import sharp from 'sharp';
import { uniform } from '../random.ts';

export interface TestFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

interface Noisy {
  readonly width: number;
  readonly height: number;
  readonly sigma?: number;
}

/** The same each time: one of six megapixels takes seconds, and is made once. */
const made = new Map<string, Promise<Buffer>>();

/** A smooth picture with edges and noise of about `sigma` levels. */
export async function noisyPhoto(name: string, noisy: Noisy): Promise<TestFile> {
  const format = name.endsWith('.png') ? 'png' : 'jpeg';
  const key = JSON.stringify([noisy.width, noisy.height, noisy.sigma, format]);
  const buffer = made.get(key) ?? makeNoisy(noisy, format);
  made.set(key, buffer);
  return { name, mimeType: `image/${format}`, buffer: await buffer };
}

function makeNoisy({ width, height, sigma = 15 }: Noisy, format: 'png' | 'jpeg'): Promise<Buffer> {
  const next = uniform(width * 31 + height);
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0, index = 0; index < width * height; index++) {
    const x = index % width;
    const y = Math.floor(index / width);
    const block = (Math.floor(x / 96) + Math.floor(y / 96)) % 2 ? 50 : 0;
    for (let channel = 0; channel < 3; channel++) {
      // The sum of three uniform numbers is close enough to a normal one (variance 1/4).
      const noise = (next() + next() + next() - 1.5) * 2 * sigma;
      const value = 70 + block + channel * 20 + (60 * x) / width + noise;
      pixels[at++] = Math.max(0, Math.min(255, Math.round(value)));
    }
  }
  const image = sharp(pixels, { raw: { width, height, channels: 3 } });
  return (
    format === 'png' ? image.png({ compressionLevel: 1 }) : image.jpeg({ quality: 95 })
  ).toBuffer();
}

/** Begins like a JPEG and holds nothing of one. */
export const brokenPhoto = (name: string): TestFile => ({
  name,
  mimeType: 'image/jpeg',
  buffer: Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...new Array<number>(200).fill(0x41)]),
});

/**
 * Closes the dialog by Escape. To the page's reader it is gone as soon as the platform has closed it; the page's own work, which gives
 * the focus back, comes later, and only then does it leave the document: a key that is pressed between goes astray.
 */
export async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog')).toHaveCount(0);
}

export class CleanPage {
  constructor(readonly page: Page) {}

  /** @param forgets what the tests before have left there of photos that this one opens too */
  async goto(address: string, { forgets = true }: { forgets?: boolean } = {}): Promise<void> {
    // Its dialog is the system's, which nobody can answer here: exports go the way of the other browsers.
    await this.page.addInitScript(() => Reflect.deleteProperty(globalThis, 'showDirectoryPicker'));
    await this.page.goto(address);
    await expect(this.page.getByRole('button', { name: 'Open photos…' })).toBeVisible();
    if (!forgets) return;
    const forget = () => fetch('api/photo-settings', { method: 'DELETE' }).then(() => undefined);
    await this.page.evaluate(forget);
  }

  async openSample(): Promise<void> {
    await this.page.getByRole('button', { name: 'Try with a sample photo' }).click();
  }

  /** Chooses files as the open dialog would hand them over. */
  async open(...files: TestFile[]): Promise<void> {
    await this.page.locator('[data-picker=files]').setInputFiles(files);
  }

  /** The sentence about the picture on the screen. */
  get state(): Locator {
    return this.page.locator('[data-picture-state]');
  }

  async cleaned(timeout = 40_000): Promise<void> {
    await expect(this.state).toContainText('Final: what you see is what is saved.', { timeout });
  }

  /**
   * Resolves when the page has had its next change of this written, which it does a moment after it; to be called before the change.
   * @param holds what is written then: on a slow machine what came before is written by itself
   */
  async saved(what: 'preferences' | 'photo-settings', holds: RegExp): Promise<Response> {
    return this.page.waitForResponse((answer) => {
      const asked = answer.request();
      return (
        asked.method() === 'PUT' &&
        asked.url().includes(`api/${what}`) &&
        holds.test(asked.postData() ?? '')
      );
    });
  }

  slider(name: string): Locator {
    return this.page.getByRole('slider', { name, exact: true });
  }

  get photos(): Locator {
    return this.page.getByRole('listbox', { name: 'Photos' }).getByRole('option');
  }

  photo(name: string): Locator {
    return this.photos.filter({ hasText: name });
  }
}

/** Process id of the engine under a host; null where this system can not tell. */
export function engineOf(host: number): number | null {
  if (process.platform === 'win32') return null;
  const table = execFileSync('ps', ['-axo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  for (const line of table.split('\n')) {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (Number(parent) === host && /jobs[/\\]engine/.test(command)) return Number(pid);
  }
  return null;
}

/** "11,727 bytes at quality 96" → 11727, however its digits are grouped. */
export const bytesSaid = (text: string | null): number =>
  Number(text!.slice(0, text!.indexOf('byte')).replace(/\D/g, ''));
