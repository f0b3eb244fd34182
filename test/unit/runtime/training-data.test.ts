/** What networks saw in their training, and what is told of pictures that are unlike it. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { looksCards } from '../../../app/explore/card.ts';
import { latentCards } from '../../../app/latent/card.ts';
import {
  appearanceOf,
  createModelStore,
  numberNames,
  sawOf,
  unlikeIn,
  UnlikeCount,
  unlikeNotice,
  type Appearance,
  type Facts,
  type Learnt,
  type Saw,
} from '../../../app/runtime/index.ts';
import { repositoryRoot } from '../../data.ts';
import { uniform } from '../../random.ts';

const SIDE = 160;

/** Clouds of a size, and some texture. @param busy how much of it */
function clouds(seed: number, { busy = 0.1, mean = 0.5, size = 24 } = {}): Float32Array {
  const draw = uniform(seed);
  const waves = Array.from({ length: 12 }, () => ({
    ...{ x: (draw() - 0.5) / size, y: (draw() - 0.5) / size },
    ...{ phase: 6.3 * draw(), strength: 0.02 + 0.04 * draw() },
  }));
  return Float32Array.from({ length: SIDE * SIDE }, (_, at) => {
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    const soft = waves.reduce(
      (sum, wave) => sum + wave.strength * Math.sin(6.3 * (wave.x * x + wave.y * y) + wave.phase),
      0,
    );
    return Math.max(0, Math.min(1, mean + soft + busy * (draw() - 0.5)));
  });
}

const appearance = (data: Float32Array): Appearance =>
  appearanceOf({ width: SIDE, height: SIDE, channels: 1, data, tones: 1, low: 0, high: 1 })!;
const facts = (data: Float32Array, more: Partial<Facts> = {}): Facts => ({
  ...{ tones: 1, family: 'photo', bits: 8, appearance: appearance(data) },
  ...more,
});
const learnt = (count: number, more: Partial<Facts> = {}): Learnt[] =>
  Array.from({ length: count }, (_, at) => {
    const mean = 0.35 + 0.3 * uniform(900 + at)();
    return { facts: facts(clouds(at, { mean }), more), noisy: [] };
  });
const what = (saw: Saw, of: Facts): string[] => unlikeIn(saw, of).map((one) => one.what);

describe('how a picture looks', () => {
  it('is the same on any scale and in any size, and nothing is said of a crop', () => {
    const data = clouds(7, { busy: 0 });
    const deep = Uint16Array.from(data, (value) => Math.round(65_535 * value));
    const asDeep = appearanceOf({
      ...{ width: SIDE, height: SIDE, channels: 1, data: deep, tones: 1, low: 0, high: 65_535 },
    })!;
    for (const [i, value] of appearance(data).entries()) expect(asDeep[i]).toBeCloseTo(value, 1);
    const large = new Float32Array(16 * data.length).map(
      (_, at) => data[Math.floor(at / (16 * SIDE)) * SIDE + Math.floor((at % (4 * SIDE)) / 4)]!,
    );
    const asLarge = appearanceOf({
      ...{ width: 4 * SIDE, height: 4 * SIDE, channels: 1, data: large, tones: 1, low: 0, high: 1 },
    })!;
    const brightness = numberNames.indexOf('brightness');
    expect(asLarge[brightness]).toBeCloseTo(appearance(data)[brightness]!, 2);
    const small = { width: 80, height: 400, channels: 1, data: new Float32Array(32_000) };
    expect(appearanceOf({ ...small, tones: 1, low: 0, high: 1 })).toBeNull();
  });

  it('is that of what a frame surrounds', () => {
    const data = clouds(7);
    const wide = SIDE + 40;
    const framed = new Float32Array(wide * wide).fill(1);
    for (let y = 0; y < SIDE; y++)
      framed.set(data.subarray(y * SIDE, (y + 1) * SIDE), (y + 20) * wide + 20);
    const looked = { width: wide, height: wide, channels: 1, data: framed, tones: 1 } as const;
    const within = { x: 20, y: 20, width: SIDE, height: SIDE };
    expect(appearanceOf({ ...looked, low: 0, high: 1, within })).toEqual(appearance(data));
  });

  it('knows no value that is no number', () => {
    const data = clouds(8);
    data.fill(NaN, 0, 500);
    data.fill(Infinity, 500, 1000);
    for (const value of appearance(data)) expect(value).toSatisfy(Number.isFinite);
  });
});

