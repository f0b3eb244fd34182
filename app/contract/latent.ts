/**
 * The latent codec: `.hgl` files made, read, described and checked, what the window shows before one is made,
 * and the action of its workspace. A line of the table in `capabilities.ts`; the file format is
 * docs/latent-format.md.
 */
import * as z from 'zod';
import { defineActions } from './action.ts';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';
import {
  deviceChoiceSchema,
  deviceUsedSchema,
  modelUsedSchema,
  noticeSchema,
  outputSettingsSchema,
  precisionChoiceSchema,
  rectSchema,
  scaleSchema,
  sharingSchema,
  type DocumentInfo,
} from './domain.ts';
import { formatsFor } from './formats.ts';
import { sizeFound, sizeLimit } from './sizes.ts';
import {
  allowances,
  damagedSource,
  counted,
  document,
  files,
  maxMegapixels,
  page,
  source,
  speed,
  written,
} from './fields.ts';

/**
 * Why a latent file does not keep the values of a picture, however high its quality; null: they are levels
 * of a photo, of which it keeps what the eye needs. Such a picture is encoded only where somebody says so.
 */
export const whyInexact = ({
  sampleType,
  content,
}: Pick<DocumentInfo, 'sampleType' | 'content'>): 'scan' | 'floats' | null =>
  content.family === 'scan' ? 'scan' : sampleType === 'float32' ? 'floats' : null;

/** State of a tile of a `.hgl` file. */
export const latentTileSchema = z.object({
  column: z.number().int().min(0),
  row: z.number().int().min(0),
  state: z
    .enum(['intact', 'preview', 'lost'])
    .describe('preview: only its coarse stream can be read; lost: neither can'),
});
export type LatentTile = z.infer<typeof latentTileSchema>;

const quality = z
  .number()
  .int()
  .min(1)
  .max(100)
  .default(60)
  .describe('1–100; each 16 more halve the quantiser’s step');
const clean = z
  .union([z.enum(['off', 'auto']), z.number().min(0).max(200)])
  .default('off')
  .describe(
    'Clean first with the shipped denoiser: off, auto (the suggested strength) or percent of the measured noise, 0–200',
  );
const model = z.string().default('auto').describe('Id of the latent model; auto: the shipped one');
const scans = z
  .boolean()
  .default(false)
  .describe(
    'Allow scans (one tone of more than 8 bits without a colour profile) and floats, which lose accuracy; the file is marked as lossy',
  );
const device = deviceChoiceSchema
  .default('auto')
  .describe('Device to run on; auto: the fastest that passed its check');
export const latentThreads = z
  .number()
  .int()
  .min(1)
  .max(64)
  .optional()
  .describe('Threads of the entropy coder, 1–64; default: one per core. The result is the same');
const latentSource = z
  .string()
  .min(1)
  .describe('The latent file: a path, or @id of a file that the host has admitted');

const hash = z
  .string()
  .describe(
    'SHA-256 of all latents, hexadecimal: the same on every machine, device and number of threads',
  );
const bitsPerPixel = z.number().describe('8 × size of the whole file / pixels');
const psnr = z
  .number()
  .describe('dB, of the decoded picture in 8 bits against what was encoded (cleaned or not)');
const sourceBytes = z.number().int().describe('Size of the source file');

/** What became of the values of a scan that was stored with a loss. */
export const scanLossSchema = z.object({
  largestError: z
    .number()
    .describe(
      'The largest absolute error of a value, in `unit` (measured values, HU of a CT); padding, which is kept, does not count',
    ),
  unit: z.string().nullable().describe('Of measured values; null: the file names none'),
  losslessBytes: z
    .number()
    .int()
    .nullable()
    .describe('Size of the same pixels as JPEG-LS, lossless; null: floats and transparency'),
});
export type ScanLoss = z.infer<typeof scanLossSchema>;
const scanLoss = scanLossSchema.nullable();

export const peerFormats = ['jpeg', 'webp', 'avif'] as const;
export type PeerFormat = (typeof peerFormats)[number];

