/** From vectors to places and clusters, and from a folder of small pictures to a map: known answers, seeds, what can not be read, cancelling. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import type { HourglassEvent } from '../../../app/contract/index.ts';
import { clustersOf } from '../../../app/explore/map/clusters.ts';
import { mapFolder } from '../../../app/explore/map/map.ts';
import { neighboursOf } from '../../../app/explore/map/neighbours.ts';
import { principalPlaces, squareOf } from '../../../app/explore/map/places.ts';
import { umapPlaces } from '../../../app/explore/map/umap.ts';
import type { Search } from '../../../app/explore/search.ts';
import { Draws, GaussianDraws } from '../../../app/runtime/draws.ts';
import { plane, scene } from './pictures.ts';
import { exploring, type Asked } from './services.ts';

const never = new AbortController().signal;

describe('places by principal components', () => {
  it('are the coordinates along the two directions in which vectors differ most', () => {
    // On a plane in five dimensions that two known directions span, far more along the first.
    const first = [0.6, 0, 0.8, 0, 0];
    const second = [0, 1, 0, 0, 0];
    const draws = new GaussianDraws(3);
    const known = Array.from({ length: 200 }, () => [5 * draws.next(), draws.next()] as const);
    const mean = [0, 1].map((k) => known.reduce((sum, one) => sum + one[k]!, 0) / known.length);
    // What correlation the draws happen to have is taken out, or the directions would turn by it.
    const along = known.reduce((sum, [a]) => sum + (a - mean[0]!) ** 2, 0);
    const both = known.reduce((sum, [a, b]) => sum + (a - mean[0]!) * (b - mean[1]!), 0);
    const free = known.map(([a, b]) => [
      a - mean[0]!,
      b - mean[1]! - (both / along) * (a - mean[0]!),
    ]);
    const vectors = Float32Array.from(
      free.flatMap(([a, b]) => first.map((part, i) => 7 + a! * part + b! * second[i]!)),
    );
    const places = principalPlaces(vectors, 5);
    // The iteration ends where variances stand still to ten digits, which directions do to five: of places up to 15, to three behind the point.
    for (const [at, [a, b]] of free.entries()) {
      expect(places[2 * at]).toBeCloseTo(a!, 3);
      expect(places[2 * at + 1]).toBeCloseTo(b!, 3);
    }
  });

  it('lie in the middle of a square, without being stretched', () => {
    expect([...squareOf(Float32Array.from([2, 10, 6, 11, 4, 12]))]).toEqual([
      ...[0, 0.25, 1, 0.5, 0.5, 0.75],
    ]);
    expect([...squareOf(Float32Array.from([3, 4]))]).toEqual([0.5, 0.5]);
  });
});

/** Groups of vectors of length 1 around directions of their own. */
function grouped(sizes: readonly number[], size = 16, spread = 0.15): Float32Array {
  const draws = new GaussianDraws(11);
  return Float32Array.from(
    sizes.flatMap((count, group) =>
      Array.from({ length: count }, () => {
        const vector = Array.from(
          { length: size },
          (_, i) => (i === group ? 1 : 0) + spread * draws.next(),
        );
        const length = Math.hypot(...vector);
        return vector.map((value) => value / length);
      }).flat(),
    ),
  );
}
const rowsOf = (vectors: Float32Array, size: number): Float32Array[] =>
  Array.from({ length: vectors.length / size }, (_, at) =>
    vectors.subarray(at * size, (at + 1) * size),
  );
/** In plain arithmetic. */
const plainSearch = (vectors: readonly Float32Array[]): Search => ({
  cosines: (asked) =>
    Promise.resolve(
      Float32Array.from(
        asked.flatMap((one) =>
          vectors.map((other) => one.reduce((sum, value, i) => sum + value * other[i]!, 0)),
        ),
      ),
    ),
  close: () => Promise.resolve(),
});

