/**
 * Structural similarity: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error
 * visibility to structural similarity", IEEE TIP 2004, equation 13, with the choices that
 * scikit-image makes by default (`structural_similarity`, 0.26): uniform 7 × 7 windows,
 * K1 = 0.01, K2 = 0.03, sample covariance, windows that lie fully inside, mean over channels.
 */
import type { Field, Span } from './field.ts';

const SIDE = 7;
const COUNT = SIDE * SIDE;
const K1 = 0.01;
const K2 = 0.03;

/**
 * @param a values of the same size and channels as `b`; the order does not matter
 * @param span the difference of its ends is the data range L of the formula
 * @returns 1 for equal pictures
 * @throws Error where the pictures differ in size or are smaller than a window
 */
export function ssim(a: Field, b: Field, span: Span): number {
  if (a.width !== b.width || a.height !== b.height || a.channels !== b.channels)
    throw new Error('SSIM compares pictures of one size.');
  if (Math.min(a.width, a.height) < SIDE) throw new Error('SSIM needs at least 7 × 7 pixels.');
  let sum = 0;
  for (let c = 0; c < a.channels; c++) sum += ofChannel(a, b, c, span.high - span.low);
  return sum / a.channels;
}

/** Columns of running sums over seven rows, then a window of seven columns slides along them. */
function ofChannel(a: Field, b: Field, channel: number, range: number): number {
  const { width, height, channels } = a;
  const c1 = (K1 * range) ** 2;
  const c2 = (K2 * range) ** 2;
  // Σa, Σb, Σa², Σb², Σab; doubles, so that what is added and taken away again cancels.
  const columns = Array.from({ length: 5 }, () => new Float64Array(width));
  const [sa, sb, saa, sbb, sab] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const addRow = (y: number, sign: 1 | -1): void => {
    for (let x = 0, at = y * width * channels + channel; x < width; x++, at += channels) {
      const [p, q] = [a.data[at]!, b.data[at]!];
      sa[x]! += sign * p;
      sb[x]! += sign * q;
      saa[x]! += sign * p * p;
      sbb[x]! += sign * q * q;
      sab[x]! += sign * p * q;
    }
  };
  let total = 0;
  for (let y = 0; y < height; y++) {
    addRow(y, 1);
    if (y >= SIDE) addRow(y - SIDE, -1);
    if (y < SIDE - 1) continue;
    const sums = [0, 0, 0, 0, 0];
    for (let x = 0; x < width; x++) {
      for (let k = 0; k < 5; k++) {
        sums[k]! += columns[k]![x]!;
        if (x >= SIDE) sums[k]! -= columns[k]![x - SIDE]!;
      }
      if (x < SIDE - 1) continue;
      const [ma, mb] = [sums[0]! / COUNT, sums[1]! / COUNT];
      const sample = COUNT / (COUNT - 1);
      const va = sample * (sums[2]! / COUNT - ma * ma);
      const vb = sample * (sums[3]! / COUNT - mb * mb);
      const vab = sample * (sums[4]! / COUNT - ma * mb);
      total += ((2 * ma * mb + c1) * (2 * vab + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
    }
  }
  return total / ((width - SIDE + 1) * (height - SIDE + 1));
}
