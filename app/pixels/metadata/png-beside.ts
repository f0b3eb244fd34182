/**
 * What a PNG holds beside its picture: text (PNG, third edition, 11.3.3), chunks that may be copied (their fourth letter
 * is small, 14.2), EXIF, IPTC and XMP that ImageMagick hides in text as hexadecimal numbers ("Raw profile type …").
 */
import { inflateSync } from 'node:zlib';
import type { Attachment, Beside } from './beside.ts';
import { withoutExifPrefix } from './exif.ts';
import { pngChunks, type PngChunk } from './png-chunks.ts';
import { say } from './sentences.ts';
import type { ByteSource } from './tiff-structure.ts';

export interface PngBeside extends Beside {
  /** Out of text; null: there is none. */
  readonly exif: Uint8Array | null;
  readonly xmp: Uint8Array | null;
  /** As Photoshop's resources, or bare. */
  readonly iptc: Uint8Array | null;
  /** acTL: decoders of still pictures show its first frame. */
  readonly animation: boolean;
}

/** More chunks than honest files have before their pixels, and more bytes than their texts have. */
const most = { chunks: 4096, bytes: 16 * 1024 * 1024 };

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const xmpStart = 'http://ns.adobe.com/xap/1.0/\0';

/** Colour, size and transparency, which are read elsewhere; when the file was changed last, which is now; Apple's index of the pixels' parts. */
const read =
  /^(IHDR|PLTE|IEND|tRNS|tIME|iDOT|gAMA|cHRM|sRGB|iCCP|cICP|mDCV|cLLI|pHYs|eXIf|acTL|fcTL|fdAT)$/;

const slightNames = {
  bKGD: () => say('background'),
  sBIT: () => say('significantBits'),
  hIST: () => say('suggestedPalette'),
  sPLT: () => say('suggestedPalette'),
} as const;
const isSlight = (type: string): type is keyof typeof slightNames =>
  Object.hasOwn(slightNames, type);

/** Bits per sample; colours of a palette have 8 (PNG, third edition, 11.2.1). */
async function sampleDepth(source: ByteSource, at: number): Promise<number> {
  const header = await source.read(at + 8, 13);
  return header[9] === 3 ? 8 : (header[8] ?? 0);
}

export async function readPngBeside(source: ByteSource): Promise<PngBeside> {
  const attachments: Attachment[] = [];
  const lost: string[] = [];
  const slight: string[] = [];
  let depth = 0;
  const profiles = new Map<string, Uint8Array>();
  let animation = false;
  for await (const { type, at, size } of pngChunks(source, most.chunks, true)) {
    if (type === 'acTL') animation = true;
    if (type === 'IHDR') depth = await sampleDepth(source, at);
    if (read.test(type)) continue;
    // They are in the samples and the colours of the old file.
    if (isSlight(type)) {
      const said =
        type === 'sBIT' && (await source.read(at + 8, size)).every((bits) => bits >= depth);
      if (!said) slight.push(slightNames[type]());
      continue;
    }
    if (type === 'caBX') {
      lost.push(say('credentials'));
      continue;
    }
    if (size > most.bytes) {
      lost.push(say('applicationData', { name: type }));
      continue;
    }
    const chunk = new Uint8Array(await source.read(at, 12 + size));
    const what = besideOf({ type, at, size }, chunk.subarray(8, 8 + size), profiles);
    if (what === null) continue;
    // The scale of the subject is that of these very pixels, of which there are as many as before.
    if ((/^[A-Za-z]{3}[a-z]$/.test(type) || type === 'sCAL') && chunk.length === 12 + size)
      attachments.push({ format: 'png', place: 'head', bytes: chunk, what });
    else lost.push(what());
  }
  const profile = (...names: string[]): Uint8Array | null =>
    names.map((name) => profiles.get(name)).find(Boolean) ?? null;
  const app1 = profile('APP1', 'app1');
  const isXmp = app1 !== null && latin(app1.subarray(0, xmpStart.length)) === xmpStart;
  const exif = profile('exif', 'EXIF') ?? (isXmp ? null : app1);
  return {
    ...{ attachments, lost: [...new Set(lost)], slight, animation },
    exif: exif && new Uint8Array(withoutExifPrefix(exif)),
    xmp: profile('xmp') ?? (isXmp ? app1.slice(xmpStart.length) : null),
    iptc: profile('iptc', '8bim'),
  };
}

/** The name of what a chunk holds; null: it is read elsewhere. */
function besideOf(
  { type }: PngChunk,
  data: Uint8Array,
  profiles: Map<string, Uint8Array>,
): (() => string) | null {
  if (!/^(tEXt|zTXt|iTXt)$/.test(type))
    return /^(sCAL|oFFs|pCAL)$/.test(type)
      ? () => say('physical', { type })
      : () => say('applicationData', { name: type });
  const end = data.indexOf(0);
  const keyword = latin(data.subarray(0, Math.max(0, Math.min(end, 79))));
  if (keyword === 'XML:com.adobe.xmp') return null;
  const [, name] = /^Raw profile type (.+)$/.exec(keyword) ?? [];
  if (name === undefined) return () => say('text', { keyword });
  const profile = rawProfile(textOf(type, data, end));
  if (profile) profiles.set(name, profile);
  return profile && /^(exif|app1|xmp|iptc|8bim|icc|icm)$/i.test(name) ? null : () => say('text', { keyword }); // prettier-ignore
}

function textOf(type: string, data: Uint8Array, end: number): string {
  if (type === 'tEXt') return latin(data.subarray(end + 1));
  if (type === 'iTXt') return '';
  try {
    return latin(inflateSync(data.subarray(end + 2), { maxOutputLength: 4 * most.bytes }));
  } catch {
    return ''; // Damaged: it counts as text.
  }
}

/** A name, a count of bytes, then the bytes in hexadecimal digits. */
function rawProfile(text: string): Uint8Array | null {
  const [, count, digits] = /^\s*\S+\s+(\d+)\s+([\da-fA-F\s]*)$/.exec(text) ?? [];
  if (count === undefined) return null;
  const bytes = new Uint8Array(Buffer.from(digits!.replace(/\s+/g, ''), 'hex'));
  return bytes.length >= Number(count) && bytes.length > 0 ? bytes.slice(0, Number(count)) : null;
}