describe('clusters', () => {
  it('finds how many there are, the largest first, and which vector is whose', async () => {
    const { of, count, distances } = await clustersOf(grouped([10, 30, 20]), 16, null, 1, never);
    expect(count).toBe(3);
    expect([...of]).toEqual([
      ...Array.from({ length: 10 }, () => 2),
      ...Array.from({ length: 30 }, () => 0),
      ...Array.from({ length: 20 }, () => 1),
    ]);
    expect(Math.max(...distances)).toBeLessThan(1);
  });

  it('where nothing divides the vectors clearly there are more with more of them', async () => {
    const draws = new GaussianDraws(2);
    const counts = [];
    for (const all of [2, 8, 50, 400]) {
      const vectors = Float32Array.from({ length: 16 * all }, () => draws.next());
      counts.push((await clustersOf(vectors, 16, null, 1, never)).count);
    }
    expect(counts).toEqual([1, 2, 5, 12]);
  });

  it('makes as many as are asked for, and the same for the same seed', async () => {
    const vectors = grouped([10, 30, 20]);
    const five = await clustersOf(vectors, 16, 5, 4, never);
    expect(new Set(five.of)).toEqual(new Set([0, 1, 2, 3, 4]));
    expect((await clustersOf(vectors, 16, 5, 4, never)).of).toEqual(five.of);
  });

  it('of equal vectors there is one, and of two no more than two', async () => {
    const equal = new Float32Array(12).fill(0.5);
    expect(await clustersOf(equal, 3, 4, 1, never)).toMatchObject({ count: 1 });
    expect(await clustersOf(Float32Array.from([1, 0, 0, 1]), 2, 8, 1, never)).toMatchObject({
      count: 2,
    });
  });
});

describe('neighbours and what is laid out by them', () => {
  const sizes = [30, 30, 30];
  const vectors = rowsOf(grouped(sizes), 16);

  it('are the nearest of all, the vector itself first', async () => {
    const steps: number[] = [];
    const found = await neighboursOf(vectors, plainSearch(vectors), 6, never, (done) =>
      steps.push(done),
    );
    expect(steps).toEqual([32, 64, 90]);
    const distance = (a: Float32Array, b: Float32Array) =>
      Math.hypot(...a.map((value, i) => value - b[i]!));
    for (const at of [0, 31, 89]) {
      const nearest = vectors
        .map((other, index) => ({ index, far: distance(vectors[at]!, other) }))
        .sort((one, other) => one.far - other.far)
        .slice(0, 6);
      expect([...found.indices.subarray(6 * at, 6 * at + 6)]).toEqual(
        nearest.map(({ index }) => index),
      );
      for (const [k, { far }] of nearest.entries())
        expect(found.distances[6 * at + k]).toBeCloseTo(far, 3);
    }
  });

  it('those of a group lie together, the same for the same seed, another for another', async () => {
    const neighbours = await neighboursOf(
      vectors,
      plainSearch(vectors),
      15,
      never,
      () => undefined,
    );
    const draws = new Draws(5);
    // A beginning that says nothing of the groups.
    const places = Float32Array.from({ length: 180 }, () => draws.next());
    const epochs: number[] = [];
    const laid = umapPlaces({ neighbours, places, seed: 1 }, (epoch) => epochs.push(epoch));
    expect(epochs.at(-1)).toBe(200);
    const middles = sizes.map((count, group) =>
      [0, 1].map(
        (k) =>
          Array.from({ length: count }, (_, at) => laid[2 * (30 * group + at) + k]!).reduce(
            (a, b) => a + b,
          ) / count,
      ),
    );
    for (let at = 0; at < 90; at++) {
      const far = middles.map(([x, y]) => Math.hypot(laid[2 * at]! - x!, laid[2 * at + 1]! - y!));
      expect(far.indexOf(Math.min(...far))).toBe(Math.floor(at / 30));
    }
    expect(umapPlaces({ neighbours, places, seed: 1 }, () => undefined)).toEqual(laid);
    expect(umapPlaces({ neighbours, places, seed: 2 }, () => undefined)).not.toEqual(laid);
  });
});

