/** What the linearity of CRC-32C gives for free: finding the one byte that is wrong. */
import { crc32c } from '../entropy/crc32c.ts';

/** What a single byte leaves in the CRC's register: the usual table, taken from the function itself. */
const table = Uint32Array.from(
  { length: 256 },
  (_, byte) => ~crc32c(Uint8Array.of(byte ^ 255)) ^ 0x00ff_ffff,
);
/** The top bytes of the table are all different: the table's index by top byte. */
const byTopByte = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) byTopByte[table[byte]! >>> 24] = byte;

/**
 * Mends bytes of which exactly one is wrong, or whose stored CRC has one wrong byte. The difference of
 * two CRCs depends only on the difference of the messages: walking the difference back byte by byte, it
 * is that of a single byte at exactly one place. Wrong for damage of several bytes with a probability
 * of about length / 2²⁴; so what comes out must be checked like everything else that is read.
 * @returns a mended copy (or the same bytes, if the CRC is what was wrong); null: more is wrong
 */
export function mendOneByte(bytes: Uint8Array, stored: number): Uint8Array | null {
  const difference = (crc32c(bytes) ^ stored) >>> 0;
  if (difference === 0) return bytes;
  const wrongBytes = [0, 8, 16, 24].filter((shift) => (difference >>> shift) & 255).length;
  if (wrongBytes === 1) return bytes;
  let mended: Uint8Array | null = null;
  let state = difference;
  for (let at = bytes.length - 1; at >= 0; at--) {
    const index = byTopByte[state >>> 24]!;
    if (table[index] === state) {
      if (mended) return null;
      mended = new Uint8Array(bytes);
      mended[at]! ^= index;
    }
    state = (((state ^ table[index]!) << 8) | index) >>> 0;
  }
  return mended;
}
