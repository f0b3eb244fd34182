/**
 * Decides, before any row is written, what a file will hold: sample type, channels, profile and
 * metadata blobs, and everything that a person must be told. Refuses what the format can not hold.
 */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  abilitiesOf,
  HourglassError,
  labelOf,
  type Notice,
  type OutputFormat,
} from '../contract/index.ts';
import { decimal } from '../contract/sentences/index.ts';
import { choose, colourNotice, outputProfile } from './output-colour.ts';
import { endsWritten } from './display-range.ts';
import { extraLost, type ExtraSamples } from './extra-samples.ts';
import { cameraOf } from './formats/dng.ts';
import type { OutputBlobs } from './formats/containers.ts';
import { outputBlobs } from './output-blobs.ts';
import { scaleOf, type SampleType } from './raster.ts';
import { isOpaque, type Ends } from './samples.ts';
import { say } from './sentences.ts';
import type { CameraSpace, SourceObject, SourceVolume, WriteRequest } from './types.ts';

export interface OutputPlan {
  /** As stored in the file. */
  readonly layout: Pick<WriteRequest, 'width' | 'height' | 'channels' | 'hasAlpha' | 'sampleType'>;
  /** Of the colours of the original, in its own type; undefined: the ends of the type. */
  readonly ends: Ends | undefined;
  /** They become the ends of the type also where that is the same: the encoder takes only its highest bits. */
  readonly spread: boolean;
  /** Of a DNG: the samples go back to the camera on their way into the file. */
  readonly camera: CameraSpace | null;
  /** Of a volume: its slices go back into what they were read from. */
  readonly volume: SourceVolume | null;
  /** Of an object: its frames go back into what they were read from. */
  readonly object: SourceObject | null;
  /** Goes into the file beside the picture. */
  readonly extra: ExtraSamples | null;
  /** All pixels are opaque and the format has no alpha: it is left out. */
  readonly dropAlpha: boolean;
  readonly lossless: boolean;
  readonly blobs: OutputBlobs;
  /** What the encoder itself must write (libvips field names). */
  readonly encoderBlobs: Readonly<Record<string, Uint8Array | null>>;
  readonly notices: readonly Notice[];
}

const rank: Record<SampleType, number> = { uint8: 0, uint16: 1, int16: 1, float32: 2 };

/** The sample type that a format stores when asked for one: the same, or the deepest below it without a sign. */
export function storedSampleType(format: OutputFormat, wanted: SampleType): SampleType {
  const { samples } = abilitiesOf(format);
  if (samples.includes(wanted)) return wanted;
  const below = samples.find((type) => type !== 'int16' && rank[type] <= rank[wanted]);
  return below ?? samples.at(-1)!;
}

const words = (type: SampleType, bits = type === 'uint8' ? 8 : 16): string => {
  if (type === 'int16') return say('bitsWithSign');
  return type === 'float32' ? say('floats') : say('bits', { count: bits });
};

/** @throws HourglassError output-unsupported */
export async function planOutput(request: WriteRequest): Promise<OutputPlan> {
  const { format, from, channels, hasAlpha, width, height } = request;
  const { alpha, maxSide } = abilitiesOf(format);
  const label = labelOf(format);
  const notices: Notice[] = [];
  const name = basename(request.path);
  if (Math.max(width, height) > maxSide)
    throw new HourglassError(
      'output-unsupported',
      say('tooLargeForFormat', { format: label, most: maxSide, name, width, height }),
    );
  const camera =
    format === 'dng'
      ? cameraOf(
          request,
          choose(({ of }) => !of),
          notices,
        )
      : null;
  if (format === 'nifti' || format === 'dicom') return planSources(request);
  const dropAlpha = hasAlpha && !alpha;
  if (dropAlpha && !(request.opaque ?? allOpaque(from.raster)))
    throw new HourglassError(
      'output-unsupported',
      say('noTransparency', { name: basename(from.path), format: label }),
      { hint: choose(({ alpha: holds }) => holds) },
    );
  const sampleType = storedSampleType(format, request.sampleType);
  if (rank[sampleType] < rank[from.raster.sampleType])
    notices.push({
      level: 'warning',
      text: say('fewerBits', {
        name,
        stored:
          format === 'avif' && sampleType === 'uint16'
            ? say('bits', { count: 10 })
            : words(sampleType),
        original: words(from.raster.sampleType, from.raster.bits),
      }),
    });
  else if (format === 'avif' && sampleType === 'uint16')
    notices.push({
      level: 'info',
      text: say('tenBits', { name }),
    });
  if (from.raster.sampleType === 'int16' && sampleType !== 'int16') {
    const { black, white } = scaleOf(from.raster);
    notices.push({
      level: 'warning',
      text: say('noNegativeValues', { name, black, white }),
    });
  }
  // Through a window it is written as it is seen: that has no scale any more.
  if (from.raster.scale?.inverted)
    notices.push({ level: 'warning', text: say('lightIsDark', { name }) });
  const isAvif16 = format === 'avif' && sampleType === 'uint16';
  const isFewer = from.raster.sampleType === 'uint16' && (isAvif16 || sampleType === 'uint8');
  const ends = isFewer || from.raster.scale ? endsWritten(from) : undefined;
  if (isFewer && ends && ends.white < 65_535)
    notices.push({
      level: 'info',
      text: say('rangeWritten', { name, low: decimal(ends.black), high: decimal(ends.white) }),
    });
  const colours = (channels - (hasAlpha ? 1 : 0)) as 1 | 3;
  const icc = outputProfile(request, colours);
  const said = colourNotice(request);
  if (said) notices.push(said);
  const blobs = await outputBlobs({ ...request, sampleType }, icc, notices);
  const extra = from.extra ?? null;
  if (extra && format !== 'tiff') notices.push(extraLost(label, extra));
  return {
    layout: {
      width,
      height,
      channels: dropAlpha ? colours : channels,
      hasAlpha: hasAlpha && !dropAlpha,
      sampleType,
    },
    ends,
    spread: isAvif16,
    camera,
    volume: null,
    object: null,
    extra: format === 'tiff' ? extra : null,
    dropAlpha,
    lossless: await wantsLossless(request),
    blobs,
    encoderBlobs: {
      'icc-profile-data': format === 'png' ? null : icc,
    },
    notices,
  };
}

