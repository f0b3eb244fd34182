/**
 * What a sensor's noise becomes in the developed picture: through white balance, the matrix to ProPhoto RGB and the slope of the tone curve, to first
 * order (Foi et al. 2008, section IV, for a transformed signal). Demosaicking, which smooths and correlates it, is left out.
 */
import { slopeAt } from './colour.ts';
import { inverted, linearAt } from './linear-dng.ts';
import { varianceAt } from '../pixels/light-noise.ts';
import type { ColourNoise } from './mosaic-noise.ts';
import type { Developed } from './protocol.ts';

/** Blocks looked at, at the most about; more change nothing. */
const looked = 4000;
/** Light is the mean of a block of this side: at noisy values themselves the curve, steep in the dark, would make too much of the noise. */
const side = 8;

/** Root mean square over the picture, 8-bit levels; null: the noise or the way back is not known. */
export function developedNoise({
  width,
  height,
  channels,
  data,
  development,
}: Developed): number | null {
  const { noise, matrix, multipliers } = development;
  const back = matrix && inverted(matrix);
  if (!noise || !back || channels !== 3 || width < side || height < side) return null;
  const apart = side * Math.max(1, Math.floor(Math.sqrt((width * height) / looked) / side));
  let sum = 0;
  let count = 0;
  for (let y = 0; y + side <= height; y += apart)
    for (let x = 0; x + side <= width; x += apart) {
      const light = meanLight(data, width, x, y);
      const variances = balancedVariances(light, back, noise, multipliers);
      for (let row = 0; row < 3; row++) {
        const variance = variances.reduce(
          (total, one, colour) => total + matrix[3 * row + colour]! ** 2 * one,
          0,
        );
        sum += variance * (255 * slopeAt(light[row]!)) ** 2;
      }
      count += 3;
    }
  return Math.sqrt(sum / count);
}

/** Of a block, linear ProPhoto. */
function meanLight(data: Uint16Array, width: number, x: number, y: number): number[] {
  const sums = [0, 0, 0];
  for (let row = 0; row < side; row++)
    for (let at = 3 * ((y + row) * width + x), end = at + 3 * side; at < end; at += 3)
      for (let channel = 0; channel < 3; channel++) sums[channel]! += linearAt(data[at + channel]!);
  return sums.map((total) => total / side ** 2);
}

function balancedVariances(
  linear: readonly number[],
  back: readonly number[],
  noise: ColourNoise,
  multipliers: readonly number[],
): number[] {
  return noise.map((one, colour) => {
    const balanced = linear.reduce((total, value, at) => total + back[3 * colour + at]! * value, 0);
    const multiplier = multipliers[colour]!;
    return varianceAt(one, balanced / multiplier) * multiplier ** 2;
  });
}
