/** `info`: what a file says of itself, by whichever capability knows its format. A line of the table in `capabilities.ts`. */
import * as z from 'zod';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';
import { latentInfoSchema, latentThreads, type LatentInfo } from './latent.ts';
import { scanInfoSchema, type ScanInfo } from './scans.ts';

export const infoCommand = defineCommand({
  id: 'info',
  title: 'Describe a file',
  summary:
    'Shows what a latent file (.hgl), a DICOM file, a NIfTI volume or a folder with series of DICOM files says of itself: tiles and their state, or every tag, who the patient is too.',
  runs: 'engine',
  slot: 'view',
  reads: { field: 'source', kinds: ['latent', 'scan'], many: false },
  get input() {
    return z.object({
      source: z
        .string()
        .min(1)
        .describe(
          'A latent file, DICOM file, NIfTI volume or folder of DICOM files: a path, or @id of a file that the host has admitted',
        ),
      threads: latentThreads,
    });
  },
  get output() {
    return z.union([latentInfoSchema, scanInfoSchema]);
  },
  cli: {
    examples: [
      'hourglass info photo.hgl',
      'hourglass info scan.dcm',
      'hourglass info series/',
      'hourglass info brain.nii.gz --json',
    ],
  },
});

export const isScanInfo = (info: LatentInfo | ScanInfo): info is ScanInfo => 'kind' in info;

export const infoContract = defineContract({ commands: { info: infoCommand } });

export type { LatentInfo } from './latent.ts';
export type { ScanInfo, TagModel, TagValue } from './scans.ts';
