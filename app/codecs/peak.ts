/**
 * How much memory a codec thread takes at its highest, told from a file's header. Measured with noise (JPEG XL, 12 megapixels) and soft
 * pictures (JPEG 2000, 6), bytes beside twice the file: JPEG XL gray 8 bits 223 MB, colour 8 bits 361 (lossy 379), 16 bits 577; JPEG 2000 gray 8 bits
 * 78 MB, 16 bits 107, colour 8 bits 171. Upper bounds of these.
 */
import type { CodecCall, CodecHeader } from './protocol.ts';

/** WebAssembly's first memory, code and threads: libvips with libjxl, OpenJPEG. */
const startBytes: Readonly<Record<CodecCall['format'], number>> = { jxl: 150e6, jp2: 32e6 };

/** Bytes. @param bytes of the file, which is there twice */
export const codecPeak = (
  format: CodecCall['format'],
  bytes: number,
  { width, height, samples, bytesPerSample }: Omit<CodecHeader, 'passes'>,
): number =>
  startBytes[format] +
  2 * bytes +
  // Planes of 32 bits, then the picture in the library, taken out of it and whole.
  width * height * samples * (5 + 4 * bytesPerSample);
