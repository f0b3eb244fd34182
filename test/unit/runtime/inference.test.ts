import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HourglassError, type Slot } from '../../../app/contract/index.ts';
import { inSlot } from '../../../app/pixels/index.ts';
import {
  createInference,
  createModelStore,
  readPlanar,
  spreadTiles,
} from '../../../app/runtime/index.ts';
import type { ModelCard, TiledRun } from '../../../app/runtime/index.ts';
import { checkOutput } from '../../../app/runtime/checks.ts';
import { parseFaults } from '../../../app/runtime/faults.ts';
import { sharedThread } from '../../../app/runtime/thread-client.ts';
import {
  buildRuntime,
  cleaning,
  deviceReport,
  noisyPicture,
  shippedModels,
  tinyModels,
} from './support.ts';

let built: Awaited<ReturnType<typeof buildRuntime>>;
let tiny: ModelCard;
const inference = (faults = '', devices = [deviceReport('cpu')]) =>
  createInference({ devices, threadFile: built.threadFile, faults: parseFaults(faults) });
const both = () => [deviceReport('cpu'), deviceReport('webgpu')];

beforeAll(async () => {
  built = await buildRuntime();
  tiny = await createModelStore(tinyModels).get('denoise-tiny-test');
});
afterAll(async () => {
  await inference().dispose();
  built.remove();
});

const failureOf = (promise: Promise<unknown>): Promise<HourglassError> =>
  promise.then(
    () => expect.fail('It did not fail.'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(HourglassError);
      return error as HourglassError;
    },
  );

describe('a tiled run', () => {
  it('computes what the network computes, with mirrored borders', async () => {
    const source = noisyPicture(150, 70);
    const { request, target, progress } = cleaning(source, tiny, { side: 64 });
    const result = await inference().run(request);
    expect(result.device).toEqual({ id: 'cpu', label: 'CPU', fallback: null });
    expect(result.plan.tiles.length).toBe(15);
    const mirrored = (i: number, n: number) => (i < 0 ? -i : i >= n ? 2 * n - 2 - i : i);
    for (let y = 0; y < 70; y++)
      for (let x = 0; x < 150; x++)
        for (let c = 0; c < 3; c++) {
          let sum = 0;
          for (let dy = -1; dy <= 1; dy++)
            for (let dx = -1; dx <= 1; dx++)
              sum += source.data[(mirrored(y + dy, 70) * 150 + mirrored(x + dx, 150)) * 3 + c]!;
          const expected = Math.max(0, sum / 9 - 2);
          expect(Math.abs(target[(y * 150 + x) * 3 + c]! - expected)).toBeLessThanOrEqual(0.5001);
        }
    expect(progress.map(({ done, total }) => `${done}/${total}`)).toEqual(
      Array.from({ length: 15 }, (_, i) => `${i + 1}/15`),
    );
  });

  it('works on pictures smaller than the halo', async () => {
    for (const [width, height] of [
      [1, 1],
      [7, 3],
    ] as const) {
      const { request, target } = cleaning(noisyPicture(width, height), tiny);
      const { plan } = await inference().run(request);
      expect(plan.tiles.length).toBe(1);
      expect(plan.side).toBeLessThanOrEqual(24);
      expect(target.length).toBe(width * height * 3);
    }
  });

  it('hands all passes of a tile out together, in the order asked for', async () => {
    const source = noisyPicture(150, 70);
    const asked: number[] = [];
    const given: number[] = [];
    const { request } = cleaning(source, tiny, { side: 64, passes: 2 });
    await inference().run({
      ...request,
      fill(tile, pass, plan, input) {
        asked.push(tile.index);
        input.fill((tile.index + 1) / 100 + pass, 0, 3 * plan.side ** 2);
        input.fill(0, 3 * plan.side ** 2);
      },
      next: (waiting) => [...waiting].at(-1)!,
      collect(tile, outputs, plan) {
        given.push(tile.index);
        const middle = (plan.side / 2) * plan.side + plan.side / 2;
        expect(outputs.length).toBe(2);
        expect(outputs[0]![middle]).toBeCloseTo((tile.index + 1) / 100, 5);
        expect(outputs[1]![middle]).toBeCloseTo((tile.index + 1) / 100 + 1, 5);
      },
    });
    expect(given).toEqual(Array.from({ length: 15 }, (_, i) => 14 - i));
    expect(asked).toEqual(given.flatMap((index) => [index, index]));
  });

  it('asks for the next tile as late as it can', async () => {
    let collected = 0;
    let started = 0;
    const { request } = cleaning(noisyPicture(300, 100), tiny, { side: 64 });
    await inference().run({
      ...request,
      next(waiting) {
        // Filled ahead: the one at work, and the one that waits.
        expect(started - collected).toBeLessThanOrEqual(2);
        started += 1;
        return waiting.values().next().value!;
      },
      collect: () => void (collected += 1),
    });
    expect(collected).toBe(started);
  });

  it('runs side by side with another one', async () => {
    const a = cleaning(noisyPicture(150, 70, 3), tiny, { side: 64 });
    const b = cleaning(noisyPicture(90, 170, 4), tiny, { side: 48 });
    const runs = inference();
    await Promise.all([runs.run(a.request), runs.run(b.request)]);
    const again = cleaning(noisyPicture(150, 70, 3), tiny, { side: 64 });
    await runs.run(again.request);
    expect(again.target).toEqual(a.target);
  });

  it('passes the caller’s own errors on', async () => {
    const { request } = cleaning(noisyPicture(90, 70), tiny, {
      collect: () => Promise.reject(new HourglassError('output-not-writable', 'The disk is full.')),
    });
    expect((await failureOf(inference().run(request))).code).toBe('output-not-writable');
  });

  it('says that a file is no model', async () => {
    const bad = { ...tiny, path: `${tinyModels}/denoise-tiny-test/card.json`, sha256: 'other' };
    const error = await failureOf(inference().run(cleaning(noisyPicture(20, 20), bad).request));
    expect(error.code).toBe('model-damaged');
    expect(error.message).toContain('card.json can not be loaded');
  });
});

