/**
 * Network output to stored samples: the core of a tile, interleaved, with rounding, clipping and alpha.
 * What the output is made of (chroma strength, detail) is `clean-tile.ts`.
 */
import type { Rect } from '../contract/index.ts';
import { measuredValues } from '../pixels/percentiles.ts';
import { colourChannels, maxValue, minValue, scaleOf } from '../pixels/raster.ts';
import type { RowBand } from '../pixels/turns.ts';
import type { PixelTarget } from '../runtime/index.ts';
import type { CleanSpec } from './clean-spec.ts';
import { isFullScale } from './range.ts';

interface CoreWindow {
  readonly spec: CleanSpec;
  readonly core: Rect;
  readonly origin: { readonly x: number; readonly y: number };
  readonly side: number;
}

/**
 * Integers are rounded to the nearest and clipped to their type, floats stay as they are; alpha is
 * copied, and so are float samples that are not finite, and padding. Where the picture has a range of its own, what
 * the network changed is added to the stored value, so that no change is no change, bit for bit.
 * @param rows of the core
 * @param base planar network output in units of the picture's range, or null: the source's own pixels
 * @param lift added to every colour channel, core.width × core.height, same unit; or null
 */
export function writeCore(
  window: CoreWindow,
  rows: RowBand,
  base: Float32Array | null,
  lift: Float32Array | null,
  target: PixelTarget,
): void {
  const { core, origin, side, spec } = window;
  const { source, range } = spec;
  const { data, channels, hasAlpha, width } = source;
  const colours = colourChannels(source);
  const { black, white } = scaleOf(source);
  const toUnit = 1 / (white - black);
  // Opacity is on the plain scale of its type, whatever the colours are on.
  const alphaToUnit = 1 / maxValue(source.sampleType);
  const max = maxValue(target.sampleType);
  const floats = target.sampleType === 'float32';
  const check = source.sampleType === 'float32' || source.scale?.padding !== undefined;
  const isMeasured = measuredValues(source);
  const same = target.sampleType === source.sampleType;
  const plane = side * side;
  const meanOfThree = spec.tones === 1 && spec.card.input.imageChannels === 3;
  const step = spec.tones === 1 ? 0 : plane;
  const { low } = range;
  const span = range.high - low;
  const scale = 1 / span;
  const ranged = !isFullScale(range, source);
  const keepsTint = spec.tones === 1 && colours === 3 && base !== null && !ranged;
  // On a scale of its own, what is written stays on it; another type is written on its plain scale.
  const own = same && !(black === 0 && white === max);
  const least = minValue(target.sampleType);
  for (let y = rows.top, i = y * core.width; y < rows.bottom; y++) {
    let from = ((core.y + y) * width + core.x) * channels;
    let to = ((core.y + y - target.top) * width + core.x) * channels;
    let at = (core.y + y - origin.y) * side + core.x - origin.x;
    for (let x = 0; x < core.width; x++, i++, at++, from += channels, to += channels) {
      const added = lift ? lift[i]! : 0;
      for (let c = 0; c < colours; c++) {
        const stored = data[from + c]!;
        if (check && !isMeasured(stored)) {
          target.data[to + c] = stored;
          continue;
        }
        const unit = base
          ? meanOfThree
            ? (base[at]! + base[at + plane]! + base[at + 2 * plane]!) / 3
            : base[at + c * step]!
          : (stored - black) * toUnit;
        let value = unit + added;
        // Gray but for a codec's rounding: what little colour there is stays.
        if (keepsTint && c > 0) value += (stored - data[from]!) * toUnit;
        // The network saw the unit as a 32-bit float.
        if (ranged)
          value = (stored + (value - Math.fround((stored - low) * scale)) * span - black) * toUnit;
        if (own) {
          const kept = black + value * (white - black);
          target.data[to + c] = floats ? kept : clipped(kept, least, max);
        } else target.data[to + c] = floats ? value : toInteger(value, max);
      }
      if (hasAlpha) {
        const alpha = data[from + colours]!;
        target.data[to + colours] = same
          ? alpha
          : floats
            ? alpha * alphaToUnit
            : toInteger(alpha * alphaToUnit, max);
      }
    }
  }
}

/** To the nearest integer (halves up), within the type. NaN gives the least. */
const clipped = (value: number, least: number, most: number): number =>
  value >= most ? most : value > least ? Math.floor(value + 0.5) : least;

/** [0,1] to 0 … max, to the nearest (halves up), clipped. NaN gives 0. */
const toInteger = (value: number, max: number): number => {
  const scaled = value * max + 0.5;
  return scaled >= max ? max : scaled > 0 ? Math.floor(scaled) : 0;
};
