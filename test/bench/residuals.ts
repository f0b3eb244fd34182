/**
 * `npm run bench -- residuals [--every 8]`
 *
 * Where the tables of docs/denoising.md come from: the structure indicator and detail recovery on
 * white noise (CBSD68), on nothing but smoothing, and on real camera noise (PolyU).
 */
import { parseArgs } from 'node:util';
import { LUMA } from '../../app/pixels/luma.ts';
import { addStructure, createStructureSums, readStructure } from '../../app/denoise/structure.ts';
import { maxValue, type Raster } from '../../app/pixels/index.ts';
import { createInference, createModelStore } from '../../app/runtime/index.ts';
import { dataPack, noDataPack } from '../data.ts';
import { benchImages, clean, load, mean, psnr, withNoise } from '../quality.ts';
import { buildRuntime, shippedModels } from '../unit/runtime/support.ts';

const { values } = parseArgs({ options: { every: { type: 'string', default: '8' } } });
const every = Number(values.every);
if (!dataPack) throw new Error(noDataPack);

type Plane = Float32Array<ArrayBuffer>;
function luma({ data, sampleType, width, height }: Raster): Plane {
  const scale = 1 / maxValue(sampleType);
  const at = (i: number): number =>
    LUMA[0] * data[3 * i]! + LUMA[1] * data[3 * i + 1]! + LUMA[2] * data[3 * i + 2]!;
  return Float32Array.from({ length: width * height }, (_, i) => at(i) * scale);
}

/** Gaussian blur, edges repeated. */
function blurred(plane: Plane, { width, height }: Raster, sigma: number): Plane {
  const radius = Math.ceil(3 * sigma);
  const taps = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const total = taps.reduce((sum, tap) => sum + tap, 0);
  const clamp = (value: number, end: number): number => Math.max(0, Math.min(end - 1, value));
  const pass = (from: Plane, dx: number, dy: number): Plane =>
    from.map((_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      let sum = 0;
      for (let k = -radius; k <= radius; k++)
        sum +=
          taps[k + radius]! * from[clamp(y + k * dy, height) * width + clamp(x + k * dx, width)]!;
      return sum / total;
    });
  return pass(pass(plane, 1, 0), 0, 1);
}

/** The indicator if `result` had come out. */
function indicator(source: Plane, result: Plane, { width, height }: Raster): number {
  const sums = createStructureSums();
  addStructure(
    sums,
    source,
    source.map((value, i) => value - result[i]!),
    width,
    height,
  );
  return readStructure(sums).index;
}

const table = new Map<string, number[]>();
const note = (name: string, value: number): void => {
  table.set(name, [...(table.get(name) ?? []), value]);
};

const built = await buildRuntime();
const inference = createInference({ threadFile: built.threadFile });
const card = await createModelStore(shippedModels).get('denoise-photo-fast');
const tools = { card, inference };

for (const [i, path] of (await benchImages('cbsd68', /webp$/, every)).entries()) {
  const reference = await load(path);
  const truth = luma(reference);
  for (const blur of [1, 4])
    note(
      `clean, blurred by ${blur} px: indicator`,
      indicator(truth, blurred(truth, reference, blur), reference),
    );
  for (const sigma of [10, 25]) {
    const noisy = withNoise(reference, sigma, 100 + i);
    const seen = luma(noisy);
    note(`σ ${sigma}, the true noise: indicator`, indicator(seen, truth, reference));
    note(
      `σ ${sigma}, blurred by 2 px: indicator`,
      indicator(seen, blurred(seen, reference, 2), reference),
    );
    for (const strength of [100, 150, 200])
      for (const detail of [0, 50, 100]) {
        const { raster, structure } = await clean(noisy, { strength, detail }, tools);
        note(`σ ${sigma}, strength ${strength} %, detail ${detail} %: dB`, psnr(raster, reference));
        note(`σ ${sigma}, strength ${strength} %, detail ${detail} %: indicator`, structure!.index);
      }
  }
}
for (const path of await benchImages('real-noise-polyu', /_real\.jpg$/i, every)) {
  const noisy = await load(path);
  const reference = await load(path.replace('_real', '_mean'));
  const seen = luma(noisy);
  note('PolyU, the true noise: indicator', indicator(seen, luma(reference), noisy));
  note('PolyU, blurred by 2 px: indicator', indicator(seen, blurred(seen, noisy, 2), noisy));
  for (const sigma of [5, 10, 20, 40])
    for (const detail of [0, 100]) {
      const { raster, structure } = await clean(noisy, { sigma, detail }, tools);
      note(`PolyU, sigma ${sigma}, detail ${detail} %: dB`, psnr(raster, reference));
      note(`PolyU, sigma ${sigma}, detail ${detail} %: indicator`, structure!.index);
    }
}
for (const [name, list] of table)
  console.log(
    `${name.padEnd(52)} ${mean(list).toFixed(3)}  (${Math.min(...list).toFixed(2)} … ${Math.max(...list).toFixed(2)})`,
  );
await inference.dispose();
built.remove();
