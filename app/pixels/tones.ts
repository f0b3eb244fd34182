/**
 * Which pictures are gray, whatever they are stored as. A black-and-white photo stored as RGB has
 * the same noise in all three channels; taken for colour, its noise would read as 0 (two of three
 * eigenvalues vanish) and the network would hardly clean it.
 */
import { colourChannels, type Raster } from './raster.ts';

/** 1: gray, or red = green = blue in every pixel; 3: colour. Ends at the first coloured pixel. */
export function tones(raster: Raster): 1 | 3 {
  if (colourChannels(raster) === 1) return 1;
  const { data, channels } = raster;
  for (let at = 0; at < data.length; at += channels)
    if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return 3;
  return 1;
}
