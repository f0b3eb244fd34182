/**
 * The interfaces of `pixels`, the only part of the program that reads and writes image files.
 * `index.ts` exports the functions; capabilities see these types.
 */
import type { FileHandle } from 'node:fs/promises';
import type { OutputPages } from './output-pages.ts';
import type {
  DeidentifiedElements,
  ObjectChoices,
  TransferSyntaxChoice,
} from '../contract/dicom-object.ts';
import type {
  Allowances,
  DocumentInfo,
  ImageFormat,
  Notice,
  OutputFormat,
  Plane,
  Rect,
  TileBits,
} from '../contract/index.ts';
import type { ColourDescription } from './colour/description.ts';
import type { ExtraSamples } from './extra-samples.ts';
import type { Attachment } from './metadata/beside.ts';
import type { PhotoshopResources } from './metadata/photoshop.ts';
import type { Resolution } from './metadata/resolution.ts';
import type { StackPage } from './metadata/stack-page.ts';
import type { NewEntry } from './metadata/tiff-structure.ts';
import type { Raster, Samples, SampleType, Size } from './raster.ts';
import type { FoundQuality } from './size-search.ts';
import type { SmallPicture } from './thumbnail.ts';

export interface DecodeLimits extends Allowances {
  /** Refuse images that declare more pixels than this, in millions. */
  readonly maxMegapixels: number;
  /** Refuse files that take longer than this to decode, milliseconds. */
  readonly timeoutMs: number;
  /** Memory that is taken for free, bytes. Default: what the system says. */
  readonly freeBytes?: number;
}

/** How a picture that was developed from camera raw goes back to what its camera saw, for a linear DNG. */
export interface CameraSpace {
  /**
   * Samples of the raster, whole pixels, to linear ones in the camera's own colours, white not balanced: 0 is black, 65535
   * what the sensor can hold.
   */
  toCamera(samples: Uint16Array): Uint16Array;
  /** Tags of a DNG that say what these colours are. */
  entries(littleEndian: boolean): NewEntry[];
  /** What the original tells editors to do, and a result does not: names. */
  lost(): string[];
}

/** The volume that a picture is a slice of, for a file of the same format: brought by the reader of that format. */
export interface SourceVolume extends Size {
  /** Of the file, not of the raster. */
  readonly bytesPerSample: number;
  /** Bytes before the samples. @param alone of a volume that holds this slice only */
  head(alone: boolean): Promise<Uint8Array>;
  /** Bytes of whole rows of the slice; those of samples that are as they were read are the source's. @param top first row */
  rows(samples: Samples, top: number): Promise<Uint8Array>;
  /** Bytes behind the samples of all slices. */
  tail(): Promise<Uint8Array>;
}

/** How an object is written. */
export interface ObjectSettings extends ObjectChoices {
  /** Id of the run; what is new in the object is derived from it. */
  readonly run: string;
  /** Pixels were to be cleaned; false: to stay as they are. Default: they were. */
  readonly cleans?: boolean;
}

/** A frame of an object on its way back into it. */
export interface ObjectFrame {
  /** Bytes of whole rows as they are stored; those of samples that are as they were read are the source's. @param top first row */
  rows(samples: Samples, top: number): Uint8Array;
}

export interface ObjectRequest {
  /** Of the file, for sentences. */
  readonly name: string;
  /** What `ObjectFrame.rows` answered, frame after frame. */
  readonly rows: FileHandle;
  readonly frames: readonly ObjectFrame[];
  readonly target: FileHandle;
  readonly settings: ObjectSettings;
  /** As in `ProcessingMark`. */
  readonly software: string;
  readonly signal: AbortSignal;
}

/**
 * The object (DICOM) that a picture is a frame of, for another one that says the same of itself but for what became of its
 * pixels: brought by the reader of that format.
 */
export interface SourceObject extends Size {
  readonly channels: 1 | 3;
  readonly bytesPerSample: 1 | 2;
  readonly frames: number;
  /** Why it is not written; null: it is. */
  readonly refused: string | null;
  /** Why its pixels are not coded so, and what to do; null: they are. */
  refusesSyntax(
    syntax: TransferSyntaxChoice,
  ): { readonly text: string; readonly hint: string } | null;
  /** Why one frame of several is not. */
  readonly notAlone: string;
  /** @param action what was done to this frame, as in `ProcessingMark` */
  begin(action: string, signal: AbortSignal): Promise<ObjectFrame>;
  /** Writes the whole file. @throws HourglassError output-unsupported, output-not-writable, cancelled */
  write(request: ObjectRequest): Promise<FinishedFile>;
}

