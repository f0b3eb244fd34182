/**
 * The first picture of a camera raw file: what its camera put into it, upright, while the picture itself is being developed. For
 * the screen alone: it is no document, and nothing is made of it.
 */
import { throwIfCancelled } from '../contract/index.ts';
import { defaultLimits, timeFor, type DecodeRequest } from './decode.ts';
import { identify } from './identify.ts';
import { readerOf } from './readers.ts';
import { decodeError, sharp, withinTime } from './vips.ts';

/** More than most screens show of a whole picture. */
const side = 2048;

/** What turns a picture of each orientation upright (EXIF 2.32, 4.6.4 A): sharp mirrors first, then rotates. */
const turns: Readonly<Record<number, { flip?: true; flop?: true; rotate?: number }>> = {
  2: { flop: true },
  3: { rotate: 180 },
  4: { flip: true },
  5: { flip: true, rotate: 90 },
  6: { rotate: 90 },
  7: { flop: true, rotate: 90 },
  8: { rotate: 270 },
};

/**
 * JPEG of at most 2048 pixels a side, sRGB; null: there is none, or it can not be read.
 * @throws HourglassError decode-timeout, cancelled, and as `identify`
 */
export async function createCameraPreview(request: DecodeRequest): Promise<Uint8Array | null> {
  const { path, limits = defaultLimits, signal = new AbortController().signal } = request;
  throwIfCancelled(signal);
  const file = await identify(path);
  const reader = readerOf(file, request.readers ?? {});
  const found = await reader?.embedded?.(file);
  if (!found) return null;
  const { flip, flop, rotate } = turns[found.orientation] ?? {};
  const picture = sharp(found.jpeg, { limitInputPixels: Math.ceil(limits.maxMegapixels * 1e6) });
  if (flip) picture.flip();
  if (flop) picture.flop();
  if (rotate) picture.rotate(rotate);
  picture.resize(side, side, { fit: 'inside', withoutEnlargement: true });
  const made = picture.jpeg({ quality: 85 }).toBuffer();
  const timeoutMs = timeFor(limits, found.jpeg.length);
  try {
    return await withinTime(made, { name: file.name, timeoutMs, signal });
  } catch (thrown) {
    const error = decodeError(thrown, file.name);
    if (error.code === 'cancelled' || error.code === 'decode-timeout') throw error;
    // It is damaged: as if there were none.
    return null;
  }
}
