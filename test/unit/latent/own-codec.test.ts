/** Entropy models that are made of examples: their bytes, their arithmetic, and what they save. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import {
  createTwinCoder,
  createWasmCoder,
  delta,
  encodeEntropyModel,
  loadModule,
  parseEntropyModel,
} from '../../../app/latent/entropy/index.ts';
import { fitEntropy, groupsOf, type ExampleLatents } from '../../../app/latent/own/entropy-fit.ts';
import { buildAppIfStale, root } from '../../../build/build.mjs';
import { uniform } from '../../random.ts';

const shippedBytes = readFileSync(join(root, 'models/latent-photo/entropy.bin'));
const shipped = parseEntropyModel(shippedBytes);
const signal = new AbortController().signal;
const CHANNELS = 3 + 40;

let module: WebAssembly.Module;
beforeAll(async () => {
  await buildAppIfStale();
  module = await loadModule();
}, 120_000);

/** Means that go up and down slowly; codes that are large on one side of the picture and small on the other, each with a size of its own. */
function latents(seed: number): ExampleLatents {
  const random = uniform(seed);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const [columns, rows] = [16, 16];
  const y = Float32Array.from({ length: CHANNELS * columns * rows }, (_, at) => {
    const channel = Math.floor(at / (columns * rows));
    const [x, row] = [at % columns, Math.floor(at / columns) % rows];
    if (channel < 3) return 300 * Math.sin((x + seed) / 5) * Math.cos(row / 6) + 20 * normal();
    return (x < 8 ? 8 : 0.2) * (60 / Math.sqrt(channel)) * normal();
  });
  return { y, columns, rows };
}

it('writes the bytes that it has read', () => {
  expect(Buffer.compare(Buffer.from(encodeEntropyModel(shipped)), shippedBytes)).toBe(0);
});

it('divides any number of channels into groups', () => {
  expect(groupsOf(4)).toEqual([3, 1]);
  expect(groupsOf(7)).toEqual([3, 4]);
  expect(groupsOf(CHANNELS)).toEqual([3, 4, 8, 16, 12]);
  for (let channels = 4; channels < 300; channels++)
    expect(groupsOf(channels).reduce((sum, size) => sum + size, 0)).toBe(channels);
});

it('makes a model of examples that both coders read alike, and that knows where latents are small', async () => {
  const examples = Array.from({ length: 6 }, (_, at) => latents(at));
  const made = await fitEntropy(examples, CHANNELS, shipped, signal);
  // Parsing proves that nothing overflows.
  const model = parseEntropyModel(encodeEntropyModel(made));
  const [twin, wasm] = [createTwinCoder(model), createWasmCoder(module, model)];
  const fresh = latents(99);
  for (const step of [24, 56, 88, 120]) {
    const tile = { ...fresh, step };
    const [one, other] = [twin.encode(tile), wasm.encode(tile)];
    expect(Buffer.compare(Buffer.from(one.preview), Buffer.from(other.preview))).toBe(0);
    expect(Buffer.compare(Buffer.from(one.rest), Buffer.from(other.rest))).toBe(0);
    const decoded = wasm.decode({ ...one, ...fresh, step });
    expect(decoded.values.every((value, at) => value === one.values[at])).toBe(true);
  }
  // Beside what each channel alone would take, by how often its symbols come.
  const step = 56;
  const { preview, rest, symbols } = wasm.encode({ ...fresh, step });
  const area = fresh.columns * fresh.rows;
  let bits = 0;
  for (let channel = 0; channel < CHANNELS; channel++) {
    const counts = new Map<number, number>();
    for (const symbol of symbols.subarray(channel * area, (channel + 1) * area))
      counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    for (const count of counts.values()) bits -= count * Math.log2(count / area);
  }
  expect(8 * (preview.length + rest.length)).toBeLessThan(0.95 * bits);
  // And nothing is lost that a step of this size keeps.
  const values = Float32Array.from(
    wasm.decode({ preview, rest, ...fresh, step }).values,
    (value) => (value / 64) * delta(step),
  );
  const squares = values.reduce((sum, value, at) => sum + (value - fresh.y[at]!) ** 2, 0);
  expect(Math.sqrt(squares / values.length)).toBeLessThan(0.5 * delta(step));
}, 60_000);
