/** Exploring folders: what is alike, what is unusual. */
export { exploreCapability } from './capability.ts';
export { looksCards } from './card.ts';
