/**
 * Settings as text on the clipboard: JSON with a mark of their kind, readable by a person and by another
 * Hourglass. Which values a kind has and takes belongs to its own file.
 */

/** @param mark what the text says that it holds */
export const clipboardText = (mark: string, settings: object): string =>
  JSON.stringify({ kind: mark, ...settings });

/** The values of a text with this mark, not checked; null when it is something else. */
export function clipboardValues(mark: string, text: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return null;
    const values = parsed as Record<string, unknown>;
    return values.kind === mark ? values : null;
  } catch {
    return null;
  }
}

/** True for a number from `low` to `high`, both included. */
export const within = (value: unknown, low: number, high: number): value is number =>
  typeof value === 'number' && value >= low && value <= high;
