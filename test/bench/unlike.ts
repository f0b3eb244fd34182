/**
 * `npm run bench -- unlike [--json]`
 *
 * How many pictures of the data pack each shipped network calls unlike what it learnt from (`app/runtime/training-data`): by facts that have a name, and by how
 * they look alone. Photos that no network learnt from should seldom be called so; circuits, screenshots and scans of kinds that were not there should be.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lookAt } from '../../app/denoise/index.ts';
import { decodeImage } from '../../app/pixels/index.ts';
import { looksCards } from '../../app/explore/card.ts';
import { createModelStore, factsOf, unlikeIn, type Saw } from '../../app/runtime/index.ts';
import { latentCards } from '../../app/latent/card.ts';
import { scansCapability } from '../../app/scans/index.ts';
import { dataPack, noDataPack, repositoryRoot } from '../data.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
if (dataPack === null) throw new Error(noDataPack);

const sets = [
  { name: 'photos (CBSD68)', folder: 'dev-bench/cbsd68' },
  { name: 'photos (gb82)', folder: 'dev-bench/gb82' },
  { name: 'noisy photos (PolyU)', folder: 'dev-bench/real-noise-polyu', only: /_real\./ },
  { name: 'gray scenes', folder: 'similarity/scene15' },
  { name: 'screenshots', folder: 'dev-bench/gb82-screen' },
  { name: 'circuits', folder: 'anomaly/deeppcb' },
  // Beside them lie masks.
  { name: 'magnetic tiles', folder: 'anomaly/magnetic-tile', only: /\.jpg$/ },
  { name: 'CT', folder: 'medical-train/ct' },
  { name: 'MR', folder: 'medical-train/mr' },
  { name: 'DICOM', folder: 'dicom-tests', only: /\.dcm$/ },
  { name: 'a series of PET and CT', folder: 'series', only: /\.dcm$/ },
];

const filesIn = (folder: string): string[] =>
  readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesIn(path) : [path]))
    .filter((path) => !/\.(csv|json|md|txt)$/i.test(path));

const store = createModelStore(join(repositoryRoot, 'models'), null, [latentCards, looksCards]);
const networks = (await store.list()).flatMap((card) => {
  const { id, saw } = card as typeof card & { readonly saw?: Saw };
  return saw ? [{ id, saw }] : [];
});

const readers = scansCapability.readers!(undefined as never);
let milliseconds = 0;
let asked = 0;
for (const { name, folder, only } of sets) {
  const counts = new Map(networks.map(({ id }) => [id, { named: 0, looks: 0 }]));
  let pictures = 0;
  for (const path of filesIn(join(dataPack, folder)).filter((file) => only?.test(file) ?? true)) {
    const image = await decodeImage({ path, readers }).catch(() => null);
    if (!image) continue;
    pictures++;
    const seen = lookAt(image);
    const started = performance.now();
    const facts = factsOf(image, seen);
    milliseconds += performance.now() - started;
    asked++;
    for (const { id, saw } of networks) {
      const found = unlikeIn(saw, facts);
      const count = counts.get(id)!;
      if (found.some(({ what }) => what !== 'looks')) count.named++;
      if (found.some(({ what }) => what === 'looks')) count.looks++;
    }
  }
  for (const [id, { named, looks }] of counts)
    console.log(
      values.json
        ? JSON.stringify({ set: name, network: id, pictures, named, looks })
        : `${name}, ${pictures}: ${id}: by name ${share(named, pictures)}, by looks ${share(looks, pictures)}`,
    );
}
console.log(
  values.json
    ? JSON.stringify({ millisecondsPerPicture: milliseconds / asked })
    : `${(milliseconds / asked).toFixed(1)} ms a picture beside its decoding`,
);

function share(count: number, of: number): string {
  return `${of > 0 ? Math.round((100 * count) / of) : 0} %`;
}
