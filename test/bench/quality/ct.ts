/**
 * Simulated low-dose CT: what a slice would look like with fewer photons. Sources:
 * - forward model and filtered back projection: Kak, Slaney, "Principles of Computerized Tomographic
 *   Imaging", 1988, chapter 3 (parallel beams; ramp filter: equation 61, reconstruction: equation 33)
 * - line integrals: Joseph, "An improved algorithm for reprojecting rays through pixel images",
 *   IEEE TMI 1982
 * - noise: photon counts are Poisson, the electronics add Gaussian noise (Elbakri, Fessler, IEEE TMI
 *   2002, equation 6)
 * The reconstruction is linear, so only the difference of the noisy and the clean sinogram is
 * reconstructed and added to the slice: the slice itself is then the exact truth, without the blur of
 * a second reconstruction. Left out: beam hardening, scatter, bow-tie filter, fan beams, helix.
 */
import { normal, uniform } from '../../random.ts';
import { withData, type Field } from './field.ts';
import { fft } from './fft.ts';

export interface Scanner {
  /** Angles over half a turn. */
  readonly views: number;
  /** Side of a pixel, and of a detector, mm. */
  readonly pixel: number;
  /** Photons per ray before the patient. */
  readonly photons: number;
  /** Standard deviation of the electronic noise, in photons. */
  readonly electronic: number;
}

/** Of water at about 70 keV, 1/mm (NIST XCOM: 0.0193). */
export const WATER = 0.0193;

/** What rays through a square slice add up to: [views, detectors], row-major. */
export interface Sinogram {
  readonly views: number;
  readonly detectors: number;
  readonly data: Float32Array;
}

/** @param hu Hounsfield units, square @returns attenuation, 1/mm; nothing is below that of air */
export const attenuation = (hu: Field): Float32Array =>
  hu.data.map((value) => Math.max(0, (WATER * (1000 + value)) / 1000));

/**
 * Line integrals of `side` × `side` values, through the centre, a detector per pixel.
 * @param pixel length of a pixel's side: the unit of the result is that of the values times it
 */
export function project(
  values: Float32Array,
  side: number,
  views: number,
  pixel: number,
): Sinogram {
  const detectors = Math.ceil(side * Math.SQRT2) | 1;
  const data = new Float32Array(views * detectors);
  const centre = (side - 1) / 2;
  const last = side - 1;
  for (let view = 0; view < views; view++) {
    const angle = (Math.PI * view) / views;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    // A ray: x cos + y sin = t. It is walked along the axis that it follows more closely.
    const alongY = Math.abs(cos) >= Math.abs(sin);
    const [near, far] = alongY ? [cos, sin] : [sin, cos];
    const [stepAlong, stepAcross] = alongY ? [side, 1] : [1, side];
    const slope = -far / near;
    const length = pixel / Math.abs(near);
    for (let d = 0; d < detectors; d++) {
      const t = d - (detectors - 1) / 2;
      let at = centre + t / near - slope * centre;
      let sum = 0;
      for (let k = 0; k < side; k++, at += slope) {
        if (at <= -1 || at >= side) continue;
        const low = Math.floor(at);
        const part = at - low;
        const from = k * stepAlong + low * stepAcross;
        if (low >= 0) sum += (1 - part) * values[from]!;
        if (low < last) sum += part * values[from + stepAcross]!;
      }
      data[view * detectors + d] = sum * length;
    }
  }
  return { views, detectors, data };
}

/**
 * Filtered back projection with the ramp filter under a Hann window, as soft-tissue kernels have it.
 * @returns `side` × `side` values, the inverse of `project`
 */
export function reconstruct(sinogram: Sinogram, side: number, pixel: number): Float32Array {
  const { views, detectors } = sinogram;
  const filtered = rampFilter(sinogram, pixel);
  const result = new Float32Array(side * side);
  const middle = (detectors - 1) / 2;
  const centre = (side - 1) / 2;
  for (let view = 0; view < views; view++) {
    const angle = (Math.PI * view) / views;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const line = filtered.subarray(view * detectors, (view + 1) * detectors);
    for (let y = 0, i = 0; y < side; y++) {
      let t = (y - centre) * sin - centre * cos + middle;
      for (let x = 0; x < side; x++, i++, t += cos) {
        const low = Math.floor(t);
        const part = t - low;
        result[i]! += line[low]! + part * (line[low + 1]! - line[low]!);
      }
    }
  }
  return result.map((value) => (value * Math.PI) / views);
}

function rampFilter({ views, detectors, data }: Sinogram, pixel: number): Float32Array {
  const size = 2 ** Math.ceil(Math.log2(2 * detectors));
  const kernel = new Float64Array(size);
  const zero = new Float64Array(size);
  kernel[0] = 1 / (4 * pixel);
  for (let n = 1; n < size / 2; n += 2)
    kernel[n] = kernel[size - n] = -1 / (Math.PI ** 2 * n * n * pixel);
  fft(kernel, zero);
  const response = kernel.map(
    (value, k) => (value * (0.5 + 0.5 * Math.cos((2 * Math.PI * k) / size))) / size,
  );
  const result = new Float32Array(data.length);
  // The response is real and even, so two views fit into one transform.
  for (let view = 0; view < views; view += 2) {
    const [re, im] = [new Float64Array(size), new Float64Array(size)];
    const second = view + 1 < views;
    const start = view * detectors;
    re.set(data.subarray(start, start + detectors));
    if (second) im.set(data.subarray(start + detectors, start + 2 * detectors));
    fft(re, im);
    for (let k = 0; k < size; k++) {
      re[k]! *= response[k]!;
      im[k]! *= response[k]!;
    }
    fft(re, im, true);
    result.set(re.subarray(0, detectors), start);
    if (second) result.set(im.subarray(0, detectors), start + detectors);
  }
  return result;
}

/**
 * The noise of fewer photons, in Hounsfield units.
 * @param clean of the slice's attenuation, by `project` with the scanner's views and pixel
 * @param side of the slice, pixels
 */
export function lowDoseNoise(
  clean: Sinogram,
  side: number,
  scanner: Scanner,
  seed: number,
): Float32Array {
  const { photons, electronic, pixel } = scanner;
  const next = uniform(seed);
  const gauss = normal(seed + 1_000_003);
  const difference = clean.data.map((path) => {
    const counted = poisson(photons * Math.exp(-path), next, gauss) + electronic * gauss();
    // Detectors report at least something: the logarithm needs it.
    return -Math.log(Math.max(1, counted) / photons) - path;
  });
  const noise = reconstruct({ ...clean, data: difference }, side, pixel);
  return noise.map((value) => (1000 * value) / WATER);
}

/** The slice with such noise added. @param hu Hounsfield units, square */
export function lowDose(hu: Field, clean: Sinogram, scanner: Scanner, seed: number): Field {
  const noise = lowDoseNoise(clean, hu.width, scanner, seed);
  return withData(
    hu,
    hu.data.map((value, i) => value + noise[i]!),
  );
}

/**
 * A Poisson number: by multiplying uniform numbers (Knuth, TAOCP 2, 3.4.1) up to 30, above that by
 * rounding a normal number, whose first two moments are right and whose skewness is below 0.19.
 */
export function poisson(mean: number, next: () => number, gauss: () => number): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * gauss()));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = next(); product > limit; product *= next()) count++;
  return count;
}
