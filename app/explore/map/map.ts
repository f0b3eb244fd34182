/** `mapFolder`: places for the pictures of a folder, and clusters of them. */
import {
  throwIfCancelled,
  toHourglassError,
  type Commands,
  type Notice,
  type OutputOf,
} from '../../contract/index.ts';
import type { MapLayout } from '../../contract/map-event.ts';
import {
  callThread,
  inferenceThreads,
  type EngineServices,
  type Handler,
} from '../../runtime/index.ts';
import { WIDTH } from '../descriptor.ts';
import { updateIndex } from '../indexing.ts';
import type { Entry } from '../looks-index.ts';
import { joined, openSearch } from '../search.ts';
import { say } from '../sentences.ts';
import { byLooks } from '../ways.ts';
import { clustersOf, type Clusters } from './clusters.ts';
import { neighboursOf } from './neighbours.ts';
import { principalPlaces, squareOf, type Places } from './places.ts';
import {
  LEAST_FOR_UMAP,
  UMAP_EPOCHS,
  UMAP_NEIGHBOURS,
  type UmapRequest,
  type UmapStep,
} from './protocol.ts';

type Output = OutputOf<Commands['mapFolder']>;

/** Of the work behind the reading: neighbours, then epochs. */
const NEIGHBOURS_SHARE = 0.2;

export const mapFolder: Handler<'mapFolder'> = async (input, context, services) => {
  const { signal, job } = context;
  const { images, seed } = input;
  const way = await byLooks(services);
  const total = 2 * images.length;
  const told = (done: number, message: string): void =>
    context.progress({ done, total, unit: 'steps', message });
  const indexed = await updateIndex({
    ...{ images, index: input.folder && way.indexOf(input.folder), anew: input.anew, way, signal },
    picture: (path) => services.documents.smallPicture(path, input.maxMegapixels, signal),
    told: (done, _, name) => told(done, name),
  });
  const { entries, read, gone, unsaved } = indexed;
  const notices: Notice[] = [];
  if (unsaved !== null)
    notices.push({ level: 'warning', text: say('notRemembered', { reason: unsaved }) });
  const answer = {
    ...{ images: entries.length, read, gone, notices },
    leftOut: [...indexed.leftOut],
  };
  if (entries.length === 0) return { ...answer, layout: 'pca', points: [], clusters: [] };

  const placing = (share: number): void => told(images.length * (1 + share), say('placing'));
  const emitted = emitter();
  placing(0);
  const vectors = joined(entries.map(({ vector }) => vector));
  const principal = principalPlaces(vectors, WIDTH);
  const first = squareOf(principal);
  emitted('pca', 0, first, null);
  const clusters = await clustersOf(vectors, WIDTH, input.clusters ?? null, seed, signal);
  throwIfCancelled(signal);
  emitted('pca', 0, first, clusters);
  if (input.layout === 'pca') return mapped('pca', first);
  if (entries.length < LEAST_FOR_UMAP) {
    notices.push({ level: 'info', text: say('fewToPlace', { count: entries.length }) });
    return mapped('pca', first);
  }
  try {
    return mapped('umap', await byNeighbours());
  } catch (error) {
    // The thread was ended from below.
    const { code } = toHourglassError(error);
    if (code !== 'out-of-memory' && code !== 'damaged-image') throw error;
    notices.push({ level: 'warning', text: say('notPlaced') });
    return mapped('pca', first);
  }

  async function byNeighbours(): Promise<Places> {
    const neighbours = await nearestOf(entries, services, signal, (share) =>
      placing(NEIGHBOURS_SHARE * share),
    );
    return callThread<Places, UmapStep>({
      file: 'explore/map/thread.js',
      data: { neighbours, places: principal, seed } satisfies UmapRequest,
      ...{ name: say('map'), timeoutMs: null, signal },
      told: ({ epoch, places }) => {
        placing(NEIGHBOURS_SHARE + ((1 - NEIGHBOURS_SHARE) * epoch) / UMAP_EPOCHS);
        emitted('umap', epoch, places, clusters);
      },
    });
  }

  /** Events are of all images that were asked for, in their order. */
  function emitter(): (
    layout: MapLayout,
    step: number,
    places: Places,
    clusters: Clusters | null,
  ) => void {
    const byPath = new Map(images.map(({ path }, at) => [path, at]));
    const order = entries.map(({ path }) => byPath.get(path)!);
    return (layout, step, places, known) => {
      const all = new Float32Array(2 * images.length).fill(NaN);
      const of = new Uint8Array(images.length);
      for (const [at, image] of order.entries()) {
        all.set(places.subarray(2 * at, 2 * at + 2), 2 * image);
        if (known) of[image] = known.of[at]! + 1;
      }
      context.emit({
        ...{ type: 'map-places', job, layout, step, of: layout === 'umap' ? UMAP_EPOCHS : 0 },
        places: Buffer.from(all.buffer).toString('base64'),
        clusters: known && Buffer.from(of).toString('base64'),
      });
    };
  }

  function mapped(layout: MapLayout, places: Places): Output {
    return {
      ...{ ...answer, layout },
      points: entries.map(({ path }, at) => ({
        ...{ path, cluster: clusters.of[at]! + 1, fromCentre: clusters.distances[at]! },
        ...{ x: places[2 * at]!, y: places[2 * at + 1]! },
      })),
      clusters: namedClusters(entries, clusters),
    };
  }
};

async function nearestOf(
  entries: readonly Entry[],
  { inference }: EngineServices,
  signal: AbortSignal,
  told: (share: number) => void,
): Promise<UmapRequest['neighbours']> {
  const vectors = entries.map(({ vector }) => vector);
  const search = await openSearch(inference, vectors, inferenceThreads());
  try {
    const count = Math.min(UMAP_NEIGHBOURS, vectors.length - 1);
    return await neighboursOf(vectors, search, count, signal, (done) =>
      told(done / vectors.length),
    );
  } finally {
    await search.close();
  }
}

function namedClusters(
  entries: readonly Entry[],
  { of, count, distances }: Clusters,
): Output['clusters'] {
  return Array.from({ length: count }, (_, cluster) => {
    let [size, centre] = [0, -1];
    for (let at = 0; at < of.length; at++) {
      if (of[at] !== cluster) continue;
      size++;
      if (centre < 0 || distances[at]! < distances[centre]!) centre = at;
    }
    return { cluster: cluster + 1, size, centre: entries[centre]!.path };
  });
}
