/**
 * What a screen has to show of stored samples, worked out once more and apart from the program: levels of
 * half size, 8-bit sRGB, tiles. The rules are those of docs/architecture.md: means of 2×2 in the stored
 * depth (the last column and row of an odd side count twice), then the stored values that the file
 * shows as black and white.
 */

/** Samples as a file holds them: gray or colour, without alpha, row-major. */
export interface Stored {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array | Uint16Array;
}

/** What stands for white, where that is not the end of the scale (12-bit scans in 16 bits). */
export type White = number | null;

const tileSide = 512;
const smallestSide = 256;

/** Where a tile belongs. */
export interface Place {
  readonly level: number;
  readonly column: number;
  readonly row: number;
}

/** A picture ready to be recognised on the screen. */
export interface Shown {
  /** sRGB, RGB, 8 bits; level 0 is full size. */
  readonly levels: readonly {
    readonly width: number;
    readonly height: number;
    readonly rgb: Uint8Array;
  }[];
  readonly tiles: ReadonlyMap<string, Place>;
}

/**
 * Two 32-bit sums over a tile's RGBA and its width. Also runs in the page, so it stands alone.
 * @param rgba whole rows
 */
export function hashOf(rgba: Uint8Array | Uint8ClampedArray, width: number): string {
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.byteLength >> 2);
  let first = 0x811c9dc5;
  let second = 0x9e3779b9;
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    first = Math.imul(first ^ word, 0x01000193);
    second = Math.imul((second ^ (second >>> 15)) + word, 0x85ebca6b);
  }
  return `${width}:${words.length}:${first >>> 0}:${second >>> 0}`;
}

export function shown(stored: Stored, white: White): Shown {
  const levels = [];
  for (let level: Stored | null = stored; level !== null; level = halved(level))
    levels.push({ width: level.width, height: level.height, rgb: displayed(level, white) });
  const tiles = new Map<string, Place>();
  levels.forEach(({ width, height, rgb }, level) => {
    for (let row = 0; row * tileSide < height; row++)
      for (let column = 0; column * tileSide < width; column++)
        tiles.set(tileHash({ width, height, rgb }, column, row), { level, column, row });
  });
  return { levels, tiles };
}

function tileHash(
  { width, height, rgb }: Shown['levels'][number],
  column: number,
  row: number,
): string {
  const left = column * tileSide;
  const top = row * tileSide;
  const across = Math.min(tileSide, width - left);
  const down = Math.min(tileSide, height - top);
  const rgba = new Uint8Array(across * down * 4);
  for (let y = 0, out = 0; y < down; y++)
    for (let x = 0; x < across; x++, out += 4) {
      const from = ((top + y) * width + left + x) * 3;
      rgba.set([rgb[from]!, rgb[from + 1]!, rgb[from + 2]!, 255], out);
    }
  return hashOf(rgba, across);
}

/** Null: small enough already. */
function halved({ width, height, channels, data }: Stored): Stored | null {
  if (Math.max(width, height) <= smallestSide) return null;
  const size = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const out =
    data instanceof Uint8Array
      ? new Uint8Array(size.width * size.height * channels)
      : new Uint16Array(size.width * size.height * channels);
  const at = (x: number, y: number, channel: number): number =>
    data[(Math.min(y, height - 1) * width + Math.min(x, width - 1)) * channels + channel]!;
  for (let y = 0, index = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++)
      for (let channel = 0; channel < channels; channel++, index++)
        out[index] = Math.floor(
          (at(2 * x, 2 * y, channel) +
            at(2 * x + 1, 2 * y, channel) +
            at(2 * x, 2 * y + 1, channel) +
            at(2 * x + 1, 2 * y + 1, channel) +
            2) /
            4,
        );
  return { ...size, channels, data: out };
}

function displayed({ width, height, channels, data }: Stored, white: White): Uint8Array {
  const full = data instanceof Uint8Array ? 255 : 65_535;
  const scale = 255 / (white ?? full);
  const rgb = new Uint8Array(width * height * 3);
  for (let index = 0; index < width * height; index++)
    for (let channel = 0; channel < 3; channel++) {
      const value = data[index * channels + (channels === 3 ? channel : 0)]!;
      rgb[index * 3 + channel] = Math.min(255, Math.floor(value * scale + 0.5));
    }
  return rgb;
}
