/**
 * What a JPEG XL file of boxes (ISO/IEC 18181-2) holds besides its picture and the metadata that its decoder hands over: a gain map (ISO
 * 21496-1, annex C), Content Credentials, what other programs put there. A bare codestream holds nothing.
 */
import { say } from '../pixels/metadata/sentences.ts';

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** The picture, its index and how a JPEG is made of it again; EXIF and XMP, also compressed, are the decoder's to read. */
const known = /^(JXL |ftyp|jxl[lcpi]|jbrd|Exif|xml |free|skip)$/;

/** Names, each once. Bounded: boxes that lie outside are not there. */
export function lostInJpegXl(bytes: Uint8Array): string[] {
  const lost = new Set<string>();
  if (latin(bytes.subarray(4, 8)) !== 'JXL ') return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0, count = 0; count < 4096 && at + 8 <= bytes.length; count++) {
    const short = view.getUint32(at);
    const isLong = short === 1 && at + 16 <= bytes.length;
    const size = isLong
      ? Number(view.getBigUint64(at + 8))
      : short === 0
        ? bytes.length - at
        : short;
    const start = at + (isLong ? 16 : 8);
    if (size < start - at || at + size > bytes.length) break;
    const type = latin(bytes.subarray(at + 4, at + 8));
    // A compressed box begins with the type that it has when it is not.
    const real = type === 'brob' ? latin(bytes.subarray(start, start + 4)) : type;
    const what = nameOf(real, bytes.subarray(start, start + 512));
    if (what) lost.add(what);
    at += size;
  }
  return [...lost];
}

function nameOf(type: string, head: Uint8Array): string | null {
  if (known.test(type)) return null;
  if (type === 'jhgm') return say('gainMap');
  if (type === 'jumb') return say(latin(head).includes('c2pa') ? 'credentials' : 'boxes');
  return say('applicationData', { name: /^[ -~]{4}$/.test(type) ? type.trim() : '?' });
}
