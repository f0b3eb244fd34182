/**
 * Uniform manifold approximation and projection (McInnes, Healy & Melville 2018, arXiv:1802.03426) by `umap-js`: places on which neighbours lie together.
 * What it would guess or draw at random is given: the neighbours (`neighbours.ts`), and places to begin with. It computes without a pause,
 * so it runs in a thread (`thread.ts`).
 */
import { UMAP } from 'umap-js';
import { Draws } from '../../runtime/draws.ts';
import type { Places } from './places.ts';
import { UMAP_EPOCHS, type UmapRequest } from './protocol.ts';

/** The method's own places begin within this. */
const EXTENT = 10;
/** Pictures that are equal would stay on each other. */
const JITTER = 1e-3;

/** @param told of each epoch that is done; `places` asks for what it has come to */
export function umapPlaces(
  { neighbours: { count, indices, distances }, places, seed }: UmapRequest,
  told: (epoch: number, places: () => Places) => void,
  epochs = UMAP_EPOCHS,
): Places {
  const all = places.length / 2;
  const draws = new Draws(seed, 2);
  const umap = new UMAP({
    ...{ nNeighbors: count, nComponents: 2, nEpochs: epochs, random: () => draws.next() },
  });
  const rowsOf = (values: Int32Array | Float32Array): number[][] =>
    Array.from({ length: all }, (_, at) => [...values.subarray(at * count, (at + 1) * count)]);
  umap.setPrecomputedKNN(rowsOf(indices), rowsOf(distances));
  // Of the vectors it asks for nothing but how many there are: the neighbours are known.
  umap.initializeFit(Array.from({ length: all }, () => []));
  // Rows of its own, which every step changes: what they begin as can be said here alone.
  const rows = umap.getEmbedding();
  const most = places.reduce((far, value) => Math.max(far, Math.abs(value)), 0) || 1;
  for (const [at, row] of rows.entries())
    for (let k = 0; k < 2; k++)
      row[k] = (places[2 * at + k]! / most) * EXTENT + JITTER * (draws.next() - 0.5);
  const now = (): Places => new Float32Array(rows.flat());
  for (let epoch = 1; epoch <= epochs; epoch++) {
    umap.step();
    told(epoch, now);
  }
  return now();
}
