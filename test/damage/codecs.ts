/**
 * JPEG XL and JPEG 2000 for the damages: files of a drawing, and what becomes of one. Decoded as the codec thread does it, in this process: a thousand
 * threads would mostly start.
 */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { inWords, loadDecoder, type Decoder } from '../../app/codecs/decode-file.ts';
import { HourglassError } from '../../app/contract/index.ts';
import { loadVips } from '../../app/codecs/jpeg-xl.ts';
import type { CodecCall, CodecPicture } from '../../app/codecs/protocol.ts';
import { jpeg2000Codestream } from '../jpeg-2000.ts';
import type { Drawing } from './damages.ts';

type Vips = Awaited<ReturnType<typeof loadVips>>;
let vips: Promise<Vips> | null = null;

export async function jpegXl({ width, height, data }: Drawing, lossless: boolean) {
  const { Image, BandFormat } = await (vips ??= loadVips());
  // Threads of libvips that have ended are taken again when their messages are heard.
  await new Promise((resolve) => void setImmediate(resolve));
  const image = Image.newFromMemory(data, width, height, 3, BandFormat.uchar);
  try {
    return Uint8Array.from(image.copy({ interpretation: 'srgb' }).jxlsaveBuffer(lossless ? { lossless } : { distance: 1 })); // prettier-ignore
  } finally {
    image.delete();
  }
}

/** A codestream of one tile. Soft: this encoder breaks off at grain. */
export async function jpeg2000({ width, height, data }: Drawing): Promise<Uint8Array> {
  const raw = { width, height, channels: 3 } as const;
  const samples = await sharp(data, { raw }).blur(4).raw().toBuffer();
  return jpeg2000Codestream({ width, height, componentCount: 3, bitsPerSample: 8, samples });
}

const decoders = new Map<CodecCall['format'], Promise<Decoder>>();

/** @returns samples, interleaved @throws HourglassError as the codec thread */
export async function decodeByCodec(
  path: string,
  format: CodecCall['format'],
): Promise<CodecPicture['data']> {
  let decoder = decoders.get(format);
  if (!decoder) decoders.set(format, (decoder = loadDecoder(format)));
  await new Promise((resolve) => void setImmediate(resolve));
  try {
    const bytes = Uint8Array.from(readFileSync(path));
    return (await decoder)({ name: 'file' }, bytes, () => undefined).data;
  } catch (error) {
    // A trap leaves its memory in any state.
    if (!(error instanceof HourglassError)) decoders.delete(format);
    throw inWords(error, 'file');
  }
}
