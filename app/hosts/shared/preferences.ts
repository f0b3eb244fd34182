/**
 * What a person has set, remembered between sessions as JSON in the config folder. How such a file is
 * written and read is `pixels/remembered.ts`.
 */
import { HourglassError, preferencesSchema, type Preferences } from '../../contract/index.ts';
import { recall, remember } from '../../pixels/remembered.ts';
import { refuseDeep } from './json.ts';
import { preferencesPath } from './paths.ts';
import { say } from './sentences.ts';

/** Longest preferences that a page may store, characters of JSON. */
const longest = 64 * 1024;

export interface PreferencesFile {
  load(): Promise<Preferences>;
  /** @throws HourglassError invalid-parameter, output-not-writable */
  save(preferences: unknown): Promise<void>;
}

/** @param configFolder absolute; created at the first save */
export function preferencesFile(configFolder: string): PreferencesFile {
  const path = preferencesPath(configFolder);
  return {
    // Missing at the first start, damaged by something else: the defaults.
    load: async () =>
      (await recall(path, (value) => withoutHoles(preferencesSchema.parse(value)))) ?? {},
    async save(preferences) {
      refuseDeep(preferences, 'preferences');
      const parsed = preferencesSchema.safeParse(preferences);
      if (!parsed.success)
        throw new HourglassError('invalid-parameter', say('expectedObjectForPreferences'));
      const value = withoutHoles(parsed.data);
      if (JSON.stringify(value).length > longest)
        throw new HourglassError('invalid-parameter', say('preferencesTooLongToKept'));
      await remember(path, value).catch((cause: unknown) => {
        throw new HourglassError('output-not-writable', say('preferencesCanNotSavedTo', { path }), {
          cause,
        });
      });
    },
  };
}

/** JSON knows no `undefined`; neither do the types of optional fields that are absent. */
const withoutHoles = (value: unknown): Preferences =>
  JSON.parse(JSON.stringify(value)) as Preferences;
