/**
 * The coder of latent tiles on WASM. Runs where it is called (a thread of the pool, or a test); the same
 * results as `twin.ts`, bit for bit.
 */
import {
  checkInput,
  checkStreams,
  endIfCancelled,
  type DecodedLatentTile,
  type EncodedLatentTile,
  type LatentTileInput,
  type LatentTileStreams,
  type TileCoder,
} from './coder.ts';
import { crcOfSymbols } from './crc32c.ts';
import type { Exports } from './exports.ts';
import type { EntropyModel } from './model.ts';
import type { TileSize } from './network.ts';
import {
  Arena,
  inputStride,
  layOutTile,
  packModel,
  setStep,
  type PackedLayer,
  type PackedModel,
  type TileMemory,
} from './packed.ts';
import { checkStreamLength, damagedStream, statesFor } from './rans.ts';
import { delta } from './steps.ts';
import { symbolCounts } from './twin.ts';
import { say } from './sentences.ts';

/** By the numbers in `assembly/streams.ts`. */
const faults = [null, 'endsTooEarly', 'symbolTooLarge', 'goesOnAfterEnd', 'endDoesNotFit'] as const;

function endIfDamaged(fault: number): void {
  const sentence = faults[fault];
  if (sentence) throw damagedStream(say(sentence));
}

/** A picture of activations in memory: where it begins, bytes from pixel to pixel and from row to row. */
interface Plane {
  readonly at: number;
  readonly pixel: number;
  readonly row: number;
}

class WasmCoder implements TileCoder {
  readonly #model: EntropyModel;
  readonly #wasm: Exports;
  readonly #arena: Arena;
  readonly #packed: PackedModel;
  #memory: { readonly size: TileSize; readonly at: TileMemory } | null = null;
  #step = -1;
  /** Of the tile that was quantised last, per stream. */
  readonly #operations = { preview: 0, rest: 0 };
  readonly #bits = { preview: 0, rest: 0 };

  constructor(module: WebAssembly.Module, model: EntropyModel) {
    this.#model = model;
    this.#wasm = new WebAssembly.Instance(module).exports as unknown as Exports;
    this.#arena = new Arena(this.#wasm.memory, this.#wasm.freeFrom());
    this.#packed = packModel(this.#arena, model);
  }

  encode(tile: LatentTileInput, cancelled?: () => boolean): EncodedLatentTile {
    const at = this.#quantise(tile, cancelled);
    const { preview: previewCount } = symbolCounts(this.#model, tile);
    const preview = this.#write(at, this.#operations.preview, previewCount, () =>
      this.#wasm.writeFirst(this.#packed.tile, this.#model.groups[0]!),
    );
    const count = this.#model.channels * tile.columns * tile.rows;
    const rest = this.#write(at, this.#operations.rest, count - previewCount, () =>
      this.#wasm.writeRest(this.#packed.tile, previewCount, count),
    );
    return { preview, rest, ...this.#results(at, tile, true) };
  }

  cost(tile: LatentTileInput, cancelled?: () => boolean) {
    this.#quantise(tile, cancelled);
    const { preview, rest } = this.#bits;
    return { previewBits: preview, bits: preview + rest };
  }

