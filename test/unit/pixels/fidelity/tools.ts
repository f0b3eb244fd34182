/**
 * What other programs of Debian read in results: exiftool, libtiff's tiffinfo, pngcheck. Each table says for what is kept which words stand
 * in their answer; what a program does not know is not asked.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { ImageFormat } from '../../../../app/contract/index.ts';

export type Expected = Readonly<Record<string, unknown>>;

/** Of one file, by group and tag. */
export function readByExiftool(program: string, paths: readonly string[]): Expected[] {
  const answer = execFileSync(program, ['-j', '-n', '-G0', '-a', ...paths], {
    maxBuffer: 1e8,
    env: { ...process.env, TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return (JSON.parse(answer.toString()) as Expected[]).map(perInch);
}

/** A resolution per centimetre (3), as one per inch. */
function perInch(read: Expected): Expected {
  if (read['EXIF:ResolutionUnit'] !== 3) return read;
  const [x, y] = ['X', 'Y'].map((axis) => Math.round(Number(read[`EXIF:${axis}Resolution`]) * 2.54)); // prettier-ignore
  return { ...read, 'EXIF:XResolution': x, 'EXIF:YResolution': y };
}

/** A time as exiftool writes it in UTC. @param ms since 1970 */
const timeOf = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', ':')}+00:00`;

const inFormat = (
  format: ImageFormat,
  by: Readonly<Partial<Record<ImageFormat, Expected>>>,
): Expected => by[format] ?? {};

/** @returns what exiftool must find of it in a file of a format. @param value what was there, as its question says it */
export function inExiftool(what: string, format: ImageFormat, value: string): Expected {
  switch (what) {
    case 'bits per sample': {
      const bits = value === 'uint16' ? 16 : 8;
      // One number, or one for each channel.
      const each: unknown = expect.toSatisfy((said: unknown) => String(said).split(' ').every((one) => Number(one) === bits)); // prettier-ignore
      return inFormat(format, {
        jpeg: { 'File:BitsPerSample': bits },
        png: { 'PNG:BitDepth': bits },
        tiff: { 'EXIF:BitsPerSample': each },
        dng: { 'EXIF:BitsPerSample': each },
        avif: { 'QuickTime:ImagePixelDepth': each },
      });
    }
    case 'colour profile':
      return { 'ICC_Profile:ProfileDescription': value };
    case 'file dates':
      return { 'File:FileModifyDate': timeOf(Number(value)) };
    case 'gamma, primaries':
      return inFormat(format, { png: { 'PNG:Gamma': 1, 'PNG:RedX': 0.68 } });
    case 'EXIF':
      return { 'EXIF:Model': 'Canon EOS R6', 'EXIF:ISO': 6400 };
    case 'XMP':
      return { 'XMP:Source': 'harbour' };
    case 'regions':
      return { 'XMP:RegionAreaX': 0.25, 'XMP:RegionAreaW': 0.1 };
    case 'IPTC':
      return { 'IPTC:Caption-Abstract': 'a' };
    case 'gain map':
      return { 'MPF:NumberOfImages': 2 };
    case 'resolution':
      return inFormat(format, {
        jpeg: { 'JFIF:XResolution': 300, 'JFIF:YResolution': 150 },
        png: { 'PNG:PixelsPerUnitX': 11811, 'PNG:PixelsPerUnitY': 5906 },
        tiff: { 'EXIF:XResolution': 300, 'EXIF:YResolution': 150 },
        webp: { 'EXIF:XResolution': 300, 'EXIF:YResolution': 150 },
        avif: { 'EXIF:XResolution': 300, 'EXIF:YResolution': 150 },
      });
    case 'colours by code points':
      return inFormat(format, { avif: { 'QuickTime:ColorPrimaries': 12 } });
    case 'transfer: PQ':
      return inFormat(format, { avif: { 'QuickTime:TransferCharacteristics': 16 } });
    case 'transfer: HLG':
      return inFormat(format, { avif: { 'QuickTime:TransferCharacteristics': 18 } });
    case 'comments, text':
      return inFormat(format, { jpeg: { 'File:Comment': 'hi' }, png: { 'PNG:Title': 'a' } });
    default:
      return {};
  }
}

/** @returns what tiffinfo must say of it; null: it is not asked */
export const inTiffinfo = (what: string, value: string): RegExp | null =>
  ({
    'bits per sample': value === 'uint16' ? /Bits\/Sample: 16\n/ : /Bits\/Sample: 8\n/,
    'floating point': /Sample Format: IEEE floating point/,
    'colour profile': /ICC Profile: <present>/,
    XMP: /XMLPacket/,
    regions: /stArea:x="0\.25"/,
    IPTC: /RichTIFFIPTC/,
    resolution: /Resolution: (300, 150 pixels\/inch|118\.11, 59\.055 pixels\/cm)/,
    opacity: /Extra Samples: 1<unassoc-alpha>/,
    'extra samples': /Extra Samples: 1<unspecified>/,
    paths: /Photoshop Data/,
  })[what] ?? null;

/** All that tiffinfo says, its complaints too. */
export function readByTiffinfo(program: string, path: string): { text: string; errors: string } {
  const { stdout, stderr, status } = spawnSync(program, [path], { encoding: 'utf8' });
  // Tags of cameras and of EXIF are "unknown" to it, which is a warning.
  const errors = stderr.split('\n').filter((line) => line && !/warning/i.test(line));
  return { text: stdout, errors: status === 0 ? errors.join('\n') : `status ${status}: ${stderr}` };
}

/**
 * What pngcheck says of a PNG. Version 3.0.3 takes chunks of the third edition for errors (findings/pngcheck-refuses-cicp.sh): they are left
 * out of a copy, and looked for by their bytes.
 */
export function readByPngcheck(program: string, path: string): string {
  const bytes = readFileSync(path);
  const parts = [bytes.subarray(0, 8)];
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (!/^(cICP|mDCV|cLLI)$/.test(type)) parts.push(bytes.subarray(at, end));
    at = end;
  }
  const copy = `${path} without new chunks.png`;
  writeFileSync(copy, Buffer.concat(parts));
  return spawnSync(program, ['-v', copy], { encoding: 'utf8' }).stdout;
}

/** @returns what pngcheck must say of it; null: it is not asked */
export const inPngcheck = (what: string): RegExp | null =>
  ({
    'bits per sample': /\b(8|16|24|32|48|64)-bit /,
    'colour profile': /chunk iCCP/,
    'gamma, primaries': /chunk gAMA[^]*chunk cHRM/,
    EXIF: /chunk eXIf/,
    XMP: /chunk iTXt[^]*XML:com\.adobe\.xmp/,
    resolution: /chunk pHYs/,
    opacity: /RGB\+alpha/,
    'comments, text': /chunk tEXt[^]*Title/,
  })[what] ?? null;
