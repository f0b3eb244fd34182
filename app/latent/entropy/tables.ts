/**
 * Frequency tables of the symbols, one per scale index, and what a symbol costs. A table of width K
 * holds the symbols -K..K and then the escape; larger symbols are the escape and raw bits.
 */
import { say } from './sentences.ts';

export const TABLES = 64;
/** Largest magnitude of a symbol. */
export const LARGEST_SYMBOL = 32767;

export interface FrequencyTable {
  /** K: symbols -K..K have a frequency of their own. */
  readonly width: number;
  /** 2K + 2 frequencies, each at least 1, in 1/65536; the last is the escape's. */
  readonly frequency: Uint16Array;
  /** Sums of the frequencies before each symbol. */
  readonly start: Uint16Array;
  /** Bits of each symbol, for the encoder's decisions only. */
  readonly bits: Float64Array;
}

/** Reads the 64 tables; `fail` makes the error for a wrong one. */
export function parseTables(
  reader: { u16(): number; u16s(count: number): Uint16Array },
  fail: (reason: string) => Error,
): FrequencyTable[] {
  return Array.from({ length: TABLES }, (_, index) => {
    const width = reader.u16();
    const frequency = reader.u16s(2 * width + 2);
    const start = new Uint16Array(frequency.length);
    let sum = 0;
    for (let i = 0; i < frequency.length; i++) {
      if (frequency[i] === 0) throw fail(say('tableSymbolFrequency0', { index }));
      start[i] = sum;
      sum += frequency[i]!;
    }
    if (sum !== 65536) throw fail(say('frequenciesTableSumToNot', { index, sum }));
    const bits = Float64Array.from(frequency, (f) => 16 - Math.log2(f));
    return { width, frequency, start, bits };
  });
}

/** Number of bits after the leading one of `excess + 1`: the Exp-Golomb prefix. */
export const golombBits = (excess: number): number => 31 - Math.clz32(excess + 1);

/** Bits that a symbol takes, as an ideal coder would; |symbol| at most 32767. */
export function bitsOf(table: FrequencyTable, symbol: number): number {
  const magnitude = Math.abs(symbol);
  if (magnitude <= table.width) return table.bits[symbol + table.width]!;
  return table.bits[table.bits.length - 1]! + 2 * golombBits(magnitude - table.width - 1) + 2;
}

/** Scale index (0..63) from the network's scale output (1/64 octave): five per octave, 28 for 0. */
export const scaleIndex = (output: number): number =>
  Math.min(63, Math.max(0, 28 + ((5 * output + 32) >> 6)));
