/** Streams of the plain coder: their bytes are the format, so they are written down here. */
import { describe, expect, it } from 'vitest';
import { RansDecoder, RansEncoder, statesFor } from '../../../app/latent/entropy/rans.ts';
import type { FrequencyTable } from '../../../app/latent/entropy/tables.ts';
import { uniform } from '../../random.ts';

/** Symbols -1, 0, 1 and the escape. */
const table: FrequencyTable = {
  width: 1,
  frequency: Uint16Array.from([16384, 32768, 8192, 8192]),
  start: Uint16Array.from([0, 16384, 49152, 57344]),
  bits: Float64Array.from([2, 1, 3, 3]),
};

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function code(symbols: readonly number[], count = symbols.length): Uint8Array {
  const encoder = new RansEncoder();
  for (const symbol of symbols) encoder.symbol(table, symbol);
  const bytes = encoder.finish(count);
  const decoder = new RansDecoder(bytes, count);
  expect(symbols.map(() => decoder.symbol(table))).toEqual(symbols);
  decoder.finish();
  return bytes;
}

describe('streams', () => {
  it('have the bytes of the description', () => {
    // The examples of docs/latent-format.md, and more.
    expect(hex(code([0, 1, -1, 0]))).toBe('00809100');
    expect(hex(code([0, 1, 5, 0]))).toBe('00800f45');
    expect(hex(code([]))).toBe('');
    expect(hex(code([-1]))).toBe('00000400');
    expect(hex(code([-32767, 32767]))).toBe('00e00700fb7f00e00000f8ff');
    expect(hex(code([0, 1, -1, 0, 0, 5], 65536))).toBe('00800a0000c007010000100000400400');
  });

  it('have four states when they are large', () => {
    expect([1, 65535, 65536].map(statesFor)).toEqual([1, 1, 4]);
  });

  it('take little more than their symbols', () => {
    const random = uniform(5);
    const symbols = Array.from({ length: 20000 }, () => {
      const slot = random() * 65536;
      return slot < 16384 ? -1 : slot < 49152 ? 0 : slot < 57344 ? 1 : 2 + Math.floor(9 * random());
    });
    const encoder = new RansEncoder();
    let bits = 0;
    for (const symbol of symbols) {
      encoder.symbol(table, symbol);
      bits +=
        Math.abs(symbol) <= 1 ? table.bits[symbol + 1]! : 5 + 2 * Math.floor(Math.log2(symbol - 1));
    }
    const size = 8 * encoder.finish(symbols.length).length;
    expect(size).toBeGreaterThan(bits - 1);
    expect(size).toBeLessThan(bits * 1.003 + 32);
  });

  it('say what is wrong with them', () => {
    const read = (bytes: number[], count: number, wanted = 1) => {
      const decoder = new RansDecoder(Uint8Array.from(bytes), count);
      for (let i = 0; i < wanted; i++) decoder.symbol(table);
      decoder.finish();
    };
    const good = [...code([0, 1, 5, 0, -700, 1, 1, 1])];
    expect(() => read(good, 8, 8)).not.toThrow();
    expect(() => read(good.slice(0, -1), 8)).toThrow('can not have');
    expect(() => read(good.slice(0, -2), 8, 8)).toThrow('it ends too early');
    expect(() => read([...good, 1, 0], 8, 8)).toThrow('it goes on after its end');
    expect(() => read([0x34, 0x12, 8, 0], 1)).toThrow('its end does not fit');
    expect(() => read([0, 0], 1)).toThrow('can not have 2 bytes');
    expect(() => read(Array(14).fill(0), 65536)).toThrow('can not have 14 bytes');
    expect(() => read(Array(82).fill(0), 8)).toThrow('can not have 82 bytes');
    // The escape, then a prefix that does not end: slot 57344, then nothing but zero bits.
    expect(() => read([0, 0xe0, 1, 0, ...Array(16).fill(0)], 8)).toThrow('a symbol is too large');
  });
});
