/**
 * What a picture is made of, as numbers, wherever in it that is: of each pixel, which of its eight neighbours are no lighter, counted over the whole
 * picture. Foliage, brick and sand differ in that where their edges are alike. What becomes of the numbers is `descriptor.ts`.
 *
 * After Wu & Rehg, CENTRIST: A Visual Descriptor for Scene Categorization, PAMI 33(8), 2011: the census transform histogram, without its pyramid of
 * places (places are what `looks.ts` is about; with cells of it less was found, also of other sets). The root of each share is taken (Hellinger).
 */
import type { Plane } from './plane.ts';

/** Neighbours, in the order of their bits, the lowest first. */
const AROUND: readonly (readonly [number, number])[] = [
  [-1, -1],
  [0, -1],
  [1, -1],
  [-1, 0],
  [1, 0],
  [-1, 1],
  [0, 1],
  [1, 1],
];

/** How many numbers there are: one for each set of neighbours. */
export const TEXTURES = 1 << AROUND.length;

/**
 * @param plane gray, as it is: pixels that were made between others by stretching have neighbours of another kind
 * @returns [TEXTURES], roots of shares that sum to 1; of a picture without an inner pixel zeros
 */
export function textureOf({ width, height, data }: Plane): Float32Array {
  const counts = new Float32Array(TEXTURES);
  const steps = AROUND.map(([x, y]) => y * width + x);
  for (let y = 1; y < height - 1; y++)
    for (let at = y * width + 1; at < (y + 1) * width - 1; at++) {
      const here = data[at]!;
      let code = 0;
      for (let bit = 0; bit < steps.length; bit++)
        if (data[at + steps[bit]!]! <= here) code |= 1 << bit;
      counts[code]!++;
    }
  const pixels = Math.max(1, (width - 2) * (height - 2));
  return counts.map((count) => Math.sqrt(count / pixels));
}

/** Which code each has in the mirrored picture. */
const mirrorOf = Uint8Array.from({ length: TEXTURES }, (_, code) =>
  AROUND.reduce((mirrored, [x, y], bit) => {
    const other = AROUND.findIndex(([u, v]) => u === -x && v === y);
    return (code >> bit) & 1 ? mirrored | (1 << other) : mirrored;
  }, 0),
);

/** Those of the mirrored picture (left is right). */
export const mirroredTexture = (texture: Float32Array): Float32Array =>
  texture.map((_, code) => texture[mirrorOf[code]!]!);
