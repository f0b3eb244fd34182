/**
 * The decoded latents of a file, entropy tile by entropy tile, as they are asked for. A tile whose streams
 * are damaged is replaced by what its preview holds, or by nothing, and is remembered as such; the others do
 * not notice. Bounded: the tiles used last stay.
 */
import { HourglassError, throwIfCancelled } from '../contract/index.ts';
import type { LatentTile as TileReport } from '../contract/latent.ts';
import type { LatentFile, LatentTile } from './container/index.ts';
import type { DecodedLatentTile, LatentCoder } from './entropy/index.ts';
import { LatentsHash } from './hash.ts';

export type TileState = TileReport['state'];

export interface TileLatents {
  readonly state: TileState;
  /** v in 1/64 step, [channels][rows][columns]; null: lost. */
  readonly values: Int32Array | null;
}

export class DecodedTiles {
  readonly #file: LatentFile;
  readonly #coder: LatentCoder;
  readonly #signal: AbortSignal;
  /** null: nobody asks, and tiles out of turn would wait in memory. */
  readonly #hash: LatentsHash | null;
  readonly #states = new Map<number, TileState>();
  /** In order of use, the last used one last. */
  readonly #kept = new Map<number, Promise<TileLatents>>();
  #room = 1;
  /** Some tile is lost. */
  #nothing = false;

  /** @param hashed tiles come in order, all of them, and their hash is wanted */
  constructor(file: LatentFile, coder: LatentCoder, signal: AbortSignal, hashed: boolean) {
    this.#file = file;
    this.#coder = coder;
    this.#signal = signal;
    this.#hash = hashed ? new LatentsHash(file.tiles.length) : null;
  }

  /** How many tiles are kept: as many as are used in turns. */
  keep(tiles: number): void {
    this.#room = Math.max(1, tiles);
  }

  /** @throws HourglassError cancelled; what reading the file throws */
  get(index: number): Promise<TileLatents> {
    const known = this.#kept.get(index);
    const tile = known ?? this.#decode(index);
    if (known) this.#kept.delete(index);
    else tile.catch(() => this.#kept.delete(index));
    this.#kept.set(index, tile);
    for (const old of this.#kept.keys()) {
      if (this.#kept.size <= this.#room) break;
      this.#kept.delete(old);
    }
    return tile;
  }

  /** Those of the given tiles that were looked at and gave nothing. */
  lost<T extends { readonly index: number }>(among: readonly T[]): T[] {
    return this.#nothing ? among.filter(({ index }) => this.#states.get(index) === 'lost') : [];
  }

  /** Tiles looked at so far that are not intact, in tile order. */
  get damaged(): TileReport[] {
    return this.#file.tiles.flatMap(({ index, column, row }) => {
      const state = this.#states.get(index);
      return state && state !== 'intact' ? [{ column, row, state }] : [];
    });
  }

  /** SHA-256 of all latents as they are now; null while tiles have not been looked at, or nobody asked. */
  hash(): string | null {
    return this.#hash?.digest() ?? null;
  }

  async #decode(index: number): Promise<TileLatents> {
    const tile = this.#file.tiles[index]!;
    const { state, latents } = await decodeTile(this.#file, tile, this.#coder, this.#signal);
    this.#states.set(index, state);
    this.#nothing ||= state === 'lost';
    this.#hash?.add(index, latents?.symbols ?? new Int16Array(0));
    return { state, values: latents?.values ?? null };
  }
}

/** The best that the streams of a tile still give. */
async function decodeTile(
  file: LatentFile,
  tile: LatentTile,
  coder: LatentCoder,
  signal: AbortSignal,
): Promise<{ state: TileState; latents: DecodedLatentTile | null }> {
  const { preview, rest } = await file.readTile(tile.index);
  const size = { columns: tile.latentColumns, rows: tile.latentRows, step: file.header.step };
  const attempt = async (streams: {
    preview: Uint8Array;
    rest: Uint8Array | null;
  }): Promise<DecodedLatentTile | null> => {
    try {
      return await coder.decode({ ...streams, ...size }, signal);
    } catch (error) {
      throwIfCancelled(signal);
      if (error instanceof HourglassError && error.code === 'damaged-image') return null;
      throw error;
    }
  };
  const whole = preview && rest ? await attempt({ preview, rest }) : null;
  if (whole && whole.crc === tile.crc) return { state: 'intact', latents: whole };
  const coarse = preview && (await attempt({ preview, rest: null }));
  if (coarse && coarse.previewCrc === tile.previewCrc) return { state: 'preview', latents: coarse };
  return { state: 'lost', latents: null };
}
