/** What a JPEG holds beside its picture: in segments before it, and behind its end. */
import { gainMapAttachment, isGainMap, isOfGainMap, isoGainMap } from '../colour/gain-map.ts';
import { EXTENDED_XMP } from './xmp-attached.ts';
import { jpegSegments, endOfJpeg } from './jpeg-segments.ts';
import { mostAttached, type Attachment, type Beside } from './beside.ts';
import { lostResources, photoshopSignature } from './photoshop.ts';
import { say } from './sentences.ts';
import { concatBytes, type ByteSource } from './tiff-structure.ts';

export interface JpegBeside extends Beside {
  /** Photoshop's resources, out of all their segments. */
  readonly photoshop: Uint8Array | null;
}

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** Segments whose content is read elsewhere, or says how the pixels were stored. */
const known: readonly (readonly [number, RegExp])[] = [
  [0xe0, /^JF(IF|XX)\0/],
  [0xe1, /^(Exif\0|http:\/\/ns\.adobe\.com\/xap\/1\.0\/\0)/],
  [0xe2, /^(ICC_PROFILE\0|MPF\0|urn:iso:std:iso:ts:21496)/],
  [0xec, /^Ducky/],
  [0xee, /^Adobe/],
];

/** The rest of XMP that is larger than a segment, in pieces (XMP specification part 3, 1.1.3.1). */
const extensionPrefix = 'http://ns.adobe.com/xmp/extension/\0';

/** Pieces of it begin with that, a fingerprint that the packet names, the length of all and their place. */
const extensionHead = 4 + extensionPrefix.length + 32 + 4 + 4;

/** It goes on as it is, piece by piece, beside a packet that names it. */
function extensionAttachments(pieces: readonly Uint8Array[]): Attachment[] {
  if (pieces.length === 0) return [];
  // Telephones keep depth maps, pictures and sound there, in base 64.
  const text = Buffer.concat(pieces.map((piece) => piece.subarray(extensionHead)));
  const names = [
    ...(text.includes('GDepth:Data') ? [say('depthMap')] : []),
    ...(text.includes('GImage:Data') ? [say('withoutBlur')] : []),
    ...(text.includes('GAudio:Data') ? [say('sound')] : []),
  ];
  const what = (): string => (names.length > 0 ? names.join(', ') : say('extendedXmp'));
  return pieces.map((bytes) => ({ ...{ format: 'jpeg', place: 'head', bytes, what }, semantic: EXTENDED_XMP })); // prettier-ignore
}

/** @param end as `endOfJpeg` found it; null: what lies behind it is of no interest */
export async function readJpegBeside(source: ByteSource, end: number | null): Promise<JpegBeside> {
  const attachments: Attachment[] = [];
  const lost: string[] = [];
  const resources: Uint8Array[] = [];
  const ofMap: Uint8Array[] = [];
  const extension: Uint8Array[] = [];
  for await (const { marker, at, size } of jpegSegments(source)) {
    if (marker !== 0xfe && (marker < 0xe0 || marker > 0xef)) continue;
    const whole = await source.read(at, size + 4);
    const payload = whole.subarray(4);
    const id = latin(payload.subarray(0, 48));
    if (marker === 0xe2 && id.startsWith(isoGainMap)) ofMap.push(new Uint8Array(whole));
    if (marker === 0xe1 && id.startsWith(extensionPrefix)) extension.push(new Uint8Array(whole));
    else if (known.some(([of, begins]) => of === marker && begins.test(id))) continue;
    else if (marker === 0xed && id.startsWith(photoshopSignature))
      resources.push(payload.subarray(photoshopSignature.length));
    else if (marker === 0xeb && id.startsWith('JP'))
      lost.push(say(latin(payload).includes('c2pa') ? 'credentials' : 'boxes'));
    else {
      const name = `APP${marker - 0xe0} ${/^[\x20-\x7e]{0,16}/.exec(id)![0]}`.trim();
      const what = marker === 0xfe ? () => say('comment') : () => say('applicationData', { name });
      attachments.push({ format: 'jpeg', place: 'head', bytes: new Uint8Array(whole), what });
    }
  }
  const tail = await readTail(source, end);
  if (tail.attachments.some(isOfGainMap))
    attachments.push(...ofMap.map((segment) => gainMapAttachment('head', segment)));
  const photoshop = resources.length > 0 ? concatBytes(resources) : null;
  return {
    attachments: [...extensionAttachments(extension), ...attachments, ...tail.attachments],
    lost: [...new Set([...lost, ...tail.lost])],
    slight: lostResources(photoshop),
    photoshop,
  };
}

/** Pictures behind the first (MPF, CIPA DC-007), then whatever a maker appends. */
async function readTail(source: ByteSource, from: number | null): Promise<Beside> {
  if (from === null) return { attachments: [], lost: [] };
  let at = from;
  let pictures = 0;
  const maps: Attachment[] = [];
  for (;;) {
    at = await behindPadding(source, at);
    const head = await source.read(at, 3);
    if (!(head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff)) break;
    const isMap = isGainMap(latin(await source.read(at, 4096)));
    const end = await endOfJpeg(source, at);
    if (end === null) return { attachments: [], lost: [] };
    if (isMap && end - at <= mostAttached)
      maps.push(gainMapAttachment('tail', new Uint8Array(await source.read(at, end - at))));
    else pictures += 1;
    at = end;
  }
  const lost = pictures > 0 ? [say('furtherPictures', { count: pictures })] : [];
  const bytes = source.length - at;
  if (bytes <= 0) return { attachments: maps, lost };
  const head = latin(await source.read(at, 64));
  const end = latin(await source.read(Math.max(at, source.length - 4), 4));
  const isFilm = head.slice(4, 8) === 'ftyp' || head.includes('MotionPhoto_Data');
  if ((!isFilm && end !== 'SEFT') || bytes > mostAttached)
    return { attachments: maps, lost: [...lost, say('otherTail', { bytes })] };
  const tail: Attachment = {
    ...{ format: 'jpeg', place: 'tail', bytes: new Uint8Array(await source.read(at, bytes)) },
    what: () => say(isFilm ? 'film' : 'makersTail'),
    semantic: 'MotionPhoto',
  };
  return { attachments: [...maps, tail], lost };
}

/** Past zeros, which some cameras fill up to a block with. */
async function behindPadding(source: ByteSource, from: number): Promise<number> {
  for (let at = from; at < source.length;) {
    const some = await source.read(at, 65_536);
    const first = some.findIndex((byte) => byte !== 0);
    // A film begins with the length of its first box, whose upper bytes are zero.
    if (first >= 0) return at + first - (some.length - first < 8 ? 0 : boxStart(some, first));
    if (some.length === 0) break;
    at += some.length;
  }
  return source.length;
}

/** How many zeros before `first` belong to a box of ISO/IEC 14496-12 that begins there. */
const boxStart = (bytes: Uint8Array, first: number): number => {
  for (let before = Math.min(3, first); before >= 0; before--)
    if (latin(bytes.subarray(first - before + 4, first - before + 8)) === 'ftyp') return before;
  return 0;
};
