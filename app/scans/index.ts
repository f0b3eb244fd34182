/** Medical images: DICOM and NIfTI. */
import type { Raster } from '../pixels/index.ts';

export { scansCapability } from './capability.ts';

/** As of `lossless.ts`, whose code loads when it is asked for. */
export const losslessBytes = async (
  name: string,
  raster: Raster,
  signal: AbortSignal,
): Promise<number | null> => (await import('./lossless.ts')).losslessBytes(name, raster, signal);
