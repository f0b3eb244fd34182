/** Samples as they come from libvips, without a copy where that is possible. */
import { bytesPerSample, type Samples, type SampleType } from './raster.ts';

/** A view of the bytes as samples; copied only when they are not aligned. */
export function asSamples(bytes: Buffer, type: SampleType): Samples {
  if (type === 'uint8') return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytesPerSample(type);
  const aligned = bytes.byteOffset % size === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
  const view = [aligned.buffer, aligned.byteOffset, aligned.byteLength / size] as const;
  if (type === 'uint16') return new Uint16Array(...view);
  return type === 'int16' ? new Int16Array(...view) : new Float32Array(...view);
}

/** As libvips calls what is stored. */
export type Depth = 'uchar' | 'ushort' | 'short' | 'float';

/**
 * The pixels of a pipeline in their stored depth. Its colour spaces know no negative values: signed samples
 * go through it moved up by half of their range, which is exact.
 */
export async function readRaw(
  pipeline: import('sharp').Sharp,
  depth: Depth,
): Promise<{ data: Buffer; info: import('sharp').OutputInfo }> {
  if (depth !== 'short') return pipeline.raw({ depth }).toBuffer({ resolveWithObject: true });
  const moved = pipeline.linear(1, 0x8000).raw({ depth: 'ushort' });
  const { data, info } = await moved.toBuffer({ resolveWithObject: true });
  const words = asSamples(data, 'uint16');
  for (let i = 0; i < words.length; i++) words[i]! ^= 0x8000;
  return { data: Buffer.from(words.buffer, words.byteOffset, words.byteLength), info };
}
