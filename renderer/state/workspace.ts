/**
 * What a workspace is: a way of working with the files of the strip. Each says it of itself, in a folder of
 * `workspaces/`, and is one line in the table of `workspaces/index.ts`; nothing else knows its name.
 */
import type { Component } from 'svelte';
import type { ActionDefinition } from '../../app/contract/actions.ts';
import type { SerializedError } from '../../app/contract/errors.ts';
import type {
  DeviceChoice,
  HostBridge,
  HourglassEvent,
  PlaceId,
  Rect,
} from '../../app/contract/index.ts';
import type { Amount } from '../viewer/amount.ts';
import type { CompareMode, OnScreen, ViewerLayer } from '../viewer/types.ts';
import type { ExportState, FileEntry } from './entry.svelte.ts';
import type { ExportPlan } from './export-plan.ts';
import type { AskOptions } from './answer.svelte.ts';
import type { Kept } from './kept.svelte.ts';
import type { WorkStatus } from './layer-work.svelte.ts';
import type { PreferenceStore } from './preferences.svelte.ts';
import type { Steps } from './steps.svelte.ts';
import type { Said } from './words.ts';
import type { SeenThrough } from '../viewer/view-state.svelte.ts';
import type { Workbench } from './workbench.svelte.ts';

type EventOf<T extends HourglassEvent['type']> = Extract<HourglassEvent, { type: T }>;

/** What makes the picture on the screen. */
export interface PictureWork {
  readonly status: WorkStatus;
  readonly busy: boolean;
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly error: SerializedError | null;
  readonly shown: { readonly layer: ViewerLayer } | null;
  /** How much is asked to be taken away: until it is made, what took another amount stands for it. Absent: nothing does. */
  readonly amount?: Amount | null;
  onchange: ((rect: Rect, version: number) => void) | null;
  cancel(): void;
  resume(): void;
  fail(error: unknown): void;
  /** Makes the finished result on the screen once more. Absent, or null: there is none. */
  again?(): ((options: AskOptions) => Promise<{ readonly layer: string }>) | null;
}

/** One file in one workspace: what is asked for, and what has been made of it. */
export interface Work {
  exported: ExportState;
  readonly picture: PictureWork;
  /** True when the engine ended while it made what stands on the screen. */
  readonly suspect: boolean;
  /** A result that later ones are compared with. Absent: none can be kept here. */
  readonly kept?: Kept;
  /** Ids of the layers that are known here. */
  readonly layers: readonly string[];

  /** Nobody looks at it any more: what runs for the screen is not worth going on with. */
  leave(): void;
  /** The engine has closed the document, its layers with it. */
  lose(): void;
  engineDied(): void;
  /** Another device was chosen: what was made by the old one is not what would be made. */
  outdate(): void;
  /** The file is another one now: nothing that was found of it is true any more. */
  forget(): void;
  /** A layer is gone from the engine. Returns whether something has to be made again. */
  onGone(layer: string): boolean;
  onLayer(event: EventOf<'layer'>): void;
  onJob(event: EventOf<'job'>): void;
}

/** What a workspace is given of the session. */
export interface Surroundings {
  readonly bridge: Pick<HostBridge, 'run'> &
    Partial<Pick<HostBridge, 'folderRun' | 'training' | 'exploring'>>;
  readonly entries: () => readonly FileEntry[];
  /** The file in front, while this workspace is; else null. */
  readonly active: () => FileEntry | null;
  /** The files that a person edits together, in the order of the strip: the one in front, and those selected beside it. */
  readonly selection: () => readonly FileEntry[];
  /** What was done, to be undone. */
  readonly steps: Steps;
  /** Opens the file in front and comes back to `arrive`. */
  readonly bringUp: (entry: FileEntry) => void;
  /** Goes to a workspace. */
  readonly enter: (workspace: string) => void;
  /** The region on the screen, full-size coordinates; null before anything is shown. */
  readonly visible: () => Rect | null;
  /** What the viewer really shows. */
  readonly onScreen: () => OnScreen | null;
  readonly device: () => DeviceChoice;
  /** False for a network that is not installed, as far as is known. */
  readonly hasModel: (id: string) => boolean;
  /** As a person knows it; its id while it is not known. */
  readonly modelTitle: (id: string) => string;
}

