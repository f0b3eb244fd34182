/** What PS3.6 says of an attribute: its value representation and its keyword. The data is `dictionary-data.ts`. */
import { dictionaryLines } from './dictionary-data.ts';

export interface KnownAttribute {
  /** As in PS3.6; `xs`, `ox`, `lt` where it depends on the object. */
  readonly vr: string;
  readonly keyword: string;
}

let table: ReadonlyMap<number, KnownAttribute> | null = null;

function readTable(): ReadonlyMap<number, KnownAttribute> {
  const found = new Map<number, KnownAttribute>();
  for (const line of dictionaryLines.split('\n'))
    found.set(parseInt(line.slice(0, 8), 16), { vr: line.slice(8, 10), keyword: line.slice(10) });
  return found;
}

export const isPrivate = (tag: number): boolean => ((tag >>> 16) & 1) === 1;

/** Curves (50xx) and overlays (60xx) repeat by their group; any other tag is itself. */
export function withoutRepeat(tag: number): number {
  const family = tag >>> 24;
  const repeats = (family === 0x50 || family === 0x60) && !isPrivate(tag);
  return repeats ? ((family << 24) | (tag & 0xffff)) >>> 0 : tag;
}

/** @returns undefined: not one of PS3.6, or a private one */
export function attributeOf(tag: number): KnownAttribute | undefined {
  table ??= readTable();
  return table.get(withoutRepeat(tag));
}

/** "(0008,0018)" */
export const tagText = (tag: number): string => {
  const hex = tag.toString(16).toUpperCase().padStart(8, '0');
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
};
