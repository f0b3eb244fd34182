/**
 * Presets of a file that came from another machine or person (`own-file.ts`), written by `presets.ts`. What settings of a
 * workspace say is its own to know; here is what a file must be to be read at all.
 */
import * as z from 'zod';
import { HourglassError } from './errors.ts';
import { readOwnFile } from './own-file.ts';
import { presetSchema, type Preset } from './preferences.ts';
import { longestPresetFile, mostPresets, presetFileKind } from './presets.ts';
import { say } from './sentences.ts';

const contentSchema = z.object({ presets: z.array(presetSchema).max(mostPresets) });

/**
 * @param name of the file, for sentences
 * @throws HourglassError invalid-parameter: it is something else, of a newer version, or not whole
 */
export function presetsFromText(name: string, text: string): readonly Preset[] {
  const hint = say('presetFileHint');
  const refuse = (why: string): HourglassError =>
    new HourglassError('invalid-parameter', say('noPresetFile', { name, why }), { hint });
  const about = { ...presetFileKind, longest: longestPresetFile, refuse };
  return readOwnFile(text, about, contentSchema).presets as readonly Preset[];
}
