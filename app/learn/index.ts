/** Learning: autoencoders trained on a person's own images. */
export { createLearnCapability, trainedNetworks } from './capability.ts';
export type { See, SeenImage } from './images.ts';
