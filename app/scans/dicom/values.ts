/**
 * Stored bits to stored values: words as they lie in the file, and what they stand for once the bits beside them are gone
 * and signs are extended (PS3.5, 8.1.1). Colours come out as RGB, pixel by pixel.
 */
import type { Samples } from '../../pixels/raster.ts';
import type { PixelFacts } from './image.ts';

/** Words of a frame as they are stored, samples of a pixel together. */
export type Words = Uint8Array | Uint16Array;

/**
 * @param bytes of a native frame, of any alignment
 * @returns words of their own: views of a file's bytes are not aligned, and hold the whole file
 */
export function nativeWords(
  bytes: Uint8Array,
  { bitsAllocated }: Pick<PixelFacts, 'bitsAllocated'>,
  littleEndian: boolean,
): Words {
  const own = new Uint8Array(bytes);
  if (bitsAllocated === 8) return own;
  if (!littleEndian) Buffer.from(own.buffer).swap16();
  return new Uint16Array(own.buffer);
}

/** Planes one behind the other to pixels one behind the other. */
export function interleaved(words: Words, samples: number): Words {
  const pixels = words.length / samples;
  const out = words.slice();
  for (let sample = 0; sample < samples; sample++)
    for (let from = sample * pixels, to = sample, i = 0; i < pixels; i++, to += samples)
      out[to] = words[from++]!;
  return out;
}

/**
 * The values of words: bits outside of Bits Stored gone, signs extended.
 * @returns of the narrowest sample type that a raster has; the memory of the words where each of them is its value
 */
export function storedValues(words: Words, facts: PixelFacts): Samples {
  const { bitsStored, highBit, signed, bitsAllocated } = facts;
  const left = 31 - highBit;
  const right = 32 - bitsStored;
  if (signed) {
    // The same bits.
    if (bitsStored === 16 && words instanceof Uint16Array)
      return new Int16Array(words.buffer, words.byteOffset, words.length);
    const out = new Int16Array(words.length);
    for (let at = 0; at < words.length; at++) out[at] = (words[at]! << left) >> right;
    return out;
  }
  if (bitsStored === bitsAllocated || !hasBitsBeside(words, facts)) return words;
  const out = bitsAllocated === 8 ? new Uint8Array(words.length) : new Uint16Array(words.length);
  for (let at = 0; at < words.length; at++) out[at] = (words[at]! << left) >>> right;
  return out;
}

/** Overlays and padding may lie there; mostly nothing does, and a look costs a third of a copy. */
function hasBitsBeside(words: Words, { bitsStored, highBit }: PixelFacts): boolean {
  if (highBit !== bitsStored - 1) return true;
  let seen = 0;
  for (let at = 0; at < words.length; at++) seen |= words[at]!;
  return seen >= 2 ** bitsStored;
}

const level = (value: number): number =>
  value <= 0 ? 0 : value >= 255 ? 255 : Math.floor(value + 0.5);

/** YBR_FULL of 8 bits to RGB (PS3.3, C.7.6.3.1.2), in place. */
export function rgbFromYbr(ybr: Uint8Array): Uint8Array {
  for (let at = 0; at + 2 < ybr.length; at += 3) {
    const y = ybr[at]!;
    const cb = ybr[at + 1]! - 128;
    const cr = ybr[at + 2]! - 128;
    ybr[at] = level(y + 1.402 * cr);
    ybr[at + 1] = level(y - (0.114 * 1.772 * cb + 0.299 * 1.402 * cr) / 0.587);
    ybr[at + 2] = level(y + 1.772 * cb);
  }
  return ybr;
}

/** Y1 Y2 Cb Cr of two pixels to Y Cb Cr of each. */
export function ybrFrom422(stored: Uint8Array): Uint8Array {
  const out = new Uint8Array((stored.length / 4) * 6);
  for (let from = 0, to = 0; from + 3 < stored.length; from += 4, to += 6) {
    const cb = stored[from + 2]!;
    const cr = stored[from + 3]!;
    out.set([stored[from]!, cb, cr, stored[from + 1]!, cb, cr], to);
  }
  return out;
}
