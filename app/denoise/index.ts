/** Cleaning pictures: noise reading, denoising for the screen and for files, structure indicator. */
export { denoiseCapability } from './capability.ts';
export { cleanRaster } from './clean-raster.ts';
export { measureNoise, noiseVersion } from './noise/reading.ts';
export { lookAt, readUnits } from './picture.ts';
export type { CleanedRaster, CleanRasterRequest } from './clean-raster.ts';
