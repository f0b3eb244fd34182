/**
 * Colours that a file stores multiplied by their opacity (associated alpha: TIFF 6.0, ExtraSamples 1; AVIF, reference `prem`), divided by it: everything
 * here works on colours as they are. Samples beside picture and opacity are in `extra-samples.ts`.
 */
import type { Notice } from '../contract/index.ts';
import { alphaPlace } from './extra-samples.ts';
import { maxValue, type Raster } from './raster.ts';
import { say } from './sentences.ts';

/** @param kinds tag ExtraSamples: whether its first opacity, the picture's, was multiplied into the colours */
export const isPremultiplied = (kinds: readonly number[]): boolean =>
  kinds[alphaPlace(kinds)] === 1;

/**
 * Divides colours by their opacity in place, rounded to the nearest. Of integers nothing is lost by that: multiplied again, and
 * rounded, they are what was stored, as long as no colour is larger than its opacity.
 * @returns pixels where one is larger, and was cut off at white, or (floats too) stands where nothing is opaque, and became black
 */
export function divideByOpacity({ data, channels, sampleType }: Raster): number {
  const most = maxValue(sampleType);
  const isFloat = sampleType === 'float32';
  const colours = channels - 1;
  let lost = 0;
  for (let at = 0; at < data.length; at += channels) {
    const opacity = data[at + colours]!;
    if (opacity === most) continue;
    let isLost = false;
    for (let to = at; to < at + colours; to++) {
      const value = data[to]!;
      // Also where the opacity is no number.
      if (!(opacity > 0)) {
        isLost ||= value !== 0;
        data[to] = 0;
      } else if (isFloat) data[to] = value / opacity;
      else {
        isLost ||= value > opacity;
        data[to] = value >= opacity ? most : Math.floor((value * most) / opacity + 0.5);
      }
    }
    lost += isLost ? 1 : 0;
  }
  return lost;
}

/** Of a file that was read. @param lost as `divideByOpacity` counts */
export const opacityNotices = (name: string, lost: number): Notice[] => [
  { level: 'info', text: say('dividedByOpacity', { name }) },
  ...(lost > 0
    ? [{ level: 'warning' as const, text: say('beyondOpacity', { name, count: lost }) }]
    : []),
];
