/** Comparing and judging pictures by networks that a person trained: what is remembered counts for one network, parts of a picture, false alarms. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { CommandContext } from '../../../app/contract/index.ts';
import { see } from '../../../app/jobs/engine/capabilities.ts';
import { createFindSimilar } from '../../../app/explore/similar.ts';
import { createFindUnusual } from '../../../app/explore/unusual/unusual.ts';
import { batchOf } from '../../../app/learn/batches.ts';
import { writeCheckpoint } from '../../../app/learn/checkpoint.ts';
import { hashOf, type LearntImage } from '../../../app/learn/images.ts';
import { trainedNetworks } from '../../../app/learn/index.ts';
import { stepOf, type Plan } from '../../../app/learn/network.ts';
import { weightsOf } from '../../../app/learn/pca.ts';
import { samplesOf } from '../../../app/learn/quality.ts';
import { settingsOf, type Given } from '../../../app/learn/settings.ts';
import { networkOf, trainingIn } from '../../../app/learn/trained.ts';
import { sawOf } from '../../../app/runtime/index.ts';
import { componentsOf } from '../../../app/runtime/components.ts';
import { uniform } from '../../random.ts';
import { plane, scene } from './pictures.ts';
import { exploring, servicesOf } from './services.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-by-network-'));
const networks = trainedNetworks(see);
const never = new AbortController().signal;
const at = (name: string): string => join(home, name);
const images = (of: readonly string[]) => of.map((name) => ({ path: at(name), files: [at(name)] }));
const save = (name: string, width: number, height: number, data: ArrayLike<number>) =>
  sharp(Buffer.from(Array.from(data, (value) => Math.round(255 * value))), {
    raw: { width, height, channels: 1 },
  })
    .png()
    .toFile(at(name));

/** The state of a training, without the training. */
async function training(
  name: string,
  given: Given,
  learnt: readonly string[],
  theta?: Float32Array,
) {
  const settings = settingsOf(given);
  const plan: Plan = { settings, tones: 1, half: false };
  const { first } = stepOf(plan);
  const best = theta ?? first.theta;
  mkdirSync(at(name));
  await writeCheckpoint(at(name), {
    head: {
      ...{ format: 'hourglass-training', version: 1, settings },
      ...{
        tones: 1,
        half: false,
        recorrupted: false,
        device: 'cpu',
        step: 1,
        of: 1,
        minutes: null,
        seconds: 1,
      },
      images: { learnt: [...learnt], heldBack: [] },
      since: { sum: 0, count: 0 },
      best: { step: 1, heldBack: 1 },
      ...{ curve: [], parameters: best.length },
    },
    ...{ state: { ...first, step: 1 }, best },
  });
}

/** Slanted waves: what a few components describe. */
function waves(seed: number, broken = false): Float32Array {
  const next = uniform(seed);
  const [phase, light] = [6 * next(), 0.45 + 0.1 * next()];
  return Float32Array.from({ length: 64 * 48 }, (_, i) => {
    const [x, y] = [i % 64, Math.floor(i / 64)];
    const isBroken = broken && x >= 40 && x < 48 && y >= 8 && y < 16;
    return isBroken ? light + (x % 2 ? 0.4 : -0.4) : light + 0.3 * Math.sin(phase + (x + y) / 2);
  });
}
const good = Array.from({ length: 30 }, (_, i) => `good-${i}.png`);
const scenes = Array.from({ length: 24 }, (_, i) => `scene-${i}.png`);

beforeAll(async () => {
  for (const [i, name] of good.entries()) await save(name, 64, 48, waves(i + 1));
  await save('broken.png', 64, 48, waves(99, true));
  await save('fresh.png', 64, 48, waves(98));
  for (const [i, name] of scenes.entries()) await save(name, 200, 150, plane(scene(i)).data);
  // The right half of a scene, as a picture of its own.
  const { data } = plane(scene(5), { width: 100, height: 150 }, (x, y) => [0.5 + x / 2, y]);
  await save('right-half.png', 100, 150, data);
  const patch = { kind: 'linear', width: 4, patch: 8, start: 'pca' } as const;
  const plan: Plan = { settings: settingsOf(patch), tones: 1, half: false };
  const pieces: LearntImage[] = Array.from({ length: 10 }, (_, i) => ({
    sha256: String(i),
    pieces: [
      {
        side: 48,
        data: Float32Array.from(
          { length: 48 * 48 },
          (_, k) => waves(i + 1)[64 * Math.floor(k / 48) + (k % 48)]!,
        ),
      },
    ],
  }));
  const batches = Array.from({ length: 20 }, (_, step) => batchOf(plan, pieces, step + 1));
  const theta = weightsOf(componentsOf(samplesOf(batches), 64, 4));
  const learnt = await Promise.all(good.slice(0, 10).map((name) => hashOf([at(name)], never)));
  await training('waves', patch, learnt, theta);
  const small = { kind: 'siamese', patch: 16, channels: 4, depth: 2, width: 12 } as const;
  await training('one', { ...small, seed: 1 }, []);
  await training('other', { ...small, seed: 2 }, []);
  await training('squares', { kind: 'convolutional', patch: 16, channels: 4, width: 3 }, []);
  await training('cleans', { kind: 'denoising', patch: 16, channels: 4, depth: 1 }, []);
});
beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', mkdtempSync(join(home, 'cache-')));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

const { ask: askFor, read } = exploring<'findSimilar'>(createFindSimilar(networks), home);
const similar = (query: string, more: Partial<Parameters<typeof askFor>[0]> = {}) =>
  askFor({ ...{ count: 3, cutoff: 0, images: images(scenes), queries: images([query]) }, ...more });

