/**
 * The tiles of one layer of one document: which are in memory, at which version, and which parts of
 * the layer hold finished pixels. Fetching, memory and order are tile-cache.ts.
 */
import type { TileBits } from '../../app/contract/bridge.ts';
import type { Rect } from '../../app/contract/index.ts';
import {
  levelGrid,
  tileKey,
  tilesTouching,
  type Pyramid,
  type TilePlace,
  type TileRange,
} from './geometry.ts';

/** One tile. `payload` is what the painter draws (a texture); null until it has arrived. */
export interface Tile<T> extends TilePlace {
  readonly key: number;
  readonly layer: TileLayer<T>;
  payload: T | null;
  bytes: number;
  /** Version of the pixels in `payload`; below `wantedVersion` they are stale but still shown. */
  loadedVersion: number;
  wantedVersion: number;
  /** Frame in which the tile was last drawn or wanted. */
  lastUsed: number;
  /** Frame in which a fetch was last asked for, and how urgent that was (lower is sooner). */
  wantedIn: number;
  priority: number;
  /** Wanted for what may be shown next: its arrival changes nothing on the screen. */
  ahead: boolean;
  loading: AbortController | null;
  loadingVersion: number;
  /** Not fetched before this time, ms. */
  notBefore: number;
  failures: number;
  /** The last failure; null after a success. */
  error: Error | null;
}

/** Which layer of which document. */
export interface LayerAddress {
  readonly document: string;
  readonly id: string;
  /** Changes when the same ids come to mean other pixels: the file was changed, the layer made anew. */
  readonly revision?: string;
  readonly pyramid: Pyramid;
  /** Asked for; a layer that has no more is sent in 8. Default: 8. */
  readonly bits?: TileBits;
}

/** In memory, with the last pixels that were asked for. */
export const isCurrent = <T>(tile: Tile<T>): boolean =>
  tile.payload !== null && tile.loadedVersion >= tile.wantedVersion;

export class TileLayer<T> {
  readonly document: string;
  readonly id: string;
  /** Tells it from another of the same id, see `TileCache.layer`. */
  readonly revision: string;
  readonly pyramid: Pyramid;
  readonly bits: TileBits;
  readonly tiles = new Map<number, Tile<T>>();
  #version: number;
  /** Per level and tile: 1 where finished pixels are; null when all of the layer is finished. */
  #finished: readonly Uint8Array[] | null;
  readonly #columns: readonly number[];
  readonly #range: TileRange = { firstColumn: 0, lastColumn: 0, firstRow: 0, lastRow: 0 };

  /** @param finished false: nothing is shown of the layer until `markChanged` or `markFinished` */
  constructor(about: LayerAddress, version: number, finished: boolean) {
    this.document = about.document;
    this.id = about.id;
    this.revision = about.revision ?? '';
    this.pyramid = about.pyramid;
    this.bits = about.bits ?? 8;
    this.#version = version;
    const grids = Array.from({ length: about.pyramid.levels }, (_, level) =>
      levelGrid(about.pyramid, level),
    );
    this.#columns = grids.map((grid) => grid.columns);
    this.#finished = finished
      ? null
      : grids.map((grid) => new Uint8Array(grid.columns * grid.rows));
  }

  get version(): number {
    return this.#version;
  }

  /** Does this tile hold at least some finished pixels? */
  isFinished(level: number, column: number, row: number): boolean {
    if (this.#finished === null) return true;
    return this.#finished[level]?.[row * (this.#columns[level] ?? 0) + column] === 1;
  }

  /** The tile in memory that can be drawn, or null. Never creates one. */
  find(level: number, column: number, row: number): Tile<T> | null {
    const tile = this.tiles.get(tileKey(level, column, row));
    return tile && tile.payload !== null ? tile : null;
  }

  /** The tile's entry, created when missing. */
  entry(level: number, column: number, row: number): Tile<T> {
    const key = tileKey(level, column, row);
    const known = this.tiles.get(key);
    if (known) return known;
    const tile: Tile<T> = {
      key,
      layer: this,
      level,
      column,
      row,
      payload: null,
      bytes: 0,
      loadedVersion: -1,
      wantedVersion: this.#version,
      lastUsed: -1,
      wantedIn: -1,
      priority: 0,
      ahead: false,
      loading: null,
      loadingVersion: -1,
      notBefore: 0,
      failures: 0,
      error: null,
    };
    this.tiles.set(key, tile);
    return tile;
  }

  /** Pixels inside `rect` (full-size coordinates) became final with this version. */
  markChanged(rect: Rect, version: number): void {
    this.#version = Math.max(this.#version, version);
    const region = {
      left: rect.x,
      top: rect.y,
      right: rect.x + rect.width,
      bottom: rect.y + rect.height,
    };
    for (let level = 0; level < this.pyramid.levels; level++) {
      const range = tilesTouching(this.pyramid, level, region, this.#range);
      const finished = this.#finished?.[level];
      const columns = this.#columns[level] ?? 0;
      for (let row = range.firstRow; row <= range.lastRow; row++)
        for (let column = range.firstColumn; column <= range.lastColumn; column++) {
          if (finished) finished[row * columns + column] = 1;
          const tile = this.tiles.get(tileKey(level, column, row));
          if (!tile) continue;
          tile.wantedVersion = this.#version;
          tile.failures = 0;
        }
    }
  }

  /**
   * The whole layer is final. Everything fetched before this version is fetched again when it is next
   * seen: what is on the screen equals the export even if a `layer` event was lost.
   */
  markFinished(version: number): void {
    this.#version = Math.max(this.#version, version);
    this.#finished = null;
    for (const tile of this.tiles.values()) tile.wantedVersion = this.#version;
  }
}
