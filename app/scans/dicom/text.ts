/** Values of text elements; the parser's own access throws behind the last one. */
import type { DataSet } from 'dicom-parser';

export const partsOf = (dataSet: DataSet, tag: string): string[] =>
  (dataSet.string(tag) ?? '').split('\\').map((part) => part.trim());

/** Decimal strings; null where they are not all there. */
export function numbersOf(dataSet: DataSet, tag: string, count: number): readonly number[] | null {
  const values = partsOf(dataSet, tag).map((part) => (part === '' ? NaN : Number(part)));
  return values.length >= count && values.every(Number.isFinite) ? values.slice(0, count) : null;
}
