/** The toy capability: negatives, as layers and as files. */
import { isPicture, outputOf, throwIfCancelled, type DeviceUsed } from '../contract/index.ts';
import { layerKind, refuseExisting, type Raster } from '../pixels/index.ts';
import { tellWhole, writePicture, type Capability, type Handler } from '../runtime/index.ts';
import { meanOf, negate } from './negate.ts';

/** Where it is worked out. */
const noNetwork: DeviceUsed = { id: 'cpu', label: 'CPU', fallback: null };

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
  const { width, height, channels, hasAlpha } = image.raster;
  const raster: Raster = { ...image.raster, data: image.raster.data.slice() };
  negate(raster, input.half);
  const { depth, quality, overwrite } = input;
  const { written } = await writePicture(
    {
      ...{ output, from: image, depth, quality, overwrite, software, sharing: input },
      ...{ width, height, channels, hasAlpha },
      action: () => 'inverted',
    },
    context,
    (target) => target.whole(raster, noNetwork),
  );
  const seconds = (performance.now() - started) / 1000;
  return {
    ...{ source: path, output: output.path, width, height, bytes: written.bytes },
    ...{ after: meanOf(raster), seconds, megapixelsPerSecond: (width * height) / 1e6 / seconds },
    notices: [...image.notices, ...output.notices, ...written.notices],
  };
};

export const invertCapability = {
  id: 'invert',
  handlers: { negative, invert },
} satisfies Capability;
