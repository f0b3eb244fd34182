/**
 * What a host offers the renderer: the same in the window (preload over IPC) and in the browser
 * (HTTP and SSE). All addresses are relative to the page, so one page serves both.
 */
import type { EditDoor } from './edit.ts';
import type { InputOf, OutputOf } from './command.ts';
import type { CommandId, Commands } from './commands.ts';
import type { HourglassEvent } from './events.ts';
import type { FolderRunDoor } from './folder-run.ts';
import type { PhotoSettings, PhotoSettingsDoor } from './photo-settings.ts';
import type { Preferences } from './preferences.ts';
import type { Language } from './sentences/index.ts';
import type { ExploringDoor } from './exploring.ts';
import type { SendingDoor } from './sending.ts';
import type { SavedFileKind } from './saved-names.ts';
import type { TrainingDoor } from './training.ts';

/** A file that the host has admitted; `source` is what commands take. */
export interface AdmittedFile {
  readonly source: string;
  readonly name: string;
  readonly bytes: number;
  /** How many files it comes from, where they are several. */
  readonly files?: number;
  /** What is remembered of it; absent: nothing. */
  readonly settings?: PhotoSettings;
  /** Why something that came with it was not opened; absent: all was. */
  readonly problem?: { readonly message: string; readonly hint: string };
}

/** True for a file that is added to the models by being dropped or chosen, not opened as a picture. */
export const isNetworkName = (name: string): boolean => /\.onnx$/i.test(name);

/** Files that come with the program, by what they are. */
export const samples = { photo: 'sample.jpg', scan: 'sample.dcm' } as const;
export type Sample = keyof typeof samples;
export const isSample = (name: string): name is Sample => Object.hasOwn(samples, name);

/** What an open dialog is for: photos, a folder of them, or a network (ONNX) to add to the models. */
export type OpenWhat = 'files' | 'folder' | 'network';

export interface HostInfo {
  readonly kind: 'electron' | 'browser';
  readonly version: string;
  readonly platform: 'darwin' | 'win32' | 'linux' | 'other';
  /** What the host speaks; absent: English. */
  readonly language?: Language;
  /** browser: exports are downloads; electron: they are files in a folder. */
  readonly exports: 'download' | 'folder';
  /** The files are those of another program, to be saved in place. */
  readonly edits?: boolean;
}

/** Where the results of one run go together, where they are not files in a folder already. */
export interface Delivery {
  /** The folder's name; null: one ZIP. */
  readonly folder: string | null;
  /**
   * Takes a finished result in, under a name that is free there, which it returns. `of` names what it is: what this page has put
   * there as the same is replaced, unless somebody has changed it since.
   * @throws HourglassError output-not-writable: nothing of it is there; cancelled
   */
  take(output: string, name: string, signal: AbortSignal, of?: string): Promise<string>;
  /** No more will come. @throws HourglassError what was taken in can not be handed over */
  end(): Promise<void>;
}

