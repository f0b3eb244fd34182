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
  /** What is there. */
  readonly sigma: number;
  /** What the denoiser is told. */
  readonly suggested: number;
  readonly kind: NoiseKind;
}

/**
 * The two agree when neither is more than this many times the other. On white noise the learned level
 * scatters by some percent and Chen's by one or two; on camera noise Chen reads a tenth of it.
 */
export const AGREEMENT = 1.4;

/** What a noise network says of a whole picture. */
export interface Learned {
  readonly sigma: number;
  /** Mean weight of its cells: the inverse of the error that the network expects of the level's logarithm. */
  readonly trust: number;
}

/**
 * How a reading becomes a suggestion. Up to `texture` the network has looked at texture, from `noise` on
 * at noise; between them its number counts in part. High levels are easy to read, so a high number must
 * be trusted more, by `perLevel` and at most `most`, or no more than `cautious` is suggested: clean pictures that are
 * taken for noisy ones then come back at 42 dB or better. `gain` and `lift` (gain × level + lift, at most
 * twice the level and never less than it) make up for what a camera's own smoothing hides from the reading. Strong
 * noise of phones is not smoothed so far: there the level itself is right, by 1.3 dB.
 */
interface Judgement {
  readonly texture: number;
  readonly noise: number;
  readonly perLevel: number;
  readonly most: number;
  readonly cautious: number;
  readonly gain: number;
  readonly lift: number;
}

/**
 * Colour. Chosen on the development sets (docs/denoising.md): CBSD68 without noise is read as up to 31
 * levels, with a trust of 0.6 to 3.2; the pairs of PolyU have 1.4 to 6.3, made phones (27 to 44 levels) 3.9 to 4.9. PolyU wants about
 * 9 levels whatever it is read as, so the suggestion leans on that: a slope of 1.2 and a lift of 2 gave an SSIM of 0.961.
 */
export const COLOUR: Judgement = {
  texture: 1.05,
  noise: 1.5,
  perLevel: 0.1,
  most: 2.4,
  cautious: 3.4,
  gain: 0.6,
  lift: 5.5,
};

/** One channel: clean texture has a trust of up to 1.4, white noise of 5 levels and scans 2 and more. */
export const GRAY: Judgement = {
  ...{ texture: 1.1, noise: 1.5, perLevel: 0.09, most: Infinity },
  ...{ cautious: 3.4, gain: 1, lift: 0 },
};

/** 0 up to the first number, 1 from the second on. */
const ramp = (value: number, from: number, to: number): number =>
  Math.min(1, Math.max(0, (value - from) / (to - from)));

/**
 * What a denoiser that is told the local level of a reconstruction's noise is told of it. On simulated low-dose CT the
 * best is 0.85 (much noise) to 0.9 (little) of the reading.
 */
export const UNEVEN_GAIN = 0.9;

/**
 * The same of noise that was measured in tissue (`tissue.ts`), where the network, which is also told, reads more than the
 * deviation: 1.65 times as much on simulated low-dose CT. On a real chest 1.25 to 1.45 times is best.
 */
export const TISSUE_GAIN = 1.44;

/**
 * What was measured on the mosaic is believed more than any reading of the developed picture, and told as it is: of made files the best is 0.8 to
 * 1.3 times that (docs/denoising.md). @param sensor 8-bit levels
 */
export const bySensor = (sensor: number): Level => ({
  sigma: sensor,
  suggested: sensor,
  kind: 'camera',
});

/** No picture of the sets is read as more without noise: from here on ever less is asked for, by so much a level, to a least. */
const NEVER_CLEAN = 31;
const RELIEF = 0.15;
const LEAST_ASKED = 0.6;

/** How far the network is sure of so high a level: 0 … 1. */
function certainty({ sigma, trust }: Learned, { perLevel, most }: Judgement): number {
  const high = most - RELIEF * Math.max(0, sigma - NEVER_CLEAN);
  return ramp(trust - Math.min(perLevel * sigma, Math.max(LEAST_ASKED, high)), 1, 1.5);
}

/**
 * How far a level is found even in the cells that have least of the finest variation: 0 … 1. It is so of noise that a JPEG was made of
 * after it came in (its colours are at half size, so that it is no longer white). Clean photographs, which the network
 * reads as up to 24 levels, have less: 0.07 of the level, and one whose texture is everywhere 0.23 at a trust of 1.4. Noise has 0.17 to 0.28 at a
 * trust of 2 and more, or 0.45 to 0.8; what the network trusts less must be found so much more.
 * @param fine level by `fine.ts`; 0: not known
 */
