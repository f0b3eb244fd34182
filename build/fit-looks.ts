/**
 * Makes models/describe-looks: mean and spread of what `app/explore/looks.ts` says of photos, and the axes along which they differ, with the
 * weight that each is given. The photos are those that the networks for photos learnt from; each is looked at mirrored too.
 *
 *   HOURGLASS_DATA=../shared/data node build/fit-looks.mjs
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { grayOf, WIDTH, writeAxes } from '../app/explore/descriptor.ts';
import { LOOKS, looksOf, mirroredLooks, SIDE } from '../app/explore/looks.ts';
import { squared } from '../app/explore/plane.ts';
import { componentsOf } from '../app/runtime/components.ts';
import { root } from './build.mjs';

const data = process.env.HOURGLASS_DATA ?? join(root, '../shared/data');
const folder = join(root, 'models/describe-looks');
const photos = ['cid22', 'wall'].flatMap((set) =>
  readdirSync(join(data, 'photo-train', set))
    .sort()
    .map((name) => join(data, 'photo-train', set, name)),
);

const samples = new Float32Array(2 * photos.length * LOOKS);
for (const [at, path] of photos.entries()) {
  const { data: pixels, info } = await sharp(path)
    .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const plane = grayOf({ width: info.width, height: info.height, data: pixels });
  const looks = looksOf(squared(plane, SIDE));
  samples.set(looks, 2 * at * LOOKS);
  samples.set(mirroredLooks(looks), (2 * at + 1) * LOOKS);
}
const count = 2 * photos.length;
const mean = new Float64Array(LOOKS);
const scale = new Float64Array(LOOKS);
for (let i = 0; i < samples.length; i++) mean[i % LOOKS]! += samples[i]! / count;
for (let i = 0; i < samples.length; i++)
  scale[i % LOOKS]! += (samples[i]! - mean[i % LOOKS]!) ** 2 / count;
for (let i = 0; i < LOOKS; i++) scale[i] = 1 / (Math.sqrt(scale[i]!) + 1e-6);
for (let i = 0; i < samples.length; i++)
  samples[i] = (samples[i]! - mean[i % LOOKS]!) * scale[i % LOOKS]!;
const { vectors } = componentsOf(samples, LOOKS, WIDTH);
const axes = new Float32Array(WIDTH * LOOKS);
for (const [k, vector] of vectors.entries()) {
  let variance = 0;
  for (let at = 0; at < count; at++) {
    let along = 0;
    for (let i = 0; i < LOOKS; i++) along += vector[i]! * samples[at * LOOKS + i]!;
    variance += along * along;
  }
  const weight = (variance / count) ** -0.25;
  for (let i = 0; i < LOOKS; i++) axes[k * LOOKS + i] = weight * vector[i]!;
}
const bytes = writeAxes({ mean: Float32Array.from(mean), scale: Float32Array.from(scale), axes });
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'axes.bin'), bytes);
const card = join(folder, 'card.json');
const facts = JSON.parse(readFileSync(card, 'utf8')) as Record<string, unknown>;
facts.sha256 = createHash('sha256').update(bytes).digest('hex');
facts.bytes = bytes.byteLength;
writeFileSync(card, `${JSON.stringify(facts, null, 2)}\n`);
console.log(`${photos.length} photos, ${bytes.byteLength} bytes`);