export interface HostBridge {
  readonly info: HostInfo;
  /** Names this page until it is loaded again; what the host keeps for it goes with it. */
  readonly page: string;
  /**
   * Runs a command. `job` names it for events and cancel. `trial`: what it writes is measured and removed, so that the
   * answer says what a file would be. `run`: of jobs that were asked for at once, a UUID of version 7.
   * Rejects with HourglassError.
   */
  run<K extends CommandId>(
    command: K,
    input: InputOf<Commands[K]>,
    options?: { job?: string; signal?: AbortSignal; trial?: boolean; run?: string },
  ): Promise<OutputOf<Commands[K]>>;
  /** Listens to events until the returned function is called. */
  listen(listener: (event: HourglassEvent) => void): () => void;
  /**
   * Admits dropped or pasted files (folders are walked). Reports upload progress where there is any;
   * `signal` ends an upload, with `cancelled`.
   */
  admit(
    items: readonly File[],
    onProgress?: (progress: { done: number; total: number }) => void,
    signal?: AbortSignal,
  ): Promise<AdmittedFile[]>;
  /** The host's own open dialog; null where the page must use a file input. */
  readonly openDialog: ((what: OpenWhat) => Promise<AdmittedFile[]>) | null;
  /** These files left the strip: the host removes what it keeps of them (uploads, pasted pictures). */
  release(sources: readonly string[]): Promise<void>;
  /** Admits a bundled sample. */
  openSample(sample: Sample): Promise<AdmittedFile>;
  /** Files that were waiting when the page came up (command line, open-with). */
  pendingFiles(): Promise<AdmittedFile[]>;
  /** Tells which files the strip shows: `pendingFiles` gives them to this page when it is loaded again. Absent: there is no loading again. */
  readonly shows?: (sources: readonly string[]) => void;
  /** After an export: download it (browser) or show it in its folder (window). */
  reveal(output: string): Promise<void>;
  /** Saving in place; null: this session does not edit another program's files. */
  readonly edit: EditDoor | null;
  /** Runs over a folder of the person's; null: this host has no folders. */
  readonly folderRun: FolderRunDoor | null;
  /** Trainings of the person's; null: not in this session. */
  readonly training: TrainingDoor | null;
  /** What pictures are like; null: not in this session. */
  readonly exploring: ExploringDoor | null;
  /** Results to an archive; null: this host sends nothing. */
  readonly sending: SendingDoor | null;
  /** Starts a native drag of finished outputs; null in the browser. */
  readonly startDrag: ((outputs: readonly string[]) => void) | null;
  /** Chooses a folder for exports; null where exports are downloads. */
  readonly chooseExportFolder: (() => Promise<string | null>) | null;
  /**
   * Asks where the results of one run shall go together (to be called while a click or a key is handled); resolves
   * with null when the person leaves it. null: they need no such place.
   */
  readonly deliverTogether: (() => Promise<Delivery | null>) | null;
  /** Menu actions chosen natively, by action id. */
  onMenuAction(listener: (action: string) => void): () => void;
  /** Small things remembered between sessions. */
  loadPreferences(): Promise<Preferences>;
  savePreferences(preferences: Preferences): Promise<void>;
  /** Saves a file of ours where the person says. Resolves with whether it was saved. */
  saveFile(kind: SavedFileKind, text: string): Promise<boolean>;
  /** Looks for a newer version, with the host's own questions; null: this host never does. */
  readonly lookForUpdate: (() => Promise<void>) | null;
  /** Settings of photos, remembered across starts; null: not in this session. */
  readonly photoSettings: PhotoSettingsDoor | null;
}

/** Bits per channel of a tile. */
export type TileBits = 8 | 16;

/**
 * Address of a tile, relative to the page. Level 0 is full size. Body, row-major: RGBA8, sRGB; or, where 16
 * bits are asked for and the layer has them, one little-endian code a pixel (`DocumentInfo.codes`). The header
 * `X-Bits` says which; `X-Width` and `X-Height` are its size.
 */
export const tilePath = (tile: {
  document: string;
  layer: string;
  level: number;
  column: number;
  row: number;
  version: number;
  bits?: TileBits;
  /** Of the layer `source`; default: the first. */
  frame?: number;
}): string =>
  `tiles/${encodeURIComponent(tile.document)}/${encodeURIComponent(tile.layer)}/${tile.level}/${tile.column}/${tile.row}?v=${tile.version}` +
  (tile.bits === 16 ? '&bits=16' : '') +
  (tile.frame ? `&frame=${tile.frame}` : '');

/**
 * Address of a thumbnail (a small PNG, sRGB, oriented), relative to the page. Made from the file
 * without opening it as a document, so that a film strip of hundreds stays cheap.
 */
export const thumbnailPath = (source: string): string => `thumbnails/${encodeURIComponent(source)}`;

/**
 * Address of what the camera put into a raw file (JPEG, sRGB, oriented), relative to the page; no content where there is none. It comes
 * before the file is developed.
 */
export const cameraPreviewPath = (source: string): string =>
  `camera-previews/${encodeURIComponent(source)}`;
