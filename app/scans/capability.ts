/** The scans capability: reads medical images, and measures in them. */
import type { Capability } from '../runtime/index.ts';
import { dicomReader } from './dicom/reader.ts';
import { describeDicom, describeFolder, describeNifti } from './info.ts';
import { identity } from './identity.ts';
import { profile, region } from './measures.ts';
import { niftiReader } from './nifti/reader.ts';
import { store } from './stow.ts';

export const scansCapability: Capability = {
  id: 'scans',
  handlers: { region, profile, identity, store },
  describers: { dicom: describeDicom, nifti: describeNifti, folder: describeFolder },
  readers: () => ({ dicom: dicomReader, nifti: niftiReader }),
};
