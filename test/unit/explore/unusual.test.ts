/** From folders of small pictures to verdicts: textures and laid-out things, what is remembered, what can not be read, cancelling. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { CommandContext } from '../../../app/contract/index.ts';
import { activationsGraph } from '../../../app/explore/unusual/activations.ts';
import { dialOf, ranked } from '../../../app/explore/unusual/dial.ts';
import { markFine } from '../../../app/explore/unusual/fine.ts';
import { goodFileOf } from '../../../app/explore/unusual/good-file.ts';
import { heatMapOf } from '../../../app/explore/unusual/heat.ts';
import { overlayOf } from '../../../app/explore/unusual/overlay.ts';
import { spotsOf } from '../../../app/explore/unusual/spots.ts';
import { aligned, differences } from '../../../app/explore/unusual/template.ts';
import { createFindUnusual } from '../../../app/explore/unusual/unusual.ts';
import type { Plane } from '../../../app/explore/plane.ts';
import { Draws } from '../../../app/runtime/draws.ts';
import { endingWith } from '../../../app/runtime/onnx-copy.ts';
import { openGraph } from '../../../app/runtime/sessions.ts';
import { repositoryRoot } from '../../data.ts';
import { plane, scene } from './pictures.ts';
import { noNetworks, servicesOf } from './services.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-unusual-'));
const inFolder = (name: string): string => join(home, name);
const save = ({ width, height, data }: Plane, name: string): Promise<unknown> =>
  sharp(Buffer.from(data.map((value) => Math.round(255 * Math.min(1, Math.max(0, value))))), {
    raw: { width, height, channels: 1 },
  })
    .png()
    .toFile(inFolder(name));
const images = (of: readonly string[]) =>
  of.map((name) => ({ path: inFolder(name), files: [inFolder(name)], name }));

/** Grains; where it is scratched, stripes instead. */
function surface(seed: number, isScratched = false): Plane {
  const draws = new Draws(seed, 5);
  const [width, height] = [96, 80];
  const light = 0.4 + 0.2 * draws.next();
  const data = Float32Array.from(
    { length: width * height },
    () => light + 0.15 * (draws.next() - 0.5),
  );
  if (isScratched)
    for (let y = 30; y < 56; y++)
      for (let x = 40; x < 66; x++) data[y * width + x] = light + (x % 4 < 2 ? 0.3 : -0.3);
  return { width, height, data };
}

const good = Array.from({ length: 20 }, (_, at) => `good-${at}.png`);
const fresh = ['fresh-0.png', 'fresh-1.png', 'fresh-2.png'];
const boards = ['board-0.png', 'board-1.png'];

beforeAll(async () => {
  for (const [at, name] of good.entries()) await save(surface(at), name);
  for (const [at, name] of fresh.entries()) await save(surface(100 + at), name);
  await save(surface(200, true), 'scratched.png');
  for (const [at, name] of boards.entries()) await save(plane(scene(40 + at)), name);
  // The first board, moved by two pixels, with a hole.
  const moved = plane(scene(40), {}, (x, y) => [x + 2 / 200, y]);
  for (let y = 60; y < 70; y++)
    for (let x = 90; x < 102; x++) moved.data[y * 200 + x] = moved.data[y * 200 + x]! < 0.5 ? 1 : 0;
  await save(moved, 'board-new.png');
});
beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', mkdtempSync(join(home, 'cache-')));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

const { read, services } = servicesOf();
const findUnusual = createFindUnusual(noNetworks);

const asked: Omit<Parameters<typeof findUnusual>[0], 'good' | 'images'> = {
  folder: home,
  mode: 'auto',
  falseAlarms: 5,
  score: 'both',
  overlays: null,
  by: null,
  maps: 0,
  anew: false,
  maxMegapixels: 400,
};
const ask = (
  of: readonly string[],
  judgedOnes: readonly string[],
  {
    signal = new AbortController().signal,
    told = () => undefined,
    ...more
  }: Partial<Parameters<typeof findUnusual>[0]> & {
    signal?: AbortSignal;
    told?: (done: number) => void;
  } = {},
) => {
  read.length = 0;
  return findUnusual(
    { ...asked, good: images(of), images: images(judgedOnes), ...more },
    { signal, progress: ({ done }) => told(done) } as CommandContext,
    services,
  );
};
const patience = 60_000;

