/** The toy capability: negatives. */
import { throwIfCancelled } from '../contract/index.ts';
import type { Raster } from '../pixels/index.ts';
import { tellWhole, type Capability, type Handler } from '../runtime/index.ts';

const maxima = { uint8: 255, uint16: 65_535, float32: 1 } as const;

/** Negates the samples of the first `columns` columns in place; alpha stays. */
function negate({ data, width, channels, hasAlpha, sampleType }: Raster, columns: number): void {
  const white = maxima[sampleType];
  for (let at = 0; at < data.length; at++) {
    const column = Math.floor(at / channels) % width;
    const isAlpha = hasAlpha && at % channels === channels - 1;
    if (column < columns && !isAlpha) data[at] = white - data[at]!;
  }
}

function mean({ data, sampleType }: Raster): number {
  let sum = 0;
  for (const value of data) sum += value;
  return sum / data.length / maxima[sampleType];
}

const invert: Handler<'invert'> = async (input, { signal, emit }, { documents }) => {
  const { source, maxMegapixels, half } = input;
  const document = documents.byPath(source);
  const { raster } = await documents.sourceImage({ document, path: source, maxMegapixels, signal });
  throwIfCancelled(signal);
  const columns = half ? Math.ceil(raster.width / 2) : raster.width;
  if (!document) {
    const negative = { ...raster, data: raster.data.slice() };
    negate(negative, columns);
    return { layer: null, before: mean(raster), after: mean(negative) };
  }
  const id = half ? 'invert-half' : 'invert-whole';
  const layer = await document.createLayer(id);
  negate(layer.raster, columns);
  layer.touch({ x: 0, y: 0, width: raster.width, height: raster.height });
  tellWhole(document, id, emit);
  return { layer: id, before: mean(raster), after: mean(layer.raster) };
};

export const invertCapability = { id: 'invert', handlers: { invert } } satisfies Capability;
