/**
 * `entropy.bin`: the integer context network and the frequency tables of a latent model. Owns the
 * byte layout and the proof that 32-bit accumulators can not overflow; what is computed with the
 * parts is `network.ts` (plain) and `packed.ts` with `assembly/` (WASM).
 */
import { HourglassError } from '../../contract/errors.ts';
import { parseTables, type FrequencyTable } from './tables.ts';
import { say } from './sentences.ts';

/** A convolution of the integer network: int16 weights with 10, int32 biases with 16 fraction bits. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** 1 or 3: side of the square of inputs. */
  readonly kernel: 1 | 3;
  /** Results are clamped to 0..32767; else to -32768..32767. */
  readonly relu: boolean;
  /** [output][ky][kx][input]. */
  readonly weights: Int16Array;
  readonly bias: Int32Array;
  /** Added to the bias (step - 64) times, per output. */
  readonly quality: Int32Array;
}

/** Plain data; a copy by structured clone is as good. */
export interface EntropyModel {
  /** Latent channels per 8 × 8 pixels, in order of frequency. */
  readonly channels: number;
  /** Sizes of the groups; their sum is `channels`. */
  readonly groups: readonly number[];
  /** Channels that hand context from group to group. */
  readonly state: number;
  readonly hidden: number;
  /** Scale indices below it are not coded: their symbol is 0. */
  readonly firstCoded: number;
  /** Encoder only: λ·δ² of the rate-distortion decision, 1/256 bit per squared step. */
  readonly rdo: number;
  /** Per channel: bit 0 odd under left-right mirroring, bit 1 under top-bottom mirroring. */
  readonly parity: Uint8Array;
  /** Three layers per group, group after group. */
  readonly layers: readonly (readonly [Layer, Layer, Layer])[];
  /** 64 tables by scale index. */
  readonly tables: readonly FrequencyTable[];
}

/** Width of group 0's hidden layers. */
export const FIRST_HIDDEN = 32;
/** Causal neighbours that group 0 sees. */
export const TAPS = 12;

const MAGIC = 0x4e454748; // "HGEN", little endian
const LARGEST_WIDTH = 1024;

/** Reads numbers one after the other; the end of the file is an error with a sentence. */
export class ModelReader {
  readonly #view: DataView;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #take(bytes: number): number {
    const at = this.#position;
    if (at + bytes > this.#view.byteLength) throw damagedModel(say('endsAtByte', { at }));
    this.#position += bytes;
    return at;
  }

  u8 = () => this.#view.getUint8(this.#take(1));
  u16 = () => this.#view.getUint16(this.#take(2), true);
  u32 = () => this.#view.getUint32(this.#take(4), true);

