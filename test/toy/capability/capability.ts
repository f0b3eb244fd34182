/** The toy capability: negatives, as layers and as files. */
import { isPicture, outputOf, throwIfCancelled } from '../contract/index.ts';
import { createWriter, layerKind, refuseExisting, type Raster } from '../pixels/index.ts';
import { tellWhole, writeRaster, type Capability, type Handler } from '../runtime/index.ts';
import { meanOf, negate } from './negate.ts';

const kind = layerKind<{ after: number }>('negative');

const negative: Handler<'negative'> = async ({ document: id, half }, context, { documents }) => {
  const document = documents.get(id);
  const layer = half ? 'negative-half' : 'negative';
  const made = await document.makeLayer(layer, kind, (pixels) => {
    const { raster } = pixels;
    negate(raster, half);
    pixels.touch({ x: 0, y: 0, width: raster.width, height: raster.height });
    return { after: meanOf(raster) };
  });
  tellWhole(document, layer, context);
  return { layer, after: made.facts!.after };
};

const invert: Handler<'invert'> = async (input, context, { documents, software }) => {
  const started = performance.now();
  const { signal } = context;
  const output = outputOf(context, isPicture);
  await refuseExisting(output.path, input.overwrite);
  const document = documents.byPath(input.source);
  const { source: path, maxMegapixels } = input;
  const image = await documents.sourceImage({ document, path, maxMegapixels, signal });
  throwIfCancelled(signal);
  const { width, height, channels, hasAlpha, sampleType } = image.raster;
  const raster: Raster = { ...image.raster, data: image.raster.data.slice() };
  negate(raster, input.half);
  const writer = await createWriter({
    ...{ path: output.path, format: output.format, from: image, width, height, channels, hasAlpha },
    ...{ quality: input.quality, overwrite: input.overwrite },
    sampleType: input.depth === 'keep' ? sampleType : input.depth === '8' ? 'uint8' : 'uint16',
    mark: { software, action: input.half ? 'left half inverted' : 'inverted' },
  });
  try {
    await writeRaster(raster, writer, signal);
    const { bytes, notices } = await writer.finish(signal);
    const seconds = (performance.now() - started) / 1000;
    return {
      ...{ source: path, output: output.path, width, height, bytes, after: meanOf(raster) },
      ...{ seconds, megapixelsPerSecond: (width * height) / 1e6 / seconds },
      notices: [...image.notices, ...output.notices, ...notices],
    };
  } catch (error) {
    await writer.abort();
    throw error;
  }
};

export const invertCapability = {
  id: 'invert',
  handlers: { negative, invert },
} satisfies Capability;
