/**
 * Noise that depends on light: variance = shot × light + read (Foi, Trimeche, Katkovnik, Egiazarian, "Practical Poissonian-Gaussian noise modeling and
 * fitting for single-image raw-data", IEEE TIP 17(10), 2008, equations 1 to 3), fitted to blocks of a picture. As there, variance is taken from details that smooth
 * parts have none of, and grouped by mean. Where that paper cuts edges out by their gradient, blocks with more variance than noise of their mean explains
 * are left out here, and the rest is fitted again. The samples of a sensor (`app/raw`) and pictures of few photons (`app/denoise`) are measured so.
 */

/** On light from 0 to 1: variance = shot × light + read. */
export interface LightNoise {
  readonly shot: number;
  /** Negative where the light does not begin at 0: behind an offset. */
  readonly read: number;
}

/** Of each block its mean and the variance of its details. */
export interface Blocks {
  readonly means: number[];
  readonly variances: number[];
}

/** What the variance of so many independent normal details is like: χ² of that many degrees, by its mean. */
interface Details {
  readonly count: number;
  /** Its lower quartile. */
  readonly quartile: number;
  /** Its mean below 1 + √(2 / count), what is believed. */
  readonly kept: number;
}

/** Blocks of 8 × 8 and of 16 × 16 samples, a detail for each four. */
export const DETAILS = {
  16: { count: 16, quartile: 0.745, kept: 0.89 },
  64: { count: 64, quartile: 0.876, kept: 0.946 },
} as const satisfies Record<number, Details>;

/** Fewer blocks say nothing. */
const fewest = 24;
const bins = 12;
const rounds = 12;

export interface FittedLight extends LightNoise {
  /** Share of the blocks whose variance such noise explains: 0.84 of pure noise, little of a picture without any. */
  readonly explained: number;
}

/**
 * @param black `known`: light 0 is none, and neither part is negative; `unknown`: an offset may lie below the light
 * @param least variance that is told from none
 * @returns null for fewer than 24 blocks
 */
export function fitLight(
  { means, variances }: Blocks,
  { count, quartile, kept: keptShare }: Details,
  black: 'known' | 'unknown',
  least?: number,
): FittedLight | null {
  if (means.length < fewest) return null;
  const line = lines[black];
  const believed = 1 + Math.sqrt(2 / count);
  // To begin with: of each group of equal light the quieter blocks, which most probably are flat.
  const order = means.map((_, at) => at).sort((one, other) => means[one]! - means[other]!);
  const groups = Math.min(bins, Math.floor(order.length / 8));
  const quiet = { means: [] as number[], variances: [] as number[] };
  for (let group = 0; group < groups; group++) {
    const members = order.slice(
      Math.floor((group * order.length) / groups),
      Math.floor(((group + 1) * order.length) / groups),
    );
    const sorted = members.map((at) => variances[at]!).sort((one, other) => one - other);
    quiet.means.push(members.reduce((sum, at) => sum + means[at]!, 0) / members.length);
    quiet.variances.push(sorted[Math.floor(sorted.length / 4)]! / quartile);
  }
  let noise = line(quiet, () => 1);
  let explained = 0;
  for (let round = 0; round < rounds; round++) {
    const kept: Blocks = { means: [], variances: [] };
    for (let at = 0; at < means.length; at++)
      if (variances[at]! < believed * varianceAt(noise, means[at]!, least)) {
        kept.means.push(means[at]!);
        kept.variances.push(variances[at]! / keptShare);
      }
    if (kept.means.length < fewest / 2) break;
    explained = kept.means.length / means.length;
    const before = noise;
    noise = line(kept, (mean) => 1 / varianceAt(before, mean, least) ** 2);
  }
  return { ...noise, explained };
}

/** @param least where noise of less is rounded away */
export const varianceAt = ({ shot, read }: LightNoise, light: number, least = 1e-12): number =>
  Math.max(least, shot * Math.max(0, light) + read);

type Line = (blocks: Blocks, weightOf: (mean: number) => number) => LightNoise;

/** Weighted least squares. */
const lines: Readonly<Record<'known' | 'unknown', Line>> = {
  unknown: (blocks, weightOf) => lineOf(sumsOf(blocks, weightOf)),
  /** Neither part is negative. */
  known: (blocks, weightOf) => {
    const sums = sumsOf(blocks, weightOf);
    const { w, wy, wxx, wxy } = sums;
    const { shot, read } = lineOf(sums);
    if (shot < 0) return { shot: 0, read: Math.max(0, wy / w) };
    if (read >= 0) return { shot, read };
    return { shot: wxx > 0 ? Math.max(0, wxy / wxx) : 0, read: 0 };
  },
};

type Sums = ReturnType<typeof sumsOf>;

function sumsOf({ means, variances }: Blocks, weightOf: (mean: number) => number) {
  let [w, wx, wy, wxx, wxy] = [0, 0, 0, 0, 0];
  for (let at = 0; at < means.length; at++) {
    const x = means[at]!;
    const y = variances[at]!;
    const weight = weightOf(x);
    w += weight;
    wx += weight * x;
    wy += weight * y;
    wxx += weight * x * x;
    wxy += weight * x * y;
  }
  return { w, wx, wy, wxx, wxy };
}

function lineOf({ w, wx, wy, wxx, wxy }: Sums): LightNoise {
  const determinant = w * wxx - wx * wx;
  const shot = determinant > 1e-12 * w * wxx ? (w * wxy - wx * wy) / determinant : 0;
  return { shot, read: (wy - shot * wx) / w };
}
