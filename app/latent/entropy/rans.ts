/**
 * The range coder, plainly: rANS (Duda 2013, arXiv:1311.2540) with 32-bit states, 16-bit words and
 * frequencies in 1/65536. This is the reference; the fast one in `assembly/streams.ts` makes and reads
 * the same bytes.
 *
 * A stream is a list of *operations*, each an interval [start, start + frequency) of 65536. Symbols are
 * one operation; a raw bit string of b bits is one with frequency 2^(16-b). Operation n uses state
 * n mod N. A stream of at least 65536 symbols (coded or not) has N = 4 states, so that a processor can work
 * on several at once; a smaller one has N = 1, which saves 9 bytes.
 *
 * The encoder works from the last operation to the first. Its states begin at 2^16; the file begins with
 * what they end at, the words follow. A stream without operations is empty.
 */
import { HourglassError } from '../../contract/errors.ts';
import { golombBits, LARGEST_SYMBOL, type FrequencyTable } from './tables.ts';
import { say } from './sentences.ts';

const ONE = 0x10000;

/** Number of interleaved states of a stream that holds so many symbols. */
export const statesFor = (symbols: number): 1 | 4 => (symbols >= ONE ? 4 : 1);

/**
 * Bytes that a stream of so many symbols can have at most. An escaped symbol has 16 bits for the escape, 15 and 14
 * of Exp-Golomb and a sign in at most 18 operations, each of which lengthens a state by less than one bit more.
 */
export const longestStream = (symbols: number): number => 16 + 8 * symbols;

/** @throws HourglassError damaged-image when no stream of so many symbols has this length */
export function checkStreamLength(bytes: number, symbols: number): void {
  const head = 4 * statesFor(symbols);
  const possible = bytes >= head && bytes <= longestStream(symbols) && bytes % 2 === 0;
  if (bytes !== 0 && !possible) throw damagedStream(say('canNotBytes', { bytes }));
}

/** What a stream that no encoder made fails with. The caller adds which tile of which file. */
export const damagedStream = (reason: string): HourglassError =>
  new HourglassError('damaged-image', say('streamLatentsDamaged', { reason }));

/** Collects operations first to last; `finish` encodes them last to first. */
export class RansEncoder {
  readonly #operations: { start: number; frequency: number }[] = [];

  symbol(table: FrequencyTable, symbol: number): void {
    const magnitude = Math.abs(symbol);
    const escaped = magnitude > table.width;
    const entry = escaped ? 2 * table.width + 1 : symbol + table.width;
    this.#operations.push({ start: table.start[entry]!, frequency: table.frequency[entry]! });
    if (!escaped) return;
    // Exp-Golomb: as many zeros as bits follow the leading one, that one, those bits; then the sign.
    const excess = magnitude - table.width - 1;
    const bits = golombBits(excess);
    for (let i = 0; i < bits; i++) this.#bits(0, 1);
    this.#bits(1, 1);
    if (bits > 0) this.#bits(excess + 1 - 2 ** bits, bits);
    this.#bits(symbol < 0 ? 1 : 0, 1);
  }

  #bits(value: number, count: number): void {
    const frequency = ONE >> count;
    this.#operations.push({ start: value * frequency, frequency });
  }

  /** @param symbols how many the stream holds, those that were not coded included */
  finish(symbols: number): Uint8Array {
    const stateCount = statesFor(symbols);
    if (this.#operations.length === 0) return new Uint8Array(0);
    const states = Array<number>(stateCount).fill(ONE);
    const words: number[] = [];
    for (let n = this.#operations.length - 1; n >= 0; n--) {
      const { start, frequency } = this.#operations[n]!;
      let x = states[n % stateCount]!;
      if (x >= frequency * ONE) {
        words.push(x % ONE);
        x = Math.floor(x / ONE);
      }
      states[n % stateCount] = Math.floor(x / frequency) * ONE + (x % frequency) + start;
    }
    const bytes = new Uint8Array(4 * stateCount + 2 * words.length);
    const view = new DataView(bytes.buffer);
    states.forEach((x, i) => view.setUint32(4 * i, x, true));
    words.reverse().forEach((word, i) => view.setUint16(4 * stateCount + 2 * i, word, true));
    return bytes;
  }
}

/** Reads operations first to last. */
export class RansDecoder {
  readonly #states: number[];
  readonly #words: DataView;
  #position: number;
  #operation = 0;

  /** @throws HourglassError damaged-image when no stream of so many symbols has this length */
  constructor(bytes: Uint8Array, symbols: number) {
    checkStreamLength(bytes.length, symbols);
    const stateCount = statesFor(symbols);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#states = Array.from({ length: stateCount }, (_, i) =>
      bytes.length === 0 ? ONE : view.getUint32(4 * i, true),
    );
    this.#words = view;
    this.#position = bytes.length === 0 ? 0 : 4 * stateCount;
  }

  symbol(table: FrequencyTable): number {
    const slot = this.#slot();
    let entry = 0;
    while (slot - table.start[entry]! >= table.frequency[entry]!) entry++;
    this.#advance(table.start[entry]!, table.frequency[entry]!);
    if (entry <= 2 * table.width) return entry - table.width;
    let bits = 0;
    while (this.#bits(1) === 0) if (++bits > 14) throw damagedStream(say('symbolTooLarge'));
    const excess = 2 ** bits - 1 + (bits > 0 ? this.#bits(bits) : 0);
    const magnitude = table.width + 1 + excess;
    if (magnitude > LARGEST_SYMBOL) throw damagedStream(say('symbolTooLarge'));
    return this.#bits(1) === 1 ? -magnitude : magnitude;
  }

  #bits(count: number): number {
    const frequency = ONE >> count;
    const value = Math.floor(this.#slot() / frequency);
    this.#advance(value * frequency, frequency);
    return value;
  }

  #slot(): number {
    return this.#states[this.#operation % this.#states.length]! % ONE;
  }

  #advance(start: number, frequency: number): void {
    const at = this.#operation++ % this.#states.length;
    let x = this.#states[at]!;
    x = frequency * Math.floor(x / ONE) + (x % ONE) - start;
    if (x < ONE) {
      if (this.#position === this.#words.byteLength) throw damagedStream(say('endsTooEarly'));
      x = x * ONE + this.#words.getUint16(this.#position, true);
      this.#position += 2;
    }
    this.#states[at] = x;
  }

  /** @throws HourglassError damaged-image unless everything was read and every state is back at its start */
  finish(): void {
    if (this.#position !== this.#words.byteLength) throw damagedStream(say('goesOnAfterEnd'));
    if (this.#states.some((x) => x !== ONE)) throw damagedStream(say('endDoesNotFit'));
  }
}
