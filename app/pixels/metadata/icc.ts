/**
 * Reads facts out of an ICC profile (ICC.1:2022, sections 7.2 and 10). The profile itself always
 * travels as the bytes of the file; converting with it is in `display.ts`.
 */

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** Colour space of the data, from the header: "RGB ", "GRAY", "CMYK", "Lab "; null: no profile. */
export function profileSpace(icc: Uint8Array | null): string | null {
  return icc && icc.length >= 128 && latin(icc.subarray(36, 40)) === 'acsp'
    ? latin(icc.subarray(16, 20))
    : null;
}

/**
 * Name of a profile, from its `desc` tag: v2 textDescriptionType (ICC.1:2001-04, 6.5.17) or v4
 * multiLocalizedUnicodeType (10.15; English first). Null when there is none that can be read.
 */
export function profileName(icc: Uint8Array | null): string | null {
  const tag = tagOf(icc, 'desc');
  return tag && clean(descriptionText(tag));
}

/**
 * Code points that a profile names for programs that know them (cicpType, 10.3), as profiles of HDR do; null: none.
 * ITU-T H.273's numbers.
 */
export function profileCodes(
  icc: Uint8Array | null,
): { primaries: number; transfer: number } | null {
  const tag = tagOf(icc, 'cicp');
  return tag && latin(tag.subarray(0, 4)) === 'cicp'
    ? { primaries: tag[8]!, transfer: tag[9]! }
    : null;
}

/** A tag's element with its type; null: none that can be read. */
function tagOf(icc: Uint8Array | null, signature: string): Uint8Array | null {
  if (!icc || profileSpace(icc) === null || icc.length < 132) return null;
  const view = new DataView(icc.buffer, icc.byteOffset, icc.byteLength);
  const tags = Math.min(view.getUint32(128), 256);
  for (let index = 0; index < tags; index++) {
    const at = 132 + index * 12;
    if (at + 12 > icc.length) return null;
    if (latin(icc.subarray(at, at + 4)) !== signature) continue;
    const offset = view.getUint32(at + 4);
    const length = view.getUint32(at + 8);
    if (offset + length > icc.length || length < 12) return null;
    return icc.subarray(offset, offset + length);
  }
  return null;
}

function descriptionText(tag: Uint8Array): string | null {
  const view = new DataView(tag.buffer, tag.byteOffset, tag.byteLength);
  const type = latin(tag.subarray(0, 4));
  if (type === 'desc')
    return latin(tag.subarray(12, Math.min(tag.length, 12 + view.getUint32(8), 12 + 512)));
  if (type !== 'mluc' || tag.length < 28) return null;
  const records = Math.min(view.getUint32(8), 64);
  let text: string | null = null;
  for (let index = 0; index < records; index++) {
    const at = 16 + index * 12;
    if (at + 12 > tag.length) break;
    const start = view.getUint32(at + 8);
    const end = start + Math.min(view.getUint32(at + 4), 1024);
    if (end > tag.length) continue;
    const value = new TextDecoder('utf-16be').decode(tag.subarray(start, end));
    text ??= value;
    if (latin(tag.subarray(at, at + 2)) === 'en') return value;
  }
  return text;
}

const clean = (text: string | null): string | null => {
  const printable = [...(text ?? '')]
    .filter((character) => character >= ' ')
    .join('')
    .trim();
  return printable === '' ? null : printable;
};
