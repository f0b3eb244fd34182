/**
 * IPTC-IIM (IPTC 4.2) inside Photoshop image resources, the form in which JPEG and TIFF carry it
 * (Adobe Photoshop File Formats Specification, "Image Resource Blocks"). Only the IIM stream
 * travels; other resources (thumbnails, print settings) describe the old file.
 */
import { photoshopSignature, resources } from './photoshop.ts';
import { concatBytes } from './tiff-structure.ts';

const iptcResource = 0x0404;

/** The IIM stream in a block of Photoshop resources, with or without JPEG's signature; null: none. */
export function iptcFromPhotoshop(block: Uint8Array): Uint8Array | null {
  if (block[0] === 0x1c) return new Uint8Array(block); // bare IIM, as TIFF's own tag holds it
  const found = [...resources(block)].find(({ id }) => id === iptcResource);
  return found && found.data.length > 0 ? new Uint8Array(found.data) : null;
}

/** The payload of JPEG's APP13 segment for an IIM stream and other resources. */
export function photoshopBlock(iptc: Uint8Array | null, others: Uint8Array | null): Uint8Array {
  const signature = new TextEncoder().encode(photoshopSignature);
  if (!iptc) return concatBytes([signature, others ?? new Uint8Array(0)]);
  const resource = new Uint8Array(12);
  const view = new DataView(resource.buffer);
  resource.set([...'8BIM'].map((letter) => letter.charCodeAt(0)));
  view.setUint16(4, iptcResource);
  view.setUint32(8, iptc.length);
  return concatBytes([
    signature,
    resource,
    iptc,
    new Uint8Array(iptc.length % 2),
    others ?? new Uint8Array(0),
  ]);
}
