/**
 * The interfaces of the latent file container (`.hgl`): what a file says about itself, how one is
 * written tile by tile, how one is read. The bytes are described in docs/latent-format.md; what is
 * inside the tiles' streams is the business of `../entropy`.
 */
import type { Notice } from '../../contract/index.ts';
import type { DecodeLimits, ImageMetadata, SampleType } from '../../pixels/index.ts';
import type { MeasuredValues } from './measured.ts';

/** The network that a file needs. */
export interface LatentModel {
  readonly id: string;
  readonly version: string;
  /** Of the parts that decoding depends on: the first 16 bytes of `decoderFingerprint`, as hex. */
  readonly fingerprint: string;
}

/** What the header of a file says. */
export interface LatentHeader {
  /** Pixels, upright. */
  readonly width: number;
  readonly height: number;
  readonly tones: 'gray' | 'colour';
  readonly hasAlpha: boolean;
  /** How the source stored its samples; what was kept of them is what the quality allows. */
  readonly sampleType: SampleType;
  /** Significant bits per sample of the source, 1–32. */
  readonly bitDepth: number;
  /** 16-bit samples of which only the lowest `bitDepth` bits are used: latents take 2^bitDepth − 1 for white. */
  readonly narrow?: true;
  /** Of a scan of one tone whose values mean something by themselves: what. Where it is there latents have this range. */
  readonly measured?: MeasuredValues;
  /** 1–100, as it was asked for. */
  readonly quality: number;
  /** Index of the quantiser step, 0–127: 2^(step/16) levels. */
  readonly step: number;
  /** Side of an entropy tile, pixels: a power of two, 64–1024. */
  readonly tileSide: number;
  /** EXIF orientation of the source, 1–8. It is applied already: never turn the pixels again. */
  readonly orientation: number;
  /** A scan whose values were not kept exactly. Must be said wherever the picture is shown. */
  readonly lossyScan: boolean;
  readonly model: LatentModel;
  /** Name and version of the program that wrote the file, for example "Hourglass 0.1.0". */
  readonly software: string;
}

/** Everything else that must survive. Blobs are as in the source. */
export interface LatentMetadata extends Pick<
  ImageMetadata,
  'icc' | 'exif' | 'xmp' | 'iptc' | 'resolution'
> {
  readonly pngColour: ImageMetadata['pngColour'] | null;
  /** Header of a scan (DICOM, NIfTI) without its pixels. */
  readonly scanHeader: Uint8Array | null;
  /** What the picture was cleaned with before it was compressed, in words; null: as it was. */
  readonly cleanedWith: string | null;
  /** When the source was last changed, milliseconds since 1970; null: not told. */
  readonly modifiedMs: number | null;
}

export const noLatentMetadata: LatentMetadata = {
  icc: null,
  exif: null,
  xmp: null,
  iptc: null,
  resolution: null,
  pngColour: null,
  scanHeader: null,
  cleanedWith: null,
  modifiedMs: null,
};

/** The two streams of a tile, as `LatentCoder.encode` makes them. */
export interface TileStreams {
  readonly preview: Uint8Array;
  readonly rest: Uint8Array;
  /** CRC-32C of the decoded symbols of group 0 (int16 LE, [channel][y][x]). */
  readonly previewCrc: number;
  /** The same over all groups. */
  readonly crc: number;
}

/** Where a tile lies in the picture. Those of the last column and row are smaller. */
export interface TileBox {
  /** Number in raster order. */
  readonly index: number;
  readonly column: number;
  readonly row: number;
  /** Its pixels inside the picture. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Its latents: 8 × 8 pixels each, rounded up. */
  readonly latentColumns: number;
  readonly latentRows: number;
}

/** A tile as the directory lists it. */
export interface TileEntry extends TileBox {
  readonly previewBytes: number;
  readonly restBytes: number;
  readonly previewCrc: number;
  readonly crc: number;
}

export interface LatentTile extends TileEntry {
  /** What of it is in the file at all; less than `whole` where the file was cut short. */
  readonly present: 'whole' | 'preview' | 'nothing';
}

