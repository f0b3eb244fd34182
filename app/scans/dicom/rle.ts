/** RLE of PS3.5, annex G: a segment for each byte of a sample, PackBits in each. */

const SEGMENTS = 64;

/**
 * @param samples of a pixel
 * @param bytes of a sample
 * @returns little endian, samples of a pixel together; null: the frame is damaged
 */
export function decodeRle(
  stream: Uint8Array,
  pixels: number,
  samples: number,
  bytes: number,
): Uint8Array<ArrayBuffer> | null {
  if (stream.length < SEGMENTS) return null;
  const header = new DataView(stream.buffer, stream.byteOffset, SEGMENTS);
  const count = header.getUint32(0, true);
  if (count !== samples * bytes) return null;
  const out = new Uint8Array(pixels * samples * bytes);
  const step = samples * bytes;
  for (let segment = 0; segment < count; segment++) {
    const from = header.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < count ? header.getUint32(8 + 4 * segment, true) : stream.length;
    if (from < SEGMENTS || end > stream.length || end < from) return null;
    // The most significant byte comes first.
    const sample = Math.floor(segment / bytes);
    const first = sample * bytes + (bytes - 1 - (segment % bytes));
    if (!unpack(stream.subarray(from, end), out, first, step, pixels)) return null;
  }
  return out;
}

function unpack(
  packed: Uint8Array,
  out: Uint8Array,
  first: number,
  step: number,
  count: number,
): boolean {
  let at = 0;
  let to = first;
  let left = count;
  while (left > 0 && at < packed.length) {
    const control = packed[at++]!;
    if (control === 128) continue;
    const length = Math.min(left, control < 128 ? control + 1 : 257 - control);
    if (control < 128) {
      if (at + length > packed.length) return false;
      for (let i = 0; i < length; i++, to += step) out[to] = packed[at + i]!;
      at += control + 1;
    } else {
      if (at >= packed.length) return false;
      const value = packed[at++]!;
      for (let i = 0; i < length; i++, to += step) out[to] = value;
    }
    left -= length;
  }
  return left === 0;
}
