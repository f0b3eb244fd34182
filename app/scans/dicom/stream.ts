/** What the stream of a frame is, by its own markers: transfer syntaxes are not always true. */

export type StreamKind =
  'jpeg' | 'jpeg-12-bits' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

const SOI = 0xd8;
const SOC = 0x4f;
const SIZ = 0x51;
const CAP = 0x50;
/** Coded data begin behind them. */
const SOS = 0xda;
const SOD = 0x93;

/** @returns null: none that is known */
export function streamKind(stream: Uint8Array): StreamKind | null {
  const start = startOf(stream);
  if (start === null) return null;
  if (stream[start + 1] === SOC) {
    // High-Throughput JPEG 2000 says so in a CAP marker behind SIZ (ISO/IEC 15444-15, A.2).
    const [, second] = segments(stream);
    return second?.marker === CAP ? 'htj2k' : 'jpeg-2000';
  }
  for (const { marker, at } of segments(stream)) {
    if (at + 7 >= stream.length) return null;
    if (marker === 0xf7) return 'jpeg-ls';
    if (marker === 0xc3) return 'jpeg-lossless';
    if (marker >= 0xc0 && marker <= 0xc2) return stream[at + 2] === 8 ? 'jpeg' : 'jpeg-12-bits';
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8) return null;
  }
  return null;
}

const wordOf = (stream: Uint8Array, at: number): number => (stream[at]! << 8) | stream[at + 1]!;

/** Where the first marker stands; null: neither JPEG nor JPEG 2000. */
function startOf(stream: Uint8Array): number | null {
  const word = (at: number): number => wordOf(stream, at);
  if (word(0) === 0xff00 + SOC || word(0) === 0xff00 + SOI) return 0;
  // JP2 boxes around a codestream: its own start is looked for.
  if (word(0) === 0 && word(2) === 12)
    for (let at = 12; at + 4 < stream.length; at++)
      if (word(at) === 0xff00 + SOC && word(at + 2) === 0xff00 + SIZ) return at;
  return null;
}

/** Segments behind the first marker: the marker's second byte, and where the length stands. Ends where no marker is, and where coded data begin. */
export function* segments(
  stream: Uint8Array,
): Generator<{ readonly marker: number; readonly at: number }> {
  let at = (startOf(stream) ?? stream.length) + 2;
  while (at + 1 < stream.length && stream[at] === 0xff) {
    const marker = stream[at + 1]!;
    if (marker === 0xff) {
      at += 1; // fill bytes
      continue;
    }
    yield { marker, at: at + 2 };
    if (marker === SOS || marker === SOD) return;
    at += 2 + wordOf(stream, at + 2);
  }
}
