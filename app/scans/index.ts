/** Medical images: DICOM. */
export { scansCapability } from './capability.ts';