describe('unlike what was learnt from', () => {
  const saw = sawOf(learnt(60), 50);

  it('is seldom said of a picture of the same kind', () => {
    const fresh = Array.from({ length: 60 }, (_, at) => {
      const mean = 0.35 + 0.3 * uniform(5000 + at)();
      return what(saw, facts(clouds(2000 + at, { mean })));
    });
    expect(fresh.filter((found) => found.length > 0).length).toBeLessThanOrEqual(6);
  });

  it.each([
    ['plainer', clouds(3, { busy: 0 })],
    ['busier', clouds(3, { busy: 0.5 })],
    ['darker', clouds(3, { mean: 0.05 })],
    ['brighter', clouds(3, { mean: 0.95 })],
  ])('is said on either side: %s', (_, data) => {
    expect(what(saw, facts(data))).toEqual(['looks']);
  });

  it.each<[string, Partial<Facts>, string]>([
    ['tones', { tones: 3 }, 'it is in colour, and gray pictures were learnt from'],
    ['family', { family: 'scan' }, 'its values were measured'],
    ['noise', { noise: 60 }, 'about 60 levels (read or given), and up to 50 were learnt'],
  ])('has a name: %s', (name, more, words) => {
    const picture = facts(clouds(5), more);
    expect(what(saw, picture)).toEqual([name]);
    expect(unlikeNotice({ title: 'Mine', saw }, () => picture)).toMatchObject({
      level: 'warning',
      text: expect.stringContaining(words) as string,
    });
  });

  it('has a name where scans were learnt from: how they were made, how deep, how wide a pixel is', () => {
    const scans = sawOf(
      learnt(30, { family: 'scan', modality: 'CT', bits: 16, pixelSize: 0.7 }),
      null,
    );
    const scan = { family: 'scan', modality: 'CT', bits: 16, pixelSize: 0.8 } as const;
    const of = (more: Partial<Facts>) => what(scans, facts(clouds(5), { ...scan, ...more }));
    expect(of({})).toEqual([]);
    expect(of({ modality: 'PT' })).toEqual(['modality']);
    expect(of({ bits: 8 })).toEqual(['bits']);
    expect(of({ pixelSize: 0.2 })).toEqual(['pixelSize']);
    expect(of({ pixelSize: 2 })).toEqual(['pixelSize']);
    expect(of({ noise: 200 })).toEqual([]);
  });

  it('is not said of looks that few images were learnt from, nor of what is not known', () => {
    const few = sawOf(learnt(10), null);
    expect(few.looks).toBeNull();
    expect(what(few, facts(clouds(3, { busy: 0.5 })))).toEqual([]);
    expect(unlikeNotice({ title: 'Mine' }, () => facts(clouds(3, { busy: 0.5 })))).toBeNull();
    expect(what(saw, { tones: 1, appearance: null })).toEqual([]);
  });

  it('never says that a picture is safe', () => {
    expect(unlikeNotice({ title: 'Mine', saw }, () => facts(clouds(5)))).toBeNull();
  });

  it('is said once of many', () => {
    const count = new UnlikeCount('Mine', saw);
    for (const busy of [0.1, 0.5, 0.5]) count.add(() => facts(clouds(5, { busy })));
    count.add(() => facts(clouds(5), { noise: 90 }));
    const [notice, ...others] = count.notices();
    expect(others).toEqual([]);
    expect(notice!.text).toContain('3 of 4 pictures');
    expect(notice!.text).toContain('more structures');
    expect(notice!.text).toContain('90 levels');
    expect(new UnlikeCount('Mine', null).notices()).toEqual([]);
  });
});

describe('networks that come with the program', () => {
  const store = createModelStore(join(repositoryRoot, 'models'), null, [latentCards, looksCards]);

  it('say what they learnt from, if they clean or compress', async () => {
    const cards = (await store.list()).filter(({ task }) => ['denoise', 'latent'].includes(task));
    expect(cards.length).toBeGreaterThanOrEqual(5);
    for (const { id, saw } of cards) expect(saw?.looks, id).toBeTruthy();
  });

  it('see no lines in a picture that holds nothing', async () => {
    for (const id of ['denoise-photo-fast', 'denoise-scan-fast']) {
      const empty = { tones: 3, appearance: appearance(new Float32Array(SIDE ** 2)) } as const;
      const { text } = unlikeNotice(await store.get(id), () => empty)!;
      expect(text).toContain('fewer structures');
      expect(text).not.toContain('lines');
    }
  });

  it('warn of circuits, of a scan shown to a network for photos, and of one that none learnt from', async () => {
    const photo = (await store.get('denoise-photo-fast')).saw!;
    const scan = (await store.get('denoise-scan-fast')).saw!;
    const lines = Float32Array.from({ length: SIDE * SIDE }, (_, at) =>
      at % 16 < 5 || Math.floor(at / SIDE) % 20 < 6 ? 1 : 0,
    );
    expect(what(photo, { tones: 3, family: 'photo', appearance: appearance(lines) })).toEqual([
      'looks',
    ]);
    expect(what(photo, { tones: 1, family: 'scan', appearance: null })).toEqual([
      'tones',
      'family',
    ]);
    expect(what(scan, { tones: 1, family: 'scan', modality: 'CT', appearance: null })).toEqual([]);
    expect(what(scan, { tones: 1, family: 'scan', modality: 'PT', appearance: null })).toEqual([
      'modality',
    ]);
  });
});
