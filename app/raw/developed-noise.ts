/**
 * What a sensor's noise becomes in the developed picture: through white balance, the matrix to ProPhoto RGB and the slope of the tone curve, to first
 * order (Foi et al. 2008, section IV, for a transformed signal). Demosaicking, which smooths and correlates it, is left out.
 */
import { slopeAt } from './colour.ts';
import { inverted, linearAt } from './linear-dng.ts';
import { varianceAt, type ColourNoise } from './mosaic-noise.ts';
import type { Developed } from './protocol.ts';

/** Samples looked at; more change nothing. */
const looked = 20_000;

/** Root mean square over the picture, 8-bit levels; null: the noise or the way back is not known. */
export function developedNoise({ data, channels, development }: Developed): number | null {
  const { noise, matrix, multipliers } = development;
  const back = matrix && inverted(matrix);
  if (!noise || !back || channels !== 3) return null;
  const step = 3 * Math.max(1, Math.floor(data.length / 3 / looked));
  let sum = 0;
  let count = 0;
  for (let at = 0; at + 2 < data.length; at += step) {
    const encoded = [data[at]!, data[at + 1]!, data[at + 2]!];
    const variances = balancedVariances(encoded, back, noise, multipliers);
    for (let row = 0; row < 3; row++) {
      const variance = variances.reduce(
        (total, one, colour) => total + matrix[3 * row + colour]! ** 2 * one,
        0,
      );
      sum += variance * (255 * slopeAt(linearAt(encoded[row]!))) ** 2;
    }
    count += 3;
  }
  return Math.sqrt(sum / count);
}

function balancedVariances(
  encoded: readonly number[],
  back: readonly number[],
  noise: ColourNoise,
  multipliers: readonly number[],
): number[] {
  const linear = encoded.map(linearAt);
  return noise.map((one, colour) => {
    const balanced = linear.reduce((total, value, at) => total + back[3 * colour + at]! * value, 0);
    const multiplier = multipliers[colour]!;
    return varianceAt(one, balanced / multiplier) * multiplier ** 2;
  });
}
