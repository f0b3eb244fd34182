/** DICOM images wherever a picture is opened. A frame is decoded when it is asked for; compressed ones in a thread. */
import { readFile, stat } from 'node:fs/promises';
import {
  HourglassError,
  notBetween,
  toHourglassError,
  type DocumentInfo,
  type Notice,
  type Plane,
} from '../../contract/index.ts';
import {
  completeMetadata,
  refuseTooManyPixels,
  refuseUnaffordable,
  timeFor,
  type DecodedImage,
  type DecodeLimits,
  type ForeignReader,
  type ImageFile,
  type Raster,
  type SourceObject,
} from '../../pixels/index.ts';
import { sampleTypeOf } from '../../pixels/samples.ts';
import { frameThread } from '../frame-thread.ts';
import { cutPlane, withoutPlanes, type CutOptions } from '../planes.ts';
import { say } from '../sentences.ts';
import { parseDicom, tags, valueBytes, type DicomFile } from './file.ts';
import { frameBytes, frameLength } from './frames.ts';
import { volumeOfFrames } from './frame-volume.ts';
import { pixelFactsOf, type PixelFacts } from './image.ts';
import { wasLossy } from './past-loss.ts';
import { rgbFromPalette } from './palette.ts';
import { scannedOf } from './place.ts';
import { decodeRle } from './rle.ts';
import { inWindowOfMiddle } from './common-window.ts';
import { isSeenByItsValues, scaleOfFrame, withAssumedWindow, type ScaleLoss } from './scale.ts';
import { noticesOf } from './stack-notices.ts';
import { stackOf, type Stack } from './stack.ts';
import { subjectOf } from './subject.ts';
import { streamKind } from './stream.ts';
import { sourceObject } from './write/object.ts';
import {
  interleaved,
  nativeWords,
  rgbFromYbr,
  storedValues,
  ybrFrom422,
  type Words,
} from './values.ts';

/** Memory at the most for a pixel besides the file: the stream's copy, words and values. Bytes per sample byte. */
const PEAK_COPIES = 4;
/** WebAssembly's first memory and code. */
const START_BYTES = 32e6;

/** What was read last, as long as there is memory: whoever asks for one frame asks for the next. */
let last: { readonly key: string; readonly dicom: WeakRef<DicomFile> } | null = null;

async function parsed({ path, name, bytes, modifiedMs }: ImageFile): Promise<DicomFile> {
  const key = [path, bytes, modifiedMs].join('\0');
  const known = last?.key === key ? last.dicom.deref() : undefined;
  if (known) return known;
  const facts = await stat(path);
  if (facts.size !== bytes || facts.mtimeMs !== modifiedMs)
    throw new HourglassError('file-not-readable', say('changedMeanwhile', { name }), {
      hint: say('openAnew'),
    });
  const dicom = parseDicom(await readFile(path), name);
  last = { key, dicom: new WeakRef(dicom) };
  return dicom;
}

export const dicomReader: ForeignReader = {
  async decode(file, limits, signal, { frame, page = 0, files, plane, told }) {
    if (plane) return decodePlane(files, { plane, page }, { limits, signal, told });
    if (files.length > 1) return decodeSlice(files, { page, frame }, limits, signal);
    return decodeFrame(file, await parsed(file), { page, frame }, limits, signal);
  },
  async preview(file, limits, signal) {
    const dicom = await parsed(file);
    // The middle of many says more than the first.
    const { frames } = pixelFactsOf(dicom);
    const page = Math.floor((frames - 1) / 2);
    return decodeFrame(file, dicom, { page, frame: 0 }, limits, signal);
  },
};

/** @throws HourglassError unsupported-image: no planes can be cut; as `cutPlane` and `stackOf` */
async function decodePlane(
  files: readonly ImageFile[],
  part: { readonly plane: Plane; readonly page: number },
  options: CutOptions,
): Promise<DecodedImage> {
  const { name } = files[0]!;
  if (files.length < 2) return decodeFramePlane(files[0]!, part, options);
  const stack = await stackOf(files);
  const { volume } = stack;
  if ('refused' in volume) throw withoutPlanes(name, volume.refused);
  const image = await cutPlane(
    {
      ...{ name, shape: volume },
      key: stack.files
        .map(({ path, bytes, modifiedMs }) => [path, bytes, modifiedMs].join())
        .join('\0'),
      async slice(index, signal) {
        const file = stack.files[index]!;
        const part = { page: 0, frame: 0, middle: middleOf(stack) };
        return decodeFrame(file, await parsed(file), part, options.limits, signal);
      },
    },
    part,
    options,
  );
  return { ...image, path: files[0]!.path };
}

