/** What pixel data holds beside the pixels, and an object without its patient's name should not. */
import type { PixelFacts } from '../image.ts';
import type { Element } from '../write/elements.ts';
import type { Source } from '../write/encode.ts';

/**
 * Bits of each word in which overlays lie: until 2004 they could be stored there, beside the samples (PS3.5, 8.1.2).
 * @returns a mask; 0: there are none
 */
export function overlayBits(
  elements: ReadonlyMap<number, Element>,
  { bytes, encoding }: Source,
  {
    bitsAllocated,
    bitsStored,
    highBit,
  }: Pick<PixelFacts, 'bitsAllocated' | 'bitsStored' | 'highBit'>,
): number {
  let mask = 0;
  for (const [tag, { value, end }] of elements) {
    const isBitPosition = tag >>> 24 === 0x60 && (tag & 0xffff) === 0x0102;
    if (!isBitPosition || end - value < 2) continue;
    if (elements.has((tag - 0x0102 + 0x3000) >>> 0)) continue;
    const bit = encoding.littleEndian ? bytes.readUInt16LE(value) : bytes.readUInt16BE(value);
    const isSample = bit <= highBit && bit > highBit - bitsStored;
    if (!isSample && bit < bitsAllocated) mask |= 1 << bit;
  }
  return mask;
}

/** @param bytes words of 8 or 16 bits, little endian; changed in place */
export function clearBits(bytes: Uint8Array, mask: number, bytesPerWord: 1 | 2): void {
  const [low, high] = [~mask & 0xff, (~mask >>> 8) & 0xff];
  for (let at = 0; at < bytes.length; at += bytesPerWord) {
    bytes[at]! &= low;
    if (bytesPerWord === 2) bytes[at + 1]! &= high;
  }
}