it(
  'finds the scratched surface and where it is, and remembers what was learnt',
  async () => {
    const now = await ask(good, ['scratched.png', ...fresh]);
    expect(now).toMatchObject({ mode: 'features', good: 20, learnt: 'now', leftOut: [] });
    expect(now.promise).toMatchObject({ checked: 20, flagged: 1, needed: 19 });
    const [first] = now.images;
    expect(first).toMatchObject({ path: inFolder('scratched.png'), verdict: 'unusual' });
    const { x, y, width, height } = first!.spots[0]!;
    // The scratch is from 40 to 66 of 96, and from 30 to 56 of 80.
    expect(x).toBeLessThan(53 / 96);
    expect(x + width).toBeGreaterThan(53 / 96);
    expect(y).toBeLessThan(43 / 80);
    expect(y + height).toBeGreaterThan(43 / 80);
    expect(first!.reached).toBeCloseTo(100 / 21, 5);
    // Nobody else looks into it.
    expect(statSync(goodFileOf(home)).mode & 0o777).toBe(0o600);
    const again = await ask(good, ['scratched.png', ...fresh], { mode: 'features' });
    expect(again.learnt).toBe('remembered');
    expect(read).toHaveLength(4);
    expect(again.images).toEqual(now.images);
    // Another good folder is another memory.
    expect((await ask(good.slice(1), ['scratched.png'], { mode: 'features' })).learnt).toBe('now');
  },
  patience,
);

it(
  'what was called fine is learnt from too, as long as it is what it was, and until that is forgotten',
  async () => {
    const few = good.slice(0, 6);
    await save(surface(201, true), 'scratched-too.png');
    const judge = () => ask(few, ['scratched-too.png'], { mode: 'features' });
    const mark = (input: object) =>
      markFine(
        { folder: home, fine: [], forget: [], forgetAll: false, ...input },
        {} as CommandContext,
        services,
      );
    const before = await judge();
    expect(before).toMatchObject({ good: 6, fine: 0 });
    const path = inFolder('scratched.png');
    const marked = await mark({ fine: images(['scratched.png', 'fresh-0.png']) });
    expect(marked).toEqual({ fine: [path, inFolder('fresh-0.png')] });
    const after = await judge();
    expect(after).toMatchObject({ good: 8, fine: 2, learnt: 'now' });
    // There is one like it among those that are fine.
    expect(after.images[0]!.score).toBeLessThan(before.images[0]!.score! / 2);
    expect(await judge()).toMatchObject({ fine: 2, learnt: 'remembered' });
    expect(await mark({ forget: [inFolder('fresh-0.png')] })).toEqual({ fine: [path] });
    await save(surface(202, true), 'scratched.png');
    expect(await judge()).toMatchObject({ good: 6, fine: 0 });
    await mark({ fine: images(['fresh-1.png']) });
    expect(await mark({ forgetAll: true })).toEqual({ fine: [] });
    expect(await judge()).toMatchObject({ good: 6, fine: 0 });
    await save(surface(200, true), 'scratched.png');
  },
  patience,
);

it(
  'what is remembered and damaged is learnt anew',
  async () => {
    const few = good.slice(0, 3);
    await ask(few, ['fresh-0.png'], { mode: 'features' });
    const path = goodFileOf(home);
    const whole = readFileSync(path);
    for (const bytes of [whole.subarray(0, -4), whole.subarray(0, 3), Buffer.from('nothing')]) {
      writeFileSync(path, bytes);
      expect((await ask(few, ['fresh-0.png'], { mode: 'features' })).learnt).toBe('now');
    }
  },
  patience,
);

it(
  'a folder alone is judged by the rest; few good ones are ranked without a verdict',
  async () => {
    const all = [...good.slice(0, 5), 'scratched.png'];
    const { images: rows, promise, notices } = await ask(all, all, { mode: 'features' });
    expect(rows[0]).toMatchObject({ path: inFolder('scratched.png'), verdict: 'ranked' });
    expect(promise).toMatchObject({ threshold: null, low: null, needed: 19 });
    expect(notices.map(({ text }) => text).join()).toContain('from 19 on');
  },
  patience,
);

