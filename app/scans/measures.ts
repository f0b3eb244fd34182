/** What is measured in a picture of one tone: regions and lines, in the unit of its scale. */
import { HourglassError, throwIfCancelled } from '../contract/index.ts';
import { layerNotThere, type Raster } from '../pixels/index.ts';
import type { Handler, EngineServices } from '../runtime/index.ts';
import { say } from './sentences.ts';

/** Shown pixels, and the scale that they are measured on. @throws HourglassError invalid-parameter: several tones */
async function shown(
  { document: id, layer }: { readonly document: string; readonly layer: string },
  { documents }: EngineServices,
): Promise<{ raster: Raster; measuredAt: (at: number) => number | null }> {
  const document = documents.get(id);
  const { scale, name, channels } = document.info;
  if (channels !== 1) throw new HourglassError('invalid-parameter', say('oneToneOnly', { name }));
  const made = layer === 'source' ? null : document.layer(layer);
  if (made === undefined) throw layerNotThere(layer, name);
  const raster = made ? made.raster : (await document.image()).raster;
  const { slope, intercept, padding } = scale;
  return {
    raster,
    measuredAt(at) {
      const value = raster.data[at]!;
      const isPadding = padding && value >= padding.low && value <= padding.high;
      return isPadding || !Number.isFinite(value) ? null : value * slope + intercept;
    },
  };
}

/** @throws HourglassError invalid-parameter: outside of the picture */
export const region: Handler<'region'> = async (input, { signal }, services) => {
  const { raster, measuredAt } = await shown(input, services);
  const { x, y, width, height } = input.rect;
  refuseOutside(raster, { x: x + width - 1, y: y + height - 1 });
  let count = 0;
  let mean = 0;
  let squares = 0;
  let least = Infinity;
  let most = -Infinity;
  for (let row = y; row < y + height; row++) {
    throwIfCancelled(signal);
    for (let at = row * raster.width + x, end = at + width; at < end; at++) {
      const value = measuredAt(at);
      if (value === null) continue;
      // Welford 1962: no difference of large sums.
      count += 1;
      const off = value - mean;
      mean += off / count;
      squares += off * (value - mean);
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  if (count === 0) return { count, mean: null, deviation: null, least: null, most: null };
  return { count, mean, deviation: Math.sqrt(squares / count), least, most };
};

/** Values along a line at the most, see the contract. */
const MOST_VALUES = 4096;

/** @throws HourglassError invalid-parameter: outside of the picture */
export const profile: Handler<'profile'> = async (input, _context, services) => {
  const { raster, measuredAt } = await shown(input, services);
  const { from, to } = input;
  refuseOutside(raster, from);
  refuseOutside(raster, to);
  const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
  const count = Math.min(steps + 1, MOST_VALUES);
  const values = Array.from({ length: count }, (_, i) => {
    const share = count === 1 ? 0 : i / (count - 1);
    const x = Math.round(from.x + share * (to.x - from.x));
    const y = Math.round(from.y + share * (to.y - from.y));
    return measuredAt(y * raster.width + x);
  });
  return { values };
};

function refuseOutside({ width, height }: Raster, { x, y }: { x: number; y: number }): void {
  if (x < width && y < height) return;
  throw new HourglassError('invalid-parameter', say('outsideOfPicture', { width, height, x, y }));
}
