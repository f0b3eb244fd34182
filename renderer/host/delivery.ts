/**
 * Where a browser takes the results of a run together: a folder that the person picks (File System Access,
 * https://wicg.github.io/file-system-access/), else one ZIP, which the host makes while it is downloaded.
 */
import { cancelledError, HourglassError } from '../../app/contract/errors.ts';
import { uniqueName, type Delivery } from '../../app/contract/index.ts';
import { say } from './sentences.ts';

type Picker = (options: {
  readonly id: string;
  readonly mode: 'readwrite';
  readonly startIn: 'pictures';
}) => Promise<FileSystemDirectoryHandle>;

export interface DeliveryHost {
  /** A finished export. @throws HourglassError */
  fetchOutput(output: string, signal: AbortSignal): Promise<Response>;
  /** Begins the download of one ZIP. @throws HourglassError */
  archive(outputs: readonly string[]): Promise<void>;
}

export function createDeliveries(
  host: DeliveryHost,
  page: { readonly showDirectoryPicker?: Picker } = globalThis as never,
): () => Promise<Delivery | null> {
  let asking = false;
  const put: Put[] = [];
  return async () => {
    if (!page.showDirectoryPicker) return intoZip(host);
    // One question at a time: the browser refuses a second one, which is no reason for a ZIP.
    if (asking) return null;
    asking = true;
    try {
      const options = { id: 'exports', mode: 'readwrite', startIn: 'pictures' } as const;
      return intoFolder(host, await page.showDirectoryPicker(options), put);
    } catch (error) {
      // Left by the person; all else is a browser that forbids it, by its owner's policy for example.
      if (isNamed(error, 'AbortError')) return null;
      return intoZip(host);
    } finally {
      asking = false;
    }
  };
}

function intoZip(host: DeliveryHost): Delivery {
  const outputs: string[] = [];
  return {
    folder: null,
    take: (output, name) => {
      outputs.push(output);
      return Promise.resolve(name);
    },
    // Also after a cancel: what was finished is the person's.
    end: async () => {
      if (outputs.length > 0) await host.archive(outputs);
    },
  };
}

/** A file that was put into a folder, as it was then. */
interface Put {
  readonly folder: FileSystemDirectoryHandle;
  readonly name: string;
  readonly of: string;
  readonly size: number;
  readonly changed: number;
}

function intoFolder(host: DeliveryHost, folder: FileSystemDirectoryHandle, put: Put[]): Delivery {
  const taken = new Set<string>();
  return {
    folder: folder.name,
    async take(output, name, signal, of) {
      const response = await host.fetchOutput(output, signal);
      try {
        const own = of === undefined ? [] : put.filter((one) => one.of === of);
        const free = await freeName(folder, name, taken, own);
        await write(folder, free, response, signal);
        if (of !== undefined) put.push(await putOf(folder, free, of));
        return free;
      } catch (cause) {
        if (signal.aborted) throw cancelledError();
        throw new HourglassError(
          'output-not-writable',
          say('notWrittenIntoFolder', { name, folder: folder.name }),
          { hint: say('checkFolderAndRoom'), cause },
        );
      }
    },
    end: () => Promise.resolve(),
  };
}

async function putOf(folder: FileSystemDirectoryHandle, name: string, of: string): Promise<Put> {
  const { size, lastModified } = await (await folder.getFileHandle(name)).getFile();
  return { folder, name, of, size, changed: lastModified };
}

/** What is in the folder stays: a name that is taken there gets a number. Files in `own` may be replaced, as they were put there. */
async function freeName(
  folder: FileSystemDirectoryHandle,
  name: string,
  taken: Set<string>,
  own: readonly Put[],
): Promise<string> {
  for (;;) {
    const free = uniqueName(name, taken);
    try {
      await folder.getFileHandle(free);
      for (const put of own) {
        if (put.name !== free || !(await put.folder.isSameEntry(folder))) continue;
        const { size, changed } = await putOf(folder, free, put.of);
        if (size === put.size && changed === put.changed) return free;
      }
    } catch (error) {
      if (isNamed(error, 'NotFoundError')) return free;
      // A folder of that name.
      if (!isNamed(error, 'TypeMismatchError')) throw error;
    }
  }
}

async function write(
  folder: FileSystemDirectoryHandle,
  name: string,
  { body }: Response,
  signal: AbortSignal,
): Promise<void> {
  const file = await folder.getFileHandle(name, { create: true });
  try {
    await body!.pipeTo(await file.createWritable(), { signal });
  } catch (error) {
    // The browser writes beside the file and changes them in the end: what is left is empty, or what was to be replaced.
    const { size } = await file.getFile().catch(() => ({ size: 0 }));
    if (size === 0) await folder.removeEntry(name).catch(() => undefined);
    throw error;
  }
}

const isNamed = (error: unknown, name: string): boolean =>
  error instanceof DOMException && error.name === name;
