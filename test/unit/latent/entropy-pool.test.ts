/** Threads change nothing but the time; cancelling and closing leave nothing behind. */
import { getEventListeners } from 'node:events';
import { afterEach, beforeAll, expect, it } from 'vitest';
import {
  createLatentCoder,
  createTwinCoder,
  parseEntropyModel,
  type LatentCoder,
} from '../../../app/latent/entropy/index.ts';
import { buildAppIfStale } from '../../../build/build.mjs';
import { fullShape, smallShape, syntheticLatents, syntheticModel } from './entropy-models.ts';

const model = parseEntropyModel(syntheticModel({ ...smallShape, seed: 1 }));
const never = new AbortController().signal;
const open: LatentCoder[] = [];

async function start(threads: number, of = model): Promise<LatentCoder> {
  const coder = await createLatentCoder(of, { threads });
  open.push(coder);
  return coder;
}

beforeAll(() => buildAppIfStale(), 120_000);
afterEach(async () => {
  for (const coder of open.splice(0)) await coder.close();
});

const tiles = Array.from({ length: 9 }, (_, i) => ({
  y: syntheticLatents(model.channels, (i + 1) * 11, i),
  columns: i + 1,
  rows: 11,
  step: 10 * i,
}));

it('gives the same with one thread, with three, in any order, as the plain coder does', async () => {
  const twin = createTwinCoder(model);
  const wanted = tiles.map((tile) => twin.encode(tile));
  for (const threads of [1, 3]) {
    const coder = await start(threads);
    const coded = await Promise.all([...tiles].reverse().map((tile) => coder.encode(tile, never)));
    expect(coded.reverse()).toEqual(wanted);
    const decoded = await Promise.all(
      coded.map(({ preview, rest }, i) => coder.decode({ ...tiles[i]!, preview, rest }, never)),
    );
    expect(decoded.map((tile) => tile.values)).toEqual(wanted.map((tile) => tile.values));
    const costs = await Promise.all(tiles.map((tile) => coder.cost(tile, never)));
    expect(getEventListeners(never, 'abort')).toHaveLength(1);
    tiles.forEach((tile, i) => expect(costs[i]!.bits).toBeCloseTo(twin.cost(tile).bits, 6));
  }
});

it('leaves what it was given to its owner', async () => {
  const coder = await start(1);
  const file = new Uint8Array(1000);
  const { preview, rest } = await coder.encode(tiles[3]!, never);
  expect(tiles[3]!.y.length).toBeGreaterThan(0);
  file.set(preview, 10);
  file.set(rest, 500);
  const views = {
    preview: file.subarray(10, 10 + preview.length),
    rest: file.subarray(500, 500 + rest.length),
  };
  await coder.decode({ ...tiles[3]!, ...views }, never);
  expect(file.length).toBe(1000);
});

it('passes on what is wrong with a stream, and goes on', async () => {
  const coder = await start(1);
  const { preview, rest } = await coder.encode(tiles[2]!, never);
  const short = { ...tiles[2]!, preview, rest: rest.subarray(0, rest.length - 4) };
  await expect(coder.decode(short, never)).rejects.toMatchObject({ code: 'damaged-image' });
  await expect(coder.encode({ ...tiles[2]!, columns: 2 }, never)).rejects.toMatchObject({
    code: 'invalid-parameter',
  });
  expect((await coder.decode({ ...tiles[2]!, preview, rest }, never)).crc).toBeTypeOf('number');
});

it('ends at once when cancelled, waiting or at work, and works on', async () => {
  const coder = await start(1, parseEntropyModel(syntheticModel({ ...fullShape, seed: 2 })));
  const tile = { y: syntheticLatents(192, 4096, 1), columns: 64, rows: 64, step: 50 };
  const abort = new AbortController();
  const jobs = [1, 2, 3].map(() => coder.encode(tile, abort.signal));
  const after = coder.cost(tile, never);
  abort.abort();
  for (const job of jobs) await expect(job).rejects.toMatchObject({ code: 'cancelled' });
  expect((await after).bits).toBeGreaterThan(1000);
  await expect(coder.cost(tile, abort.signal)).rejects.toMatchObject({ code: 'cancelled' });
});

it('fails each tile whose thread dies, and does not wait for ever', async () => {
  const coder = await start(2, { ...model, layers: [] });
  const jobs = await Promise.allSettled(tiles.slice(0, 5).map((tile) => coder.cost(tile, never)));
  for (const job of jobs)
    expect(job).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
});

it('fails what is left when it is closed, and takes nothing more', async () => {
  const coder = await start(2);
  const jobs = tiles.map((tile) => coder.encode(tile, never));
  const settled = Promise.allSettled(jobs);
  await coder.close();
  for (const result of await settled)
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'cancelled' });
  expect((await settled).some((result) => result.status === 'rejected')).toBe(true);
  await expect(coder.encode(tiles[0]!, never)).rejects.toThrow('was closed');
});
