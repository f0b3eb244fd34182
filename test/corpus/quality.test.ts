/**
 * Does it clean, nothing told? The program's own path (reading, model, tiles, writer) with the shipped
 * networks over a part of the data pack's photographs: every eighth of the large sets, each level of noise another
 * part. All of them, beside peers, is `npm run bench -- quality`. How noise is made and PSNR measured: test/quality.ts.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  commands,
  parseInput,
  type Commands,
  type InputOf,
  type OutputOf,
} from '../../app/contract/index.ts';
import { denoiseCapability } from '../../app/denoise/index.ts';
import { measureNoise } from '../../app/denoise/noise/reading.ts';
import { nameOutput } from '../../app/jobs/outputs.ts';
import { createDocumentStore, decodeImage, type Raster } from '../../app/pixels/index.ts';
import { dicomReader } from '../../app/scans/dicom/reader.ts';
import {
  createInference,
  createModelStore,
  type EngineServices,
  type Handler,
} from '../../app/runtime/index.ts';
import { dataPack, noDataPack } from '../data.ts';
import { cellsInLight, photons } from '../unit/denoise/photons.ts';
import { benchImages, clean, load, mean, meanShift, psnr, withNoise } from '../quality.ts';
import { buildRuntime, shippedModels } from '../unit/runtime/support.ts';

if (!dataPack) process.stderr.write(`skipped: quality over the data pack, because ${noDataPack}\n`);

/** Of the sets that the bench measures as a whole. */
const EVERY = 8;

const signal = new AbortController().signal;
const context = { job: 'j', signal, progress: () => {}, emit: () => {} };
let built: Awaited<ReturnType<typeof buildRuntime>>;
let services: EngineServices;
let folder: string;

beforeAll(async () => {
  if (!dataPack) return;
  built = await buildRuntime();
  services = {
    documents: createDocumentStore({ maxBytes: 1e8 }),
    models: createModelStore(shippedModels),
    inference: createInference({ threadFile: built.threadFile }),
    software: 'Hourglass test',
    describers: {},
  };
  folder = await mkdtemp(join(tmpdir(), 'quality-'));
});
afterAll(async () => {
  if (!dataPack) return;
  await services.inference.dispose();
  built.remove();
  await rm(folder, { recursive: true });
});

/** Figures on the way, for whoever reads the log. */
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const range = (values: readonly number[], digits = 2): string =>
  `${mean(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)} … ${Math.max(...values).toFixed(digits)})`;

/** Largest change of a channel's mean that cleaning may make, 8-bit levels. */
const MOST_SHIFT = 0.5;

describe.skipIf(!dataPack)('white noise on CBSD68', () => {
  test.each([5, 10, 25, 50])('σ %i: read within 5 % on every image', async (sigma) => {
    const readings: number[] = [];
    const images = await benchImages('cbsd68', /webp$/, EVERY / 2);
    for (const [i, path] of images.entries()) {
      if (i % 2 !== sigma % 2) continue;
      const noisy = withNoise(await load(path), sigma, i);
      readings.push((await measureNoise({ raster: noisy }, services, signal)).sigma);
    }
    say(`CBSD68 σ ${sigma}: read as ${range(readings)}`);
    for (const reading of readings) expect(Math.abs(reading / sigma - 1)).toBeLessThan(0.05);
  });

  test('σ 25: cleaned as well at the suggestion as at the known level', async () => {
    const known: number[] = [];
    const suggested: number[] = [];
    for (const [i, path] of (await benchImages('cbsd68', /webp$/, EVERY)).entries()) {
      const reference = await load(path);
      const noisy = withNoise(reference, 25, 100 + i);
      known.push(psnr((await clean(noisy, { sigma: 25 }, services)).raster, reference));
      const { raster } = await clean(noisy, {}, services);
      suggested.push(psnr(raster, reference));
      expect(meanShift(raster, noisy)).toBeLessThan(MOST_SHIFT);
    }
    say(`CBSD68 σ 25, dB: known ${range(known)}, suggested ${range(suggested)}`);
    expect(mean(known)).toBeGreaterThanOrEqual(30.85);
    expect(mean(suggested)).toBeGreaterThanOrEqual(mean(known) - 0.05);
  });
});

