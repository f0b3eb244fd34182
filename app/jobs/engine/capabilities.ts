/**
 * The one table of capabilities. A new capability is a folder and a line here; the commands it
 * answers to are defined in `app/contract/<capability>.ts`.
 */
import {
  cleanRaster,
  denoiseCapability,
  lookAt,
  measureNoise,
  noiseVersion,
  readUnits,
} from '../../denoise/index.ts';
import { createExploreCapability } from '../../explore/index.ts';
import { createLearnCapability, trainedNetworks, type See } from '../../learn/index.ts';
import { createLatentCapability, makeOwnCodec } from '../../latent/index.ts';
import { learntOf, type Capability } from '../../runtime/index.ts';
import { codecsCapability } from '../../codecs/index.ts';
import { rawCapability } from '../../raw/index.ts';
import { losslessBytes, scansCapability } from '../../scans/index.ts';
import { coreCapability } from './core.ts';

/** What networks see of an image, by who cleans images, for who trains networks: the scale on which they will be used. */
export const see: See = (image) => {
  const picture = lookAt(image);
  const { width, height } = picture.source;
  return {
    ...{ width, height, tones: picture.tones, scan: picture.scan },
    read: (origin, side, target, planes) => readUnits(picture, origin, side, target, planes),
    learnt: (noises) => learntOf(image, picture, noises),
  };
};

export const capabilities: readonly Capability[] = [
  coreCapability,
  denoiseCapability,
  // Capabilities do not know each other; the cleaning that compressing may begin with, and the size of a scan without loss, are handed in.
  createLatentCapability(cleanRaster, losslessBytes),
  rawCapability,
  codecsCapability,
  scansCapability,
  // What is learnt from is what cleaning will show a network; who compresses makes codecs of what was learnt.
  createLearnCapability(see, makeOwnCodec),
  // What was learnt describes and judges pictures.
  createExploreCapability(trainedNetworks(see), {
    version: noiseVersion,
    read: async (...asked) => (await measureNoise(...asked)).sigma,
  }),
];
