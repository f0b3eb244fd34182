/**
 * Photoshop's image resources (Adobe Photoshop File Formats Specification, "Image Resources"), the form in which
 * JPEG and TIFF carry paths and IPTC. What is made of the old file (thumbnails, copies of metadata) stays behind, and so does, with a word,
 * what else is noted of it (layers, slices, channels).
 */
import { resolutionOf, type Resolution } from './resolution.ts';
import { say } from './sentences.ts';
import { concatBytes } from './tiff-structure.ts';
import { exchanges, turnPoint, type Turn } from './turn.ts';

export const photoshopSignature = 'Photoshop 3.0\0';

const resource = {
  resolution: 1005,
  copyright: 1034,
  address: 1035,
  iptcDigest: 1061,
  clippingPath: 2999,
} as const;

/** Grid and guides: places in pixels. */
const guides = 1032;

/**
 * Print flags and scale, halftones, transfer curves, print settings of the systems (1011 to 1016, 1062, 1071, 1082, 1083, 10000), the angle of
 * light (1037, 1049), the scale of measurements (1074), the background of the window (1010), that no profile is wanted (1041), URLs (1054): true whatever becomes of
 * the pixels.
 */
const settings: ReadonlySet<number> = new Set([
  ...[1010, 1011, 1012, 1013, 1014, 1015, 1016, 1037, 1041, 1049, 1054, 1062, 1071, 1074],
  ...[1082, 1083, 10_000],
]);

/**
 * Made of the picture and of its metadata, which travel on their own: IPTC, thumbnails, profile, EXIF, XMP; and of a file that is another one now: its version, its
 * number, its owner’s program.
 */
const derived: ReadonlySet<number> = new Set([
  1028, 1033, 1036, 1039, 1044, 1057, 1058, 1059, 1060,
]);

const isPath = (id: number): boolean => id >= 2000 && id <= 2997;
const isKept = (id: number): boolean =>
  isPath(id) ||
  id === guides ||
  settings.has(id) ||
  (Object.values(resource) as number[]).includes(id);

interface Resource {
  readonly id: number;
  readonly data: Uint8Array;
  /** The whole resource, padded to even lengths. */
  readonly whole: Uint8Array;
}

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const even = (length: number): number => length + (length % 2);

/** Resources one after another, with or without JPEG's signature before them; ends where they do. */
export function* resources(block: Uint8Array): Generator<Resource> {
  const begins = latin(block.subarray(0, photoshopSignature.length)) === photoshopSignature;
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  let at = begins ? photoshopSignature.length : 0;
  while (at + 12 <= block.length && latin(block.subarray(at, at + 4)) === '8BIM') {
    const sizeAt = at + 6 + even(1 + block[at + 6]!);
    if (sizeAt + 4 > block.length) return;
    const start = sizeAt + 4;
    const size = view.getUint32(sizeAt);
    if (start + size > block.length) return;
    const data = block.subarray(start, start + size);
    const pad = new Uint8Array(size % 2);
    yield { id: view.getUint16(at + 4), data, whole: concatBytes([block.subarray(at, start + size), pad]) }; // prettier-ignore
    at = start + even(size);
  }
}

/** Names of what no result keeps, apart from what is made anew. */
export function lostResources(block: Uint8Array | null): string[] {
  const ids = block ? [...resources(new Uint8Array(block))].map(({ id }) => id) : [];
  const lost = [...new Set(ids)].filter((id) => !isKept(id) && !derived.has(id));
  return lost.length > 0 ? [say('photoshopOthers', { numbers: lost.join(', ') })] : [];
}

/** The resources that a result keeps. */
export class PhotoshopResources {
  readonly #kept: readonly Resource[];

  private constructor(kept: readonly Resource[]) {
    this.#kept = kept;
  }

  /** Null: there are none that are kept. */
  static of(block: Uint8Array | null): PhotoshopResources | null {
    const kept = block ? [...resources(new Uint8Array(block))].filter(({ id }) => isKept(id)) : [];
    return kept.length > 0 ? new PhotoshopResources(kept) : null;
  }

