/**
 * Every way a tile is cleaned gives the pixels and the structure sums that it always gave: the sums stand for the
 * outputs of the commit before the ways got names of their own (`asking.ts`).
 */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { CleanSpec } from '../../../app/denoise/clean-spec.ts';
import { cleanImage, createSpec } from '../../../app/denoise/denoise.ts';
import { lookAt } from '../../../app/denoise/picture.ts';
import { allocateSamples } from '../../../app/pixels/raster.ts';
import { blur, card, fakeInference, picture, type PictureOptions } from './helpers.ts';

const untold = { ...card, input: { ...card.input, noiseMap: false } };
const oneTone = { ...card, input: { ...card.input, imageChannels: 1 as const } };
const level = 60;
/** Sums of 16 classes of brightness, 7 each. */
const CLASS_SUMS = 112;

interface Mode {
  readonly of?: Partial<PictureOptions>;
  readonly model?: typeof card;
  readonly settings?: { readonly detail?: number; readonly chroma?: number };
  readonly spec?: Partial<CleanSpec>;
}

const uneven = {
  cell: 32,
  columns: 4,
  rows: 3,
  values: Float32Array.from({ length: 12 }, (_, i) => 0.5 + i / 8),
};

const modes: Readonly<Record<string, Mode>> = {
  'colour, one strength': {},
  'colour with alpha, 16 bits': { of: { channels: 4, sampleType: 'uint16' } },
  'colour, 8 bits, detail': { of: { sampleType: 'uint8' }, settings: { detail: 70 } },
  'chroma of its own': { settings: { chroma: 150 } },
  'chroma of its own, detail': { settings: { chroma: 40, detail: 50 } },
  'chroma of the source': { settings: { chroma: 0 } },
  'chroma of the source, detail': { settings: { chroma: 0, detail: 30 } },
  'a network that is not told': { model: untold, spec: { blend: 0.6 } },
  'not told, all of it': { model: untold, spec: { blend: 1 } },
  'not told, chroma of its own': { model: untold, settings: { chroma: 150 }, spec: { blend: 0.5 } },
  'not told, chroma of the source': {
    model: untold,
    settings: { chroma: 0 },
    spec: { blend: 0.5 },
  },
  'one tone, 8 bits': { of: { channels: 1, sampleType: 'uint8' } },
  'one tone, asked twice': { of: { channels: 1, sampleType: 'uint16' } },
  'one tone, asked twice, a network of one tone, uneven': {
    of: { channels: 1 },
    model: oneTone,
    spec: { local: uneven },
  },
  'one tone, detail and mean': {
    of: { channels: 2, sampleType: 'uint8' },
    settings: { detail: 60 },
  },
  'one tone, mean not kept, twice, not told': {
    of: { channels: 1 },
    model: { ...untold, input: { ...untold.input, imageChannels: 1 } },
    spec: { keepsMean: false, blend: 0.7 },
  },
};

async function sumOf({ of = {}, model = card, settings = {}, spec = {} }: Mode): Promise<string> {
  const source = picture({ width: 190, height: 120, sigma: 14, ...of });
  const found: CleanSpec = {
    ...createSpec(
      lookAt({ raster: source }),
      model,
      { strength: 'auto', sigma: level, detail: 0, chroma: 100, ...settings },
      null,
    ),
    ...spec,
  };
  const data = allocateSamples(source.sampleType, source.data.length);
  const hash = createHash('sha256');
  const { structure } = await cleanImage(
    {
      spec: found,
      device: 'auto',
      inference: fakeInference(blurOf(model.input.noiseMap), 128),
      sink: {
        begin: () => {},
        target: () => ({ data, sampleType: source.sampleType, top: 0 }),
        stored: (_tile, sums) => {
          // Those of the classes of brightness; what stands behind them came later.
          hash.update(Buffer.from(Float64Array.from(sums.subarray(0, CLASS_SUMS)).buffer));
        },
      },
    },
    { signal: new AbortController().signal, progress: () => {} },
  );
  hash.update(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return `${hash.digest('hex').slice(0, 16)} ${structure.index.toFixed(6)}`;
}

/** The blur of `helpers.ts`, fully where no map says how much. */
const blurOf = (told: boolean): typeof blur =>
  told
    ? blur
    : (input, side, channels) => {
        const withMap = new Float32Array((channels + 1) * side * side);
        withMap.set(input.subarray(0, channels * side * side));
        withMap.fill(0.8, channels * side * side);
        return blur(withMap, side, channels);
      };

const expected: Readonly<Record<string, string>> = {
  'colour, one strength': 'bcaf72bdbc86adf8 0.717700',
  'colour with alpha, 16 bits': '880a4a99b822280f 0.717700',
  'colour, 8 bits, detail': '0ec2674fc8b8fb88 0.717572',
  'chroma of its own': '163eaaffa9e2b64f 0.717700',
  'chroma of its own, detail': '31869a81ff338a3b 0.717700',
  'chroma of the source': '6ce6a3fc3bc14edd 0.717700',
  'chroma of the source, detail': 'b3318accb9e9e31d 0.717700',
  'a network that is not told': '936d5282591c011b 0.720652',
  'not told, all of it': 'd257698079a31d51 0.722838',
  'not told, chroma of its own': '6b1b439b04bc9516 0.720243',
  'not told, chroma of the source': 'faa3d69308d55db7 0.720243',
  'one tone, 8 bits': '9474818b661a3a25 0.502014',
  'one tone, asked twice': '5f4cb7b4dee99aac 0.489326',
  'one tone, asked twice, a network of one tone, uneven': '817bdf48bf0412f3 0.225966',
  'one tone, detail and mean': '75ecff20cfca3506 0.501923',
  'one tone, mean not kept, twice, not told': 'a87d7de5c073474a 0.477921',
};

it.each(Object.keys(modes))('%s', async (name) => {
  expect(await sumOf(modes[name]!)).toBe(expected[name]);
});
