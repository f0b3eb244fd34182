/**
 * An entropy model laid out in the memory of the WASM coder: weights in the order in which one SIMD
 * instruction takes them, tables with their finders. The counterpart of `assembly/`; also owns what of the
 * memory is used for one tile.
 */
import { FIRST_HIDDEN, TAPS, type EntropyModel, type Layer } from './model.ts';
import type { TileSize } from './network.ts';
import { longestStream } from './rans.ts';
import type { FrequencyTable } from './tables.ts';

export const padTo = (multiple: number, value: number): number =>
  Math.ceil(value / multiple) * multiple;

const PAGE = 65536;

/** Hands out the memory from low to high addresses and lets it grow. Views are made anew: growing ends them. */
export class Arena {
  readonly memory: WebAssembly.Memory;
  #next: number;

  constructor(memory: WebAssembly.Memory, from: number) {
    this.memory = memory;
    this.#next = padTo(16, from);
  }

  get next(): number {
    return this.#next;
  }

  take(bytes: number): number {
    const at = this.#next;
    this.#next = padTo(16, at + bytes);
    const missing = this.#next - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    return at;
  }

  /** Gives back everything from an address on. */
  cut(at: number): void {
    this.#next = at;
  }

  i32 = (at: number, count: number) => new Int32Array(this.memory.buffer, at, count);
  i16 = (at: number, count: number) => new Int16Array(this.memory.buffer, at, count);
  u8 = (at: number, count: number) => new Uint8Array(this.memory.buffer, at, count);
  f32 = (at: number, count: number) => new Float32Array(this.memory.buffer, at, count);
  f64 = (at: number, count: number) => new Float64Array(this.memory.buffer, at, count);

  /** Stores whole numbers, such as the fields of a record. */
  put(values: readonly number[]): number {
    const at = this.take(4 * values.length);
    this.i32(at, values.length).set(values);
    return at;
  }
}

export interface PackedLayer {
  readonly layer: Layer;
  /** int16 values under one row of the kernel, padding included. */
  readonly run: number;
  /** Of eight outputs. */
  readonly blocks: number;
  readonly weights: number;
  readonly bias: number;
}

/**
 * @param stride channels of a pixel in memory, padding included
 * @param place where an input's channel lies in its pixel
 */
function packLayer(
  arena: Arena,
  layer: Layer,
  stride: number,
  place: (input: number) => number = (input) => input,
): PackedLayer {
  const { kernel, inputs, outputs } = layer;
  const run = kernel * stride;
  const blocks = Math.ceil(outputs / 8);
  const weights = arena.take(blocks * kernel * run * 16);
  const packed = arena.i16(weights, blocks * kernel * run * 8);
  for (let o = 0; o < outputs; o++)
    for (let ky = 0; ky < kernel; ky++)
      for (let kx = 0; kx < kernel; kx++)
        for (let i = 0; i < inputs; i++) {
          const at = kx * stride + place(i);
          const pairs = (Math.floor(o / 8) * kernel + ky) * run + (at & ~1);
          packed[pairs * 8 + (o % 8) * 2 + (at & 1)] =
            layer.weights[((o * kernel + ky) * kernel + kx) * inputs + i]!;
        }
  return { layer, run, blocks, weights, bias: arena.take(blocks * 32) };
}

function packTables(arena: Arena, tables: readonly FrequencyTable[]): number {
  return arena.put(
    tables.flatMap((table) => {
      const entries = arena.take(4 * table.frequency.length);
      arena
        .i32(entries, table.frequency.length)
        .set(Array.from(table.frequency, (frequency, i) => table.start[i]! | (frequency << 16)));
      const finder = arena.take(2 * 256);
      let entry = 0;
      const found = Array.from({ length: 256 }, (_, bucket) => {
        while (table.start[entry]! + table.frequency[entry]! <= bucket * 256) entry++;
        return entry;
      });
      arena.i16(finder, 256).set(found);
      const bits = arena.take(8 * table.bits.length);
      arena.f64(bits, table.bits.length).set(table.bits);
      return [table.width, entries, finder, bits];
    }),
  );
}