describe('a network whose answer is smaller than the picture', () => {
  const reading = async (extra: Partial<TiledRun>, width = 200, height = 120) => {
    const model = await createModelStore(tinyModels).get('noise-tiny');
    const source = noisyPicture(width, height);
    const cells = new Map<string, [number, number]>();
    const { request } = cleaning(source, model, {
      fill: (tile, _pass, plan, input) => readPlanar(source, tile.origin, plan.side, input, 3),
      collect({ core, origin }, [output], plan) {
        const side = plan.side / 16;
        expect(output!.length).toBe(2 * side * side);
        for (let y = core.y; y < core.y + core.height; y += 16)
          for (let x = core.x; x < core.x + core.width; x += 16) {
            const at = ((y - origin.y) / 16) * side + (x - origin.x) / 16;
            cells.set(`${x},${y}`, [output![at]!, output![at + side * side]!]);
          }
      },
      ...extra,
    });
    return { model, source, cells, request };
  };

  it('hands out its cells', async () => {
    const { source, cells, request } = await reading({ side: 96 });
    const result = await inference().run(request);
    expect(result.plan.tiles.length).toBe(8);
    expect(cells.size).toBe(13 * 8);
    for (let y = 0; y + 16 <= 120; y += 16)
      for (let x = 0; x + 16 <= 200; x += 16) {
        const mean = [0, 0, 0];
        for (let v = y; v < y + 16; v++)
          for (let u = x; u < x + 16; u++)
            for (let c = 0; c < 3; c++) mean[c]! += source.data[(v * 200 + u) * 3 + c]! / 255 / 256;
        const [red, green] = cells.get(`${x},${y}`)!;
        expect(red).toBeCloseTo(mean[0]!, 5);
        expect(green).toBeCloseTo(1 + mean[1]!, 5);
      }
  });

  it('runs on a sample of windows, which stays as it is', async () => {
    const { cells, request } = await reading({ side: 96 });
    await inference().run(request);
    const sample = await reading({});
    const plan = spreadTiles({
      width: 200,
      height: 120,
      halo: 16,
      multipleOf: 16,
      side: 96,
      count: 3,
    });
    const result = await inference().run({ ...sample.request, plan });
    expect(result.plan).toBe(plan);
    expect(sample.cells.size).toBe(plan.tiles.length * 16);
    for (const [place, values] of sample.cells) {
      expect(values[0]).toBeCloseTo(cells.get(place)![0], 6);
      expect(values[1]).toBeCloseTo(cells.get(place)![1], 6);
    }
    const error = await failureOf(inference('cpu:oom@above=32').run({ ...sample.request, plan }));
    expect(error.code).toBe('out-of-memory');
  });

  it('takes sides from the memory of its own card', async () => {
    const { model, request } = await reading({ memoryBudget: 30e6 }, 1200, 1200);
    const { plan } = await inference().run({ ...request, collect: () => {} });
    const { fixedBytes, bytesPerPixel } = model.memory;
    expect(fixedBytes + bytesPerPixel * plan.side ** 2).toBeLessThanOrEqual(30e6);
    expect(plan.side).toBeGreaterThan(400);
  });

  it('may find one of its two channels the same everywhere, but not both', () => {
    const card = { ...tiny, output: { name: 'output', channels: 2, cell: 16 } };
    const input = new Float32Array(4 * 64 * 64).map((_, i) => (i % 7) / 7);
    const output = new Float32Array(32).map((_, i) => (i < 16 ? 0 : i));
    expect(checkOutput(card, input, output)).toBe(null);
    output.fill(1, 16);
    expect(checkOutput(card, input, output)).toBe('answered with one value for the whole tile');
    expect(checkOutput(card, input.fill(0.5), output)).toBe(null);
    output[3] = Number.NaN;
    expect(checkOutput(card, input, output)).toBe('answered with values that are not numbers');
  });
});

