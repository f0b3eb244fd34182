/**
 * The coder of latent tiles in plain TypeScript: slow, and the reference for the WASM coder
 * (`wasm-coder.ts`) and for docs/latent-format.md. Both give the same bytes and the same latents.
 *
 * A latent y (levels) is coded as s, the residual to an integer prediction mu (1/64 step):
 * v = 64·s + mu, and the decoded latent is v / 64 · delta(step). Frequencies of s come from the scale index,
 * which like mu is computed from what was coded before.
 */
import {
  checkInput,
  checkStreams,
  endIfCancelled,
  type DecodedLatentTile,
  type EncodedLatentTile,
  type LatentTileCost,
  type LatentTileInput,
  type LatentTileStreams,
  type TileCoder,
} from './coder.ts';
import { crcOfSymbols } from './crc32c.ts';
import type { EntropyModel } from './model.ts';
import { predictFirst, predictGroup, type TileSize } from './network.ts';
import { quantise } from './quantise.ts';
import { RansDecoder, RansEncoder } from './rans.ts';
import { delta } from './steps.ts';
import { bitsOf, scaleIndex } from './tables.ts';

/** Gives the symbol at an index of [channel][row][column], from its prediction. */
type SymbolAt = (index: number, mean: number, scale: number) => number;

/**
 * Walks all latents in the order of coding: group by group; in group 0 positions in raster order with the
 * channels innermost, in later groups channel by channel.
 * @param upTo number of groups to walk
 */
function walk(
  model: EntropyModel,
  step: number,
  size: TileSize,
  upTo: number,
  symbolAt: (group: number) => SymbolAt,
  cancelled?: () => boolean,
): { values: Int32Array; symbols: Int16Array } {
  const area = size.columns * size.rows;
  const values = new Int32Array(model.channels * area);
  const symbols = new Int16Array(model.channels * area);
  let from = 0;
  let state: Int32Array | null = null;
  for (let group = 0; group < upTo; group++) {
    endIfCancelled(cancelled);
    const channels = model.groups[group]!;
    const layers = model.layers[group]!;
    const decide = symbolAt(group);
    const put = (channel: number, position: number, mean: number, output: number) => {
      const index = (from + channel) * area + position;
      const scale = scaleIndex(output);
      const symbol = scale < model.firstCoded ? 0 : decide(index, mean, scale);
      symbols[index] = symbol;
      values[index] = 64 * symbol + mean;
    };
    if (group === 0)
      for (let position = 0; position < area; position++) {
        const at = { x: position % size.columns, y: Math.floor(position / size.columns) };
        const head = predictFirst(layers, step, values, size, at);
        for (let c = 0; c < channels; c++) put(c, position, head[c]!, head[channels + c]!);
      }
    else {
      const before = values.subarray((from - model.groups[group - 1]!) * area, from * area);
      const predicted = predictGroup(layers, step, state, before, size);
      state = predicted.state;
      const head = predicted.head;
      for (let c = 0; c < channels; c++)
        for (let position = 0; position < area; position++)
          put(c, position, head[c * area + position]!, head[(channels + c) * area + position]!);
    }
    from += channels;
  }
  return { values, symbols };
}

/** Sizes of the two streams: symbols of group 0, symbols of all others. */
export function symbolCounts(
  model: EntropyModel,
  size: TileSize,
): { preview: number; rest: number } {
  const area = size.columns * size.rows;
  return { preview: model.groups[0]! * area, rest: (model.channels - model.groups[0]!) * area };
}

export function createTwinCoder(model: EntropyModel): TileCoder {
  /** Quantises a tile and tells every symbol to `write`, in order. */
  const quantiseTile = (
    tile: LatentTileInput,
    write: (group: number, scale: number, symbol: number) => void,
    cancelled?: () => boolean,
  ) => {
    checkInput(model, tile);
    const width = delta(tile.step);
    const decide =
      (group: number): SymbolAt =>
      (index, mean, scale) => {
        const residual = tile.y[index]! / width - mean / 64;
        const symbol = quantise(model.tables[scale]!, model.rdo, residual);
        write(group, scale, symbol);
        return symbol;
      };
    return walk(model, tile.step, tile, model.groups.length, decide, cancelled);
  };

  return {
    encode(tile: LatentTileInput, cancelled): EncodedLatentTile {
      const encoders = [new RansEncoder(), new RansEncoder()] as const;
      const { values, symbols } = quantiseTile(
        tile,
        (group, scale, symbol) =>
          encoders[group === 0 ? 0 : 1].symbol(model.tables[scale]!, symbol),
        cancelled,
      );
      const counts = symbolCounts(model, tile);
      return {
        preview: encoders[0].finish(counts.preview),
        rest: encoders[1].finish(counts.rest),
        crc: crcOfSymbols(symbols),
        previewCrc: crcOfSymbols(symbols.subarray(0, counts.preview)),
        values,
        symbols,
      };
    },

    cost(tile: LatentTileInput, cancelled): LatentTileCost {
      const bits = [0, 0];
      quantiseTile(
        tile,
        (group, scale, symbol) => {
          bits[group === 0 ? 0 : 1]! += bitsOf(model.tables[scale]!, symbol);
        },
        cancelled,
      );
      return { previewBits: bits[0]!, bits: bits[0]! + bits[1]! };
    },

    decode(tile: LatentTileStreams, cancelled): DecodedLatentTile {
      checkStreams(tile);
      const counts = symbolCounts(model, tile);
      const decoders = [
        new RansDecoder(tile.preview, counts.preview),
        tile.rest && new RansDecoder(tile.rest, counts.rest),
      ] as const;
      const { values, symbols } = walk(
        model,
        tile.step,
        tile,
        tile.rest ? model.groups.length : 1,
        (group) => {
          if (group === 1) decoders[0].finish();
          return (_, __, scale) => decoders[group === 0 ? 0 : 1]!.symbol(model.tables[scale]!);
        },
        cancelled,
      );
      for (const decoder of decoders) decoder?.finish();
      return {
        values,
        symbols,
        crc: tile.rest ? crcOfSymbols(symbols) : null,
        previewCrc: crcOfSymbols(symbols.subarray(0, counts.preview)),
      };
    },
  };
}