/** Everything that must survive besides the pixels. Blobs are as stored in the file. */
export interface ImageMetadata {
  readonly icc: Uint8Array | null;
  readonly profileName: string | null;
  /** TIFF-structured EXIF without the `Exif\0\0` prefix. */
  readonly exif: Uint8Array | null;
  readonly xmp: Uint8Array | null;
  readonly iptc: Uint8Array | null;
  /** Paths and marks; absent: none. */
  readonly photoshop?: PhotoshopResources | null;
  /** What goes on in a file of the same format; absent: nothing. */
  readonly attachments?: readonly Attachment[];
  /** What a file without a profile says of its colours, as chunks of a PNG (see `metadata/png-colour.ts`, `colour/nclx.ts`). */
  readonly pngColour?: { readonly chunks: Uint8Array; readonly differsFromSrgb: boolean } | null;
  /** What these chunks, or EXIF, say; null: no more than sRGB, or the profile is what counts. */
  readonly colour?: ColourDescription | null;
  /**
   * Noise that a sensor's own has become in the developed picture, root mean square, 8-bit levels, without what demosaicking smooths; null, absent: not
   * known.
   */
  readonly sensorNoise?: number | null;
  /** Of a developed raw file; null, absent: there is no way back. */
  readonly cameraSpace?: CameraSpace | null;
  /** Of a slice of a volume; absent: it is none. */
  readonly volume?: SourceVolume;
  /** Of a frame of an object; absent: it is none. */
  readonly object?: SourceObject;
  /** Of a page of a TIFF that is not its first; null, absent: it is. */
  readonly stack?: StackPage | null;
  /** Pixels per unit of length as the file says it, along its stored axes; null: it does not. */
  readonly resolution: Resolution | null;
  /** EXIF orientation of the file (1–8); the raster is already upright. */
  readonly orientation: number;
  readonly camera: string | null;
  readonly iso: number | null;
  readonly accessedMs: number;
  readonly modifiedMs: number;
  /** The file is damaged: parts of the picture are missing or wrong. Results say so in their mark. */
  readonly damaged?: true;
}

/** A file as it was when it was read. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** What a plane was cut from: slices as they were taken, which can be worked on and put together again. */
export interface CutFrom {
  /** Which volume, as long as its files are what they are: equal keys, equal slices. */
  readonly key: string;
  /** Slices that the plane touches. */
  readonly slices: readonly number[];
  /** A slice as it was taken. @throws HourglassError as `decodeImage` */
  slice(index: number, signal: AbortSignal): Promise<DecodedImage>;
  /**
   * The plane made of other samples, where there are such, and of the volume's own.
   * @param samplesOf of a slice, as many, of the type and on the scale as it has them; null: its own
   */
  assemble(samplesOf: (slice: number) => Samples | null, signal: AbortSignal): Promise<Samples>;
  /** Pixels of the plane that follow from this slice and the next one of `slices` alone: of the last, from itself. */
  between(slice: number): Rect;
}

/** One frame of what was read. */
export interface DecodedImage {
  /** The file that names it. */
  readonly path: string;
  readonly format: ImageFormat;
  readonly bytes: number;
  /** Pictures of this size that there are; absent: one. */
  readonly frames?: number;
  /** Full pictures of a TIFF, whatever their sizes, or slices of a volume, and what was said of the others; absent: one. */
  readonly pages?: { readonly count: number; readonly notice: Notice };
  /** All files that they come from; absent: `path` alone. */
  readonly files?: readonly SourceFile[];
  readonly raster: Raster;
  /** Samples of a TIFF that are neither colour nor opacity; absent: none. */
  readonly extra?: ExtraSamples;
  readonly metadata: ImageMetadata;
  /** Of a scan: how it was made, and where in the body. */
  readonly scanned?: Pick<
    DocumentInfo,
    'modality' | 'pixelSize' | 'place' | 'volume' | 'noPlanes' | 'notWritten' | 'plane' | 'cine'
  >;
  /**
   * Of a scan: whose it is and what else it belongs to, as keys that hold for this process and say nothing (never written or shown);
   * null, empty: the file does not say. Absent: it is none.
   */
  readonly subject?: {
    readonly patient: string | null;
    /** Of the study, and of what lies in one space with it. */
    readonly studies: readonly string[];
    readonly series: string | null;
  };
  /** Of a plane of a volume; absent: it is none. */
  readonly cutFrom?: CutFrom;
  /** Of a reader: what the file says that it holds, where its format can. Always there after `decodeImage`. */
  readonly content?: DocumentInfo['content'];
  /** What a person should know: only the first frame was read, and so on. */
  readonly notices: readonly Notice[];
}

