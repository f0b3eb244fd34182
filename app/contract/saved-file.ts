/** What a page saves for its person as a file of ours, beside pictures: what each kind must be. */
import { diagnosticsSchema } from './diagnostics.ts';
import { presetsFromText } from './preset-file.ts';
import { longestPresetFile, presetFileText } from './presets.ts';
import { longestSettingsFile, savedFileNames, type SavedFileKind } from './saved-names.ts';
import { settingsFileText, settingsFromText } from './settings-file.ts';

interface SavedFile {
  readonly name: string;
  /** Characters. */
  readonly longest: number;
  /** What a text of a page holds of such a file, and nothing else. @throws HourglassError invalid-parameter */
  readonly only: (text: string) => string;
}

export const savedFiles = {
  presets: {
    name: savedFileNames.presets,
    longest: longestPresetFile,
    only: (text) => presetFileText(presetsFromText(savedFileNames.presets, text)),
  },
  settings: {
    name: savedFileNames.settings,
    longest: longestSettingsFile,
    only: (text) => settingsFileText(settingsFromText(savedFileNames.settings, text).settings),
  },
  diagnostics: {
    name: savedFileNames.diagnostics,
    longest: 100_000,
    only: (text) => `${JSON.stringify(diagnosticsSchema.parse(JSON.parse(text)), null, 2)}\n`,
  },
} as const satisfies Readonly<Record<SavedFileKind, SavedFile>>;

export const savedFileKinds = Object.keys(savedFiles) as readonly SavedFileKind[];
