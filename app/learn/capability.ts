/** Training autoencoders. The code of a training loads with the first one: no other start pays for it. */
import type { Capability, EngineServices } from '../runtime/index.ts';
import { autoencoderCards } from './card.ts';
import type { OpenEncoder } from './encoder.ts';
import type { See } from './images.ts';
import type { MakeCodec } from './latents/make.ts';
import type { OpenRebuilder } from './rebuilder.ts';
import { createSteerings } from './steering.ts';

/**
 * @param see what networks see of an image, from who cleans images
 * @param makeCodec makes latent files' codecs of networks, from who compresses
 */
export function createLearnCapability(see: See, makeCodec: MakeCodec): Capability {
  const steerings = createSteerings();
  return {
    id: 'learn',
    handlers: {
      learn: async (...asked) =>
        (await import('./learn.ts')).createLearn(see, steerings, makeCodec)(...asked),
      exportTfjs: async (...asked) => (await import('./export-tfjs.ts')).exportTfjs(...asked),
      sample: async (...asked) => (await import('./sample.ts')).createSample(see)(...asked),
      copyTraining: async (...asked) => (await import('./copy-training.ts')).copyTraining(...asked),
      compareTrainings: async (...asked) =>
        (await import('./copy-training.ts')).compareTrainings(...asked),
      steer: ({ out, to }) => Promise.resolve({ found: steerings.steer(out, to) }),
    },
    cardKinds: [autoencoderCards],
  };
}

/** Networks that were trained, for whoever compares and judges pictures by them; they are named by the folder of their training. */
export const trainedNetworks = (see: See) => ({
  openEncoder: async (training: string, services: EngineServices): Promise<OpenEncoder> =>
    (await import('./encoder.ts')).openEncoder(training, services),
  openRebuilder: async (training: string, services: EngineServices): Promise<OpenRebuilder> =>
    (await import('./rebuilder.ts')).openRebuilder(training, services, see),
});