it.each(['one', 'squares'])(
  'by the network of %s: the picture itself comes first, also mirrored, and no other network’s memory is used',
  async (name) => {
    const mirror = plane(scene(5), {}, (x, y) => [1 - x, y]);
    await save('mirror.png', 200, 150, mirror.data);
    const by = at(name);
    const now = await similar('mirror.png', { by });
    expect(now.queries[0]!.found[0]).toMatchObject({
      ...{ path: at('scene-5.png'), mirrored: true, kind: 'similar' },
    });
    expect(now.queries[0]!.found[0]!.cosine).toBeGreaterThan(0.99);
    expect(now).toMatchObject({ read: 24 });
    expect(now.notices).toEqual([]);
    // Remembered for this network alone.
    expect(await similar('mirror.png', { by })).toMatchObject({ read: 0, queries: now.queries });
    expect(read).toEqual([at('mirror.png')]);
    expect(await similar('mirror.png', { by: at('other') })).toMatchObject({ read: 24 });
    expect(await similar('mirror.png')).toMatchObject({ read: 24 });
    expect(await similar('mirror.png', { by })).toMatchObject({ read: 0 });
    expect(readdirSync(join(process.env.XDG_CACHE_HOME!, 'hourglass/explore'))).toHaveLength(3);
  },
  30_000,
);

it('a network that cleans has no code; groups are told by looks alone; where no training is, that is said', async () => {
  const refused = (by: string, more = {}) =>
    expect(similar('scene-1.png', { by: at(by), ...more })).rejects;
  await refused('cleans').toMatchObject({ code: 'invalid-parameter' });
  await refused('one', { queries: null }).toMatchObject({ code: 'invalid-parameter' });
  await refused('missing').toMatchObject({ code: 'file-not-found' });
});

it('what is unlike what the network learnt from is counted', async () => {
  const { sha256 } = networkOf(await trainingIn(at('one')));
  const saw = sawOf([{ facts: { tones: 3, family: 'photo', appearance: null }, noisy: [] }], null);
  writeFileSync(join(at('one'), 'card.json'), JSON.stringify({ title: 'one', sha256, saw }));
  const said = async (query: string, more = {}): Promise<string> =>
    (await similar(query, { by: at('one'), ...more })).notices.map(({ text }) => text).join();
  const anew = await said('scene-1.png', { anew: true });
  expect(anew).toContain('24 of 24 pictures');
  // What is remembered is as unlike as it was when it was read; what is asked for besides counts too.
  expect(await said('scene-1.png')).toBe(anew);
  expect(await said('right-half.png')).toContain('25 of 25 pictures');
  rmSync(join(at('one'), 'card.json'));
});

it('a part of a picture finds what looks like that part', async () => {
  const of = [...scenes.filter((name) => name !== 'scene-5.png'), 'right-half.png'];
  const part = { x: 0.5, y: 0, width: 0.5, height: 1 };
  const found = await similar('scene-5.png', { images: images(of), part });
  expect(found.queries[0]!.found[0]).toMatchObject({ path: at('right-half.png'), kind: 'same' });
  const whole = await similar('scene-5.png', { images: images(of) });
  expect(whole.queries[0]!.found[0]!.kind).not.toBe('same');
  const beyond = await similar('scene-5.png', { part: { ...part, x: 1 } });
  expect(beyond.leftOut[0]).toMatchObject({ code: 'invalid-parameter' });
});

const findUnusual = createFindUnusual(networks);
const judge = (of: readonly string[], more: Partial<Parameters<typeof findUnusual>[0]> = {}) =>
  findUnusual(
    {
      ...{ folder: home, mode: 'auto', score: 'both', falseAlarms: 10, overlays: null, maps: 5 },
      ...{ anew: false, maxMegapixels: 400, by: at('waves'), good: images(good) },
      images: images(of).map((image) => ({ ...image, name: 'x' })),
      ...more,
    },
    { signal: never, progress: () => undefined } as unknown as CommandContext,
    servicesOf().services,
  );

it('unusual is what the network can not give back, and where; good ones that it learnt from promise nothing', async () => {
  const now = await judge(['fresh.png', 'broken.png']);
  expect(now).toMatchObject({ mode: 'reconstruction', good: 30, learnt: 'now', leftOut: [] });
  // Ten of the thirty were learnt from.
  expect(now.promise).toMatchObject({ checked: 20, needed: 9, flagged: 2 });
  expect(now.notices.map(({ text }) => text).join()).toContain('10 of the good pictures');
  const [first, second] = now.images;
  expect(first).toMatchObject({ path: at('broken.png'), verdict: 'unusual' });
  expect(second).toMatchObject({ path: at('fresh.png') });
  expect(first!.score).toBeGreaterThan(10 * Math.max(1, second!.score!));
  const { x, y, width, height } = first!.spots[0]!;
  expect([x <= 44 / 64, x + width >= 44 / 64, y <= 12 / 48, y + height >= 12 / 48]).toEqual(
    Array(4).fill(true),
  );
  expect(first!.heat).toBeDefined();
  const again = await judge(['fresh.png', 'broken.png']);
  expect(again).toMatchObject({ learnt: 'remembered', images: now.images });
  // All of them were learnt from: nothing is promised.
  const known = await judge(['broken.png'], { good: images(good.slice(0, 10)) });
  expect(known.promise).toMatchObject({ checked: 0, threshold: null });
  expect(known.images[0]).toMatchObject({ verdict: 'ranked' });
});

it('a network without a way back judges nothing, and a mode beside it is refused', async () => {
  await expect(judge(['fresh.png'], { by: at('one') })).rejects.toMatchObject({
    code: 'invalid-parameter',
  });
  await expect(judge(['fresh.png'], { mode: 'template' })).rejects.toMatchObject({
    code: 'invalid-parameter',
  });
});
