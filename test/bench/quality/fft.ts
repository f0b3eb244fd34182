/** Discrete Fourier transform in place (Cooley, Tukey 1965, radix 2), for the ramp filter and spectra. */

/**
 * @param re real parts, length a power of two @param im imaginary parts, the same length
 * @param inverse without the division by the length
 */
export function fft(re: Float64Array, im: Float64Array, inverse = false): void {
  const size = re.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [re[i], re[j]] = [re[j]!, re[i]!];
    [im[i], im[j]] = [im[j]!, im[i]!];
  }
  const { cos, sin } = twiddles(size);
  for (let half = 1; half < size; half *= 2) {
    const step = size / (2 * half);
    for (let start = 0; start < size; start += 2 * half)
      for (let k = 0; k < half; k++) {
        const c = cos[k * step]!;
        const s = inverse ? sin[k * step]! : -sin[k * step]!;
        const [p, q] = [start + k, start + k + half];
        const x = re[q]! * c - im[q]! * s;
        const y = re[q]! * s + im[q]! * c;
        re[q] = re[p]! - x;
        im[q] = im[p]! - y;
        re[p]! += x;
        im[p]! += y;
      }
  }
}

const known = new Map<number, { cos: Float64Array; sin: Float64Array }>();

function twiddles(size: number) {
  let pair = known.get(size);
  if (!pair) {
    const angle = (_: unknown, k: number): number => (2 * Math.PI * k) / size;
    const angles = Float64Array.from({ length: size / 2 }, angle);
    pair = { cos: angles.map(Math.cos), sin: angles.map(Math.sin) };
    known.set(size, pair);
  }
  return pair;
}
