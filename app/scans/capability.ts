/** The scans capability: it answers no command yet, and reads medical images. */
import type { Capability } from '../runtime/index.ts';
import { dicomReader } from './dicom/reader.ts';
import { niftiReader } from './nifti/reader.ts';

export const scansCapability: Capability = {
  id: 'scans',
  handlers: {},
  readers: () => ({ dicom: dicomReader, nifti: niftiReader }),
};
