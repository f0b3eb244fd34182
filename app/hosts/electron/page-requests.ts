/**
 * What the window's page may ask, one handler per request of `app/contract/window.ts`. Who asks and
 * whether the input is well-formed is settled before, in `validated-ipc.ts`.
 */
import { dialog, nativeImage, shell, type BrowserWindow, type WebContents } from 'electron';
import { writeFile } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import {
  type AdmittedFile,
  type HostInfo,
  HourglassError,
  openedExtensions,
  savedFiles,
  type WindowRequestInput,
} from '../../contract/index.ts';
import type { Program } from '../../jobs/index.ts';
import { writeWhole } from '../../pixels/write-whole.ts';
import type { Admission } from '../shared/admission.ts';
import type { ExploringSession } from '../shared/exploring.ts';
import type { FolderRunSession } from '../shared/folder-run.ts';
import type { OpenFiles } from '../shared/open-files.ts';
import type { PageDoor } from '../shared/page-door.ts';
import type { SendingSession } from '../shared/sending.ts';
import type { TrainingSession } from '../shared/training.ts';
import type { PhotoMemory } from '../shared/photo-memory.ts';
import type { PreferencesFile } from '../shared/preferences.ts';
import { safeFileName, type PrivateFolder } from '../shared/private-folder.ts';
import { samplePath } from '../shared/paths.ts';
import { showOpen } from './open-dialog.ts';
import type { WindowOutputs } from './outputs.ts';
import type { WindowHandlers } from './validated-ipc.ts';
import { say } from './sentences.ts';

export interface PageRequestOptions {
  readonly info: HostInfo;
  readonly program: Program;
  readonly door: PageDoor;
  readonly admission: Admission;
  readonly openFiles: OpenFiles;
  readonly outputs: WindowOutputs;
  readonly folderRun: FolderRunSession;
  readonly training: TrainingSession;
  readonly exploring: ExploringSession;
  readonly sending: SendingSession;
  readonly preferences: PreferencesFile;
  readonly photos: PhotoMemory;
  readonly folder: PrivateFolder;
  readonly window: () => BrowserWindow | null;
  /** The person opened these paths (files, not folders). */
  readonly opened: (paths: readonly string[]) => void;
  readonly lookForUpdate: () => Promise<void>;
  /** The page is up and asks for what waits. */
  readonly pageReady: () => Promise<AdmittedFile[]>;
}

/** Larger than any picture on a clipboard. */
const pastedLimitBytes = 512 * 1024 * 1024;
const openDialogs = (): Readonly<
  Record<WindowRequestInput<'openDialog'>['what'], Electron.OpenDialogOptions>
> => ({
  files: {
    properties: ['openFile', 'multiSelections'],
    filters: [{ name: say('images'), extensions: [...openedExtensions] }],
  },
  folder: { properties: ['openDirectory'] },
  network: {
    properties: ['openFile'],
    filters: [{ name: say('networksOnnx'), extensions: ['onnx', 'json'] }],
  },
});
/** Side of the picture that hangs on the pointer while dragging out, pixels. */
const dragIconSide = 96;

