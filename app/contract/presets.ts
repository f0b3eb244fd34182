/** Presets without their schemas: limits, and the text of a file of them. What is read from one is checked by `preset-file.ts`. */
import type { Preset } from './preferences.ts';

export const mostPresets = 100;
export const longestPresetName = 60;

export const presetFileVersion = 1;
export const presetFileName = 'hourglass-presets.json';
/** Characters; far more than all presets that can be kept. */
export const longestPresetFile = 200_000;

export const presetFileText = (presets: readonly Preset[]): string =>
  `${JSON.stringify({ hourglass: 'presets', version: presetFileVersion, presets }, null, 2)}\n`;
