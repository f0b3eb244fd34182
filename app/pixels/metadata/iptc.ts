/**
 * IPTC-IIM (IPTC 4.2) inside Photoshop image resources, the form in which JPEG and TIFF carry it
 * (Adobe Photoshop File Formats Specification, "Image Resource Blocks"). Only the IIM stream
 * travels; other resources (thumbnails, print settings) describe the old file.
 */
import { concatBytes } from './tiff-structure.ts';

const signature = 'Photoshop 3.0\0';
const iptcResource = 0x0404;

/** The IIM stream in a block of Photoshop resources, with or without JPEG's signature; null: none. */
export function iptcFromPhotoshop(block: Uint8Array): Uint8Array | null {
  const head = String.fromCharCode(...block.subarray(0, signature.length));
  if (block[0] === 0x1c) return Uint8Array.from(block); // bare IIM, as TIFF's own tag holds it
  let at = head === signature ? signature.length : 0;
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const padded = (length: number): number => length + (length % 2);
  while (at + 12 <= block.length && String.fromCharCode(...block.subarray(at, at + 4)) === '8BIM') {
    const resource = view.getUint16(at + 4);
    const nameBytes = padded(1 + block[at + 6]!);
    const sizeAt = at + 6 + nameBytes;
    if (sizeAt + 4 > block.length) return null;
    const size = view.getUint32(sizeAt);
    const start = sizeAt + 4;
    if (start + size > block.length) return null;
    if (resource === iptcResource)
      return size === 0 ? null : Uint8Array.from(block.subarray(start, start + size));
    at = start + padded(size);
  }
  return null;
}

/** The payload of JPEG's APP13 segment for an IIM stream. */
export function photoshopFromIptc(iptc: Uint8Array): Uint8Array {
  const resource = new Uint8Array(12);
  const view = new DataView(resource.buffer);
  resource.set([...'8BIM'].map((letter) => letter.charCodeAt(0)));
  view.setUint16(4, iptcResource);
  view.setUint32(8, iptc.length);
  return concatBytes([
    new TextEncoder().encode(signature),
    resource,
    iptc,
    new Uint8Array(iptc.length % 2),
  ]);
}
