/** Short trainings of each kind: what a kind promises is seen on images that were held back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { KindId } from '../../../app/contract/learn-kinds.ts';
import { batchOf, heldBatches, viewsOf } from '../../../app/learn/batches.ts';
import type { Codes } from '../../../app/learn/codes.ts';
import { readImages, shrunk } from '../../../app/learn/images.ts';
import { see } from '../../../app/jobs/engine/capabilities.ts';
import { decodeImage } from '../../../app/pixels/decode.ts';
import type { Checkpoint } from '../../../app/learn/checkpoint.ts';
import { kinds, reachOf } from '../../../app/learn/kinds.ts';
import { fileOf, imageShape, type Plan } from '../../../app/learn/network.ts';
import { CORRELATED, noiseOf } from '../../../app/learn/noise.ts';
import { decodedBy, weightsOf } from '../../../app/learn/pca.ts';
import {
  componentsInTurns,
  componentsOf,
  type Components,
} from '../../../app/runtime/components.ts';
import { qualityOf, samplesOf, wordsOf } from '../../../app/learn/quality.ts';
import { settingsOf, type Given } from '../../../app/learn/settings.ts';
import {
  train,
  type CurvePoint,
  type Trained,
  type TrainRequest,
} from '../../../app/learn/trainer.ts';
import { sizeOf } from '../../../app/learn/engine/index.ts';
import { uniform } from '../../random.ts';
import { blurred, drawn, learnt, withNoise } from './drawn.ts';
import { openGraph } from './open-graph.ts';

const SIDE = 96;
const images = { learnt: learnt(12, SIDE), heldBack: learnt(3, SIDE, undefined, 101) };

function planOf(given: Given): Plan {
  return { settings: settingsOf(given), tones: 1, half: false };
}

const trained = (plan: Plan, more: Partial<TrainRequest>): Promise<Trained> =>
  train({
    ...{ plan, images, openGraph, threads: 1, minutes: undefined, steps: undefined, from: null },
    ...{ stopEarly: false, signal: new AbortController().signal },
    ...{ stepped: () => {}, point: () => {}, save: () => Promise.resolve() },
    ...more,
  });

const none = { components: null, noise: null };
const psnrOf = (plan: Plan, outcome: Trained, facts: Parameters<typeof qualityOf>[2] = none) => {
  const [quality] = qualityOf(plan, outcome, facts);
  return {
    network: quality!.network,
    beside: (word: string): number =>
      quality!.beside.find(({ name }) => name.includes(word))!.value,
  };
};

function components(plan: Plan): Components {
  const batches = Array.from({ length: 60 }, (_, at) => batchOf(plan, images.learnt, 2 ** 30 + at));
  return componentsOf(samplesOf(batches), 64, plan.settings.width);
}

describe('a linear autoencoder', () => {
  it('reaches the held-back error of principal components within 1 %', async () => {
    const plan = planOf({ kind: 'linear', width: 8, batch: 64 });
    const found = components(plan);
    const outcome = await trained(plan, {});
    const held = samplesOf(heldBatches(plan, images.heldBack));
    const decoded = decodedBy(found, held);
    const error = held.reduce((sum, value, i) => sum + (value - decoded[i]!) ** 2, 0) / held.length;
    expect(outcome.look.error / error).toBeLessThan(1.01);
    expect(outcome.look.error / error).toBeGreaterThan(0.98);
  }, 120_000);

  it('begins as the components where it is told to', async () => {
    const plan = planOf({ kind: 'linear', width: 8, start: 'pca' });
    const found = components(plan);
    const outcome = await trained(plan, { steps: 1, start: weightsOf(found) });
    const { network, beside } = psnrOf(plan, outcome, { components: found, noise: null });
    expect(Math.abs(network - beside('principal'))).toBeLessThan(0.05);
  });
});

it('components are those of the data: a plane in eight dimensions is found exactly', () => {
  const directions = [
    [1, 0, 0, 1, 0, 0, 0, 0],
    [0, 1, 0, 0, 0, 1, 1, 0],
  ];
  const data = Float32Array.from({ length: 8 * 500 }, (_, at) => {
    const [row, column] = [Math.floor(at / 8), at % 8];
    return (
      5 +
      Math.sin(row) * 3 * directions[0]![column]! +
      Math.cos(2.3 * row) * directions[1]![column]!
    );
  });
  const found = componentsOf(data, 8, 2);
  const decoded = decodedBy(found, data);
  expect(Math.max(...data.map((value, i) => Math.abs(value - decoded[i]!)))).toBeLessThan(1e-5);
  const one = decodedBy(componentsOf(data, 8, 1), data);
  expect(Math.max(...data.map((value, i) => Math.abs(value - one[i]!)))).toBeGreaterThan(0.5);
});

it('components are found while others have their turns, the same, and not to the end where nobody wants them', async () => {
  const size = 256;
  const draw = uniform(3);
  const data = Float32Array.from({ length: 600 * size }, () => draw() - 0.5);
  // A wide code of what is much alike in all directions: seconds of work.
  let turns = 0;
  let ended = false;
  const counted = (async () => {
    while (!ended) {
      await setImmediate();
      turns++;
    }
  })();
  const stop = new AbortController();
  const few = await componentsInTurns(data.slice(0, 100 * size), size, 3, stop.signal);
  expect(few).toEqual(componentsOf(data.slice(0, 100 * size), size, 3));
  const cut = componentsInTurns(data, size, 200, stop.signal);
  const before = turns;
  while (turns < before + 5) await setImmediate();
  stop.abort();
  await expect(cut).rejects.toMatchObject({ code: 'cancelled' });
  ended = true;
  await counted;
});

it('a wider code leaves less error', async () => {
  const errors: number[] = [];
  for (const width of [2, 16]) {
    const plan = planOf({ kind: 'basic', width, batch: 64 });
    errors.push((await trained(plan, { steps: 500 })).look.error);
  }
  expect(errors[1]! / errors[0]!).toBeLessThan(0.7);
}, 120_000);

it('fewer units of a sparse code are on the more it costs', async () => {
  const shares: number[] = [];
  for (const sparsity of [0, 0.01, 0.1]) {
    const plan = planOf({ kind: 'sparse', sparsity, batch: 64 });
    shares.push((await trained(plan, { steps: 150 })).look.active!);
  }
  expect(shares[1]!).toBeLessThan(shares[0]! - 0.02);
  expect(shares[2]!).toBeLessThan(shares[1]! - 0.02);
}, 180_000);

it('β trades rate for distortion, and units that nothing goes through are named', async () => {
  const found: { rate: number; error: number }[] = [];
  for (const beta of [0.05, 1, 20]) {
    const plan = planOf({ kind: 'variational', beta, batch: 64 });
    const outcome = await trained(plan, { steps: 200 });
    const { rates, error } = outcome.look;
    found.push({ rate: rates.reduce((a, b) => a + b, 0), error });
    const unused = rates.filter((rate) => rate < 0.01).length;
    const words = wordsOf(plan, outcome, []).map(({ text }) => text);
    expect(words.some((text) => text.includes('not used'))).toBe(unused > 0);
    if (beta === 20) expect(unused).toBeGreaterThan(0);
  }
  for (const [before, after] of [
    [found[0]!, found[1]!],
    [found[1]!, found[2]!],
  ]) {
    expect(after!.rate).toBeLessThan(before!.rate);
    expect(after!.error).toBeGreaterThan(before!.error);
  }
}, 240_000);

it('a convolutional code of eight channels keeps the image better than its mean', async () => {
  const plan = planOf({ kind: 'convolutional', channels: 8, patch: 32, batch: 8 });
  const outcome = await trained(plan, { steps: 300 });
  expect(psnrOf(plan, outcome).network).toBeGreaterThan(22);
}, 120_000);

describe('a siamese network', () => {
  const own = { kind: 'siamese', patch: 32, channels: 8, depth: 3, width: 16, batch: 16 } as const;
  const many = {
    learnt: learnt(24, 48, (seed) => drawn(seed, 48)),
    heldBack: learnt(6, 48, (seed) => drawn(seed, 48), 101),
  };

  it('learns that two views are of one picture, also of pictures that it never saw', async () => {
    const plan: Plan = { ...planOf({ ...own, augment: 0.5 }), most: 24 };
    const outcome = await trained(plan, { steps: 150, images: many });
    expect(outcome.look.loss).toBeLessThan(outcome.head.curve[0]!.heldBack - 0.15);
    const { network, beside } = qualityOf(plan, outcome, none)[0]!;
    expect(network).toBeGreaterThan(70);
    expect(beside[0]!.value).toBeGreaterThan(0);
    // The network that is written is the encoder alone.
    const file = await openGraph(fileOf(plan, outcome.weights), { threads: 1 });
    const shape = [1, 1, 32, 32];
    const { into } = await file.run(
      { input: { data: drawn(7, 32), shape } },
      { code: { data: new Float32Array(16), shape: [1, 16] } },
    );
    await file.close();
    const length = Math.hypot(...into.code!.data);
    expect(length).toBeCloseTo(1, 4);
  }, 120_000);

  it('is shown no picture twice in a step, and held-back ones among others', () => {
    const plan: Plan = { ...planOf({ ...own, augment: 0 }), most: 24 };
    const first = (of: Float32Array, row: number): string =>
      of.slice(row * 1024, row * 1024 + 1024).join();
    const { x } = batchOf(plan, many.learnt, 5);
    const rows = Array.from({ length: 32 }, (_, row) => first(x, row));
    expect(new Set(rows).size).toBe(16);
    // Without any strength both views are the picture.
    expect(rows[3]).toBe(rows[19]);
    const [held] = heldBatches(plan, many.heldBack, many.learnt);
    expect([held!.counted, held!.x.length]).toEqual([6, 32 * 1024]);
    expect(batchOf({ ...plan, most: 3 }, many.learnt.slice(0, 3), 1).x.length).toBe(6 * 1024);
  });

  it('views stay on the scale, differ more the stronger they are, and are the same for a seed', () => {
    const [one] = many.learnt;
    const distance = (augment: number): number => {
      const plan: Plan = { ...planOf({ ...own, augment }), most: 2 };
      const { x } = viewsOf(plan, [one!, one!], 9);
      expect(viewsOf(plan, [one!, one!], 9).x).toEqual(x);
      expect(Math.min(...x)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...x)).toBeLessThanOrEqual(1);
      return x.slice(0, 2048).reduce((sum, value, i) => sum + (value - x[2048 + i]!) ** 2, 0);
    };
    const [none, half, all] = [distance(0), distance(0.1), distance(1)];
    expect(none).toBe(0);
    expect(half!).toBeLessThan(all!);
  });

  it('whole images become small by means of areas, whatever windows they are read in', () => {
    const [width, height] = [1100, 530];
    const seen = {
      ...{ width, height, tones: 1 as const, scan: false },
      read: (origin: { x: number; y: number }, side: number, target: Float32Array) => {
        for (let y = 0; y < side; y++)
          for (let x = 0; x < side; x++)
            target[y * side + x] = (origin.x + x + 2 * (origin.y + y)) / 3000;
      },
    };
    const { data } = shrunk(seen, 40);
    // A slope stays one: the middle of each part.
    for (const [x, y] of [
      [0, 0],
      [39, 0],
      [17, 39],
    ] as const)
      expect(data[y * 40 + x]).toBeCloseTo(
        (((x + 0.5) / 40) * width - 0.5 + 2 * (((y + 0.5) / 40) * height - 0.5)) / 3000,
        4,
      );
  });
});

it('of whole images halves are learnt from too, those that have something in them and are large enough', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-halves-'));
  try {
    // Black on the left, a slope on the right; a copy that is too low to be halved across.
    const picture = (height: number) =>
      Array.from({ length: 96 * height }, (_, at) => {
        const x = at % 96;
        return x < 48 ? 0 : 100 + x + Math.floor(at / 96);
      });
    const paths = await Promise.all(
      [64, 40].map(async (height) => {
        const path = join(folder, `${height}.png`);
        const raw = { width: 96, height, channels: 1 } as const;
        await sharp(Buffer.from(picture(height)), { raw })
          .png()
          .toFile(path);
        return path;
      }),
    );
    const read = async (halved: boolean) => {
      const { learnt, heldBack } = await readImages({
        images: paths.map((path) => ({ path, files: [path] })),
        ...{ side: 32, whole: 32, halved, seed: 1, told: () => undefined },
        signal: new AbortController().signal,
        decode: ({ path }) => decodeImage({ path }),
        see,
      });
      return [...learnt, ...heldBack];
    };
    const found = await read(true);
    expect(found.map(({ pieces }) => pieces.length)).toEqual([1, 1]);
    // The left half is black in both; the lower one has no upper and lower half of 32 pixels.
    expect(found.map(({ halves }) => halves!.length).toSorted()).toEqual([1, 3]);
    expect((await read(false)).every(({ halves }) => halves === undefined)).toBe(true);
    // And they come up in what is shown.
    const plan: Plan = {
      ...planOf({ kind: 'siamese', channels: 4, depth: 1, patch: 32, batch: 2, augment: 0 }),
      most: 2,
    };
    const seen = new Set<string>();
    for (let step = 1; step <= 40; step++) {
      const { x } = batchOf(plan, found, step);
      for (let row = 0; row < 2; row++) seen.add(x.slice(row * 1024, (row + 1) * 1024).join());
    }
    expect(seen.size).toBe(6);
    expect(heldBatches(plan, found)[0]!.x.slice(0, 1024)).toEqual(found[0]!.pieces[0]!.data);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('codes of held-back images are told of in a bounded way: their places, and what each unit does', async () => {
  const told: Codes[] = [];
  const plan = planOf({ kind: 'variational', width: 6, batch: 64 });
  await trained(plan, { steps: 100, codes: (codes) => told.push(codes) });
  const { points, units, tiles, side, share } = told.at(-1)!;
  expect(points.length).toBeGreaterThan(100);
  expect(points.length).toBeLessThanOrEqual(160);
  expect(Buffer.from(tiles, 'base64').length).toBe(points.length * side * side);
  expect(Math.max(...points.flatMap(({ x, y }) => [x, y]).map(Math.abs))).toBe(1);
  expect(units).toHaveLength(6);
  expect(units.every(({ rate, spread }) => rate! >= 0 && spread >= 0)).toBe(true);
  expect(share).toBeGreaterThan(0.3);
  // Who cleans has no code.
  const none: Codes[] = [];
  const denoising = planOf({ kind: 'denoising', channels: 4, depth: 1, patch: 16, batch: 4 });
  await trained(denoising, { steps: 2, codes: (codes) => none.push(codes) });
  expect(none).toEqual([]);
}, 60_000);

describe('cleaning', () => {
  it('learnt from clean images: better than the noise by 5 dB', async () => {
    const plan = planOf({ kind: 'denoising', channels: 8, patch: 32, batch: 4 });
    const { network, beside } = psnrOf(plan, await trained(plan, { steps: 150 }));
    expect(beside('not cleaned')).toBeCloseTo(20.2, 0);
    expect(network).toBeGreaterThan(beside('not cleaned') + 5);
  }, 240_000);

  it('learnt from noisy images alone: what is hidden is found, and the truth with it', async () => {
    const sigma = 25 / 255;
    const noisy = (seed: number) => withNoise(drawn(seed, SIDE), sigma, 7000 + seed);
    const plan = planOf({ kind: 'noise2void', channels: 8, patch: 32, batch: 4 });
    const own = { learnt: learnt(12, SIDE, noisy), heldBack: learnt(3, SIDE, noisy, 101) };
    const outcome = await trained(plan, { steps: 400, images: own });
    const file = await openGraph(fileOf(plan, outcome.weights), { threads: 1 });
    const clean = drawn(101, SIDE);
    const shape = [1, 1, SIDE, SIDE];
    const { into } = await file.run(
      { input: { data: noisy(101), shape } },
      { output: { data: new Float32Array(SIDE * SIDE), shape } },
    );
    await file.close();
    const error = (of: Float32Array): number =>
      of.reduce((sum, value, i) => sum + (value - clean[i]!) ** 2, 0) / clean.length;
    // 4 dB and more
    expect(error(noisy(101)) / error(into.output!.data)).toBeGreaterThan(10 ** 0.4);
  }, 240_000);

  it('noise of neighbours is told apart from independent noise', () => {
    const of = (make: (seed: number) => Float32Array<ArrayBuffer>) =>
      noiseOf(learnt(4, SIDE, make), 1);
    const white = of((seed) => withNoise(drawn(seed, SIDE), 0.1, seed));
    expect(white.correlation).toBeLessThan(CORRELATED);
    expect(white.sigma).toBeCloseTo(0.1, 2);
    const smooth = of((seed) => {
      const noise = blurred(withNoise(new Float32Array(SIDE * SIDE), 0.2, seed), SIDE);
      return drawn(seed, SIDE).map((value, i) => value + noise[i]!);
    });
    expect(smooth.correlation).toBeGreaterThan(CORRELATED);
    expect(
      noiseOf(
        learnt(2, SIDE, () => new Float32Array(SIDE * SIDE).fill(0.5)),
        1,
      ),
    ).toEqual({
      correlation: 0,
      sigma: 0,
    });
  });

  it('four images of half the size come back to their places', async () => {
    const plan: Plan = {
      ...planOf({ kind: 'noise2void', channels: 8, patch: 32, batch: 2 }),
      half: true,
    };
    const { weights } = await trained(plan, { steps: 1 });
    const shape = [1, 1, 64, 64];
    const input = drawn(3, 64);
    const runOf = async (given: Plan, data: Float32Array<ArrayBuffer>, side: number) => {
      const file = await openGraph(fileOf(given, weights), { threads: 1 });
      const own = [1, 1, side, side];
      const { into } = await file.run(
        { input: { data, shape: own } },
        { output: { data: new Float32Array(side * side), shape: own } },
      );
      await file.close();
      return into.output!.data;
    };
    const whole = await runOf(plan, input.slice(), shape[2]!);
    for (const [x, y] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      const place = (i: number): number => (2 * Math.floor(i / 32) + y) * 64 + 2 * (i % 32) + x;
      const quarter = Float32Array.from({ length: 1024 }, (_, i) => input[place(i)]!);
      const alone = await runOf({ ...plan, half: false }, quarter, 32);
      for (const i of [0, 5, 333, 1023]) expect(whole[place(i)]).toBeCloseTo(alone[i]!, 5);
    }
  });
});

describe('a training', () => {
  const plan = planOf({ kind: 'denoising', channels: 4, depth: 1, patch: 16, batch: 4 });

  it('that was cut off goes on bit for bit, also from what was written to the disk', async () => {
    const whole = await trained(plan, { steps: 60 });
    const stop = new AbortController();
    let saved: Checkpoint | null = null;
    const cut = trained(plan, {
      steps: 60,
      signal: stop.signal,
      stepped: (step) => step === 33 && stop.abort(),
      save: (checkpoint) => {
        saved = structuredClone(checkpoint);
        return Promise.resolve();
      },
    });
    await expect(cut).rejects.toMatchObject({ code: 'cancelled' });
    expect(saved!.head.step).toBe(33);
    const on = await trained(plan, { from: saved });
    expect(Buffer.from(on.weights.buffer).equals(Buffer.from(whole.weights.buffer))).toBe(true);
    expect({ ...on.head, seconds: 0 }).toEqual({ ...whole.head, seconds: 0 });
  });

  it('ends when it gets no better, and keeps the best weights', async () => {
    const points: CurvePoint[] = [];
    // The better it knows what is bright, the worse it does on what is dark.
    const own = {
      learnt: learnt(2, 8, (seed) => withNoise(new Float32Array(64).fill(1), 0.01, seed)),
      heldBack: learnt(1, 8, () => new Float32Array(64)),
    };
    const basic = planOf({ kind: 'basic', width: 8, batch: 16 });
    const outcome = await trained(basic, {
      ...{ images: own, stopEarly: true, steps: 5000 },
      point: (point) => void points.push(point),
    });
    expect(outcome.ended).toBe('plateau');
    expect(outcome.head.step).toBeLessThan(5000);
    const least = Math.min(...points.map(({ heldBack }) => heldBack));
    expect(outcome.look.loss).toBeCloseTo(least, 5);
  }, 120_000);

  it('that comes to nothing says so, and what would help', async () => {
    const wild = planOf({ kind: 'basic', rate: 1, batch: 4 });
    const own = {
      learnt: learnt(2, 32, () => new Float32Array(1024).fill(1e30)),
      heldBack: images.heldBack,
    };
    await expect(trained(wild, { steps: 50, images: own })).rejects.toMatchObject({
      code: 'invalid-parameter',
      hint: expect.stringContaining('--rate'),
    });
  });

  it('of so many minutes takes about so long', async () => {
    const outcome = await trained(plan, { minutes: 0.02 });
    expect(outcome.ended).toBe('time');
    expect(outcome.head.seconds).toBeLessThan(3);
    expect(outcome.head.of).not.toBeNull();
  });
});

describe('settings', () => {
  it.each([
    [{ kind: 'linear', sigma: 10 }, 'sigma'],
    [{ kind: 'denoising', patch: 62 }, 'patch'],
    [{ kind: 'noise2void', loss: 'l1' }, 'loss'],
    [{ kind: 'denoising', width: 4 }, 'width'],
  ] as const)('%j are refused by name', (given, name) => {
    expect(() => settingsOf(given)).toThrow(expect.objectContaining({ code: 'invalid-parameter' }));
    expect(() => settingsOf(given)).toThrow(name);
  });

  it.each(Object.keys(kinds) as KindId[])('of %s fit together as they come', (kind) => {
    const plan = planOf({ kind });
    expect(sizeOf(imageShape(plan))).toBeGreaterThan(0);
    const { anySize, layers } = kinds[kind];
    if (anySize) expect(reachOf(layers(plan.settings, 1))).toBeGreaterThan(4);
  });
});