/** What was done, written into the file (XMP, and EXIF Software where there is EXIF). */
export interface ProcessingMark {
  readonly software: string;
  /** For example "denoise-photo-fast 1.0.0, noise level 12.0, detail 0 %, chroma 100 %, CPU". */
  readonly action: string;
}

export interface WriteRequest {
  readonly path: string;
  readonly format: OutputFormat;
  readonly sampleType: SampleType;
  /** 1–100, lossy formats only. */
  readonly quality: number;
  /** Largest size of the file, bytes: the best quality that fits is found, from `quality` on. Absent: it is `quality`. */
  readonly maxBytes?: number;
  readonly overwrite: boolean;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly hasAlpha: boolean;
  /** Whose metadata, profile and dates to carry over; its pixels need not be in memory. */
  readonly from: Pick<DecodedImage, 'path' | 'format' | 'metadata' | 'extra' | 'content'> & {
    readonly raster: Raster | Pick<Raster, 'sampleType' | 'scale' | 'bits'>;
  };
  /** Every pixel is opaque; default: looked up in `from`, or no where its pixels are not there. */
  readonly opaque?: boolean;
  /** Of a file that is an object. */
  readonly object?: ObjectSettings;
  /** The picture is a page of this file, which several such requests write one after another. */
  readonly pages?: OutputPages;
  readonly mark: ProcessingMark;
}

/** What `ImageWriter.finish` says. */
export interface FinishedFile {
  readonly bytes: number;
  readonly notices: Notice[];
  /** Those of them that are true of the whole file, not of its last page. Default: none. */
  readonly ofFile?: readonly Notice[];
  /** Where a size was asked for. */
  readonly found?: FoundQuality;
  /** Of an object that was de-identified. */
  readonly deidentified?: DeidentifiedElements;
}

/**
 * Rows go in from top to bottom, in `sampleType`, interleaved; memory stays bounded. The file
 * appears whole at `finish` (temporary name in the same folder, fsync, rename) or not at all.
 */
export interface ImageWriter {
  /** Appends `rows` whole rows. @throws HourglassError output-not-writable */
  writeRows(samples: Samples, rows: number): Promise<void>;
  /**
   * Encodes, carries metadata and dates over, renames. Returns size and notices (what was lost).
   * @throws HourglassError size-not-met; output-not-writable; cancelled
   */
  finish(signal: AbortSignal): Promise<FinishedFile>;
  /** Removes every temporary file. Safe to call at any time, also twice. */
  abort(): Promise<void>;
}

/**
 * A kind of layer, one object per maker: what such layers are called, and the type of what is known of
 * them. Made by `layerKind`.
 */
export interface LayerKind<F> {
  /** What it shows, for sentences: "cleaned picture". */
  readonly label: string;
  /** Memory that the facts hold besides a few numbers. */
  factsBytes(facts: F): number;
}

/** A layer of an open document: pixels of full size plus a pyramid, served as display tiles. */
export interface Layer<F = unknown> {
  readonly id: string;
  /** What it shows, see `LayerKind`. */
  readonly label: string;
  /** Of which frame it is made; a layer of another frame has another id. */
  readonly frame: number;
  /** Full size; type and channels of the document's source, unless it is a drawing. */
  readonly raster: Raster;
  /** Grows with every change; part of the tile address, so that a page never shows a stale tile. */
  readonly version: number;
  /** Every pixel is final. */
  readonly complete: boolean;
  /** What its maker found; null while it is not complete. */
  readonly facts: F | null;
  /** Call after pixels inside `rect` of `raster.data` changed: updates the pyramid there. */
  touch(rect: Rect): void;
}

/**
 * One open document in the engine. Pixels may be dropped from memory and decoded again; layers may be
 * dropped while nobody shows them, which is told to every listener. Once the file on the disk is another
 * one, everything here refuses with `document-not-open`.
 */
