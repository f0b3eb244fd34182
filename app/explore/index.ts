/** Exploring folders: what is alike. */
export { exploreCapability } from './capability.ts';
