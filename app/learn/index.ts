/** Learning: autoencoders trained on a person's own images. */
export { createLearnCapability } from './capability.ts';
export type { See, SeenImage } from './images.ts';
