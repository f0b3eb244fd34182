/** Planes of gray, and how they become smaller. */

export interface Plane {
  readonly width: number;
  readonly height: number;
  /** Gray, row by row. */
  readonly data: Float32Array;
}

/**
 * A square of a plane: means of the areas that its pixels cover, between pixels where they are larger than those of the square.
 * @param from part of the plane; default: all of it. It may end within a pixel
 */
export function squared(
  { width, height, data }: Plane,
  side: number,
  from: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  } = {
    ...{ x: 0, y: 0, width, height },
  },
): Float32Array {
  const across = sharesOf(from.x, from.width, side, width);
  const down = sharesOf(from.y, from.height, side, height);
  const rows = new Float32Array(side * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < side; x++) {
      const { first, shares } = across[x]!;
      let sum = 0;
      for (let i = 0; i < shares.length; i++) sum += shares[i]! * data[y * width + first + i]!;
      rows[y * side + x] = sum;
    }
  const out = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    const { first, shares } = down[y]!;
    for (let i = 0; i < shares.length; i++)
      for (let x = 0; x < side; x++)
        out[y * side + x]! += shares[i]! * rows[(first + i) * side + x]!;
  }
  return out;
}

interface Shares {
  readonly first: number;
  readonly shares: readonly number[];
}

/** What each of `side` equal parts of a line takes of its pixels. */
function sharesOf(start: number, length: number, side: number, pixels: number): readonly Shares[] {
  const step = length / side;
  return Array.from({ length: side }, (_, at) => {
    // A part smaller than a pixel is one pixel wide: neighbours are mixed.
    const middle = start + (at + 0.5) * step;
    const wide = Math.max(1, step);
    const low = middle - wide / 2;
    const high = middle + wide / 2;
    const first = Math.max(0, Math.min(pixels - 1, Math.floor(low)));
    const last = Math.max(first, Math.min(pixels - 1, Math.ceil(high) - 1));
    const shares: number[] = [];
    for (let pixel = first; pixel <= last; pixel++)
      shares.push(Math.max(0, Math.min(high, pixel + 1) - Math.max(low, pixel)));
    const sum = shares.reduce((a, b) => a + b, 0);
    return {
      first,
      shares: sum > 0 ? shares.map((share) => share / sum) : shares.map(() => 1 / shares.length),
    };
  });
}

/** Left is right. */
export function mirroredPlane({ width, height, data }: Plane): Plane {
  const out = new Float32Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) out[y * width + x] = data[y * width + width - 1 - x]!;
  return { width, height, data: out };
}
