/**
 * What a file holds besides its picture that no reader or writer here carries over, so that the loss
 * is said. What is kept, and how, is in the neighbouring files.
 */
import type { ImageFormat } from '../../contract/index.ts';
import { jpegSegments } from './jpeg-segments.ts';
import { pngChunks } from './png-chunks.ts';
import type { ByteSource } from './tiff-structure.ts';

export interface Unkept {
  /** PNG text other than XMP and the profiles that tools hide in it; JPEG comments. */
  readonly comments: boolean;
  /** An animated PNG (acTL): decoders of still pictures show its first frame. */
  readonly animation: boolean;
}

/** More chunks than honest files have before their pixels. */
const MOST_PARTS = 1024;

/** Looks at what stands before the pixels of a PNG or JPEG; other formats: nothing to say. */
export async function readUnkept(source: ByteSource, format: ImageFormat): Promise<Unkept> {
  const parts = format === 'png' ? pngParts : format === 'jpeg' ? jpegParts : null;
  let comments = false;
  let animation = false;
  if (parts)
    for await (const part of parts(source)) {
      comments ||= part.kind === 'comment';
      animation ||= part.kind === 'animation';
    }
  return { comments, animation };
}

interface Part {
  readonly kind: 'comment' | 'animation' | 'other';
}

/** PNG, third edition, 11.3.3 (text) and 11.3.6.1 (acTL). */
async function* pngParts(source: ByteSource): AsyncGenerator<Part> {
  for await (const { type, at } of pngChunks(source, MOST_PARTS)) {
    if (type === 'acTL') yield { kind: 'animation' };
    else if (['tEXt', 'zTXt', 'iTXt'].includes(type)) {
      const keyword = text(await source.read(at + 8, 24));
      yield { kind: /^(XML:com\.adobe|Raw profile)/.test(keyword) ? 'other' : 'comment' };
    }
  }
}

/** COM (ITU-T T.81, B.2.4.5). */
async function* jpegParts(source: ByteSource): AsyncGenerator<Part> {
  for await (const { marker } of jpegSegments(source))
    if (marker === 0xfe) yield { kind: 'comment' };
}

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
