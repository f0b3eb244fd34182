/** What is known of a picture that is opened, to be held beside what a network saw. */
import type { DocumentInfo } from '../../contract/index.ts';
import { isScan, type Described } from '../../pixels/content.ts';
import { bytesPerSample, type Raster, type Samples } from '../../pixels/raster.ts';
import { appearanceOf, type Appearance } from './appearance.ts';
import type { Facts } from './saw.ts';

/** As networks see it: how many tones, and which stored values are their 0 and 1. */
export interface Seen {
  readonly source: Raster;
  readonly tones: 1 | 3;
  /** null: nothing is said of how it looks. */
  readonly range: { readonly low: number; readonly high: number } | null;
}

/** A picture, and of a scan how it was made. */
export type Made = Described & {
  readonly scanned?: Pick<DocumentInfo, 'modality' | 'pixelSize'>;
};

/** Of pixels that are still held: a strength that is turned asks for it again and again. */
const known = new WeakMap<Samples, Appearance | null>();

/** @param noise that was read in it or is told to the network, 8-bit levels; absent: nothing is said of it */
export function factsOf(image: Made, { source, tones, range }: Seen, noise?: number): Facts {
  const { modality, pixelSize } = image.scanned ?? {};
  let appearance = range ? known.get(source.data) : null;
  if (appearance === undefined) {
    appearance = appearanceOf({ ...source, tones, ...range! });
    known.set(source.data, appearance);
  }
  return {
    tones,
    family: isScan(image) ? 'scan' : 'photo',
    ...(modality === undefined ? {} : { modality }),
    bits: source.bits ?? 8 * bytesPerSample(source.sampleType),
    ...(pixelSize ? { pixelSize: Math.sqrt(pixelSize.x * pixelSize.y) } : {}),
    ...(noise === undefined ? {} : { noise }),
    appearance,
  };
}
