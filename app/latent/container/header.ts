/**
 * The first bytes of a latent file: the frame, which no later version may change (signature, version,
 * flags, length, CRC), and the header of version 1. Byte layout: docs/latent-format.md.
 */
import { isDeepStrictEqual } from 'node:util';
import type { SampleType } from '../../pixels/index.ts';
import { crc32c } from '../entropy/crc32c.ts';
import { ByteReader, ByteWriter, Malformed, maxText } from './bytes.ts';
import { encodeMeasured, parseMeasured } from './measured.ts';
import { mendOneByte } from './mend.ts';
import { damaged, fingerprintBytes, madeByNewer, notLatent, parsing } from './problems.ts';
import type { LatentHeader } from './types.ts';
import { say } from './sentences.ts';

/** As PNG's: no text, and CR LF, ^Z and LF show what a transfer as text did. */
export const signature = Uint8Array.of(0x89, 0x48, 0x47, 0x4c, 0x0d, 0x0a, 0x1a, 0x0a);
export const formatVersion = 1;
export const frameBytes = 16;
/** As much as a header of any version can take, frame included: its length has 16 bits. */
export const maxHeadBytes = frameBytes + 0xffff;

/** At the end of every file: the first bytes of the SHA-256 of all that comes before. */
export const contentHashBytes = 16;

/** 2^24 − 1: beyond what any decoder of ours takes, and no product of two is unsafe. */
const maxSide = 0xff_ffff;
const sampleTypes = ['uint8', 'uint16', 'float32', 'int16'] as const satisfies SampleType[];
const flag = { gray: 1, alpha: 2, lossyScan: 4, narrow: 8, measured: 16 } as const;
const knownFlags = Object.values(flag).reduce((all, one) => all | one, 0);

/** The header and how long the directory is that follows it. */
export interface ParsedHeader {
  readonly header: LatentHeader;
  readonly directoryBytes: number;
  /** Where the directory begins. */
  readonly end: number;
  readonly repaired: boolean;
}

/** Frame and header. @throws Malformed for values that no file may hold */
export function encodeHeader(header: LatentHeader, directoryBytes: number): Uint8Array {
  const body = new ByteWriter()
    .varint(header.width)
    .varint(header.height)
    .u8(Math.log2(header.tileSide))
    .u8(header.step)
    .u8(header.quality)
    .u8((sampleTypes.indexOf(header.sampleType) << 6) | header.bitDepth)
    .u8(header.orientation)
    .text(header.model.id)
    .text(header.model.version)
    .bytes(Buffer.from(header.model.fingerprint, 'hex'))
    .text(header.software)
    .varint(directoryBytes)
    .bytes(header.measured ? encodeMeasured(header.measured) : new Uint8Array(0))
    .done();
  const flags =
    (header.tones === 'gray' ? flag.gray : 0) |
    (header.hasAlpha ? flag.alpha : 0) |
    (header.lossyScan ? flag.lossyScan : 0) |
    (header.narrow ? flag.narrow : 0) |
    (header.measured ? flag.measured : 0);
  const covered = new ByteWriter().u8(formatVersion).u8(flags).u16(body.length).bytes(body).done();
  const bytes = new ByteWriter()
    .bytes(signature)
    .bytes(covered.subarray(0, 4))
    .u32(crc32c(covered))
    .bytes(body)
    .done();
  if (!isDeepStrictEqual(parseBody(flags, body).header, header))
    throw new Malformed(say('canNotHoldWhatHeader'));
  return bytes;
}

/**
 * Reads frame and header.
 * @param head the first bytes of the file, `maxHeadBytes` of them if there are so many
 * @throws HourglassError not-an-image, unsupported-image (newer), damaged-image
 */
export function parseHeader(name: string, head: Uint8Array): ParsedHeader {
  if (signature.some((byte, at) => head[at] !== byte)) throw notLatent(name);
  if (head.length < frameBytes) throw damaged(name, say('cutShortInsideHeader'));
  const { covered, repaired } = checkedFrame(name, head);
  const [version, flags] = covered as unknown as [number, number];
  if (version > formatVersion) throw madeByNewer(name, say('formatVersion', { version }));
  if (version === 0) throw damaged(name, say('headerFormatVersion0'));
  if ((flags & ~knownFlags) !== 0) throw madeByNewer(name, say('usesFeatureNotKnownHere'));
  const parsed = parsing(name, say('header'), () => parseBody(flags, covered.subarray(4)));
  if (parsed.isNewer) throw madeByNewer(name, say('headerHoldsMoreThanKnown'));
  return { ...parsed, end: frameBytes + covered.length - 4, repaired };
}