/** How results are written, as it stands in the preferences. */
export interface Outputs extends Pick<PreferenceStore, 'outputs' | 'device'> {
  /** Of the file in front; null: of another one. */
  readonly seen: SeenThrough | null;
}

/** What an action does on this page, and when it can. */
export interface Behaviour {
  /** Default: always. */
  readonly enabled?: (bench: Workbench) => boolean;
  readonly perform: (bench: Workbench) => void;
  /** For actions that act while the key is held. */
  readonly release?: (bench: Workbench) => void;
}

/** What an export writes. */
export interface Writing {
  /** Whose choices a written file follows: its name, its folder, its format. */
  placeOf(entry: FileEntry | null): PlaceId;
  plan(entry: FileEntry, chosen: Outputs): ExportPlan;
}

/** A workspace at work, one per session: the order of its work, and its words. Knows no components. */
/** Work that was cut off with the program. */
export interface LeftOver {
  readonly words: string;
  /** Enters the workspace, where it goes on. */
  goOn(): void;
  forget(): void;
}

export interface Desk {
  /** A file's work as it begins. */
  create(): Work;
  /** The file in front is open: makes it seen. `superseded`: another file or workspace came meanwhile. */
  arrive(entry: FileEntry, superseded: () => boolean): Promise<void>;
  /**
   * Makes ready what will be shown of an open file when it comes to the front; resolves when the work has begun.
   * Absent: files of this workspace are not made ready.
   */
  ahead?(entry: FileEntry, signal: AbortSignal): Promise<void>;
  /** It has the window for itself: the files of the strip are not seen meanwhile, and nothing is done to them. */
  readonly whole?: boolean;
  /** What an earlier start left undone here, for the window that is empty. Absent, or null: nothing. */
  readonly leftOver?: LeftOver | null;
  /** The person chose the workspace that is entered once more: back to where it begins. */
  home?(): void;
  /** Files that come are shown in a workspace with pictures instead. Default: while it has the window for itself. */
  refuses?(entry: FileEntry): boolean;
  /** What the host tells, whether the workspace is entered or not. */
  onEvent?(event: HourglassEvent): void;
  /** Makes what is on the screen agree with the settings. @param delay for further changes, milliseconds */
  show(entry: FileEntry, delay: number): void;
  /** True for files that are told of here: when nothing else is opened, this workspace is entered. */
  claims?(entry: FileEntry): boolean;

  /** What stands in the viewer; `base` in the place of the original. */
  layersOf(
    entry: FileEntry,
    mode: CompareMode,
  ): { readonly layer: ViewerLayer | null; readonly base: ViewerLayer | null };
  /** What is made beside the picture, in words while it runs; null or absent: nothing. */
  aside?(entry: FileEntry): {
    readonly text: string;
    readonly progress: { readonly done: number; readonly total: number } | null;
  } | null;
  stopAsides?(entry: FileEntry): void;
  /** It works on planes of volumes too. */
  readonly planes?: true;
  /** Leaves what a key has put in the place of the picture. Returns whether there was anything. */
  escape?(mode: CompareMode): boolean;

  /** State of a file in the film strip: two or three words. */
  stripState(entry: FileEntry): Said;
  /** What the picture on the screen is, in one sentence. */
  pictureState(entry: FileEntry): Said;
  /** How far the picture is, for the status bar. */
  progressWords(progress: { readonly done: number; readonly total: number }): {
    readonly label: string;
    readonly text: string;
  };
  /** The invitation before anything is open. */
  readonly invitation: string;
  /** What happens to a file that is dropped, as it ends "is …". */
  readonly becomes: string;
  /** What can be done about an export that failed, where that is known here. */
  exportHint?(entry: FileEntry): string | null;

