/** What a codec thread does with its file: bytes to a picture, or a refusal in words. Runs without the thread too, for the fuzzer. */
import { HourglassError, toHourglassError } from '../contract/errors.ts';
import { decodeJpeg2000, loadOpenJpeg } from './jpeg-2000.ts';
import { decodeJpegXl, loadVips } from './jpeg-xl.ts';
import type { CodecCall, CodecHeader, CodecPicture } from './protocol.ts';
import { say } from './sentences.ts';

export type Decoder = (
  call: Pick<CodecCall, 'name'>,
  bytes: Uint8Array,
  told: (header: CodecHeader) => void,
) => CodecPicture;

/** A decoder with a memory of its own, which grows and never shrinks. */
export async function loadDecoder(format: CodecCall['format']): Promise<Decoder> {
  if (format === 'jxl') {
    const vips = await loadVips();
    return (...request) => decodeJpegXl(vips, ...request);
  }
  const openJpeg = await loadOpenJpeg();
  return (...request) => decodeJpeg2000(openJpeg, ...request);
}

/** WebAssembly says so when its memory can not grow, and traps where a file leads a decoder astray. */
export function inWords(error: unknown, name: string): HourglassError {
  if (error instanceof RangeError)
    return new HourglassError('out-of-memory', say('noMemory', { name }), { cause: error });
  if (error instanceof Error && error.name === 'RuntimeError')
    return new HourglassError('damaged-image', say('damaged', { name }), { cause: error });
  return toHourglassError(error);
}
