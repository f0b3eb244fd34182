/**
 * JPEG 2000 (ISO/IEC 15444-1) by OpenJPEG (`@cornerstonejs/codec-openjpeg`): JP2 files and bare codestreams, gray or
 * RGB, 1 to 16 bits, JP2 with opacity too. Runs only in the thread of `thread.ts`.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { HourglassError } from '../contract/errors.ts';
import { readJp2Boxes, type Jp2Facts } from './jp2-boxes.ts';
import { fileOfComponents, placesOf, saysOpacity, type Places } from './jp2-channels.ts';
import type { CodecCall, CodecHeader, CodecPicture } from './protocol.ts';
import { say } from './sentences.ts';

/** Colour spaces that are not taken for RGB or gray, by OpenJPEG's number. */
const others: Readonly<Record<number, string>> = { 3: 'sYCC', 4: 'e-YCC', 5: 'CMYK' };
/** By the file's own (EnumCS, I.5.3.3; 15444-2, M.11.7.3.1). */
const spaces: Readonly<Record<number, string>> = {
  ...{ 12: 'CMYK', 14: 'CIELab', 18: 'sYCC', 20: 'e-sRGB', 21: 'ROMM-RGB', 24: 'e-sYCC' },
};

export async function loadOpenJpeg() {
  const require = createRequire(import.meta.url);
  const { default: create } = await import('@cornerstonejs/codec-openjpeg/decodewasmjs');
  const wasmBinary = readFileSync(require.resolve('@cornerstonejs/codec-openjpeg/decodewasm'));
  const silent = (): void => undefined;
  return create({ wasmBinary, print: silent, printErr: silent });
}

type OpenJpeg = Awaited<ReturnType<typeof loadOpenJpeg>>;

/** @param told before pixels are decoded @throws HourglassError damaged-image, unsupported-image */
export function decodeJpeg2000(
  openJpeg: OpenJpeg,
  { name }: Pick<CodecCall, 'name'>,
  bytes: Uint8Array,
  told: (header: CodecHeader) => void,
): CodecPicture {
  const facts = readJp2Boxes(bytes);
  const { size, icc, exif, xmp, iptc, resolution, lost } = facts;
  // OpenJPEG decodes what is there of a stream that was cut, and leaves the rest gray.
  if (!facts.whole || !size) throw damaged(name);
  const places = placesOf(facts);
  refuseUnknown(name, facts, places);
  told({ ...size, passes: places ? 2 : 1 });
  const { width, height, samples } = size;
  const take = (file: Uint8Array, channels: 1 | 3): Taken =>
    taken(openJpeg, { name, file, width, height, channels });
  const colours = (places?.colours.length ?? samples) as 1 | 3;
  const picture = take(places ? fileOfComponents(facts, places.colours) : bytes, colours);
  const opacity = places && take(fileOfComponents(facts, [places.opacity]), 1);
  return {
    ...{ width, height, channels: (opacity ? colours + 1 : colours) as 1 | 2 | 3 | 4 },
    ...{ hasAlpha: opacity !== null, isMultiplied: places?.isMultiplied ?? false },
    data: opacity ? behind(picture, colours, opacity) : wholeRange(picture, picture.bits > 8),
    ...(picture.bits > 8 && picture.bits < 16 ? { bits: picture.bits } : {}),
    ...{ icc, exif, xmp, iptc, resolution, lost, frames: 1 },
  };
}

const damaged = (name: string, cause?: unknown): HourglassError =>
  new HourglassError('damaged-image', say('damaged', { name }), { cause });
const refused = (text: string): HourglassError =>
  new HourglassError('unsupported-image', text, { hint: say('exportFirst') });