describe('8 bits', () => {
  const quick = deviceReport('cpu', {
    precision: 'int8',
    int8: { megapixelsPerSecond: 3, maxDifference: 0.01 },
  });

  it('run where they are faster, and the result says so', async () => {
    const source = noisyPicture(150, 70);
    const exact = cleaning(source, tiny, { precision: 'fp32' });
    expect((await inference('', [quick]).run(exact.request)).precision).toBe('fp32');
    const rounded = cleaning(source, tiny);
    expect((await inference('', [quick]).run(rounded.request)).precision).toBe('int8');
    const differences = rounded.target.map((value, i) => Math.abs(value - exact.target[i]!));
    expect(Math.max(...differences)).toBeLessThanOrEqual(2);
    expect(Math.max(...differences)).toBeGreaterThan(0);
    expect((await inference('').run(rounded.request)).precision).toBe('fp32');
    const asked = { ...rounded.request, precision: 'int8' as const };
    expect((await inference('').run(asked)).precision).toBe('int8');
  });

  it('that fail are left for fp32, unless they were asked for', async () => {
    const path = `${tinyModels}/denoise-tiny-test/card.json`;
    const [variant] = tiny.variants;
    const model = { ...tiny, variants: [{ ...variant!, path, sha256: 'no network' }] };
    const { request, target } = cleaning(noisyPicture(150, 70), model);
    expect((await inference('', [quick]).run(request)).precision).toBe('fp32');
    expect(Math.max(...target)).toBeGreaterThan(0);
    const error = await failureOf(inference().run({ ...request, precision: 'int8' }));
    expect(error.code).toBe('model-damaged');
    expect(error.message).toContain(`${path} can not be loaded`);
  });
});

describe('cancel', () => {
  it('ends a run at once, skips what waits, and leaves the thread usable', async () => {
    const controller = new AbortController();
    let collected = 0;
    const { request } = cleaning(noisyPicture(600, 600), tiny, {
      side: 64,
      signal: controller.signal,
    });
    const runs = inference();
    const error = await failureOf(
      runs.run({
        ...request,
        collect() {
          collected += 1;
          if (collected === 3) controller.abort();
        },
      }),
    );
    expect(error.code).toBe('cancelled');
    expect(collected).toBe(3);
    const after = cleaning(noisyPicture(40, 40), tiny);
    await runs.run(after.request);
    expect(after.progress.at(-1)).toMatchObject({ done: 1, total: 1 });
  });

  it('does not begin when it was cancelled before', async () => {
    const { request } = cleaning(noisyPicture(40, 40), tiny, { signal: AbortSignal.abort() });
    let planned = false;
    const error = await failureOf(
      inference().run({ ...request, planned: () => void (planned = true) }),
    );
    expect(error.code).toBe('cancelled');
    expect(planned).toBe(false);
  });
});

