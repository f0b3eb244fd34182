/**
 * The noise of a CT slice as it is measured in clinics: the standard deviation of small places of soft tissue, and of
 * these the one that most places have. Edges and vessels make it larger in some, nothing makes it smaller in many.
 * Christianson et al., "Automated technique to measure noise in clinical CT examinations", AJR 2015, 205(1):W93
 * (there squares of 6 mm, tissue of 0 to 100 HU).
 *
 * It needs values in Hounsfield units. The network needs none, but trusts itself little on slices of few levels of
 * noise over a range of thousands.
 */
import { scaleOf } from '../../pixels/raster.ts';
import type { Picture } from '../picture.ts';
import { isSlice } from '../range.ts';

/** Side of a place, pixels: 6 mm at 0.7 mm, as slices of a body have. */
const SIDE = 9;
/** Mean of soft tissue, with and without contrast medium, Hounsfield units. */
const TISSUE = { from: -20, to: 150 };
/** Along each side of a slice, at the most. */
const PLACES = 256;
/** Fewer places tell nothing: 1 cm² of a body. */
const FEWEST = 200;
/** Of its levels, a window that shows soft tissue has 400 Hounsfield units; below one of them nothing is seen. */
export const TISSUE_WINDOW = 400;
/** Bins of the histogram per factor of e, and bins on each side that are taken together. */
const BINS = 24;
const REACH = 4;
/** Least level told apart, Hounsfield units; what is below was made, not measured. */
const LEAST = 0.5;
/** What varies more, Hounsfield units, is an edge of air and bone whose mean happens to be that of tissue. */
const MOST = 200;

/**
 * @param picture of one tone
 * @returns Hounsfield units; null: the picture is not in them, is no slice, or hardly has soft tissue
 */
export function* tissueNoiseSteps(picture: Picture): Generator<void, number | null> {
  const { data, width, height, channels } = picture.source;
  const { slope, intercept, unit } = scaleOf(picture.source);
  if (unit !== 'HU' || channels !== 1 || !isSlice(picture)) return null;
  const bins = new Uint32Array(BINS * 8);
  let places = 0;
  const step = Math.max(2, Math.floor(Math.sqrt(width * height) / PLACES));
  for (let y = 0; y + SIDE <= height; y += step) {
    yield;
    for (let x = 0; x + SIDE <= width; x += step) {
      let sum = 0;
      let squares = 0;
      for (let row = 0; row < SIDE; row++) {
        const line = (y + row) * width + x;
        for (let at = line; at < line + SIDE; at++) {
          const value = data[at]!;
          sum += value;
          squares += value * value;
        }
      }
      const count = SIDE * SIDE;
      const mean = sum / count;
      const value = mean * slope + intercept;
      if (!(value >= TISSUE.from && value <= TISSUE.to)) continue;
      const variance = ((squares / count - mean * mean) * count) / (count - 1);
      const deviation = Math.sqrt(Math.max(0, variance)) * Math.abs(slope);
      if (!(deviation >= LEAST && deviation <= MOST)) continue;
      places++;
      bins[Math.min(bins.length - 1, Math.floor(BINS * Math.log(deviation / LEAST)))]!++;
    }
  }
  if (places < FEWEST) return null;
  return LEAST * Math.exp((peakOf(bins) + 0.5) / BINS);
}

/** 8-bit levels over the picture's range. @param hu Hounsfield units */
export const levelOfTissue = (hu: number, { source, range }: Picture): number =>
  (255 * hu) / Math.abs(scaleOf(source).slope) / (range.high - range.low);

/** Where places are densest per Hounsfield unit: edges spread over a wide range, so that a bin there has much of them. */
function peakOf(bins: Uint32Array): number {
  let best = 0;
  let most = -1;
  for (let bin = 0; bin < bins.length; bin++) {
    let sum = 0;
    // Bins are the wider, the further up.
    const width = Math.exp(bin / BINS);
    for (let near = Math.max(0, bin - REACH); near <= bin + REACH; near++)
      sum += (bins[near] ?? 0) * (REACH + 1 - Math.abs(near - bin));
    if (sum / width > most) [best, most] = [bin, sum / width];
  }
  return best;
}
