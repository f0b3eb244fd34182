/** What `info` prints of scans for people: facts, then every tag, items of sequences indented as PS3.3 does. */
import type { ScanInfo, TagModel, TagValue } from '../../contract/info.ts';
import { printable } from '../shared/printable.ts';
import { say } from './sentences.ts';
import { headings, table } from './columns.ts';
import { sizeWords } from './words.ts';

/** Characters of a value: what fits beside tag and keyword on a wide terminal. */
const MOST_SHOWN = 80;

export function scanInfoWords(info: ScanInfo): string {
  const { source, bytes, facts, dataSet, series = [], notices } = info;
  return [
    `${printable(source)}\n`,
    table([
      [`  ${say('size')}`, sizeWords(bytes)],
      ...facts.map(({ name, value }) => [`  ${name}`, value]),
    ]),
    ...notices.map(({ text }) => `  ${printable(text)}\n`),
    ...(dataSet ? [tagTable(dataSet as TagModel)] : []),
    ...series.map(
      (one, at) =>
        `\n${say('seriesOf', { at: at + 1, files: one.files.length })}\n` +
        table([
          [`  ${say('firstSlice')}`, one.files[0] ?? ''],
          ...one.facts.map(({ name, value }) => [`  ${name}`, value]),
        ]) +
        tagTable(one.dataSet as TagModel, new Set(one.differing)),
    ),
  ].join('');
}

/** @param differing tags whose value is that of the first slice alone */
function tagTable(model: TagModel, differing: ReadonlySet<string> = new Set()): string {
  const rows: string[][] = [];
  const list = (level: TagModel, depth: number): void => {
    // Keys that look like numbers come first in an object.
    for (const [tag, value] of Object.entries(level).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const indent = '>'.repeat(depth);
      const isOfFirst = depth === 0 && differing.has(tag);
      const shown = isOfFirst ? say('andOthers', { value: shownValue(value) }) : shownValue(value);
      rows.push([
        `${indent}(${tag.slice(0, 4)},${tag.slice(4)})`,
        value.vr,
        value.name ?? '',
        shown,
      ]);
      if (value.vr !== 'SQ') continue;
      for (const [at, item] of (value.Value ?? []).entries()) {
        rows.push([`${indent}>`, '', say('item', { at: at + 1 }), '']);
        list(item as TagModel, depth + 1);
      }
    }
  };
  list(model, 0);
  return table([headings(say('tagColumns')), ...rows]);
}

function shownValue({ vr, bytes, Value = [], InlineBinary }: TagValue): string {
  if (vr === 'SQ') return say('items', { count: Value.length });
  const text = InlineBinary
    ? Buffer.from(InlineBinary, 'base64').toString('hex')
    : Value.map(partText).join('\\');
  const cut = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)} …` : text;
  if (bytes === undefined) return cut;
  const size = say('bytes', { count: bytes });
  return cut === '' ? size : `${cut} (${size})`;
}

const partText = (part: unknown): string =>
  part === null
    ? ''
    : typeof part === 'object'
      ? Object.values(part as Readonly<Record<string, string | undefined>>)
          .join('=')
          .replace(/=+$/, '')
      : String(part as string | number);
