/** Finding what is alike and what is unusual, and laying pictures out. Its code loads with the first question: no other start pays for it. */
import type { Capability } from '../runtime/index.ts';
import { looksCards } from './card.ts';

export const exploreCapability: Capability = {
  id: 'explore',
  handlers: {
    findSimilar: async (...asked) => (await import('./similar.ts')).findSimilar(...asked),
    markFine: async (...asked) => (await import('./unusual/fine.ts')).markFine(...asked),
    mapFolder: async (...asked) => (await import('./map/map.ts')).mapFolder(...asked),
    findUnusual: async (...asked) => (await import('./unusual/unusual.ts')).findUnusual(...asked),
  },
  cardKinds: [looksCards],
};
