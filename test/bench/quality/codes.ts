/**
 * Peers take integers only. Float noise goes beyond black and white, so the values are moved and scaled
 * until nothing is cut off, and back afterwards.
 */
import { fromPlanes, plane, type Field } from './field.ts';

/** code = (value − low) × scale */
export interface Coding {
  readonly low: number;
  readonly scale: number;
  readonly bits: 8 | 16;
}

/**
 * @param whole photographs that lie within [0,1] keep black and white where they are, so that 8-bit
 *   files pass unchanged; for scans every value between the least and the greatest
 */
export function codingFor(planes: readonly Float32Array[], bits: 8 | 16, whole: boolean): Coding {
  let low = whole ? 0 : Infinity;
  let high = whole ? 1 : -Infinity;
  for (const values of planes)
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return { low, scale: high > low ? (2 ** bits - 1) / (high - low) : 1, bits };
}

/** One plane after the other, 16 bits little endian. */
export function encode(planes: readonly Float32Array[], { low, scale, bits }: Coding): Buffer {
  const length = planes[0]!.length;
  const most = 2 ** bits - 1;
  const bytes = bits / 8;
  const result = Buffer.alloc(length * planes.length * bytes);
  let at = 0;
  for (const values of planes)
    for (const value of values) {
      const code = Math.min(most, Math.max(0, Math.round((value - low) * scale)));
      if (bits === 8) result.writeUInt8(code, at);
      else result.writeUInt16LE(code, at);
      at += bytes;
    }
  return result;
}

export function decode(codes: Buffer, count: number, { low, scale, bits }: Coding): Float32Array[] {
  const length = codes.length / count / (bits / 8);
  const read = (i: number): number => (bits === 8 ? codes.readUInt8(i) : codes.readUInt16LE(2 * i));
  return Array.from({ length: count }, (_, p) =>
    Float32Array.from({ length }, (_, i) => read(p * length + i) / scale + low),
  );
}

export const planesOf = (field: Field): Float32Array[] =>
  Array.from({ length: field.channels }, (_, c) => plane(field, c));

/**
 * To three uncorrelated colours and back: the orthonormal opponent colours of CBM3D (Dabov et al., ICIP
 * 2007) — brightness and two differences; white noise stays white and as strong. Own inverse transposed.
 */
const OPPONENT = [
  [1, 1, 1].map((v) => v / Math.sqrt(3)),
  [1, 0, -1].map((v) => v / Math.sqrt(2)),
  [1, -2, 1].map((v) => v / Math.sqrt(6)),
];

export function toOpponent(planes: readonly Float32Array[]): Float32Array[] {
  if (planes.length === 1) return [...planes];
  return OPPONENT.map((row) => mix(planes, row));
}

export function fromOpponent(planes: readonly Float32Array[]): Float32Array[] {
  if (planes.length === 1) return [...planes];
  return [0, 1, 2].map((c) =>
    mix(
      planes,
      OPPONENT.map((row) => row[c]!),
    ),
  );
}

const mix = (planes: readonly Float32Array[], weights: readonly number[]): Float32Array =>
  planes[0]!.map((_, i) => planes.reduce((sum, values, p) => sum + weights[p]! * values[i]!, 0));

export const fieldOf = (like: Field, planes: readonly Float32Array[]): Field =>
  fromPlanes(like, planes);