describe('a device that fails', () => {
  const reasons = {
    throw: 'failed: injected fault: the device was lost',
    nan: 'answered with values that are not numbers',
    constant: 'answered with one value for the whole tile',
  };
  for (const [kind, reason] of Object.entries(reasons))
    it(`before any output (${kind}): the CPU does it, and that is said`, async () => {
      const source = noisyPicture(150, 70);
      const runs = inference(`webgpu:${kind}`, both());
      const plans: string[] = [];
      const { request, target, progress } = cleaning(source, tiny, {
        side: 64,
        planned: (_, device) => plans.push(device.id),
      });
      const result = await runs.run(request);
      const fallback = `WEBGPU was tried first and left because it ${reason}.`;
      expect(result.device).toEqual({ id: 'cpu', label: 'CPU', fallback });
      expect(plans).toEqual(['webgpu', 'cpu']);
      expect(progress.every(({ total }) => total === 15)).toBe(true);
      const honest = cleaning(source, tiny, { side: 64, device: 'cpu' });
      await inference().run(honest.request);
      expect(target).toEqual(honest.target);
      // The next file of the batch does not try it again, and says so too.
      plans.length = 0;
      expect((await runs.run(request)).device.fallback).toBe(fallback);
      expect(plans).toEqual(['cpu']);
      runs.setDevices(both());
      plans.length = 0;
      await runs.run(request);
      expect(plans).toEqual(['webgpu', 'cpu']);
    });

  it('after output: device-failed, never a second try', async () => {
    const { request } = cleaning(noisyPicture(300, 100), tiny, { side: 64, device: 'cpu' });
    for (const kind of ['throw', 'nan', 'constant']) {
      let collected = 0;
      const error = await failureOf(
        inference(`cpu:${kind}@tile=4`).run({ ...request, collect: () => void (collected += 1) }),
      );
      expect(error.code).toBe('device-failed');
      expect(error.message).toMatch(/^CPU .*; part of the result had been delivered already\.$/);
      expect(collected).toBe(4);
    }
  });

  it('and is the CPU itself: an error in words, never a black picture', async () => {
    let collected = 0;
    const { request } = cleaning(noisyPicture(60, 60), tiny, {
      collect: () => void (collected += 1),
    });
    const error = await failureOf(inference('cpu:nan').run(request));
    expect(error.code).toBe('device-failed');
    expect(error.message).toBe('CPU answered with values that are not numbers.');
    expect(collected).toBe(0);
  });

  it('does not take a flat picture for a failure', async () => {
    const flat = noisyPicture(60, 60);
    (flat.data as Uint8Array).fill(0);
    const { request } = cleaning(flat, tiny);
    const result = await inference().run({
      ...request,
      fill: (_tile, _pass, _plan, input) => void input.fill(0),
    });
    expect(result.device.fallback).toBe(null);
  });

  it('and was asked for but did not pass its check: device-not-found with the reason', async () => {
    const reports = [
      deviceReport('cpu'),
      deviceReport('webgpu', { usable: false, reason: 'No graphics adapter was found.' }),
    ];
    const { request } = cleaning(noisyPicture(60, 60), tiny, { device: 'webgpu' });
    const error = await failureOf(inference('', reports).run(request));
    expect(error.code).toBe('device-not-found');
    expect(error.message).toContain('No graphics adapter was found.');
    const other = await failureOf(inference('', reports).run({ ...request, device: 'cuda' }));
    expect(other.message).toBe('The device cuda does not exist here; there are cpu, webgpu.');
  });
});

describe('memory', () => {
  it('halves the tiles before any output and still covers the picture', async () => {
    const source = noisyPicture(500, 300);
    const sides: number[] = [];
    const { request, target } = cleaning(source, tiny, {
      side: 512,
      planned: (plan) => sides.push(plan.side),
    });
    const runs = inference('cpu:oom@above=128');
    const result = await runs.run(request);
    expect(sides).toEqual([512, 256, 128]);
    expect(result.plan.side).toBe(128);
    expect(result.device.fallback).toBe(null);
    const honest = cleaning(source, tiny, { side: 128 });
    await inference().run(honest.request);
    expect(target).toEqual(honest.target);
  });

  it('says out-of-memory when even the smallest tile does not fit', async () => {
    const sides: number[] = [];
    const { request } = cleaning(noisyPicture(500, 300), tiny, {
      side: 256,
      planned: (plan) => sides.push(plan.side),
    });
    const error = await failureOf(inference('cpu:oom').run(request));
    expect(error.code).toBe('out-of-memory');
    expect(sides).toEqual([256, 128, 64, 48]);
  });

  it('keeps within the budget that it is given', async () => {
    const { request } = cleaning(noisyPicture(700, 700), tiny);
    const sides: number[] = [];
    for (const memoryBudget of [60e6, 100e6])
      await inference().run({ ...request, memoryBudget, planned: (p) => sides.push(p.side) });
    for (const [i, budget] of [60e6, 100e6].entries())
      expect(40e6 + sides[i]! ** 2 * 205).toBeLessThanOrEqual(budget);
    expect(sides[0]).toBeLessThan(sides[1]!);
  });
});

