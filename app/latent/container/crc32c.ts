/**
 * CRC-32C (Castagnoli; RFC 3720 section 12.1, polynomial 0x1EDC6F41 reflected), and what its
 * linearity gives for free: finding the one byte that is wrong.
 */

/** tables[k][b]: the remainder of byte b followed by k zero bytes (slicing by 8, Kounavis & Berry 2005). */
const tables = Array.from({ length: 8 }, () => new Uint32Array(256));
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1;
  tables[0]![byte] = remainder;
}
for (let byte = 0; byte < 256; byte++)
  for (let k = 1; k < 8; k++) {
    const before = tables[k - 1]![byte]!;
    tables[k]![byte] = (before >>> 8) ^ tables[0]![before & 255]!;
  }

const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
];

/** @param before the CRC of the bytes that come before; 0: none @returns 0 … 2³²−1 */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8)
    crc =
      t7[(crc ^ bytes[at]!) & 255]! ^
      t6[((crc >>> 8) ^ bytes[at + 1]!) & 255]! ^
      t5[((crc >>> 16) ^ bytes[at + 2]!) & 255]! ^
      t4[((crc >>> 24) ^ bytes[at + 3]!) & 255]! ^
      t3[bytes[at + 4]!]! ^
      t2[bytes[at + 5]!]! ^
      t1[bytes[at + 6]!]! ^
      t0[bytes[at + 7]!]!;
  for (; at < bytes.length; at++) crc = t0[(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The top bytes of a CRC table are all different: the table's index by top byte. */
const byTopByte = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) byTopByte[t0[byte]! >>> 24] = byte;

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
    if (t0[index] === state) {
      if (mended) return null;
      mended = Uint8Array.from(bytes);
      mended[at]! ^= index;
    }
    state = (((state ^ t0[index]!) << 8) | index) >>> 0;
  }
  return mended;
}
