/**
 * Damaged latent files, decoded in full: container and entropy coder together. Whatever was done to a
 * file, it is refused by name, or decodes with its damaged tiles told and the others bit-identical. Long,
 * so it runs beside the data pack's tests; it needs no data pack.
 */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { HourglassError } from '../../app/contract/index.ts';
import {
  noLatentMetadata,
  openLatentFile,
  tileBox,
  tileGrid,
  writeLatentFile,
  type LatentHeader,
} from '../../app/latent/container/index.ts';
import {
  createWasmCoder,
  loadModule,
  parseEntropyModel,
  type TileCoder,
} from '../../app/latent/entropy/index.ts';
import { buildAppIfStale } from '../../build/build.mjs';
import { uniform } from '../random.ts';
import { mutate, mutations, refusals } from '../fuzz/mutate.ts';
import { mendAll, plainHeader, signal } from '../unit/latent/container-support.ts';
import { fullShape, syntheticLatents, syntheticModel } from '../unit/latent/entropy-models.ts';

/** 2 × 1 tiles: 8 × 2 and 1 × 2 latents. */
const header: LatentHeader = { ...plainHeader, width: 72, height: 16, tileSide: 64 };

type State = 'whole' | 'preview' | 'lost';

interface Decoded {
  readonly states: readonly State[];
  /** SHA-256 of the symbols of each tile, null unless it is whole. */
  readonly hashes: readonly (string | null)[];
  readonly isAsWritten: boolean;
}

let coder: TileCoder;
let bytes: Uint8Array;
let original: Decoded;

const hashOf = (symbols: Int16Array): string =>
  createHash('sha256')
    .update(new Uint8Array(symbols.buffer, symbols.byteOffset, symbols.byteLength))
    .digest('hex');

/** Null instead of the error of a stream that no encoder made. */
function unlessDamaged<T>(decode: () => T): T | null {
  try {
    return decode();
  } catch (error) {
    if (error instanceof HourglassError && error.code === 'damaged-image') return null;
    throw error;
  }
}

async function decode(file: Uint8Array): Promise<Decoded> {
  const latent = await openLatentFile(file, { name: 'small.hgl' });
  const states: State[] = [];
  const hashes: (string | null)[] = [];
  for (const tile of latent.tiles) {
    const { preview, rest } = await latent.readTile(tile.index);
    const size = { columns: tile.latentColumns, rows: tile.latentRows, step: latent.header.step };
    const whole = preview && rest && unlessDamaged(() => coder.decode({ preview, rest, ...size }));
    const isWhole =
      whole !== null && whole.crc === tile.crc && whole.previewCrc === tile.previewCrc;
    const first = isWhole
      ? whole
      : preview && unlessDamaged(() => coder.decode({ preview, rest: null, ...size }));
    states.push(isWhole ? 'whole' : first?.previewCrc === tile.previewCrc ? 'preview' : 'lost');
    hashes.push(isWhole ? hashOf(whole.symbols) : null);
  }
  await latent.metadata();
  const isAsWritten = await latent.verifyContent(signal);
  await latent.close();
  return { states, hashes, isAsWritten };
}

/** Null: refused by name. Throws when a tile that counts as whole is not what was written. */
async function attempt(file: Uint8Array): Promise<Decoded | null> {
  try {
    return await decode(file);
  } catch (error) {
    if (error instanceof HourglassError && refusals.has(error.code)) return null;
    throw error;
  }
}

/** Number of tiles that are not whole. */
function lost({ states, hashes }: Decoded): number {
  hashes.forEach((hash, index) => {
    if (hash !== null && hash !== original.hashes[index])
      throw new Error(`tile ${index} counts as whole and is not`);
  });
  return states.filter((state) => state !== 'whole').length;
}

beforeAll(async () => {
  await buildAppIfStale();
  const model = parseEntropyModel(syntheticModel({ ...fullShape, seed: 2 }));
  coder = createWasmCoder(await loadModule(), model);
  const writer = await writeLatentFile({
    ...{ path: null, source: null, overwrite: false, dates: null },
    ...{ header, metadata: { ...noLatentMetadata, resolution: { x: 300, y: 300, unit: 'inch' } } },
  });
  for (let index = 0; index < tileGrid(header).count; index++) {
    const { latentColumns: columns, latentRows: rows } = tileBox(header, index);
    const y = syntheticLatents(model.channels, columns * rows, index + 1, 100);
    await writer.writeTile(index, coder.encode({ y, columns, rows, step: header.step }));
  }
  bytes = (await writer.finish(signal)).data!;
  original = await decode(bytes);
});

describe('a small latent file with real streams', () => {
  it('decodes as it was written', () => {
    expect(original.states).toEqual(['whole', 'whole']);
    expect(original.isAsWritten).toBe(true);
  });

  it('each byte flipped: at most one tile is lost, never in silence', async () => {
    const tally = { refused: 0, whole: 0, preview: 0, lost: 0 };
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Uint8Array.from(bytes);
      flipped[at]! ^= 1 << (at % 8);
      const outcome = await attempt(flipped);
      if (!outcome) tally.refused += 1;
      else {
        expect(outcome.isAsWritten).toBe(false);
        expect(lost(outcome)).toBeLessThanOrEqual(1);
        const worst = outcome.states.find((state) => state !== 'whole') ?? 'whole';
        tally[worst] += 1;
      }
    }
    expect(tally.refused).toBe(8);
    // Header, directory and hash are mended; the previews and the rests each cost their tile.
    expect(tally.whole).toBeGreaterThan(50);
    expect(tally.preview).toBeGreaterThan(100);
    expect(tally.lost).toBeGreaterThan(10);
    process.stdout.write(`${bytes.length} bytes flipped in turn: ${JSON.stringify(tally)}\n`);
  });

  it('each truncation', async () => {
    let opened = 0;
    for (let length = 0; length < bytes.length; length++) {
      const outcome = await attempt(bytes.subarray(0, length));
      if (!outcome) continue;
      opened += 1;
      expect(outcome.isAsWritten).toBe(false);
      expect(lost(outcome)).toBeLessThanOrEqual(2);
    }
    expect(opened).toBeGreaterThan(bytes.length / 2);
  });

  it.each([
    [`${mutations} mutations`, mutations, (file: Uint8Array) => file],
    ['mutations with right checksums of the structure', 3000, mendAll],
  ] as const)('%s', async (_, count, finish) => {
    const random = uniform(20_250_102);
    const tally = { refused: 0, whole: 0, hurt: 0 };
    let slowest = 0;
    const before = process.memoryUsage().rss;
    for (let round = 0; round < count; round++) {
      const file = finish(mutate(bytes, random));
      const started = performance.now();
      const outcome = await attempt(file);
      slowest = Math.max(slowest, performance.now() - started);
      if (!outcome) tally.refused += 1;
      else tally[lost(outcome) > 0 ? 'hurt' : 'whole'] += 1;
    }
    const grown = (process.memoryUsage().rss - before) / 1e6;
    process.stdout.write(
      `${count} mutations: ${JSON.stringify(tally)}, slowest ${slowest.toFixed(0)} ms, memory grown ${grown.toFixed(0)} MB\n`,
    );
    expect(slowest).toBeLessThan(2000);
    expect(grown).toBeLessThan(400);
    expect(tally.hurt).toBeGreaterThan(count / 10);
    expect(tally.refused).toBeGreaterThan(count / 100);
  });
});
