/**
 * A person's settings as a file, to take them to another machine (`own-file.ts`): what preferences know by name, presets among them, and
 * nothing else, so that no token and no place of this machine can be in it. What photos were given (`photo-settings.ts`) stays.
 */
import * as z from 'zod';
import { HourglassError } from './errors.ts';
import { readOwnFile } from './own-file.ts';
import { ownFileText } from './own-file-text.ts';
import { placeIds } from './places.ts';
import { preferencesSchema, type Preferences } from './preferences.ts';
import { longestSettingsFile } from './saved-names.ts';
import { say } from './sentences.ts';

const kind = { mark: 'settings', version: 1 } as const;

const contentSchema = z.object({ settings: z.record(z.string(), z.unknown()) });

/** Without the folders that results go to and the archive that is sent to: they are of this place, and say whose it is. */
function portable(preferences: Preferences): Preferences {
  const kept: Record<string, unknown> = { ...preferences };
  delete kept.archive;
  for (const id of placeIds) {
    if (!preferences[id]) continue;
    const place = { ...preferences[id] };
    delete place.folder;
    kept[id] = place;
  }
  return kept;
}

/** @param preferences what they do not know by name is left out */
export const settingsFileText = (preferences: unknown): string =>
  ownFileText(kind, { settings: portable(preferencesSchema.parse(preferences)) });

export interface SettingsOfFile {
  readonly settings: Preferences;
  /** Names of what the file has and nobody here knows, or what has a value that it can not have: `theme`, `output.quality`. */
  readonly left: readonly string[];
}

/**
 * @param name of the file, for sentences
 * @throws HourglassError invalid-parameter: it is something else, of a newer version, or not whole
 */
export function settingsFromText(name: string, text: string): SettingsOfFile {
  const refuse = (why: string): HourglassError =>
    new HourglassError('invalid-parameter', say('noSettingsFile', { name, why }), {
      hint: say('settingsFileHint'),
    });
  const about = { ...kind, longest: longestSettingsFile, refuse };
  const { settings: given } = readOwnFile(text, about, contentSchema);
  const settings = portable(preferencesSchema.parse(given));
  return { settings, left: missing(given, settings) };
}

/** Names of what is in the one and not in the other. */
function missing(given: Readonly<Record<string, unknown>>, kept: object): string[] {
  return Object.entries(given).flatMap(([key, value]) => {
    const other: unknown = Object.hasOwn(kept, key) ? kept[key as never] : undefined;
    if (other === undefined) return [key];
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isGroup || typeof other !== 'object' || other === null) return [];
    return missing(value as Record<string, unknown>, other).map((name) => `${key}.${name}`);
  });
}
