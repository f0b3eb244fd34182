/**
 * What libjpeg's warnings about a JPEG do not tell apart, or tell not at all: headers that are wrong but harmless, and a
 * sector that was lost. Whether a scan ends with its picture is `jpeg-walk.ts`'s, decoding `decode.ts`'s.
 */

/** Warnings of libjpeg about a value that it then takes for the only sensible one (jerror.h). */
const harmless =
  /Invalid SOS parameters for sequential|Unknown Adobe color transform|unknown JFIF revision/i;

export const isHarmlessWarning = (message: string): boolean => harmless.test(message);

interface Segment {
  /** Second byte of the marker. */
  readonly marker: number;
  /** Where its length field stands. */
  readonly at: number;
}

/** Markers with a length, in order, those between scans too (ITU-T T.81, B.1.1). */
export function* segmentsOf(jpeg: Uint8Array): Generator<Segment> {
  let at = 2;
  while (at + 4 <= jpeg.length) {
    const next = jpeg.indexOf(0xff, at);
    if (next < 0 || next + 4 > jpeg.length) return;
    const marker = jpeg[next + 1]!;
    if (marker === 0xd9) return;
    // Fill bytes, stuffed bytes and restart markers have no length.
    if (marker === 0xff || marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) {
      at = next + (marker === 0xff ? 1 : 2);
      continue;
    }
    yield { marker, at: next + 2 };
    at = next + 2 + ((jpeg[next + 2]! << 8) | jpeg[next + 3]!);
  }
}

const isText = (jpeg: Uint8Array, at: number, text: string): boolean =>
  String.fromCharCode(...jpeg.subarray(at, at + text.length)) === text;

/**
 * A copy with the values that libjpeg takes for wrong ones anyway, so that it warns of damage only: the parameters of
 * a sequential scan (T.81, B.2.3), the major version of JFIF, the transform of Adobe's segment.
 */
export function mendedHeaders(file: Uint8Array): Buffer {
  const jpeg = Buffer.from(file);
  let sequential = false;
  let components = 3;
  for (const { marker, at } of segmentsOf(jpeg)) {
    if (marker === 0xc0 || marker === 0xc1) sequential = true;
    if (marker >= 0xc0 && marker <= 0xc2) components = jpeg[at + 7] ?? 3;
    if (marker === 0xda && sequential) {
      const parameters = at + 3 + 2 * (jpeg[at + 2] ?? 0);
      jpeg.set([0, 63, 0].slice(0, Math.max(0, jpeg.length - parameters)), parameters);
    }
    if (marker === 0xe0 && isText(jpeg, at + 2, 'JFIF\0')) jpeg[at + 7] = 1;
    // Components are not known before the frame's header, which follows.
  }
  for (const { marker, at } of segmentsOf(jpeg))
    if (marker === 0xee && isText(jpeg, at + 2, 'Adobe') && jpeg[at + 13]! > 2)
      jpeg[at + 13] = components === 4 ? 2 : 1;
  return jpeg;
}

/** Bytes between those that are looked at. A lost sector or cluster is 512 bytes or more, so that it has four of them. */
const STEP = 128;
const EQUAL = 4;

/**
 * Long runs of one value, as a sector that was never written has, at a price that a file's size hardly shows: one byte in 128
 * is looked at. Huffman codes of an honest picture seldom make one.
 */
export class EvenRuns {
  #found = false;
  #last = -1;
  #equal = 0;

  get found(): boolean {
    return this.#found;
  }

  /** Pieces in their order. */
  see(bytes: Uint8Array, at: number): void {
    for (let i = (STEP - (at % STEP)) % STEP; i < bytes.length; i += STEP) {
      this.#equal = bytes[i] === this.#last ? this.#equal + 1 : 1;
      this.#last = bytes[i]!;
      if (this.#equal >= EQUAL) this.#found = true;
    }
  }
}