const everywhere = ({ sigma, trust }: Learned, fine: number): number =>
  sigma > 0 ? ramp((Math.min(1, trust / TRUSTED) * fine) / sigma, 0.6 * EVERYWHERE, EVERYWHERE) : 0;

/** From this trust on a share of the level that is found everywhere counts as it is, below in proportion. */
export const TRUSTED = 2;

/**
 * Chen's formula reads clean texture and camera noise as 1.7 levels at the most: from here on there is
 * white noise, and the network must read much more to be believed (of 340 noisy photographs one read 1.55 times as much).
 */
export const CERTAIN = 2.5;
export const CERTAIN_AGREEMENT = 1.7;
/**
 * Share of the formula's level that is found everywhere, if it is noise: white noise has 0.9, of strongly textured pictures
 * more; drawings and graphics, which the formula reads as up to 18 levels, less than 0.05.
 */
export const EVERYWHERE = 0.3;

/** A reading as far as it can be trusted, and what follows from it. @param fine as of `combine` */
export function judge(learned: Learned, by: Judgement, fine = 0): Omit<Level, 'kind'> {
  const { sigma, trust } = learned;
  const share = ramp(trust, by.texture, by.noise);
  const wanted = Math.max(sigma, Math.min(2 * sigma, by.gain * sigma + by.lift));
  const cautious = Math.min(wanted, by.cautious);
  const bySelf = cautious + (wanted - cautious) * certainty(learned, by);
  // What no camera has smoothed is told as it is.
  const byFine = cautious + Math.max(0, sigma - cautious) * everywhere(learned, fine);
  return { sigma: share * sigma, suggested: share * Math.max(bySelf, byFine) };
}

/**
 * For colour. Where the two agree the noise is white, and Chen's formula is the more exact. Where Chen
 * reads much less, the noise is correlated, which it does not see; or the network takes texture for noise,
 * which its trust tells, and then the formula's level stays. Where Chen reads a little that the
 * network does not, it takes fine texture for noise, which the network was trained to tell apart; what it is certain of
 * stays, if it is found everywhere.
 * @param chen equivalent white level by `estimateChen`
 * @param fine level of the finest variation where there is least of it (`fine.ts`); 0: not known
 */
export function combine(chen: number, learned: Learned, fine = 0): Level {
  const { sigma } = learned;
  if (chen > AGREEMENT * sigma)
    return chen >= CERTAIN && fine >= EVERYWHERE * chen
      ? { sigma: chen, suggested: chen, kind: 'white' }
      : { sigma, suggested: sigma, kind: 'unknown' };
  const camera = judge(learned, COLOUR, fine);
  const sure = Math.max(certainty(learned, COLOUR), everywhere(learned, fine));
  const doubtful = chen >= CERTAIN && sure < 1;
  const agreement = chen >= CERTAIN ? CERTAIN_AGREEMENT : AGREEMENT;
  if (sigma <= agreement * chen || camera.sigma <= chen || doubtful)
    return { sigma: chen, suggested: chen, kind: 'white' };
  return { ...camera, kind: 'camera' };
}

/** The network reads air as 1 / 1.53 of its sigma; where more is found, it was something else. */
export const MOST_OF_AIR = 1.8;

/** Levels that were measured where a kind of scan has nothing else; null: it is not of that kind, or has no such place. */
export interface Measured {
  /** By `readMagnitudeNoise`: tells the sigma that lies on the signal. */
  readonly air: number | null;
  /** By `tissueNoiseSteps`: is there, whatever the network trusts itself to say of so few levels. */
  readonly tissue: number | null;
}

/** For one channel. Of air, its easiest part, the network tells less than what lies on the signal. */
export function combineGray({ air, tissue }: Measured, learned: Learned): Omit<Level, 'kind'> {
  const judged = judge(learned, GRAY);
  if (tissue !== null && tissue > judged.sigma) return { sigma: tissue, suggested: tissue };
  const believed = air !== null && air > judged.sigma && air < MOST_OF_AIR * learned.sigma;
  return believed ? { sigma: air, suggested: air } : judged;
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