  /** The files that are written here; absent: none, and there is no Export. */
  readonly writing?: Writing;

  /** Copies the settings of a file. Returns them as text for the clipboard. Absent: its files have none. */
  copy?(entry: FileEntry): string;
  readonly canPaste: boolean;
  /** Gives files the settings in the text, else those copied last. Returns whether there were any. */
  paste(text: string, entries: readonly FileEntry[]): boolean;
  /** The settings of a file as text, as `copy` gives them. Absent: they are not remembered, and there are no presets. */
  textOf?(entry: FileEntry): string;
  /** Gives a file that arrives the settings in a text: no step that could be undone. Returns whether they were understood. */
  recall?(entry: FileEntry, text: string): boolean;
  /** Gives files the settings in a text as one step, called `what`. Returns whether they were understood. */
  giveText?(text: string, entries: readonly FileEntry[], what: string): boolean;
  /** Back to what was suggested, or to what is usual, for the selected files. */
  reset(): void;
  isReset(entry: FileEntry): boolean;
  /** The settings of a file in a few words: what was copied. */
  settingsWords?(entry: FileEntry): string;
  /** What made the finished result on the screen, in the few words of a label. Goes with `kept` of its works. */
  resultWords?(entry: FileEntry): string;
  /** A result was kept: it is what others are compared with now. */
  showKept?(): void;
  /** Where a person chooses the model: whether it is chosen for a file. */
  usesModel?(entry: FileEntry, id: string): boolean;
  useModel?(entry: FileEntry, id: string): void;
  /** A person's network was taken away. */
  modelGone?(id: string): void;
  /** Of the actions that the workspace brings, besides the one that enters it. */
  readonly behaviours?: Readonly<Record<string, Behaviour>>;
}

/** A workspace without what it looks like, so that tests run it outside of a browser. */
export interface WorkspaceLogic {
  readonly id: string;
  /** Enters it: in the menu, by a key, by its tab. */
  readonly action: ActionDefinition;
  /** What else can be done in it. */
  readonly actions?: readonly ActionDefinition[];
  readonly open: (around: Surroundings) => Desk;
}

/** A workspace that may not be there yet. */
export interface KnownWorkspace extends Omit<WorkspaceLogic, 'open'> {
  /** What the first screen invites to meanwhile, where it is the first one of the table. */
  readonly invitation?: () => string;
  /** Absent: it comes later. */
  readonly open?: WorkspaceLogic['open'];
}

/** A line of the table: what is known of a workspace before it is loaded. */
export interface WorkspaceLine extends KnownWorkspace {
  readonly load: () => Promise<Workspace>;
}

export type Workspace = PictureWorkspace | WholeWorkspace;

/** It has the window for itself, always: no file is in front. */
export interface WholeWorkspace extends WorkspaceLogic {
  readonly whole: Component<{ bench: Workbench }>;
  readonly panels?: never;
  /** What stands there is loaded when it is entered, or before that when nothing else is to be done. */
  readonly loadView?: () => Promise<unknown>;
  readonly settings?: Component<{ bench: Workbench }>;
}

/** It works with the file in front. */
export interface PictureWorkspace extends WorkspaceLogic {
  /** In the place of all of it while its desk has the window for itself. */
  readonly whole?: Component<{ bench: Workbench }>;
  readonly loadView?: never;
  /** Sections of the inspector. */
  readonly panels: Component<{ bench: Workbench; entry: FileEntry }>;
  /** What stays in sight by the Export button: format, quality or size, name. */
  readonly foot?: Component<{ bench: Workbench; entry: FileEntry }>;
  /** Under the picture. */
  readonly bar: Component<{
    bench: Workbench;
    entry: FileEntry;
    hovered: { x: number; y: number } | null;
  }>;
  /** Over the picture. */
  readonly over?: Component<{ bench: Workbench; entry: FileEntry }>;
  /** Sections of the settings dialog: what holds for every file. */
  readonly settings?: Component<{ bench: Workbench }>;
}
