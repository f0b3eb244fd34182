/** What the engine asks of a thread that lays out a map (`thread.ts`), and what that tells. */
import type { Neighbours } from './neighbours.ts';
import type { Places } from './places.ts';

export interface UmapRequest {
  readonly neighbours: Neighbours;
  /** To begin with. */
  readonly places: Places;
  readonly seed: number;
}

/** How far it is, and where the pictures lie by now. */
export interface UmapStep {
  readonly epoch: number;
  /** In the square from 0 to 1. */
  readonly places: Places;
}

/** Later ones move little (`npm run bench -- map --epochs 500`). */
export const UMAP_EPOCHS = 200;
/** Fewer pictures have no neighbourhoods: every one is the neighbour of every other. */
export const LEAST_FOR_UMAP = 6;
/** The usual number, the picture itself among them. */
export const UMAP_NEIGHBOURS = 15;