/** Of a file of several frames. @throws as `decodePlane` */
async function decodeFramePlane(
  file: ImageFile,
  part: { readonly plane: Plane; readonly page: number },
  options: CutOptions,
): Promise<DecodedImage> {
  const { name, path, bytes, modifiedMs } = file;
  const shape = volumeOfFrames(await parsed(file));
  if ('refused' in shape) throw withoutPlanes(name, shape.refused);
  const stack = {
    ...{ name, shape, key: [path, bytes, modifiedMs].join() },
    slice: async (page: number, signal: AbortSignal) =>
      decodeFrame(file, await parsed(file), { page, frame: 0 }, options.limits, signal),
  };
  return cutPlane(stack, part, options);
}

/**
 * A slice of a series of files is a page of the entry that they are together.
 * @throws HourglassError as `decodeFrame` and `stackOf`
 */
async function decodeSlice(
  files: readonly ImageFile[],
  { page, frame }: { readonly page: number; readonly frame: number },
  limits: DecodeLimits,
  signal: AbortSignal,
): Promise<DecodedImage> {
  const stack = await stackOf(files);
  const count = stack.files.length;
  if (page >= count) throw notBetween('page', 1, count, page + 1);
  const slice = Math.min(page + frame, count - 1);
  const file = stack.files[slice]!;
  const part = { page: 0, frame: 0, middle: middleOf(stack) };
  const image = await decodeFrame(file, await parsed(file), part, limits, signal);
  const notice: Notice = { level: 'info', text: say('oneOfSeries', { slice: slice + 1, count }) };
  return {
    ...image,
    path: files[0]!.path,
    frames: count - page,
    pages: { count, notice },
    scanned: { ...image.scanned, ...planesOf(stack.volume) },
    notices: [notice, ...noticesOf(stack), ...image.notices],
  };
}

const middleOf = ({ files }: Stack): ImageFile => files[Math.floor((files.length - 1) / 2)]!;

const planesOf = (volume: Stack['volume']): Pick<DocumentInfo, 'volume' | 'noPlanes'> =>
  'refused' in volume ? { noPlanes: volume.refused } : { volume };

/**
 * A frame of DICOM is a page, as a slice of a volume is.
 * @throws HourglassError damaged-image, unsupported-image, image-too-large, decode-timeout, cancelled, invalid-parameter
 */
async function decodeFrame(
  file: ImageFile,
  dicom: DicomFile,
  {
    page,
    frame,
    middle,
  }: {
    readonly page: number;
    readonly frame: number;
    /** Of the series that it is a slice of. Default: it is one by itself. */
    readonly middle?: ImageFile;
  },
  limits: DecodeLimits,
  signal: AbortSignal,
): Promise<DecodedImage> {
  const facts = pixelFactsOf(dicom);
  refuseTooLarge(file, dicom, facts, limits);
  const { frames } = facts;
  if (page >= frames) throw notBetween('page', 1, frames, page + 1);
  // Whoever asks for a frame that is not there is refused once it is known how many there are.
  const wanted = Math.min(page + frame, frames - 1);
  const words = await frameWords(dicom, facts, wanted, {
    timeoutMs: timeFor(limits, file.bytes),
    signal,
  });
  const { raster: own, notices, byItsValues } = rasterOf(dicom, facts, wanted, words);
  const raster = byItsValues
    ? await seenAsOthers(own, { file, facts, wanted, middle }, limits, signal)
    : own;
  const { path, bytes, format } = file;
  const one: Notice = {
    level: 'info',
    text: say('oneFrame', { name: file.name, frame: wanted + 1, count: frames }),
  };
  const object = objectOf(file, facts, wanted, limits);
  const { refused } = object;
  const modality = dicom.dataSet.string(tags.modality) ?? 'OT';
  return {
    ...{ path, bytes, format, raster },
    frames: frames - page,
    ...(frames > 1 ? { pages: { count: frames, notice: one } } : {}),
    content: { family: 'scan', reason: say('modalityIs', { modality }) },
    scanned: {
      ...scannedOf(dicom.dataSet, wanted),
      ...(frames > 1 ? planesOf(volumeOfFrames(dicom)) : {}),
      ...(refused === null ? {} : { notWritten: refused }),
    },
    subject: subjectOf(dicom.dataSet),
    metadata: await completeMetadata({
      icc: profileOf(dicom, raster),
      ...{ exif: null, xmp: null, iptc: null, resolution: null, orientation: 1 },
      accessedMs: file.accessedMs,
      modifiedMs: file.modifiedMs,
    }).then((metadata) => ({ ...metadata, object })),
    notices: [
      ...(frames > 1 ? [one] : []),
      ...notices,
      ...lossNotices(dicom, facts, wanted),
      ...overlayNotices(dicom),
    ],
  };
}

