/** A heat map as it is drawn over its picture, its legend, and what it shows in numbers. The scale is that of `contract/heat.ts`. */
import {
  HEAT_END,
  HEAT_STEPS,
  heatBetween,
  heatColour,
  heatOpacity,
  type HeatMap,
} from '../../../app/contract/heat.ts';
import { bytesOf } from './map-view.ts';

/** Pixels that are drawn of a cell: between its neighbours, as in the overlays. */
const FINE = 6;

export interface HeatPicture {
  readonly width: number;
  readonly height: number;
  /** RGBA, row by row. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

export function heatPictureOf({ columns, rows, levels }: HeatMap): HeatPicture {
  const values = { width: columns, height: rows, data: bytesOf(levels) };
  const [width, height] = [FINE * columns, FINE * rows];
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 4) {
      const heat = heatBetween(values, (x + 0.5) / FINE, (y + 0.5) / FINE) / HEAT_STEPS;
      data.set([...heatColour(heat), 255 * heatOpacity(heat)], at);
    }
  return { width, height, data };
}

export interface HeatFacts {
  readonly peak: number;
  /** Of the picture's width and height, from its top left: where the peak is. */
  readonly x: number;
  readonly y: number;
  /** Of the picture, that is at 1 or above. */
  readonly share: number;
}

export function heatFactsOf({ columns, rows, across, down, levels }: HeatMap): HeatFacts {
  const values = bytesOf(levels);
  let [best, above] = [0, 0];
  for (let at = 0; at < values.length; at++) {
    if (values[at]! > values[best]!) best = at;
    if (values[at]! >= HEAT_STEPS) above++;
  }
  const place = (cell: number, of: number, reach: number): number =>
    Math.min(1, ((cell + 0.5) / of) * reach);
  return {
    peak: (values[best] ?? 0) / HEAT_STEPS,
    x: place(best % columns, columns, across),
    y: place(Math.floor(best / columns), rows, down),
    share: above / Math.max(1, values.length),
  };
}

/** The colours of the scale from 0 at the left to its end, for CSS. */
export const heatGradient = (): string =>
  `linear-gradient(to right, ${Array.from({ length: HEAT_END + 1 }, (_, level) => `rgb(${heatColour(level).join(' ')})`).join(', ')})`;