describe.skipIf(!dataPack)('white noise that a JPEG with colours at half size was made of', () => {
  test.each([80, 95])('σ 25, quality %i: at least 3 dB are gained, on average', async (quality) => {
    const before: number[] = [];
    const after: number[] = [];
    for (const [i, path] of (await benchImages('cbsd68', /webp$/, 2 * EVERY)).entries()) {
      const reference = await load(path);
      const { width, height, data } = withNoise(reference, 25, 200 + i);
      const eight = Uint8Array.from(data, (value) =>
        Math.min(255, Math.max(0, Math.round(255 * value))),
      );
      const file = await sharp(eight, { raw: { width, height, channels: 3 } })
        .jpeg({ quality, chromaSubsampling: '4:2:0' })
        .toBuffer();
      const noisy = { ...reference, data: new Uint8Array(await sharp(file).raw().toBuffer()) };
      before.push(psnr(noisy, reference));
      after.push(psnr((await clean(noisy, {}, services)).raster, reference));
    }
    say(`JPEG ${quality} of σ 25, dB: ${range(before)} → ${range(after)}`);
    expect(mean(after)).toBeGreaterThanOrEqual(mean(before) + 3);
  });
});

describe.skipIf(!dataPack)('clean photographs at the suggestion', () => {
  test.each([
    ['cbsd68', EVERY],
    ['gb82', 1],
    ['large', 1],
  ])('%s: at least 48 dB on average, none under 42', async (set, every) => {
    const values: number[] = [];
    const readings: number[] = [];
    for (const path of await benchImages(set, /webp$/, every)) {
      const reference = await load(path);
      const { raster, reading } = await clean(reference, {}, services);
      values.push(psnr(raster, reference));
      readings.push(reading!.sigma);
      expect(meanShift(raster, reference)).toBeLessThan(MOST_SHIFT);
    }
    say(`clean ${set}: read as ${range(readings)}, come back at ${range(values, 1)} dB`);
    expect(mean(values)).toBeGreaterThanOrEqual(48);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(42);
  });
});

/** A command of the capability, as the engine calls it. */

describe.skipIf(!dataPack)('a real CT series at the suggestion', () => {
  test('its noise is read as neighbouring slices differ, and cleaning brings slices nearer to each other', async () => {
    const folder = join(dataPack!, 'series/ct-chest-abdomen');
    const paths = (await readdir(folder)).map((name) => join(folder, name));
    const readers = { dicom: dicomReader };
    const sliceAt = (page: number) =>
      decodeImage({ path: paths[0]!, files: paths, page, readers }).then(({ raster }) => raster);
    for (const at of [9, 20, 35]) {
      const [before, slice, after] = await Promise.all([at - 1, at, at + 1].map(sliceAt));
      const neighbours = Float64Array.from(
        slice!.data,
        (_, i) => (before!.data[i]! + after!.data[i]!) / 2,
      );
      const isTissue = (i: number): boolean => Math.abs(slice!.data[i]! - 1050) < 110;
      const distance = ({ data }: Raster): number => {
        let [sum, count] = [0, 0];
        data.forEach((value, i) => {
          if (!isTissue(i)) return;
          sum += (value - neighbours[i]!) ** 2;
          count++;
        });
        return Math.sqrt(sum / count);
      };
      // Of two slices, each with noise of its own. A step is one Hounsfield unit.
      const differences = Float64Array.from(slice!.data, (value, i) =>
        Math.abs(value - after!.data[i]!),
      );
      const inTissue = differences.filter((_, i) => isTissue(i)).sort();
      const noise = inTissue[inTissue.length >> 1]! / 0.6745 / Math.SQRT2;
      const { raster, reading } = await clean(slice!, {}, services);
      const read = reading!.storedSigma!;
      say(
        `slice ${at}: read as ${read.toFixed(1)} HU, differs by ${noise.toFixed(1)}; to its neighbours ${distance(slice!).toFixed(1)} → ${distance(raster).toFixed(1)} HU`,
      );
      expect(Math.abs(read / noise - 1)).toBeLessThan(0.2);
      expect(distance(raster)).toBeLessThan(0.93 * distance(slice!));
    }
  });
});

describe('pictures of few photons', () => {
  test('told how the noise grows with the light: at least 1 dB better than at one level', async () => {
    const noisy = photons(8);
    const reference = cellsInLight();
    const { raster, sigma, reading, card } = await clean(noisy, {}, services);
    expect(card.id).toBe('denoise-scan-faint');
    const flat = await clean(noisy, { sigma }, services);
    const [before, after, atOne] = [noisy, raster, flat.raster].map((one) => psnr(one, reference));
    say(
      `8 photons: ${before!.toFixed(2)} dB, at one level of ${sigma.toFixed(1)} ${atOne!.toFixed(2)} dB, by the light ${after!.toFixed(2)} dB`,
    );
    expect(reading!.uneven).toBe(true);
    expect(after! - atOne!).toBeGreaterThan(1);
    expect(after! - before!).toBeGreaterThan(8);
  });
});

