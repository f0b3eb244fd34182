/** Training autoencoders. The code of a training loads with the first one: no other start pays for it. */
import type { Capability } from '../runtime/index.ts';
import { autoencoderCards } from './card.ts';
import type { See } from './images.ts';

/** @param see what networks see of an image, from who cleans images */
export const createLearnCapability = (see: See): Capability => ({
  id: 'learn',
  handlers: {
    learn: async (...asked) => (await import('./learn.ts')).createLearn(see)(...asked),
  },
  cardKinds: [autoencoderCards],
});