it(
  'lays a board on the good one that it is a copy of, by itself, and names what differs',
  async () => {
    const overlays = inFolder('marked');
    const found = await ask(boards, ['board-new.png'], { overlays });
    expect(found).toMatchObject({ mode: 'template', good: 2, promise: { threshold: 1 } });
    // Neither good one has a near copy among the others: nothing is promised.
    expect(found.promise).toMatchObject({ checked: 0, low: null });
    expect(found.notices.map(({ text }) => text).join()).toContain('none has a near copy');
    expect(found.images.map(({ verdict }) => verdict)).toEqual(['unusual']);
    const { spots, overlay } = found.images[0]!;
    expect(spots).toHaveLength(1);
    expect(spots[0]!.x).toBeCloseTo(90 / 200, 1);
    expect(spots[0]!.y).toBeCloseTo(60 / 150, 1);
    expect(overlay).toBe(join(overlays, 'board-new.png.png'));
    expect(await sharp(overlay!).metadata()).toMatchObject({ width: 200, height: 184 });
    await expect(ask(boards, ['board-new.png'], { overlays })).rejects.toMatchObject({
      code: 'output-exists',
    });
    // Among the good ones, and there is no near copy but itself.
    const alone = await ask(boards, ['board-new.png', 'board-1.png'], { mode: 'template' });
    expect(alone.images.map(({ verdict }) => verdict)).toEqual(['unmatched', 'unusual']);
  },
  patience,
);

it(
  'names what can not be read, and wants two good ones',
  async () => {
    writeFileSync(inFolder('text.png'), 'no picture');
    const { leftOut, good: learnt } = await ask(
      ['text.png', ...good.slice(0, 3)],
      ['fresh-0.png', 'missing.png'],
      { mode: 'features' },
    );
    expect(learnt).toBe(3);
    expect(leftOut.map(({ source }) => source)).toEqual(['text.png', 'missing.png'].map(inFolder));
    await expect(ask(['text.png', good[0]!], fresh, { mode: 'features' })).rejects.toMatchObject({
      code: 'invalid-parameter',
      message: expect.stringContaining('only 1 could be read') as string,
    });
  },
  patience,
);

it('cancelled in the middle, it ends', async () => {
  const controller = new AbortController();
  const told = (done: number): void => {
    if (done >= 3) controller.abort();
  };
  await expect(
    ask(good, fresh, { signal: controller.signal, told, mode: 'features' }),
  ).rejects.toMatchObject({ code: 'cancelled' });
  expect(existsSync(goodFileOf(home))).toBe(false);
});

it('the dial flags as many of exchangeable fresh ones as it says', () => {
  const draws = new Draws(3);
  for (const [count, percent] of [
    [20, 5],
    [33, 10],
    [60, 20],
  ] as const) {
    let flagged = 0;
    const rounds = 4000;
    for (let round = 0; round < rounds; round++) {
      const { threshold } = dialOf(
        Array.from({ length: count }, () => draws.next()),
        percent,
      );
      if (draws.next() > threshold!) flagged++;
    }
    expect((100 * flagged) / rounds).toBeGreaterThan(percent - 1.5);
    expect((100 * flagged) / rounds).toBeLessThan(percent + 1.5);
  }
  expect(dialOf([1, 2, 3], 5)).toMatchObject({ threshold: null, needed: 19 });
  expect(
    dialOf(
      Array.from({ length: 19 }, (_, at) => at),
      5,
    ).threshold,
  ).toBe(18);
  // Beta(1, 19) at 5 and 95 %: 1 − 0.95^(1/19) and 1 − 0.05^(1/19).
  const { between } = dialOf(
    Array.from({ length: 19 }, (_, at) => at),
    5,
  );
  expect(between!.low).toBeCloseTo(100 * (1 - 0.95 ** (1 / 19)), 3);
  expect(between!.high).toBeCloseTo(100 * (1 - 0.05 ** (1 / 19)), 3);
  expect(ranked(2, [1, 2, 3])).toBe(75);
});

