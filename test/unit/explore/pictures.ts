/** Small pictures that are drawn from formulas: things of several sizes at places that a seed chooses. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, readAxes, type Axes, type Described } from '../../../app/explore/descriptor.ts';
import type { Plane } from '../../../app/explore/plane.ts';
import { Draws } from '../../../app/runtime/draws.ts';
import { repositoryRoot } from '../../data.ts';

export const axes: Axes = readAxes(
  readFileSync(join(repositoryRoot, 'models/describe-looks/axes.bin')),
)!;

/** What is where, 0 to 1, asked for at any place. */
type Scene = (x: number, y: number) => number;

/** Ellipses and stripes on a ramp. */
export function scene(seed: number): Scene {
  const draws = new Draws(seed, 77);
  const things = Array.from({ length: 24 }, () => ({
    ...{ x: draws.next(), y: draws.next(), angle: draws.next() * Math.PI },
    ...{ wide: 0.04 + 0.2 * draws.next() ** 2, high: 0.02 + 0.1 * draws.next() },
    ...{ light: draws.next(), wave: 20 + 100 * draws.next(), striped: draws.next() < 0.4 },
  }));
  const slope = draws.next() - 0.5;
  return (x, y) => {
    let value = 0.5 + slope * (x - y);
    for (const { x: cx, y: cy, angle, wide, high, light, wave, striped } of things) {
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      const u = (x - cx) * cos + (y - cy) * sin;
      const v = (y - cy) * cos - (x - cx) * sin;
      if ((u / wide) ** 2 + (v / high) ** 2 < 1)
        value = striped ? light + 0.3 * Math.sin(wave * u) : light;
    }
    return Math.min(1, Math.max(0, value));
  };
}

/** @param place which point of the scene a point of the picture shows */
export function plane(
  of: Scene,
  { width = 200, height = 150 } = {},
  place: (x: number, y: number) => readonly [number, number] = (x, y) => [x, y],
): Plane {
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data[y * width + x] = of(...place((x + 0.5) / width, (y + 0.5) / height));
  return { width, height, data };
}

export const seen = (picture: Plane): Described => describe(picture, axes);
