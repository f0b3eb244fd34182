/** What is asked of an open scan for the screen, and what a person can do where one is shown. */
import * as z from 'zod';
import { defineActions } from './action.ts';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';
import { noticeSchema, rectSchema } from './domain.ts';
import { document, source } from './fields.ts';

const layer = z.string().default('source').describe('source, or the id of a layer');
const point = z.object({ x: z.number().int().min(0), y: z.number().int().min(0) });

export const regionCommand = defineCommand({
  id: 'region',
  title: 'Measure a region',
  summary:
    'Mean and deviation of the measured values in a rectangle of an open picture of one tone.',
  runs: 'engine',
  get input() {
    return z.object({ document, layer, rect: rectSchema });
  },
  get output() {
    return z.object({
      count: z.number().int().describe('Pixels that were measured: padding is not'),
      mean: z.number().nullable().describe('In the unit of the scale; null: there are none'),
      deviation: z
        .number()
        .nullable()
        .describe('Standard deviation of the pixels, around their mean'),
      least: z.number().nullable(),
      most: z.number().nullable(),
    });
  },
});

/** Values of a profile at the most: more than a screen has columns. */
const MOST_VALUES = 4096;

export const profileCommand = defineCommand({
  id: 'profile',
  title: 'Measure along a line',
  summary: 'Measured values from one pixel of an open picture of one tone to another.',
  runs: 'engine',
  get input() {
    return z.object({ document, layer, from: point, to: point });
  },
  get output() {
    return z.object({
      values: z
        .array(z.number().nullable())
        .max(MOST_VALUES)
        .describe('Of the pixels nearest to evenly spaced points, ends included; null: padding'),
    });
  },
});

export const identityCommand = defineCommand({
  id: 'identity',
  title: 'Whose scan it is',
  summary:
    'Patient, study and series of an open DICOM image, for the screen alone: nothing of it is kept.',
  runs: 'engine',
  get input() {
    return z.object({ document });
  },
  get output() {
    return z.object({
      patient: z.string().nullable(),
      patientId: z.string().nullable(),
      study: z.string().nullable(),
      studyDate: z.string().nullable().describe('YYYY-MM-DD where the file says a date'),
      series: z.string().nullable(),
    });
  },
});

/** An element of the model. `name` and `bytes` are ours: who reads the model passes over what it does not know. */
export interface TagValue {
  readonly vr: string;
  /** Keyword of PS3.6; the private creator's name of a private one. */
  readonly name?: string;
  /** Of the value, where it is not there whole. */
  readonly bytes?: number;
  readonly Value?: readonly unknown[];
  /** base64 */
  readonly InlineBinary?: string;
}
export type TagModel = Readonly<Record<string, TagValue>>;

/** Seconds without a byte to or fro. */
const timeout = z
  .number()
  .int()
  .min(1)
  .max(3600)
  .default(60)
  .describe('Seconds to wait for the archive without a byte from it or to it');
const to = z
  .string()
  .min(1)
  .describe('Address of the archive’s DICOMweb service, https://archive.example/dicom-web');

export const storeCommand = defineCommand({
  id: 'store',
  title: 'Send to an archive',
  summary:
    'Sends one DICOM file to an archive by STOW-RS (DICOMweb). The file stays where and as it is; address and token are kept nowhere.',
  runs: 'engine',
  slot: 'work',
  discloses: true,
  reads: { field: 'source', kinds: ['scan'], many: false },
  get input() {
    return z.object({
      source,
      to,
      token: z
        .string()
        .min(1)
        .max(16_384)
        .optional()
        .describe('What lets in; absent: nothing is asked for'),
      authorities: z
        .string()
        .max(1_000_000)
        .optional()
        .describe('Certificates in PEM that are believed besides those of the system'),
      timeout,
    });
  },
  get output() {
    return z.object({
      source: z.string(),
      sopInstance: z.string().describe('SOP Instance UID'),
      bytes: z.number().int(),
      warning: z
        .string()
        .nullable()
        .describe('Warning Reason (0008,1196), hexadecimal, where the archive changed something'),
    });
  },
});

export const sendCommand = defineCommand({
  id: 'send',
  title: 'Send',
  summary:
    'Sends DICOM files to an archive by STOW-RS (DICOMweb), one after another. Nothing is sent but by this command. The files stay on the disk and can be sent again; the token comes from a file or from HOURGLASS_ARCHIVE_TOKEN, and is kept nowhere.',
  runs: 'terminal',
  reads: { field: 'source', kinds: ['scan'], many: true },
  get input() {
    return z.object({
      source,
      to,
      tokenFile: z
        .string()
        .min(1)
        .optional()
        .describe(
          'A file whose first line is the token ("Basic …" and "Bearer …" are taken as they are); default: HOURGLASS_ARCHIVE_TOKEN, else none',
        ),
      ca: z
        .string()
        .min(1)
        .optional()
        .describe(
          'A file with certificates in PEM that are believed too: that of a private archive, or of the authority that signed it. Default: those of the system alone',
        ),
      timeout,
    });
  },
  get output() {
    return z.object({});
  },
  cli: {
    examples: [
      'hourglass send cleaned/ --to https://archive.example/dicom-web --token-file token.txt',
      'hourglass send cleaned/ --to https://pacs.clinic.example/dicom-web --ca clinic.pem',
      'HOURGLASS_ARCHIVE_TOKEN=… hourglass send a.dcm b.dcm --to https://archive.example/dicom-web',
    ],
  },
});