  decode(tile: LatentTileStreams, cancelled?: () => boolean): DecodedLatentTile {
    checkStreams(tile);
    const counts = symbolCounts(this.#model, tile);
    checkStreamLength(tile.preview.length, counts.preview);
    if (tile.rest) checkStreamLength(tile.rest.length, counts.rest);
    const at = this.#begin(tile, null);
    const open = (bytes: Uint8Array, symbols: number) => {
      this.#arena.u8(at.streams, bytes.length).set(bytes);
      this.#wasm.openStream(at.streams, bytes.length, statesFor(symbols));
    };
    open(tile.preview, counts.preview);
    endIfDamaged(this.#codeFirst(at, tile));
    endIfDamaged(this.#wasm.closeStream());
    if (tile.rest) {
      open(tile.rest, counts.rest);
      this.#codeRest(at, tile, cancelled);
      endIfDamaged(this.#wasm.closeStream());
    } else {
      this.#arena.i32(at.values + 4 * counts.preview, counts.rest).fill(0);
      this.#arena.i16(at.symbols + 2 * counts.preview, counts.rest).fill(0);
    }
    const results = this.#results(at, tile, tile.rest !== null);
    return { ...results, crc: tile.rest ? results.crc : null };
  }

  /** The encoder's first half: symbols, scales and values of a tile, and what its streams will need. */
  #quantise(tile: LatentTileInput, cancelled?: () => boolean): TileMemory {
    checkInput(this.#model, tile);
    const at = this.#begin(tile, tile.y);
    const take = (part: 'preview' | 'rest') => {
      this.#operations[part] = this.#wasm.takeOperations();
      this.#bits[part] = this.#wasm.takeBits();
    };
    take('preview');
    this.#codeFirst(at, tile);
    take('preview');
    this.#codeRest(at, tile, cancelled);
    take('rest');
    return at;
  }

  /** Prepares memory and biases; `y` is given to encode. */
  #begin(tile: TileSize & { readonly step: number }, y: Float32Array | null): TileMemory {
    const { columns, rows, step } = tile;
    if (this.#memory?.size.columns !== columns || this.#memory.size.rows !== rows)
      this.#memory = {
        size: { columns, rows },
        at: layOutTile(this.#arena, this.#packed, { columns, rows }),
      };
    if (this.#step !== step) setStep(this.#arena, this.#packed, step);
    this.#step = step;
    const { at } = this.#memory;
    const { tile: record, tables } = this.#packed;
    const { firstCoded, rdo } = this.#model;
    const decoding = y ? 0 : 1;
    const { streams, values, symbols, scales } = at;
    this.#arena
      .i32(record, 10)
      .set([decoding, columns, rows, firstCoded, tables, streams, values, symbols, scales, rdo]);
    this.#arena.f64(record + 40, 1)[0] = delta(step);
    if (y) this.#arena.f32(at.streams, y.length).set(y);
    return at;
  }

  /** A group's input: zeros around the tile. `at` is the corner of that border. */
  #input(at: TileMemory, size: TileSize, group: number): Plane {
    const pixel = 2 * inputStride(this.#model, group);
    return { at: at.inputs[group % 2]!, pixel, row: pixel * (size.columns + 2) };
  }

  /** Where a group leaves its state and, behind it, its values: inside of the next group's input. */
  #clearedNext(at: TileMemory, size: TileSize, group: number): Plane {
    const next = this.#input(at, size, group + 1);
    this.#arena.u8(next.at, at.inputBytes).fill(0);
    return { ...next, at: next.at + next.row + next.pixel };
  }

  #isLast = (group: number) => group === this.#model.groups.length - 1;

  #codeFirst(at: TileMemory, size: TileSize): number {
    const pixel = 2 * this.#model.groups[0]!;
    const row = pixel * (size.columns + 4);
    this.#arena.u8(at.plane, at.planeBytes).fill(0);
    const next = this.#isLast(0) ? { at: 0, pixel: 0, row: 0 } : this.#clearedNext(at, size, 0);
    const { tile, first } = this.#packed;
    const origin = at.plane + 2 * row + 2 * pixel;
    return this.#wasm.codeFirst(tile, first, origin, row, next.at, next.pixel, next.row);
  }

  #codeRest(at: TileMemory, size: TileSize, cancelled?: () => boolean): void {
    const { groups } = this.#model;
    let from = groups[0]!;
    for (let group = 1; group < groups.length; group++) {
      endIfCancelled(cancelled);
      const next = this.#isLast(group)
        ? this.#flat(at.inputs[(group + 1) % 2]!, this.#packed.stateWidth, size)
        : this.#clearedNext(at, size, group);
      const [spread, mix, predict] = this.#packed.layers[group]!;
      const hidden = this.#flat(at.hidden, 8 * mix.blocks, size);
      const head = this.#flat(at.head, 8 * predict.blocks, size);
      this.#convolve(spread, this.#input(at, size, group), next, size);
      this.#convolve(mix, next, hidden, size);
      this.#convolve(predict, hidden, head, size);
      const own = groups[group]!;
      const target = this.#isLast(group) ? 0 : next.at + 2 * this.#packed.stateWidth;
      const { tile } = this.#packed;
      endIfDamaged(
        this.#wasm.codeGroup(tile, from, own, head.at, head.pixel, target, next.pixel, next.row),
      );
      from += own;
    }
  }

  #flat = (at: number, channels: number, size: TileSize): Plane => ({
    at,
    pixel: 2 * channels,
    row: 2 * channels * size.columns,
  });

  #convolve(packed: PackedLayer, input: Plane, output: Plane, size: TileSize): void {
    const { layer, run, weights, bias, blocks } = packed;
    this.#wasm.convolve(
      input.at,
      input.pixel,
      input.row,
      layer.kernel,
      run,
      weights,
      bias,
      blocks,
      output.at,
      output.pixel,
      output.row,
      size.columns,
      size.rows,
      layer.relu ? 0 : -32768,
    );
  }

  #write(at: TileMemory, operations: number, symbols: number, write: () => void): Uint8Array {
    if (operations === 0) return new Uint8Array(0);
    const end = at.streams + at.streamBytes;
    this.#wasm.beginStream(end, operations, statesFor(symbols));
    write();
    const start = this.#wasm.finishStream();
    return this.#arena.u8(start, end - start).slice();
  }

  #results(at: TileMemory, size: TileSize, whole: boolean) {
    const { preview } = symbolCounts(this.#model, size);
    const count = this.#model.channels * size.columns * size.rows;
    const symbols = this.#arena.i16(at.symbols, count).slice();
    return {
      crc: whole ? crcOfSymbols(symbols) : 0,
      previewCrc: crcOfSymbols(symbols.subarray(0, preview)),
      values: this.#arena.i32(at.values, count).slice(),
      symbols,
    };
  }
}

/** @param module `coder.wasm`, compiled; one coder works on one tile at a time */
export const createWasmCoder = (module: WebAssembly.Module, model: EntropyModel): TileCoder =>
  new WasmCoder(module, model);