/** What compressing makes. */
export const encodedFormats = ['hgl', ...peerFormats] as const;
export type EncodedFormat = (typeof encodedFormats)[number];

/** Several at once take a fifth more of the processor and 40 to 80 MB, in no less time (docs/benchmarks.md, "Batches"). */
const latentAtOnce = 1;

export const encodeCommand = defineCommand({
  id: 'encode',
  title: 'Compress',
  summary:
    'Compresses an image into a latent file (.hgl) with an autoencoder, or into JPEG, WebP or AVIF. The original is never touched; colour profile, metadata, transparency and dates are kept.',
  runs: 'engine',
  slot: 'work',
  reads: { field: 'source', files: 'files', kinds: ['photo', 'scan'], many: true },
  writes: { field: 'out', format: 'given', place: 'latent', beside: '-small' },
  atOnce: latentAtOnce,
  get input() {
    return z.object({
      source,
      files,
      out: z
        .string()
        .default('{dir}/{name}.{ext}')
        .describe(
          'Output file (one input only), folder, or template of {dir} {name} {ext} {model} {n}; {ext} is that of the format, and where the original is called so, {name} becomes {name}-small',
        ),
      quality,
      format: z
        .enum(encodedFormats)
        .default('hgl')
        .describe('What is made: a latent file (hgl), or JPEG, WebP or AVIF, which others open'),
      size: sizeLimit,
      clean,
      scans,
      psnr: z
        .boolean()
        .default(false)
        .describe('Decode the result once more and say how near it is to the source (PSNR)'),
      model,
      device,
      threads: latentThreads,
      overwrite: outputSettingsSchema.shape.overwrite,
      ...counted,
      maxMegapixels,
      ...allowances,
      page,
    });
  },
  get output() {
    return z.object({
      ...written,
      damagedSource,
      sourceBytes,
      bitsPerPixel,
      quality: z
        .number()
        .int()
        .describe('Quality of the file; found by search where a size was given'),
      ...sizeFound,
      format: z.enum(encodedFormats),
      step: z
        .number()
        .int()
        .nullable()
        .describe('Index of the quantiser’s step, 113 − quality; null: no latent file'),
      psnr: psnr.nullable().describe('dB; null where it was not asked for'),
      scanLoss: scanLoss.describe('Of a latent file of a scan; null: it is none'),
      hash: hash.nullable().describe('SHA-256 of all latents, hexadecimal; null: no latent file'),
      tiles: z
        .number()
        .int()
        .nullable()
        .describe('Tiles of 512 × 512 pixels, each decoded on its own; null: no latent file'),
      cleaned: z
        .string()
        .nullable()
        .describe('Which model cleaned at which level, in words; null: nothing was cleaned'),
      model: modelUsedSchema.nullable().describe('What encoded; null: no latent file'),
      device: deviceUsedSchema.nullable().describe('What encoded ran on; null: no latent file'),
      ...speed,
      notices: z.array(noticeSchema),
    });
  },
  cli: {
    examples: [
      'hourglass encode photo.jpg --quality 60',
      'hourglass encode shoot/ --out small/ --size 500KB',
      'hourglass encode photo.png --format webp --size 200KB --psnr',
      'hourglass encode noisy.png --clean auto --out clean.hgl',
    ],
  },
});

