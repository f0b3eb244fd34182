/** Places of a map that stand out, each as one: what touches belongs together. */
import type { Plane } from '../plane.ts';

/** Shares of the picture's width and height, from its top left. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Highest value in it. */
  readonly peak: number;
}

/**
 * Where a map is at a level or above it, the highest first.
 * @param reach samples between two places that are still one: 1 is what touches, also by a corner
 */
export function spotsOf({ width, height, data }: Plane, level: number, reach = 1): Spot[] {
  const seen = new Uint8Array(data.length);
  const spots: Spot[] = [];
  for (let start = 0; start < data.length; start++) {
    if (seen[start] || data[start]! < level) continue;
    let [left, top, right, bottom, peak] = [width, height, 0, 0, 0];
    const waiting = [start];
    seen[start] = 1;
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const [x, y] = [at % width, Math.floor(at / width)];
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
      peak = Math.max(peak, data[at]!);
      for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++)
        for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++) {
          const next = v * width + u;
          if (seen[next] || data[next]! < level) continue;
          seen[next] = 1;
          waiting.push(next);
        }
    }
    spots.push({
      ...{ x: left / width, y: top / height, peak },
      ...{ width: (right - left) / width, height: (bottom - top) / height },
    });
  }
  return spots.sort((one, other) => other.peak - one.peak);
}
