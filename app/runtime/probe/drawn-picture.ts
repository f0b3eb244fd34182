/** A drawn picture with white noise: what an added denoiser must be able to clean. */

/** A noise level as part of the [0,1] scale. */
export const level = (levels: number): number => levels / 255;

/** Waves, a soft slope and discs with edges between 0.1 and 0.9; planar [channels, side, side]. */
export function cleanPicture(side: number, channels: number): Float32Array {
  const picture = new Float32Array(channels * side * side);
  let at = 0;
  for (let channel = 0; channel < channels; channel++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++, at++) {
        const waves = 0.15 * Math.sin((x + 40 * channel) / 23) * Math.cos(y / 31);
        const disc = Math.hypot((x % 97) - 48, (y % 89) - 44) < 26 ? 0.15 : 0;
        picture[at] = 0.3 + (0.2 * x) / side + waves + disc;
      }
  return picture;
}

/**
 * Adds white Gaussian noise, not clipped; the same in every call with the same seed.
 * @param plane for noise that is alike in all channels: the length of one; default: independent
 */
export function withNoise(
  picture: Float32Array,
  sigma: number,
  seed = 1,
  plane: number = picture.length,
): Float32Array {
  const noisy = new Float32Array(picture.length);
  let state = seed >>> 0;
  // mulberry32; Box and Muller, A Note on the Generation of Random Normal Deviates, 1958.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
  for (let i = 0; i < picture.length; i++) {
    const noise =
      i < plane
        ? sigma * Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
        : noisy[i - plane]! - picture[i - plane]!;
    noisy[i] = picture[i]! + noise;
  }
  return noisy;
}

/** dB against white = 1, both clipped to [0,1]. */
export function psnr(a: Float32Array, b: Float32Array): number {
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (clip(a[i]!) - clip(b[i]!)) ** 2;
  return -10 * Math.log10(sum / a.length);
}
