/**
 * Which pictures are gray, whatever they are stored as. A black-and-white photo stored as RGB has
 * the same noise in all three channels; taken for colour, its noise would read as 0 (two of three
 * eigenvalues vanish) and the network would hardly clean it.
 */
import { colourChannels, type Raster } from './raster.ts';

/**
 * Codecs that turn gray to luma and chroma and back leave red, green and blue a level or two apart: WebP one, and chroma
 * that is off by one of 256 two. Nobody sees such a colour, and noise of it is below every dead zone. Deeper samples are not rounded so.
 */
const ROUNDING = 2;

/** 1: gray, or red = green = blue in every pixel, but for a codec's rounding; 3: colour. Ends at the first coloured pixel. */
export function tones(
  raster: Pick<Raster, 'channels' | 'hasAlpha' | 'sampleType'> & {
    readonly data: ArrayLike<number>;
  },
): 1 | 3 {
  if (colourChannels(raster) === 1) return 1;
  const { data, channels, sampleType } = raster;
  const most = sampleType === 'uint8' ? ROUNDING : 0;
  for (let at = 0; at < data.length; at += channels) {
    const red = data[at]!;
    const green = data[at + 1]!;
    const blue = data[at + 2]!;
    if (red === green && blue === green) continue;
    if (!(Math.abs(red - green) <= most && Math.abs(blue - green) <= most)) return 3;
  }
  return 1;
}
