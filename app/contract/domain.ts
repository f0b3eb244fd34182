/**
 * The words of the program as schemas: what a document, a reading, a device, a model is.
 * Types are derived; every field says its unit and range. No behaviour lives here.
 */
import * as z from 'zod';
import { imageFormats, outputFormats } from './formats.ts';
import { tileCodesSchema } from './levels.ts';
import { bodyPlaceSchema } from './place.ts';
import { planes, volumeShapeSchema } from './planes.ts';

export { bodyPlaceSchema, type BodyPlace } from './place.ts';

/** Rectangle in image pixels, origin top left, after orientation. */
export const rectSchema = z.object({
  x: z.number().int().min(0),
  y: z.number().int().min(0),
  width: z.number().int().min(1),
  height: z.number().int().min(1),
});
export type Rect = z.infer<typeof rectSchema>;

/** Something that a person should know: never silent about what was changed or lost. */
export const noticeSchema = z.object({
  level: z
    .enum(['info', 'warning'])
    .describe('info: said for completeness; warning: something was lost or may surprise'),
  text: z.string().describe('One plain sentence'),
});
export type Notice = z.infer<typeof noticeSchema>;

export const sampleTypes = ['uint8', 'uint16', 'int16', 'float32'] as const;

/** Elements of DICOM that say how fast frames are played (PS3.3, C.7.6.5), by their keywords. */
const cineElements = [
  'RecommendedDisplayFrameRate',
  'CineRate',
  'FrameTime',
  'FrameTimeVector',
] as const;

/** What the stored values of a picture mean. Alpha is none of them. */
export const scaleSchema = z.object({
  black: z.number().describe('Stored value that is shown as black where no window is chosen'),
  white: z.number().describe('Stored value that is shown as white where no window is chosen'),
  slope: z.number().describe('Measured value = stored value × slope + intercept'),
  intercept: z.number(),
  unit: z.string().nullable().describe('Of measured values, for example HU; null: they have none'),
  window: z
    .object({
      center: z.number(),
      width: z.number().positive(),
      sigmoid: z
        .literal(true)
        .optional()
        .describe('Levels run along a curve (SIGMOID of DICOM); absent: in a straight line'),
    })
    .nullable()
    .describe('Measured values to show first, as the file asks for; null: black to white'),
  assumed: z
    .literal(true)
    .optional()
    .describe('The file asks for no window: it is that of soft tissue, or where its values lie'),
  inverted: z
    .boolean()
    .optional()
    .describe('Small values are shown bright (MONOCHROME1 of DICOM); default: large ones are'),
  padding: z
    .object({ low: z.number(), high: z.number() })
    .optional()
    .describe('Stored values from low to high stand for nothing that was measured'),
});
export type Scale = z.infer<typeof scaleSchema>;

/** What a picture is for, decided once, where its file is opened. */
export const contentSchema = z.object({
  family: z
    .enum(['photo', 'scan'])
    .describe('photo: to be looked at; scan: its values were measured, and mean something'),
  reason: z.string().describe('What says so, as a phrase'),
});

export const documentInfoSchema = z.object({
  document: z.string().describe('Id of the open document'),
  source: z.string().describe('The source as it was given to `open`'),
  name: z.string().describe('File name with extension'),
  bytes: z.number().int().min(0).describe('Size of the file, bytes'),
  modifiedMs: z.number().describe('When the file was changed last, milliseconds since 1970'),
  format: z.enum(imageFormats),
  width: z.number().int().min(1).describe('Pixels, after orientation was applied'),
  height: z.number().int().min(1).describe('Pixels, after orientation was applied'),
  channels: z.number().int().min(1).max(4).describe('Stored channels, alpha included'),
  hasAlpha: z.boolean(),
  sampleType: z.enum(sampleTypes).describe('Stored sample type'),
  bits: z
    .number()
    .int()
    .optional()
    .describe(
      'Bits that the file has of a sample, where these are fewer (10 of an AVIF); absent: those of the type',
    ),
  scale: scaleSchema,
  content: contentSchema,
  modality: z.string().optional().describe('Of a DICOM image, for example CT; absent: not known'),
  pixelSize: z
    .object({ x: z.number().positive(), y: z.number().positive() })
    .optional()
    .describe('Distance of pixels from middle to middle, mm, of a scan; absent: not known'),
  place: bodyPlaceSchema.optional(),
  volume: volumeShapeSchema
    .optional()
    .describe('The volume that it is a part of, where planes can be cut from it'),
  noPlanes: z
    .string()
    .optional()
    .describe('Why no planes can be cut from the slices that it is one of, in a sentence'),
  notWritten: z
    .string()
    .optional()
    .describe(
      'Why it can not be written in its own format, in a sentence; absent: it can, or its format is none that is written',
    ),
  plane: z
    .enum(planes)
    .optional()
    .describe('It is a plane that was cut from the volume; absent: as it was taken'),
  cine: z
    .object({
      milliseconds: z.number().positive().describe('How long this frame is shown'),
      said: z.enum(cineElements).describe('Keyword of the element of DICOM that says so'),
    })
    .optional()
    .describe('How frames are played, as the file asks for it; absent: it does not'),
  frames: z.number().int().min(1).describe('Pictures of one size that the document holds'),
  pages: z
    .object({ page: z.number().int().min(1), count: z.number().int().min(2) })
    .optional()
    .describe('Which page of a TIFF of several the document is, from 1; absent: it has one'),
  files: z.number().int().min(1).describe('How many files it comes from'),
  profileName: z
    .string()
    .nullable()
    .describe('Name of the embedded ICC profile; null: none, sRGB is assumed'),
  levels: z.number().int().min(1).describe('Pyramid levels: 0 is full size, each next one half'),
  tileSize: z.number().int().describe('Side of the served tiles, pixels'),
  codes: tileCodesSchema
    .optional()
    .describe('Tiles of 16 bits are to be had, and are read so; absent: RGBA8 alone'),
  capturedWith: z.string().nullable().describe('Camera and ISO from EXIF, in words'),
  camera: z.string().optional().describe('Camera from EXIF; absent: it is not known'),
  iso: z.number().nullable().describe('ISO sensitivity from EXIF'),
  notices: z.array(noticeSchema),
});
export type DocumentInfo = z.infer<typeof documentInfoSchema>;

