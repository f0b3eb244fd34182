/**
 * The settings that photos had last, remembered across starts by what is in a file (size, first and last 64 KiB), so that
 * a photo is known again under another name, in another folder, or sent by a browser. No name and no place is kept,
 * and no more than a bounded number of photos: who was changed longest ago is forgotten first.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import {
  HourglassError,
  invalidParameter,
  keptPhotosSchema,
  type PhotoSettings,
} from '../../contract/index.ts';
import { photoSettingsSchema } from '../../contract/photo-settings.ts';
import { fingerprintOf } from '../../jobs/runs/fingerprint.ts';
import { recall, remember } from '../../pixels/remembered.ts';
import { refuseDeep } from './json.ts';
import { say } from './sentences.ts';

/** Photos of which something is remembered. */
const mostPhotos = 2000;

export interface PhotoMemory {
  /** @param files all of a photo. @returns undefined: nothing is remembered of it, or it can not be read */
  recall(files: readonly string[]): Promise<PhotoSettings | undefined>;
  /**
   * @param photos as `keptPhotosSchema`
   * @param filesOf of a source; throws for what was not admitted
   * @throws HourglassError invalid-parameter, not-allowed, output-not-writable
   */
  keep(photos: unknown, filesOf: (source: string) => readonly string[]): Promise<void>;
  count(): Promise<number>;
  /** @throws HourglassError output-not-writable */
  forget(): Promise<void>;
}

/** Longest unchanged first. The key begins with the size, so that most files need not be read to know that they are strangers. */
const entriesSchema = z.array(
  z.tuple([z.string().regex(/^\d+-[0-9a-f]{32}$/), photoSettingsSchema]),
);
const fileSchema = z.object({ photos: entriesSchema });

const sizeOf = (key: string): string => key.slice(0, key.indexOf('-'));

/** @param configFolder absolute; created when something is remembered first */
export function createPhotoMemory(configFolder: string, most = mostPhotos): PhotoMemory {
  const path = join(configFolder, 'photos.json');
  let read: { stamp: string; photos: Map<string, PhotoSettings>; sizes: Set<string> } | null = null;
  let work: Promise<unknown> = Promise.resolve();

  /** What is remembered, also by another window of the program. */
  const load = async (): Promise<NonNullable<typeof read>> => {
    const facts = await stat(path, { bigint: true }).catch(() => null);
    const stamp = facts ? `${facts.ino} ${facts.size} ${facts.mtimeNs}` : '';
    if (read?.stamp === stamp) return read;
    const { photos } = (await recall(path, (value) => fileSchema.parse(value))) ?? { photos: [] };
    read = {
      stamp,
      photos: new Map(photos),
      sizes: new Set(photos.map(([key]) => sizeOf(key))),
    };
    return read;
  };

  const write = (photos: ReadonlyMap<string, PhotoSettings>): Promise<void> =>
    remember(path, { photos: [...photos].slice(-most) }).catch((cause: unknown) => {
      throw new HourglassError('output-not-writable', say('photoSettingsNotSaved', { path }), {
        cause,
      });
    });

  /** One change after the other: each begins with what the one before has left. */
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const mine = work.then(change, change);
    work = mine.catch(() => undefined);
    return mine;
  };

  const keyOf = async (files: readonly string[]): Promise<string> => {
    const { bytes, fingerprint } = await fingerprintOf(files, { times: false });
    return `${bytes}-${fingerprint}`;
  };

  return {
    async recall(files) {
      try {
        const { photos, sizes } = await load();
        if (photos.size === 0) return undefined;
        const facts = await Promise.all(files.map((file) => stat(file)));
        const size = facts.reduce((sum, fact) => sum + fact.size, 0);
        if (!sizes.has(String(size))) return undefined;
        return photos.get(await keyOf(files));
      } catch {
        // What is wrong with the file is said when it is opened.
        return undefined;
      }
    },
    async keep(given, filesOf) {
      refuseDeep(given, 'photos');
      const parsed = keptPhotosSchema.safeParse(given);
      if (!parsed.success) throw invalidParameter('photos', say('settingsOfPhotos'), typeof given);
      const keys: (readonly [string, PhotoSettings])[] = [];
      for (const { source, settings } of parsed.data) {
        const files = filesOf(source);
        // A photo that is gone meanwhile has nothing to be remembered of.
        const key = await keyOf(files).catch(() => null);
        if (key !== null) keys.push([key, settings]);
      }
      await inTurn(async () => {
        const photos = new Map((await load()).photos);
        for (const [key, settings] of keys) {
          photos.delete(key);
          if (Object.keys(settings).length > 0) photos.set(key, settings);
        }
        await write(photos);
      });
    },
    count: async () => (await load()).photos.size,
    forget: () => inTurn(() => write(new Map())),
  };
}
