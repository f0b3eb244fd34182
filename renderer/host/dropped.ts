/**
 * Files out of a drop, a paste or a folder input. In a browser a dropped folder is walked here; in
 * the window the host walks it, because only it may see paths. What is no photo by its name is left
 * out of *folders*; a file that a person picked by hand is always tried.
 */
import { formatOfName, mayBeOfSeries } from '../../app/contract/formats.ts';

/** A folder deeper than this is a mistake or a loop of links. */
const MAX_DEPTH = 32;

/** True for files of a folder that are worth opening: a picture by name, no junk of the system. */
export const isPhotoName = (name: string): boolean =>
  formatOfName(name) !== null && !name.startsWith('.') && !name.startsWith('~$');

const byName = (a: { name: string }, b: { name: string }): number =>
  a.name.localeCompare(b.name, undefined, { numeric: true });

const entriesOf = async (folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> => {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  // A reader hands out at most a hundred at a time and an empty list at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all.sort(byName);
    all.push(...some);
  }
};

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

/** Where files of folders lay, from what was dropped on. */
const places = new WeakMap<File, string>();

/** The name of a file, after the folders that it came in. */
export const placeOf = (file: File): string =>
  places.get(file) ?? (file.webkitRelativePath || file.name);

/** Archives name images of DICOM without an extension: PS3.10, 7.1 says what they begin with. */
async function isDicom(file: File): Promise<boolean> {
  const mark = new Uint8Array(await file.slice(128, 132).arrayBuffer());
  return String.fromCharCode(...mark) === 'DICM';
}

/** Of files in a folder those that are worth opening, as of `isPhotoName`, and images of DICOM without an extension. */
export async function photosAmong(files: readonly File[]): Promise<File[]> {
  const isMeant = await Promise.all(
    files.map(
      async (file) =>
        isPhotoName(file.name) ||
        (!file.name.startsWith('.') && mayBeOfSeries(file.name) && (await isDicom(file))),
    ),
  );
  return files.filter((_, at) => isMeant[at]);
}

async function walk(entry: FileSystemEntry, folders: readonly string[], found: File[]) {
  if (isFile(entry)) {
    const file = await fileOf(entry);
    places.set(file, [...folders, entry.name].join('/'));
    found.push(...(folders.length === 0 ? [file] : await photosAmong([file])));
  } else if (isFolder(entry) && folders.length < MAX_DEPTH) {
    for (const child of await entriesOf(entry)) await walk(child, [...folders, entry.name], found);
  }
}

/**
 * The files of a drop. Must be called inside the event: the list of items is emptied after it.
 * @param walkFolders true where the page must look into folders itself (browser)
 */
export async function filesOfDrop(transfer: DataTransfer, walkFolders: boolean): Promise<File[]> {
  const plain = [...transfer.files];
  if (!walkFolders) return plain;
  const entries = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  if (!entries.some(isFolder)) return plain;
  const found: File[] = [];
  for (const entry of entries) await walk(entry, [], found);
  return found;
}

/** Pictures from the clipboard, with a name that a person recognises. */
export function filesOfPaste(transfer: DataTransfer): File[] {
  return [...transfer.files]
    .filter((file) => file.type.startsWith('image/') || isPhotoName(file.name))
    .map((file) =>
      file.name === 'image.png' ? new File([file], 'pasted.png', { type: file.type }) : file,
    );
}

/** True when what is dragged over the page are files, not text or a link. */
export const carriesFiles = (transfer: DataTransfer | null): boolean =>
  transfer?.types.includes('Files') ?? false;
