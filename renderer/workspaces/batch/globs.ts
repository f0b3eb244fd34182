/** Globs as a person types them in one field: parted by semicolons, for names hold commas and spaces, and braces do. */

export const globsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(';')
      .map((glob) => glob.trim())
      .filter(Boolean),
  ),
];

export const globsText = (globs: readonly string[]): string => globs.join('; ');
