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

/** Trust up to which a reading is texture, and from which on it is noise; between them it counts in part. */
interface Doubt {
  readonly doubted: number;
  readonly trusted: number;
}

/**
 * Colour: sand, grass and foliage without noise are read as up to 16 levels, with a trust of 0.6 to 0.95;
 * the pairs of PolyU have 1.2 to 4 (docs/denoising.md).
 */
export const COLOUR: Doubt = { doubted: 1, trusted: 1.25 };

/** One channel tells less: clean texture has a trust of up to 1.4, noise of 5 levels 2 and more. */
export const GRAY: Doubt = { doubted: 1.3, trusted: 1.7 };

/** The level of a reading as far as it can be trusted. */
export const believable = ({ sigma, trust }: Learned, { doubted, trusted }: Doubt): number =>
  sigma * Math.min(1, Math.max(0, (trust - doubted) / (trusted - doubted)));

/**
 * For colour. Where the two agree the noise is white, and Chen's formula is the more exact. Where Chen
 * reads much less, the noise is correlated, which it does not see; or the network takes texture for noise,
 * which its trust tells, and then the formula's level stays. Where Chen reads much more, it takes fine
 * texture for noise, which the network was trained to tell apart.
 * @param chen equivalent white level by `estimateChen`
 */
export function combine(chen: number, learned: Learned): Level {
  const { sigma } = learned;
  if (chen > AGREEMENT * sigma) return { sigma, kind: 'unknown' };
  const camera = believable(learned, COLOUR);
  const agree = sigma <= AGREEMENT * chen;
  return agree || camera <= chen
    ? { sigma: chen, kind: 'white' }
    : { sigma: camera, kind: 'camera' };
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
