/** Brings what is remembered of a folder (`looks-index.ts`) up to what lies in it: reads what is new or changed, forgets what is gone. */
import { basename } from 'node:path';
import { throwIfCancelled, toHourglassError, type ErrorCode } from '../contract/index.ts';
import { stampOf } from '../pixels/stamp.ts';
import type { SmallPicture } from '../pixels/thumbnail.ts';
import { nextTurn } from '../pixels/turns.ts';
import { readIndex, writeIndex, type Entry } from './looks-index.ts';
import type { Way } from './ways.ts';

export interface ImageFiles {
  readonly path: string;
  /** All files of it. */
  readonly files: readonly string[];
}

export interface LeftOut {
  readonly source: string;
  readonly code: ErrorCode;
  readonly reason: string;
}

export interface IndexingRequest {
  readonly images: readonly ImageFiles[];
  /** Of the file between runs; null: nothing is remembered. */
  readonly index: string | null;
  /** Nothing that was remembered counts. */
  readonly anew: boolean;
  /** How pictures are described. */
  readonly way: Pick<Way, 'descriptor' | 'width' | 'describe' | 'recall'>;
  readonly picture: (path: string) => Promise<SmallPicture>;
  readonly signal: AbortSignal;
  readonly told: (done: number, of: number, name: string) => void;
}

export interface Indexed {
  /** In the order of the images that could be read. */
  readonly entries: readonly Entry[];
  /** Pictures that were read now. */
  readonly read: number;
  /** Remembered pictures that are no longer there. */
  readonly gone: number;
  readonly leftOut: readonly LeftOut[];
  /** Why nothing could be remembered; null: it was. */
  readonly unsaved: string | null;
}

/** Decoders that run while the looks of another picture are found. */
const AT_ONCE = 3;
/** A kill loses no more than this, milliseconds; and saving takes no more than a twentieth of the time. */
const SAVE_EVERY = 10_000;
const SAVING_SHARE = 20;

/** @throws HourglassError cancelled: what was read until then is remembered */
export async function updateIndex(request: IndexingRequest): Promise<Indexed> {
  const { images, index, way, signal } = request;
  const remembered =
    index === null || request.anew ? null : await readIndex(index, way.descriptor, way.width);
  const known = new Map(remembered?.map((entry) => [entry.path, entry]));
  const found = new Map<string, Entry>();
  const leftOut: LeftOut[] = [];
  let [next, done, read] = [0, 0, 0];
  let unsaved: string | null = null;
  const there = (): Entry[] => images.flatMap(({ path }) => found.get(path) ?? []);
  const save = async (): Promise<void> => {
    if (index === null) return;
    try {
      await writeIndex(index, way.descriptor, [
        ...there(),
        // Not looked at yet: they may be as they were.
        ...images
          .slice(done)
          .flatMap(({ path }) => (found.has(path) ? [] : (known.get(path) ?? []))),
      ]);
    } catch (error) {
      unsaved = (error as Error).message;
    }
  };
  let savedAt = performance.now();
  let pause = SAVE_EVERY;
  let saving: Promise<void> | null = null;
  const saveNow = async (): Promise<void> => {
    const begun = performance.now();
    await save();
    savedAt = performance.now();
    pause = Math.max(SAVE_EVERY, SAVING_SHARE * (savedAt - begun));
    saving = null;
  };
  const lane = async (): Promise<void> => {
    while (next < images.length) {
      throwIfCancelled(signal);
      const image = images[next++]!;
      try {
        const stamp = await stampOf(image.files);
        const before = known.get(image.path);
        if (before?.stamp === stamp) {
          found.set(image.path, before);
          way.recall(before);
        } else {
          const picture = await request.picture(image.path);
          throwIfCancelled(signal);
          found.set(image.path, { path: image.path, stamp, ...(await way.describe(picture)) });
          read++;
          await nextTurn();
        }
      } catch (error) {
        const { code, message } = toHourglassError(error);
        if (code === 'cancelled') throw error;
        leftOut.push({ source: image.path, code, reason: message });
      }
      request.told(++done, images.length, basename(image.path));
      if (performance.now() - savedAt > pause && read > 0) await (saving ??= saveNow());
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
  const failed = ends.find((end) => end.status === 'rejected');
  const entries = there();
  const wanted = new Set(images.map(({ path }) => path));
  const gone = [...known.keys()].filter((path) => !wanted.has(path)).length;
  if (failed) {
    if (read > 0) await save();
    throw failed.reason;
  }
  if (read > 0 || entries.length !== known.size) await save();
  return { entries, read, gone, leftOut, unsaved };
}
