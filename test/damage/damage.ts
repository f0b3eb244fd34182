/**
 * `npm run damage [-- FOLDER…] [--honest 2000] [--drawings 20] [--only NAME] [--write]`
 *
 * Opens honest files (of the data pack, of this system's documentation and icons, of the folders named), which must all
 * be read, and damages files of every encoding, which must be refused; the table says how often they were. Ends with 1
 * where an honest file is refused, or a damage is read that a format has means to tell. `--write` puts the table into the manual.
 */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { toHourglassError } from '../../app/contract/index.ts';
import { decodeImage } from '../../app/pixels/index.ts';
import { dataPack } from '../data.ts';
import { writeIntoManual } from '../manual.ts';
import { decodeByCodec } from './codecs.ts';
import {
  codecOf,
  damages,
  drawing,
  encoded,
  encodingNames,
  endOf,
  type Encoding,
} from './damages.ts';
import { untold } from './untold.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    honest: { type: 'string', default: '2000' },
    only: { type: 'string', default: '' },
    drawings: { type: 'string', default: '20' },
    write: { type: 'boolean', default: false },
  },
});

const outcomeOf = (path: string, codec: ReturnType<typeof codecOf> = null): Promise<string> =>
  (codec ? decodeByCodec(path, codec) : decodeImage({ path })).then(
    () => 'read',
    (error: unknown) => {
      const { code, message } = toHourglassError(error);
      return code === 'damaged-image' ? 'refused' : `${code}: ${message}`;
    },
  );

const honestProblems = await tryHonest(Number(values.honest));
const readProblems = await tryDamages(Number(values.drawings));
process.exitCode = honestProblems + readProblems > 0 ? 1 : 0;

/** Files that say to be pictures, those of rare endings first. Broken ones are kept in folders of that name. */
function honestFiles(): string[] {
  const folders = [
    ...positionals,
    ...(dataPack ? [dataPack] : []),
    '/usr/share/doc',
    '/usr/share/icons',
    '/usr/share/pixmaps',
  ];
  const found = folders.flatMap((folder) => {
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(jpe?g|tiff?|webp|avif|gif|png)$/i.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name));
    } catch {
      return [];
    }
  });
  const isPng = (path: string): number => (/\.png$/i.test(path) ? 1 : 0);
  return [...new Set(found)]
    .filter((path) => !/\/(hostile|odd-valid)\//.test(path))
    .sort((a, b) => isPng(a) - isPng(b) || (a < b ? -1 : 1));
}

/** What a decoder that is told to take whatever it can says: what even it refuses is not honest. */
function isReadable(path: string): Promise<boolean> {
  return sharp(path, { failOn: 'error', limitInputPixels: 4e8 })
    .raw()
    .toBuffer()
    .then(
      () => true,
      () => false,
    );
}

async function tryHonest(most: number): Promise<number> {
  const tally = new Map<string, number>();
  let tried = 0;
  let problems = 0;
  for (const path of honestFiles()) {
    if (tried === most) break;
    if (statSync(path).size === 0 || !(await isReadable(path))) continue;
    tried += 1;
    const outcome = await outcomeOf(path);
    const kind = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
    tally.set(kind, (tally.get(kind) ?? 0) + 1);
    if (outcome === 'read' || outcome.startsWith('unsupported-image')) continue;
    problems += 1;
    console.log(`  ${path}: ${outcome}`);
  }
  const kinds = [...tally].map(([kind, count]) => `${count} ${kind}`).join(', ');
  console.log(`${tried} honest files (${kinds}): ${problems} not read\n`);
  return problems;
}

async function tryDamages(drawings: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-damage-'));
  let problems = 0;
  try {
    const lines: string[] = [];
    const line = (text: string): void => {
      lines.push(text);
      console.log(text);
    };
    line(`Refused of ${drawings} pictures each; with a star: the format can not tell.`);
    line('');
    line(`| encoding | ${Object.keys(damages).join(' | ')} |`);
    line(`| --- |${' ---: |'.repeat(Object.keys(damages).length)}`);
    for (const encoding of encodingNames.filter((name) => name.includes(values.only))) {
      const cells: string[] = [];
      for (const name of Object.keys(damages)) {
        const refused = await refusals(folder, encoding, name, drawings);
        const mayBeRead = untold(encoding, name);
        if (refused < drawings && !mayBeRead) problems += 1;
        cells.push(`${refused}${mayBeRead ? ' ★' : ''}`);
      }
      line(`| ${encoding} | ${cells.join(' | ')} |`);
    }
    if (values.write) await writeIntoManual('damaged-files.md', 'damage', lines.join('\n'));
  } finally {
    rmSync(folder, { recursive: true });
  }
  return problems;
}

async function refusals(
  folder: string,
  encoding: Encoding,
  name: string,
  drawings: number,
): Promise<number> {
  const path = join(folder, 'file');
  let refused = 0;
  for (let seed = 1; seed <= drawings; seed++) {
    const whole = await encoded(encoding, drawing(seed));
    writeFileSync(path, damages[name]!(whole, endOf(encoding)));
    const outcome = await outcomeOf(path, codecOf(encoding));
    if (outcome === 'refused') refused += 1;
    else if (outcome !== 'read') console.log(`  ${encoding}, ${name}: ${outcome}`);
  }
  return refused;
}
