/**
 * What pairs of runs say: the median of their ratios, and an interval for it that supposes nothing about how
 * the times are spread.
 */

/** How sure an interval has to be. */
const WANTED = 0.95;

export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Probability that the interval holds the true median, 0–1. */
  readonly confidence: number;
}

/** The middle value, or the mean of the two middle ones. @throws RangeError for no values */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('There is no median of no values.');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The median with the narrowest interval between two order statistics, as far from the ends on both sides, that
 * holds the true median with at least `wanted` probability; with too few values for that (fewer than six for 95 %) the
 * whole range and what it is worth. The k-th smallest and largest of n values have it between them with
 * 1 − 2·P(X < k), X binomial(n, 1/2): H. A. David, H. N. Nagaraja, Order Statistics, 3rd ed. 2003, section 7.1.
 * @throws RangeError for no values
 */
export function medianWithInterval(values: readonly number[], wanted = WANTED): Estimate {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const middle = median(sorted);
  let k = 1;
  let outside = 0.5 ** n;
  let term = outside;
  for (;;) {
    term *= (n - k + 1) / k;
    if (2 * (k + 1) > n + 1 || 1 - 2 * (outside + term) < wanted) break;
    outside += term;
    k += 1;
  }
  return {
    median: middle,
    low: sorted[k - 1]!,
    high: sorted[n - k]!,
    confidence: Math.max(0, 1 - 2 * outside),
  };
}

/** Which goes first in each pair: A B, B A, A B, … so that a drifting machine treats both alike. */
export const baselineFirst = (pair: number): boolean => pair % 2 === 0;

export type Verdict = 'no worse' | 'worse' | 'unclear';

/** Whether the new one costs more than `tolerance` (0.03: 3 %) above the old one; too few pairs say nothing. */
export function verdictOf({ low, high, confidence }: Estimate, tolerance = 0.03): Verdict {
  if (confidence < WANTED) return 'unclear';
  if (high <= 1 + tolerance) return 'no worse';
  if (low > 1 + tolerance) return 'worse';
  return 'unclear';
}
