/**
 * A picture with what is unusual in it drawn over it, and the legend of the colours below. The colours mean the same in every picture (1 is what good
 * pictures hardly reach, 3 and more is the end of the scale): nothing is stretched, so two pictures can be compared.
 */
import type { Size } from '../../pixels/raster.ts';
import type { Plane } from '../plane.ts';

/** Where the scale of colours ends. */
const MOST = 3;
/** Below it a picture is left as it is. */
const LEAST = 0.5;
/** Colours at 0, 1, 2 and 3. */
const RAMP = [
  [40, 40, 120],
  [250, 200, 40],
  [240, 90, 20],
  [200, 0, 90],
] as const;
const STRONGEST = 0.65;

const LEGEND = { height: 34, least: 120, border: 10, bar: 10 } as const;
/** Digits of 3 × 5 dots, a row after another: fonts are not on every machine. */
const DIGITS = ['111101101101111', '010110010010111', '111001111100111', '111001111001111'];
const DOT = 2;

function colourOf(heat: number): readonly [number, number, number] {
  const place = Math.min(MOST, Math.max(0, heat));
  const low = Math.min(RAMP.length - 2, Math.floor(place));
  const share = place - low;
  const [from, to] = [RAMP[low]!, RAMP[low + 1]!];
  const mixed = (at: 0 | 1 | 2): number => Math.round(from[at] + share * (to[at] - from[at]));
  return [mixed(0), mixed(1), mixed(2)];
}

/**
 * @param picture gray, 0 to 1
 * @param map how unusual each place is
 * @param cell side of the square of pixels that a sample of the map stands for
 * @param edge level at which an outline is drawn
 * @returns RGB, 8 bits: the picture, and the legend below it
 */
export function overlayOf(
  picture: Plane,
  map: Plane,
  cell: number,
  edge: number,
): Size & { readonly data: Uint8Array } {
  const width = Math.max(LEGEND.least, picture.width);
  const height = picture.height + LEGEND.height;
  const data = new Uint8Array(3 * width * height).fill(24);
  const put = (x: number, y: number, colour: readonly number[]): void => {
    const at = 3 * (y * width + x);
    for (let i = 0; i < 3; i++) data[at + i] = colour[i]!;
  };
  const heat = spread(map, cell, picture);
  for (let y = 0, at = 0; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++, at++) {
      const gray = 255 * Math.min(1, Math.max(0, picture.data[at]!));
      const here = heat[at]!;
      const opacity = STRONGEST * Math.min(1, Math.max(0, here - LEAST));
      put(
        x,
        y,
        colourOf(here).map((value) => Math.round(opacity * value + (1 - opacity) * gray)),
      );
    }
  for (let y = 1, at = picture.width; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++, at++) {
      const isIn = heat[at]! >= edge;
      const isBorder =
        isIn !== heat[at - picture.width]! >= edge || (x > 0 && isIn !== heat[at - 1]! >= edge);
      // To be seen on any ground.
      if (isBorder) put(x, y, picture.data[at]! < 0.5 ? [255, 255, 255] : [0, 0, 0]);
    }
  drawLegend(put, width, picture.height, edge);
  return { width, height, data };
}

function drawLegend(
  put: (x: number, y: number, colour: readonly number[]) => void,
  width: number,
  top: number,
  edge: number,
): void {
  const { border, bar } = LEGEND;
  const length = width - 2 * border;
  const white = [235, 235, 235];
  for (let x = 0; x < length; x++)
    for (let y = 0; y < bar; y++) put(border + x, top + 6 + y, colourOf((MOST * x) / (length - 1)));
  const placeOf = (level: number): number =>
    border + Math.round(((length - 1) * Math.min(MOST, level)) / MOST);
  // Where outlines are drawn.
  for (let y = 2; y < 6 + bar; y++) put(placeOf(edge), top + y, [255, 255, 255]);
  for (let level = 0; level <= MOST; level++) {
    const middle = placeOf(level);
    for (let y = 0; y < 3; y++) put(middle, top + 6 + bar + y, white);
    for (const [dot, isSet] of [...DIGITS[level]!].entries()) {
      if (isSet !== '1') continue;
      const left = middle - Math.floor((3 * DOT) / 2) + (dot % 3) * DOT;
      const up = top + 6 + bar + 5 + Math.floor(dot / 3) * DOT;
      for (let y = 0; y < DOT; y++) for (let x = 0; x < DOT; x++) put(left + x, up + y, white);
    }
  }
}

/** A map in the size of its picture, between its samples. */
function spread({ width, height, data }: Plane, cell: number, to: Size): Float32Array {
  const out = new Float32Array(to.width * to.height);
  for (let y = 0; y < to.height; y++) {
    const down = Math.min(height - 1, Math.max(0, (y + 0.5) / cell - 0.5));
    const top = Math.floor(down);
    const bottom = Math.min(height - 1, top + 1);
    const t = down - top;
    for (let x = 0; x < to.width; x++) {
      const across = Math.min(width - 1, Math.max(0, (x + 0.5) / cell - 0.5));
      const left = Math.floor(across);
      const right = Math.min(width - 1, left + 1);
      const s = across - left;
      out[y * to.width + x] =
        (1 - t) * ((1 - s) * data[top * width + left]! + s * data[top * width + right]!) +
        t * ((1 - s) * data[bottom * width + left]! + s * data[bottom * width + right]!);
    }
  }
  return out;
}
