/** CMYK, as cameras never write it and print shops do: shown and cleaned as sRGB, and said. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../app/pixels/index.ts';
import { createThumbnail } from '../../../app/pixels/thumbnail.ts';
import { scratchFolder } from './support.ts';

const folder = scratchFolder();
/** Colours that a press can print, and how far their way through inks may lead them off, levels. */
const colours = [
  [255, 255, 255],
  [30, 30, 30],
  [200, 40, 40],
  [60, 120, 60],
  [90, 90, 160],
  [230, 200, 90],
] as const;
const NEAR = 32;
const side = 16;

const rgb = (): import('sharp').Sharp => {
  const data = Buffer.from(
    colours.flatMap((colour) => Array.from({ length: side * side }, () => colour).flat()),
  );
  return sharp(data, { raw: { width: side, height: side * colours.length, channels: 3 } });
};
/** As Adobe writes it: inverted, which its segment says. */
const jpeg = (): Promise<Buffer> =>
  rgb().toColourspace('cmyk').jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
const tiff = (compression: 'none' | 'jpeg' | 'lzw'): Promise<Buffer> =>
  rgb().toColourspace('cmyk').tiff({ compression, quality: 100 }).toBuffer();

describe.each<[string, () => Promise<Buffer>]>([
  ['cmyk.jpg', jpeg],
  ['with-profile.jpg', () => rgb().withIccProfile('cmyk').jpeg({ quality: 100 }).toBuffer()],
  ['cmyk.tif', () => tiff('none')],
  ['cmyk-lzw.tif', () => tiff('lzw')],
  ['with-profile.tif', () => rgb().withIccProfile('cmyk').tiff({ compression: 'lzw' }).toBuffer()],
])('%s', (name, made) => {
  const path = join(folder, name);

  it('has the colours that were meant', async () => {
    writeFileSync(path, await made());
    expect((await sharp(path).metadata()).space).toBe('cmyk');
    const { raster, metadata, notices } = await decodeImage({ path });
    expect(raster).toMatchObject({ channels: 3, sampleType: 'uint8', hasAlpha: false });
    colours.forEach((colour, index) => {
      const at = 3 * side * (side * index + side / 2) + 3 * (side / 2);
      colour.forEach((value, c) => {
        expect(Math.abs(raster.data[at + c]! - value)).toBeLessThan(NEAR);
      });
    });
    expect(metadata.icc).toBeNull();
    const said = notices.map(({ level, text }) => `${level}: ${text}`).join();
    expect(said).toMatch(/^warning: .* is stored in CMYK.*converted to sRGB/);
    expect(said.includes('profile of the press'), said).toBe(name.startsWith('with-profile'));
  });

  it('and so has its thumbnail', async () => {
    writeFileSync(path, await made());
    const { data, info } = await sharp(await createThumbnail({ path }))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const at = (index: number): number =>
      info.channels * info.width * (side * index + side / 2) + info.channels * (side / 2);
    colours.forEach((colour, index) => {
      colour.forEach((value, c) => {
        expect(Math.abs(data[at(index) + c]! - value)).toBeLessThan(NEAR);
      });
    });
  });
});
