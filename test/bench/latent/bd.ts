/**
 * Rate–distortion curves and what one costs more than another: Bjøntegaard's delta rate (VCEG-M33, 2001),
 * with monotone piecewise cubic interpolation of log rate over PSNR as in JVET's practice (Fritsch,
 * Carlson, SIAM J. Numer. Anal. 1980).
 */

export interface RatePoint {
  readonly bytes: number;
  /** dB */
  readonly psnr: number;
}

export interface DeltaRate {
  /** Mean change of the size at equal PSNR, percent; negative is smaller. */
  readonly percent: number;
  /** The dB between which both curves were known. */
  readonly from: number;
  readonly to: number;
}

/** Curves whose common range is shorter than this, dB, are not compared. */
const LEAST_RANGE = 1;
const SAMPLES = 400;

/**
 * @param anchor the curve that is 0 %
 * @param low,high the range that is looked at, dB; less where a curve ends before
 * @returns null where the curves have hardly a PSNR in common
 */
export function deltaRate(
  anchor: readonly RatePoint[],
  curve: readonly RatePoint[],
  low: number,
  high: number,
): DeltaRate | null {
  const [a, b] = [interpolate(anchor), interpolate(curve)];
  const from = Math.max(low, a.from, b.from);
  const to = Math.min(high, a.to, b.to);
  if (!(to - from >= LEAST_RANGE)) return null;
  let sum = 0;
  for (let i = 0; i < SAMPLES; i++) {
    const at = from + ((to - from) * (i + 0.5)) / SAMPLES;
    sum += b.value(at) - a.value(at);
  }
  return { percent: 100 * Math.expm1(sum / SAMPLES), from, to };
}

/** Size at a PSNR, bytes; NaN outside of the curve. */
export function bytesAt(curve: readonly RatePoint[], psnr: number): number {
  const { from, to, value } = interpolate(curve);
  return psnr < from || psnr > to ? NaN : Math.exp(value(psnr));
}

/** ln(bytes) over dB. Points that are larger and no better than another are left out. */
function interpolate(points: readonly RatePoint[]) {
  const sorted = [...points].sort((a, b) => a.bytes - b.bytes);
  const kept: RatePoint[] = [];
  for (const point of sorted)
    if (kept.length === 0 || point.psnr > kept.at(-1)!.psnr + 1e-9) kept.push(point);
  const x = kept.map((point) => point.psnr);
  const y = kept.map((point) => Math.log(point.bytes));
  const slopes = tangents(x, y);
  const value = (at: number): number => {
    let i = 0;
    while (i < x.length - 2 && at > x[i + 1]!) i++;
    const h = x[i + 1]! - x[i]!;
    const t = (at - x[i]!) / h;
    return (
      y[i]! * (1 + 2 * t) * (1 - t) ** 2 +
      h * slopes[i]! * t * (1 - t) ** 2 +
      y[i + 1]! * t * t * (3 - 2 * t) +
      h * slopes[i + 1]! * t * t * (t - 1)
    );
  };
  if (x.length < 2) return { from: Infinity, to: -Infinity, value };
  return { from: x[0]!, to: x.at(-1)!, value };
}

/** Slopes that keep the interpolation monotone where the points are. */
function tangents(x: readonly number[], y: readonly number[]): number[] {
  const secants = x.slice(1).map((value, i) => (y[i + 1]! - y[i]!) / (value - x[i]!));
  return x.map((_, i) => {
    if (i === 0) return secants[0] ?? 0;
    if (i === x.length - 1) return secants[i - 1]!;
    const [left, right] = [secants[i - 1]!, secants[i]!];
    if (left * right <= 0) return 0;
    const [h, g] = [x[i]! - x[i - 1]!, x[i + 1]! - x[i]!];
    const [w, v] = [2 * g + h, g + 2 * h];
    return (w + v) / (w / left + v / right);
  });
}
