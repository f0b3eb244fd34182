/**
 * Small latent files whose streams are cheap: their “symbols” are their bytes, so that a tile is right
 * exactly when the CRC of its bytes is the one in the directory. The real streams are tested elsewhere.
 */
import { crc32c } from '../../../app/latent/entropy/crc32c.ts';
import { encodeDirectory, parseDirectory } from '../../../app/latent/container/directory.ts';
import { maxHeadBytes, parseHeader } from '../../../app/latent/container/header.ts';
import {
  decoderFingerprint,
  noLatentMetadata,
  openLatentFile,
  rowsOfTiles,
  tileGrid,
  writeLatentFile,
  type LatentFile,
  type LatentHeader,
  type LatentMetadata,
  type TileStreams,
} from '../../../app/latent/container/index.ts';
import { uniform } from '../../random.ts';

export const signal = new AbortController().signal;

export const model = {
  id: 'latent-photo',
  version: '1.0.0',
  fingerprint: decoderFingerprint({ entropy: 'ab'.repeat(32), synthesis: 'cd'.repeat(32) }),
};

export const plainHeader: LatentHeader = {
  width: 576,
  height: 576,
  tones: 'colour',
  hasAlpha: false,
  sampleType: 'uint8',
  bitDepth: 8,
  quality: 60,
  step: 53,
  tileSide: 1024,
  orientation: 1,
  lossyScan: false,
  model,
  software: 'Hourglass 0.1.0',
};

/** 3 × 2 tiles with alpha and metadata of every kind. */
export const richHeader: LatentHeader = {
  ...plainHeader,
  width: 130,
  height: 70,
  tileSide: 64,
  hasAlpha: true,
  sampleType: 'uint16',
  bitDepth: 12,
  orientation: 6,
};

const text = (words: string): Uint8Array => Uint8Array.from(Buffer.from(words));

export const richMetadata: LatentMetadata = {
  ...noLatentMetadata,
  icc: text('profile '.repeat(40)),
  exif: text('MM\0*exif'),
  xmp: text('<x:xmpmeta/>'.repeat(9)),
  iptc: text('iptc'),
  resolution: { x: 299.72, y: 299.72, unit: 'inch' },
  pngColour: { chunks: text('gAMA'), differsFromSrgb: true },
  scanHeader: text('DICM'),
  cleanedWith: 'denoise-photo-fast 1.0.0, noise level 12.0',
  modifiedMs: 1_700_000_000_123,
};

const randomBytes = (random: () => number, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => Math.floor(random() * 256));

export function fakeStreams(index: number, previewBytes = 11, restBytes = 37): TileStreams {
  const random = uniform(index + 1);
  const preview = randomBytes(random, previewBytes);
  const rest = randomBytes(random, restBytes);
  return { preview, rest, previewCrc: crc32c(preview), crc: crc32c(rest, crc32c(preview)) };
}

export function fakeAlpha(header: LatentHeader, row: number): Uint8Array | Uint16Array {
  const length = header.width * rowsOfTiles(header, row);
  const value = (i: number): number => ((i % header.width) * 500 + row * 1000) & 0xffff;
  return header.sampleType === 'uint8'
    ? Uint8Array.from({ length }, (_, i) => value(i) >> 8)
    : Uint16Array.from({ length }, (_, i) => value(i));
}

export interface BuildOptions {
  readonly header?: LatentHeader;
  readonly metadata?: LatentMetadata;
  readonly path?: string | null;
  readonly order?: 'forward' | 'backward';
  readonly streams?: (index: number) => TileStreams;
}

/** Writes a file with fake streams; in memory unless there is a path. */
export async function build(options: BuildOptions = {}): Promise<Uint8Array> {
  const { header = richHeader, metadata = richMetadata, path = null } = options;
  const { order = 'forward', streams = fakeStreams } = options;
  const writer = await writeLatentFile({
    ...{ path, header, metadata },
    ...{ source: null, overwrite: false, dates: null },
  });
  const grid = tileGrid(header);
  const indices = Array.from({ length: grid.count }, (_, index) => index);
  if (order === 'backward') indices.reverse();
  for (const index of indices) await writer.writeTile(index, streams(index));
  if (header.hasAlpha)
    for (let row = 0; row < grid.rows; row++) await writer.writeAlpha(row, fakeAlpha(header, row));
  const { data } = await writer.finish(signal);
  return data ?? new Uint8Array();
}

export interface FakeDecode {
  readonly file: LatentFile;
  /** Per tile what a decoder could use. */
  readonly tiles: readonly ('whole' | 'preview' | 'nothing')[];
  readonly alpha: readonly (Uint8Array | Uint16Array | null)[];
  readonly metadata: LatentMetadata;
  /** The streams of the tiles that are whole. */
  readonly streams: ReadonlyMap<number, { preview: Uint8Array; rest: Uint8Array }>;
}

/** Opens and reads everything, as a decoder does. */
export async function decodeFake(bytes: Uint8Array | string): Promise<FakeDecode> {
  const file = await openLatentFile(bytes, { name: 'small.hgl' });
  const streams = new Map<number, { preview: Uint8Array; rest: Uint8Array }>();
  const tiles: ('whole' | 'preview' | 'nothing')[] = [];
  for (const { index, previewCrc, crc } of file.tiles) {
    const { preview, rest } = await file.readTile(index);
    const previewOk = preview !== null && crc32c(preview) === previewCrc;
    const restOk = previewOk && rest !== null && crc32c(rest, previewCrc) === crc;
    if (previewOk && restOk) streams.set(index, { preview, rest });
    tiles.push(restOk ? 'whole' : previewOk ? 'preview' : 'nothing');
  }
  const alpha: (Uint8Array | Uint16Array | null)[] = [];
  if (file.header.hasAlpha)
    for (let row = 0; row < file.info.rows; row++) alpha.push(await file.readAlpha(row));
  const metadata = await file.metadata();
  await file.close();
  return { file, tiles, alpha, metadata, streams };
}

/** Makes the CRC of the header right, in place, as a newer program would. */
export function mendHeader(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 16) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const body = bytes.subarray(16, 16 + view.getUint16(10, true));
  view.setUint32(12, crc32c(body, crc32c(bytes.subarray(8, 12))), true);
  return bytes;
}

/** Makes the CRC of the directory right, in place. The header's must be. */
export function mendDirectory(bytes: Uint8Array): Uint8Array {
  const { end, directoryBytes } = parseHeader('small.hgl', bytes.subarray(0, maxHeadBytes));
  const entries = bytes.subarray(end, end + directoryBytes - 4);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(
    end + directoryBytes - 4,
    crc32c(entries),
    true,
  );
  return bytes;
}

/** Makes every CRC right that can be: what malice would do, and damage does not. */
export function mendAll(bytes: Uint8Array): Uint8Array {
  try {
    mendDirectory(mendHeader(bytes));
    const { header, end, directoryBytes } = parseHeader(
      'small.hgl',
      bytes.subarray(0, maxHeadBytes),
    );
    const { chunks, tiles } = parseDirectory(
      'small.hgl',
      header,
      bytes.subarray(end, end + directoryBytes),
    );
    let at = end + directoryBytes;
    const right = chunks.map((entry) => {
      const crc = crc32c(bytes.subarray(at, at + entry.bytes));
      at += entry.bytes;
      return { ...entry, crc };
    });
    bytes.set(encodeDirectory(right, tiles), end);
  } catch {
    // Beyond mending: the reader will say so.
  }
  return bytes;
}