describe('a folder', () => {
  const home = mkdtempSync(join(tmpdir(), 'hourglass-map-'));
  const { ask } = exploring(mapFolder, home);
  const inFolder = (name: string): string => join(home, name);
  /** Three scenes, each from nine places that are near. */
  const names = [0, 1, 2].flatMap((of) => Array.from({ length: 9 }, (_, at) => `${of}-${at}.png`));

  beforeAll(async () => {
    await buildAppIfStale();
    for (const name of names) {
      const [of, at] = name.split(/[-.]/).map(Number) as [number, number];
      const { width, height, data } = plane(scene(100 * of + 1), {}, (x, y) => [
        0.02 * (at % 3) + 0.96 * x,
        0.02 * Math.floor(at / 3) + 0.96 * y,
      ]);
      await sharp(Buffer.from(data.map((value) => Math.round(255 * value))), {
        raw: { width, height, channels: 1 },
      })
        .png()
        .toFile(inFolder(name));
    }
    writeFileSync(inFolder('broken.png'), 'no picture');
  }, 300_000);
  beforeEach(() => {
    vi.stubEnv('XDG_CACHE_HOME', mkdtempSync(join(home, 'cache-')));
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true, force: true });
  });

  const wanted = { layout: 'umap', seed: 1 } as const;
  const asked = (of: readonly string[], more: Asked<'mapFolder'> = {}) =>
    ask({
      ...wanted,
      images: of.map((name) => ({ path: inFolder(name), files: [inFolder(name)] })),
      ...more,
    });

  it('pictures that are obviously of one kind are a cluster, named after one of them; the map is the same each time', async () => {
    const events: HourglassEvent[] = [];
    const made = await asked([...names, 'broken.png'], { emit: (event) => events.push(event) });
    expect(made).toMatchObject({ images: 27, read: 27, layout: 'umap', notices: [] });
    expect(made.leftOut).toMatchObject([{ source: inFolder('broken.png'), code: 'not-an-image' }]);
    expect(made.clusters.map(({ size }) => size)).toEqual([9, 9, 9]);
    for (const { cluster, centre } of made.clusters) {
      const members = made.points.filter((point) => point.cluster === cluster);
      expect(new Set(members.map(({ path }) => path.at(-7)))).toEqual(new Set([centre.at(-7)]));
    }
    for (const { x, y } of made.points) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(1);
    }
    const again = await asked([...names, 'broken.png']);
    expect(again.read).toBe(0);
    expect(again.points).toEqual(made.points);

    // Principal components first, then with clusters, then neighbours; a place for all that were asked for.
    const told = events.flatMap((event) => (event.type === 'map-places' ? event : []));
    expect(told.slice(0, 2).map(({ layout, clusters }) => [layout, clusters !== null])).toEqual([
      ['pca', false],
      ['pca', true],
    ]);
    expect(told.at(-1)).toMatchObject({ layout: 'umap', of: 200 });
    const places = new Float32Array(new Uint8Array(Buffer.from(told[0]!.places, 'base64')).buffer);
    expect(places).toHaveLength(2 * 28);
    expect([...places.subarray(54)]).toEqual([NaN, NaN]);
    expect([...Buffer.from(told[1]!.clusters!, 'base64')].at(-1)).toBe(0);
  }, 120_000);

  it('by principal components alone where that is asked for, or where there are few', async () => {
    expect(await asked(names, { layout: 'pca', clusters: 2 })).toMatchObject({
      ...{ layout: 'pca', clusters: [{ size: 18 }, { size: 9 }] },
    });
    const few = await asked(names.slice(0, 3));
    expect(few).toMatchObject({ layout: 'pca', clusters: [{ size: 3 }] });
    expect(few.notices[0]!.text).toMatch(/only 3 pictures/);
    expect(await asked(['broken.png'])).toMatchObject({ images: 0, points: [], clusters: [] });
  });

  it('ends where it is cancelled, while it reads and while it lays out', async () => {
    for (const at of [5, 30]) {
      const cancel = new AbortController();
      const steps: number[] = [];
      const ended = asked(names, {
        signal: cancel.signal,
        told: (done) => {
          steps.push(done);
          if (done >= at) cancel.abort();
        },
      });
      await expect(ended).rejects.toMatchObject({ code: 'cancelled' });
      expect(steps.at(-1)).toBeLessThan(54);
    }
  }, 120_000);
});
