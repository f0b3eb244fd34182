/**
 * The latent coder in WASM: what `../wasm-coder.ts` calls. Walks the latents of one tile group by group,
 * quantising (encoder) or reading (decoder) each. The plain version of all this is `../twin.ts`.
 * AssemblyScript, compiled by `npm run build` to dist/app/latent/entropy.wasm.
 *
 * Nothing here allocates: every address is given by the caller. Floating point is used by the encoder's
 * decision alone.
 */
import { FirstNetwork, predictFirst } from './network';
import {
  beginStream,
  bitsOf,
  closeStream,
  finishStream,
  openStream,
  operationsOf,
  readSymbol,
  streamFault,
  Table,
  TABLE_BYTES,
  writeSymbol,
} from './streams';

export { convolve } from './network';
export { beginStream, closeStream, finishStream, openStream };

/** What stays the same for a tile. Written by `../wasm-coder.ts` in this order. */
@unmanaged
class Tile {
  decoding: i32;
  columns: i32;
  rows: i32;
  firstCoded: i32;
  /** 64 of them. */
  tables: usize;
  /** f32 [channel][row][column], levels; encoder only. */
  latents: usize;
  /** i32 [channel][row][column]. */
  values: usize;
  /** i16 [channel][row][column]. */
  symbols: usize;
  /** u8 [channel][row][column]; encoder only. */
  scales: usize;
  /** Encoder only: 1/256 bit per squared step. */
  rdo: i32;
  /** Encoder only: levels per step. */
  width: f64;
}

let operations: i32 = 0;
let bits: f64 = 0;

/** Operations of the symbols that were quantised since the last call: a stream's length. */
export function takeOperations(): i32 {
  const count = operations;
  operations = 0;
  return count;
}

/** Bits of the symbols that were quantised since the last call. */
export function takeBits(): f64 {
  const count = bits;
  bits = 0;
  return count;
}

/** As `quantise` in `../quantise.ts`, the same operations in the same order. */
function quantise(tile: Tile, table: Table, latent: f32, mean: i32): i32 {
  const residual = <f64>latent / tile.width - <f64>mean / 64.0;
  const nearest = <i32>min(32767.0, max(-32767.0, Math.floor(residual + 0.5)));
  let cost = bitsOf(table, nearest);
  let symbol = nearest;
  if (nearest !== 0) {
    const smaller = nearest > 0 ? nearest - 1 : nearest + 1;
    const far = residual - <f64>nearest;
    const farther = residual - <f64>smaller;
    const smallerCost = bitsOf(table, smaller);
    if (
      smallerCost * 256.0 + <f64>tile.rdo * (farther * farther) <
      cost * 256.0 + <f64>tile.rdo * (far * far)
    ) {
      symbol = smaller;
      cost = smallerCost;
    }
  }
  bits += cost;
  operations += operationsOf(table, symbol);
  return symbol;
}

/** Codes one latent and gives its value v, 1/64 step. */
function settle(tile: Tile, index: usize, mean: i32, output: i32): i32 {
  const scale = min(63, max(0, 28 + ((5 * output + 32) >> 6)));
  let symbol = 0;
  if (scale >= tile.firstCoded) {
    const table = changetype<Table>(tile.tables + <usize>scale * TABLE_BYTES);
    symbol = tile.decoding
      ? readSymbol(table)
      : quantise(tile, table, load<f32>(tile.latents + (index << 2)), mean);
  }
  if (!tile.decoding) store<u8>(tile.scales + index, <u8>scale);
  store<i16>(tile.symbols + (index << 1), <i16>symbol);
  const value = 64 * symbol + mean;
  store<i32>(tile.values + (index << 2), value);
  return value;
}

function asInput(value: i32): i16 {
  return <i16>min(32767, max(-32768, value));
}

/**
 * Codes group 0, position after position.
 * @param plane int16 values with two zero pixels around, at position (0, 0)
 * @param next group 1's input at position (0, 0); 0 when there is none
 * @returns 0, or what is wrong with the stream
 */
export function codeFirst(
  tile: Tile,
  net: FirstNetwork,
  plane: usize,
  planeRow: usize,
  next: usize,
  nextPixel: usize,
  nextRow: usize,
): i32 {
  const area: usize = tile.columns * tile.rows;
  const channels = net.channels;
  let position: usize = 0;
  for (let y = 0; y < tile.rows; y++) {
    let at = plane + <usize>y * planeRow;
    let to = next + <usize>y * nextRow;
    for (let x = 0; x < tile.columns; x++) {
      predictFirst(net, at, planeRow);
      for (let c = 0; c < channels; c++) {
        const mean = <i32>load<i16>(net.head + (c << 1));
        const output = <i32>load<i16>(net.head + ((channels + c) << 1));
        const value = asInput(settle(tile, <usize>c * area + position, mean, output));
        store<i16>(at + (c << 1), value);
        if (next !== 0) store<i16>(to + (c << 1), value);
      }
      at += <usize>channels * 2;
      to += nextPixel;
      position++;
    }
    if (streamFault() !== 0 && tile.decoding) return streamFault();
  }
  return 0;
}

/**
 * Codes a later group, channel after channel.
 * @param first its first channel
 * @param head int16 [row][column][means, then scale outputs, padded]
 * @param next the next group's input for these values, at position (0, 0); 0 when there is none
 * @returns 0, or what is wrong with the stream
 */
export function codeGroup(
  tile: Tile,
  first: i32,
  channels: i32,
  head: usize,
  headPixel: usize,
  next: usize,
  nextPixel: usize,
  nextRow: usize,
): i32 {
  const area: usize = tile.columns * tile.rows;
  let index: usize = <usize>first * area;
  for (let c = 0; c < channels; c++) {
    let mean = head + (c << 1);
    let output = head + ((channels + c) << 1);
    for (let y = 0; y < tile.rows; y++) {
      let to = next + <usize>y * nextRow + (c << 1);
      for (let x = 0; x < tile.columns; x++) {
        const value = settle(tile, index, <i32>load<i16>(mean), <i32>load<i16>(output));
        if (next !== 0) store<i16>(to, asInput(value));
        mean += headPixel;
        output += headPixel;
        to += nextPixel;
        index++;
      }
    }
    if (streamFault() !== 0 && tile.decoding) return streamFault();
  }
  return 0;
}

/** Writes group 0's symbols, last to first. */
export function writeFirst(tile: Tile, channels: i32): void {
  const area = tile.columns * tile.rows;
  for (let position = area - 1; position >= 0; position--)
    for (let c = channels - 1; c >= 0; c--) writeAt(tile, c * area + position);
}

/** Writes the symbols of [from, to) in [channel][row][column], last to first. */
export function writeRest(tile: Tile, from: i32, to: i32): void {
  for (let index = to - 1; index >= from; index--) writeAt(tile, index);
}

function writeAt(tile: Tile, index: usize): void {
  const scale = <i32>load<u8>(tile.scales + index);
  if (scale < tile.firstCoded) return;
  const table = changetype<Table>(tile.tables + <usize>scale * TABLE_BYTES);
  writeSymbol(table, <i32>load<i16>(tile.symbols + (index << 1)));
}

/** First address that is free for the caller. */
export function freeFrom(): usize {
  return __heap_base;
}