  #has(is: (id: number) => boolean): boolean {
    return this.#kept.some(({ id }) => is(id));
  }

  /** What a format without a place for them loses. */
  names(): string[] {
    const clips = this.#has((id) => id === resource.clippingPath);
    const marks = this.#has((id) => id === resource.copyright || id === resource.address);
    return [
      ...(clips ? [say('clippingPath')] : this.#has(isPath) ? [say('paths')] : []),
      ...(marks ? [say('marks')] : []),
      ...(this.#kept.some(hasGuides) ? [say('guides')] : []),
    ];
  }

  /** Whether there is what few would miss beside that. */
  hasSettings(): boolean {
    return this.#has((id) => settings.has(id));
  }

  /** Of a picture of another size, whose guides lie elsewhere. @param share of new to old length of a side */
  scaled(share: number): PhotoshopResources {
    const kept = this.#kept.map((one) =>
      one.id === guides ? withGuides(one, (guide) => ({ ...guide, at: guide.at * share })) : one,
    );
    return new PhotoshopResources(kept);
  }

  /** ResolutionInfo: pixels per inch, 16.16, whatever unit is shown. */
  resolution(): Resolution | null {
    const info = this.#kept.find(({ id, data }) => id === resource.resolution && data.length >= 16);
    if (!info) return null;
    const view = new DataView(info.data.buffer, info.data.byteOffset);
    return resolutionOf(view.getUint32(0) / 65536, view.getUint32(8) / 65536, 'inch');
  }

  /** All of them, one after another, for a picture that was turned. */
  bytes(turn: Turn | null): Uint8Array {
    return concatBytes(this.#kept.map((one) => (turn ? turned(one, turn) : one.whole)));
  }
}

interface Guide {
  /** Pixels from the left or the upper edge. */
  readonly at: number;
  readonly isVertical: boolean;
}

/** Version, two spacings of the grid, a count; of each guide its place in 1/32 pixels, then 0: vertical, 1: horizontal. */
const guideBytes = { head: 16, each: 5 } as const;

function* guidesOf({ id, data }: Resource): Generator<Guide & { readonly offset: number }> {
  if (id !== guides || data.length < guideBytes.head) return;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const count = view.getUint32(12);
  for (let index = 0; index < count; index++) {
    const offset = guideBytes.head + index * guideBytes.each;
    if (offset + guideBytes.each > data.length) return;
    yield { at: view.getInt32(offset) / 32, isVertical: view.getUint8(offset + 4) === 0, offset };
  }
}

const hasGuides = (one: Resource): boolean => !guidesOf(one).next().done;

function withGuides(one: Resource, moved: (guide: Guide) => Guide): Resource {
  const whole = new Uint8Array(one.whole);
  const from = whole.length - even(one.data.length);
  const view = new DataView(whole.buffer, from, one.data.length);
  for (const { offset, ...guide } of guidesOf(one)) {
    const { at, isVertical } = moved(guide);
    view.setInt32(offset, Math.round(at * 32));
    view.setUint8(offset + 4, isVertical ? 0 : 1);
  }
  return { id: one.id, data: whole.subarray(from, from + one.data.length), whole };
}

function turnGuide({ at, isVertical }: Guide, turn: Turn): Guide {
  const place = turnPoint(isVertical ? { x: at, y: 0 } : { x: 0, y: at }, turn, turn);
  const isVerticalNow = isVertical !== exchanges(turn);
  return { at: isVerticalNow ? place.x : place.y, isVertical: isVerticalNow };
}

function turned(one: Resource, turn: Turn): Uint8Array {
  const { id, data, whole } = one;
  if (id === guides) return withGuides(one, (guide) => turnGuide(guide, turn)).whole;
  const copy = new Uint8Array(whole);
  const from = whole.length - even(data.length);
  const view = new DataView(copy.buffer, from, data.length);
  if (id === resource.resolution && exchanges(turn) && data.length >= 16) {
    copy.set(data.subarray(0, 8), from + 8);
    copy.set(data.subarray(8, 16), from);
  } else if (isPath(id))
    for (let at = 0; at + 26 <= data.length; at += 26) turnKnot(view, at, turn);
  return copy;
}

/** A record of 26 bytes; of Bézier knots (selectors 1, 2, 4, 5) three points, y before x, in 8.24 parts of the picture. */
function turnKnot(view: DataView, at: number, turn: Turn): void {
  if (![1, 2, 4, 5].includes(view.getUint16(at))) return;
  const one = 2 ** 24;
  for (let point = at + 2; point < at + 26; point += 8) {
    const stored = { x: view.getInt32(point + 4) / one, y: view.getInt32(point) / one };
    const { x, y } = turnPoint(stored, turn);
    view.setInt32(point, Math.round(y * one));
    view.setInt32(point + 4, Math.round(x * one));
  }
}
