/**
 * `npm run damage [-- FOLDER…] [--honest 2000] [--drawings 20] [--only NAME] [--write | --check]`
 *
 * Opens honest files (of the data pack, of this system's documentation and icons, of the folders named), which must all
 * be read, and damages files of every encoding, which must be refused; the table (`table.ts`) says what became of them. Formats of which there
 * was no honest file are named. Ends with 1 where an honest file is refused, or a damage is read that a format has means to tell.
 * `--write` puts the table into the manual, `--check` ends with 1 where another one stands there.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { formatOfName, formats, imageFormats, labelOf, toHourglassError, type ImageFormat } from '../../app/contract/index.ts'; // prettier-ignore
import { decodeImage } from '../../app/pixels/index.ts';
import { dataPack } from '../data.ts';
import { isInManual, writeIntoManual } from '../manual.ts';
import { DRAWINGS, damageTable } from './table.ts';

const [PAGE, TABLE] = ['damaged-files.md', 'damage'] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    honest: { type: 'string', default: '2000' },
    only: { type: 'string', default: '' },
    drawings: { type: 'string', default: String(DRAWINGS) },
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
});

const outcomeOf = (path: string): Promise<string> =>
  decodeImage({ path }).then(
    () => 'read',
    (error: unknown) => {
      const { code, message } = toHourglassError(error);
      return `${code}: ${message}`;
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

/** @returns how many cells are not as they should be, and a page that is not fresh */
async function tryDamages(drawings: number): Promise<number> {
  const isWhole = values.only === '' && drawings === DRAWINGS;
  if (!isWhole && (values.write || values.check))
    throw new Error(`The manual has all encodings, with ${DRAWINGS} drawings each.`);
  const { text, problems } = await damageTable({ drawings, only: values.only }, console.log);
  for (const problem of problems) console.log(`  ${problem}`);
  if (values.write) await writeIntoManual(PAGE, TABLE, text);
  const isStale = values.check && !(await isInManual(PAGE, TABLE, text));
  if (isStale) console.log(`docs/manual/${PAGE} says otherwise: npm run damage -- --write`);
  return problems.length + (isStale ? 1 : 0);
}
