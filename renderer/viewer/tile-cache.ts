/**
 * Fetches tiles in the order in which they are needed and keeps them within a memory budget. Each
 * frame says what it wants between `beginFrame` and `endFrame`; what is no longer wanted is aborted. When all that a
 * frame shows is there, it may also ask for what is likely to be shown next, as far as that fits beside it.
 * What a tile is (bytes, texture) and where it comes from is the loader's business.
 */
import { HourglassError } from '../../app/contract/errors.ts';
import { tileExtent, type TilePlace } from './geometry.ts';
import { isCurrent, TileLayer, type LayerAddress, type Tile } from './tile-layer.ts';

export interface TileLoader<T> {
  /** Fetches one tile and makes it drawable. Rejects with AbortError when the signal fires. */
  load(
    tile: { readonly layer: TileLayer<T>; readonly place: TilePlace; readonly version: number },
    signal: AbortSignal,
  ): Promise<{ payload: T; bytes: number }>;
  release(payload: T): void;
}

export interface TileCacheOptions {
  /** Memory for tiles. Tiles of the frame on show are kept even beyond it. */
  readonly budgetBytes: number;
  /** Fetches at a time. A browser opens six connections to one host; commands and events need some. */
  readonly concurrency: number;
  /** What a pixel of a tile takes at most, bytes: tiles on their way are counted so. Default: 4. */
  readonly bytesPerPixel?: () => number;
  /** Something arrived, or a waiting time ended: draw again. */
  readonly onchange: () => void;
  /** The host has no such layer or document (any more). */
  readonly onlost?: (layer: { readonly document: string; readonly id: string }) => void;
  /** A listener, or the painter, threw. Default: said as the page says an error that nobody caught. */
  readonly onerror?: (error: unknown) => void;
  readonly now?: () => number;
}

export interface CacheStatistics {
  readonly requests: number;
  readonly aborted: number;
  readonly failures: number;
  readonly bytes: number;
  readonly peakBytes: number;
  readonly tiles: number;
  readonly loading: number;
}

/** A tile that changes often (a running job) is fetched again no sooner than this, ms. */
const REFETCH_INTERVAL = 150;
/** Waiting times before the next attempt after a failure, ms; then it is left to the person. */
const RETRY_AFTER = [400, 1600];

/** Every attempt failed; only `retry` asks for the tile again. */
export const hasGivenUp = <T>(tile: Tile<T>): boolean => tile.failures > RETRY_AFTER.length;

const keyOf = ({ document, id, revision = '' }: LayerAddress): string =>
  `${document}\n${id}\n${revision}`;