/** Version, flags, length and body, once their CRC agrees; with at most one byte mended. */
function checkedFrame(name: string, head: Uint8Array): { covered: Uint8Array; repaired: boolean } {
  const length = new ByteReader(head.subarray(10)).u16();
  const stored = new ByteReader(head.subarray(12)).u32();
  const withLength = (bodyBytes: number): Uint8Array | null => {
    if (frameBytes + bodyBytes > head.length) return null;
    const covered = new Uint8Array(4 + bodyBytes);
    covered.set(head.subarray(8, 10));
    new DataView(covered.buffer).setUint16(2, bodyBytes, true);
    covered.set(head.subarray(frameBytes, frameBytes + bodyBytes), 4);
    return covered;
  };
  const covered = withLength(length);
  if (covered && crc32c(covered) === stored) return { covered, repaired: false };
  // One wrong byte in the length: try every other value of each of its bytes.
  for (const shift of [0, 8])
    for (let byte = 0; byte < 256; byte++) {
      const other = withLength((length & (0xff00 >> shift)) | (byte << shift));
      if (other && crc32c(other) === stored) return { covered: other, repaired: true };
    }
  const mended = covered && mendOneByte(covered, stored);
  const sameLength = mended && mended[2] === covered[2] && mended[3] === covered[3];
  if (mended && sameLength && mended[0] === formatVersion)
    return { covered: mended, repaired: true };
  throw damaged(name, covered ? say('headerDoesNotMatchChecksum') : say('cutShortInsideHeader'));
}

function parseBody(
  flags: number,
  body: Uint8Array,
): { header: LatentHeader; directoryBytes: number; isNewer: boolean } {
  const reader = new ByteReader(body);
  const width = reader.varint();
  const height = reader.varint();
  const tileBits = reader.u8();
  const step = reader.u8();
  const quality = reader.u8();
  const sample = reader.u8();
  const orientation = reader.u8();
  const id = reader.text(maxText);
  const version = reader.text(maxText);
  const fingerprint = Buffer.from(reader.bytes(fingerprintBytes)).toString('hex');
  const software = reader.text(maxText);
  const directoryBytes = reader.varint();
  const refuse = (what: string): never => {
    throw new Malformed(say('declares', { what }));
  };
  const sampleType = sampleTypes[(sample >> 6) as 0 | 1 | 2 | 3];
  const bitDepth = sample & 63;
  if (width < 1 || height < 1 || width > maxSide || height > maxSide)
    refuse(say('pixels', { width, height }));
  if (tileBits < 6 || tileBits > 10) refuse(say('tilePixels', { tileBits }));
  if (step > 127) refuse(say('quantiserStep', { step }));
  if (quality < 1 || quality > 100) refuse(say('quality', { quality }));
  if (bitDepth < 1 || bitDepth > 32) refuse(say('bitDepth', { bitDepth }));
  const narrow = (flags & flag.narrow) !== 0;
  if (narrow && (sampleType !== 'uint16' || bitDepth > 15)) refuse(say('narrow', { bitDepth }));
  const isMeasured = (flags & flag.measured) !== 0;
  // Without a part that says it nobody knows which values levels stand for.
  if (sampleType === 'int16' && !isMeasured) refuse(say('unknownTypeSamples'));
  const isGray = (flags & flag.gray) !== 0;
  const isScan = (flags & flag.lossyScan) !== 0;
  const mayMeasure = isGray && isScan && !narrow && (flags & flag.alpha) === 0;
  if (isMeasured && !mayMeasure) refuse(say('valuesOfNoScan'));
  if (orientation < 1 || orientation > 8) refuse(say('orientation', { orientation }));
  if (!/^[a-z]+-[a-z0-9]+(-[a-z0-9]+)?$/.test(id)) refuse(say('networkWithoutProperName'));
  const measured = isMeasured ? parseMeasured(reader, sampleType) : null;
  return {
    header: {
      width,
      height,
      tones: isGray ? 'gray' : 'colour',
      hasAlpha: (flags & flag.alpha) !== 0,
      sampleType,
      bitDepth,
      quality,
      step,
      tileSide: 2 ** tileBits,
      orientation,
      lossyScan: isScan,
      ...(narrow ? { narrow } : {}),
      ...(measured ? { measured } : {}),
      model: { id, version, fingerprint },
      software,
    },
    directoryBytes,
    isNewer: (isMeasured && !measured) || reader.left > 0,
  };
}
