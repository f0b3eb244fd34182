/** The screen shows what libvips and lcms would show, within two levels; sRGB is untouched. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  convertSamples,
  createDisplayTransform,
  type Raster,
  type SampleType,
} from '../../../app/pixels/index.ts';
import { pngWithProfile } from '../../../app/pixels/formats/containers.ts';
import { grayProfile, imageOf, lutProfile, noiseRaster, primaries, rgbProfile } from './support.ts';

const whole = (raster: Raster): { x: number; y: number; width: number; height: number } => ({
  x: 0,
  y: 0,
  width: raster.width,
  height: raster.height,
});
const show = async (raster: Raster, icc: Uint8Array | null): Promise<Uint8Array> =>
  (await createDisplayTransform(imageOf(raster, { icc })))(raster, whole(raster));

/**
 * Conversion by libvips itself, of 8-bit values: lcms computes those exactly, while it approximates
 * 16-bit ones by a table of its own that is up to 15 levels off for dark channels of wide gamuts.
 */
async function reference(raster: Raster, icc: Uint8Array): Promise<Uint8Array> {
  const data = convertSamples(raster.data, 'uint8') as Uint8Array;
  const { width, height, channels } = raster;
  const space = channels === 1 ? 'b-w' : 'srgb';
  const png = await sharp(data, { raw: { width, height, channels } })
    .toColourspace(space)
    .png()
    .toBuffer();
  return sharp(await pngWithProfile(png, icc), { ignoreIcc: true })
    .toColourspace(space)
    .withIccProfile('srgb', { attach: false })
    .raw()
    .toBuffer();
}

function largestDifference(rgba: Uint8Array, rgb: Uint8Array): number {
  let largest = 0;
  for (let pixel = 0; pixel < rgba.length / 4; pixel++)
    for (let channel = 0; channel < 3; channel++)
      largest = Math.max(largest, Math.abs(rgba[pixel * 4 + channel]! - rgb[pixel * 3 + channel]!));
  return largest;
}

/** All colours in steps, dark ones included. */
function colourCube(sampleType: SampleType): Raster {
  const steps = [0, 0.004, 0.012, 0.03, 0.06, 0.12, 0.2, 0.33, 0.47, 0.6, 0.75, 0.88, 0.97, 1];
  const values = steps.flatMap((r) => steps.flatMap((g) => steps.flatMap((b) => [r, g, b])));
  // The same 8-bit colours whatever the type.
  const data = convertSamples(convertSamples(Float32Array.from(values), 'uint8'), sampleType);
  return {
    width: steps.length ** 2,
    height: steps.length,
    channels: 3,
    hasAlpha: false,
    sampleType,
    data,
  };
}

describe('profiles, against libvips', () => {
  const profiles: [string, Uint8Array][] = [
    ['Display P3', rgbProfile('P3', primaries.displayP3, null)],
    ['ProPhoto', rgbProfile('ROMM', primaries.proPhoto, 1.8)],
    ['a linear one', rgbProfile('linear', primaries.srgb, 1)],
    ['one with a lookup table', lutProfile('LUT')],
  ];
  it.each(
    profiles.flatMap(([name, icc]) =>
      (['uint8', 'uint16', 'float32'] as const).map((type) => [name, type, icc] as const),
    ),
  )('%s, %s: at most 2 levels', async (_, sampleType, icc) => {
    const raster = colourCube(sampleType);
    const shown = await show(raster, icc);
    const expected = await reference(raster, icc);
    expect(largestDifference(shown, expected)).toBeLessThanOrEqual(2);
    // The profile does something: a transform that ignores it would differ visibly.
    expect(largestDifference(await show(raster, null), expected)).toBeGreaterThan(10);
  });

  it.each(['uint8', 'uint16'] as const)('gray, %s: at most 2 levels', async (sampleType) => {
    const data = convertSamples(
      Uint8Array.from({ length: 256 }, (_, index) => index),
      sampleType,
    );
    const raster: Raster = {
      width: 256,
      height: 1,
      channels: 1,
      hasAlpha: false,
      sampleType,
      data,
    };
    const icc = grayProfile('Gray 1.8', 1.8);
    const shown = await show(raster, icc);
    const expected = await reference(raster, icc);
    const channels = expected.length / 256;
    for (let x = 0; x < 256; x++)
      expect(Math.abs(shown[x * 4]! - expected[x * channels]!)).toBeLessThanOrEqual(2);
    expect(shown[128 * 4]).not.toBe(128);
  });
});

describe('sRGB', () => {
  it('8-bit samples are untouched, with the profile of sRGB and without', async () => {
    const raster = noiseRaster({ width: 40, height: 30, channels: 3, sampleType: 'uint8' });
    for (const icc of [null, rgbProfile('sRGB', primaries.srgb, null)])
      expect(largestDifference(await show(raster, icc), raster.data as Uint8Array)).toBe(0);
  });

  it('16 bits and floats are rounded, alpha is kept, gray is spread, regions are cut', async () => {
    const sixteen: Raster = {
      width: 2,
      height: 1,
      channels: 4,
      hasAlpha: true,
      sampleType: 'uint16',
      data: new Uint16Array([0, 129, 65535, 32768, 257, 128, 385, 65535]),
    };
    expect([...(await show(sixteen, null))]).toEqual([0, 1, 255, 128, 1, 0, 1, 255]);
    const float: Raster = {
      width: 2,
      height: 2,
      channels: 2,
      hasAlpha: true,
      sampleType: 'float32',
      data: new Float32Array([-3, 0.5, 0.5, 1, 9, 1, 0.25, 0]),
    };
    const transform = await createDisplayTransform(imageOf(float));
    expect([...transform(float, { x: 1, y: 0, width: 1, height: 2 })]).toEqual([
      128, 128, 128, 255, 64, 64, 64, 0,
    ]);
  });

  it('a profile of the wrong kind or without sense is ignored', async () => {
    const raster = noiseRaster({ width: 10, height: 10, channels: 3, sampleType: 'uint8' });
    const broken = rgbProfile('x', primaries.proPhoto, 1.8).subarray(0, 300);
    for (const icc of [grayProfile('g', 1.8), broken, new Uint8Array(200)])
      expect(largestDifference(await show(raster, icc), raster.data as Uint8Array)).toBe(0);
  });
});