export function pageRequests(options: PageRequestOptions): WindowHandlers {
  const { door, admission, openFiles, outputs } = options;

  const admitOpened = async (paths: readonly string[]): Promise<AdmittedFile[]> => {
    const admitted = await openFiles.admitAll(paths);
    options.opened(admitted.map((file) => admission.pathOf(file.source)));
    return admitted;
  };

  const keepPasted = async (name: string, data: Uint8Array): Promise<string> => {
    if (data.length > pastedLimitBytes)
      throw new HourglassError('invalid-parameter', say('tooLargeToPasted', { name }));
    const path = join(await options.folder.makeFolder('pasted'), safeFileName(name));
    await writeFile(path, data, { mode: 0o600, flag: 'wx' });
    return path;
  };

  return {
    info: () => options.info,
    run: ({ command, input, job, trial = false, run }) =>
      door.run(command, input, { job, trial, ...(run ? { run } : {}) }),
    cancel: ({ job }) => door.cancel(job),

    async paste({ items }) {
      const pasted: AdmittedFile[] = [];
      for (const item of items)
        pasted.push(await admission.admit(await keepPasted(item.name, item.data)));
      return pasted;
    },
    dropped({ paths }) {
      if (!paths.every(isAbsolute))
        throw new HourglassError('not-allowed', say('droppedFileNoWholePath'));
      return admitOpened(paths);
    },
    release: (input) => door.release(input),
    async openDialog({ what }) {
      const chosen = await showOpen(options.window(), openDialogs()[what]);
      return chosen.length === 0 ? [] : admitOpened(chosen);
    },
    sample: ({ sample }) => admission.admit(samplePath(sample)),
    pending: () => options.pageReady(),

    reveal({ output }) {
      shell.showItemInFolder(outputs.produced(output));
    },
    startDrag: (input, sender) => startDrag(input, sender, options),
    async chooseExportFolder() {
      const folder = await chooseFolder(options.window());
      if (folder === null) return null;
      await outputs.allowFolder(folder);
      return folder;
    },
    folderRun: ({ request }) => options.folderRun.ask(request),
    training: ({ request }) => options.training.ask(request),
    exploring: ({ request }) => options.exploring.ask(request),
    sending: ({ request }) => options.sending.ask(request),

    loadPreferences: () => options.preferences.load(),
    async saveFile({ kind, text }) {
      const { name, only } = savedFiles[kind];
      // The page has no say in what else would be written.
      const kept = only(text);
      const path = await chooseFile(options.window(), name);
      if (path !== null) await writeSaved(path, kept);
      return path !== null;
    },
    savePreferences: ({ preferences }) => options.preferences.save(preferences),
    keepPhotoSettings: ({ photos }) => options.photos.keep(photos, admission.filesOf),
    countPhotoSettings: () => options.photos.count(),
    forgetPhotoSettings: () => options.photos.forget(),
    lookForUpdate: () => options.lookForUpdate(),
  };
}

/** @throws HourglassError output-not-writable: what was there is as it was */
async function writeSaved(path: string, text: string): Promise<void> {
  try {
    await writeWhole(path, text);
  } catch (error) {
    const reason = (error as Error).message;
    throw new HourglassError('output-not-writable', say('fileNotWritten', { path, reason }), {
      cause: error,
    });
  }
}

/** The system's dialog; null: nothing was chosen. */
export async function chooseFolder(window: BrowserWindow | null): Promise<string | null> {
  const properties = ['openDirectory', 'createDirectory'] as const;
  const [folder] = await showOpen(window, { properties: [...properties] });
  return folder ?? null;
}

/** Where a file is to be saved, by the system's dialog, which asks before one is replaced; null: nowhere. */
async function chooseFile(window: BrowserWindow | null, name: string): Promise<string | null> {
  const how = { defaultPath: name, filters: [{ name: 'JSON', extensions: ['json'] }] };
  const { canceled, filePath } = window
    ? await dialog.showSaveDialog(window, how)
    : await dialog.showSaveDialog(how);
  return canceled || !filePath ? null : filePath;
}

/** Hands finished results to another program, with the first one's picture on the pointer. */
async function startDrag(
  { outputs }: WindowRequestInput<'startDrag'>,
  sender: WebContents,
  options: PageRequestOptions,
): Promise<void> {
  const files = outputs.map((output) => options.outputs.produced(output));
  const png = await options.program.thumbnail(files[0]!);
  const icon = nativeImage.createFromBuffer(Buffer.from(png)).resize({ height: dragIconSide });
  if (icon.isEmpty())
    throw new HourglassError('internal', say('noPictureToDrag', { name: basename(files[0]!) }));
  sender.startDrag({ file: files[0]!, files, icon });
}