/** In the window of the middle slice or frame; one that can not be read leaves the others their own. */
async function seenAsOthers(
  raster: Raster,
  {
    file,
    facts,
    wanted,
    middle = file,
  }: {
    readonly file: ImageFile;
    readonly facts: PixelFacts;
    readonly wanted: number;
    readonly middle: ImageFile | undefined;
  },
  limits: DecodeLimits,
  signal: AbortSignal,
): Promise<Raster> {
  const { scale } = raster;
  if (!scale) return raster;
  const frame = middle === file ? Math.floor((facts.frames - 1) / 2) : 0;
  if (middle === file && frame === wanted) return raster;
  return inWindowOfMiddle({ ...raster, scale }, { file: middle, frame }, async () => {
    const dicom = await parsed(middle);
    const facts = pixelFactsOf(dicom);
    refuseTooLarge(middle, dicom, facts, limits);
    const waits = { timeoutMs: timeFor(limits, middle.bytes), signal };
    return rasterOf(dicom, facts, frame, await frameWords(dicom, facts, frame, waits)).raster;
  }).catch((error: unknown) => {
    if (toHourglassError(error).code === 'cancelled') throw error;
    return raster;
  });
}

/** The frame as what it goes back into; nothing of the file is held for it. */
const objectOf = (
  file: ImageFile,
  facts: PixelFacts,
  frame: number,
  limits: DecodeLimits,
): SourceObject =>
  sourceObject(file.name, facts, frame, {
    limits,
    parsed: () => parsed(file),
    async words(dicom, at, signal) {
      const waits = { timeoutMs: timeFor(limits, file.bytes), signal };
      const words = await frameWords(dicom, facts, at, waits);
      return facts.samples === 3 ? rgbOf(dicom, facts, words) : words;
    },
  });

/** Only colour has one (PS3.3, C.11.15). */
const profileOf = (dicom: DicomFile, { channels }: Raster): Uint8Array | null => {
  const bytes = channels === 3 ? valueBytes(dicom, dicom.dataSet.elements['x00282000']) : null;
  return bytes && bytes.length > 128 ? new Uint8Array(bytes) : null;
};

const lossNotices = (dicom: DicomFile, facts: PixelFacts, frame: number): Notice[] =>
  wasLossy(dicom, facts, frame)
    ? [{ level: 'info', text: say('lossyPast', { name: dicom.name }) }]
    : [];

function refuseTooLarge(
  file: ImageFile,
  { dataSet, syntax }: DicomFile,
  facts: PixelFacts,
  limits: DecodeLimits,
): void {
  const { name, bytes } = file;
  const { rows, columns, frames, samples, bitsAllocated } = facts;
  const size = { width: columns, height: rows };
  refuseTooManyPixels(name, size, limits);
  const frameSize = rows * columns * samples * (bitsAllocated / 8);
  refuseUnaffordable(
    file,
    { ...size, peak: START_BYTES + 2 * bytes + PEAK_COPIES * frameSize },
    limits,
  );
  // Every frame has bytes of its own: a fragment's header at the least.
  const least = syntax.encapsulated === 'no' ? frameLength(facts) : 8;
  const held = dataSet.elements[tags.pixelData]!;
  const there = syntax.encapsulated === 'no' ? held.length : bytes;
  if (frames > 1 && frames * least > there + 1)
    throw new HourglassError('damaged-image', say('tooManyFrames', { name, frames }));
}

