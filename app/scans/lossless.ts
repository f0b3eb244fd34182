/** How large pixels are without loss: as a frame of JPEG-LS, which is what most archives read. */
import { toHourglassError } from '../contract/index.ts';
import { defaultLimits, scaleOf, timeFor, type Raster } from '../pixels/index.ts';
import { frameThread } from './frame-thread.ts';
import type { PixelFacts } from './dicom/image.ts';
import type { Words } from './dicom/values.ts';

/** Bits that words are coded with: encoders take none beside those that they are told of, and change them silently. */
export function codedBits(
  words: Words,
  {
    bitsStored,
    bitsAllocated,
    signed,
  }: Pick<PixelFacts, 'bitsStored' | 'bitsAllocated' | 'signed'>,
): number {
  if (signed) return bitsAllocated;
  const most = 2 ** bitsStored - 1;
  return words.every((word) => word <= most) ? Math.max(2, bitsStored) : bitsAllocated;
}

/**
 * @param name of the file, for sentences
 * @returns bytes of the stream; null: floats and pixels with transparency, and noise that takes more than it does as it is
 * @throws HourglassError cancelled, decode-timeout
 */
export async function losslessBytes(
  name: string,
  raster: Raster,
  signal: AbortSignal,
): Promise<number | null> {
  const { width: columns, height: rows, channels, data, sampleType } = raster;
  if (sampleType === 'float32' || channels === 2 || channels === 4) return null;
  // The encoder takes its words away.
  const words = sampleType === 'uint8' ? new Uint8Array(data) : new Uint16Array(data);
  const bitsAllocated = sampleType === 'uint8' ? 8 : 16;
  const { black, white } = scaleOf(raster);
  const bitsStored = Math.min(bitsAllocated, Math.ceil(Math.log2(white - black + 1)));
  const signed = sampleType === 'int16';
  const bits = codedBits(words, { bitsStored, bitsAllocated, signed });
  try {
    const stream = await frameThread.encode(
      { ...{ name, rows, columns, words, bits, signed }, coding: 'jpeg-ls', samples: channels },
      timeFor(defaultLimits, data.byteLength),
      signal,
    );
    return stream.length;
  } catch (error) {
    if (toHourglassError(error).code === 'output-not-writable') return null;
    throw error;
  }
}
