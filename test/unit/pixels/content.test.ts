/** Photo or scan: one table of every case, and every part of the program that asks has the same answer. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { whyInexact } from '../../../app/contract/latent.ts';
import { isSlice } from '../../../app/denoise/range.ts';
import { lookAt } from '../../../app/denoise/picture.ts';
import { sourceFacts } from '../../../app/latent/source.ts';
import {
  contentOf,
  createDocumentStore,
  type Content,
  type DecodedImage,
  type Raster,
  type SampleType,
} from '../../../app/pixels/index.ts';
import { canHaveRange } from '../../../app/pixels/display-range.ts';
import {
  grayProfile,
  imageOf,
  noiseRaster,
  requestFor,
  scratchFolder,
  writeWhole,
} from './support.ts';

const size = { width: 40, height: 30 };
const stored = (channels: 1 | 2 | 3 | 4, sampleType: SampleType): Raster =>
  noiseRaster({ ...size, channels, sampleType });
const twelveBits = (): Raster => {
  const raster = stored(1, 'uint16');
  for (let i = 0; i < raster.data.length; i++) raster.data[i]! >>= 4;
  return raster;
};
const grayAsColour = (sampleType: SampleType): Raster => {
  const raster = stored(3, sampleType);
  for (let at = 0; at < raster.data.length; at += 3) raster.data.fill(raster.data[at]!, at, at + 3);
  return raster;
};
const profile = grayProfile('Gray 2.2', 2.2);
const saysScan: Content = { family: 'scan', reason: 'its header says CT' };
const saysPhoto: Content = { family: 'photo', reason: 'its header says photograph' };

/** Where it was no longer so, the last word names the parts of the program that gave another answer. */
const cases: [string, DecodedImage, 'photo' | 'scan', 'scan' | 'floats' | null][] = [
  ['8 bits, gray', imageOf(stored(1, 'uint8')), 'photo', null],
  ['8 bits, colour', imageOf(stored(3, 'uint8')), 'photo', null],
  ['16 bits, colour', imageOf(stored(3, 'uint16')), 'photo', null],
  ['16 bits, colour and alpha', imageOf(stored(4, 'uint16')), 'photo', null],
  ['16 bits, gray', imageOf(stored(1, 'uint16')), 'scan', 'scan'],
  ['16 bits, gray and alpha', imageOf(stored(2, 'uint16')), 'scan', 'scan'],
  ['12 bits in 16', imageOf(twelveBits()), 'scan', 'scan'],
  ['floats, gray', imageOf(stored(1, 'float32')), 'scan', 'scan'],
  // Was a scan for cleaning and compressing, a photo for the screen: a profile is for the eye.
  ['16 bits, gray, with a profile', imageOf(stored(1, 'uint16'), { icc: profile }), 'photo', null],
  ['floats, gray, profile', imageOf(stored(1, 'float32'), { icc: profile }), 'photo', 'floats'],
  // Was a scan for cleaning alone: one tone is one tone, however many channels it is stored in.
  ['16 bits, gray stored as colour', imageOf(grayAsColour('uint16')), 'scan', 'scan'],
  // Was a scan for compressing alone: no latent holds such values, which makes it no scan.
  ['floats, colour', imageOf(stored(3, 'float32')), 'photo', 'floats'],
  ['floats, gray stored as colour', imageOf(grayAsColour('float32')), 'scan', 'scan'],
  // Was none for cleaning: there is no range in it, but what it holds is what it holds.
  [
    '16 bits, gray, one value',
    imageOf({ ...stored(1, 'uint16'), data: new Uint16Array(1200).fill(7) }),
    ...(['scan', 'scan'] as const),
  ],
  [
    '8 bits, a reader’s word',
    { ...imageOf(stored(1, 'uint8')), content: saysScan },
    'scan',
    'scan',
  ],
  [
    '16 bits, a reader’s word',
    { ...imageOf(stored(1, 'uint16')), content: saysPhoto },
    'photo',
    null,
  ],
];

describe('photo or scan', () => {
  it.each(cases)('%s', (_, image, family, inexact) => {
    const content = contentOf(image);
    expect(content.family).toBe(family);
    const scan = family === 'scan';
    const { sampleType } = image.raster;
    // Cleaning.
    const picture = lookAt(image);
    expect(picture.scan).toBe(scan);
    if (!scan) expect([isSlice(picture), picture.range.low]).toEqual([false, 0]);
    // The screen.
    expect(canHaveRange(image)).toBe(scan && sampleType !== 'uint8');
    // Compressing, in the engine and on the page.
    expect(whyInexact({ sampleType, content })).toBe(inexact);
    expect(sourceFacts('a', image, true).lossyScan).toBe(inexact !== null);
    if (inexact)
      expect(() => sourceFacts('a', image, false)).toThrow(/values a latent file does not/);
    else expect(() => sourceFacts('a', image, false)).not.toThrow();
  });

  it('a scan that is larger than a slice is a scan, and is cleaned without what takes too long', () => {
    const raster = { ...stored(1, 'uint16'), width: 5000, height: 4000 };
    const range = { low: 0, high: 4095 };
    expect(contentOf({ raster }).family).toBe('scan');
    expect(isSlice({ scan: true, range, source: raster })).toBe(false);
    expect(isSlice({ scan: true, range, source: { ...raster, height: 3000 } })).toBe(true);
  });

  const folder = scratchFolder();
  it('is in what `open` answers', async () => {
    const store = createDocumentStore({ maxBytes: 1e9 });
    const signal = new AbortController().signal;
    const path = join(folder, 'slice.tif');
    await writeWhole(requestFor(path, 'tiff', imageOf(twelveBits())));
    const { info } = await store.open({ source: '@1', path, maxMegapixels: 1, signal });
    expect(info.content).toEqual({
      family: 'scan',
      reason: 'one tone of more than 8 bits, without a colour profile',
    });
  });
});
