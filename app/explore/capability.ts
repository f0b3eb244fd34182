/** Finding what is alike and what is unusual, and laying pictures out. Its code loads with the first question: no other start pays for it. */
import type { Capability } from '../runtime/index.ts';
import { looksCards } from './card.ts';
import type { NoiseReader } from './facts.ts';
import type { Networks } from './networks.ts';

/** @param networks that a person trained, from who trains them @param noise from who cleans images */
export const createExploreCapability = (networks: Networks, noise: NoiseReader): Capability => ({
  id: 'explore',
  handlers: {
    findSimilar: async (...asked) =>
      (await import('./similar.ts')).createFindSimilar(networks)(...asked),
    pictureFacts: async (...asked) =>
      (await import('./facts.ts')).createPictureFacts(noise)(...asked),
    markFine: async (...asked) => (await import('./unusual/fine.ts')).markFine(...asked),
    mapFolder: async (...asked) => (await import('./map/map.ts')).mapFolder(...asked),
    findUnusual: async (...asked) =>
      (await import('./unusual/unusual.ts')).createFindUnusual(networks)(...asked),
  },
  cardKinds: [looksCards],
});
