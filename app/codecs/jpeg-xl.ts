/**
 * JPEG XL (ISO/IEC 18181) by the libvips of `wasm-vips`, which is used for nothing else: sharp is faster, and reads
 * none. Runs only in the thread of `thread.ts`.
 */
import { HourglassError } from '../contract/errors.ts';
import type { CodecCall, CodecHeader, CodecPicture } from './protocol.ts';
import { lostInJpegXl, unpackedJpegXl } from './jxl-boxes.ts';
import { say } from './sentences.ts';

/** Of the sample formats of libvips. */
const bitsOf: Readonly<Record<string, number>> = {
  ...{ uchar: 8, char: 8, ushort: 16, short: 16 },
  ...{ uint: 32, int: 32, float: 32, double: 64 },
};

const spaces = ['srgb', 'rgb16', 'scrgb', 'rgb', 'b-w', 'grey16'];

export async function loadVips() {
  const { default: createVips } = await import('wasm-vips');
  return createVips({ dynamicLibraries: ['vips-jxl.wasm'] });
}

/** @param told before pixels are decoded @throws HourglassError damaged-image, unsupported-image */
export function decodeJpegXl(
  vips: Awaited<ReturnType<typeof loadVips>>,
  { name }: Pick<CodecCall, 'name'>,
  bytes: Uint8Array,
  told: (header: CodecHeader) => void,
): CodecPicture {
  // libvips throws its own exceptions, whose message is its error buffer: a file of this magic that fails is broken.
  const orDamaged = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      if (cause instanceof HourglassError || cause instanceof RangeError) throw cause;
      throw new HourglassError('damaged-image', say('damaged', { name }), { cause });
    }
  };
  const plain = unpackedJpegXl(bytes);
  const image = orDamaged(() => vips.Image.jxlloadBuffer(plain.bytes));
  const { width, height, bands, format, interpretation } = image;
  told({ width, height, samples: bands, bytesPerSample: (bitsOf[format] ?? 32) / 8, passes: 1 });
  if (!spaces.includes(interpretation))
    throw new HourglassError(
      'unsupported-image',
      say('colourNotSupported', { name, space: interpretation }),
      { hint: say('exportFirst') },
    );
  if (!['uchar', 'ushort', 'float'].includes(format) || bands < 1 || bands > 4)
    throw new HourglassError(
      'unsupported-image',
      say('samplesNotSupported', {
        name,
        channels: bands,
        bits: bitsOf[format] ?? 0,
        kind: 'other',
      }),
      { hint: say('exportFirst') },
    );
  const { buffer } = orDamaged(() => image.writeToMemory()).slice();
  const blob = (field: string): Uint8Array | null =>
    image.getTypeof(field) === 0 ? null : new Uint8Array(image.getBlob(field));
  return {
    width,
    height,
    channels: bands as 1 | 2 | 3 | 4,
    hasAlpha: bands === 2 || bands === 4,
    isMultiplied: false,
    data:
      format === 'uchar'
        ? new Uint8Array(buffer)
        : format === 'ushort'
          ? new Uint16Array(buffer)
          : new Float32Array(buffer),
    icc: blob('icc-profile-data'),
    exif: blob('exif-data'),
    xmp: blob('xmp-data'),
    iptc: null,
    resolution: null,
    lost: [...plain.lost, ...lostInJpegXl(bytes)],
    frames: image.getTypeof('n-pages') === 0 ? 1 : image.getInt('n-pages'),
  };
}
