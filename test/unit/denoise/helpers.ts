/** Small pictures with known noise, and a stand-in for the runtime that runs a function as the network. */
import type { DeviceUsed } from '../../../app/contract/index.ts';
import { cleanImage, createSpec } from '../../../app/denoise/denoise.ts';
import { lookAt } from '../../../app/denoise/picture.ts';
import {
  allocateSamples,
  maxValue,
  type Raster,
  type SampleType,
} from '../../../app/pixels/raster.ts';
import {
  planTiles,
  type Inference,
  type ModelCard,
  type ModelStore,
  type TiledRun,
} from '../../../app/runtime/index.ts';
import { normal } from '../../random.ts';

export interface PictureOptions {
  readonly width: number;
  readonly height: number;
  readonly channels?: 1 | 2 | 3 | 4;
  readonly sampleType?: SampleType;
  /** 8-bit levels. */
  readonly sigma?: number | readonly number[];
  readonly seed?: number;
}

/** Value of the clean test picture, 8-bit levels: waves, a grating, hard edges; no value near the limits. */
const clean = (x: number, y: number, c: number): number => {
  const waves = 20 * Math.sin(x / 17 + c) + 20 * Math.cos(y / 23 - c);
  const grating = x > 60 && y > 40 ? 12 * Math.sin((x + 2 * y) / 2.3) : 0;
  const edge = Math.floor(x / 37) % 2 === Math.floor(y / 29) % 2 ? 25 : -25;
  return 128 + waves + grating + edge;
};

/** A textured picture with white noise; colours differ, alpha is a ramp. */
export function picture(options: PictureOptions): Raster {
  const { width, height, channels = 3, sampleType = 'float32', sigma = 0, seed = 1 } = options;
  const hasAlpha = channels % 2 === 0;
  const colours = channels - (hasAlpha ? 1 : 0);
  const data = allocateSamples(sampleType, width * height * channels);
  const white = maxValue(sampleType);
  const noise = normal(seed);
  const store = (level: number): number => {
    const value = (level / 255) * white;
    return sampleType === 'float32' ? value : Math.max(0, Math.min(white, Math.round(value)));
  };
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < colours; c++, at++) {
        const level = typeof sigma === 'number' ? sigma : sigma[c]!;
        data[at] = store(clean(x, y, c) + (level > 0 ? level * noise() : 0));
      }
      if (hasAlpha) data[at++] = store((255 * (x + 1)) / width);
    }
  return { width, height, channels, hasAlpha, sampleType, data };
}

export const card: ModelCard = {
  id: 'denoise-test-fake',
  version: '1.0.0',
  title: 'Test',
  task: 'denoise',
  origin: 'shipped',
  purpose: '',
  licence: 'MIT',
  bytes: 0,
  sha256: '',
  precisions: ['fp32'],
  quality: [],
  limits: [],
  path: '',
  variants: [],
  input: { name: 'input', imageChannels: 3, noiseMap: true, multipleOf: 8 },
  output: { name: 'output', channels: 3, cell: 1 },
  memory: { fixedBytes: 40e6, bytesPerPixel: 205 },
  halo: 8,
  grayMapFactor: 1.5,
};

export const cpu: DeviceUsed = { id: 'cpu', label: 'CPU', fallback: null };

/** An installation of these models only. */
export const storeOf = (...cards: ModelCard[]): ModelStore => ({
  ofKind: (_kind, id) => Promise.reject(new Error(`no ${id}`)),
  listKind: () => Promise.resolve([]),
  ids: () => Promise.resolve(cards.map(({ id }) => id)),
  list: () => Promise.resolve(cards),
  problems: () => Promise.resolve([]),
  get: (id) => {
    const found = cards.find((one) => one.id === id);
    return found ? Promise.resolve(found) : Promise.reject(new Error(`no ${id}`));
  },
});

/** Planar [channels + map, side, side] to planar [channels, side, side]. */
export type Network = (input: Float32Array, side: number, channels: number) => Float32Array;

/** Box blur of 5 × 5 pixels, blended in with the map: sigma 255 blurs fully, 0 not at all. */
export const blur: Network = (input, side, channels) => {
  const plane = side * side;
  const output = new Float32Array(channels * plane);
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        let sum = 0;
        let count = 0;
        for (let v = Math.max(0, y - 2); v <= Math.min(side - 1, y + 2); v++)
          for (let u = Math.max(0, x - 2); u <= Math.min(side - 1, x + 2); u++, count++)
            sum += input[c * plane + v * side + u]!;
        const at = y * side + x;
        const weight = input[channels * plane + at]!;
        const own = input[c * plane + at]!;
        output[c * plane + at] = own + weight * (sum / count - own);
      }
  return output;
};

/** A noise network's card: level and weight per cell of 16 pixels. */
export const noiseCard = (id: 'noise-photo' | 'noise-scan'): ModelCard => ({
  ...card,
  id,
  task: 'noise',
  input: {
    name: 'input',
    imageChannels: id === 'noise-photo' ? 3 : 1,
    noiseMap: false,
    multipleOf: 16,
  },
  output: { name: 'output', channels: 2, cell: 16 },
  halo: 16,
});

/**
 * Runs every tile of a real plan through `network`, in the order asked for.
 * @param network is given the image channels of the input, whether or not a map follows them
 */
export function fakeInference(network: Network = blur, side = 64): Inference & { runs: number } {
  const inference = {
    runs: 0,
    devices: [],
    openGraph: () => Promise.reject(new Error('No training here.')),
    setDevices: () => {},
    dispose: () => Promise.resolve(),
    async run(request: TiledRun) {
      inference.runs++;
      const { model, width, height, signal } = request;
      const plan =
        request.plan ??
        planTiles({
          width,
          height,
          halo: model.halo + (request.margin ?? 0),
          multipleOf: model.input.multipleOf,
          side: request.side ?? side,
        });
      request.planned?.(plan, cpu);
      const channels = model.input.imageChannels;
      const waiting = new Set(plan.tiles);
      while (waiting.size > 0) {
        await Promise.resolve();
        signal.throwIfAborted();
        const tile = request.next ? request.next(waiting) : [...waiting][0]!;
        waiting.delete(tile);
        const outputs: Float32Array[] = [];
        for (let pass = 0; pass < request.passes; pass++) {
          const planes = channels + (model.input.noiseMap ? 1 : 0);
          const input = new Float32Array(planes * plan.side ** 2).fill(NaN);
          request.fill(tile, pass, plan, input);
          outputs.push(network(input, plan.side, channels));
        }
        await request.collect(tile, outputs, plan);
        const done = plan.tiles.length - waiting.size;
        request.progress({ done, total: plan.tiles.length, unit: 'tiles', message: '' });
      }
      return { device: cpu, precision: 'fp32' as const, plan };
    },
  };
  return inference;
}

/** Cleans a picture with a blur as the network, whose tiles have this side. */
export async function cleanedByBlur(raster: Raster, settings = {}, tile = 128) {
  const data = allocateSamples(raster.sampleType, raster.data.length);
  const all = { strength: 'auto' as const, sigma: 40, detail: 0, chroma: 100, ...settings };
  const { structure } = await cleanImage(
    {
      spec: createSpec(lookAt({ raster }), card, all, null),
      device: 'auto',
      inference: fakeInference(blur, tile),
      sink: {
        begin: () => {},
        target: () => ({ data, sampleType: raster.sampleType, top: 0 }),
        stored: () => {},
      },
    },
    { signal: new AbortController().signal, progress: () => {} },
  );
  return { data, structure };
}
