/** Pictures that use 10, 12 or 14 of 16 bits, written in formats of fewer: as bright as on the screen, and said. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OutputFormat } from '../../../app/contract/index.ts';
import { decodeImage, type DecodedImage, type Raster } from '../../../app/pixels/index.ts';
import { createSharingWriter } from '../../../app/pixels/share/sharing-writer.ts';
import { imageOf, requestFor, scratchFolder, writeWhole } from './support.ts';

const folder = scratchFolder();
const [width, height] = [64, 48];

/** A ramp in steps of 4 pixels from 0 to `most`, opacity of the whole range in 16 bits. */
function ramp(channels: 1 | 2 | 3 | 4, most: number, opacity: (x: number) => number): Raster {
  const hasAlpha = channels === 2 || channels === 4;
  const data = new Uint16Array(width * height * channels);
  for (let at = 0; at < data.length; at++) {
    const x = Math.floor(at / channels) % width;
    const c = at % channels;
    const value = Math.round((most * Math.floor(x / 4)) / (width / 4 - 1));
    data[at] = hasAlpha && c === channels - 1 ? opacity(x) : Math.max(0, value - 5 * c);
  }
  return { width, height, channels, hasAlpha, sampleType: 'uint16', data };
}

const half = (x: number): number => (x < width / 2 ? 32_768 : 65_535);
const opaque = (): number => 65_535;
let count = 0;

async function written(
  raster: Raster,
  format: OutputFormat,
  more: Parameters<typeof requestFor>[3] = {},
): Promise<{ image: DecodedImage; texts: string }> {
  const path = join(folder, `${++count}.${format}`);
  const { notices } = await writeWhole(requestFor(path, format, imageOf(raster), more));
  return { image: await decodeImage({ path }), texts: notices.map(({ text }) => text).join(' ') };
}

/** The largest difference of colours from what the screen shows, as a share of white; and that of opacity. */
function differences(from: Raster, most: number, to: Raster): { colour: number; opacity: number } {
  const white = to.sampleType === 'uint8' ? 255 : 65_535;
  const found = { colour: 0, opacity: 0 };
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < from.channels; c++) {
      const isAlpha = from.hasAlpha && c === from.channels - 1;
      if (isAlpha && !to.hasAlpha) continue;
      const a = from.data[pixel * from.channels + c]! / (isAlpha ? 65_535 : most);
      // WebP has no gray: three equal channels.
      const gray = from.channels < 3 && to.channels > 2;
      const at = gray && isAlpha ? to.channels - 1 : c;
      const b = to.data[pixel * to.channels + at]! / white;
      const key = isAlpha ? 'opacity' : 'colour';
      found[key] = Math.max(found[key], Math.abs(a - b));
    }
  }
  return found;
}

/** Exact formats are off by half a step of 8 bits; others by what their coding loses of such a ramp. */
const formats: [OutputFormat, 'uint8' | 'uint16', number][] = [
  ['png', 'uint8', 0.51 / 255],
  ['tiff', 'uint8', 0.51 / 255],
  ['webp', 'uint8', 0.51 / 255],
  ['avif', 'uint16', 0.02],
  ['avif', 'uint8', 0.02],
  ['jpeg', 'uint8', 0.06],
];

describe('10, 12 and 14 bits in 16, in fewer', () => {
  it.each(formats)('%s of %s shows what the screen shows', async (format, sampleType, most) => {
    for (const [channels, bits] of [
      [3, 12],
      [3, 10],
      [1, 14],
      [4, 12],
      [2, 10],
    ] as const) {
      // JPEG holds opacity only where there is nothing to hold.
      const raster = ramp(channels, 2 ** bits - 1, format === 'jpeg' ? opaque : half);
      const { image, texts } = await written(raster, format, { sampleType, quality: 100 });
      const { colour, opacity } = differences(raster, 2 ** bits - 1, image.raster);
      expect(colour, `${channels} channels of ${bits} bits`).toBeLessThanOrEqual(most);
      expect(opacity, `${channels} channels of ${bits} bits`).toBeLessThanOrEqual(most);
      expect(texts).toMatch(/uses its values from 0 to [\d,]+ only: .* black to white/);
    }
  });

  it('16 bits stay as stored, without a word', async () => {
    for (const format of ['png', 'tiff'] as const)
      for (const channels of [1, 3, 4] as const) {
        const raster = ramp(channels, 4095, half);
        const { image, texts } = await written(raster, format);
        expect(image.raster.data).toEqual(raster.data);
        expect(texts).not.toMatch(/black to white/);
      }
  });

  it('a picture that uses all its bits is rounded as before', async () => {
    const raster = ramp(3, 65_535, opaque);
    const { image, texts } = await written(raster, 'png', { sampleType: 'uint8' });
    expect([...image.raster.data]).toEqual(Array.from(raster.data, (v) => Math.round(v / 257)));
    expect(texts).not.toMatch(/black to white/);
  });

  it('a wanted size is met by the bright picture', async () => {
    const raster = ramp(3, 4095, opaque);
    const { image } = await written(raster, 'jpeg', { sampleType: 'uint8', maxBytes: 4000 });
    expect(differences(raster, 4095, image.raster).colour).toBeLessThan(0.2);
  });

  it.each(['uint8', 'uint16'] as const)('made smaller (%s) too', async (sampleType) => {
    const raster = ramp(4, 1023, half);
    const path = join(folder, `small ${sampleType}.webp`);
    const request = requestFor(path, 'webp', imageOf(raster), { sampleType, quality: 100 });
    const writer = await createSharingWriter(request, {
      srgb: false,
      strip: 'nothing',
      maxSide: 16,
    });
    await writer.writeRows(raster.data, height);
    await writer.finish(new AbortController().signal);
    const small = (await decodeImage({ path })).raster;
    const last = small.data.subarray(small.data.length - 4);
    expect(last[0]).toBeGreaterThan(250);
    expect(last[3]).toBe(255);
    expect(small.data[3]).toBeGreaterThan(125);
    expect(small.data[3]).toBeLessThan(131);
  });
});