/** What a loader brings, or its error. */
async function settled<L>(load: () => Promise<L>): Promise<L | Error> {
  try {
    return await load();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

export class TileCache<T> {
  readonly #loader: TileLoader<T>;
  readonly #options: TileCacheOptions;
  readonly #now: () => number;
  readonly #layers = new Map<string, TileLayer<T>>();
  readonly #loading = new Set<Tile<T>>();
  #pending: Tile<T>[] = [];
  #frame = 0;
  /** What this frame uses and wants, bytes. */
  #frameBytes = 0;
  /** Something that this frame shows, or what one key would show, is not there yet. */
  #lacks = false;
  #bytes = 0;
  #peakBytes = 0;
  #requests = 0;
  #aborted = 0;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #timerAt = Infinity;

  constructor(loader: TileLoader<T>, options: TileCacheOptions) {
    this.#loader = loader;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  get statistics(): CacheStatistics {
    let tiles = 0;
    for (const layer of this.#layers.values())
      for (const tile of layer.tiles.values()) if (tile.payload !== null) tiles += 1;
    return {
      requests: this.#requests,
      aborted: this.#aborted,
      failures: this.#failures,
      bytes: this.#bytes,
      peakBytes: this.#peakBytes,
      tiles,
      loading: this.#loading.size,
    };
  }

  /** The layer's tiles, created when first asked for with `version` and `finished`. */
  layer(about: LayerAddress, version: number, finished: boolean): TileLayer<T> {
    const key = keyOf(about);
    let layer = this.#layers.get(key);
    if (!layer) {
      this.#forgetEmptyLayers(about.document);
      layer = new TileLayer<T>(about, version, finished);
      this.#layers.set(key, layer);
    }
    return layer;
  }

  beginFrame(): void {
    this.#frame += 1;
    this.#frameBytes = 0;
    this.#lacks = false;
    this.#pending.length = 0;
  }

  /** Keeps a drawn tile from being evicted. */
  use(tile: Tile<T>): void {
    if (tile.lastUsed === this.#frame) return;
    tile.lastUsed = this.#frame;
    this.#frameBytes += this.#sizeOf(tile);
  }

  /**
   * Asks for a tile in this frame; asking again may only raise its urgency.
   * @param refresh false: a stale payload is good enough
   * @returns true when the tile is in memory and current
   */
  want(
    layer: TileLayer<T>,
    place: { level: number; column: number; row: number },
    priority: number,
    refresh: boolean,
  ): boolean {
    const tile = this.#entry(layer, place);
    this.use(tile);
    tile.ahead = false;
    const current = isCurrent(tile);
    if (current || (tile.payload !== null && !refresh)) return current;
    if (!hasGivenUp(tile)) this.#lacks = true;
    if (tile.wantedIn === this.#frame) {
      tile.priority = Math.min(tile.priority, priority);
      return false;
    }
    tile.wantedIn = this.#frame;
    tile.priority = priority;
    if (tile.loading === null && !hasGivenUp(tile)) this.#pending.push(tile);
    return false;
  }

  /**
   * Asks for a tile that may be shown next. To be called after all that the frame itself wants: while any of that is
   * missing nothing is fetched ahead, and never more than has room beside it. Its tiles are kept as those of the frame.
   */
  wantAhead(layer: TileLayer<T>, place: TilePlace, priority: number): void {
    if (this.#lacks) return;
    const room = this.#options.budgetBytes - this.#frameBytes;
    if (this.#sizeOf({ ...place, layer, payload: null, bytes: 0 }) > room) return;
    const tile = this.#entry(layer, place);
    if (tile.lastUsed === this.#frame) return;
    this.use(tile);
    if (isCurrent(tile)) return;
    tile.wantedIn = this.#frame;
    tile.priority = priority;
    tile.ahead = true;
    if (tile.loading === null) this.#pending.push(tile);
  }

  /** Aborts what this frame did not ask for, and starts what it did. */
  endFrame(): void {
    for (const tile of this.#loading)
      if (tile.wantedIn !== this.#frame) {
        this.#aborted += 1;
        this.#loading.delete(tile);
        tile.loading?.abort();
        tile.loading = null;
        if (tile.payload === null) tile.layer.tiles.delete(tile.key);
      }
    this.#start();
    this.#evict();
  }

  /** Forgets earlier failures, so that the next frame asks again. */
  retry(): void {
    for (const layer of this.#layers.values())
      for (const tile of layer.tiles.values()) {
        tile.failures = 0;
        tile.notBefore = 0;
        tile.error = null;
      }
    this.#options.onchange();
  }

  /** Drops every tile. `lost`: the payloads died with their context and need no release. */
  clear(lost = false): void {
    for (const tile of this.#loading) {
      tile.loading?.abort();
      tile.loading = null;
    }
    this.#loading.clear();
    this.#pending.length = 0;
    for (const layer of this.#layers.values())
      for (const tile of layer.tiles.values()) {
        if (tile.payload !== null && !lost) this.#loader.release(tile.payload);
        tile.payload = null;
        tile.bytes = 0;
        tile.loadedVersion = -1;
        tile.notBefore = 0;
      }
    this.#bytes = 0;
  }

  dispose(): void {
    this.clear();
    this.#layers.clear();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #start(): void {
    const now = this.#now();
    while (this.#loading.size < this.#options.concurrency) {
      let best = -1;
      let soonest = Infinity;
      for (let index = 0; index < this.#pending.length; index++) {
        const tile = this.#pending[index]!;
        if (tile.notBefore > now) soonest = Math.min(soonest, tile.notBefore);
        else if (best < 0 || tile.priority < this.#pending[best]!.priority) best = index;
      }
      if (best < 0) {
        if (soonest < Infinity) this.#wakeAt(soonest);
        return;
      }
      const tile = this.#pending[best]!;
      this.#pending[best] = this.#pending[this.#pending.length - 1]!;
      this.#pending.pop();
      void this.#fetch(tile);
    }
  }

  /** Never rejects: what its listeners or the painter throw takes no place among the fetches. */
  async #fetch(tile: Tile<T>): Promise<void> {
    const controller = new AbortController();
    const version = tile.wantedVersion;
    tile.loading = controller;
    tile.loadingVersion = version;
    this.#loading.add(tile);
    this.#requests += 1;
    const about = { layer: tile.layer, place: tile, version };
    const loaded = await settled(() => this.#loader.load(about, controller.signal));
    try {
      if (tile.loading !== controller) {
        if (!(loaded instanceof Error)) this.#loader.release(loaded.payload);
        return;
      }
      tile.loading = null;
      this.#loading.delete(tile);
      if (loaded instanceof Error) this.#fail(tile, loaded);
      else this.#accept(tile, loaded);
      this.#start();
      if (tile.ahead) return;
      this.#options.onchange();
      if (loaded instanceof HourglassError && loaded.code === 'document-not-open')
        this.#options.onlost?.(tile.layer);
    } catch (error) {
      (this.#options.onerror ?? reportError)(error);
    }
  }

  #accept(tile: Tile<T>, loaded: { payload: T; bytes: number }): void {
    const before = tile.payload;
    this.#bytes += loaded.bytes - tile.bytes;
    tile.payload = loaded.payload;
    tile.bytes = loaded.bytes;
    tile.loadedVersion = tile.loadingVersion;
    tile.notBefore = this.#now() + REFETCH_INTERVAL;
    tile.failures = 0;
    tile.error = null;
    if (before !== null) this.#loader.release(before);
    this.#evict();
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
  }

  #fail(tile: Tile<T>, error: Error): void {
    this.#failures += 1;
    // Nobody waits for it: it is tried with a later frame, and what is wrong is said when it is to be seen.
    if (tile.ahead) {
      tile.notBefore = this.#now() + RETRY_AFTER[1]!;
      return;
    }
    tile.error = error;
    const wait = RETRY_AFTER[tile.failures];
    tile.failures += 1;
    if (wait === undefined) return;
    tile.notBefore = this.#now() + wait;
    this.#wakeAt(tile.notBefore);
  }

  /** Drops the least recently used tiles that the last frame did not need. */
  #evict(): void {
    while (this.#bytes > this.#options.budgetBytes) {
      let oldest: Tile<T> | null = null;
      for (const layer of this.#layers.values())
        for (const tile of layer.tiles.values())
          if (
            tile.payload !== null &&
            tile.lastUsed !== this.#frame &&
            (oldest === null || tile.lastUsed < oldest.lastUsed)
          )
            oldest = tile;
      if (oldest === null) return;
      this.#drop(oldest);
    }
  }

  #drop(tile: Tile<T>): void {
    if (tile.payload !== null) this.#loader.release(tile.payload);
    this.#bytes -= tile.bytes;
    tile.payload = null;
    tile.bytes = 0;
    tile.loadedVersion = -1;
    if (tile.loading === null) tile.layer.tiles.delete(tile.key);
  }

  /** What a tile takes, or will take at most, bytes. */
  #sizeOf(tile: Pick<Tile<T>, 'layer' | 'payload' | 'bytes'> & TilePlace): number {
    if (tile.payload !== null) return tile.bytes;
    const { width, height } = tileExtent(tile.layer.pyramid, tile);
    return width * height * (this.#options.bytesPerPixel?.() ?? 4);
  }

  /** A layer that was forgotten while it had no tiles is known again. */
  #entry(layer: TileLayer<T>, { level, column, row }: TilePlace): Tile<T> {
    if (layer.tiles.size === 0) this.#layers.set(keyOf(layer), layer);
    return layer.entry(level, column, row);
  }

  /** Hundreds of files may pass through one viewer. */
  #forgetEmptyLayers(except: string): void {
    for (const [key, layer] of this.#layers)
      if (layer.document !== except && layer.tiles.size === 0) this.#layers.delete(key);
  }

  #wakeAt(time: number): void {
    if (time >= this.#timerAt && this.#timer !== null) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerAt = time;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#timerAt = Infinity;
        this.#options.onchange();
      },
      Math.max(1, time - this.#now()),
    );
  }
}
