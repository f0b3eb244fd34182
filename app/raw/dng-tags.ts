/**
 * What a DNG says of its camera's colours (DNG 1.7.1, chapters 4 and 6), taken out as stored so that a result can say the same;
 * and what it asks of editors that a result can not.
 */
import {
  findEntry,
  parseTiffHeader,
  readDirectory,
  typeSize,
  type ByteSource,
  type NewEntry,
  type TiffDirectory,
  type TiffEntry,
  type TiffHeader,
} from '../pixels/metadata/tiff-structure.ts';
import { say } from './sentences.ts';

export interface DngTags {
  /** Of the first directory, in the file's byte order. */
  readonly kept: readonly TiffEntry[];
  readonly littleEndian: boolean;
  /** DNGVersion, four numbers. */
  readonly version: readonly number[];
  /** OpcodeList1 to 3 are there. */
  readonly hasOpcodes: boolean;
  readonly hasExtraProfiles: boolean;
}

export const dngTag = {
  ...{ version: 50706, backwardVersion: 50707, uniqueCameraModel: 50708 },
  ...{ colorMatrix1: 50721, asShotNeutral: 50728, calibrationIlluminant1: 50778 },
} as const;

/** Of every camera. */
const common: readonly number[] = [
  ...[dngTag.uniqueCameraModel, 50709], // LocalizedCameraModel
  ...[50730, 50732, 50734, 50736, 50739], // BaselineExposure, BaselineSharpness, LinearResponseLimit, LensInfo, ShadowScale
  ...[50827, 50934, 51109, 51110], // OriginalRawFileName, AsShotProfileName, BaselineExposureOffset, DefaultBlackRender
];

/** Of cameras that see colours. */
const ofColours: readonly number[] = [
  ...[dngTag.colorMatrix1, 50722, 50723, 50724, 50727, dngTag.asShotNeutral], // ColorMatrix, CameraCalibration, AnalogBalance
  ...[dngTag.calibrationIlluminant1, 50779, 50931, 50932], // CalibrationIlluminant, signatures of calibrations
  ...[50936, 50937, 50938, 50939, 50940, 50941, 50942], // the camera profile: name, hue and saturation maps, tone curve, policy, copyright
  ...[50964, 50965, 50981, 50982, 51107, 51108], // ForwardMatrix, look table and encodings of the maps
  ...[52529, 52530, 52531, 52532, 52533, 52534, 52535, 52537], // the third illuminant (DNG 1.6)
];

const opcodeLists = [51008, 51009, 51022];
const extraProfiles = 50933;

/** null: the file is no DNG. */
export async function readDngTags(source: ByteSource): Promise<DngTags | null> {
  const header = parseTiffHeader(await source.read(0, 16));
  const first = header && (await readDirectory(source, header, header.firstDirectory));
  const version = findEntry(first, dngTag.version)?.value;
  if (!header || !first || !version) return null;
  const own = (tag: number): TiffEntry[] => {
    const entry = findEntry(first, tag);
    return entry ? [entry] : [];
  };
  const everywhere = [first, ...(await subDirectories(source, header, first))];
  return {
    kept: [...common, ...ofColours].flatMap(own),
    littleEndian: header.littleEndian,
    version: [...version.subarray(0, 4)],
    hasOpcodes: everywhere.some(({ tags }) => opcodeLists.some((tag) => tags.has(tag))),
    hasExtraProfiles: first.tags.has(extraProfiles),
  };
}

async function subDirectories(
  source: ByteSource,
  header: TiffHeader,
  first: TiffDirectory,
): Promise<TiffDirectory[]> {
  const entry = findEntry(first, 330);
  if (!entry || header.big) return [];
  const view = new DataView(entry.value.buffer, entry.value.byteOffset, entry.value.byteLength);
  const found: TiffDirectory[] = [];
  for (let at = 0; at + 4 <= view.byteLength && at < 64; at += 4) {
    const offset = view.getUint32(at, header.littleEndian);
    // Only their tags are asked for.
    const directory = await readDirectory(source, header, offset, 8);
    if (directory) found.push(directory);
  }
  return found;
}

/** The kept tags in a byte order. @param colours false: those of cameras without colours */
export const keptTags = (
  { kept, littleEndian }: DngTags,
  colours: boolean,
  wanted: boolean,
): NewEntry[] =>
  kept
    .filter(({ tag }) => colours || common.includes(tag))
    .map(({ tag, type, count, value }) => ({
      ...{ tag, type, count },
      value: littleEndian === wanted ? value : swapped(value, type),
    }));

/** Fractions are two numbers of four bytes (TIFF 6.0, section 2). */
function swapped(value: Uint8Array, type: number): Uint8Array {
  const size = type === 5 || type === 10 ? 4 : typeSize(type);
  const bytes = Buffer.from(value);
  if (size === 2) return bytes.swap16();
  if (size === 4) return bytes.swap32();
  return size === 8 ? bytes.swap64() : bytes;
}

/** What a result does not ask of editors, by name. */
export const lostTags = (tags: DngTags | null): string[] => [
  ...(tags?.hasOpcodes ? [say('opcodes')] : []),
  ...(tags?.hasExtraProfiles ? [say('extraProfiles')] : []),
];
