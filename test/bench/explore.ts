/**
 * `npm run bench -- explore [--photos 100] [--vectors 100000] [--rounds 12] [--only similar|unusual] [--json]`
 *
 * What comparing by looks finds and what it costs, on the scenes of the data pack (`similarity/scene15`: 15 kinds, 6 of each):
 * - of the 5 pictures most alike to each, how many are of its kind (precision@5); and of the quarters of 68 other photos (`dev-bench/cbsd68`), how many
 *   of the 3 most alike to each are of its photo: by that set it was chosen what pictures are compared by
 * - whether a picture is found first from an edit of it (recall@1), and called the same one
 * - how often two different pictures are called one, among the 8 nearest of each
 * - reading photos of one megapixel (made larger from the pack's), and one question to a hundred thousand vectors
 *
 * And what is found unusual: `unusual.ts`.
 */
import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp, { type Sharp } from 'sharp';
import { describe, grayOf, readAxes, WIDTH, type Described } from '../../app/explore/descriptor.ts';
import { updateIndex } from '../../app/explore/indexing.ts';
import { areOne } from '../../app/explore/same.ts';
import { alike, productGraph } from '../../app/explore/search.ts';
import { smallPicture } from '../../app/pixels/thumbnail.ts';
import { Draws } from '../../app/runtime/draws.ts';
import { inferenceThreads } from '../../app/runtime/cpu.ts';
import { openGraph } from '../../app/runtime/sessions.ts';
import { dataPack, noDataPack, repositoryRoot } from '../data.ts';
import { benchUnusual } from './unusual.ts';

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '100' },
    vectors: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '12' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
if (dataPack === null) throw new Error(noDataPack);
const axes = readAxes(readFileSync(join(repositoryRoot, 'models/describe-looks/axes.bin')))!;
const scenes = join(dataPack, 'similarity/scene15');
const files = readdirSync(scenes)
  .sort()
  .flatMap((kind) =>
    readdirSync(join(scenes, kind))
      .sort()
      .map((name) => ({ kind, path: join(scenes, kind, name) })),
  );
const tell = (what: string, found: Record<string, number>): void =>
  console.log(
    values.json
      ? JSON.stringify({ what, ...found })
      : `${what}: ${Object.entries(found)
          .map(([name, value]) => `${name} ${Number(value.toFixed(3))}`)
          .join(', ')}`,
  );

if (values.only !== 'similar')
  await benchUnusual(
    join(dataPack, 'anomaly'),
    join(repositoryRoot, 'models/denoise-photo-fast/model.onnx'),
    Number(values.rounds),
    tell,
  );
if (values.only === 'unusual') process.exit(0);