it('places that touch are one, the highest first', () => {
  const data = Float32Array.from([2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 9]);
  expect(spotsOf({ width: 4, height: 3, data }, 2)).toEqual([
    { x: 0.75, y: 2 / 3, width: 0.25, height: 1 / 3, peak: 9 },
    { x: 0, y: 0, width: 0.5, height: 2 / 3, peak: 3 },
  ]);
});

it('a picture that was moved and turned is laid where it belongs, and then hardly differs', () => {
  const one = plane(scene(40));
  const angle = 0.02;
  const moved = plane(scene(40), {}, (x, y) => [
    0.5 + (x - 0.5) * Math.cos(angle) - (y - 0.5) * Math.sin(angle) + 0.03,
    0.5 + (x - 0.5) * Math.sin(angle) + (y - 0.5) * Math.cos(angle) - 0.02,
  ]);
  const warp = aligned(moved, one);
  expect(warp.x).toBeCloseTo(0.03, 2);
  expect(warp.y).toBeCloseTo(-0.02, 2);
  expect(warp.angle).toBeCloseTo(angle, 2);
  const map = differences(moved, [one]);
  expect(map.data.filter((value) => value >= 1).length / map.data.length).toBeLessThan(0.002);
});

it('colours mean the same in every picture: what is drawn of one value does not depend on the rest', () => {
  const picture = { width: 120, height: 4, data: new Float32Array(480).fill(0.5) };
  const drawn = (other: number) =>
    overlayOf(
      picture,
      {
        width: 120,
        height: 4,
        data: Float32Array.from({ length: 480 }, (_, at) => (at === 0 ? 1.2 : other)),
      },
      1,
      9,
    ).data;
  expect([...drawn(0).subarray(0, 3)]).toEqual([...drawn(3).subarray(0, 3)]);
  // Below half of what good ones reach nothing is drawn.
  expect([...drawn(0.4).subarray(3, 6)]).toEqual(
    [127, 127, 127].map((v) => expect.closeTo(v, -1) as number),
  );
});

it('a map for a page is small, and nothing high is lost from it', () => {
  const data = new Float32Array(130 * 70);
  data[69 * 130 + 129] = 2;
  data[0] = 9;
  const picture = { width: 128, height: 70 };
  const { columns, rows, across, down, levels } = heatMapOf(
    { width: 130, height: 70, data },
    picture,
    1,
  );
  const bytes = Buffer.from(levels, 'base64');
  expect([columns, rows, bytes.length]).toEqual([44, 24, 44 * 24]);
  // The last cells reach beyond the picture.
  expect([across, down]).toEqual([132 / 128, 72 / 70]);
  expect([bytes[0], bytes[1], bytes.at(-1)]).toEqual([255, 0, 160]);
});

it('a copy of a network ends where it is told to, with the same values inside, and without the rest', async () => {
  const model = readFileSync(join(repositoryRoot, 'models/denoise-photo-fast/model.onnx'));
  const cut = endingWith(model, {
    nodes: [],
    outputs: [{ name: 'add_3', shape: ['batch', 32, 'rows', 'columns'] }],
  });
  // The whole has two megabytes of weights.
  expect(cut.length).toBeLessThan(model.length / 4);
  const input = Float32Array.from({ length: 4 * 256 }, (_, at) => (at % 17) / 17);
  const run = async (bytes: Uint8Array, name: string, shape: readonly number[]) => {
    const graph = await openGraph(bytes, { device: 'cpu', threads: 1 });
    const data = new Float32Array(shape.reduce((a, b) => a * b));
    await graph.run(
      { input: { data: input.slice(), shape: [1, 4, 16, 16] } },
      { [name]: { data, shape } },
    );
    await graph.release();
    return data;
  };
  const inside = await run(cut, 'add_3', [1, 32, 8, 8]);
  const cells = await run(activationsGraph(model), 'add_3.cells', [1, 32, 1, 1]);
  for (let channel = 0; channel < 32; channel++) {
    const values = inside.subarray(64 * channel, 64 * channel + 64);
    expect(cells[channel]).toBeCloseTo(values.reduce((sum, v) => sum + Math.abs(v), 0) / 64, 4);
  }
  const nothing = { nodes: [], outputs: [{ name: 'add_99', shape: [1] }] };
  expect(() => endingWith(model, nothing)).toThrow('Nothing makes add_99.');
});
