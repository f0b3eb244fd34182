/** Presets without their schemas: limits, and the text of a file of them. What is read from one is checked by `preset-file.ts`. */
import { ownFileText } from './own-file-text.ts';
import type { Preset } from './preferences.ts';

export const mostPresets = 100;
export const longestPresetName = 60;

export const presetFileKind = { mark: 'presets', version: 1 } as const;
/** Characters; far more than all presets that can be kept. */
export const longestPresetFile = 200_000;

export const presetFileText = (presets: readonly Preset[]): string =>
  ownFileText(presetFileKind, { presets });
