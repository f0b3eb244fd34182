/**
 * The one door to sharp (libvips): which loaders may run, how its process-wide settings are set,
 * and what its error texts mean in our words. How many decoders run at once is the host's business
 * (`app/jobs/gate.ts` and the slots of the queue).
 * Decoding itself is in `decode.ts`, encoding in `formats/encode.ts`.
 */
import { availableParallelism } from 'node:os';
import sharp from 'sharp';
import { cancelledError, HourglassError, toHourglassError } from '../contract/index.ts';
import type { SentenceId } from '../contract/sentences/index.ts';
import { say } from './sentences.ts';
import { vipsMessage } from './vips-message.ts';

// The operation cache answers a second read of a path from memory, also after the file has changed
// on disk, and holds files open. A document store of our own does the caching that we want.
sharp.cache(false);
// sharp falls back to one thread on glibc without jemalloc because of heap fragmentation; our
// pipelines are few and large, and AVIF encoding and colour conversion scale with cores.
sharp.concurrency(Math.min(4, availableParallelism()));

// Everything is blocked except the loaders of the formats that Hourglass opens, and libvips' own
// format for our temporary rows. So SVG, PDF, Magick, OpenSlide, raw, gain-map and other readers
// are never reached, whatever the file holds.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadWebp',
    'VipsForeignLoadHeif',
    'VipsForeignLoadTiff',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadVips',
  ],
});

export { sharp };

let abandoned = 0;

/**
 * Decodes that still occupy a native thread though their time is over: libvips can only be stopped
 * between regions, never inside a decoder. A host that sees this stay above 0 should restart the
 * engine between jobs. What was cancelled ends by itself as a rule, and counts only when it does not.
 */
export const abandonedDecodes = (): number => abandoned;

/**
 * Waits for native work, but no longer than `timeoutMs` and not after `signal` has fired.
 * @throws HourglassError decode-timeout, cancelled
 */
export async function withinTime<T>(
  work: Promise<T>,
  options: { name: string; timeoutMs: number; signal: AbortSignal },
): Promise<T> {
  const { name, timeoutMs, signal } = options;
  const stop = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => {
      abandoned += 1;
      const settled = (): void => {
        abandoned -= 1;
      };
      work.then(settled, settled);
      reject(
        new HourglassError(
          'decode-timeout',
          say('decodingTookLonger', { name, seconds: Math.round(timeoutMs / 1000) }),
        ),
      );
    }, timeoutMs);
    // Nobody waits any more; what is left is watched until it ends, or its time does.
    const onAbort = (): void => {
      timer.unref();
      reject(cancelledError());
    };
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    work.then(over, over);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  return Promise.race([work, stop]);
}

/**
 * What a failed decode means.
 * @param name file name for the sentence
 */
export function decodeError(error: unknown, name: string): HourglassError {
  if (error instanceof HourglassError) return error;
  const message = vipsMessage(error);
  // libvips throws plain errors; anything more special is JavaScript's: no memory, or our mistake.
  if (error instanceof RangeError)
    return new HourglassError('out-of-memory', say('noMemoryToDecode', { name }), {
      details: { decoder: message },
      cause: error,
    });
  if (error instanceof TypeError || error instanceof ReferenceError) return toHourglassError(error);
  const details = { decoder: message };
  if (/timeout: /.test(message))
    return new HourglassError('decode-timeout', say('decodingTookTooLong', { name }), {
      details,
      cause: error,
    });
  if (/exceeds pixel limit/.test(message))
    return new HourglassError('image-too-large', say('morePixelsThanLimit', { name }), {
      details,
      cause: error,
    });
  if (/allocate|out of memory/i.test(message))
    return new HourglassError('out-of-memory', say('noMemoryToDecode', { name }), {
      details,
      cause: error,
    });
  if (/Permission denied/i.test(message))
    return new HourglassError('file-not-readable', say('mayNotBeRead', { name }), {
      details,
      cause: error,
    });
  // The first bytes were of a known format, so a file that no loader takes is broken behind them.
  if (/contains unsupported image format/.test(message)) return damaged(name, error, details);
  // libjpeg on bytes that are no marker at all, or that look like the marker of another process behind a place that it found broken.
  if (/Unsupported marker type|Corrupt JPEG data/.test(message))
    return damaged(name, error, details);
  const variant = unsupportedVariants.find(([pattern]) => pattern.test(message));
  if (variant)
    return new HourglassError('unsupported-image', say(variant[1], { name }), {
      details,
      cause: error,
    });
  return damaged(name, error, details);
}

const damaged = (name: string, cause: unknown, details: Record<string, unknown>): HourglassError =>
  new HourglassError('damaged-image', say('damaged', { name }), { details, cause });

/** libvips texts that mean "valid, but not supported". */
const unsupportedVariants = [
  [/samples_per_pixel not a whole number of bytes/, 'bitDepthNotSupported'],
  [
    /samples out of range|unsupported (tiff )?(image )?type|not supported|Unsupported|unknown photometric|not configured|not implemented|sample format/i,
    'variantNotSupported',
  ],
  [/bad labq format/, 'labNotSupported'],
] as const satisfies readonly (readonly [RegExp, SentenceId<typeof say>])[];
