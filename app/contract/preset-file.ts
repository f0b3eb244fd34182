/**
 * Presets as a file, to take them to another machine or person: JSON with a mark and a version. What settings of a
 * workspace say is its own to know; here is what a file must be to be read at all.
 */
import * as z from 'zod';
import { HourglassError } from './errors.ts';
import { mostPresets, presetSchema, type Preset } from './preferences.ts';
import { say } from './sentences.ts';

const version = 1;
export const presetFileName = 'hourglass-presets.json';
/** Characters; far more than all presets that can be kept. */
export const longestPresetFile = 200_000;

const fileSchema = z.object({
  hourglass: z.literal('presets'),
  version: z.number().int().min(1),
  presets: z.array(presetSchema).max(mostPresets),
});

export const presetFileText = (presets: readonly Preset[]): string =>
  `${JSON.stringify({ hourglass: 'presets', version, presets }, null, 2)}\n`;

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
  if (typeof of === 'number' && of > version) throw refuse(say('presetFileNewer', { version: of }));
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue!.path.map(String).join('.') || 'presets';
    throw refuse(say('presetFileField', { at }));
  }
  return parsed.data.presets as readonly Preset[];
}
