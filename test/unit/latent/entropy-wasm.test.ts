/** The WASM coder against the plain one: the same streams, the same latents, bit for bit. */
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createTwinCoder,
  createWasmCoder,
  loadModule,
  parseEntropyModel,
  type EntropyModel,
} from '../../../app/latent/entropy/index.ts';
import { buildAppIfStale, root } from '../../../build/build.mjs';
import { uniform } from '../../random.ts';
import {
  fullShape,
  smallShape,
  syntheticLatents,
  syntheticModel,
  type SyntheticModel,
} from './entropy-models.ts';

let module: WebAssembly.Module;
beforeAll(async () => {
  await buildAppIfStale();
  module = await loadModule();
}, 120_000);

const parse = (options: SyntheticModel) => parseEntropyModel(syntheticModel(options));

/** Codes with both, compares everything, and decodes with the other. */
function same(
  model: EntropyModel,
  size: { columns: number; rows: number; step: number },
  y: Float32Array,
  wasm = createWasmCoder(module, model),
) {
  const twin = createTwinCoder(model);
  const wanted = twin.encode({ y, ...size });
  const got = wasm.encode({ y, ...size });
  // Apart, because the difference of whole tiles takes minutes to print.
  expect(Buffer.compare(Buffer.from(got.preview), Buffer.from(wanted.preview))).toBe(0);
  expect(Buffer.compare(Buffer.from(got.rest), Buffer.from(wanted.rest))).toBe(0);
  expect([got.crc, got.previewCrc]).toEqual([wanted.crc, wanted.previewCrc]);
  expect(got.values.every((value, i) => value === wanted.values[i])).toBe(true);
  expect(got.symbols.every((symbol, i) => symbol === wanted.symbols[i])).toBe(true);
  const { preview, rest } = wanted;
  const decoded = wasm.decode({ preview, rest, ...size });
  expect([decoded.crc, decoded.previewCrc]).toEqual([wanted.crc, wanted.previewCrc]);
  expect(decoded.values.every((value, i) => value === wanted.values[i])).toBe(true);
  expect(decoded.values.length).toBe(wanted.values.length);
  const first = wasm.decode({ preview, rest: null, ...size });
  const own = model.groups[0]! * size.columns * size.rows;
  expect(first.values.every((v, i) => v === (i < own ? wanted.values[i] : 0))).toBe(true);
  expect([first.crc, first.previewCrc]).toEqual([null, wanted.previewCrc]);
  return { got, twin, wasm };
}

describe('WASM coder', () => {
  it('equals the plain coder on random models and tiles', () => {
    const random = uniform(11);
    const upTo = (limit: number) => 1 + Math.floor(random() * limit);
    for (let round = 0; round < 40; round++) {
      const groups = Array.from({ length: upTo(4) }, () => upTo(6));
      const model = parse({
        groups,
        state: upTo(19),
        hidden: upTo(19),
        seed: round,
        firstCoded: Math.floor(random() * 20),
        rdo: Math.floor(random() * 200),
        largestWidth: upTo(40),
      });
      const size = { columns: upTo(13), rows: upTo(13), step: Math.floor(random() * 128) };
      const y = syntheticLatents(
        model.channels,
        size.columns * size.rows,
        round,
        10 ** (5 * random()),
      );
      same(model, size, y);
    }
  });

  it('equals the plain coder at the edge of overflow', () => {
    let saturated = 0;
    for (let seed = 0; seed < 6; seed++) {
      const model = parse({ ...smallShape, seed, weights: 'extreme', firstCoded: 0 });
      const size = { columns: 6, rows: 5, step: seed % 2 === 0 ? 0 : 127 };
      // Far beyond what a symbol can hold: every input of the network is at its limit.
      const y = syntheticLatents(model.channels, 30, seed, 1e9);
      const { got } = same(model, size, y);
      saturated += got.values.filter((v) => Math.abs(v) > 32768).length;
    }
    expect(saturated).toBeGreaterThan(500);
  });

  it('equals the plain coder when nearly every symbol is an escape', () => {
    const model = parse({ ...smallShape, seed: 5, largestWidth: 1, firstCoded: 0 });
    const y = syntheticLatents(model.channels, 70, 5, 3e5);
    const { got } = same(model, { columns: 10, rows: 7, step: 3 }, y);
    expect(got.symbols.filter((s) => Math.abs(s) > 1).length).toBeGreaterThan(700);
    expect(got.symbols).toContain(32767);
    expect(got.symbols).toContain(-32767);
  });

  it('writes nothing where nothing is coded', () => {
    const model = parse({ ...smallShape, seed: 6, firstCoded: 64 });
    const y = syntheticLatents(model.channels, 12, 6);
    const { got, wasm } = same(model, { columns: 4, rows: 3, step: 50 }, y);
    expect([got.preview.length, got.rest.length]).toEqual([0, 0]);
    expect(wasm.cost({ y, columns: 4, rows: 3, step: 50 })).toEqual({ bits: 0, previewBits: 0 });
  });

  it('equals the plain coder on the shipped shape, 64 × 64, and on the smallest tile after it', () => {
    const model = parse({ ...fullShape, seed: 7 });
    const size = { columns: 64, rows: 64, step: 60 };
    const { wasm, got } = same(model, size, syntheticLatents(192, 4096, 7, 40));
    expect(got.rest.length).toBeGreaterThan(10_000);
    same(model, { columns: 1, rows: 1, step: 60 }, syntheticLatents(192, 1, 8), wasm);
    same(model, { columns: 3, rows: 128, step: 90 }, syntheticLatents(192, 384, 9), wasm);
    const y = syntheticLatents(192, 64, 10);
    const cost = wasm.cost({ y, columns: 8, rows: 8, step: 40 });
    const twins = createTwinCoder(model).cost({ y, columns: 8, rows: 8, step: 40 });
    expect(cost.bits).toBeCloseTo(twins.bits, 6);
    expect(cost.previewBits).toBeCloseTo(twins.previewBits, 6);
  }, 120_000);

  const shipped = `${root}/models/latent-photo/entropy.bin`;
  it.skipIf(!existsSync(shipped))('equals the plain coder on the shipped model', () => {
    const model = parseEntropyModel(readFileSync(shipped));
    const wasm = createWasmCoder(module, model);
    for (const step of [13, 53, 112])
      same(model, { columns: 11, rows: 9, step }, syntheticLatents(192, 99, step, 600), wasm);
  });

  it('refuses what is no tile', () => {
    const model = parse({ ...smallShape, seed: 1 });
    const wasm = createWasmCoder(module, model);
    const y = new Float32Array(model.channels);
    const one = { columns: 1, rows: 1, step: 0 };
    expect(() => wasm.encode({ ...one, y, columns: 129 })).toThrow('columns');
    expect(() => wasm.encode({ ...one, y, step: 128 })).toThrow('step');
    expect(() => wasm.encode({ ...one, y: y.subarray(1) })).toThrow('the length of y');
    expect(() => wasm.encode({ ...one, y: y.map(() => NaN) })).toThrow('are no numbers');
    expect(() => wasm.encode({ ...one, y }, () => true)).toThrow('cancelled');
  });
});