export interface OpenDocument {
  readonly id: string;
  readonly info: DocumentInfo;
  /** It was closed, or its file is another one now: what is known of it need not be kept. */
  readonly closed: boolean;
  /** The region that is visible now, as last told, full-size coordinates: what is computed first. */
  view: Rect | null;
  /**
   * One frame; decodes again if its pixels were dropped.
   * @param frame default: the first, 0 @throws HourglassError invalid-parameter: there are fewer
   */
  image(frame?: number): Promise<DecodedImage>;
  /** A layer that is there, complete or not; asking is using it. @param kind only one of this kind */
  layer<F = unknown>(id: string, kind?: LayerKind<F>): Layer<F> | undefined;
  /**
   * Makes a layer of one frame (default: the first), whose pixels start as a copy of it; one of the same id and kind that was left
   * incomplete is gone on with. While `make` works it stays in memory; it is complete, with what `make`
   * answers as its facts, when that has ended well.
   * @throws HourglassError out-of-memory: it does not fit beside what is on the screen; as `make`
   */
  makeLayer<F>(
    id: string,
    kind: LayerKind<F>,
    make: (layer: Layer<F>) => Promise<F> | F,
    frame?: number,
  ): Promise<Layer<F>>;
  /**
   * Keeps pixels that are a drawing, not the picture: shown as sRGB, whatever the document's profile is.
   * @param raster of the document's size
   * @throws HourglassError as `makeLayer`
   */
  makeDrawing<F>(id: string, kind: LayerKind<F>, raster: Raster, facts: F): Promise<Layer<F>>;
  /**
   * Keeps the pixels of another file as they are in it, shown by its own profile; over a picture whose values are shown in a range or
   * by a window, as values of that one. A smaller file is stretched, whoever calls says so.
   * @throws HourglassError as `makeLayer`; unsupported-image: it has another shape
   */
  layFile<F>(id: string, kind: LayerKind<F>, image: DecodedImage, facts: F): Promise<Layer<F>>;
}

/** The open documents, bounded by bytes: what was used longest ago and is on no screen goes first. */
export interface DocumentStore {
  open(
    request: Allowances & {
      source: string;
      path: string;
      /** All files, where it comes from several; `path` is the first. */
      files?: readonly string[] | undefined;
      maxMegapixels: number;
      /** As `decodeImage`. */
      page?: number;
      plane?: Plane | undefined;
      told?: ((done: number, total: number) => void) | undefined;
      document?: string;
      signal: AbortSignal;
    },
  ): Promise<OpenDocument>;
  /** @throws HourglassError document-not-open */
  get(document: string): OpenDocument;
  /**
   * The open document of this path, if any: an export reuses what the screen has computed.
   * @param page of a TIFF, as of `decodeImage`; default: the first, 0. Another page is another document, and so is a plane, which is never meant.
   */
  byPath(path: string, page?: number): OpenDocument | undefined;
  close(document: string): void;
  /**
   * What a command on a file works on: the pixels of its open document, where the screen has one.
   * @throws HourglassError as `decodeImage`
   */
  sourceImage(
    request: Allowances & {
      document: OpenDocument | undefined;
      path: string;
      files?: readonly string[] | undefined;
      frame?: number;
      /** As `decodeImage`; not of an open document. */
      page?: number;
      maxMegapixels: number;
      signal: AbortSignal;
    },
  ): Promise<DecodedImage>;
  /**
   * What a page shows now, in the place of what it showed before; absent `document`: nothing. This stays
   * in memory until the page says otherwise or the document closes.
   * @returns layers that are not there (any more)
   * @throws HourglassError document-not-open; out-of-memory: more than pictures on the screen may hold,
   *   and nothing is kept for this page then
   */
  lease(shown: { page: string; document?: string | undefined; layers: readonly string[] }): {
    missing: string[];
  };
  /**
   * Tile for the screen, row-major, of at most tileSize²: RGBA8 sRGB; where 16 bits are asked for and the
   * layer has them, one code a pixel as `DocumentInfo.codes` reads it.
   */
  tile(request: {
    document: string;
    layer: string;
    level: number;
    column: number;
    row: number;
    /** Of the layer `source`: which; default: the first. Other layers are of one frame. */
    frame?: number | undefined;
    bits?: TileBits | undefined;
  }): Promise<{ width: number; height: number; bits: TileBits; data: Uint8Array }>;
  /** PNG of at most 256 pixels a side, upright, sRGB; does not open a document. */
  thumbnail(path: string, signal?: AbortSignal): Promise<Uint8Array>;
  /**
   * The same as pixels, for who compares pictures.
   * @param side pixels a side at the most; default: 256
   * @throws HourglassError as `decodeImage`
   */
  smallPicture(
    path: string,
    maxMegapixels: number,
    signal: AbortSignal,
    side?: number,
  ): Promise<SmallPicture>;
  /** What a file says of itself; its pixels are not decoded where its format can be read without. @throws HourglassError as `decodeImage` */
  metadata(path: string, maxMegapixels: number, signal: AbortSignal): Promise<ImageMetadata>;
  /** What the camera put into a raw file: JPEG, upright, sRGB; null: nothing. Does not open a document. */
  cameraPreview(path: string): Promise<Uint8Array | null>;
}
