/** The scans capability: reads medical images, and measures in them. Its code loads with the first scan: no other start pays for it. */
import { readerThatLoads } from '../pixels/index.ts';
import type { Capability } from '../runtime/index.ts';

export const scansCapability: Capability = {
  id: 'scans',
  handlers: {
    region: async (...asked) => (await import('./measures.ts')).region(...asked),
    profile: async (...asked) => (await import('./measures.ts')).profile(...asked),
    identity: async (...asked) => (await import('./identity.ts')).identity(...asked),
    store: async (...asked) => (await import('./stow.ts')).store(...asked),
  },
  describers: {
    dicom: async (...asked) => (await import('./info.ts')).describeDicom(...asked),
    nifti: async (...asked) => (await import('./info.ts')).describeNifti(...asked),
    folder: async (...asked) => (await import('./info.ts')).describeFolder(...asked),
  },
  readers: () => ({
    dicom: readerThatLoads(async () => (await import('./dicom/reader.ts')).dicomReader),
    nifti: readerThatLoads(async () => (await import('./nifti/reader.ts')).niftiReader),
  }),
};
