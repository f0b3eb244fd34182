/**
 * Detail recovery: finds, in the luma that was removed, what is too strong to be noise, and gives it
 * back. Works on one region at a time; a region with a margin of `DETAIL_MARGIN` pixels gives the
 * same bits as the whole picture. Formula and measurements: docs/denoising.md.
 *
 * Three bands of the à-trous B3-spline wavelet (Starck, Murtagh, "Astronomical Image and Data
 * Analysis", 2nd ed., 2.3 and appendix A; Holschneider et al. 1989) of the residual; in each band a
 * local empirical Wiener gain, max(0, E − 1.1 N) / E, of the energy E around a coefficient against
 * the energy N that white noise of the known strength has in that band.
 */
import type { Rect } from '../contract/index.ts';
import { mirrorIndex as mirror } from '../runtime/index.ts';

/** A region of a picture, row-major, one value per pixel. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

interface Band {
  /** Distance of the filter's taps, pixels. */
  readonly step: number;
  /** Standard deviation of unit white noise in this band, 2-D B3 à-trous: the norm of its impulse response. */
  readonly noise: number;
  /** Filters one after the other that average the energy around a coefficient: their tap distances. */
  readonly energySteps: readonly number[];
}

const BANDS: readonly Band[] = [
  { step: 1, noise: 0.8908, energySteps: [1, 2] },
  { step: 2, noise: 0.2007, energySteps: [2, 4] },
  { step: 4, noise: 0.0855, energySteps: [4] },
];

/**
 * Share of the expected noise energy that must be exceeded: noise readings are a percent or two low,
 * and the energy of noise scatters.
 */
const EXCESS = 1.1;

/**
 * Pixels around a region that its detail depends on: filters reach 2, 4 and 8 pixels, the energy of
 * the widest band 8 more; rounded up to the multiple of 8 that tile plans want.
 */
export const DETAIL_MARGIN = 24;

/**
 * @param residual luma that was removed (source − cleaned), white = 1; where the region ends it is
 *   mirrored, so it must end only where the picture does, or `DETAIL_MARGIN` outside of `inner`
 * @param inner the part of the region that is wanted, region coordinates
 * @param sigma standard deviation of the noise in luma, white = 1; 0 gives everything back
 * @returns the part of the residual that is detail, inner.width × inner.height
 */
export function findDetail(residual: Plane, inner: Rect, sigma: number): Float32Array {
  const { width, height } = residual;
  const detail = new Float32Array(inner.width * inner.height);
  const size = width * height;
  const scratch = new Float32Array(size);
  const energy = new Float32Array(size);
  let coarse = residual.data;
  for (const band of BANDS) {
    const smooth = new Float32Array(size);
    smoothPlane(coarse, smooth, scratch, width, height, band.step);
    // The band is fine − coarse; the finer plane is no longer needed, unless it is the caller's.
    const coefficients = coarse === residual.data ? new Float32Array(size) : coarse;
    for (let i = 0; i < size; i++) {
      const value = coarse[i]! - smooth[i]!;
      coefficients[i] = value;
      energy[i] = value * value;
    }
    for (const step of band.energySteps) smoothPlane(energy, energy, scratch, width, height, step);
    const limit = EXCESS * (band.noise * sigma) ** 2;
    for (let y = 0; y < inner.height; y++) {
      const from = (inner.y + y) * width + inner.x;
      const to = y * inner.width;
      for (let x = 0; x < inner.width; x++) {
        const local = energy[from + x]!;
        if (local > limit) detail[to + x]! += coefficients[from + x]! * (1 - limit / local);
      }
    }
    coarse = smooth;
  }
  return detail;
}

/** B3 spline [1 4 6 4 1] / 16 along rows, then columns, taps `step` apart, mirrored at the edges. */
function smoothPlane(
  from: Float32Array,
  to: Float32Array,
  scratch: Float32Array,
  width: number,
  height: number,
  step: number,
): void {
  const edge = 2 * step;
  for (let y = 0; y < height; y++) {
    const line = y * width;
    const inside = Math.max(edge, width - edge);
    const tap = (x: number): number => from[line + mirror(x, width)]!;
    for (let x = 0; x < width; x++) {
      if (x === edge && inside > edge) {
        for (; x < inside; x++) {
          const at = line + x;
          scratch[at] =
            (from[at - edge]! + from[at + edge]!) * 0.0625 +
            (from[at - step]! + from[at + step]!) * 0.25 +
            from[at]! * 0.375;
        }
      }
      scratch[line + x] =
        (tap(x - edge) + tap(x + edge)) * 0.0625 +
        (tap(x - step) + tap(x + step)) * 0.25 +
        tap(x) * 0.375;
    }
  }
  for (let y = 0; y < height; y++) {
    const a = mirror(y - edge, height) * width;
    const b = mirror(y - step, height) * width;
    const c = y * width;
    const d = mirror(y + step, height) * width;
    const e = mirror(y + edge, height) * width;
    for (let x = 0; x < width; x++)
      to[c + x] =
        (scratch[a + x]! + scratch[e + x]!) * 0.0625 +
        (scratch[b + x]! + scratch[d + x]!) * 0.25 +
        scratch[c + x]! * 0.375;
  }
}
