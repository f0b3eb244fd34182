/** Made images to learn from: discs and slopes at random places, which have edges and flat places as photographs do. */
import type { LearntImage } from '../../../app/learn/images.ts';
import { normal, uniform } from '../../random.ts';

/** Gray, [side, side], 0 to 1. */
export function drawn(seed: number, side: number): Float32Array<ArrayBuffer> {
  const next = uniform(seed);
  const [across, down, ground] = [next() - 0.5, next() - 0.5, 0.3 + 0.4 * next()];
  const discs = Array.from({ length: 12 }, () => ({
    ...{ x: side * next(), y: side * next() },
    ...{ radius: side * (0.05 + 0.15 * next()), value: next() },
  }));
  const data = new Float32Array(side * side);
  for (let y = 0, at = 0; y < side; y++)
    for (let x = 0; x < side; x++, at++) {
      let value = ground + (0.3 * (across * x + down * y)) / side;
      for (const disc of discs)
        if (Math.hypot(x - disc.x, y - disc.y) < disc.radius) value = disc.value;
      data[at] = 0.1 + 0.8 * Math.min(1, Math.max(0, value));
    }
  return data;
}

/** White noise of a deviation, added. */
export function withNoise(
  data: Float32Array<ArrayBuffer>,
  sigma: number,
  seed: number,
): Float32Array<ArrayBuffer> {
  const next = normal(seed);
  return data.map((value) => value + sigma * next());
}

/** Each value becomes a mean of its neighbours, two times. */
export function blurred(data: Float32Array<ArrayBuffer>, side: number): Float32Array<ArrayBuffer> {
  const at = (of: Float32Array, x: number, y: number): number =>
    of[Math.min(side - 1, Math.max(0, y)) * side + Math.min(side - 1, Math.max(0, x))]!;
  const once = (of: Float32Array<ArrayBuffer>) =>
    of.map((value, i) => {
      const [x, y] = [i % side, Math.floor(i / side)];
      return (
        (4 * value + at(of, x - 1, y) + at(of, x + 1, y) + at(of, x, y - 1) + at(of, x, y + 1)) / 8
      );
    });
  return once(once(data));
}

export const learnt = (
  count: number,
  side: number,
  make = (seed: number) => drawn(seed, side),
  first = 1,
): LearntImage[] =>
  Array.from({ length: count }, (_, at) => ({
    sha256: String(first + at).padStart(64, '0'),
    pieces: [{ side, data: make(first + at) }],
  }));