export interface PackedModel {
  readonly model: EntropyModel;
  readonly layers: readonly (readonly [PackedLayer, PackedLayer, PackedLayer])[];
  readonly tables: number;
  /** Record of group 0's network. */
  readonly first: number;
  /** Record of the tile; its fields are set per tile. */
  readonly tile: number;
  /** Where a group's own values lie in a pixel of the next group's input, channels. */
  readonly stateWidth: number;
  /** Where the model ends. */
  readonly end: number;
}

/** Channels of a pixel of a group's input, padding included. */
export const inputStride = (model: EntropyModel, group: number): number =>
  group === 1
    ? padTo(4, model.groups[0]!)
    : padTo(4, padTo(8, model.state) + model.groups[group - 1]!);

export function packModel(arena: Arena, model: EntropyModel): PackedModel {
  const stateWidth = padTo(8, model.state);
  const own = model.groups[0]!;
  const headRun = padTo(4, FIRST_HIDDEN + TAPS * own);
  const layers = model.layers.map((triple, group) => {
    if (group === 0)
      return [
        packLayer(arena, triple[0], padTo(4, TAPS * own)),
        packLayer(arena, triple[1], FIRST_HIDDEN),
        packLayer(arena, triple[2], headRun),
      ] as const;
    const place = (input: number) =>
      group === 1 || input < model.state ? input : input - model.state + stateWidth;
    return [
      packLayer(arena, triple[0], inputStride(model, group), place),
      packLayer(arena, triple[1], stateWidth),
      packLayer(arena, triple[2], padTo(8, model.hidden)),
    ] as const;
  });
  const [taps, middle, head] = layers[0]!;
  const hidden = arena.take(2 * FIRST_HIDDEN);
  const headInput = arena.take(2 * headRun);
  const output = arena.take(16 * head.blocks);
  const first = arena.put([
    own,
    taps.run,
    taps.weights,
    taps.bias,
    hidden,
    middle.weights,
    middle.bias,
    headInput,
    head.run,
    head.blocks,
    head.weights,
    head.bias,
    output,
  ]);
  const tables = packTables(arena, model.tables);
  return { model, layers, tables, first, tile: arena.take(48), stateWidth, end: arena.next };
}

/** Sets the biases for a step: its own part, and the half that makes the shift round. */
export function setStep(arena: Arena, packed: PackedModel, step: number): void {
  for (const triple of packed.layers)
    for (const { layer, bias } of triple)
      arena
        .i32(bias, layer.outputs)
        .set(layer.bias.map((value, o) => value + layer.quality[o]! * (step - 64) + 512));
}

/** Addresses of what one tile needs. */
export interface TileMemory {
  /** Latents of the encoder, then streams. */
  readonly streams: number;
  readonly streamBytes: number;
  readonly values: number;
  readonly symbols: number;
  readonly scales: number;
  /** Group 0's values, int16, with a border of zeros. */
  readonly plane: number;
  readonly planeBytes: number;
  /** Inputs of odd and even groups in turn, with a border of zeros. */
  readonly inputs: readonly [number, number];
  readonly inputBytes: number;
  readonly hidden: number;
  readonly head: number;
}

/** Lays out the memory for a tile behind the model. */
export function layOutTile(arena: Arena, packed: PackedModel, size: TileSize): TileMemory {
  const { model, stateWidth } = packed;
  arena.cut(packed.end);
  const area = size.columns * size.rows;
  const count = model.channels * area;
  const bordered = (size.columns + 2) * (size.rows + 2);
  // The convolution works on four pixels at a time and may look three beyond the last.
  const strides = model.groups.map((_, group) => (group === 0 ? 0 : inputStride(model, group)));
  const inputBytes = 2 * Math.max(...strides, stateWidth) * (bordered + 4);
  const headWidth = Math.max(...packed.layers.map((triple) => 8 * triple[2].blocks));
  const planeBytes = 2 * model.groups[0]! * (size.columns + 4) * (size.rows + 2);
  const streamBytes = longestStream(count) + longestStream(0);
  return {
    streams: arena.take(streamBytes),
    streamBytes,
    values: arena.take(4 * count),
    symbols: arena.take(2 * count),
    scales: arena.take(count),
    plane: arena.take(planeBytes),
    planeBytes,
    inputs: [arena.take(inputBytes), arena.take(inputBytes)],
    inputBytes,
    hidden: arena.take(2 * padTo(8, model.hidden) * (area + 4)),
    head: arena.take(2 * headWidth * (area + 4)),
  };
}
