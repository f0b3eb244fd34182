/**
 * From the colours of a camera to ProPhoto RGB and back. LibRaw balances white and fills the mosaic; its picture, linear
 * and still in the camera's colours, becomes what is shown and written here, so that `linear-dng.ts` can undo it.
 * Same arithmetic (single precision, cut off) as dcraw's `convert_to_rgb` and `gamma_curve`: samples equal those
 * of `dcraw_emu -o 4 -g 1.8 16`. The profile of these values is `prophoto.ts`.
 */

import { made } from './made.ts';

/** Linear sRGB (D65) to linear ProPhoto RGB (D50), rows; the table of dcraw, with its digits. */
const prophotoOfRgb = [
  [0.529317, 0.330092, 0.140588],
  [0.098368, 0.873465, 0.028169],
  [0.016879, 0.117663, 0.865457],
] as const;

/**
 * ProPhoto's tone curve as dcraw draws it: power 1/1.8 with a linear foot of slope 16 (ISO 22028-2, 5.3), joined
 * without a bend by an offset: encoded = linear × 16 below `join`, else (1 + offset) × linear ^ (1 / 1.8) − offset.
 * `join` in linear light; both solve (join × 16) = (1 + offset) × join ^ (1/1.8) − offset with equal slopes.
 */
export const toneCurve = (() => {
  const power = 1 / 1.8;
  const slope = 16;
  // Encoded value of the joint, by bisection: slopes of both parts are equal there.
  let low = 0;
  let high = 1;
  let encoded = 0.5;
  for (let step = 0; step < 48; step++) {
    encoded = (low + high) / 2;
    if (((encoded / slope) ** -power - 1) / power - 1 / encoded > -1) high = encoded;
    else low = encoded;
  }
  return { power, slope, join: encoded / slope, offset: encoded * (1 / power - 1) };
})();

/** Slope of the tone curve at a linear value, both 0 to 1. */
export function slopeAt(linear: number): number {
  const { power, slope, join, offset } = toneCurve;
  return linear < join ? slope : (1 + offset) * power * linear ** (power - 1);
}

/** Encoded value of each linear one, both 0–65535. Made when it is first asked for: most engines never read a raw file. */
export const encodingTable = made((): Uint16Array => {
  const { power, slope, join, offset } = toneCurve;
  return Uint16Array.from({ length: 65536 }, (_, value) => {
    const linear = value / 65536;
    return Math.floor(
      65536 * (linear < join ? linear * slope : linear ** power * (1 + offset) - offset),
    );
  });
});

/** Linear ProPhoto of camera colours, 3 rows of 3, single precision. @param rgbCam LibRaw's `rgb_cam` */
export const prophotoOfCamera = (rgbCam: readonly (readonly number[])[]): Float32Array =>
  Float32Array.from({ length: 9 }, (_, index) => {
    let sum = 0;
    for (let k = 0; k < 3; k++)
      sum = Math.fround(
        sum + prophotoOfRgb[Math.floor(index / 3)]![k]! * Math.fround(rgbCam[k]![index % 3]!),
      );
    return sum;
  });

/**
 * Camera colours, linear and white-balanced, to ProPhoto, in place.
 * @param data interleaved, three a pixel, 0–65535
 * @param matrix of `prophotoOfCamera`
 */
export function encodeProphoto(data: Uint16Array, matrix: Float32Array): void {
  for (let at = 0; at < data.length; at += 3) {
    const red = data[at]!;
    const green = data[at + 1]!;
    const blue = data[at + 2]!;
    data[at] = prophotoCode(matrix, 0, red, green, blue);
    data[at + 1] = prophotoCode(matrix, 3, red, green, blue);
    data[at + 2] = prophotoCode(matrix, 6, red, green, blue);
  }
}

/** Encoded value of one channel of ProPhoto. @param row where its row begins in the matrix: 0, 3 or 6 */
export function prophotoCode(
  matrix: Float32Array,
  row: number,
  red: number,
  green: number,
  blue: number,
): number {
  const f = Math.fround;
  const value = f(
    f(f(matrix[row]! * red) + f(matrix[row + 1]! * green)) + f(matrix[row + 2]! * blue),
  );
  return encodingTable()[value <= 0 ? 0 : value >= 65535 ? 65535 : Math.trunc(value)]!;
}

/** One tone, linear, to the same curve, in place. */
export function encodeTone(data: Uint16Array): void {
  const table = encodingTable();
  for (let at = 0; at < data.length; at++) data[at] = table[data[at]!]!;
}
