/** The WASM coder against the plain one: the same streams, the same latents, bit for bit. */
import { buildAppIfStale } from '../../../build/build.mjs';
import { describe, expect, it } from 'vitest';
import { parseEntropyModel } from '../../../app/latent/entropy/model.ts';
import { createTwinCoder } from '../../../app/latent/entropy/twin.ts';
import { loadModule } from '../../../app/latent/entropy/pool.ts';
import { createWasmCoder } from '../../../app/latent/entropy/wasm-coder.ts';
import { fullShape, smallShape, syntheticLatents, syntheticModel } from './entropy-models.ts';

await buildAppIfStale();
const module = await loadModule();

function same(
  model: ReturnType<typeof parseEntropyModel>,
  columns: number,
  rows: number,
  step: number,
  scale = 400,
) {
  const twin = createTwinCoder(model);
  const wasm = createWasmCoder(module, model);
  const size = { columns, rows, step };
  const y = syntheticLatents(model.channels, columns * rows, columns * 7 + rows, scale);
  const wanted = twin.encode({ y, ...size });
  const got = wasm.encode({ y, ...size });
  expect(got.values).toEqual(wanted.values);
  expect(got.symbols).toEqual(wanted.symbols);
  expect(got.preview).toEqual(wanted.preview);
  expect(got.rest).toEqual(wanted.rest);
  expect(got).toEqual(wanted);
  expect(wasm.cost({ y, ...size }).bits).toBeCloseTo(twin.cost({ y, ...size }).bits, 4);
  const { preview, rest } = got;
  expect(wasm.decode({ preview, rest, ...size })).toEqual(twin.decode({ preview, rest, ...size }));
  expect(wasm.decode({ preview, rest: null, ...size })).toEqual(
    twin.decode({ preview, rest: null, ...size }),
  );
  expect(wasm.decode({ preview, rest, ...size }).values).toEqual(got.values);
}

describe('WASM coder', () => {
  it('equals the plain coder', () => {
    const small = parseEntropyModel(syntheticModel({ ...smallShape, seed: 1 }));
    same(small, 1, 1, 40);
    same(small, 5, 7, 60);
    same(small, 33, 9, 60);
    const full = parseEntropyModel(syntheticModel({ ...fullShape, seed: 2 }));
    same(full, 24, 24, 60);
  });
});