async function described(picture: Sharp): Promise<Described> {
  const { data, info } = await sharp(await picture.png().toBuffer())
    .resize(256, 256, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return describe(grayOf({ width: info.width, height: info.height, data }), axes);
}

const draws = new Draws(15);
const sizeOf = async (path: string) => {
  const { width, height } = await sharp(path).metadata();
  return { width, height };
};
async function pixels(path: string, change: (value: number) => number): Promise<Sharp> {
  const { data, info } = await sharp(path)
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const changed = Buffer.from(
    data.map((value) => Math.round(Math.min(255, Math.max(0, change(value))))),
  );
  return sharp(changed, {
    raw: { width: info.width, height: info.height, channels: info.channels },
  });
}
const normal = (): number =>
  Math.sqrt(-2 * Math.log(1 - draws.next())) * Math.cos(2 * Math.PI * draws.next());
/** Anywhere. */
async function crop(path: string, share: number): Promise<Sharp> {
  const size = await sizeOf(path);
  const [width, height] = [Math.round(share * size.width), Math.round(share * size.height)];
  const left = draws.below(size.width - width + 1);
  const top = draws.below(size.height - height + 1);
  return sharp(path).extract({ left, top, width, height });
}
/** By 5 degrees, without the corners that become empty. */
async function turned(path: string): Promise<Sharp> {
  const size = await sizeOf(path);
  const whole = await sharp(path).rotate(5).png().toBuffer();
  const { width: outer, height: tall } = await sharp(whole).metadata();
  const [width, height] = [Math.floor(0.86 * size.width), Math.floor(0.86 * size.height)];
  return sharp(whole).extract({
    ...{ left: (outer - width) >> 1, top: (tall - height) >> 1, width, height },
  });
}
const edits: Readonly<Record<string, (path: string) => Promise<Sharp>>> = {
  'JPEG of quality 30': async (path) => sharp(await sharp(path).jpeg({ quality: 30 }).toBuffer()),
  'half the size': async (path) => sharp(path).resize(Math.round((await sizeOf(path)).width / 2)),
  'gamma 1.4': (path) => pixels(path, (value) => 255 * (value / 255) ** (1 / 1.4)),
  'noise of 15 levels': (path) => pixels(path, (value) => value + 15 * normal()),
  'crop to 90 %': (path) => crop(path, 0.9),
  'crop to 70 %': (path) => crop(path, 0.7),
  'turned by 5 degrees': turned,
  mirrored: (path) => Promise.resolve(sharp(path).flop()),
};

const base: Described[] = [];
for (const { path } of files) base.push(await described(sharp(path)));

/** The others, the most alike first. */
const nearest = (to: Described, without = -1) =>
  base
    .map((other, at) => ({ at, ...alike(to, other) }))
    .filter(({ at }) => at !== without)
    .sort((one, other) => other.cosine - one.cosine);
/** Those whose detail is looked at. */
const byForm = (near: ReturnType<typeof nearest>) =>
  near.toSorted((one, other) => other.form - one.form);

let [ofKind, byFormOfKind, first, mistaken, looked] = [0, 0, 0, 0, 0];
for (const [at, one] of base.entries()) {
  const near = nearest(one, at);
  const isOfKind = (other: number): boolean => files[other]!.kind === files[at]!.kind;
  ofKind += near.slice(0, 5).filter((other) => isOfKind(other.at)).length;
  byFormOfKind += byForm(near)
    .slice(0, 5)
    .filter((other) => isOfKind(other.at)).length;
  if (isOfKind(near[0]!.at)) first++;
  for (const { at: other, form, isMirrored } of byForm(near).slice(0, 8)) {
    looked++;
    if (areOne(one.tiny, base[other]!.tiny, form, isMirrored)) mistaken++;
  }
}
tell(`${files.length} scenes`, {
  'precision@5': ofKind / 5 / files.length,
  'by form alone': byFormOfKind / 5 / files.length,
  'nearest of its kind': first / files.length,
  'different ones called one': mistaken,
  of: looked,
});
const photosOf = join(dataPack, 'dev-bench/cbsd68');
const quarters: { photo: string; seen: Described }[] = [];
for (const photo of readdirSync(photosOf).sort()) {
  const size = await sizeOf(join(photosOf, photo));
  const [width, height] = [size.width >> 1, size.height >> 1];
  for (const left of [0, width])
    for (const top of [0, height]) {
      const quarter = sharp(join(photosOf, photo)).extract({ left, top, width, height });
      quarters.push({ photo, seen: await described(quarter) });
    }
}
const ofPhoto = (by: 'cosine' | 'form'): number =>
  quarters.reduce(
    (sum, { photo, seen }, at) =>
      sum +
      quarters
        .map((other) => ({ other: other.photo, ...alike(seen, other.seen) }))
        .filter((_, other) => other !== at)
        .sort((one, other) => other[by] - one[by])
        .slice(0, 3)
        .filter(({ other }) => other === photo).length,
    0,
  );
tell(`${quarters.length} quarters of photos`, {
  'precision@3': ofPhoto('cosine') / 3 / quarters.length,
  'by form alone': ofPhoto('form') / 3 / quarters.length,
});
for (const [name, edit] of Object.entries(edits)) {
  let [byLooks, found, same] = [0, 0, 0];
  for (const [at, { path }] of files.entries()) {
    const one = await described(await edit(path));
    const near = nearest(one);
    if (near[0]!.at === at) byLooks++;
    const isSame = ({ at: other, form, isMirrored }: (typeof near)[number]): boolean =>
      areOne(one.tiny, base[other]!.tiny, form, isMirrored);
    const top = byForm(near).slice(0, 50).find(isSame);
    if (top?.at === at) same++;
    // As it is answered: what is one, then what looks like it.
    if ((top ?? near[0]!).at === at) found++;
  }
  const { length } = files;
  tell(name, {
    'recall@1': found / length,
    'by looks alone': byLooks / length,
    'called the same': same / length,
  });
}

const photos = Number(values.photos);
const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-explore-'));
try {
  mkdirSync(join(folder, 'photos'));
  const sources = readdirSync(join(dataPack, 'photo-train/wall')).sort();
  const images: { path: string; files: string[] }[] = [];
  for (let at = 0; at < photos; at++) {
    const path = join(folder, 'photos', `${at}.jpg`);
    await sharp(join(dataPack, 'photo-train/wall', sources[at % sources.length]!))
      .resize(1200, 834, { fit: 'cover' })
      .jpeg({ quality: 90 })
      .toFile(path);
    images.push({ path, files: [path] });
  }
  const { signal } = new AbortController();
  const run = async () => {
    const begun = performance.now();
    const before = process.cpuUsage();
    const { read } = await updateIndex({
      ...{ images, index: join(folder, 'index.looks'), anew: false, signal },
      way: {
        ...{ descriptor: 'bench', width: WIDTH },
        describe: (picture) => describe(grayOf(picture), axes),
        recall: () => undefined,
      },
      picture: (path) => smallPicture({ path, signal }),
      told: () => undefined,
    });
    const { user, system } = process.cpuUsage(before);
    return { read, seconds: (performance.now() - begun) / 1000, cpu: (user + system) / 1e6 };
  };
  for (const what of ['read for the first time', 'remembered']) {
    const { read, seconds, cpu } = await run();
    tell(`${photos} photos of a megapixel, ${what}`, {
      read,
      seconds,
      'seconds of the processor': cpu,
      'seconds for 1000': (1000 * seconds) / photos,
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const count = Number(values.vectors);
const graph = await openGraph(productGraph(), { device: 'cpu', threads: inferenceThreads() });
const vectors = Float32Array.from({ length: count * WIDTH }, () => draws.next() - 0.5);
// A picture and its mirror image, and their forms.
const asked = vectors.slice(0, 4 * WIDTH);
const cosines = new Float32Array(4 * count);
const times: number[] = [];
for (let round = 0; round < 21; round++) {
  const begun = performance.now();
  await graph.run(
    {
      asked: { data: asked, shape: [4, WIDTH] },
      known: { data: vectors, shape: [count, WIDTH] },
    },
    { cosines: { data: cosines, shape: [4, count] } },
  );
  times.push(performance.now() - begun);
}
await graph.release();
times.sort((one, other) => one - other);
tell(`a picture and its mirror image against ${count} vectors`, {
  'milliseconds (median)': times[10]!,
  'milliseconds (least)': times[0]!,
});
