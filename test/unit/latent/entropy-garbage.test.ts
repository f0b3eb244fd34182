/** Streams that no encoder made: a named error or symbols, the same from both coders, in bounded time. */
import { beforeAll, expect, it } from 'vitest';
import { HourglassError } from '../../../app/contract/index.ts';
import {
  createTwinCoder,
  createWasmCoder,
  loadModule,
  parseEntropyModel,
  type LatentTileStreams,
  type TileCoder,
} from '../../../app/latent/entropy/index.ts';
import { buildAppIfStale } from '../../../build/build.mjs';
import { uniform } from '../../random.ts';
import { fullShape, smallShape, syntheticLatents, syntheticModel } from './entropy-models.ts';

let module: WebAssembly.Module;
beforeAll(async () => {
  await buildAppIfStale();
  module = await loadModule();
}, 120_000);

/** What a coder makes of streams: its CRC, or its sentence. */
function outcome(coder: TileCoder, streams: LatentTileStreams): number | string {
  try {
    return coder.decode(streams).crc!;
  } catch (error) {
    if (!(error instanceof HourglassError)) throw error;
    expect(error.code).toBe('damaged-image');
    return error.message;
  }
}

it('ends with the same error or the same symbols, whatever is changed', () => {
  const model = parseEntropyModel(syntheticModel({ ...smallShape, seed: 3, largestWidth: 3 }));
  const twin = createTwinCoder(model);
  const wasm = createWasmCoder(module, model);
  const size = { columns: 6, rows: 5, step: 50 };
  const good = wasm.encode({ y: syntheticLatents(model.channels, 30, 3), ...size });
  const random = uniform(4);
  const byte = () => Math.floor(random() * 256);
  let refused = 0;
  let unnoticed = 0;
  const words = new Set<string>();
  const check = (preview: Uint8Array, rest: Uint8Array) => {
    const got = outcome(wasm, { preview, rest, ...size });
    expect(outcome(twin, { preview, rest, ...size })).toBe(got);
    if (typeof got === 'string') words.add(got.replace(/\d+/, 'N'));
    if (typeof got === 'string') refused++;
    else if (got === good.crc) unnoticed++;
  };
  const changed = (bytes: Uint8Array) => {
    const kind = Math.floor(random() * 4);
    if (kind === 0) return bytes.slice(0, 2 * Math.floor((random() * bytes.length) / 2));
    if (kind === 1) return Uint8Array.from({ length: byte() & ~1 }, byte);
    if (kind === 2) return Uint8Array.from([...bytes, ...Array.from({ length: byte() & 7 }, byte)]);
    return bytes.map((value) => (random() < 0.02 ? byte() : value));
  };
  for (const part of ['preview', 'rest'] as const)
    for (let i = 0; i < good[part].length; i++) {
      const flipped = good[part].slice();
      flipped[i]! ^= 1 << (i % 8);
      check(part === 'preview' ? flipped : good.preview, part === 'rest' ? flipped : good.rest);
    }
  expect(unnoticed).toBe(0);
  for (let round = 0; round < 600; round++)
    check(
      round % 2 === 0 ? changed(good.preview) : good.preview,
      round % 3 !== 1 ? changed(good.rest) : good.rest,
    );
  expect(refused).toBeGreaterThan(500);
  expect([...words].sort()).toEqual(
    [
      'it can not have N bytes',
      'it ends too early',
      'it goes on after its end',
      'its end does not fit',
      'a symbol is too large',
    ]
      .map((reason) => `A stream of latents is damaged: ${reason}.`)
      .sort(),
  );
  // And the coder works as before.
  expect(wasm.decode({ preview: good.preview, rest: good.rest, ...size }).crc).toBe(good.crc);
});

it('takes no more time and memory for garbage than for a tile', () => {
  const model = parseEntropyModel(syntheticModel({ ...fullShape, seed: 3 }));
  const wasm = createWasmCoder(module, model);
  const size = { columns: 64, rows: 64, step: 50 };
  const random = uniform(5);
  const noise = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256));
  const began = process.cpuUsage().user;
  for (let round = 0; round < 6; round++)
    outcome(wasm, { preview: noise(20_000), rest: noise(round * 200_000), ...size });
  // Six tiles take 0.3 s; what must not be is a search that grows with the stream.
  expect((process.cpuUsage().user - began) / 1e6).toBeLessThan(6);
  const bytes = 16 + 8 * 189 * 4096 + 2;
  expect(outcome(wasm, { preview: new Uint8Array(0), rest: new Uint8Array(bytes), ...size })).toBe(
    `A stream of latents is damaged: it can not have ${bytes} bytes.`,
  );
});
