/** Cleaning pictures: noise reading, denoising for the screen and for files, structure indicator. */
export { denoiseCapability } from './capability.ts';
