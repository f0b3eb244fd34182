/**
 * A DICOMDIR (PS3.3, annex F; PS3.10, 8): which files belong to the set that lies beside it. Its names are those of ISO 9660, which file
 * systems give back in other cases and with versions behind them. Nothing outside of its folder is ever named.
 */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { DataSet } from 'dicom-parser';
import { throwIfCancelled } from '../../contract/index.ts';
import { parseDicom, tags } from './file.ts';
import { readWhole } from './read-whole.ts';

const MEDIA_DIRECTORY = '1.2.840.10008.1.3.10';
/** Those of a full disc of single slices are a tenth of it. */
const MOST_BYTES = 256e6;
/** PS3.10, 8.2: at most eight components. */
const MOST_COMPONENTS = 8;

export interface FileSet {
  /** Absolute paths of what is there, in the order of the records, each once. */
  readonly files: readonly string[];
  /** As the records name them, with slashes: not there, or not inside of the folder. */
  readonly missing: readonly string[];
}

/**
 * @param path of the DICOMDIR
 * @param beside where files lie that came with it one by one, by their places from its folder on, with slashes; absent: they lie there
 * @returns null: it is none, whatever it is called
 * @throws HourglassError damaged-image, image-too-large, cancelled; what the file system says
 */
export async function fileSetOf(
  path: string,
  signal: AbortSignal,
  beside?: ReadonlyMap<string, string>,
): Promise<FileSet | null> {
  const name = basename(path);
  const { dataSet } = parseDicom(await readWhole(path, MOST_BYTES), name);
  if (dataSet.string(tags.mediaStorageClass) !== MEDIA_DIRECTORY) return null;
  const handed = beside && findAmong(beside);
  const folder = await realpath(dirname(path));
  const names = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const files = new Set<string>();
  const missing = new Set<string>();
  for (const components of referencedFiles(dataSet)) {
    throwIfCancelled(signal);
    const found = handed ? handed(components) : await findBeside(folder, components, names);
    if (found === null) missing.add(components.join('/'));
    else files.add(found);
  }
  return { files: [...files], missing: [...missing] };
}

/** Of records in use, reached from the root: a record is passed once, so that a ring of them ends. */
function referencedFiles(dataSet: DataSet): readonly (readonly string[])[] {
  const records = new Map<number, DataSet>();
  for (const item of dataSet.elements['x00041220']?.items ?? [])
    if (item.dataSet) records.set(item.dataOffset - 8, item.dataSet);
  const found: (readonly string[])[] = [];
  const passed = new Set<number>();
  // Depth first, as the records are meant to be read: what is below a record comes before what follows it.
  const waiting = [dataSet.uint32('x00041200') ?? 0];
  while (waiting.length > 0) {
    const at = waiting.pop()!;
    const record = records.get(at);
    if (!record || passed.has(at)) continue;
    passed.add(at);
    waiting.push(record.uint32('x00041400') ?? 0);
    // Inactive ones are 0 (PS3.3, F.3.2.2); so is what lies below them.
    if (record.uint16('x00041410') === 0) continue;
    waiting.push(record.uint32('x00041420') ?? 0);
    const id = record.string('x00041500');
    if (id) found.push(id.split('\\').map((part) => part.trim()));
  }
  return found;
}

/** What a component may not be: another folder than it seems. */
const isUnsafe = (part: string): boolean =>
  part === '' || part === '.' || part === '..' || /[/\\:\0]/.test(part);

/** `IM0001`, `im0001`, `IM0001.;1` are one. */
const plain = (name: string): string => name.toLowerCase().replace(/\.?(;\d+)?$/, '');

/** Finds files that were handed over with their places; where no folder came with any, by their names, if there is one alone of it. */
function findAmong(
  beside: ReadonlyMap<string, string>,
): (components: readonly string[]) => string | null {
  const places = [...beside.keys()];
  const isFlat = places.every((place) => !place.includes('/'));
  const keyOf = (parts: readonly string[]): string => parts.map(plain).join('/');
  const byKey = new Map<string, string | null>();
  for (const place of places) {
    const key = keyOf(place.split('/'));
    byKey.set(key, byKey.has(key) ? null : beside.get(place)!);
  }
  return (components) =>
    beside.get(components.join('/')) ??
    byKey.get(keyOf(isFlat ? components.slice(-1) : components)) ??
    null;
}

async function findBeside(
  folder: string,
  components: readonly string[],
  names: Map<string, Promise<ReadonlyMap<string, string>>>,
): Promise<string | null> {
  if (components.length > MOST_COMPONENTS || components.some(isUnsafe)) return null;
  let here = folder;
  for (const part of components) {
    let listed = names.get(here);
    if (!listed) names.set(here, (listed = namesIn(here)));
    const there = await listed;
    const name = there.get(part) ?? there.get(plain(part));
    if (name === undefined) return null;
    here = join(here, name);
  }
  const real = await realpath(here).catch(() => null);
  const facts = await stat(here).catch(() => null);
  // A link that leads out of the folder.
  const isInside = real !== null && real.startsWith(folder.endsWith(sep) ? folder : folder + sep);
  return isInside && facts?.isFile() ? here : null;
}

/** By themselves, and as they are without their case and version; exact names win. */
async function namesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = await readdir(folder).catch(() => [] as string[]);
  return new Map([
    ...found.map((name) => [plain(name), name] as const),
    ...found.map((name) => [name, name] as const),
  ]);
}
