/**
 * From scores of good pictures, each judged without itself, to the score above which a picture is called unusual: the dial says how many of 100 fresh
 * good ones may be. A fresh one is as likely to have any rank among them, so what lies above the k-th highest of n is flagged with a chance of
 * k / (n + 1); between two ranks the score is interpolated. Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World, 2005.
 */

export interface Dial {
  /** What is above it is unusual; null: there are too few good pictures to promise that. */
  readonly threshold: number | null;
  /** How many would be needed at the least. */
  readonly needed: number;
  /** Good pictures above it, each judged without itself. */
  readonly flagged: number;
  /** Percent: where the share of fresh good ones that are flagged lies in nine of ten such folders. */
  readonly between: { readonly low: number; readonly high: number } | null;
}

/** @param scores of good pictures @param falseAlarms percent of fresh good ones that may be flagged */
export function dialOf(scores: readonly number[], falseAlarms: number): Dial {
  const count = scores.length;
  const needed = Math.ceil(100 / falseAlarms - 1e-9) - 1;
  // A share of a hundred is no exact number: 5 % of 20 is to be 1.
  const rank = Number(((falseAlarms / 100) * (count + 1)).toFixed(9));
  if (rank < 1) return { threshold: null, needed, flagged: 0, between: null };
  const falling = scores.toSorted((one, other) => other - one);
  const above = Math.min(count, Math.floor(rank));
  const upper = falling[above - 1]!;
  const lower = falling[Math.min(count - 1, above)]!;
  const threshold = upper + Math.min(1, rank - above) * (lower - upper);
  return {
    ...{ threshold, needed, flagged: scores.filter((score) => score > threshold).length },
    between: { low: 100 * shareAt(0.05, rank, count), high: 100 * shareAt(0.95, rank, count) },
  };
}

/** Of 100 good pictures, how many are at least as unusual as a score; a fresh one counts as one of them. */
export const ranked = (score: number, scores: readonly number[]): number =>
  (100 * (1 + scores.filter((other) => other >= score).length)) / (scores.length + 1);

/**
 * The share that is exceeded with a chance of 1 − `chance`: a quantile of Beta(rank, count + 1 − rank), as the tail of a binomial
 * distribution.
 */
function shareAt(chance: number, rank: number, count: number): number {
  const wanted = Math.round(rank);
  let [low, high] = [0, 1];
  for (let step = 0; step < 40; step++) {
    const share = (low + high) / 2;
    if (atLeast(wanted, count, share) < chance) low = share;
    else high = share;
  }
  return (low + high) / 2;
}

/** The chance of `wanted` or more hits in `count` tries. */
function atLeast(wanted: number, count: number, share: number): number {
  let fewer = 0;
  let logarithm = count * Math.log1p(-share);
  for (let hits = 0; hits < wanted; hits++) {
    fewer += Math.exp(logarithm);
    logarithm += Math.log((count - hits) / (hits + 1)) + Math.log(share / (1 - share));
  }
  return 1 - fewer;
}
