/**
 * Latent files wherever an image is opened: documents, thumbnails, inputs of other commands. Handed to
 * `pixels` by the engine, because decoding takes a network.
 */
import { toHourglassError } from '../contract/index.ts';
import { refuseUnaffordable, type ForeignReader } from '../pixels/index.ts';
import type { EngineServices } from '../runtime/index.ts';
import { withCoder } from './codec.ts';
import { openLatentFile, type LatentHeader } from './container/index.ts';
import {
  codecFor,
  contentIn,
  decodeRaster,
  metadataOf,
  pictureNotices,
  pixelLayout,
} from './open-picture.ts';
import { previewPicture } from './preview-picture.ts';

/** Tiles in work, their networks and their coder, whatever the picture's size, bytes. */
const WORK_BYTES = 300e6;

/** Memory that decoding takes: the picture, an alpha beside it, and a few tiles. */
function decodePeak(header: LatentHeader): number {
  const { channels, sampleType } = pixelLayout(header);
  return WORK_BYTES + header.width * header.height * channels * (sampleType === 'uint8' ? 1 : 2);
}

export const createLatentReader = (
  services: Pick<EngineServices, 'models' | 'inference'>,
): ForeignReader => ({
  async decode({ path, name, bytes, accessedMs, modifiedMs }, limits, signal) {
    const file = await openLatentFile(path, { limits, name });
    try {
      refuseUnaffordable(
        { name, bytes },
        { ...file.header, peak: decodePeak(file.header) },
        limits,
      );
      const codec = await codecFor(name, file, services);
      const { raster, damaged } = await withCoder(codec, undefined, (coder) =>
        decodeRaster(
          { file, name, coder, device: 'auto' },
          codec,
          { signal, progress: () => undefined },
          services,
        ),
      );
      const metadata = await metadataOf(file, { accessedMs, modifiedMs });
      const notices = pictureNotices(name, file, damaged);
      // The file's own date tells whether it is still the same; the stored one goes into results.
      return {
        ...{ path, format: 'hgl', bytes, raster, notices },
        metadata: { ...metadata, modifiedMs },
        ...contentIn(file.header),
      };
    } catch (error) {
      throw toHourglassError(error);
    } finally {
      await file.close();
    }
  },
  async preview({ path, name, accessedMs, modifiedMs }, limits, signal) {
    const file = await openLatentFile(path, { limits, name });
    try {
      const codec = await codecFor(name, file, services);
      const raster = await withCoder(codec, undefined, (coder) =>
        previewPicture(file, coder, signal),
      );
      return { raster, metadata: await metadataOf(file, { accessedMs, modifiedMs }) };
    } finally {
      await file.close();
    }
  },
});
