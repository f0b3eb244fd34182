/**
 * What becomes of damaged files: the table in docs/manual/damaged-files.md. Files of a few drawings in every encoding, each with every damage, opened as
 * the program opens them and compared with the whole file.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHourglassError } from '../../app/contract/index.ts';
import { decodeImage } from '../../app/pixels/index.ts';
import { decodeByCodec } from './codecs.ts';
import { codecOf, damages, drawing, encoded, encodingNames, endOf, type Encoding } from './damages.ts'; // prettier-ignore
import { untold } from './untold.ts';

/** Of each; more change the numbers of what a format can not tell, and no refusal that was seen. */
export const DRAWINGS = 20;

/** How often: the code of a refusal, `unchanged` (opened, every value as in the whole file) or `not told` (opened, other values). */
export type Tally = ReadonlyMap<string, number>;

/** Of the manual: every damaged file is refused so. */
const EXPECTED = 'damaged-image';

export interface DamageTable {
  /** Markdown. */
  readonly text: string;
  /** Cells in which something was opened that the format has means to tell, or was refused as something else. */
  readonly problems: readonly string[];
}

/** @param told hears each line as soon as it is made */
export async function damageTable(
  { drawings = DRAWINGS, only = '' }: { readonly drawings?: number; readonly only?: string },
  told: (line: string) => void = () => undefined,
): Promise<DamageTable> {
  const names = Object.keys(damages);
  const lines: string[] = [];
  const problems: string[] = [];
  const line = (text: string): void => {
    lines.push(text);
    told(text);
  };
  line(
    `What becomes of ${drawings} pictures each. _refused_: as damaged; another code is named. _unchanged_: opened, every value is that of the whole file. _not told_: opened with other values. ★: the format has no means to tell, so that any of these may come.`,
  );
  line('');
  line(`| encoding | ${names.join(' | ')} |`);
  line(`| --- |${' --- |'.repeat(names.length)}`);
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-damage-'));
  try {
    for (const encoding of encodingNames.filter((name) => name.includes(only))) {
      const tallies = await talliesOf(encoding, drawings, join(folder, 'file'));
      const cells = names.map((name) => {
        const tally = tallies.get(name)!;
        const canNotTell = untold(encoding, name);
        if (tally.get(EXPECTED) !== drawings && !canNotTell)
          problems.push(`${encoding}, ${name}: ${inWords(tally)}`);
        return `${inWords(tally)}${canNotTell ? ' ★' : ''}`;
      });
      line(`| ${encoding} | ${cells.join(' | ')} |`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { text: lines.join('\n'), problems };
}

/** By damage. */
export async function talliesOf(
  encoding: Encoding,
  drawings: number,
  path: string,
): Promise<Map<string, Tally>> {
  const tallies = new Map(
    Object.keys(damages).map((name) => [name, new Map<string, number>()] as const),
  );
  for (let seed = 1; seed <= drawings; seed++) {
    const whole = await encoded(encoding, drawing(seed));
    writeFileSync(path, whole);
    const values = await valuesOf(encoding, path);
    for (const [name, tally] of tallies) {
      writeFileSync(path, damages[name]!(whole, endOf(encoding)));
      const outcome = await outcomeOf(encoding, path, values);
      tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
    }
  }
  return tallies;
}

async function valuesOf(encoding: Encoding, path: string): Promise<Buffer> {
  const codec = codecOf(encoding);
  const data = codec ? await decodeByCodec(path, codec) : (await decodeImage({ path })).raster.data;
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

const outcomeOf = (encoding: Encoding, path: string, whole: Buffer): Promise<string> =>
  valuesOf(encoding, path).then(
    (values) => (values.equals(whole) ? 'unchanged' : 'not told'),
    (error: unknown) => toHourglassError(error).code,
  );

const opened = ['unchanged', 'not told'];
const named = (outcome: string): string =>
  opened.includes(outcome) ? outcome : outcome === EXPECTED ? 'refused' : `refused (${outcome})`;

/** "refused", where all were as they should be; else how many of what: "18 refused, 2 not told". */
function inWords(tally: Tally): string {
  const kinds = [...tally].sort(([one], [other]) => opened.indexOf(one) - opened.indexOf(other));
  return kinds.length === 1
    ? named(kinds[0]![0])
    : kinds.map(([outcome, count]) => `${count} ${named(outcome)}`).join(', ');
}

/** Whether all that came is what the table's cell says. */
export function isAsSaid(cell: string, tally: Tally): boolean {
  const said = cell.replace(' ★', '').split(', ').map((part) => part.replace(/^\d+ /, '')); // prettier-ignore
  return [...tally.keys()].every((outcome) => said.includes(named(outcome)));
}
