/** What a coder of latent tiles takes and gives, whoever computes it, and the checks of what it is given. */
import { cancelledError, HourglassError, invalidParameter } from '../../contract/errors.ts';
import type { EntropyModel } from './model.ts';
import { LARGEST_TILE, STEPS } from './steps.ts';
import { say } from './sentences.ts';

/** Latents of one tile before quantisation. */
export interface LatentTileInput {
  /** [channels][rows][columns], 8-bit levels of an orthonormal basis. Copied, not changed. */
  readonly y: Float32Array;
  /** Latents across and down, 1..128. */
  readonly columns: number;
  readonly rows: number;
  /** Index of the quantiser step, 0..127. */
  readonly step: number;
}

export interface EncodedLatentTile {
  /** Group 0's stream; by itself a picture of 1/8 size. */
  readonly preview: Uint8Array;
  /** All later groups. */
  readonly rest: Uint8Array;
  /** CRC-32C of all symbols as int16 little endian, [channel][row][column]. */
  readonly crc: number;
  /** The same of group 0's symbols. */
  readonly previewCrc: number;
  /** What a decoder will get: v in 1/64 step, [channels][rows][columns]. Levels are v / 64 · delta(step). */
  readonly values: Int32Array;
  /** The symbols that the streams hold, [channels][rows][columns]. */
  readonly symbols: Int16Array;
}

/** Streams of one tile. */
export interface LatentTileStreams {
  readonly preview: Uint8Array;
  /** null: only the preview is wanted, or there. */
  readonly rest: Uint8Array | null;
  readonly columns: number;
  readonly rows: number;
  readonly step: number;
}

export interface DecodedLatentTile {
  /** v in 1/64 step, [channels][rows][columns]; without `rest` all but group 0 is 0. */
  readonly values: Int32Array;
  /** As `values`. */
  readonly symbols: Int16Array;
  /** CRC-32C of all symbols; null without `rest`. */
  readonly crc: number | null;
  readonly previewCrc: number;
}

/** What a tile would take, in bits, without its streams' few bytes of overhead. */
export interface LatentTileCost {
  readonly previewBits: number;
  readonly bits: number;
}

/** One coder without threads. `cancelled` is asked between groups; true ends with `cancelled`. */
export interface TileCoder {
  encode(tile: LatentTileInput, cancelled?: () => boolean): EncodedLatentTile;
  decode(tile: LatentTileStreams, cancelled?: () => boolean): DecodedLatentTile;
  cost(tile: LatentTileInput, cancelled?: () => boolean): LatentTileCost;
}

function checkSize(tile: { columns: number; rows: number; step: number }): void {
  const whole = (value: number, low: number, high: number, name: string) => {
    if (!Number.isInteger(value) || value < low || value > high)
      throw invalidParameter(name, say('wholeNumberFromTo', { low, high }), value);
  };
  whole(tile.columns, 1, LARGEST_TILE, 'columns');
  whole(tile.rows, 1, LARGEST_TILE, 'rows');
  whole(tile.step, 0, STEPS - 1, 'step');
}

/**
 * @throws HourglassError invalid-parameter for a size; device-failed for latents that are no numbers, which
 *   only a device that computes wrongly makes
 */
export function checkInput(model: EntropyModel, tile: LatentTileInput): void {
  checkSize(tile);
  const wanted = model.channels * tile.columns * tile.rows;
  if (tile.y.length !== wanted)
    throw invalidParameter(say('lengthY'), String(wanted), tile.y.length);
  for (let i = 0; i < wanted; i++)
    if (!Number.isFinite(tile.y[i]))
      throw new HourglassError('device-failed', say('deviceGaveLatentsNoNumbers'));
}

/** @throws HourglassError invalid-parameter for a size */
export const checkStreams = (tile: LatentTileStreams): void => checkSize(tile);

export function endIfCancelled(cancelled: (() => boolean) | undefined): void {
  if (cancelled?.()) throw cancelledError();
}
