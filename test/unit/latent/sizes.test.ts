/** One meaning of a wanted size, in every format that has qualities: files are never larger, and as good as they can be. */
import { rmSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodedFormats } from '../../../app/contract/latent.ts';
import { nameOutput } from '../../../app/jobs/outputs.ts';
import { buildAppIfStale } from '../../../build/build.mjs';
import { createTestEngine, hasLatentModel, writePhoto, type TestEngine } from './codec-support.ts';

let folder = '';
let engine: TestEngine;
const at = (name: string): string => join(folder, name);
const patience = 180_000;

beforeAll(async () => {
  await buildAppIfStale();
  folder = await mkdtemp(join(tmpdir(), 'sizes-'));
  engine = createTestEngine();
  await writePhoto(at('photo.png'));
}, 300_000);
afterAll(async () => {
  await engine.services.inference.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** dB over all samples of two pictures, of the definition. */
async function psnr(one: string, other: string): Promise<number> {
  const [a, b] = await Promise.all(
    [one, other].map((path) => sharp(path).removeAlpha().toColourspace('srgb').raw().toBuffer()),
  );
  let sum = 0;
  for (let i = 0; i < a!.length; i++) sum += (a![i]! - b![i]!) ** 2;
  return 10 * Math.log10((255 ** 2 * a!.length) / sum);
}

describe.runIf(hasLatentModel)('a photo', () => {
  for (const [words, limit, formats] of [
    ['200KB', 200_000, encodedFormats],
    ['31,5 KB', 31_500, ['jpeg', 'webp'] as const],
  ] as const)
    it.each(formats)(
      `fits into ${words} as %s, one step more does not, and its PSNR is true`,
      async (format) => {
        const source = at('photo.png');
        const out = at(`${limit}.${format === 'jpeg' ? 'jpg' : format}`);
        const made = await engine.run('encode', { source, out, format, size: words, psnr: true });
        expect(made.format).toBe(format);
        expect(made.bytes).toBe(statSync(out).size);
        expect(made.bytes).toBeLessThanOrEqual(limit);
        const { quality, bytes } = made.next!;
        expect(quality).toBe(made.quality + 1);
        expect(bytes).toBeGreaterThan(limit);
        // Both sizes are those of real files.
        const more = await engine.run('encode', { source, out, format, quality, overwrite: true });
        expect(more.bytes).toBe(bytes);
        await engine.run('encode', {
          ...{ source, out, format, quality: made.quality, overwrite: true },
        });
        expect(statSync(out).size).toBe(made.bytes);
        let shown = out;
        if (format === 'hgl') {
          shown = at(`${limit}-hgl.png`);
          await engine.run('decode', { source: out, out: shown });
        }
        expect(made.psnr).toBeCloseTo(await psnr(source, shown), 6);
      },
      patience,
    );

  it.each(encodedFormats)(
    'that can not be as small is a failure that says what is, as %s',
    async (format) => {
      const [source, out] = [at('photo.png'), at(`tiny.${format === 'jpeg' ? 'jpg' : format}`)];
      const least = await engine.run('encode', { source, out, format, quality: 1 });
      rmSync(out);
      const failed = engine.run('encode', { source, out, format, size: '200' });
      await expect(failed).rejects.toMatchObject({
        code: 'size-not-met',
        details: { limit: 200, smallest: least.bytes },
      });
      expect(() => statSync(out)).toThrow();
    },
    patience,
  );

  it('cleaned to a size is found the same way; formats without a quality have none', async () => {
    const source = at('photo.png');
    const input = { source, sigma: 8, size: '40 kB' };
    const made = await engine.run('denoise', { ...input, out: at('clean.webp'), format: 'webp' });
    expect(made.bytes).toBe(statSync(at('clean.webp')).size);
    expect(made.bytes).toBeLessThanOrEqual(40_000);
    expect(made.next).toMatchObject({ quality: made.quality! + 1 });
    expect(made.next!.bytes).toBeGreaterThan(40_000);
    await expect(
      engine.run('denoise', { ...input, out: at('clean.tif'), format: 'tiff' }),
    ).rejects.toMatchObject({ code: 'output-unsupported' });
  });

  it('of one tone, or with transparency, fits too', async () => {
    const small = sharp(at('photo.png')).resize(160, 120);
    await small.clone().greyscale().toColourspace('b-w').png().toFile(at('gray.png'));
    await small
      .clone()
      .ensureAlpha(0.5)
      .withMetadata({ density: 300 })
      .png()
      .toFile(at('clear.png'));
    for (const [name, format] of [
      ['gray', 'jpeg'],
      ['gray', 'webp'],
      ['clear', 'webp'],
      ['clear', 'avif'],
    ] as const) {
      const out = at(`${name}.${format === 'jpeg' ? 'jpg' : format}`);
      const source = at(`${name}.png`);
      const size = name === 'clear' ? '6KB' : '4KB';
      const made = await engine.run('encode', { source, out, format, size, psnr: true });
      expect(made.bytes).toBe(statSync(out).size);
      expect(made.bytes).toBeLessThanOrEqual(size === '6KB' ? 6000 : 4000);
      expect(made.psnr).toBeGreaterThan(20);
    }
  });

  it('is never its own result: what would be called like the original is called otherwise', async () => {
    const name = async (source: string, format: string): Promise<string> =>
      (await nameOutput('encode', {
        ...{ source, format, out: '{dir}/{name}.{ext}', index: 1, inputs: 1 },
      }))!.path;
    await sharp(at('photo.png')).jpeg().toFile(at('photo.jpg'));
    expect(await name(at('photo.jpg'), 'jpeg')).toBe(at('photo-small.jpg'));
    expect(await name(at('photo.jpg'), 'webp')).toBe(at('photo.webp'));
    expect(await name(at('photo.jpg'), 'hgl')).toBe(at('photo.hgl'));
  });
});
