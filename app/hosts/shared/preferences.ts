/**
 * Small things remembered between sessions, as JSON in the config folder. Written whole or not at
 * all; a damaged or foreign file means the defaults, never an error in the way of work.
 */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { HourglassError, type Preferences } from '../../contract/index.ts';
import { refuseDeep } from './json.ts';

/** Unknown fields are dropped; a field of the wrong type is forgotten alone, the others stay. */
const forgiving = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

const outputSchema = z.object({
  out: forgiving(z.string()),
  format: forgiving(z.string()),
  depth: forgiving(z.string()),
  quality: forgiving(z.number()),
  folder: forgiving(z.string()),
});

const preferencesSchema = z.object({
  theme: forgiving(z.enum(['dark', 'light', 'system'])),
  output: forgiving(outputSchema),
  latent: forgiving(outputSchema.pick({ out: true, folder: true })),
  decoded: forgiving(outputSchema),
  device: forgiving(z.string()),
  panels: forgiving(
    z.object({
      inspector: forgiving(z.boolean()),
      filmstrip: forgiving(z.boolean()),
      inspectorWidth: forgiving(z.number()),
    }),
  ),
});

/** Longest preferences that a page may store, characters of JSON. */
const longest = 64 * 1024;

export interface PreferencesFile {
  load(): Promise<Preferences>;
  /** @throws HourglassError invalid-parameter, output-not-writable */
  save(preferences: unknown): Promise<void>;
}

/** @param configFolder absolute; created at the first save */
export function preferencesFile(configFolder: string): PreferencesFile {
  const path = join(configFolder, 'preferences.json');
  let writing: Promise<void> = Promise.resolve();
  return {
    async load() {
      try {
        return withoutHoles(preferencesSchema.parse(JSON.parse(await readFile(path, 'utf8'))));
      } catch {
        // Missing at the first start; damaged by something else: start from the defaults.
        return {};
      }
    },
    save(preferences) {
      try {
        refuseDeep(preferences, 'preferences');
      } catch (error) {
        return Promise.reject(error as HourglassError);
      }
      const parsed = preferencesSchema.safeParse(preferences);
      if (!parsed.success)
        return Promise.reject(
          new HourglassError('invalid-parameter', 'Expected an object for preferences.'),
        );
      const text = `${JSON.stringify(withoutHoles(parsed.data), null, 2)}\n`;
      if (text.length > longest)
        return Promise.reject(
          new HourglassError('invalid-parameter', 'The preferences are too long to be kept.'),
        );
      // One after another, in the order asked for: the last one wins.
      const work = writing.then(() => writeWhole(path, text));
      writing = work.catch(() => {});
      return work;
    },
  };
}

/** JSON knows no `undefined`; neither do the types of optional fields that are absent. */
const withoutHoles = (value: unknown): Preferences =>
  JSON.parse(JSON.stringify(value)) as Preferences;

async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new HourglassError(
      'output-not-writable',
      `The preferences can not be saved to ${path}.`,
      {
        cause,
      },
    );
  }
}
