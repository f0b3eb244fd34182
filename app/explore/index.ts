/** Exploring folders: what is alike, what is unusual, a map of all. */
export { createExploreCapability } from './capability.ts';
export { looksCards } from './card.ts';
