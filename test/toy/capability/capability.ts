/** The toy capability: negatives. */
import { throwIfCancelled } from '../contract/index.ts';
import { layerKind, type Raster } from '../pixels/index.ts';
import { tellWhole, type Capability, type Handler } from '../runtime/index.ts';

const negative = layerKind<{ after: number }>('negative');

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

const invert: Handler<'invert'> = async (input, context, { documents }) => {
  const { source, maxMegapixels, half } = input;
  const { signal } = context;
  const document = documents.byPath(source);
  const { raster } = await documents.sourceImage({ document, path: source, maxMegapixels, signal });
  throwIfCancelled(signal);
  const columns = half ? Math.ceil(raster.width / 2) : raster.width;
  if (!document) {
    const copy = { ...raster, data: raster.data.slice() };
    negate(copy, columns);
    return { layer: null, before: mean(raster), after: mean(copy) };
  }
  const id = half ? 'invert-half' : 'invert-whole';
  const layer = await document.makeLayer(id, negative, (made) => {
    negate(made.raster, columns);
    made.touch({ x: 0, y: 0, width: raster.width, height: raster.height });
    return { after: mean(made.raster) };
  });
  tellWhole(document, id, context);
  return { layer: id, before: mean(raster), after: layer.facts!.after };
};

export const invertCapability = { id: 'invert', handlers: { invert } } satisfies Capability;
