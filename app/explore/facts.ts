/**
 * `pictureFacts`: what may tell pictures of a map apart besides their looks: the camera that took them, for which no pixel is decoded, and how much noise is in
 * them. What was read is remembered (`facts-memory.ts`).
 */
import { basename } from 'node:path';
import { throwIfCancelled, toHourglassError } from '../contract/index.ts';
import type { DecodedImage } from '../pixels/index.ts';
import { stampOf } from '../pixels/stamp.ts';
import type { EngineServices, Handler } from '../runtime/index.ts';
import { rememberedFacts, rememberFacts, type Fact } from './facts-memory.ts';
import type { LeftOut } from './indexing.ts';

/** Of who cleans images. */
export interface NoiseReader {
  /** Another one reads otherwise: what it read is not used. */
  version(services: EngineServices): Promise<string>;
  /** Noise of an image, levels of 255. @throws HourglassError cancelled, model-damaged */
  read(image: DecodedImage, services: EngineServices, signal: AbortSignal): Promise<number>;
}

export const createPictureFacts =
  (noiseReader: NoiseReader): Handler<'pictureFacts'> =>
  async ({ folder, anew, images, noise, maxMegapixels }, context, services) => {
    const { signal } = context;
    const version = await noiseReader.version(services);
    const known: ReadonlyMap<string, Fact> =
      folder === null || anew ? new Map() : await rememberedFacts(folder, version);
    const leftOut: LeftOut[] = [];
    const facts: Fact[] = [];
    let [isNew, done] = [false, 0];
    const read = async (
      { path, files }: (typeof images)[number],
      stamp: string,
      before: Fact | undefined,
    ): Promise<Fact> => {
      if (!noise) {
        const { camera } = await services.documents.metadata(path, maxMegapixels, signal);
        return { path, stamp, camera, noise: null };
      }
      const image = await services.documents.sourceImage({
        ...{ document: undefined, path, files, maxMegapixels, signal },
      });
      const { camera } = before ?? image.metadata;
      return { path, stamp, camera, noise: await noiseReader.read(image, services, signal) };
    };
    const save = async (): Promise<void> => {
      if (folder === null || !isNew) return;
      // Those that were not come to yet may be as they were.
      const rest = images.slice(done).flatMap(({ path }) => known.get(path) ?? []);
      // What is not remembered costs time alone.
      await rememberFacts(folder, version, [...facts, ...rest]).catch(() => undefined);
    };
    try {
      for (const image of images) {
        throwIfCancelled(signal);
        try {
          const stamp = await stampOf(image.files);
          const found = known.get(image.path);
          const before = found?.stamp === stamp ? found : undefined;
          if (before && (!noise || before.noise !== null)) facts.push(before);
          else {
            facts.push(await read(image, stamp, before));
            isNew = true;
          }
        } catch (error) {
          const { code, message } = toHourglassError(error);
          if (code === 'cancelled') throw error;
          leftOut.push({ source: image.path, code, reason: message });
        }
        context.progress({
          ...{ done: ++done, total: images.length, unit: 'files' },
          message: basename(image.path),
        });
      }
    } finally {
      await save();
    }
    return {
      facts: facts.map(({ path, camera, noise: level }) => ({
        ...{ path, camera, noise: noise ? level : null },
      })),
      leftOut,
    };
  };
