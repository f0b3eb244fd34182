/** Principal components (`runtime/components.ts`) as a linear autoencoder, which reaches them and never passes. */
import { dot, type Components } from '../runtime/components.ts';

/** What is left of each sample by its code: the same values, decoded. */
export function decodedBy({ mean, vectors }: Components, samples: Float32Array): Float32Array {
  const size = mean.length;
  const decoded = new Float32Array(samples.length);
  for (let start = 0; start < samples.length; start += size) {
    const whole = new Float64Array(mean);
    for (const vector of vectors) {
      let code = 0;
      for (let i = 0; i < size; i++) code += (samples[start + i]! - mean[i]!) * vector[i]!;
      for (let i = 0; i < size; i++) whole[i]! += code * vector[i]!;
    }
    decoded.set(whole, start);
  }
  return decoded;
}

/**
 * Weights of a dense layer in and one out that decode as the components do: [size, width], biases, [width, size], biases.
 */
export function weightsOf({ mean, vectors }: Components): Float32Array {
  const size = mean.length;
  const width = vectors.length;
  const weights = new Float32Array(2 * size * width + width + size);
  const out = size * width + width;
  for (const [k, vector] of vectors.entries()) {
    for (let i = 0; i < size; i++) {
      weights[i * width + k] = vector[i]!;
      weights[out + k * size + i] = vector[i]!;
    }
    weights[size * width + k] = -dot(vector, mean);
  }
  weights.set(mean, out + size * width);
  return weights;
}
