/**
 * Makes models/describe-looks: mean and spread of what `app/explore/looks.ts` and `texture.ts` say of photos, and the axes along which they differ, with the
 * weight that each is given. The photos are those that the networks for photos learnt from; each is looked at mirrored too.
 *
 *   HOURGLASS_DATA=../shared/data node build/fit-looks.mjs
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { FORM, grayOf, TEXTURE, writeAxes, type PartAxes } from '../app/explore/descriptor.ts';
import { LOOKS, looksOf, mirroredLooks, SIDE } from '../app/explore/looks.ts';
import { squared } from '../app/explore/plane.ts';
import { mirroredTexture, textureOf, TEXTURES } from '../app/explore/texture.ts';
import { componentsOf } from '../app/runtime/components.ts';
import { root } from './build.mjs';

const data = process.env.HOURGLASS_DATA ?? join(root, '../shared/data');
const folder = join(root, 'models/describe-looks');
const photos = ['cid22', 'wall'].flatMap((set) =>
  readdirSync(join(data, 'photo-train', set))
    .sort()
    .map((name) => join(data, 'photo-train', set, name)),
);

const count = 2 * photos.length;
const forms = new Float32Array(count * LOOKS);
const textures = new Float32Array(count * TEXTURES);
for (const [at, path] of photos.entries()) {
  const { data: pixels, info } = await sharp(path)
    .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const plane = grayOf({ width: info.width, height: info.height, data: pixels });
  const looks = looksOf(squared(plane, SIDE));
  const texture = textureOf(plane);
  forms.set(looks, 2 * at * LOOKS);
  forms.set(mirroredLooks(looks), (2 * at + 1) * LOOKS);
  textures.set(texture, 2 * at * TEXTURES);
  textures.set(mirroredTexture(texture), (2 * at + 1) * TEXTURES);
}

/** @param even whether each number is brought to one scale first: roots of shares are on one */
function axesOf(samples: Float32Array, size: number, width: number, even: boolean): PartAxes {
  const mean = new Float64Array(size);
  for (let i = 0; i < samples.length; i++) mean[i % size]! += samples[i]! / count;
  const scale = new Float64Array(size).fill(1);
  if (even) {
    scale.fill(0);
    for (let i = 0; i < samples.length; i++)
      scale[i % size]! += (samples[i]! - mean[i % size]!) ** 2 / count;
    for (let i = 0; i < size; i++) scale[i] = 1 / (Math.sqrt(scale[i]!) + 1e-6);
  }
  const evened = samples.map((value, i) => (value - mean[i % size]!) * scale[i % size]!);
  const { vectors } = componentsOf(evened, size, width);
  const axes = new Float32Array(width * size);
  for (const [k, vector] of vectors.entries()) {
    let variance = 0;
    for (let at = 0; at < count; at++) {
      let along = 0;
      for (let i = 0; i < size; i++) along += vector[i]! * evened[at * size + i]!;
      variance += along * along;
    }
    const weight = (variance / count) ** -0.25;
    for (let i = 0; i < size; i++) axes[k * size + i] = weight * vector[i]!;
  }
  return { mean: Float32Array.from(mean), scale: Float32Array.from(scale), axes };
}

const bytes = writeAxes({
  form: axesOf(forms, LOOKS, FORM, true),
  texture: axesOf(textures, TEXTURES, TEXTURE, false),
});
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'axes.bin'), bytes);
const card = join(folder, 'card.json');
const facts = JSON.parse(readFileSync(card, 'utf8')) as Record<string, unknown>;
facts.sha256 = createHash('sha256').update(bytes).digest('hex');
facts.bytes = bytes.byteLength;
writeFileSync(card, `${JSON.stringify(facts, null, 2)}\n`);
console.log(`${photos.length} photos, ${bytes.byteLength} bytes`);
