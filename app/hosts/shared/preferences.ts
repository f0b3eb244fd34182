/**
 * What a person has set, remembered between sessions as JSON in the config folder. How such a file is
 * written and read is `pixels/remembered.ts`.
 */
import { join } from 'node:path';
import { HourglassError, preferencesSchema, type Preferences } from '../../contract/index.ts';
import { recall, remember } from '../../pixels/remembered.ts';
import { refuseDeep } from './json.ts';

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
