/**
 * What a person has set, remembered between sessions as JSON in the config folder. How such a file is
 * written and read is `pixels/remembered.ts`.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { HourglassError, type Preferences } from '../../contract/index.ts';
import { recall, remember } from '../../pixels/remembered.ts';
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
  return {
    // Missing at the first start, damaged by something else: the defaults.
    load: async () =>
      (await recall(path, (value) => withoutHoles(preferencesSchema.parse(value)))) ?? {},
    async save(preferences) {
      refuseDeep(preferences, 'preferences');
      const parsed = preferencesSchema.safeParse(preferences);
      if (!parsed.success)
        throw new HourglassError('invalid-parameter', 'Expected an object for preferences.');
      const value = withoutHoles(parsed.data);
      if (JSON.stringify(value).length > longest)
        throw new HourglassError('invalid-parameter', 'The preferences are too long to be kept.');
      await remember(path, value).catch((cause: unknown) => {
        throw new HourglassError(
          'output-not-writable',
          `The preferences can not be saved to ${path}.`,
          { cause },
        );
      });
    },
  };
}

/** JSON knows no `undefined`; neither do the types of optional fields that are absent. */
const withoutHoles = (value: unknown): Preferences =>
  JSON.parse(JSON.stringify(value)) as Preferences;
