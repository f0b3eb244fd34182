/**
 * Every way a tile is cleaned gives the pixels and the structure index that it always gave: the values are those of
 * the commit before the sums left the writing of a tile, which gave those of the ways before they got names of their
 * own (`asking.ts`).
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
  const { structure } = await cleanImage(
    {
      spec: found,
      device: 'auto',
      inference: fakeInference(blurOf(model.input.noiseMap), 128),
      sink: {
        begin: () => {},
        target: () => ({ data, sampleType: source.sampleType, top: 0 }),
        stored: () => {},
      },
    },
    { signal: new AbortController().signal, progress: () => {} },
  );
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const hash = createHash('sha256').update(bytes).digest('hex');
  return `${hash.slice(0, 16)} ${structure.index.toFixed(9)}`;
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
  'colour, one strength': 'a482bf5997737cd6 0.717700393',
  'colour with alpha, 16 bits': 'd08ff1a6ca7cd4d5 0.717699823',
  'colour, 8 bits, detail': 'addc37fa8e2a4721 0.717572103',
  'chroma of its own': '1ea1eb7beb392854 0.717700393',
  'chroma of its own, detail': 'f20f4b7732c0d1ed 0.717700393',
  'chroma of the source': '91a1ef9b9b230362 0.717700393',
  'chroma of the source, detail': '91a1ef9b9b230362 0.717700393',
  'a network that is not told': '6a1f8542926a68b2 0.720652089',
  'not told, all of it': '11c494c59e08858c 0.722837825',
  'not told, chroma of its own': '76ea4ef6dced7823 0.720243384',
  'not told, chroma of the source': '4c9d2d33ae26c4ff 0.720243384',
  'one tone, 8 bits': '61dcf574b4ee59cc 0.502014469',
  'one tone, asked twice': 'd1553d671eaace33 0.489326008',
  'one tone, asked twice, a network of one tone, uneven': '0d3fd739bdb47414 0.225966162',
  'one tone, detail and mean': '58233bbc41d09cfc 0.501923165',
  'one tone, mean not kept, twice, not told': '0a4efac99c293c3a 0.477920575',
};

it.each(Object.keys(modes))('%s', async (name) => {
  expect(await sumOf(modes[name]!)).toBe(expected[name]);
});
