/**
 * The whole of the page's state in one place: session, exports, machine, preferences, and how the
 * person looks at the picture. Made once per page from a host; components only read it and call it.
 */
import type { CompareMode } from '../viewer/types.ts';
import type { HostBridge, HourglassEvent, Rect } from '../../app/contract/index.ts';
import { ViewState } from '../viewer/view-state.svelte.ts';
import { Catalogue } from './catalogue.svelte.ts';
import type { FileEntry } from './entry.svelte.ts';
import { ExportQueue } from './exports.svelte.ts';
import { nameProblem } from './output.ts';
import { PreferenceStore } from './preferences.svelte.ts';
import { Session } from './session.svelte.ts';
import type { CleanSettings } from './settings.ts';

export type DialogId = 'settings' | 'shortcuts';

const modes: readonly CompareMode[] = ['split', 'side', 'original', 'residual'];

/** The region is told to the engine at most this often, milliseconds. */
const LOOK_EVERY = 120;

export class Workbench {
  readonly bridge: HostBridge;
  readonly session: Session;
  readonly exports: ExportQueue;
  readonly catalogue: Catalogue;
  readonly preferences: PreferenceStore;
  /** Zoom and place, the same for all files, so that stepping compares the same detail. */
  readonly view = new ViewState();

  mode = $state<CompareMode>('split');
  holdOriginal = $state(false);
  /** Amplification of the residual, 1–16. */
  gain = $state(4);
  /** Share of the viewer left of the divider, 0–1. */
  divider = $state(0.5);
  dialog = $state<DialogId | null>(null);
  /** Said by screen readers; the words are on the screen elsewhere. */
  announcement = $state('');
  /** True while the engine is being started again. */
  engineDown = $state(false);

  #pickFiles: ((what: 'files' | 'folder') => void) | null = null;
  #lookTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(bridge: HostBridge) {
    this.bridge = bridge;
    this.preferences = new PreferenceStore(bridge);
    this.catalogue = new Catalogue(bridge);
    this.session = new Session(bridge, {
      visible: () => this.view.visible,
      device: () => this.preferences.device,
    });
    this.exports = new ExportQueue(bridge);
  }

  get mac(): boolean {
    return this.bridge.info.platform === 'darwin';
  }

  /** Reads what is remembered and what waits. Returns when the page can be shown; the rest follows. */
  async start(): Promise<() => void> {
    const stopListening = this.bridge.listen((event) => this.#onEvent(event));
    await this.preferences.load();
    void this.catalogue.loadModels();
    void this.catalogue.loadDevices();
    void this.session.addFrom(() => this.bridge.pendingFiles());
    return stopListening;
  }

  /** The page offers its file inputs for hosts without a dialog of their own. */
  offerFilePicker(pick: (what: 'files' | 'folder') => void): void {
    this.#pickFiles = pick;
  }

  open(what: 'files' | 'folder'): void {
    const { openDialog } = this.bridge;
    if (openDialog) void this.session.addFrom(() => openDialog(what));
    else this.#pickFiles?.(what);
  }

  openSample(): void {
    void this.session.addFrom(async () => [await this.bridge.openSample()]);
  }

  /** Files that can be exported: admitted, and not refused as pictures. */
  exportable(entries: readonly FileEntry[]): readonly FileEntry[] {
    return entries.filter((entry) => !entry.error);
  }

  get canExport(): boolean {
    return nameProblem(this.preferences.output.name) === null;
  }

  export(
    entries: readonly FileEntry[],
    options: { overwrite?: boolean; name?: string } = {},
  ): void {
    if (!this.canExport) return;
    const { output, device } = this.preferences;
    const named = options.name === undefined ? output : { ...output, name: options.name };
    this.exports.add(this.exportable(entries), named, device, options);
  }

  cycleMode(): void {
    this.mode = modes[(modes.indexOf(this.mode) + 1) % modes.length]!;
  }

  get panelsShown(): boolean {
    return this.preferences.inspector || this.preferences.filmstrip;
  }

  togglePanels(): void {
    const shown = !this.panelsShown;
    this.preferences.set({ inspector: shown, filmstrip: shown });
  }

  /** What runs is cancelled: the exports, or else the preview. */
  cancel(): void {
    if (this.exports.busy) this.exports.cancel();
    else this.session.active?.preview.cancel();
  }

  get busy(): boolean {
    return this.exports.busy || (this.session.active?.preview.busy ?? false);
  }

  remove(entries: readonly FileEntry[]): void {
    for (const entry of entries) this.exports.drop(entry);
    this.session.remove(entries);
  }

  paste(settings: CleanSettings, entries: readonly FileEntry[]): void {
    this.session.paste(settings, entries);
    this.announcement =
      entries.length === 1 ? 'Settings pasted.' : `Settings pasted to ${entries.length} photos.`;
  }

  chooseDevice(device: PreferenceStore['device']): void {
    this.preferences.set({ device });
    this.session.deviceChanged();
  }

  /** The visible region changed; a running preview goes on there. */
  look(view: Rect): void {
    clearTimeout(this.#lookTimer);
    this.#lookTimer = setTimeout(() => this.session.look(view), LOOK_EVERY);
  }

  #onEvent(event: HourglassEvent): void {
    this.session.onEvent(event);
    this.catalogue.onEvent(event);
    if (event.type === 'job') this.exports.onJob(event);
    if (event.type !== 'engine') return;
    if (event.state === 'died') {
      this.engineDown = true;
      this.announcement = 'The engine ended unexpectedly and is started again.';
    } else if (event.state === 'ready' || event.state === 'restarted') this.engineDown = false;
  }
}