export interface LatentWriteRequest {
  /** A path, written whole or not at all; null: the bytes are handed back by `finish`. */
  readonly path: string | null;
  /** The source's path: never overwritten. */
  readonly source: string | null;
  readonly overwrite: boolean;
  readonly header: LatentHeader;
  readonly metadata: LatentMetadata;
  /** Dates that the written file gets; null: those of now. */
  readonly dates: { readonly accessedMs: number; readonly modifiedMs: number } | null;
}

export interface LatentWritten {
  /** Size of the file. */
  readonly bytes: number;
  /** Of these the directory's. */
  readonly directoryBytes: number;
  /** Whole-content hash, hex (see `LatentFile.contentHash`). */
  readonly contentHash: string;
  /** The file itself when `path` was null. */
  readonly data: Uint8Array | null;
}

/**
 * Takes tiles in any order, each once; memory stays bounded when there is a path. The file does not
 * depend on that order.
 */
export interface LatentWriter {
  readonly tileCount: number;
  /** @throws HourglassError output-not-writable; internal for a tile given twice or not there */
  writeTile(index: number, streams: TileStreams): Promise<void>;
  /**
   * Keeps the alpha of one row of tiles, lossless. Needed for each row where `hasAlpha`.
   * @param samples alpha only, `width` × (rows of that tile row), uint8 or uint16
   */
  writeAlpha(tileRow: number, samples: Uint8Array | Uint16Array): Promise<void>;
  /**
   * The same of padding, needed for each row where `measured.keepsPadding`.
   * @param codes 0: a measured value; else the padding value, its lowest counted as 1
   */
  writePadding(tileRow: number, codes: Uint8Array | Uint16Array): Promise<void>;
  finish(signal: AbortSignal): Promise<LatentWritten>;
  /** Removes every temporary file. Safe at any time, also twice. */
  abort(): Promise<void>;
}

export interface LatentOpenOptions {
  readonly limits?: Pick<DecodeLimits, 'maxMegapixels'>;
  /** What sentences call the file; default: its base name, or "The file". */
  readonly name?: string;
}

/** What `info` shows. Plain data. */
export interface LatentFileInfo {
  readonly formatVersion: number;
  readonly bytes: number;
  readonly header: LatentHeader;
  readonly columns: number;
  readonly rows: number;
  readonly tiles: readonly LatentTile[];
  /** Sums over the tiles. */
  readonly previewBytes: number;
  readonly restBytes: number;
  /** Chunks (metadata, alpha) in file order, with their size in the file. */
  readonly chunks: readonly { readonly type: string; readonly bytes: number }[];
  /** Bytes that are missing at the end; 0: the file has its whole length. */
  readonly missingBytes: number;
  /** Bytes after the end of the content. */
  readonly extraBytes: number;
  /** One byte of header or directory was wrong, and was mended by its checksum. */
  readonly repaired: boolean;
}

/** An open latent file: everything but the tiles' streams is checked. */
export interface LatentFile {
  readonly info: LatentFileInfo;
  readonly header: LatentHeader;
  readonly tiles: readonly LatentTile[];
  /** Damage and loss found so far, in words. */
  readonly notices: readonly Notice[];
  metadata(): Promise<LatentMetadata>;
  /** The streams of one tile, nothing else is read; null where they are cut off. */
  readTile(
    index: number,
    parts?: 'preview' | 'whole',
  ): Promise<{ preview: Uint8Array | null; rest: Uint8Array | null }>;
  /**
   * Alpha of one row of tiles; null when it is damaged or missing (show it opaque, and say so).
   * @throws HourglassError internal when the file has none
   */
  readAlpha(tileRow: number): Promise<Uint8Array | Uint16Array | null>;
  /** The same of padding, as of `LatentWriter.writePadding`; null: it comes out as measured values. */
  readPadding(tileRow: number): Promise<Uint8Array | Uint16Array | null>;
  /** The whole-content hash as stored, hex: SHA-256, its first 16 bytes. Null when it is cut off. */
  contentHash(): Promise<string | null>;
  /** Reads the whole file: true when it is, byte for byte, what was written. */
  verifyContent(signal: AbortSignal, progress?: (done: number) => void): Promise<boolean>;
  close(): Promise<void>;
}
