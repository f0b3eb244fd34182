/**
 * Small pictures for the film strip, made from files without opening them as documents: decoders
 * shrink while they load where they can, and the same limits and refusals hold as for opening.
 */
import { throwIfCancelled } from '../contract/index.ts';
import {
  asSamples,
  decoderInput,
  defaultLimits,
  readHeader,
  timeFor,
  type DecodeRequest,
} from './decode.ts';
import { identify } from './identify.ts';
import { createDisplayTransform } from './display.ts';
import { gatherMetadata } from './metadata/index.ts';
import type { Raster } from './raster.ts';
import { decodeError, inDecodeSlot, sharp, withinTime } from './vips.ts';

const thumbnailSide = 256;

/**
 * PNG of at most 256 pixels a side, upright, sRGB.
 * @throws HourglassError as `decodeImage`
 */
export async function createThumbnail(request: DecodeRequest): Promise<Uint8Array> {
  const { path, limits = defaultLimits, signal = new AbortController().signal } = request;
  const file = await identify(path);
  const make = async (): Promise<Uint8Array> => {
    const input = await decoderInput(file);
    const header = await readHeader(file, input, limits);
    const limitInputPixels = Math.ceil(limits.maxMegapixels * 1e6);
    const depth = header.decoder.depth as 'uchar' | 'ushort' | 'float';
    const { data, info } = await sharp(input, {
      failOn: 'error',
      ignoreIcc: true,
      autoOrient: true,
      limitInputPixels,
    })
      .resize(thumbnailSide, thumbnailSide, { fit: 'inside', withoutEnlargement: true })
      .toColourspace(header.space)
      .raw({ depth })
      .toBuffer({ resolveWithObject: true });
    // sharp drops the alpha of 8-bit and float gray images here: such a thumbnail is opaque.
    const channels = info.channels as 1 | 2 | 3 | 4;
    const raster: Raster = {
      width: info.width,
      height: info.height,
      channels,
      hasAlpha: channels === 2 || channels === 4,
      sampleType: header.sampleType,
      data: asSamples(data, header.sampleType),
    };
    const metadata = await gatherMetadata({ ...file, decoder: header.decoder, tiff: header.tiff });
    const show = await createDisplayTransform({ raster, metadata });
    const { width, height } = info;
    const rgba = show(raster, { x: 0, y: 0, width, height });
    return sharp(rgba, { raw: { width, height, channels: 4 } })
      .png({ compressionLevel: 3 })
      .toBuffer();
  };
  return inDecodeSlot(async () => {
    throwIfCancelled(signal);
    try {
      return await withinTime(make(), {
        name: file.name,
        timeoutMs: timeFor(limits, file.bytes),
        signal,
      });
    } catch (error) {
      throw decodeError(error, file.name);
    }
  });
}