/** What this build of OpenJPEG does not decode, or what nobody could show: before it takes memory and breaks off as at a damaged file. */
function refuseUnknown(name: string, facts: Jp2Facts, places: Places | null): void {
  const { size, components, colourSpace } = facts;
  const channels = size!.samples;
  const alpha = saysOpacity(facts);
  if (!places && (alpha || (channels !== 1 && channels !== 3)))
    throw refused(say('channelsNotSupported', { name, channels, alpha: alpha ? 'yes' : 'no' }));
  if (facts.isShifted) throw refused(say('shifted', { name }));
  // Without opacity the decoder says what the colours are, and converts some.
  if (places && colourSpace !== null && colourSpace !== 16 && colourSpace !== 17)
    throw refused(say('colourNotSupported', { name, space: spaces[colourSpace] ?? `${colourSpace}` })); // prettier-ignore
  const other = facts.hasPalette ? 'palette' : 'other';
  for (const { bits, isSigned } of components)
    if (isSigned || facts.hasPalette || bits > 16)
      throw refused(say('samplesNotSupported', { name, channels, bits, kind: isSigned ? 'signed' : other })); // prettier-ignore
  const colours = places ? places.colours.map((at) => components[at]!) : components;
  const isOneDepth = colours.every(({ bits }) => bits === colours[0]!.bits);
  if (!isOneDepth || (places && components.some(({ isFull }) => !isFull)))
    throw refused(say('samplesOfDifferentSizes', { name, channels }));
}

/** Samples of fewer bits than their type has. */
interface Taken {
  readonly stored: Uint8Array | Uint16Array;
  readonly bits: number;
}

/** @throws HourglassError damaged-image, unsupported-image */
function taken(
  { J2KDecoder }: OpenJpeg,
  { name, file, width, height, channels }: { readonly name: string; readonly file: Uint8Array } & Frame, // prettier-ignore
): Taken {
  const decoder = new J2KDecoder();
  try {
    decoder.getEncodedBuffer(file.length).set(file);
    try {
      decoder.decode();
    } catch (cause) {
      throw damaged(name, cause);
    }
    // What the decoder says of a picture is there when it has decoded it, and zero before.
    const frame = decoder.getFrameInfo();
    if (width !== frame.width || height !== frame.height) throw damaged(name);
    const space = others[decoder.getColorSpace()];
    if (space) throw refused(say('colourNotSupported', { name, space }));
    // A `Uint8ClampedArray`, which is no `Uint8Array` to those who ask.
    const { buffer, length } = decoder.getDecodedBuffer().slice();
    const bits = frame.bitsPerSample;
    if (length !== width * height * channels * (bits > 8 ? 2 : 1))
      throw refused(say('samplesOfDifferentSizes', { name, channels }));
    return { stored: bits > 8 ? new Uint16Array(buffer) : new Uint8Array(buffer), bits };
  } finally {
    decoder.delete();
  }
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** Spread over the range of its type: white becomes 255 or 65535. In place where the type stays. */
function wholeRange({ stored, bits }: Taken, isDeep: boolean): Uint8Array | Uint16Array {
  const most = isDeep ? 65535 : 255;
  const white = 2 ** bits - 1;
  const data = isDeep && bits <= 8 ? new Uint16Array(stored) : stored;
  if (white !== most)
    for (let at = 0; at < data.length; at++) data[at] = Math.round((data[at]! * most) / white);
  return data;
}

/** Pixels of colours and their opacity, each of its own depth. */
function behind(picture: Taken, colours: 1 | 3, opacity: Taken): Uint8Array | Uint16Array {
  const isDeep = Math.max(picture.bits, opacity.bits) > 8;
  const [first, last] = [wholeRange(picture, isDeep), wholeRange(opacity, isDeep)];
  const data = new (isDeep ? Uint16Array : Uint8Array)(first.length + last.length);
  for (let pixel = 0, from = 0, to = 0; pixel < last.length; pixel++) {
    for (let colour = 0; colour < colours; colour++) data[to++] = first[from++]!;
    data[to++] = last[pixel]!;
  }
  return data;
}