const tagModel = z
  .record(z.string(), z.unknown())
  .describe(
    'Elements by their tags, in the JSON model of DICOM (PS3.18, F), with two more members: name (keyword), and bytes, the size of a value that is not there whole. Text is Unicode, whatever character set the file has',
  );

/** What a scan's file says of itself. It goes to who asked, and nowhere else. */
export const scanInfoSchema = z.object({
  source: z.string(),
  kind: z.enum(['dicom', 'nifti', 'series']),
  bytes: z.number().int().describe('Size of the file, or of the files of all series'),
  facts: z
    .array(z.object({ name: z.string(), value: z.string() }))
    .describe('How it is written; of NIfTI the fields of the header, by the names of nifti1.h'),
  dataSet: tagModel.optional().describe('Of a DICOM file: file meta information and data set'),
  series: z
    .array(
      z.object({
        files: z.array(z.string()).describe('Names in the order of the slices, below the folder'),
        facts: z.array(z.object({ name: z.string(), value: z.string() })),
        dataSet: tagModel.describe('Of its first slice'),
        differing: z.array(z.string()).describe('Tags whose value is not that of all slices'),
      }),
    )
    .optional()
    .describe('Of a folder'),
  notices: z.array(noticeSchema),
});
export type ScanInfo = z.infer<typeof scanInfoSchema>;

export const scanActions = defineActions([
  {
    id: 'scan-send',
    label: 'Send to archive…',
    keys: [],
    menu: 'file',
    section: 'export',
    binding: 'native',
  },
  {
    id: 'scan-window',
    label: 'Next window of values',
    keys: ['W'],
    menu: 'view',
    section: 'scan',
    binding: 'page',
  },
  {
    id: 'scan-invert',
    label: 'Invert light and dark',
    keys: ['I'],
    menu: 'view',
    section: 'scan',
    binding: 'page',
  },
  {
    id: 'scan-as-taken',
    label: 'Slices as they were taken',
    keys: ['4'],
    menu: 'view',
    section: 'scan',
    binding: 'page',
  },
  {
    id: 'scan-axial',
    label: 'Axial plane',
    keys: ['5'],
    menu: 'view',
    section: 'scan',
    binding: 'page',
  },
  {
    id: 'scan-coronal',
    label: 'Coronal plane',
    keys: ['6'],
    menu: 'view',
    section: 'scan',
    binding: 'page',
  },
  {
    id: 'scan-sagittal',
    label: 'Sagittal plane',
    keys: ['7'],
    menu: 'view',
    section: 'scan',
    binding: 'page',
  },
  {
    id: 'scan-three-planes',
    label: 'Three planes side by side',
    keys: ['8'],
    menu: 'view',
    section: 'scan',
    binding: 'page',
  },
  {
    id: 'scan-turn-right',
    label: 'Turn to the right on the screen',
    keys: ['R'],
    menu: 'view',
    section: 'scan',
    binding: 'page',
  },
  {
    id: 'scan-turn-left',
    label: 'Turn to the left on the screen',
    keys: ['Shift+R'],
    menu: 'view',
    section: 'scan',
    binding: 'page',
  },
  {
    id: 'scan-flip-across',
    label: 'Swap left and right on the screen',
    keys: ['H'],
    menu: 'view',
    section: 'scan',
    binding: 'page',
  },
  {
    id: 'scan-flip-down',
    label: 'Swap top and bottom on the screen',
    keys: ['V'],
    menu: 'view',
    section: 'scan',
    binding: 'page',
  },
  {
    id: 'scan-upright',
    label: 'Neither turned nor flipped',
    keys: ['U'],
    menu: 'view',
    section: 'scan',
    binding: 'page',
  },
  {
    id: 'scan-overlay',
    label: 'Show or hide what lies over a scan',
    keys: ['O'],
    menu: 'view',
    section: 'scan',
    binding: 'page',
  },
  {
    id: 'scan-play',
    label: 'Play or stop the slices',
    keys: ['P'],
    menu: 'view',
    section: 'scan',
    binding: 'page',
  },
  {
    id: 'scan-measure',
    label: 'Measure with the pointer',
    keys: ['M'],
    menu: 'view',
    section: 'scan',
    binding: 'page',
  },
]);

export const scansContract = defineContract({
  commands: {
    region: regionCommand,
    profile: profileCommand,
    identity: identityCommand,
    store: storeCommand,
    send: sendCommand,
  },
  actions: scanActions,
});
