/**
 * A picture with what is unusual in it drawn over it, and the legend of the colours below. The colours mean the same in every picture (1 is what good
 * pictures hardly reach, 3 and more is the end of the scale): nothing is stretched, so two pictures can be compared.
 */
import { HEAT_END, heatBetween, heatColour, heatOpacity } from '../../contract/heat.ts';
import type { Size } from '../../pixels/raster.ts';
import type { Plane } from '../plane.ts';

const LEGEND = { height: 34, least: 120, border: 10, bar: 10 } as const;
/** Digits of 3 × 5 dots, a row after another: fonts are not on every machine. */
const DIGITS = ['111101101101111', '010110010010111', '111001111100111', '111001111001111'];
const DOT = 2;

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
      const opacity = heatOpacity(here);
      put(
        x,
        y,
        heatColour(here).map((value) => Math.round(opacity * value + (1 - opacity) * gray)),
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
    for (let y = 0; y < bar; y++)
      put(border + x, top + 6 + y, heatColour((HEAT_END * x) / (length - 1)));
  const placeOf = (level: number): number =>
    border + Math.round(((length - 1) * Math.min(HEAT_END, level)) / HEAT_END);
  // Where outlines are drawn.
  for (let y = 2; y < 6 + bar; y++) put(placeOf(edge), top + y, [255, 255, 255]);
  for (let level = 0; level <= HEAT_END; level++) {
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
function spread(map: Plane, cell: number, to: Size): Float32Array {
  const out = new Float32Array(to.width * to.height);
  for (let y = 0, at = 0; y < to.height; y++)
    for (let x = 0; x < to.width; x++, at++)
      out[at] = heatBetween(map, (x + 0.5) / cell, (y + 0.5) / cell);
  return out;
}
