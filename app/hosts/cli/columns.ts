/** Columns for a terminal. */
import { printable } from '../shared/printable.ts';

/** Of columns, in a row as a catalogue has them: `DEVICE | NAME`. */
export const headings = (row: string): readonly string[] => row.split(' | ');

/** Rows with columns of equal width, two blanks between; the last column is left as it is. */
export function table(given: readonly (readonly string[])[]): string {
  const rows = given.map((row) => row.map(printable));
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((cell, column) => Math.max(known[column] ?? 0, cell.length)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
