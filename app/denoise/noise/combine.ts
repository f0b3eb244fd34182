/**
 * From what two estimators say to the one level that a person reads and the denoiser is told. Pure
 * numbers, 8-bit levels; where they come from is `chen.ts` and `learned.ts`.
 */

/**
 * white: independent from pixel to pixel; camera: correlated between neighbours, as in camera JPEGs;
 * unknown: there is nothing to tell them apart by.
 */
export type NoiseKind = 'white' | 'camera' | 'unknown';

export interface Level {
  readonly sigma: number;
  readonly kind: NoiseKind;
}

/**
 * The two agree when neither is more than this many times the other. On white noise the learned level
 * scatters by some percent and Chen's by one or two; on camera noise Chen reads a tenth of it.
 */
export const AGREEMENT = 1.3;

/** What a noise network says of a whole picture. */
export interface Learned {
  readonly sigma: number;
  /** Mean weight of its cells: the inverse of the error that the network expects of the level's logarithm. */
  readonly trust: number;
}

/**
 * Below this trust texture hides the noise: sand, grass and foliage without any noise are read as up to
 * 20 levels, but with a trust of 0.6 to 1.4; the pairs of PolyU have 1.1 to 4, white noise of 5 levels and
 * more mostly above 3 (docs/denoising.md).
 */
export const TRUSTED = 1.4;

/** Chen's formula reads clean texture as 1.7 levels at the most; from here on there is white noise. */
export const CERTAIN = 2.5;

/**
 * The most that is suggested without trust. A clean picture cleaned with it comes back at 42 dB or better,
 * which nobody sees.
 */
export const CAUTIOUS = 7;

/**
 * For colour. Where the two agree the noise is white, and Chen's formula is the more exact. Where Chen
 * reads much less, the noise is correlated, which it does not see. Where it reads much more, it takes
 * fine texture for noise, which the network was trained to tell apart. Where the network does not trust
 * itself, Chen's level decides if it is certain, and caution if not.
 * @param chen equivalent white level by `estimateChen`
 */
export function combine(chen: number, { sigma, trust }: Learned): Level {
  const above = sigma > AGREEMENT * chen;
  if (!above && chen <= AGREEMENT * sigma) return { sigma: chen, kind: 'white' };
  if (above && trust < TRUSTED)
    return chen >= CERTAIN
      ? { sigma: chen, kind: 'white' }
      : { sigma: Math.min(sigma, CAUTIOUS), kind: 'camera' };
  return { sigma, kind: above ? 'camera' : 'unknown' };
}

/** Added before the logarithm: half a level. Differences below it are not visible. */
const FLOOR = 0.5;

/**
 * The level of the whole picture from those of its cells: exp(Σ w ln(level + ½) / Σ w) − ½, the mean
 * for which being twice too high and half too low weigh the same.
 * @param weights not negative; all 0 gives 0
 */
export function imageLevel(levels: ArrayLike<number>, weights: ArrayLike<number>): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < levels.length; i++) {
    const weight = weights[i]!;
    if (weight === 0) continue;
    sum += weight * Math.log(levels[i]! + FLOOR);
    total += weight;
  }
  return total === 0 ? 0 : Math.max(0, Math.exp(sum / total) - FLOOR);
}
