/** One layer of an open document in memory: its pixels, what it is called, what was found by whoever made it. */
import { createHash } from 'node:crypto';
import { HourglassError, type Rect } from '../../contract/index.ts';
import type { DisplayTransform } from '../display.ts';
import { Pyramid, pyramidBytes } from '../pyramid.ts';
import type { Raster } from '../raster.ts';
import type { Layer, LayerKind } from '../types.ts';
import type { DocumentMemory, Holding } from './memory.ts';
import { say } from './sentences.ts';

/**
 * @param label what such a layer shows, for sentences: "cleaned picture"; asked for when it is said
 * @param factsBytes memory that the facts hold besides a few numbers
 */
export const layerKind = <F>(
  label: string | (() => string),
  factsBytes: (facts: F) => number = () => 0,
): LayerKind<F> => ({
  get label() {
    return typeof label === 'string' ? label : label();
  },
  factsBytes,
});

/** Equal facts, equal id. @param maker kind of layer @param facts all that its pixels depend on, as JSON can hold it */
export function layerIdOf(maker: string, facts: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify(facts)).digest('hex');
  return `${maker}-${hash.slice(0, 16)}`;
}

/** @param name of the document */
export const layerNotThere = (layer: string, name: string): HourglassError =>
  new HourglassError('document-not-open', say('layerNotThere', { layer, name }));

/** Memory of a raster and its pyramid, counted as if that was built. */
export const rasterBytes = (raster: Raster): number =>
  raster.data.byteLength + pyramidBytes(raster);

export interface LayerOwner {
  readonly memory: DocumentMemory;
  /** Is the layer on a screen? */
  shows(layer: string): boolean;
  /** Memory was short, and the layer is gone. */
  lost(layer: DocumentLayer): void;
}

export class DocumentLayer implements Layer, Holding {
  readonly id: string;
  readonly kind: LayerKind<unknown>;
  readonly frame: number;
  readonly raster: Raster;
  readonly pyramid: Pyramid;
  /** null: shown as the source is. */
  readonly transform: DisplayTransform | null;
  readonly #owner: LayerOwner;
  #version = 1;
  #facts: unknown = null;
  #complete = false;
  /** How many are making it. */
  #makers = 0;

  constructor(
    about: { readonly id: string; readonly kind: LayerKind<unknown>; readonly frame: number },
    pyramid: Pyramid,
    owner: LayerOwner,
    transform: DisplayTransform | null = null,
  ) {
    this.id = about.id;
    this.kind = about.kind;
    this.frame = about.frame;
    this.raster = pyramid.levels[0]!;
    this.pyramid = pyramid;
    this.#owner = owner;
    this.transform = transform;
  }

  get label(): string {
    return this.kind.label;
  }

  get version(): number {
    return this.#version;
  }

  get complete(): boolean {
    return this.#complete;
  }

  get facts(): unknown {
    return this.#facts;
  }

  get bytes(): number {
    return rasterBytes(this.raster) + (this.#complete ? this.kind.factsBytes(this.#facts) : 0);
  }

  get fullBytes(): number {
    return this.bytes;
  }

  get pinned(): boolean {
    return this.#makers > 0 || this.#owner.shows(this.id);
  }

  touch(rect: Rect): void {
    this.pyramid.touch(rect);
    this.#version += 1;
    this.#owner.memory.use(this);
  }

  /** Stays in memory while `make` works on it; complete, with what it found, when it has ended well. */
  async make(make: () => Promise<unknown>): Promise<void> {
    this.#makers += 1;
    try {
      const facts = await make();
      this.finish(facts);
    } finally {
      this.#makers -= 1;
    }
  }

  finish(facts: unknown): void {
    this.#facts = facts;
    this.#complete = true;
    this.#owner.memory.await(this);
  }

  letGo(): void {
    this.#owner.lost(this);
  }
}
