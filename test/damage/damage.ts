/**
 * `npm run damage [-- FOLDER…] [--honest 2000] [--drawings 20] [--only NAME] [--write]`
 *
 * Opens honest files (of the data pack, of this system's documentation and icons, of the folders named), which must all
 * be read, and damages files of every encoding, which must be refused; the table says how often they were. Formats of which there
 * was no honest file are named. Ends with 1
 * where an honest file is refused, or a damage is read that a format has means to tell. `--write` puts the table into the manual.
 */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { formatOfName, formats, imageFormats, labelOf, toHourglassError, type ImageFormat } from '../../app/contract/index.ts'; // prettier-ignore
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

/** Those that libvips reads. */
const honestFormats = imageFormats.filter((format) => formats[format].reader === 'libvips');

const honestProblems = await tryHonest(Number(values.honest));
const readProblems = await tryDamages(Number(values.drawings));
process.exitCode = honestProblems + readProblems > 0 ? 1 : 0;

/** Files that say to be pictures, those of rare endings first. Broken ones are kept in folders of that name, or say so by their own. */
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
        .filter(({ name }) => honestFormats.includes(formatOfName(name)!))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
    } catch {
      return [];
    }
  });
  const isPng = (path: string): number => (/\.png$/i.test(path) ? 1 : 0);
  return [...new Set(found)]
    .filter((path) => !/\/hostile\/|\/(truncated|corrupt)[^/]*$/.test(path))
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
  const tally = new Map(honestFormats.map((format) => [format, 0]));
  let [tried, refused, problems] = [0, 0, 0];
  for (const path of honestFiles()) {
    if (tried === most) break;
    if (statSync(path).size === 0 || !(await isReadable(path))) continue;
    tried += 1;
    const outcome = await outcomeOf(path);
    const format = formatOfName(path)!;
    tally.set(format, tally.get(format)! + 1);
    if (outcome === 'read') continue;
    if (outcome.startsWith('unsupported-image')) refused += 1;
    else problems += 1;
    console.log(`  ${path}: ${outcome}`);
  }
  const isTried = (format: ImageFormat): boolean => tally.get(format)! > 0;
  const kinds = honestFormats.filter(isTried).map((one) => `${tally.get(one)!} ${labelOf(one)}`);
  const missing = honestFormats.filter((format) => !isTried(format)).map(labelOf);
  console.log(
    `${tried} honest files (${kinds.join(', ')}; ${refused} of a kind that is refused by name): ${problems} not read`,
  );
  if (tried < most) console.log(`  ${most} were asked for: there are no more of them here.`);
  if (missing.length > 0)
    console.log(`  Nothing was tried of ${missing.join(', ')}: name folders that hold such files.`);
  console.log('');
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
