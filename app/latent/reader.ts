/**
 * Latent files wherever an image is opened: documents, thumbnails, inputs of other commands. Handed to
 * `pixels` by the engine, because decoding takes a network.
 */
import { toHourglassError } from '../contract/index.ts';
import type { ForeignReader } from '../pixels/index.ts';
import type { EngineServices } from '../runtime/index.ts';
import { withCoder } from './codec.ts';
import { openLatentFile } from './container/index.ts';
import { codecFor, decodeRaster, metadataOf, pictureNotices } from './open-picture.ts';
import { previewPicture } from './preview-picture.ts';

export const createLatentReader = (
  services: Pick<EngineServices, 'models' | 'inference'>,
): ForeignReader => ({
  async decode({ path, name, bytes, accessedMs, modifiedMs }, limits, signal) {
    const file = await openLatentFile(path, { limits, name });
    try {
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
      return { path, format: 'hgl', bytes, raster, metadata: { ...metadata, modifiedMs }, notices };
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
