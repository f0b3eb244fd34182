/**
 * Presets of a file that came from another machine or person: JSON with a mark and a version, written by `presets.ts`. What settings of a
 * workspace say is its own to know; here is what a file must be to be read at all.
 */
import * as z from 'zod';
import { HourglassError } from './errors.ts';
import { presetSchema, type Preset } from './preferences.ts';
import { longestPresetFile, mostPresets, presetFileVersion } from './presets.ts';
import { say } from './sentences.ts';

const fileSchema = z.object({
  hourglass: z.literal('presets'),
  version: z.number().int().min(1),
  presets: z.array(presetSchema).max(mostPresets),
});

/**
 * @param name of the file, for sentences
 * @throws HourglassError invalid-parameter: it is something else, of a newer version, or not whole
 */
export function presetsFromText(name: string, text: string): readonly Preset[] {
  const hint = say('presetFileHint');
  const refuse = (why: string): HourglassError =>
    new HourglassError('invalid-parameter', say('noPresetFile', { name, why }), { hint });
  if (text.length > longestPresetFile) throw refuse(say('presetFileTooLong'));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse(say('presetFileNotJson'));
  }
  const { hourglass, version: of } = (value ?? {}) as { hourglass?: unknown; version?: unknown };
  if (hourglass !== 'presets') throw refuse(say('presetFileNoMark'));
  if (typeof of === 'number' && of > presetFileVersion)
    throw refuse(say('presetFileNewer', { version: of }));
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue!.path.map(String).join('.') || 'presets';
    throw refuse(say('presetFileField', { at }));
  }
  return parsed.data.presets as readonly Preset[];
}
