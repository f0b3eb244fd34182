/**
 * Writes into the cards of the shipped networks what they learnt from (`saw`, app/runtime/training-data): gray or colour, which scans, how much noise, and
 * how the pictures look, with the noise and the darkness that they were shown with. The pictures are those of the recipes.
 *
 *   HOURGLASS_DATA=../shared/data node build/fit-saw.mjs
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lookAt } from '../app/denoise/index.ts';
import { decodeImage, type DecodedImage } from '../app/pixels/index.ts';
import { learntOf, sawOf, type Learnt } from '../app/runtime/training-data/index.ts';
import { root } from './build.mjs';

const data = process.env.HOURGLASS_DATA ?? join(root, '../shared/data');

interface Network {
  readonly id: string;
  readonly photosIn: 'gray' | 'colour';
  readonly scans: boolean;
  /** The strongest that the recipe makes, 8-bit levels; null: it has no end that is known, or there is none. */
  readonly noise: number | null;
  /** White noise of so many levels is added to pictures, for how they look. */
  readonly noises: readonly number[];
  /** Shares of the light that pictures are shown with. */
  readonly light: readonly number[];
}

const networks: readonly Network[] = [
  // models/recipes/degradations: `white` ends at 56, `strong` at 110, photon noise nowhere.
  ...[
    { id: 'denoise-photo-fast', noise: 56, noises: [14, 28, 56], light: [1] },
    { id: 'denoise-photo-dark', noise: 110, noises: [28, 56, 110], light: [1, 0.5, 0.2] },
    { id: 'latent-photo', noise: null, noises: [], light: [1] },
  ].map((one) => ({ ...one, photosIn: 'colour' as const, scans: false })),
  ...[
    { id: 'denoise-scan-fast', noise: 56, noises: [14, 28, 56] },
    { id: 'denoise-scan-faint', noise: null, noises: [14, 28, 56, 110] },
  ].map((one) => ({ ...one, light: [1], photosIn: 'gray' as const, scans: true })),
];

const photos = ['cid22', 'wall'].flatMap((set) =>
  readdirSync(join(data, 'photo-train', set))
    .sort()
    .map((name) => join(data, 'photo-train', set, name)),
);
const rowsOf = (path: string): readonly (readonly string[])[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
const modalityOf = new Map(
  rowsOf(join(data, 'medical-train/manifest.csv')).map((row) => [row[0]!, row[6]!]),
);
/** Others of the pack were held back. */
const scans = rowsOf(join(root, 'models/denoise-scan-fast/training-images.csv'))
  .map(([file]) => file!)
  .filter((file) => modalityOf.has(file))
  .map((file) => ({ path: join(data, 'medical-train', file), modality: modalityOf.get(file)! }));

function learntFrom(image: DecodedImage, network: Network, modality?: string): Learnt {
  const made = { ...image, ...(modality ? { scanned: { modality } } : {}) };
  const { facts, noisy } = learntOf(made, lookAt(image), network.noises, network.light);
  return { facts: network.photosIn === 'gray' ? { ...facts, tones: 1 } : facts, noisy };
}

const learnt = new Map<Network, Learnt[]>(networks.map((network) => [network, []]));
for (const path of photos) {
  const image = await decodeImage({ path });
  for (const network of networks) learnt.get(network)!.push(learntFrom(image, network));
}
for (const { path, modality } of scans) {
  const image = await decodeImage({ path });
  for (const network of networks)
    if (network.scans) learnt.get(network)!.push(learntFrom(image, network, modality));
}

/** Five digits tell all that these numbers know; lists of numbers take one line. */
const text = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, one: unknown) =>
      typeof one === 'number' && !Number.isInteger(one) ? Number(one.toPrecision(5)) : one,
    2,
  ).replace(/\[[^[\]{}"]*\]/g, (list) => `[${list.slice(1, -1).trim().split(/,\s*/).join(', ')}]`);

for (const [network, images] of learnt) {
  const path = join(root, 'models', network.id, 'card.json');
  const card = readFileSync(path, 'utf8').replace(/,\n {2}"saw": [\s\S]*?\n {2}\}/, '');
  const saw = text(sawOf(images, network.noise)).replace(/\n/g, '\n  ');
  writeFileSync(path, card.replace(/\n\}\s*$/, `,\n  "saw": ${saw}\n}\n`));
  console.log(`${network.id}: ${images.length} images`);
}