/** Noise of 60 levels whose neighbours are mixed 1 : 2 : 1 both ways, cut off and stored in 8 bits: strong and smeared, as small cameras leave it. */
function smeared(clean: Raster, seed: number): Raster {
  const { width, height } = clean;
  const white = withNoise(clean, 60, seed).data.map((value, i) => 255 * value - clean.data[i]!);
  const data = Uint8Array.from(clean.data, (value, i) => {
    const at = Math.floor(i / 3);
    let sum = 0;
    for (let dy = -1; dy <= 1; dy++)
      for (let dx = -1; dx <= 1; dx++) {
        const x = Math.min(width - 1, Math.max(0, (at % width) + dx));
        const y = Math.min(height - 1, Math.max(0, Math.floor(at / width) + dy));
        sum +=
          ((2 - Math.abs(dx)) * (2 - Math.abs(dy)) * white[3 * (y * width + x) + (i % 3)]!) / 16;
      }
    return Math.min(255, Math.max(0, Math.round(value + sum)));
  });
  return { ...clean, data };
}

describe.skipIf(!dataPack)('strong noise that is smeared', () => {
  test('goes to the network that is made for it, which is better there', async () => {
    const gained: number[] = [];
    for (const [i, path] of (await benchImages('cbsd68', /webp$/, 17)).entries()) {
      const original = await load(path);
      const noisy = smeared(original, i);
      const { raster, sigma, reading, card } = await clean(noisy, {}, services);
      expect(reading!.source).toBe('low-light');
      expect(card.id).toBe('denoise-photo-dark');
      const other = await clean(noisy, { sigma }, services);
      expect(other.card.id).toBe('denoise-photo-fast');
      gained.push(psnr(raster, original) - psnr(other.raster, original));
    }
    say(`smeared noise: the network for low light gains ${range(gained)} dB`);
    expect(mean(gained)).toBeGreaterThan(0.2);
  });
});

async function run<K extends 'denoise' | 'preview'>(
  command: K,
  input: InputOf<Commands[K]>,
): Promise<OutputOf<Commands[K]>> {
  const handler = denoiseCapability.handlers[command] as unknown as Handler<K>;
  const parsed = parseInput(commands[command], input);
  const output = await nameOutput(command, parsed);
  return handler(parsed, { ...context, ...(output ? { output } : {}) }, services);
}

describe.skipIf(!dataPack)('real camera noise, PolyU pairs, at the suggestion', () => {
  test('each camera gains; brightness and colour stay', async () => {
    const cameras = new Map<string, { before: number[]; after: number[]; level: number[] }>();
    for (const path of await benchImages('real-noise-polyu', /_real\.jpg$/i, EVERY / 2)) {
      const noisy = await load(path);
      const reference = await load(path.replace('_real', '_mean'));
      const { raster, sigma } = await clean(noisy, {}, services);
      expect(meanShift(raster, noisy)).toBeLessThan(MOST_SHIFT);
      const camera = basename(path).split('_', 1)[0]!;
      const seen = cameras.get(camera) ?? { before: [], after: [], level: [] };
      cameras.set(camera, seen);
      seen.before.push(psnr(noisy, reference));
      seen.after.push(psnr(raster, reference));
      seen.level.push(sigma);
    }
    for (const [camera, { before, after, level }] of cameras)
      say(
        `PolyU ${camera}, ${before.length} pairs: suggested ${range(level, 1)}; ${mean(before).toFixed(2)} → ${mean(after).toFixed(2)} dB`,
      );
    const all = (what: 'before' | 'after'): number[] =>
      [...cameras.values()].flatMap((seen) => seen[what]);
    say(
      `PolyU, ${all('after').length} pairs: ${mean(all('before')).toFixed(2)} → ${range(all('after'))} dB`,
    );
    expect(cameras.size).toBe(5);
    for (const { before, after } of cameras.values())
      expect(mean(after)).toBeGreaterThan(mean(before));
  });

  test('the file and the screen hold the same pixels, a JPEG loses little', async () => {
    for (const source of await benchImages('real-noise-polyu', /_real\.jpg$/i, 27)) {
      const reference = await load(source.replace('_real', '_mean'));
      const out = (extension: string): string => join(folder, `{name}.${extension}`);
      const exported = await run('denoise', { source, out: out('png'), sigma: 10 });
      const result = await load(exported.output);
      const document = await services.documents.open({
        source,
        path: source,
        maxMegapixels: 1,
        signal,
      });
      const shown = await run('preview', { document: document.id, settings: { sigma: 10 } });
      const layer = document.layer(shown.layer)!.raster.data;
      expect(layer.every((value, i) => value === result.data[i])).toBe(true);
      const small = await run('denoise', { source, out: out('jpg'), sigma: 10 });
      // JPEG at the default quality of 95 adds an error of its own (about 0.65 levels).
      const loss = psnr(result, reference) - psnr(await load(small.output), reference);
      expect(loss).toBeLessThan(0.5);
      services.documents.close(document.id);
    }
  });
});
