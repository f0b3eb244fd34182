/** A blur of a plane by a line of values, along rows and along columns. */

/** Values of a Gaussian of a deviation in pixels, an odd number of them, whose sum is 1. */
export function gaussian(sigma: number): Float64Array {
  const reach = Math.ceil(3 * sigma);
  const values = Float64Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * sigma ** 2)),
  );
  const sum = values.reduce((a, b) => a + b, 0);
  return values.map((value) => value / sum);
}

/** One direction of a blur; mirrored beyond the ends. @param step from value to value, and from line to line */
export function along(
  source: Float32Array | Float64Array,
  lines: number,
  length: number,
  kernel: Float64Array,
  step: number,
  line: number,
): Float64Array {
  const target = new Float64Array(lines * length);
  const reach = (kernel.length - 1) / 2;
  for (let l = 0; l < lines; l++)
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let k = -reach; k <= reach; k++) {
        let at = i + k;
        if (at < 0) at = -at;
        if (at >= length) at = 2 * (length - 1) - at;
        at = Math.min(length - 1, Math.max(0, at));
        sum += kernel[k + reach]! * source[l * line + at * step]!;
      }
      target[l * line + i * step] = sum;
    }
  return target;
}
