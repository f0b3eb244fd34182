/** What the stream of a frame is, by its own markers: transfer syntaxes are not always true. */

export type StreamKind =
  'jpeg' | 'jpeg-12-bits' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

const SOI = 0xd8;
const SIZ = 0x51;
const CAP = 0x50;

/** @returns null: none that is known */
export function streamKind(stream: Uint8Array): StreamKind | null {
  const word = (at: number): number => (stream[at]! << 8) | stream[at + 1]!;
  if (word(0) === 0xff4f) return codestreamKind(stream, 0);
  // JP2 boxes around a codestream: its own start is looked for.
  if (word(0) === 0 && word(2) === 12) {
    for (let at = 12; at + 4 < stream.length; at++)
      if (word(at) === 0xff4f && word(at + 2) === 0xff00 + SIZ) return codestreamKind(stream, at);
    return null;
  }
  if (word(0) !== 0xff00 + SOI) return null;
  for (let at = 2; at + 9 < stream.length;) {
    if (stream[at] !== 0xff) return null;
    const marker = stream[at + 1]!;
    if (marker === 0xff) {
      at += 1; // fill bytes
      continue;
    }
    if (marker === 0xf7) return 'jpeg-ls';
    if (marker === 0xc3) return 'jpeg-lossless';
    if (marker >= 0xc0 && marker <= 0xc2) return stream[at + 4] === 8 ? 'jpeg' : 'jpeg-12-bits';
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8) return null;
    at += 2 + word(at + 2);
  }
  return null;
}

/** High-Throughput JPEG 2000 says so in a CAP marker behind SIZ (ISO/IEC 15444-15, A.2). */
function codestreamKind(stream: Uint8Array, start: number): StreamKind {
  const length = (stream[start + 4]! << 8) | stream[start + 5]!;
  const next = start + 4 + length;
  return stream[next] === 0xff && stream[next + 1] === CAP ? 'htj2k' : 'jpeg-2000';
}
