/** Files of ours that a page saves for its person, by kind: how they are called. What each must be is `saved-file.ts`. */
export const savedFileNames = {
  presets: 'hourglass-presets.json',
  settings: 'hourglass-settings.json',
  diagnostics: 'hourglass-diagnostics.json',
} as const;

/** Characters; more than all settings with all presets that can be kept. */
export const longestSettingsFile = 300_000;

export type SavedFileKind = keyof typeof savedFileNames;