/** Words of one frame, as stored. */
export async function frameWords(
  dicom: DicomFile,
  facts: PixelFacts,
  frame: number,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Words> {
  const { syntax, name } = dicom;
  const stored = frameBytes(dicom, facts, frame);
  const { rows, columns, samples, bitsAllocated, planar } = facts;
  if (syntax.encapsulated === 'no') {
    const words = nativeWords(stored, facts, syntax.littleEndian);
    return planar ? interleaved(words, samples) : words;
  }
  if (syntax.encapsulated === 'rle') {
    const bytes = decodeRle(stored, rows * columns, samples, bitsAllocated / 8);
    if (!bytes) throw new HourglassError('damaged-image', say('damaged', { name }));
    return bitsAllocated === 8 ? bytes : new Uint16Array(bytes.buffer);
  }
  const kind = streamKind(stored);
  if (kind === null || kind === 'jpeg-12-bits')
    throw new HourglassError(
      'unsupported-image',
      say('pixelsNotRead', { name, what: say(kind ? 'jpeg12' : 'unknownStream') }),
      { hint: say('convertSyntax') },
    );
  return frameThread.decode(
    { name, kind, stream: stored, rows, columns, samples, bitsAllocated },
    timeoutMs,
    signal,
  );
}

/** Overlay planes (60xx) are no pixels of the picture, and nobody looks for what is not shown. */
function overlayNotices({ name, dataSet }: DicomFile): Notice[] {
  const has = Object.keys(dataSet.elements).some((tag) => /^x60..0010$/.test(tag));
  return has ? [{ level: 'info', text: say('overlaysNotShown', { name }) }] : [];
}

/** A code string (PS3.5, 6.2) of a file that may be damaged. */
const codeOf = (text: string): string => text.slice(0, 16).replace(/[^\w -]/g, '?');

function lossWords(name: string, loss: ScaleLoss): string {
  if (loss.what === 'voiFunction') return say('voiFunction', { name, found: codeOf(loss.found) });
  return loss.what === 'modalityLut' ? say('modalityLut', { name }) : say('voiLut', { name });
}

function rasterOf(
  dicom: DicomFile,
  facts: PixelFacts,
  frame: number,
  words: Words,
): { raster: Raster; notices: Notice[]; byItsValues: boolean } {
  const { rows: height, columns: width, photometric, samples } = facts;
  const { name } = dicom;
  const size = { width, height, hasAlpha: false };
  if (photometric === 'PALETTE COLOR')
    return {
      raster: {
        ...size,
        ...{ channels: 3, sampleType: 'uint8' },
        data: rgbFromPalette(dicom, storedValues(words, facts)),
      },
      notices: [{ level: 'info', text: say('paletteShown', { name }) }],
      byItsValues: false,
    };
  if (samples === 3) {
    const data = storedValues(rgbOf(dicom, facts, words), facts);
    return {
      raster: { ...size, channels: 3, sampleType: sampleTypeOf(data), data },
      ...{ notices: [], byItsValues: false },
    };
  }
  const data = storedValues(words, facts);
  const { scale, losses } = scaleOfFrame(dicom.dataSet, facts, frame);
  const raster = { ...size, channels: 1 as const, sampleType: sampleTypeOf(data), data };
  return {
    raster: { ...raster, scale: withAssumedWindow(scale, facts, raster) },
    notices: losses.map((loss) => ({ level: 'warning', text: lossWords(name, loss) })),
    byItsValues: isSeenByItsValues(scale, facts),
  };
}

/** Decoders of lossy JPEG turn chroma into colours themselves, those of JPEG 2000 what its own transforms made. */
function rgbOf({ syntax }: DicomFile, { photometric }: PixelFacts, words: Words): Words {
  if (!(words instanceof Uint8Array)) return words;
  const plain = !/\.4\.5[01]$/.test(syntax.uid);
  if (photometric === 'YBR_FULL_422' && syntax.encapsulated === 'no')
    return rgbFromYbr(ybrFrom422(words));
  if (photometric === 'YBR_FULL' && plain) return rgbFromYbr(words);
  return words;
}
