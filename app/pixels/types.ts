/**
 * The interfaces of `pixels`, the only part of the program that reads and writes image files.
 * `index.ts` exports the functions; capabilities see these types.
 */
import type { DocumentInfo, ImageFormat, Notice, OutputFormat, Rect } from '../contract/index.ts';
import type { Raster, Samples, SampleType } from './raster.ts';

export interface DecodeLimits {
  /** Refuse images that declare more pixels than this, in millions. */
  readonly maxMegapixels: number;
  /** Refuse files that take longer than this to decode, milliseconds. */
  readonly timeoutMs: number;
}

/** Everything that must survive besides the pixels. Blobs are as stored in the file. */
export interface ImageMetadata {
  readonly icc: Uint8Array | null;
  readonly profileName: string | null;
  /** TIFF-structured EXIF without the `Exif\0\0` prefix. */
  readonly exif: Uint8Array | null;
  readonly xmp: Uint8Array | null;
  readonly iptc: Uint8Array | null;
  /** Colour chunks of a PNG that has no profile (see `metadata/png-colour.ts`). */
  readonly pngColour?: { readonly chunks: Uint8Array; readonly differsFromSrgb: boolean } | null;
  /** Pixels per inch, if stored. */
  readonly density: number | null;
  /** EXIF orientation of the file (1–8); the raster is already upright. */
  readonly orientation: number;
  readonly camera: string | null;
  readonly iso: number | null;
  readonly accessedMs: number;
  readonly modifiedMs: number;
}

export interface DecodedImage {
  readonly path: string;
  readonly format: ImageFormat;
  readonly bytes: number;
  readonly raster: Raster;
  readonly metadata: ImageMetadata;
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
  readonly overwrite: boolean;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly hasAlpha: boolean;
  /** Whose metadata, profile and dates to carry over; its pixels need not be in memory. */
  readonly from: Pick<DecodedImage, 'path' | 'format' | 'metadata'> & {
    readonly raster: Raster | Pick<Raster, 'sampleType'>;
  };
  /** Every pixel is opaque; default: looked up in `from`, or no where its pixels are not there. */
  readonly opaque?: boolean;
  readonly mark: ProcessingMark;
}

/**
 * Rows go in from top to bottom, in `sampleType`, interleaved; memory stays bounded. The file
 * appears whole at `finish` (temporary name in the same folder, fsync, rename) or not at all.
 */
export interface ImageWriter {
  /** Appends `rows` whole rows. @throws HourglassError output-not-writable */
  writeRows(samples: Samples, rows: number): Promise<void>;
  /** Encodes, carries metadata and dates over, renames. Returns size and notices (what was lost). */
  finish(signal: AbortSignal): Promise<{ bytes: number; notices: Notice[] }>;
  /** Removes every temporary file. Safe to call at any time, also twice. */
  abort(): Promise<void>;
}

/** A layer of an open document: pixels of full size plus a pyramid, served as display tiles. */
export interface Layer {
  readonly id: string;
  /** Full size; type and channels of the document's source, unless it is a drawing. */
  readonly raster: Raster;
  /** Grows with every change; part of the tile address, so that a page never shows a stale tile. */
  readonly version: number;
  /** Call after pixels inside `rect` of `raster.data` changed: updates the pyramid there. */
  touch(rect: Rect): void;
}

/** One open document in the engine. Pixels may be dropped from memory and decoded again. */
export interface OpenDocument {
  readonly id: string;
  readonly info: DocumentInfo;
  /** The region that is visible now, as last told, full-size coordinates: what is computed first. */
  view: Rect | null;
  /** Decodes again if the pixels were dropped. */
  image(): Promise<DecodedImage>;
  /** Cleaned layers and drawings by id; at most a few of the former are kept. */
  layer(id: string): Layer | undefined;
  /** Makes a layer whose pixels start as a copy of the source. */
  createLayer(id: string): Promise<Layer>;
  /**
   * Keeps pixels that are a drawing, not the picture: shown as sRGB, whatever the document's profile is,
   * and not counted among the few layers.
   * @param raster of the document's size
   */
  createDrawing(id: string, raster: Raster): Promise<Layer>;
  dropLayer(id: string): void;
}

/** The open documents, bounded by bytes (least recently used pixels are dropped first). */
export interface DocumentStore {
  open(request: {
    source: string;
    path: string;
    maxMegapixels: number;
    document?: string;
    signal: AbortSignal;
  }): Promise<OpenDocument>;
  /** @throws HourglassError document-not-open */
  get(document: string): OpenDocument;
  /** The open document of this path, if any: an export reuses what the screen has computed. */
  byPath(path: string): OpenDocument | undefined;
  close(document: string): void;
  /**
   * What a command on a file works on: the pixels of its open document, where the screen has one.
   * @throws HourglassError as `decodeImage`
   */
  sourceImage(request: {
    document: OpenDocument | undefined;
    path: string;
    maxMegapixels: number;
    signal: AbortSignal;
  }): Promise<DecodedImage>;
  /** RGBA8 sRGB tile, row-major, of at most tileSize², for the screen. */
  tile(request: {
    document: string;
    layer: string;
    level: number;
    column: number;
    row: number;
  }): Promise<{ width: number; height: number; data: Uint8Array }>;
  /** PNG of at most 256 pixels a side, upright, sRGB; does not open a document. */
  thumbnail(path: string): Promise<Uint8Array>;
}