export const decodeCommand = defineCommand({
  id: 'decode',
  title: 'Decompress',
  summary:
    'Decodes a latent file (.hgl) to PNG, JPEG, TIFF, WebP or AVIF, whole or in part. Damaged tiles are shown coarse or gray and named; all others come out unchanged.',
  runs: 'engine',
  slot: 'work',
  reads: { field: 'source', kinds: ['latent'], many: true },
  writes: { field: 'out', format: 'chosen', place: 'decoded' },
  atOnce: latentAtOnce,
  get input() {
    return z.object({
      source: latentSource,
      out: z
        .string()
        .default('{dir}/{name}-decoded.{ext}')
        .describe('Output file (one input only), folder, or template of {dir} {name} {ext} {n}'),
      format: z
        .enum(['keep', ...formatsFor('hgl')])
        .default('keep')
        .describe('File format; keep: that of the extension of --out, else PNG'),
      depth: z
        .enum(['keep', '8', '16'])
        .default('keep')
        .describe('Bits per sample; keep: as the source of the latent file had, 8 or 16'),
      quality: outputSettingsSchema.shape.quality,
      region: rectSchema
        .optional()
        .describe('Decode only this part, pixels; tiles beyond it are not read'),
      device,
      precision: precisionChoiceSchema
        .default('auto')
        .describe(
          'Arithmetic of the network; auto: 8 bits where the check found it much faster. The latents are the same',
        ),
      threads: latentThreads,
      overwrite: outputSettingsSchema.shape.overwrite,
      ...sharingSchema.shape,
      ...counted,
      maxMegapixels,
    });
  },
  get output() {
    return z.object({
      ...written,
      damaged: z.array(latentTileSchema).describe('Tiles that could not be decoded in full'),
      hash: hash
        .nullable()
        .describe('SHA-256 of all latents, hexadecimal; null where only a region was decoded'),
      model: modelUsedSchema,
      device: deviceUsedSchema,
      ...speed,
      notices: z.array(noticeSchema),
    });
  },
  cli: {
    examples: [
      'hourglass decode photo.hgl --out photo.png',
      'hourglass decode small/ --out pictures/ --format jpeg',
      'hourglass decode photo.hgl --region 0,0,512,512 --out corner.png',
    ],
  },
});

/** What a latent file says of itself. */
export const latentInfoSchema = z.object({
  source: z.string(),
  bytes: z.number().int().describe('Size of the file'),
  formatVersion: z.number().int(),
  software: z.string().describe('What wrote it'),
  width: z.number().int(),
  height: z.number().int(),
  tones: z.union([z.literal(1), z.literal(3)]).describe('1: gray; 3: colour'),
  hasAlpha: z.boolean(),
  sourceBits: z
    .number()
    .int()
    .describe('Bits per sample of what was encoded: 8, 16, or 32 (float)'),
  lossyScan: z.boolean().describe('A scan or floats, encoded with a loss because it was asked for'),
  scale: scaleSchema
    .nullable()
    .describe(
      'What the values of a scan mean, of the samples that it is decoded to; null: not said',
    ),
  keepsPadding: z.boolean().describe('Which pixels of a scan are padding is kept, without loss'),
  quality: z.number().int(),
  step: z.number().int(),
  bitsPerPixel,
  model: z.object({
    id: z.string(),
    version: z.string(),
    fingerprint: z.string().describe('Of what decoding depends on, 32 hexadecimal digits'),
    installed: z.boolean().describe('The very same model is installed here'),
  }),
  cleaned: z.string().nullable().describe('What cleaned it before, in words'),
  profileName: z.string().nullable(),
  metadata: z
    .array(z.object({ kind: z.string(), bytes: z.number().int() }))
    .describe(
      'What else is stored (profile, EXIF, XMP, IPTC, transparency …), by the format’s names',
    ),
  tiles: z.array(
    latentTileSchema.extend({
      state: z
        .enum(['intact', 'preview', 'lost', 'unknown'])
        .describe('unknown: the model that could tell is not installed; else as in verify'),
      bytes: z.number().int().describe('Both streams of the tile'),
      previewBytes: z.number().int().describe('Its coarse stream alone'),
    }),
  ),
  hash: hash
    .nullable()
    .describe('SHA-256 of all latents, hexadecimal; null where the model is not installed'),
  notices: z.array(noticeSchema),
  ok: z.boolean().describe('Everything that could be checked is intact'),
});
export type LatentInfo = z.infer<typeof latentInfoSchema>;

export const verifyCommand = defineCommand({
  id: 'verify',
  title: 'Check a latent file',
  summary:
    'Decodes all streams of a latent file (.hgl) and compares them with its checksums. Needs no network; ends with exit code 1 when something is damaged.',
  runs: 'engine',
  slot: 'work',
  reads: { field: 'source', kinds: ['latent'], many: true },
  get input() {
    return z.object({ source: latentSource, threads: latentThreads });
  },
  get output() {
    return z.object({
      source: z.string(),
      ok: z.boolean(),
      tiles: z.number().int(),
      damaged: z.array(latentTileSchema),
      hash: z.string().describe('SHA-256 of the latents as they are now, hexadecimal'),
      problems: z.array(z.string()).describe('What is wrong, one sentence each'),
    });
  },
  cli: {
    examples: ['hourglass verify photo.hgl', 'hourglass verify archive/ --json'],
  },
});

