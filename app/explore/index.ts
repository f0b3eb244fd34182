/** Exploring folders: what is alike. */
export { exploreCapability } from './capability.ts';
export { looksCards } from './card.ts';
