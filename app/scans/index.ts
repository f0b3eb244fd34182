/** Medical images: DICOM and NIfTI. */
export { scansCapability } from './capability.ts';
