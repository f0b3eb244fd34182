/**
 * The window that slices are seen in where none of them asks for one: that of the middle one, for all of a series and for all frames of
 * an object, so that turning pages changes no brightness. Percentiles of each would be another window for each.
 */
import type { Scale } from '../../contract/index.ts';
import type { ImageFile, Raster } from '../../pixels/index.ts';

type Window = Scale['window'];

/** A frame of a file. */
export interface Middle {
  readonly file: ImageFile;
  readonly frame: number;
}

/** Series that are remembered: as many as are looked at beside each other, and more. */
const MOST_KNOWN = 16;
/** By the middle frame; the oldest goes first. */
const known = new Map<string, Window>();

/**
 * @param raster of any frame of the series, with the window that is assumed of it alone
 * @param read the middle frame with the window that it asks for or that is assumed of it; asked for once a series
 * @returns the same raster, seen in that window; the given one, where the middle one has none or can not be read
 */
export async function inWindowOfMiddle(
  raster: Raster & { readonly scale: Scale },
  { file: { path, bytes, modifiedMs }, frame }: Middle,
  read: () => Promise<Raster>,
): Promise<Raster> {
  const key = [path, bytes, modifiedMs, frame].join('\0');
  let window = known.get(key);
  if (window === undefined) {
    window = (await read()).scale?.window ?? null;
    known.set(key, window);
    if (known.size > MOST_KNOWN) known.delete(known.keys().next().value!);
  }
  return window ? { ...raster, scale: { ...raster.scale, window, assumed: true } } : raster;
}
