/**
 * What is to be compressed: what a latent can hold of it, what is refused, and what a person must be told.
 * Reading the file itself is `pixels`.
 */
import { HourglassError, type Notice } from '../contract/index.ts';
import { whyInexact } from '../contract/latent.ts';
import {
  allocateSamples,
  colourChannels,
  contentOf,
  convertSamples,
  fromDamaged,
  type DecodedImage,
  type Described,
  type Raster,
} from '../pixels/index.ts';
import { say } from './sentences.ts';

/** Header fields that follow from the pixels. */
export interface SourceFacts {
  readonly tones: 'gray' | 'colour';
  readonly hasAlpha: boolean;
  readonly sampleType: Raster['sampleType'];
  readonly bitDepth: number;
  /** Values that mean something by themselves, and are not kept exactly. */
  readonly lossyScan: boolean;
}

const bits = { uint8: 8, uint16: 16, int16: 16, float32: 32 } as const;

/**
 * @param allowed scans and floats may be encoded all the same
 * @throws HourglassError unsupported-image for a scan or floats that are not allowed
 */
export function sourceFacts(name: string, image: Described, allowed: boolean): SourceFacts {
  const { sampleType, hasAlpha } = image.raster;
  const gray = colourChannels(image.raster) === 1;
  const content = contentOf(image);
  if (sampleType === 'int16')
    throw new HourglassError(
      'unsupported-image',
      say('storesNegativeValuesWhichLatent', { name }),
      { hint: say('exportPngAndCompress') },
    );
  const inexact = whyInexact({ sampleType, content });
  if (inexact && !allowed)
    throw new HourglassError(
      'unsupported-image',
      say('whoseValuesLatentFileDoes', {
        name,
        what:
          sampleType === 'float32'
            ? say('storedInFloats')
            : say('scan', { reason: content.reason }),
      }),
      { hint: say('allowWithScansIfPicture') },
    );
  return {
    tones: gray ? 'gray' : 'colour',
    hasAlpha,
    sampleType,
    bitDepth: bits[sampleType],
    lossyScan: inexact !== null,
  };
}

/** What is lost with these pixels at any quality. */
export function sourceNotices(name: string, { sampleType, lossyScan }: SourceFacts): Notice[] {
  if (lossyScan)
    return [
      {
        level: 'warning',
        text: say('holdsValuesLatentFileDoes', { name }),
      },
    ];
  if (sampleType === 'uint8') return [];
  return [
    {
      level: 'info',
      text: say('stores16BitsPerSample', { name }),
    },
  ];
}

/** Floats outside [0,1], and such that are no numbers, can not be latents: clipped, 0. A copy. */
export function withinUnit(raster: Raster): Raster {
  if (raster.sampleType !== 'float32') return raster;
  const data = allocateSamples('float32', raster.data.length);
  for (let i = 0; i < data.length; i++) {
    const value = raster.data[i]!;
    data[i] = value > 0 ? Math.min(1, value) : 0;
  }
  return { ...raster, data };
}

/** Alpha of whole rows, as latent files keep it: 8 or 16 bits. */
export function alphaOf(raster: Raster, top: number, rows: number): Uint8Array | Uint16Array {
  const { width, channels, data, sampleType } = raster;
  const alpha = allocateSamples(sampleType, width * rows);
  for (let i = 0, at = (top * width + 1) * channels - 1; i < alpha.length; i++, at += channels)
    alpha[i] = data[at]!;
  return convertSamples(alpha, sampleType === 'uint8' ? 'uint8' : 'uint16') as
    Uint8Array | Uint16Array;
}

const joined = (words: readonly (string | null)[]): string =>
  words.filter((word) => word !== null).join(', ');

/** Everything besides the pixels that a latent file keeps. */
export const keptMetadata = (
  { metadata }: Pick<DecodedImage, 'metadata'>,
  cleanedWith: string | null,
) => ({
  icc: metadata.icc,
  exif: metadata.exif,
  xmp: metadata.xmp,
  iptc: metadata.iptc,
  resolution: metadata.resolution,
  pngColour: metadata.pngColour ?? null,
  scanHeader: null,
  // The place of what is said about the making.
  cleanedWith: metadata.damaged ? joined([cleanedWith, fromDamaged]) : cleanedWith,
  modifiedMs: metadata.modifiedMs,
});
