/** What is known of a picture that is opened, to be held beside what a network saw. */
import type { DocumentInfo, Rect } from '../../contract/index.ts';
import { isScan, type Described } from '../../pixels/content.ts';
import { bytesPerSample, type Raster, type Samples } from '../../pixels/raster.ts';
import { GaussianDraws } from '../draws.ts';
import { appearanceOf, type Appearance } from './appearance.ts';
import type { Facts, Learnt } from './saw.ts';

/** As networks see it: how many tones, and which stored values are their 0 and 1. */
export interface Seen {
  readonly source: Raster;
  readonly tones: 1 | 3;
  /** null: nothing is said of how it looks. */
  readonly range: { readonly low: number; readonly high: number } | null;
  /** What a frame surrounds, pixels; absent: there is none. */
  readonly inside?: Rect | null;
}

/** A picture, and of a scan how it was made. */
export type Made = Described & {
  readonly scanned?: Pick<DocumentInfo, 'modality' | 'pixelSize'>;
};

/** Of pixels that are still held: a strength that is turned asks for it again and again. */
const known = new WeakMap<Samples, Appearance | null>();

/** @param noise that was read in it or is told to the network, 8-bit levels; absent: nothing is said of it */
export function factsOf(
  image: Made,
  { source, tones, range, inside = null }: Seen,
  noise?: number,
): Facts {
  const { modality, pixelSize } = image.scanned ?? {};
  let appearance = range ? known.get(source.data) : null;
  if (appearance === undefined) {
    appearance = appearanceOf({ ...source, tones, ...range!, within: inside });
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

/**
 * The same of an image that is learnt from.
 * @param noises levels of white noise that it is shown with too, 8-bit levels
 * @param lights shares of its light that it is shown with
 */
export function learntOf(
  image: Made,
  seen: Seen,
  noises: readonly number[],
  lights: readonly number[] = [1],
): Learnt {
  const facts = factsOf(image, seen);
  const { source, tones, range } = seen;
  if (!range || !facts.appearance) return { facts, noisy: [] };
  const { low } = range;
  // The same image, the same draws.
  const draws = new GaussianDraws(source.width, source.height, source.data.length);
  const noisy = lights.flatMap((light) => {
    const looked = { ...source, tones, low, high: low + (range.high - low) / light };
    return [0, ...noises]
      .filter((noise) => light !== 1 || noise !== 0)
      .map((noise) => appearanceOf(looked, noise / 255, () => draws.next())!);
  });
  return { facts, noisy };
}