/** @throws HourglassError output-unsupported: what is no slice of a volume and no frame of an object, or has another size now */
function planSources(request: WriteRequest): OutputPlan {
  const {
    from,
    width,
    height,
    channels,
    hasAlpha,
    path,
    format,
    pages,
    object: settings,
  } = request;
  const name = basename(path);
  const { volume = null, object = null } = from.format === format ? from.metadata : {};
  const refused = (text: string): HourglassError =>
    new HourglassError('output-unsupported', text, { hint: choose(({ of }) => !of) });
  const own = format === 'nifti' ? volume : object;
  if (object?.refused) throw refused(object.refused);
  if (!own || channels !== (object?.channels ?? 1))
    throw refused(say('onlyFromSource', { name, format: labelOf(format) }));
  if (width !== own.width || height !== own.height)
    throw refused(say('sourceNotResized', { name }));
  const syntax = settings && object?.refusesSyntax(settings.transferSyntax);
  if (syntax) throw new HourglassError('output-unsupported', syntax.text, { hint: syntax.hint });
  if (object && object.frames !== (pages?.count ?? 1)) throw refused(object.notAlone);
  return {
    // Samples stay what they are; which of them become voxels of what type is the source's.
    layout: { width, height, channels, hasAlpha, sampleType: from.raster.sampleType },
    ...{ ends: undefined, spread: false, camera: null, volume, object, extra: null },
    ...{ dropAlpha: false, lossless: true, encoderBlobs: {}, notices: [] },
    blobs: { icc: null, exif: null, xmp: null, iptc: null, resolution: null },
  };
}

const allOpaque = (raster: WriteRequest['from']['raster']): boolean =>
  'data' in raster && isOpaque(raster.data, raster.channels);

/** Quality 100 means lossless where a format has that. */
export const losslessAt = (format: OutputFormat, quality: number): boolean =>
  quality === 100 && (format === 'webp' || format === 'avif');

/** A lossless WebP stays lossless. */
async function wantsLossless(request: WriteRequest): Promise<boolean> {
  const { format, quality, from } = request;
  if (losslessAt(format, quality)) return true;
  return format === 'webp' && from.format === 'webp' && (await isLosslessWebp(from.path));
}

/** True when the first picture of a WebP file is a VP8L stream (WebP container specification). */
async function isLosslessWebp(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return false; // The source is gone meanwhile: then it is written at the quality asked for.
  try {
    const head = new Uint8Array(20);
    let at = 12;
    for (let chunk = 0; chunk < 64; chunk++) {
      const { bytesRead } = await file.read(head, 0, 8, at);
      if (bytesRead < 8) return false;
      const type = String.fromCharCode(...head.subarray(0, 4));
      if (type === 'VP8L') return true;
      if (type === 'VP8 ' || type === 'ANMF') return false;
      const size = new DataView(head.buffer).getUint32(4, true);
      at += 8 + size + (size % 2);
    }
    return false;
  } finally {
    await file.close();
  }
}
