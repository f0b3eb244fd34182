/**
 * Lossless alpha of one row of tiles: the rows filtered as in PNG (W3C PNG, section 9: none, sub, up,
 * average, Paeth; chosen by the least sum of absolute differences) and deflated, so that a region's alpha
 * is read without the rest. Samples of 16 bits are big endian, as there.
 */
import { constants, deflateRawSync } from 'node:zlib';
import { ByteReader, ByteWriter, Malformed } from './bytes.ts';
import { inflateExactly } from './chunks.ts';
import { say } from './sentences.ts';

export type AlphaSamples = Uint8Array | Uint16Array;

export interface BandSize {
  readonly width: number;
  readonly rows: number;
}

/** Filters that are tried; `average` is only read. */
const filters = { none: 0, sub: 1, up: 2, average: 3, paeth: 4 } as const;
const tried = [filters.none, filters.sub, filters.up, filters.paeth];

function paeth(left: number, above: number, aboveLeft: number): number {
  const estimate = left + above - aboveLeft;
  const toLeft = Math.abs(estimate - left);
  const toAbove = Math.abs(estimate - above);
  const toAboveLeft = Math.abs(estimate - aboveLeft);
  if (toLeft <= toAbove && toLeft <= toAboveLeft) return left;
  return toAbove <= toAboveLeft ? above : aboveLeft;
}

function predict(filter: number, left: number, above: number, aboveLeft: number): number {
  if (filter === filters.sub) return left;
  if (filter === filters.up) return above;
  if (filter === filters.average) return (left + above) >> 1;
  return filter === filters.paeth ? paeth(left, above, aboveLeft) : 0;
}

/** On little-endian machines, which is all that Node runs on. */
const bigEndian = (samples: AlphaSamples): Uint8Array =>
  samples instanceof Uint8Array ? samples : Buffer.from(new Uint16Array(samples).buffer).swap16();

/** @param samples `width` × `rows`, row by row */
export function encodeAlpha(samples: AlphaSamples, { width, rows }: BandSize): Uint8Array {
  const sampleBytes = samples.BYTES_PER_ELEMENT;
  const raw = bigEndian(samples);
  const stride = width * sampleBytes;
  const filtered = new Uint8Array((stride + 1) * rows);
  const candidate = new Uint8Array(stride);
  for (let row = 0; row < rows; row++) {
    const at = row * stride;
    const to = row * (stride + 1);
    let least = Infinity;
    for (const filter of tried) {
      let sum = 0;
      for (let i = 0; i < stride; i++) {
        const left = i >= sampleBytes ? raw[at + i - sampleBytes]! : 0;
        const above = row > 0 ? raw[at + i - stride]! : 0;
        const aboveLeft = row > 0 && i >= sampleBytes ? raw[at + i - stride - sampleBytes]! : 0;
        const value = (raw[at + i]! - predict(filter, left, above, aboveLeft)) & 255;
        candidate[i] = value;
        sum += value < 128 ? value : 256 - value;
      }
      if (sum >= least) continue;
      least = sum;
      filtered[to] = filter;
      filtered.set(candidate, to + 1);
    }
  }
  const deflated = deflateRawSync(filtered, { level: 9, strategy: constants.Z_FILTERED });
  return new ByteWriter()
    .u8(sampleBytes * 8)
    .bytes(deflated)
    .done();
}

/** @throws Malformed */
export function decodeAlpha(content: Uint8Array, { width, rows }: BandSize): AlphaSamples {
  const reader = new ByteReader(content);
  const bits = reader.u8();
  if (bits !== 8 && bits !== 16) throw new Malformed(say('bitsPerSample', { bits }));
  const sampleBytes = bits / 8;
  const stride = width * sampleBytes;
  const expected = (stride + 1) * rows;
  const filtered = inflateExactly(reader.bytes(reader.left), expected, expected);
  const raw = new Uint8Array(stride * rows);
  for (let row = 0; row < rows; row++) {
    const at = row * stride;
    const from = row * (stride + 1);
    const filter = filtered[from]!;
    if (filter > filters.paeth) throw new Malformed(say('rowWithUnknownFilter'));
    for (let i = 0; i < stride; i++) {
      const left = i >= sampleBytes ? raw[at + i - sampleBytes]! : 0;
      const above = row > 0 ? raw[at + i - stride]! : 0;
      const aboveLeft = row > 0 && i >= sampleBytes ? raw[at + i - stride - sampleBytes]! : 0;
      raw[at + i] = filtered[from + 1 + i]! + predict(filter, left, above, aboveLeft);
    }
  }
  if (bits === 8) return raw;
  const samples = new Uint16Array(width * rows);
  for (let i = 0; i < samples.length; i++) samples[i] = (raw[2 * i]! << 8) | raw[2 * i + 1]!;
  return samples;
}
