/**
 * The one table of capabilities. A new capability is a folder and a line here; the commands it
 * answers to are defined in `app/contract/<capability>.ts`.
 */
import { cleanRaster, denoiseCapability, measureNoise, noiseVersion } from '../../denoise/index.ts';
import { createExploreCapability } from '../../explore/index.ts';
import { createLearnCapability, trainedNetworks } from '../../learn/index.ts';
import { createLatentCapability } from '../../latent/index.ts';
import type { Capability } from '../../runtime/index.ts';
import { codecsCapability } from '../../codecs/index.ts';
import { rawCapability } from '../../raw/index.ts';
import { losslessBytes, scansCapability } from '../../scans/index.ts';
import { coreCapability } from './core.ts';
import { see } from './see.ts';

export const capabilities: readonly Capability[] = [
  coreCapability,
  denoiseCapability,
  // Capabilities do not know each other; the cleaning that compressing may begin with, and the size of a scan without loss, are handed in.
  createLatentCapability(cleanRaster, losslessBytes),
  rawCapability,
  codecsCapability,
  scansCapability,
  // What is learnt from is what cleaning will show a network.
  createLearnCapability(see),
  // What was learnt describes and judges pictures.
  createExploreCapability(trainedNetworks(see), {
    version: noiseVersion,
    read: async (...asked) => (await measureNoise(...asked)).sigma,
  }),
];
