/**
 * What is to be compressed: what a latent can hold of it, what is refused, and what a person must be told.
 * Reading the file itself is `pixels`.
 */
import {
  allowedBy,
  HourglassError,
  type Commands,
  type Notice,
  type ParsedInputOf,
  type ValueRange,
} from '../contract/index.ts';
import { whyInexact } from '../contract/latent.ts';
import {
  allocateSamples,
  colourChannels,
  contentOf,
  convertSamples,
  fromDamaged,
  plainScale,
  scaleOf,
  usedRange,
  type DecodedImage,
  type Described,
  type Raster,
  type Samples,
} from '../pixels/index.ts';
import { isScan } from '../pixels/content.ts';
import type { Ends } from '../pixels/samples.ts';
import { tones } from '../pixels/tones.ts';
import { factsOf, unlikeNotice, type EngineServices } from '../runtime/index.ts';
import type { BandValues } from './band-rows.ts';
import type { LatentCard } from './card.ts';
import { storableScale, type MeasuredValues } from './container/index.ts';
import { paddingOf } from './padding-rows.ts';
import { say } from './sentences.ts';

/** Header fields that follow from the pixels. */
export interface SourceFacts {
  readonly tones: 'gray' | 'colour';
  readonly hasAlpha: boolean;
  readonly sampleType: Raster['sampleType'];
  /** Those that are used, or that the file has. */
  readonly bitDepth: number;
  /** As in the header: absent where all bits are used. */
  readonly narrow?: true;
  /** Values that mean something by themselves, and are not kept exactly. */
  readonly lossyScan: boolean;
  /** As in the header; its range and padding are those of the picture once `latentPicture` has seen it. */
  readonly measured?: MeasuredValues;
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
  const measured = measuredOf(image.raster, content.family === 'scan');
  if (sampleType === 'int16' && !measured)
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
  const used = measured ? null : usedRange(image);
  return {
    tones: gray ? 'gray' : 'colour',
    hasAlpha,
    sampleType,
    bitDepth: used
      ? Math.log2(used.high + 1)
      : measured
        ? bitsOf(measured.scale, sampleType)
        : (image.raster.bits ?? bits[sampleType]),
    lossyScan: inexact !== null,
    ...(used ? { narrow: true } : {}),
    ...(measured ? { measured } : {}),
  };
}

/** What the values of a scan of one tone measure, where its file says so, or where they have a sign, which means something too. */
function measuredOf(raster: Raster, scan: boolean): MeasuredValues | null {
  const { channels, sampleType } = raster;
  if (!scan || channels !== 1 || !(raster.scale || sampleType === 'int16')) return null;
  const scale = storableScale(scaleOf(raster));
  const { black: low, white: high } = scale;
  return low < high ? { scale, range: { low, high }, keepsPadding: false } : null;
}

/** Of the stored values between black and white. */
const bitsOf = ({ black, white }: Ends, sampleType: Raster['sampleType']): number =>
  sampleType === 'float32'
    ? bits.float32
    : Math.min(bits[sampleType], Math.ceil(Math.log2(white - black + 1)));

/** What is lost with these pixels at any quality. */
export function sourceNotices(
  name: string,
  { sampleType, lossyScan, bitDepth, narrow }: SourceFacts,
): readonly Notice[] {
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
      text: say('storesBitsPerSample', { name, bits: bitDepth, decoded: narrow ? bitDepth : 16 }),
    },
  ];
}

/** How the picture is unlike what the codec learnt from, on the scale on which it sees it. Scans are so in a way that has a name. */
export function unlikeCodec(
  card: LatentCard,
  image: DecodedImage,
  facts: SourceFacts,
): readonly Notice[] {
  const notice = unlikeNotice(card, () => {
    const source = image.raster;
    const { black: low, white: high } = scaleOf(withWhite(source, whiteOf(facts)));
    const range = isScan(image) ? null : { low, high };
    return factsOf(image, { source, tones: tones(source), range });
  });
  return notice ? [notice] : [];
}

/** White of a picture that uses a part of its 16 bits, a stored value; null: that of the sample type. */
export const whiteOf = ({ narrow, bitDepth }: Pick<SourceFacts, 'narrow' | 'bitDepth'>) =>
  narrow ? 2 ** bitDepth - 1 : null;

/** A raster on the scale from 0 to `white`; null: as it is. */
export const withWhite = (raster: Raster, white: number | null): Raster =>
  white === null
    ? raster
    : { ...raster, scale: { ...(raster.scale ?? plainScale(raster.sampleType)), white } };

/** What is compressed, on the scale that latents have. */
export interface LatentPicture {
  readonly raster: Raster;
  readonly facts: SourceFacts;
  /** As of `LatentWriter.writePadding`; null: there is none. */
  readonly padding: BandValues | null;
  readonly notices: readonly Notice[];
}

/**
 * @param source as it was read @param raster the same, or cleaned
 * @param facts of `source`
 */
export function latentPicture(
  name: string,
  source: Raster,
  raster: Raster,
  facts: SourceFacts,
): LatentPicture {
  const { measured } = facts;
  if (!measured) return { raster: withinUnit(raster, facts), facts, padding: null, notices: [] };
  const padding = paddingOf({ ...source, scale: measured.scale });
  const range = rangeOfValues(raster, padding) ?? measured.range;
  const { data, notNumbers } = withinRange(raster, range);
  const { low: black, high: white } = range;
  return {
    raster: { ...raster, data, scale: { ...measured.scale, black, white } },
    facts: { ...facts, measured: { ...measured, range, keepsPadding: padding !== null } },
    padding,
    notices:
      notNumbers === 0
        ? []
        : [{ level: 'warning', text: say('valuesThatAreNoNumbers', { name, count: notNumbers }) }],
  };
}

/**
 * Smallest and largest value that was measured, so that levels are as fine as they can be; null: of 8 bits, whose levels are those of
 * the file, and where there are no two.
 */
function rangeOfValues(
  { data, sampleType }: Raster,
  padding: BandValues | null,
): ValueRange | null {
  if (sampleType === 'uint8') return null;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (!Number.isFinite(value) || (padding && padding[i] !== 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low < high ? { low, high } : null;
}

/** Samples of which none is beyond a range: padding, and floats that are no numbers, become the nearest that there is; a copy. */
function withinRange(
  { data, sampleType }: Raster,
  { low, high }: ValueRange,
): { readonly data: Samples; readonly notNumbers: number } {
  const within = allocateSamples(sampleType, data.length);
  let notNumbers = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (!Number.isFinite(value)) notNumbers += 1;
    within[i] = value > low ? Math.min(high, value) : low;
  }
  return { data: within, notNumbers };
}

/**
 * A picture on the scale that latents have. One that uses a part of its bits is the same picture as one that uses all of them, so
 * that it is seen on the part. Floats outside [0,1], and such that are no numbers, can not be latents: clipped, 0; a copy.
 */
export function withinUnit(raster: Raster, facts: SourceFacts): Raster {
  if (facts.narrow) return withWhite(raster, whiteOf(facts));
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

/**
 * The picture that `encode` is asked to write, and its document where it is on a screen.
 * @throws HourglassError as `sourceImage`
 */
export async function openSource(
  input: ParsedInputOf<Commands['encode']>,
  { documents }: Pick<EngineServices, 'documents'>,
  signal: AbortSignal,
) {
  const { source: path, files, maxMegapixels } = input;
  const page = input.page - 1;
  const document = documents.byPath(path, page);
  const asked = { document, path, files, page, maxMegapixels, ...allowedBy(input), signal };
  return { document, image: await documents.sourceImage(asked) };
}
