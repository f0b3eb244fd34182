/**
 * Writes an image atomically: rows in, then one file that appears whole under its name, or nothing.
 * Carries profile, metadata and dates over. Names are chosen in `naming.ts`; what temporary files
 * there are and how they go is in `temporaries.ts`; encoders and containers are in `formats/`.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  abilitiesOf,
  HourglassError,
  labelOf,
  throwIfCancelled,
  type OutputFormat,
} from '../contract/index.ts';
import { alphaPlace, withExtraSamples } from './extra-samples.ts';
import { avifEdits } from './formats/bmff.ts';
import { jpegEdits, pngEdits, webpEdits } from './formats/containers.ts';
import { linearDngLayout } from './formats/dng.ts';
import { encodeRows } from './formats/encode.ts';
import { gzipCopy } from './formats/gzip.ts';
import { spliceCopy, splicedSize, writeAll, type Edit } from './formats/splice.ts';
import { TiffWriter, type TiffLayout } from './formats/tiff.ts';
import { interpretation, vipsHeader, vipsTrailer } from './formats/vips-file.ts';
import { fileAsSource } from './metadata/tiff-file.ts';
import { OutputPlace, writeError } from './output-place.ts';
import { choose } from './output-colour.ts';
import { losslessAt, planOutput, type OutputPlan } from './output-plan.ts';
import { bytesPerSample, type Samples } from './raster.ts';
import { convertPixels, endsOfRows, withoutAlpha } from './samples.ts';
import { refuseLarger, searchQuality, type FoundQuality } from './size-search.ts';
import { unlinkIfThere } from './temporaries.ts';
import { say } from './sentences.ts';
import { nextTurn } from './turns.ts';
import type {
  CameraSpace,
  FinishedFile,
  ImageWriter,
  ObjectFrame,
  SourceObject,
  WriteRequest,
} from './types.ts';

/**
 * Begins an output. Refuses at once what could not be finished.
 * Rows may be of any sample type: they are converted (rounded, clipped) to what is stored.
 * @throws HourglassError output-exists, output-is-source, output-unsupported, output-not-writable
 */
export async function createWriter(request: WriteRequest): Promise<ImageWriter> {
  if (request.maxBytes !== undefined) refuseSizeOf(request.format);
  const plan = await planOutput(request);
  const { pages } = request;
  const claimed = pages?.place;
  const place =
    claimed ??
    (await OutputPlace.claim({
      ...request,
      source: request.from.path,
      dates: request.from.metadata,
      temporaryBytes: rowsBytes(plan) * (pages?.count ?? 1),
    }));
  if (pages) pages.place = place;
  const writer = new AtomicWriter(request, plan, place);
  try {
    await writer.begin();
    return writer;
  } catch (error) {
    await writer.abort();
    throw writeError(error, request.path);
  }
}

/** @throws HourglassError output-unsupported where a format has no quality, and so no choice of size */
export function refuseSizeOf(format: OutputFormat): void {
  if (abilitiesOf(format).lossy) return;
  throw new HourglassError(
    'output-unsupported',
    say('noSizeOfLossless', { format: labelOf(format) }),
    {
      hint: choose(({ lossy }) => lossy),
    },
  );
}

const rowsBytes = ({ layout, extra, volume, object }: OutputPlan): number =>
  layout.width *
  layout.height *
  (layout.channels + (extra?.planes.length ?? 0)) *
  ((volume ?? object)?.bytesPerSample ?? bytesPerSample(layout.sampleType));

/** TIFF, and DNG, which is one. */
const isTiff = (format: OutputFormat): boolean => format === 'tiff' || format === 'dng';

/** The file's samples: those of the picture, and what stands beside it. */
function tiffLayout({ layout, extra, camera }: OutputPlan): TiffLayout {
  const { width, height, sampleType, channels, hasAlpha } = layout;
  if (camera) return linearDngLayout(layout, camera);
  // Colours are stored as they are, whatever opacity the original had them multiplied by.
  const kinds = extra?.kinds.map((kind, at) => (at === alphaPlace(extra.kinds) ? 2 : kind));
  return {
    ...{ width, height, sampleType },
    channels: channels + (extra?.planes.length ?? 0),
    extraSamples: kinds ?? (hasAlpha ? [2] : []),
  };
}

/** Before it has its metadata. */
interface EncodedFile {
  readonly path: string;
  readonly edits: (file: FileHandle, length: number) => Promise<Edit[]>;
  readonly found?: FoundQuality;
}

/** Size of an encoded file with its metadata. */
async function sizeWith(path: string, edits: EncodedFile['edits']): Promise<number> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return splicedSize(size, await edits(file, size));
  } finally {
    await file.close();
  }
}

