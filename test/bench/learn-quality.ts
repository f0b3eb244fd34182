/**
 * `npm run bench -- learn-quality [--only twins|blind|blind-white|blind-soft|blind-weak] [--steps N] [--minutes 4] [--no-stop-early] [--settings '{"temperature":0.1}'] [--curve] [--json]`
 *
 * What trainings of the usual settings come to, on the data pack:
 * - twins: a siamese network learns from the photos (`photo-train`); then two views of each of 500 pictures, by its documented augmentations at full
 *   strength, seeded: how many find their twin among all other 999 views. The pack has fewer photos: the widest are cut in halves.
 * - blind: slices of CT and MR (`medical-train`) at 16 bits with white noise of σ 25 (of 255 levels of the slice's range), and with such noise blurred by
 *   0.8 pixels, once as strong as before and once as the blur leaves it: what a network that has seen no clean one takes away, whole slices, dB
 *
 * Processor time of the training is told beside it (reading and measuring are not in it), on one thread.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { lookAt, readUnits } from '../../app/denoise/index.ts';
import { viewsOf } from '../../app/learn/batches.ts';
import { along, gaussian } from '../../app/learn/blur.ts';
import { see } from '../../app/jobs/engine/capabilities.ts';
import { readImages, type Images, type LearntImage } from '../../app/learn/images.ts';
import { blindWay, wholeSide } from '../../app/learn/learn.ts';
import { fileOf, type Plan } from '../../app/learn/network.ts';
import { noiseOf } from '../../app/learn/noise.ts';
import { varianceOf } from '../../app/learn/recorrupted.ts';
import { settingsOf, type Given, type Settings } from '../../app/learn/settings.ts';
import { smallCodes, twinsIn } from '../../app/learn/twins.ts';
import { train } from '../../app/learn/trainer.ts';
import { decodeImage } from '../../app/pixels/decode.ts';
import { openGraph } from '../../app/runtime/sessions.ts';
import { dataPack, noDataPack } from '../data.ts';
import { normal } from '../random.ts';
import { hereInference } from './unusual.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    steps: { type: 'string' },
    minutes: { type: 'string' },
    'no-stop-early': { type: 'boolean', default: false },
    settings: { type: 'string', default: '{}' },
    json: { type: 'boolean', default: false },
    curve: { type: 'boolean', default: false },
  },
});
const turned = JSON.parse(values.settings) as Given;
if (dataPack === null) throw new Error(noDataPack);
const tell = (what: string, found: Record<string, number>): void =>
  console.log(
    values.json
      ? JSON.stringify({ what, ...found })
      : `${what}: ${Object.entries(found)
          .map(([name, value]) => `${name} ${Number(value.toFixed(3))}`)
          .join(', ')}`,
  );

const { signal } = new AbortController();
const read = (paths: readonly string[], settings: Settings, twice = 1): Promise<Images> =>
  readImages({
    images: paths.map((path) => ({ path, files: [path] })),
    ...{
      side: settings.patch * twice,
      whole: wholeSide(settings),
      halved: settings.kind === 'siamese',
      seed: settings.seed,
      see,
      signal,
    },
    decode: ({ path }) => decodeImage({ path }),
    told: () => undefined,
  });

async function trained(plan: Plan, images: Images) {
  const before = process.cpuUsage();
  const outcome = await train({
    ...{ plan, images, from: null, threads: 1, signal, stopEarly: !values['no-stop-early'] },
    openGraph: hereInference.openGraph,
    steps: values.steps === undefined ? undefined : Number(values.steps),
    minutes: values.minutes === undefined ? undefined : Number(values.minutes),
    stepped: () => undefined,
    point: ({ step, loss, heldBack }) => {
      if (values.curve) console.error(step, loss.toFixed(4), heldBack.toFixed(4));
    },
    save: () => Promise.resolve(),
  });
  const { user, system } = process.cpuUsage(before);
  return { ...outcome, cpuSeconds: (user + system) / 1e6 };
}

async function twins(): Promise<void> {
  const folder = join(dataPack!, 'photo-train');
  const paths = ['cid22', 'wall'].flatMap((kind) =>
    readdirSync(join(folder, kind))
      .sort()
      .map((name) => join(folder, kind, name)),
  );
  const settings = settingsOf({ kind: 'siamese', ...turned });
  const images = await read(paths, settings);
  const plan: Plan = { settings, tones: images.tones, half: false, most: images.learnt.length };
  const outcome = await trained(plan, images);
  const pictures = await halves(paths, settings, 500);
  const codesOf = async (of: readonly LearntImage[], seed: number) => {
    const own: Plan = {
      ...plan,
      settings: { ...settings, batch: of.length, seed },
      most: of.length,
    };
    const views = viewsOf(own, of, 1);
    const graph = await openGraph(fileOf(plan, outcome.weights), { device: 'cpu', threads: 1 });
    const rows = 2 * of.length;
    const { patch, width } = settings;
    const codes = new Float32Array(rows * width);
    await graph.run(
      { input: { data: views.x, shape: [rows, plan.tones, patch, patch] } },
      { code: { data: codes, shape: [rows, width] } },
    );
    await graph.release();
    const small = smallCodes(views.x, plan.tones, patch);
    const share = (list: Float32Array, wide: number): number =>
      twinsIn(list, wide, settings.temperature, of.length).share;
    return { network: share(codes, width), small: share(small.codes, small.width) };
  };
  const all = await codesOf(pictures, 1);
  const held = await codesOf(images.heldBack, 2);
  tell('twins', {
    ...{ photos: paths.length, pictures: pictures.length, wanted: 0.95, found: all.network },
    ...{ smallPictures: all.small, ofHeldBack: held.network, heldBack: images.heldBack.length },
    ...{ steps: outcome.head.step, best: outcome.head.best.step, cpuSeconds: outcome.cpuSeconds },
  });
}

/** So many different pictures: photos, of which the widest are two halves. */
async function halves(
  paths: readonly string[],
  settings: Settings,
  count: number,
): Promise<readonly LearntImage[]> {
  const place = mkdtempSync(join(tmpdir(), 'hourglass-twins-'));
  try {
    const sized = await Promise.all(
      paths.map(async (path) => ({ path, ...(await sharp(path).metadata()) })),
    );
    const wide = sized.sort((a, b) => b.width - a.width);
    const cut = count - paths.length;
    const files = wide.slice(Math.max(0, cut)).map(({ path }) => path);
    for (const [at, { path, width, height }] of wide.slice(0, Math.max(0, cut)).entries())
      for (const side of [0, 1]) {
        const half = Math.floor(width / 2);
        const to = join(place, `${at}-${side}.png`);
        await sharp(path)
          .extract({ left: side * half, top: 0, width: half, height })
          .png({ compressionLevel: 1 })
          .toFile(to);
        files.push(to);
      }
    const { learnt, heldBack } = await read(files, settings);
    return [...heldBack, ...learnt];
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Levels of 16 bits that are added, so that no noise is cut off at black. */
const GROUND = 16_384;

async function blind(name: string, blur: number, keepsStrength: boolean): Promise<void> {
  const from = join(dataPack!, 'medical-train');
  const place = mkdtempSync(join(tmpdir(), 'hourglass-blind-'));
  try {
    mkdirSync(join(place, 'noisy'));
    const slices: { clean: Float64Array; noisy: Float64Array; side: readonly [number, number] }[] =
      [];
    const paths: string[] = [];
    const all = ['ct', 'mr'].flatMap((kind) =>
      readdirSync(join(from, kind))
        .sort()
        .map((file) => join(from, kind, file)),
    );
    for (const [at, path] of all.entries()) {
      const { data, info } = await sharp(path)
        .toColourspace('grey16')
        .raw({ depth: 'ushort' })
        .toBuffer({ resolveWithObject: true });
      const { width, height } = info;
      const clean = Float64Array.from(
        new Uint16Array(data.buffer, data.byteOffset, width * height),
        (value) => value + GROUND,
      );
      const sorted = clean.toSorted();
      const range =
        sorted[Math.floor(0.999 * sorted.length)]! - sorted[Math.floor(0.001 * sorted.length)]!;
      const noise = noiseLike(1000 + at, width, height, blur, keepsStrength);
      const levels = Uint16Array.from(clean, (value, i) =>
        Math.round(value + (25 / 255) * range * noise[i]!),
      );
      const to = join(place, 'noisy', `${String(at).padStart(3, '0')}.png`);
      await sharp(levels, { raw: { width, height, channels: 1 } })
        .toColourspace('grey16')
        .png({ compressionLevel: 1 })
        .toFile(to);
      paths.push(to);
      slices.push({ clean, noisy: Float64Array.from(levels), side: [width, height] });
    }
    const settings = settingsOf({ kind: 'noise2void', ...turned });
    const images = await read(paths, settings, 2);
    const noise = noiseOf(images.learnt, images.tones);
    const plan: Plan = {
      ...{ settings, tones: images.tones },
      ...blindWay(settings, noise, images),
    };
    if (plan.noise)
      tell('its noise', {
        sigma: 255 * Math.sqrt(varianceOf(plan.noise)),
      });
    const outcome = await trained(plan, images);
    const graph = await openGraph(fileOf(plan, outcome.weights), { device: 'cpu', threads: 1 });
    const gains: number[] = [];
    const before: number[] = [];
    const step = 2 ** settings.depth * 2;
    for (const [at, path] of paths.entries()) {
      const picture = lookAt(await decodeImage({ path }));
      const { low, high } = picture.range;
      const {
        clean,
        noisy,
        side: [width, height],
      } = slices[at]!;
      const side = Math.ceil(Math.max(width, height) / step) * step;
      const shape = [1, 1, side, side];
      const data = new Float32Array(side * side);
      readUnits(picture, { x: 0, y: 0 }, side, data, 1);
      const output = new Float32Array(side * side);
      await graph.run({ input: { data, shape } }, { output: { data: output, shape } });
      let [was, is] = [0, 0];
      for (let y = 0, i = 0; y < height; y++)
        for (let x = 0; x < width; x++, i++) {
          was += (noisy[i]! - clean[i]!) ** 2;
          is += (low + (high - low) * output[y * side + x]! - clean[i]!) ** 2;
        }
      gains.push(10 * Math.log10(was / is));
      before.push(Math.sqrt(was / clean.length) / (high - low));
    }
    await graph.release();
    const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
    const ct = readdirSync(join(from, 'ct')).length;
    tell(name, {
      ...{
        slices: paths.length,
        correlation: noise.correlation,
        half: Number(plan.half),
        recorrupted: Number(plan.recorrupted ?? false),
      },
      ...{ gain: mean(gains), ofCt: mean(gains.slice(0, ct)), ofMr: mean(gains.slice(ct)) },
      ...{ least: Math.min(...gains), sigma: 255 * mean(before) },
      ...{ steps: outcome.head.step, best: outcome.head.best.step, cpuSeconds: outcome.cpuSeconds },
    });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Of deviation 1; blurred ones as well, or as the blur leaves them. */
function noiseLike(
  seed: number,
  width: number,
  height: number,
  blur: number,
  keepsStrength: boolean,
): Float64Array {
  const next = normal(seed);
  const white = Float64Array.from({ length: width * height }, () => next());
  if (blur === 0) return white;
  const kernel = gaussian(blur);
  const soft = along(
    along(white, height, width, kernel, 1, width),
    width,
    height,
    kernel,
    width,
    1,
  );
  if (!keepsStrength) return soft;
  const deviation = Math.sqrt(soft.reduce((sum, value) => sum + value ** 2, 0) / soft.length);
  return soft.map((value) => value / deviation);
}

const { only } = values;
if (only === undefined || only === 'twins') await twins();
const wants = (name: string): boolean => only === undefined || only === 'blind' || only === name;
if (wants('blind-white')) await blind('white noise of σ 25 (wanted: 5 dB)', 0, true);
if (wants('blind-soft'))
  await blind('blurred by 0.8 pixels, σ 25 again (wanted: 3.5 dB)', 0.8, true);
if (wants('blind-weak')) await blind('blurred by 0.8 pixels, as that leaves it', 0.8, false);
