/**
 * Noise of magnitude MR images: the length of a complex signal with white noise in both parts
 * (Gudbjartsson, Patz, "The Rician distribution of noisy MRI data", MRM 1995, equation 1).
 */
import { normal } from '../../random.ts';
import { withData, type Field } from './field.ts';

/** @param sigma of each part, in units of the picture */
export function withRicianNoise(clean: Field, sigma: number, seed: number): Field {
  const random = normal(seed);
  return withData(
    clean,
    clean.data.map((value) => Math.hypot(value + sigma * random(), sigma * random())),
  );
}

/**
 * Takes the bias of the magnitude out of a picture that was cleaned without knowing of it: the mean of
 * the squares is A² + 2σ² (the same paper), so A = √(x² − 2σ²).
 */
export const withoutRicianBias = (cleaned: Field, sigma: number): Field =>
  withData(
    cleaned,
    cleaned.data.map((value) => Math.sqrt(Math.max(0, value * value - 2 * sigma * sigma))),
  );