export const deviceIds = ['cpu', 'webgpu', 'dml', 'coreml', 'cuda'] as const;
export type DeviceId = (typeof deviceIds)[number];
export const deviceChoiceSchema = z.enum(['auto', ...deviceIds]);
export type DeviceChoice = z.infer<typeof deviceChoiceSchema>;

/** Arithmetic of a network: 32-bit floats, or 8-bit integers where its card has such a file. */
export const precisions = ['fp32', 'int8'] as const;
export type Precision = (typeof precisions)[number];
export const precisionChoiceSchema = z.enum(['auto', ...precisions]);
export type PrecisionChoice = z.infer<typeof precisionChoiceSchema>;

/** What probing a device by using it has found. */
export const deviceReportSchema = z.object({
  id: z.enum(deviceIds),
  label: z.string().describe('What a person calls it, for example "WebGPU (Radeon 780M)"'),
  usable: z.boolean(),
  reason: z.string().describe('Why it is used or not, in one sentence'),
  maxDifference: z
    .number()
    .nullable()
    .describe('Largest difference from the CPU on the reference model, on the [0,1] scale'),
  megapixelsPerSecond: z.number().nullable().describe('Measured on the reference model, fp32'),
  precision: z.enum(precisions).describe('What auto uses here: int8 where it is much faster'),
  int8: z
    .object({
      megapixelsPerSecond: z.number(),
      maxDifference: z.number().describe('Largest difference from fp32, on the [0,1] scale'),
    })
    .nullable()
    .describe('The reference model in 8 bits; null: not there, or not measured on this device'),
  graphOptimization: z.enum(['all', 'extended']).describe('Optimisation level that did not abort'),
  checkedAt: z.string().describe('ISO 8601 time of the probe'),
});
export type DeviceReport = z.infer<typeof deviceReportSchema>;

/** What really ran, as part of every result. */
export const deviceUsedSchema = z.object({
  id: z.enum(deviceIds),
  label: z.string(),
  fallback: z
    .string()
    .nullable()
    .describe('If another device was tried first: which, and why it was left; else null'),
});
export type DeviceUsed = z.infer<typeof deviceUsedSchema>;

export const modelIdSchema = z
  .string()
  .regex(/^[a-z]+-[a-z0-9]+(-[a-z0-9]+)?$/)
  .describe('<task>-<what> or <task>-<what>-<size>');

export const modelInfoSchema = z.object({
  id: modelIdSchema,
  version: z.string(),
  title: z.string(),
  task: z
    .string()
    .regex(/^[a-z]+$/)
    .describe('What it is for, in a word: the first one of its id'),
  origin: z.enum(['shipped', 'user']).describe('user: added by the person, not part of Hourglass'),
  purpose: z.string().describe('One sentence: what it is for'),
  licence: z.string(),
  bytes: z.number().int(),
  sha256: z.string(),
  precisions: z
    .array(z.enum(precisions))
    .describe('Arithmetic that it is there in; fp32 always is'),
  quality: z
    .array(z.object({ set: z.string(), noise: z.string(), metric: z.string(), value: z.number() }))
    .describe('As measured, from its card'),
  limits: z.array(z.string()),
  learntFrom: z.string().optional().describe('In words; absent: it is not known'),
});
export type ModelInfo = z.infer<typeof modelInfoSchema>;

/** Which network cleaned, as part of every result. */
export const modelUsedSchema = z.object({
  id: z.string(),
  version: z.string(),
  precision: z.enum(precisions).describe('Arithmetic that ran'),
});
export type ModelUsed = z.infer<typeof modelUsedSchema>;

/** What is done to a picture for others to look at, besides what the command makes of it. */
export const sharingSchema = z.object({
  maxSide: z
    .number()
    .int()
    .min(16)
    .max(65_535)
    .optional()
    .describe(
      'Longest side of the file, pixels: a larger picture is made smaller, a smaller one stays as it is',
    ),
  srgb: z
    .boolean()
    .default(false)
    .describe('Convert the colours to sRGB, which is what the web and most screens expect'),
  strip: z
    .enum(['nothing', 'location', 'all'])
    .default('nothing')
    .describe(
      'Metadata to leave out: location (GPS, named places, maker notes), or all of it; the profile stays',
    ),
});
export type Sharing = z.infer<typeof sharingSchema>;

/** How and where a result is written. */
export const outputSettingsSchema = z.object({
  out: z
    .string()
    .default('{dir}/{name}-clean.{ext}')
    .describe(
      'Output file (one input only), folder, or template of {dir} {name} {ext} {model} {n}; {model} is the model as asked for',
    ),
  format: z
    .enum(['keep', ...outputFormats])
    .default('keep')
    .describe('File format; keep: that of the source, or of the extension of --out'),
  depth: z
    .enum(['keep', '8', '16'])
    .default('keep')
    .describe('Bits per sample; keep: that of the source where the format can hold it'),
  quality: z.number().int().min(1).max(100).default(95).describe('Quality of lossy formats, 1–100'),
  overwrite: z
    .boolean()
    .default(false)
    .describe('Allow overwriting an existing output (never the source)'),
  ...sharingSchema.shape,
});
export type OutputSettings = z.infer<typeof outputSettingsSchema>;
