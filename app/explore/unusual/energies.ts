/**
 * How much happens in each cell of a picture, by size and direction: mean absolute differences along four directions and against the surroundings, at
 * four scales. Plain arithmetic, no network; with the activations of one (`activations.ts`) it is what cells are compared by.
 */
import type { Plane } from '../plane.ts';

/** Side of a cell, pixels. */
export const CELL = 16;
const SCALES = 4;
const KINDS = 5;
/** Numbers of a cell. */
export const ENERGIES = SCALES * KINDS;

/**
 * @param plane sides are multiples of CELL
 * @returns [cells, ENERGIES], cells row by row
 */
export function energiesOf(plane: Plane): Float32Array {
  const across = plane.width / CELL;
  const out = new Float32Array(across * (plane.height / CELL) * ENERGIES);
  let level = plane;
  for (let scale = 0; scale < SCALES; scale++) {
    if (scale > 0) level = everySecond(smoothed(level, 1));
    const { width, height, data } = smoothed(level, 0.6);
    const around = smoothed({ width, height, data }, 1.2).data;
    const side = CELL >> scale;
    const share = 1 / (side * side);
    for (let y = 0; y < height; y++) {
      const up = y === 0 ? y : y - 1;
      const down = y === height - 1 ? y : y + 1;
      const row = Math.floor(y / side) * across;
      for (let x = 0; x < width; x++) {
        const left = x === 0 ? x : x - 1;
        const right = x === width - 1 ? x : x + 1;
        const at = y * width + x;
        const dx = (data[y * width + right]! - data[y * width + left]!) / (right - left);
        const dy = (data[down * width + x]! - data[up * width + x]!) / (down - up);
        const to = (row + Math.floor(x / side)) * ENERGIES + scale * KINDS;
        out[to]! += share * Math.abs(dx);
        out[to + 1]! += share * Math.abs(dy);
        out[to + 2]! += share * Math.abs(dx + dy) * Math.SQRT1_2;
        out[to + 3]! += share * Math.abs(dx - dy) * Math.SQRT1_2;
        out[to + 4]! += share * Math.abs(data[at]! - around[at]!);
      }
    }
  }
  return out;
}

const everySecond = ({ width, height, data }: Plane): Plane => {
  const size = { width: width >> 1, height: height >> 1 };
  const out = new Float32Array(size.width * size.height);
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) out[y * size.width + x] = data[2 * y * width + 2 * x]!;
  return { ...size, data: out };
};

/** Blurred by a Gaussian of `sigma` pixels; the last pixel goes on beyond the border. */
export function smoothed({ width, height, data }: Plane, sigma: number): Plane {
  const reach = Math.ceil(3 * sigma);
  const weights = Float32Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  for (let i = 0; i < weights.length; i++) weights[i]! /= sum;
  const rows = new Float32Array(data.length);
  const out = new Float32Array(data.length);
  const padded = new Float32Array(Math.max(width, height) + 2 * reach);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < width + 2 * reach; i++)
      padded[i] = data[y * width + Math.min(width - 1, Math.max(0, i - reach))]!;
    for (let x = 0; x < width; x++) {
      let value = 0;
      for (let i = 0; i < weights.length; i++) value += weights[i]! * padded[x + i]!;
      rows[y * width + x] = value;
    }
  }
  for (let y = 0; y < height; y++)
    for (let i = 0; i < weights.length; i++) {
      const from = Math.min(height - 1, Math.max(0, y + i - reach)) * width;
      const weight = weights[i]!;
      for (let x = 0; x < width; x++) out[y * width + x]! += weight * rows[from + x]!;
    }
  return { width, height, data: out };
}