export const compressCommand = defineCommand({
  id: 'compress',
  title: 'Compress for the screen',
  summary:
    'Encodes an open document in memory and shows the decoded picture as a layer, with the size that the file would have.',
  runs: 'engine',
  slot: 'view',
  supersedes: ['document'],
  get input() {
    return z.object({
      document,
      quality,
      size: z
        .number()
        .int()
        .min(1)
        .optional()
        .describe(
          'Largest size of the file, bytes; the best quality that fits is searched from `quality` on, as encode does',
        ),
      model,
      clean,
      scans,
      device,
      view: rectSchema.optional().describe('Visible region, full-size coordinates; computed first'),
    });
  },
  get output() {
    return z.object({
      layer: z.string().describe('Id of the layer'),
      bytes: z.number().int().describe('Size that the file would have, metadata included'),
      metadataBytes: z
        .number()
        .int()
        .describe('The part of it that is profile, EXIF, XMP, IPTC and transparency'),
      bitsPerPixel,
      psnr,
      scanLoss: scanLoss.describe('Of a scan; null: it is none'),
      sourceBytes,
      smallerThanSource: z.boolean(),
      quality: z.number().int(),
      cleaned: z.string().nullable().describe('Which model cleaned at which level, in words'),
      model: modelUsedSchema,
      device: deviceUsedSchema,
      seconds: z.number(),
      notices: z.array(noticeSchema),
    });
  },
});

export const rateCurveCommand = defineCommand({
  id: 'rateCurve',
  title: 'Size against quality',
  summary:
    'Size and PSNR of an open document at several qualities; of a large one from evenly spread parts, which is said.',
  runs: 'engine',
  slot: 'view',
  supersedes: ['document'],
  get input() {
    return z.object({ document, model, clean, scans, device });
  },
  get output() {
    return z.object({
      points: z
        .array(
          z.object({
            quality: z.number().int(),
            bytes: z
              .number()
              .int()
              .describe('Size that the file would have; an estimate where sampled'),
            psnr,
          }),
        )
        .describe('From the lowest quality up'),
      sampled: z
        .number()
        .min(0)
        .max(1)
        .describe('Part of the picture that was encoded; 1: all of it, and sizes are exact'),
      notices: z.array(noticeSchema),
    });
  },
});

export const peerCommand = defineCommand({
  id: 'peer',
  title: 'Another format at the same size',
  summary:
    'Encodes an open document as JPEG, WebP or AVIF at the size nearest to the one given, and shows the result as a layer.',
  runs: 'engine',
  slot: 'view',
  supersedes: ['document', 'format'],
  get input() {
    return z.object({
      document,
      format: z.enum(peerFormats),
      bytes: z.number().int().min(1).describe('Size to come near to, metadata included'),
    });
  },
  get output() {
    return z.object({
      layer: z.string().describe('Id of the layer'),
      format: z.enum(peerFormats),
      quality: z.number().int().describe('Quality setting of that format’s encoder, 1–100'),
      bytes: z.number().int().describe('Size with the same metadata'),
      psnr: z.number().describe('dB, in 8 bits against the source'),
    });
  },
});

export const latentActions = defineActions([
  {
    id: 'workspace-compress',
    label: 'Compress',
    keys: ['C'],
    menu: 'view',
    section: 'workspace',
    binding: 'page',
  },
]);

export const latentContract = defineContract({
  commands: {
    encode: encodeCommand,
    decode: decodeCommand,
    verify: verifyCommand,
    compress: compressCommand,
    rateCurve: rateCurveCommand,
    peer: peerCommand,
  },
  // It enters the workspace.
  actions: latentActions,
});