  i16s(count: number): Int16Array {
    const at = this.#take(2 * count);
    return Int16Array.from({ length: count }, (_, i) => this.#view.getInt16(at + 2 * i, true));
  }

  i32s(count: number): Int32Array {
    const at = this.#take(4 * count);
    return Int32Array.from({ length: count }, (_, i) => this.#view.getInt32(at + 4 * i, true));
  }

  u16s(count: number): Uint16Array {
    return new Uint16Array(this.i16s(count));
  }

  u8s(count: number): Uint8Array {
    const at = this.#take(count);
    return Uint8Array.from({ length: count }, (_, i) => this.#view.getUint8(at + i));
  }

  finish(): void {
    const left = this.#view.byteLength - this.#position;
    if (left > 0) throw damagedModel(say('bytesFollowEnd', { left }));
  }
}

export const damagedModel = (reason: string): HourglassError =>
  new HourglassError('model-damaged', say('entropyModelEntropyBinCan', { reason }));

/** Throws unless what a field holds is in its range. */
function within(value: number, low: number, high: number, what: string): number {
  if (value < low || value > high)
    throw damagedModel(say('whereToAllowed', { what, value, low, high }));
  return value;
}

/** The three layers that a group must have: [inputs, outputs, kernel, relu]. */
export function layerShapes(
  groups: readonly number[],
  state: number,
  hidden: number,
  group: number,
): readonly (readonly [number, number, 1 | 3, boolean])[] {
  const own = groups[group]!;
  if (group === 0)
    return [
      [TAPS * own, FIRST_HIDDEN, 1, true],
      [FIRST_HIDDEN, FIRST_HIDDEN, 1, true],
      [FIRST_HIDDEN + TAPS * own, 2 * own, 1, false],
    ];
  return [
    [group === 1 ? groups[0]! : state + groups[group - 1]!, state, 3, true],
    [state, hidden, 1, true],
    [hidden, 2 * own, 1, false],
  ];
}

/**
 * One layer, with the proof that no accumulator overflows: inputs are int16, so
 * Σ|w|·32768 + |bias| + max|quality·(step − 64)| + 512 < 2^31 for every output, in any order of adding.
 */
function parseLayer(
  reader: ModelReader,
  name: string,
  [inputs, outputs, kernel, relu]: readonly [number, number, 1 | 3, boolean],
): Layer {
  const declared = [reader.u16(), reader.u16(), reader.u8(), reader.u8(), reader.u16()];
  const wanted = [inputs, outputs, kernel, relu ? 1 : 0, 0];
  if (declared.join() !== wanted.join())
    throw damagedModel(
      say('declaresInstead', { name, declared: declared.join(', '), wanted: wanted.join(', ') }),
    );
  const perOutput = kernel * kernel * inputs;
  const weights = reader.i16s(outputs * perOutput);
  const bias = reader.i32s(outputs);
  const quality = reader.i32s(outputs);
  for (let o = 0; o < outputs; o++) {
    let sum = 0;
    for (let i = 0; i < perOutput; i++) sum += Math.abs(weights[o * perOutput + i]!);
    const bound = sum * 32768 + Math.abs(bias[o]!) + Math.abs(quality[o]!) * 64 + 512;
    if (bound >= 2 ** 31)
      throw damagedModel(say('outputCouldOverflowNotBelow', { o, name, bound }));
  }
  return { inputs, outputs, kernel, relu, weights, bias, quality };
}

/**
 * Parses and proves `entropy.bin` (docs/latent-format.md has its layout).
 * @throws HourglassError model-damaged, with what is wrong
 */
export function parseEntropyModel(bytes: Uint8Array): EntropyModel {
  const reader = new ModelReader(bytes);
  if (reader.u32() !== MAGIC) throw damagedModel(say('doesNotBeginWithHgen'));
  within(reader.u16(), 1, 1, say('version'));
  const channels = within(reader.u16(), 1, LARGEST_WIDTH, say('numberChannels'));
  const groupCount = within(reader.u16(), 1, channels, say('numberGroups'));
  const groups = [...reader.u16s(groupCount)];
  groups.forEach((size, g) => within(size, 1, channels, say('sizeGroup', { g })));
  const sum = groups.reduce((total, size) => total + size, 0);
  if (sum !== channels) throw damagedModel(say('groupsHoldChannels', { sum, channels }));
  const state = within(reader.u16(), 1, LARGEST_WIDTH, say('widthState'));
  const hidden = within(reader.u16(), 1, LARGEST_WIDTH, say('widthHiddenLayers'));
  const firstCoded = within(reader.u8(), 0, 64, say('firstCodedScale'));
  within(reader.u8(), 0, 0, say('reservedByte'));
  const rdo = reader.u16();
  within(reader.u16(), 0, 0, say('reservedField'));
  const parity = reader.u8s(channels);
  parity.forEach((bits, c) => within(bits, 0, 3, say('parityChannel', { c })));
  const layers = groups.map((_, group) => {
    const shapes = layerShapes(groups, state, hidden, group);
    const parse = (i: 0 | 1 | 2) => parseLayer(reader, say('layerGroup', { i, group }), shapes[i]!);
    return [parse(0), parse(1), parse(2)] as const;
  });
  const tables = parseTables(reader, damagedModel);
  reader.finish();
  return {
    channels,
    groups,
    state,
    hidden,
    firstCoded,
    rdo,
    parity,
    layers,
    tables,
  };
}
