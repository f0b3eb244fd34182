/**
 * Photoshop's image resources (Adobe Photoshop File Formats Specification, "Image Resources"), the form in which
 * JPEG and TIFF carry paths and IPTC. What describes the old file (thumbnails, print settings, layers) stays behind.
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

const isPath = (id: number): boolean => id >= 2000 && id <= 2997;
const isKept = (id: number): boolean =>
  isPath(id) || (Object.values(resource) as number[]).includes(id);

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

/** The resources that a result keeps. */
export class PhotoshopResources {
  readonly #kept: readonly Resource[];

  private constructor(kept: readonly Resource[]) {
    this.#kept = kept;
  }

  /** Null: there are none that are kept. */
  static of(block: Uint8Array | null): PhotoshopResources | null {
    const kept = block ? [...resources(Uint8Array.from(block))].filter(({ id }) => isKept(id)) : [];
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
    ];
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

function turned({ id, data, whole }: Resource, turn: Turn): Uint8Array {
  const copy = Uint8Array.from(whole);
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
