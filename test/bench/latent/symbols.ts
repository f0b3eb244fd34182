/** Symbols per second of the entropy coder with its context network, on the tiles of a real file. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLatentFile, tileBox } from '../../../app/latent/container/index.ts';
import { createLatentCoder, delta, parseEntropyModel } from '../../../app/latent/entropy/index.ts';
import { latentCards } from '../../../app/latent/index.ts';
import { createModelStore } from '../../../app/runtime/index.ts';
import { repositoryRoot } from '../../data.ts';

const MOST_TILES = 48;

export interface SymbolRates {
  readonly tiles: number;
  readonly threads: number;
  /** Millions of latents per second of the clock. */
  readonly decode: number;
  readonly encode: number;
}

/** Decodes tiles of a latent file again and again, then encodes what came out. */
export async function symbolRates(path: string): Promise<SymbolRates> {
  const card = await createModelStore(join(repositoryRoot, 'models'), null, [latentCards]).ofKind(
    latentCards,
    'latent-photo',
  );
  const model = parseEntropyModel(await readFile(card.parts.entropy.path));
  const coder = await createLatentCoder(model);
  const file = await openLatentFile(path);
  const { signal } = new AbortController();
  try {
    const { step } = file.header;

    const tiles = await Promise.all(
      file.tiles.slice(0, MOST_TILES).map(async ({ index }) => {
        const { preview, rest } = await file.readTile(index);
        const { latentColumns: columns, latentRows: rows } = tileBox(file.header, index);
        return { preview: preview!, rest: rest!, columns, rows, step };
      }),
    );
    const symbols = tiles.reduce((sum, t) => sum + t.columns * t.rows * model.channels, 0);
    // The first round starts the threads.
    const decoded = await Promise.all(tiles.map((tile) => coder.decode(tile, signal)));
    const decode = await rate(symbols, () =>
      Promise.all(tiles.map((tile) => coder.decode(tile, signal))),
    );
    const scale = delta(step) / 64;
    const latents = decoded.map(({ values }, i) => ({
      ...tiles[i]!,
      y: Float32Array.from(values, (value) => value * scale),
    }));
    const encode = await rate(symbols, () =>
      Promise.all(latents.map((tile) => coder.encode(tile, signal))),
    );
    return { tiles: tiles.length, threads: coder.threads, decode, encode };
  } finally {
    await file.close();
    await coder.close();
  }
}

/** Best of three. */
async function rate(symbols: number, work: () => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < 3; round++) {
    const started = performance.now();
    await work();
    best = Math.min(best, performance.now() - started);
  }
  return symbols / 1000 / best;
}
