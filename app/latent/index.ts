/** Compressing pictures into latent files, and opening these like images. */
export { createLatentCapability } from './capability.ts';
export { latentCards } from './card.ts';
export { makeOwnCodec } from './own/make.ts';