describe('seams, with the shipped network', () => {
  it('show at most one 8-bit step against the whole picture, at three sides', async () => {
    const model = await createModelStore(shippedModels).get('denoise-photo-fast');
    const source = noisyPicture(1009, 757);
    const whole = cleaning(source, model, { side: 1208, margin: 48 });
    expect((await inference().run(whole.request)).plan.tiles.length).toBe(1);
    for (const side of [256, 384, 640]) {
      const tiled = cleaning(source, model, { side });
      const { plan } = await inference().run(tiled.request);
      expect(plan.tiles.length).toBeGreaterThan(3);
      let worst = 0;
      let different = 0;
      for (let i = 0; i < tiled.target.length; i++) {
        const step = Math.abs(tiled.target[i]! - whole.target[i]!);
        if (step > worst) worst = step;
        if (step > 0) different += 1;
      }
      expect(worst, `side ${side}`).toBeLessThanOrEqual(1);
      // The tiles are really seen apart from the whole: otherwise this test compares nothing.
      expect(different).toBeGreaterThan(0);
      let cleaned = 0;
      for (let i = 0; i < tiled.target.length; i += 7)
        cleaned += Math.abs(tiled.target[i]! - source.data[i]!);
      expect((7 * cleaned) / tiled.target.length).toBeGreaterThan(5);
    }
  }, 120_000);
});

describe('two slots', () => {
  /** Asks the thread for tiles; `order` says what it answered, and when. */
  const asking = () => {
    const thread = sharedThread(built.threadFile);
    const cancelled = new SharedArrayBuffer(4);
    const order: string[] = [];
    const infer = (slot: Slot, side: number) => {
      const tile = {
        slot,
        session: {
          path: tiny.path,
          sha256: tiny.sha256,
          device: 'cpu',
          optimization: 'all',
          threads: 1,
          inputName: tiny.input.name,
          outputName: tiny.output.name,
        },
        ...{ side, inputChannels: 4, outputChannels: 3, outputSide: side },
        input: new ArrayBuffer(4 * 4 * side * side),
        output: new ArrayBuffer(4 * 3 * side * side),
        ...{ cancelled, fault: null },
      } as const;
      return () =>
        thread
          .infer({ tile, patienceMs: 60_000, onHung: () => order.push('hung') })
          .then(({ state }) => order.push(`${slot} ${state}`));
    };
    return { infer, order };
  };

  it('the thread begins no tile of work while one for the screen is prepared', async () => {
    const { infer, order } = asking();
    const work = inSlot('view', async () => {
      const answer = infer('work', 64)();
      await sleep(50);
      await infer('view', 64)();
      await sleep(50);
      order.push('shown');
      return [answer];
    });
    await Promise.all(await work);
    expect(order).toEqual(['view done', 'shown', 'work done']);
  });

  it('the thread begins them in the end, and at once when nobody looks any more', async () => {
    const { infer, order } = asking();
    let shown = (): void => {};
    const view = inSlot('view', () => new Promise<void>((resolve) => (shown = resolve)));
    await infer('work', 64)();
    const work = infer('work', 64)();
    shown();
    await Promise.all([view, work]);
    expect(order).toEqual(['work done', 'work done']);
  });

  it('the thread takes tiles for the screen before others that wait', async () => {
    const { infer, order } = asking();
    const tiles = [...Array(4).fill('work'), ...Array(3).fill('view')].map((slot: Slot) =>
      infer(slot, slot === 'work' ? 1024 : 64),
    );
    await Promise.all(tiles.map((ask) => ask()));
    expect(order).toHaveLength(7);
    // Work that runs already is finished; what waits behind it does not run before the screen's.
    const first = order.indexOf('view done');
    expect(first).toBeLessThanOrEqual(1);
    expect(order.slice(first, first + 3)).toEqual(Array(3).fill('view done'));
    expect(order.filter((answer) => answer === 'work done')).toHaveLength(4);
  });

  it('two runs side by side give the pixels that each gives alone', async () => {
    const source = noisyPicture(700, 600);
    const other = noisyPicture(300, 200, 2);
    const runs = inference();
    const ask = (picture: typeof source, side: number) => cleaning(picture, tiny, { side });
    const alone = [ask(source, 256), ask(other, 128)] as const;
    for (const { request } of alone) await runs.run(request);
    const [work, view] = [ask(source, 256), ask(other, 128)];
    await Promise.all([
      inSlot('work', () => runs.run(work.request)),
      inSlot('view', () => runs.run(view.request)),
    ]);
    expect(Buffer.compare(work.target, alone[0].target)).toBe(0);
    expect(Buffer.compare(view.target, alone[1].target)).toBe(0);
  });
});
