/**
 * Files out of a drop, a paste or a folder input. In a browser a dropped folder is walked here; in
 * the window the host walks it, because only it may see paths. What is no photo by its name is left
 * out of *folders*; a file that a person picked by hand is always tried.
 */
import { formatOfName } from '../../app/contract/formats.ts';

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

async function walk(entry: FileSystemEntry, depth: number, found: File[]): Promise<void> {
  if (isFile(entry)) {
    if (depth === 0 || isPhotoName(entry.name)) found.push(await fileOf(entry));
  } else if (isFolder(entry) && depth < MAX_DEPTH) {
    for (const child of await entriesOf(entry)) await walk(child, depth + 1, found);
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
  for (const entry of entries) await walk(entry, 0, found);
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
