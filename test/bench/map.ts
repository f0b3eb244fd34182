/**
 * `npm run bench -- map [--vectors 2000] [--epochs 200] [--json]`
 *
 * What a map costs and what it keeps ([manual](../../docs/manual/explore.md#map)), on one thread:
 * - vectors around 20 directions that are drawn: seconds of each part, and of the 15 nearest of each vector (itself not among them) how many are
 *   among the 15 nearest on the map
 * - the scenes of the data pack (`similarity/scene15`: 15 kinds, 6 of each): the same, and how many of a cluster are of its most frequent kind
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describe, grayOf, readAxes, WIDTH } from '../../app/explore/descriptor.ts';
import { clustersOf } from '../../app/explore/map/clusters.ts';
import { neighboursOf } from '../../app/explore/map/neighbours.ts';
import { principalPlaces, type Places } from '../../app/explore/map/places.ts';
import { UMAP_EPOCHS, UMAP_NEIGHBOURS } from '../../app/explore/map/protocol.ts';
import { umapPlaces } from '../../app/explore/map/umap.ts';
import { joined, openSearch } from '../../app/explore/search.ts';
import { smallPicture } from '../../app/pixels/thumbnail.ts';
import { GaussianDraws } from '../../app/runtime/draws.ts';
import { dataPack, noDataPack, repositoryRoot } from '../data.ts';
import { hereInference } from './unusual.ts';

const { values } = parseArgs({
  options: {
    vectors: { type: 'string', default: '2000' },
    epochs: { type: 'string', default: String(UMAP_EPOCHS) },
    json: { type: 'boolean', default: false },
  },
});
const epochs = Number(values.epochs);
const { signal } = new AbortController();

function tell(what: string, found: Record<string, number>): void {
  const rounded = Object.fromEntries(
    Object.entries(found).map(([name, value]) => [name, Number(value.toFixed(3))]),
  );
  if (values.json) return console.log(JSON.stringify({ what, ...rounded }));
  const words = Object.entries(rounded).map(([name, value]) => `${name} ${value}`);
  console.log(`${what}: ${words.join(', ')}`);
}

/** Of the nearest of each by indices [pictures, count], itself first: the share that is among as many nearest on the map. */
function kept(indices: Int32Array, count: number, places: Places): number {
  const all = places.length / 2;
  let found = 0;
  for (let at = 0; at < all; at++) {
    const far = Array.from({ length: all }, (_, other) => ({
      other,
      distance: Math.hypot(
        places[2 * at]! - places[2 * other]!,
        places[2 * at + 1]! - places[2 * other + 1]!,
      ),
    })).sort((a, b) => a.distance - b.distance);
    const near = new Set(far.slice(0, count).map(({ other }) => other));
    for (let k = 1; k < count; k++) if (near.has(indices[at * count + k]!)) found++;
  }
  return found / (all * (count - 1));
}

async function map(
  what: string,
  vectors: readonly Float32Array[],
  kinds: readonly string[],
  wanted: number,
): Promise<void> {
  const seconds: Record<string, number> = {};
  const timed = async <T>(part: string, work: () => T | Promise<T>): Promise<T> => {
    const begun = performance.now();
    const result = await work();
    seconds[part] = (performance.now() - begun) / 1000;
    return result;
  };
  const data = joined(vectors);
  const principal = await timed('components', () => principalPlaces(data, WIDTH));
  const { of, count } = await timed('clusters', () => clustersOf(data, WIDTH, wanted, 1, signal));
  const found = await timed('number of clusters', () => clustersOf(data, WIDTH, null, 1, signal));
  const search = await openSearch(hereInference, vectors, 1);
  const neighbours = await timed('neighbours', () =>
    neighboursOf(vectors, search, UMAP_NEIGHBOURS, signal, () => undefined),
  );
  const places = await timed('umap', () =>
    umapPlaces({ neighbours, places: principal, seed: 1 }, () => undefined, epochs),
  );
  await search.close();
  let pure = 0;
  for (let cluster = 0; cluster < count; cluster++) {
    const counts = new Map<string, number>();
    for (const [at, kind] of kinds.entries())
      if (of[at] === cluster) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    pure += Math.max(...counts.values());
  }
  tell(`${what}, seconds`, seconds);
  tell(`${what}, found`, {
    'kept by components': kept(neighbours.indices, neighbours.count, principal),
    'kept by umap': kept(neighbours.indices, neighbours.count, places),
    [`purity of ${count} clusters`]: pure / kinds.length,
    'clusters by themselves': found.count,
  });
}

const draws = new GaussianDraws(20);
const unit = (values: readonly number[]): Float32Array => {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
};
const drawn = (): number[] => Array.from({ length: WIDTH }, () => draws.next());
const directions = Array.from({ length: 20 }, () => unit(drawn()));
const made = Array.from({ length: Number(values.vectors) }, (_, at) => {
  const noise = drawn();
  return unit([...directions[at % 20]!].map((value, i) => value + 0.1 * noise[i]!));
});
await map(
  `${made.length} vectors`,
  made,
  made.map((_, at) => String(at % 20)),
  20,
);

if (dataPack === null) throw new Error(noDataPack);
const axes = readAxes(readFileSync(join(repositoryRoot, 'models/describe-looks/axes.bin')))!;
const scenes = join(dataPack, 'similarity/scene15');
const [vectors, kinds]: [Float32Array[], string[]] = [[], []];
for (const kind of readdirSync(scenes).sort())
  for (const name of readdirSync(join(scenes, kind)).sort()) {
    const picture = await smallPicture({ path: join(scenes, kind, name), signal });
    vectors.push(describe(grayOf(picture), axes).vector);
    kinds.push(kind);
  }
await map('scenes', vectors, kinds, 15);
