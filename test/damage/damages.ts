/** What happens to files on their way: the damages that are tried, and small files to try them on. */
import sharp, { type Sharp } from 'sharp';
import { uniform } from '../random.ts';
import { jpeg2000, jpegXl } from './codecs.ts';

export type Damage = (file: Uint8Array, end: Uint8Array) => Uint8Array;

const CLUSTER = 4096;

const overwritten = (
  file: Uint8Array,
  from: number,
  to: number,
  value: (at: number) => number,
): Uint8Array => file.map((byte, at) => (at >= from && at < to ? value(at) : byte));

/** Where the cluster of the middle begins: its clusters are those of a disk. */
const clusterOf = (file: Uint8Array): number =>
  Math.floor(file.length / 2 / CLUSTER) * CLUSTER || Math.floor(file.length / 2);

/** By name. `end` are the bytes that a whole file of the format ends with. */
export const damages: Readonly<Record<string, Damage>> = {
  'cut at half': (file) => file.slice(0, file.length >> 1),
  'cut and closed': (file, end) =>
    Uint8Array.from([...file.subarray(0, Math.floor(file.length * 0.6)), ...end]),
  'tail zeroed': (file) => overwritten(file, Math.floor(file.length * 0.6), file.length, () => 0),
  'tail 0xFF': (file) => overwritten(file, Math.floor(file.length * 0.6), file.length, () => 0xff),
  'zeros before the end': (file, end) =>
    overwritten(file, Math.floor(file.length * 0.8), file.length - end.length, () => 0),
  'cluster zeroed': (file) =>
    overwritten(file, clusterOf(file), clusterOf(file) + CLUSTER, () => 0),
  'cluster random': (file) => {
    const random = uniform(file.length);
    return overwritten(file, clusterOf(file), clusterOf(file) + CLUSTER, () =>
      Math.floor(random() * 256),
    );
  },
  'last byte missing': (file) => file.slice(0, -1),
};

const encodings = {
  'JPEG baseline': (picture) => picture.jpeg({ quality: 92 }),
  // The codes of T.81, annex K.3, as cameras use them: other damages decode to fewer blocks, not to more.
  'JPEG, common codes': (picture) => picture.jpeg({ quality: 92, optimiseCoding: false }),
  'JPEG progressive': (picture) => picture.jpeg({ quality: 92, progressive: true }),
  PNG: (picture) => picture.png(),
  'PNG interlaced': (picture) => picture.png({ progressive: true }),
  'WebP lossy': (picture) => picture.webp({ quality: 85 }),
  'WebP lossless': (picture) => picture.webp({ lossless: true, effort: 2 }),
  AVIF: (picture) => picture.avif({ quality: 70, effort: 1 }),
  GIF: (picture) => picture.gif({ effort: 1 }),
  'TIFF strips, uncompressed': (picture) => picture.tiff({ compression: 'none' }),
  'TIFF strips, LZW': (picture) => picture.tiff({ compression: 'lzw' }),
  'TIFF strips, Deflate': (picture) => picture.tiff({ compression: 'deflate' }),
  'TIFF strips, JPEG': (picture) => picture.tiff({ compression: 'jpeg', quality: 92 }),
  'TIFF tiles, uncompressed': (picture) => picture.tiff({ compression: 'none', tile: true }),
  'TIFF tiles, LZW': (picture) => picture.tiff({ compression: 'lzw', tile: true }),
  'TIFF tiles, Deflate': (picture) => picture.tiff({ compression: 'deflate', tile: true }),
  'TIFF tiles, JPEG': (picture) => picture.tiff({ compression: 'jpeg', tile: true, quality: 92 }),
} as const satisfies Record<string, (picture: Sharp) => Sharp>;

const ofCodecs = {
  'JPEG XL': (picture) => jpegXl(picture, false),
  'JPEG XL lossless': (picture) => jpegXl(picture, true),
  'JPEG 2000': jpeg2000,
} as const satisfies Record<string, (picture: Drawing) => Promise<Uint8Array>>;

type OfCodec = keyof typeof ofCodecs;
export type Encoding = keyof typeof encodings | OfCodec;
export const encodingNames = [...Object.keys(encodings), ...Object.keys(ofCodecs)] as Encoding[];

/** Those that libvips reads. */
export const encodingsOfVips = Object.keys(encodings) as (keyof typeof encodings)[];

const isOfCodec = (encoding: Encoding): encoding is OfCodec => Object.hasOwn(ofCodecs, encoding);
/** Which decoder of `app/codecs` reads it; null: libvips. */
export const codecOf = (encoding: Encoding): 'jxl' | 'jp2' | null =>
  isOfCodec(encoding) ? (encoding === 'JPEG 2000' ? 'jp2' : 'jxl') : null;

const iend = Uint8Array.from([0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]);

/** What a whole file of an encoding ends with; formats without a mark of their end: nothing. */
export const endOf = (encoding: Encoding): Uint8Array =>
  encoding.startsWith('JPEG') && !encoding.startsWith('JPEG XL')
    ? Uint8Array.of(0xff, 0xd9)
    : encoding.startsWith('PNG')
      ? iend
      : encoding === 'GIF'
        ? Uint8Array.of(0x3b)
        : new Uint8Array(0);

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** RGB, interleaved. */
  readonly data: Uint8Array;
}

/** A picture of soft shapes with grain, so that files of it have many clusters: the same for the same seed. */
export function drawing(seed: number, width = 320, height = 240): Drawing {
  const random = uniform(seed);
  const data = new Uint8Array(width * height * 3);
  const wave = 20 + Math.floor(random() * 60);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        const shape = Math.sin(x / wave + c) + Math.cos((y * (c + 1)) / wave);
        data[(y * width + x) * 3 + c] = 128 + 40 * shape + 40 * (random() - 0.5);
      }
  return { width, height, data };
}

export async function encoded(encoding: Encoding, picture: Drawing): Promise<Uint8Array> {
  if (isOfCodec(encoding)) return ofCodecs[encoding](picture);
  const { width, height, data } = picture;
  return Uint8Array.from(
    await encodings[encoding](sharp(data, { raw: { width, height, channels: 3 } })).toBuffer(),
  );
}
