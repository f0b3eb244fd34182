/**
 * JPEG 2000 (ISO/IEC 15444-1) by OpenJPEG (`@cornerstonejs/codec-openjpeg`): JP2 files and bare codestreams, gray or
 * RGB, 1 to 16 bits. Runs only in the thread of `thread.ts`.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { HourglassError } from '../contract/errors.ts';
import { readJp2Boxes } from './jp2-boxes.ts';
import type { CodecCall, CodecHeader, CodecPicture } from './protocol.ts';
import { say } from './sentences.ts';

/** Colour spaces that are not taken for RGB or gray, by OpenJPEG's number. */
const others: Readonly<Record<number, string>> = { 3: 'sYCC', 4: 'e-YCC', 5: 'CMYK' };

export async function loadOpenJpeg() {
  const require = createRequire(import.meta.url);
  const { default: create } = await import('@cornerstonejs/codec-openjpeg/decodewasmjs');
  const wasmBinary = readFileSync(require.resolve('@cornerstonejs/codec-openjpeg/decodewasm'));
  const silent = (): void => undefined;
  return create({ wasmBinary, print: silent, printErr: silent });
}

/** @param told before pixels are decoded @throws HourglassError damaged-image, unsupported-image */
export function decodeJpeg2000(
  { J2KDecoder }: Awaited<ReturnType<typeof loadOpenJpeg>>,
  { name }: Pick<CodecCall, 'name'>,
  bytes: Uint8Array,
  told: (header: CodecHeader) => void,
): CodecPicture {
  const damaged = (cause?: unknown): HourglassError =>
    new HourglassError('damaged-image', say('damaged', { name }), { cause });
  const refused = (text: string): HourglassError =>
    new HourglassError('unsupported-image', text, { hint: say('exportFirst') });
  const facts = readJp2Boxes(bytes);
  // OpenJPEG decodes what is there of a stream that was cut, and leaves the rest gray.
  if (!facts.whole || !facts.size) throw damaged();
  const { width, height, samples: channelsDeclared } = facts.size;
  // This build of OpenJPEG knows one and three components; of others it breaks off as at a damaged file, and each takes memory before that.
  if (channelsDeclared !== 1 && channelsDeclared !== 3)
    throw refused(
      say('channelsNotSupported', {
        ...{ name, channels: channelsDeclared },
        alpha: facts.hasAlpha ? 'yes' : 'no',
      }),
    );
  const decoder = new J2KDecoder();
  const orDamaged = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw damaged(cause);
    }
  };
  try {
    told(facts.size);
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    // What the decoder says of a picture is there when it has decoded it, and zero before.
    orDamaged(() => decoder.decode());
    const frame = decoder.getFrameInfo();
    const { bitsPerSample, componentCount, isSigned } = frame;
    if (width !== frame.width || height !== frame.height) throw damaged();
    const space = others[decoder.getColorSpace()];
    if (space) throw refused(say('colourNotSupported', { name, space }));
    const channels = componentCount as 1 | 3;
    const isPlain = channels === channelsDeclared && !facts.hasAlpha && !facts.hasPalette;
    if (!isPlain || isSigned || bitsPerSample > 16)
      throw refused(
        say('samplesNotSupported', {
          name,
          channels,
          bits: bitsPerSample,
          kind: isSigned ? 'signed' : facts.hasPalette ? 'palette' : 'other',
        }),
      );
    const stored = decoder.getDecodedBuffer().slice();
    const samples = width * height * channels;
    if (stored.length !== samples * (bitsPerSample > 8 ? 2 : 1))
      throw refused(say('samplesOfDifferentSizes', { name, channels }));
    const { icc, exif, xmp, iptc, resolution, lost } = facts;
    const data = wholeRange(stored, bitsPerSample);
    return {
      ...{ width, height, channels, hasAlpha: false, data },
      ...(bitsPerSample > 8 && bitsPerSample < 16 ? { bits: bitsPerSample } : {}),
      ...{ icc, exif, xmp, iptc, resolution, lost, frames: 1 },
    };
  } finally {
    decoder.delete();
  }
}

/**
 * Values of fewer bits than their type has, spread over its range: white becomes 255 or 65535.
 * @param stored a `Uint8ClampedArray` from this decoder, which is no `Uint8Array` to those who ask
 */
function wholeRange(stored: Uint8Array, bits: number): Uint8Array | Uint16Array {
  const data = bits > 8 ? new Uint16Array(stored.buffer) : new Uint8Array(stored.buffer);
  const most = bits > 8 ? 65535 : 255;
  const white = 2 ** bits - 1;
  if (white !== most)
    for (let at = 0; at < data.length; at++) data[at] = Math.round((data[at]! * most) / white);
  return data;
}
