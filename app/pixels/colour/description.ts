/**
 * What a file says of its colours without a profile, or by the code points of HDR in one: code points (PNG's cICP; AVIF's nclx, which is kept in the same form), gAMA and
 * cHRM of a PNG, Adobe RGB as cameras tell it by EXIF. A description is shown and kept by the profile that says the same.
 */
import { exifTag, parseExif } from '../metadata/exif.ts';
import { profileCodes } from '../metadata/icc.ts';
import { entryNumbers, entryText, findEntry } from '../metadata/tiff-structure.ts';
import type { Notice } from '../../contract/index.ts';
import { say } from '../sentences.ts';
import { chunksOf } from '../metadata/png-colour.ts';
import type { ImageMetadata } from '../types.ts';
import {
  adobePrimaries,
  codedColour,
  isHdrTransfer,
  srgbPrimaries,
  srgbTransfer,
  type Chromaticities,
  type ColourCodes,
  type Transfer,
} from './code-points.ts';
import { isUsable, profileOfColour } from './profile.ts';

export interface ColourDescription {
  /** For people: "Display P3", "BT.2020, PQ". */
  readonly name: string;
  /** Where it stands, for sentences: "cICP", "gAMA and cHRM", "EXIF". */
  readonly told: string;
  readonly primaries: Chromaticities;
  /** Of HDR tone-mapped. */
  readonly transfer: Transfer;
  readonly isHdr: boolean;
  /** Where it is told by code points. */
  readonly codes: ColourCodes | null;
}

/**
 * @returns null: nothing but sRGB, or the file has a profile, which is what counts but for a cICP (PNG, third edition, 4.3) and for
 *   codes of HDR that it names itself: its curves only stand in for them (JPEG XL of cameras and raw editors)
 */
export async function describeColour(
  stored: Pick<ImageMetadata, 'icc' | 'exif' | 'pngColour'>,
): Promise<ColourDescription | null> {
  const chunks = chunksOf(stored.pngColour?.chunks ?? null);
  const cicp = chunks.get('cICP');
  if (cicp && cicp.byteLength >= 4)
    return fromCodes({ primaries: cicp.getUint8(0), transfer: cicp.getUint8(1) });
  const named = profileCodes(stored.icc);
  if (named && isHdrTransfer(named.transfer)) return fromCodes(named);
  if (stored.icc || chunks.has('sRGB')) return null;
  if (chunks.has('gAMA') || chunks.has('cHRM')) return fromGamma(chunks);
  return stored.exif ? fromExif(stored.exif) : null;
}

/** What a person is told of a file in HDR. */
export const hdrNotices = (name: string, { colour }: Pick<ImageMetadata, 'colour'>): Notice[] =>
  colour?.isHdr ? [{ level: 'info', text: say('holdsHdr', { name, colour: colour.name }) }] : [];

/** The profile by which a picture is shown: that of its description, else its own. */
export const shownProfile = (
  metadata: Pick<ImageMetadata, 'icc' | 'colour'>,
  colours: 1 | 3,
): Uint8Array | null =>
  metadata.colour
    ? describedProfile(metadata.colour, colours === 1 ? 'GRAY' : 'RGB ')
    : metadata.icc;

export const describedProfile = (colour: ColourDescription, space: 'RGB ' | 'GRAY'): Uint8Array =>
  profileOfColour({ ...colour, hdrCodes: colour.isHdr ? colour.codes : null }, space);

function fromCodes(codes: ColourCodes): ColourDescription | null {
  const coded = codedColour(codes);
  return (
    coded && { ...coded, told: say('codePoints'), isHdr: isHdrTransfer(codes.transfer), codes }
  );
}

const near = (a: number, b: number, by: number): boolean => Math.abs(a - b) <= by;

/** gAMA and cHRM (PNG, third edition, 11.3.2.1 and 11.3.2.2): stored = light^gamma. */
function fromGamma(chunks: ReadonlyMap<string, DataView>): ColourDescription | null {
  const gama = chunks.get('gAMA');
  const gamma = gama && gama.byteLength >= 4 ? gama.getUint32(0) / 100_000 : 0;
  const primaries = chromaticities(chunks.get('cHRM'));
  const plainGamma = gamma <= 0 || near(gamma, 1 / 2.2, 0.005);
  const plainPrimaries = primaries === null;
  if ((plainGamma && plainPrimaries) || gamma > 20 || (gamma > 0 && gamma < 0.05)) return null;
  // Without gAMA, and for sRGB's primaries with its gamma, the curve is sRGB's.
  const transfer: Transfer = gamma > 0 ? { kind: 'gamma', gamma: 1 / gamma } : srgbTransfer;
  const curve =
    gamma <= 0
      ? 'sRGB curve'
      : near(gamma, 1, 0.005)
        ? 'linear'
        : `gamma ${(1 / gamma).toFixed(2)}`;
  return {
    name: `${plainPrimaries ? 'sRGB primaries' : 'Own primaries'}, ${curve}`,
    told: plainPrimaries ? 'gAMA' : gamma > 0 ? say('gammaAndPrimaries') : 'cHRM',
    primaries: primaries ?? srgbPrimaries,
    transfer,
    isHdr: false,
    codes: null,
  };
}

/** null: those of sRGB, or none that make sense. */
function chromaticities(chrm: DataView | undefined): Chromaticities | null {
  if (!chrm || chrm.byteLength < 32) return null;
  const [wx, wy, ...rgb] = Array.from({ length: 8 }, (_, at) => chrm.getUint32(at * 4) / 100_000);
  const found = [...rgb, wx, wy] as unknown as Chromaticities;
  if (found.every((value, at) => near(value, srgbPrimaries[at]!, 0.003))) return null;
  return isUsable(found) ? found : null;
}

/**
 * A DCF option file (JEITA CP-3461B, DCF 2.0, 3.3.4): colour space "uncalibrated" and interoperability R03. Some cameras
 * state it as colour space 2.
 */
async function fromExif(exif: Uint8Array): Promise<ColourDescription | null> {
  const structure = await parseExif(exif);
  if (!structure) return null;
  const little = structure.header.littleEndian;
  const [space] = entryNumbers(findEntry(structure.exif, exifTag.colourSpace), little);
  const index = entryText(findEntry(structure.interop, exifTag.interopIndex));
  if (space !== 2 && !(space === 0xffff && index === 'R03')) return null;
  return {
    name: 'Compatible with Adobe RGB (1998)',
    told: 'EXIF',
    primaries: adobePrimaries,
    // Adobe RGB (1998) Color Image Encoding, 4.3.4.2: 2 and 51/256.
    transfer: { kind: 'gamma', gamma: 563 / 256 },
    isHdr: false,
    codes: null,
  };
}
