/** `pictureFacts`: what may tell pictures of a map apart besides their looks: the camera that took them, and how much noise is in them. */
import { basename } from 'node:path';
import { throwIfCancelled, toHourglassError } from '../contract/index.ts';
import type { DecodedImage } from '../pixels/index.ts';
import type { EngineServices, Handler } from '../runtime/index.ts';
import type { LeftOut } from './indexing.ts';

/** Noise of an image, levels of 255; from who cleans images. @throws HourglassError cancelled, model-damaged */
export type ReadNoise = (
  image: DecodedImage,
  services: EngineServices,
  signal: AbortSignal,
) => Promise<number>;

export const createPictureFacts =
  (readNoise: ReadNoise): Handler<'pictureFacts'> =>
  async ({ images, noise, maxMegapixels }, context, services) => {
    const { signal } = context;
    const leftOut: LeftOut[] = [];
    const facts: { path: string; camera: string | null; noise: number | null }[] = [];
    for (const [at, { path, files }] of images.entries()) {
      throwIfCancelled(signal);
      try {
        const image = await services.documents.sourceImage({
          ...{ document: undefined, path, files, maxMegapixels, signal },
        });
        const { camera } = image.metadata;
        const level = noise ? await readNoise(image, services, signal) : null;
        facts.push({ path, camera, noise: level });
      } catch (error) {
        const { code, message } = toHourglassError(error);
        if (code === 'cancelled') throw error;
        leftOut.push({ source: path, code, reason: message });
      }
      context.progress({
        ...{ done: at + 1, total: images.length, unit: 'files', message: basename(path) },
      });
    }
    return { facts, leftOut };
  };
