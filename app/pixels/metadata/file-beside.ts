/** Everything that a file holds beside pixels and what its decoder tells: asked once, where a file is opened. */
import type { ImageFormat } from '../../contract/index.ts';
import { readAvifColour } from '../colour/nclx.ts';
import { nothingBeside, type Beside } from './beside.ts';
import { containerResolution } from './file-resolution.ts';
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
  /** An animated PNG; other moving pictures are told by their decoder. */
  readonly animation: boolean;
  /** Photoshop's resources of a JPEG. */
  readonly photoshop: Uint8Array | null;
  /** Metadata in places where the decoder does not look. */
  readonly hidden: Partial<Readonly<Record<'exif' | 'xmp' | 'iptc', Uint8Array | null>>>;
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
    const { animation, attachments, lost, ...hidden } = await readPngBeside(source);
    const pngColour = await readPngColour(source);
    return { ...none, attachments, lost, animation, hidden, pngColour };
  }
  if (format === 'webp') return { ...none, ...(await webpBeside(source)) };
  if (format !== 'avif') return { ...none, ...nothingBeside };
  return { ...none, ...(await avifBeside(source)), pngColour: await readAvifColour(source) };
}

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const signed = (isSigned: boolean): Beside =>
  isSigned ? { attachments: [], lost: [say('credentials')] } : nothingBeside;

/** A chunk "C2PA" (C2PA 2.1, A.3.6). */
async function webpBeside(source: ByteSource): Promise<Beside> {
  let at = 12;
  for (let count = 0; count < 4096 && at + 8 <= source.length; count++) {
    const head = await source.read(at, 8);
    if (latin(head.subarray(0, 4)) === 'C2PA') return signed(true);
    const size = new DataView(head.buffer, head.byteOffset).getUint32(4, true);
    at += 8 + size + (size % 2);
  }
  return nothingBeside;
}

/** A uuid box of C2PA's own (C2PA 2.1, A.5.1). */
async function avifBeside(source: ByteSource): Promise<Beside> {
  let at = 0;
  for (let count = 0; count < 256 && at + 24 <= source.length; count++) {
    const head = await source.read(at, 24);
    const size = new DataView(head.buffer, head.byteOffset).getUint32(0);
    if (latin(head.subarray(4, 8)) === 'uuid')
      if (Buffer.from(head.subarray(8)).toString('hex') === 'd8fec3d61b0e483c92975828877ec481')
        return signed(true);
    if (size < 8) break;
    at += size;
  }
  return nothingBeside;
}