class AtomicWriter implements ImageWriter {
  readonly #request: WriteRequest;
  readonly #plan: OutputPlan;
  readonly #place: OutputPlace;
  #rows: FileHandle | null = null;
  #tiff: TiffWriter | null = null;
  /** Of an object. */
  #frame: ObjectFrame | null = null;
  /** What its writer said of an object. */
  #told: Pick<FinishedFile, 'notices' | 'deidentified'> = { notices: [] };
  #written = 0;
  #position = 0;
  #ended = false;

  constructor(request: WriteRequest, plan: OutputPlan, place: OutputPlace) {
    this.#request = request;
    this.#plan = plan;
    this.#place = place;
  }

  get #rowsPath(): string {
    return this.#place.temporary(isTiff(this.#request.format) ? 'encoded.tif' : 'rows.v');
  }

  async begin(): Promise<void> {
    const { pages } = this.#request;
    this.#rows = pages?.rows ?? (await open(this.#rowsPath, 'wx', 0o600));
    if (pages) pages.rows = this.#rows;
    const { layout, blobs, volume, object } = this.#plan;
    if (object) {
      this.#position = (await this.#rows.stat()).size;
      const { action } = this.#request.mark;
      this.#frame = await object.begin(action, new AbortController().signal);
    } else if (volume) {
      this.#position = (await this.#rows.stat()).size;
      if (!pages || pages.isEmpty) await this.#append(await volume.head(!pages));
    } else if (isTiff(this.#request.format)) {
      const tiff = tiffLayout(this.#plan);
      this.#tiff = new TiffWriter(this.#rows, tiff, blobs, this.#request.mark.software, pages?.end);
      await this.#tiff.begin();
    } else {
      await this.#append(vipsHeader(layout));
    }
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await writeAll(this.#rows!, bytes, this.#position);
    this.#position += bytes.length;
  }

  async writeRows(samples: Samples, rows: number): Promise<void> {
    const { width, height, channels } = this.#request;
    if (this.#ended || !this.#rows)
      throw new HourglassError('internal', 'Rows were written after the end.');
    if (samples.length !== rows * width * channels || this.#written + rows > height)
      throw new HourglassError(
        'internal',
        `Expected whole rows of ${width} × ${channels} samples, ${height} in all.`,
      );
    try {
      const colours = this.#plan.dropAlpha ? withoutAlpha(samples, channels) : samples;
      const { camera, layout, ends, spread, volume } = this.#plan;
      const own = { ...this.#request.from.raster, scale: ends };
      const scale = { ends: endsOfRows(colours, own), spread };
      const stored = convertPixels(colours, layout.sampleType, layout, scale);
      if (this.#frame) await this.#append(this.#frame.rows(stored, this.#written));
      else if (volume) await this.#append(await volume.rows(stored, this.#written));
      else if (camera) await this.#writeCamera(stored as Uint16Array, camera);
      else if (this.#tiff) await this.#tiff.writeRows(this.#withExtra(stored));
      else await this.#append(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
      this.#written += rows;
    } catch (error) {
      throw writeError(error, this.#request.path);
    }
  }

  /** Some rows at a time: the way back to the camera takes a while, and others want the thread too. */
  async #writeCamera(rows: Uint16Array, camera: CameraSpace): Promise<void> {
    const rowSamples = this.#plan.layout.width * this.#plan.layout.channels;
    const some = Math.max(1, Math.floor(65_536 / rowSamples)) * rowSamples;
    for (let at = 0; at < rows.length; at += some) {
      await nextTurn();
      await this.#tiff!.writeRows(camera.toCamera(rows.subarray(at, at + some)));
    }
  }

  /** The rows that come next, with the extra samples that stand beside them. */
  #withExtra(rows: Samples): Samples {
    const { extra, layout } = this.#plan;
    return extra
      ? withExtraSamples(rows, layout.channels, extra, this.#written * layout.width)
      : rows;
  }

  async finish(signal: AbortSignal): Promise<FinishedFile> {
    if (this.#ended || !this.#rows)
      throw new HourglassError('internal', 'The output was finished twice.');
    if (this.#written !== this.#request.height)
      throw new HourglassError(
        'internal',
        `Only ${this.#written} of ${this.#request.height} rows were written.`,
      );
    try {
      throwIfCancelled(signal);
      if (await this.#endsPage()) return { bytes: 0, notices: [...this.#plan.notices] };
      const encoded = await this.#encode(signal);
      const bytes = await this.#publish(encoded, signal);
      this.#ended = true;
      const found = encoded.found ? { found: encoded.found } : {};
      const { notices, ...more } = this.#told;
      return {
        ...{ bytes, notices: [...this.#plan.notices, ...notices], ofFile: notices },
        ...{ ...more, ...found },
      };
    } catch (error) {
      await this.abort();
      throw writeError(error, this.#request.path);
    }
  }

  /** The encoded file, at the quality asked for or the best within a size. */
  async #encode(signal: AbortSignal): Promise<EncodedFile> {
    const { path, format, quality, maxBytes } = this.#request;
    const { volume, object } = this.#plan;
    if (volume && this.#request.pages) await this.#append(await volume.tail());
    if (this.#tiff || volume || object) {
      if (!this.#request.pages) await this.#tiff?.finish();
      await this.#closeRows();
      return { path: this.#rowsPath, edits: () => Promise.resolve([]) };
    }
    await this.#append(vipsTrailer(this.#plan.encoderBlobs));
    await this.#closeRows();
    const edits = (file: FileHandle, length: number) => this.#edits(file, length);
    const encode = async (at: number): Promise<string> => {
      const output = this.#place.temporary(`encoded-${at}.${format}`);
      await this.#encodeAt(at, output, signal);
      return output;
    };
    if (maxBytes === undefined) {
      const encoded = await encode(quality);
      unlinkIfThere(this.#rowsPath);
      return { path: encoded, edits };
    }
    const files = new Map<number, string>();
    const found = await searchQuality({
      limit: maxBytes,
      first: quality,
      bytesAt: async (at) => {
        files.set(at, await encode(at));
        return sizeWith(files.get(at)!, edits);
      },
    });
    refuseLarger(basename(path), maxBytes, found);
    return { path: files.get(found.quality)!, edits, found };
  }

  async #encodeAt(quality: number, output: string, signal: AbortSignal): Promise<void> {
    const { format, maxBytes } = this.#request;
    const { layout, lossless } = this.#plan;
    if (format === 'tiff' || format === 'dng' || format === 'nifti' || format === 'dicom')
      throw new HourglassError('internal', 'TIFF has a writer of its own.');
    throwIfCancelled(signal);
    await encodeRows(this.#rowsPath, output, {
      format,
      quality,
      // Where a size is wanted each quality is tried as what it says, the highest as lossless.
      lossless: maxBytes === undefined ? lossless : losslessAt(format, quality),
      space: interpretation(layout).name,
      sampleType: layout.sampleType,
    });
    throwIfCancelled(signal);
  }

  /** What puts the metadata into an encoded file. */
  #edits(file: FileHandle, length: number): Promise<Edit[]> {
    const { format } = this.#request;
    const { blobs, layout } = this.#plan;
    const source = fileAsSource(file, length);
    if (format === 'jpeg') return jpegEdits(source, blobs);
    if (format === 'png') return pngEdits(source, blobs);
    if (format === 'webp') return webpEdits(source, blobs, layout);
    return avifEdits(source, blobs);
  }

  /** Ends the page of a file of several. True: others follow. */
  async #endsPage(): Promise<boolean> {
    const { pages } = this.#request;
    if (pages && this.#frame) pages.frames.push(this.#frame);
    if (!pages || pages.wrote((await this.#tiff?.finish()) ?? null)) return false;
    this.#rows = null;
    this.#ended = true;
    return true;
  }

  async #closeRows(): Promise<void> {
    const { pages } = this.#request;
    if (pages) pages.rows = null;
    await this.#rows?.close();
    this.#rows = null;
  }

  /** Copies the bytes next to the output, makes them durable, and gives them their name. */
  async #publish(encoded: EncodedFile, signal: AbortSignal): Promise<number> {
    return this.#place.publish(async (target) => {
      const source = await open(encoded.path, 'r');
      try {
        const { size } = await source.stat();
        if (this.#plan.object)
          return await this.#writeObject(this.#plan.object, source, target, signal);
        if (this.#plan.volume && /\.gz$/i.test(this.#request.path))
          return await gzipCopy(source, target, signal);
        return await spliceCopy(source, target, size, await encoded.edits(source, size), signal);
      } finally {
        await source.close();
      }
    }, signal);
  }

  async #writeObject(
    object: SourceObject,
    rows: FileHandle,
    target: FileHandle,
    signal: AbortSignal,
  ): Promise<number> {
    const { path, pages, mark, object: settings } = this.#request;
    if (!settings) throw new HourglassError('internal', 'An object was written without settings.');
    const { bytes, ...told } = await object.write({
      ...{ rows, target, settings, signal, name: basename(path), software: mark.software },
      frames: pages?.frames ?? [this.#frame!],
    });
    this.#told = told;
    return bytes;
  }

  async abort(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#closeRows();
    await this.#place.abort();
  }
}

/** Bytes of a row of a request, for callers that choose how many rows to hand over at once. */
export const rowBytes = (
  request: Pick<WriteRequest, 'width' | 'channels' | 'sampleType'>,
): number => request.width * request.channels * bytesPerSample(request.sampleType);
