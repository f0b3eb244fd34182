/** Everything that a file holds beside pixels and what its decoder tells: asked once, where a file is opened. */
import type { ImageFormat } from '../../contract/index.ts';
import { readAvifColour } from '../colour/nclx.ts';
import { readAvifBeside } from './avif-beside.ts';
import { nothingBeside, type Beside } from './beside.ts';
import { containerResolution } from './file-resolution.ts';
import { readGifBeside } from './gif-beside.ts';
import { readJpegBeside } from './jpeg-beside.ts';
import { readPngBeside } from './png-beside.ts';
import { readPngColour, type PngColour } from './png-colour.ts';
import type { Resolution } from './resolution.ts';
import { say } from './sentences.ts';
import type { ByteSource } from './tiff-structure.ts';

export interface FileBeside extends Beside {
  readonly resolution: Resolution | null;
  /** Of an AVIF as a PNG would tell it. */
  readonly pngColour: PngColour | null;
  /** An animated PNG or a sequence in an AVIF; other moving pictures are told by their decoder. */
  readonly animation: boolean;
  /** Photoshop's resources of a JPEG. */
  readonly photoshop: Uint8Array | null;
  /** Metadata in places where the decoder does not look. */
  readonly hidden: Partial<Readonly<Record<'icc' | 'exif' | 'xmp' | 'iptc', Uint8Array | null>>>;
}

/** @param jpegEnd where a JPEG ends (`endOfJpeg`), for what lies behind it; null: it is of no interest */
export async function readBeside(
  source: ByteSource,
  format: ImageFormat,
  jpegEnd: number | null,
): Promise<FileBeside> {
  const resolution = await containerResolution(source, format);
  const none = { resolution, pngColour: null, animation: false, photoshop: null, hidden: {} };
  if (format === 'jpeg') return { ...none, ...(await readJpegBeside(source, jpegEnd)) };
  if (format === 'png') {
    const { animation, attachments, lost, slight = [], ...hidden } = await readPngBeside(source);
    const pngColour = await readPngColour(source);
    return { ...none, attachments, lost, slight, animation, hidden, pngColour };
  }
  if (format === 'webp') return { ...none, ...(await webpBeside(source)) };
  if (format === 'gif') return { ...none, ...(await readGifBeside(source)) };
  if (format !== 'avif') return { ...none, ...nothingBeside };
  return { ...none, ...(await readAvifBeside(source)), pngColour: await readAvifColour(source) };
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
/** Chunks of the WebP container specification; any other is somebody's own ("Unknown Chunks"). */
const webpChunks = /^(VP8[ LX]|ALPH|ANIM|ANMF|ICCP|EXIF|XMP )$/;

/** A chunk "C2PA" (C2PA 2.1, A.3.6), and those of other programs, within the size that the file says to have. */
async function webpBeside(source: ByteSource): Promise<Beside> {
  const lost = new Set<string>();
  const declared = viewOf(await source.read(0, 12)).getUint32(4, true) + 8;
  let at = 12;
  for (let count = 0; count < 4096 && at + 8 <= Math.min(source.length, declared); count++) {
    const head = await source.read(at, 8);
    const type = latin(head.subarray(0, 4));
    if (type === 'C2PA') lost.add(say('credentials'));
    else if (!webpChunks.test(type))
      lost.add(say('applicationData', { name: type.replace(/[^ -~]/g, '?').trim() }));
    const size = viewOf(head).getUint32(4, true);
    at += 8 + size + (size % 2);
  }
  return lost.size > 0 ? { attachments: [], lost: [...lost] } : nothingBeside;
}
