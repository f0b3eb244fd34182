/** The encoder's decision: which whole number of steps a latent becomes. Decoders never need it. */
import { bitsOf, LARGEST_SYMBOL, type FrequencyTable } from './tables.ts';

/**
 * Rate-distortion optimised rounding: the nearest symbol, or its neighbour nearer to 0 where that
 * takes less of bits·256 + rdo·(distance in steps)².
 * @param residual latent minus its prediction, steps
 */
export function quantise(table: FrequencyTable, rdo: number, residual: number): number {
  const nearest = Math.min(LARGEST_SYMBOL, Math.max(-LARGEST_SYMBOL, Math.floor(residual + 0.5)));
  if (nearest === 0) return 0;
  const smaller = nearest > 0 ? nearest - 1 : nearest + 1;
  const cost = (symbol: number) =>
    bitsOf(table, symbol) * 256 + rdo * ((residual - symbol) * (residual - symbol));
  return cost(smaller) < cost(nearest) ? smaller : nearest;
}
