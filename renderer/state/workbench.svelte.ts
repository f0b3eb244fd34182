/**
 * The whole of the page's state in one place: session, exports, machine, preferences, and how the
 * person looks at the picture. Made once per page from a host; components only read it and call it.
 */
import type { CompareMode } from '../viewer/types.ts';
import { isNetworkName } from '../../app/contract/bridge.ts';
import type {
  AdmittedFile,
  HostBridge,
  HourglassEvent,
  ModelInfo,
  OpenWhat,
  Rect,
} from '../../app/contract/index.ts';
import { ViewState } from '../viewer/view-state.svelte.ts';
import { Catalogue } from './catalogue.svelte.ts';
import {
  compressFromText,
  compressToText,
  defaultCompress,
  sameCompress,
  type CompressSettings,
} from './compress-settings.ts';
import type { ExportState, FileEntry } from './entry.svelte.ts';
import { ExportQueue } from './exports.svelte.ts';
import { cleanPlan, compressPlan, isLatentEntry } from './export-plans.ts';
import { Networks } from './networks.svelte.ts';
import { nameProblem, type PlaceChoice } from './output.ts';
import { PreferenceStore } from './preferences.svelte.ts';
import type { Preview } from './preview.svelte.ts';
import { Session } from './session.svelte.ts';
import {
  automaticModel,
  defaultSettings,
  sameSettings,
  settingsFromText,
  settingsToText,
  type CleanSettings,
} from './settings.ts';

export type DialogId = 'settings' | 'shortcuts';

const modes: readonly CompareMode[] = ['split', 'side', 'original', 'residual'];

/** The region is told to the engine at most this often, milliseconds. */
const LOOK_EVERY = 120;

export class Workbench {
  readonly bridge: HostBridge;
  readonly session: Session;
  readonly exports: ExportQueue;
  readonly catalogue: Catalogue;
  readonly networks: Networks;
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

  /** Settings that were copied last, of each workspace. */
  #copied = $state.raw<{
    readonly clean: CleanSettings | null;
    readonly compress: Omit<CompressSettings, 'scans'> | null;
  }>({ clean: null, compress: null });
  #pickFiles: ((what: OpenWhat) => void) | null = null;
  #lookTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(bridge: HostBridge) {
    this.bridge = bridge;
    this.preferences = new PreferenceStore(bridge);
    this.catalogue = new Catalogue(bridge);
    this.networks = new Networks(bridge, this.catalogue, (text) => (this.announcement = text));
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
    void this.session.addFrom(async () => this.#photosOf(await this.bridge.pendingFiles()));
    return stopListening;
  }

  /** The page offers its file inputs for hosts without a dialog of their own. */
  offerFilePicker(pick: (what: OpenWhat) => void): void {
    this.#pickFiles = pick;
  }

  open(what: OpenWhat): void {
    const { openDialog } = this.bridge;
    if (openDialog) void this.session.addFrom(async () => this.#photosOf(await openDialog(what)));
    else this.#pickFiles?.(what);
  }

  /** Takes in what was dropped, pasted or chosen on the page: photos, and networks by their name. */
  take(files: readonly File[]): void {
    const networks = files.filter(({ name }) => isNetworkName(name));
    this.#showNetworks(networks);
    this.networks.addFiles(networks);
    void this.session.addFiles(files.filter((file) => !networks.includes(file)));
  }

  /** The photos among files that the host has admitted; networks go their own way. */
  #photosOf(files: readonly AdmittedFile[]): readonly AdmittedFile[] {
    const networks = files.filter(({ name }) => isNetworkName(name));
    this.#showNetworks(networks);
    this.networks.addAdmitted(networks);
    return files.filter((file) => !networks.includes(file));
  }

  /** What becomes of an added network is seen in the inspector, or else in the settings. */
  #showNetworks(added: readonly unknown[]): void {
    const inInspector = this.preferences.inspector && this.session.entries.length > 0;
    if (added.length > 0 && !inInspector) this.dialog = 'settings';
  }

  /**
   * Takes a person's own network away; pictures that used it are cleaned with the automatic choice.
   * Returns whether it is gone.
   */
  async removeNetwork(model: ModelInfo): Promise<boolean> {
    if (!(await this.networks.remove(model))) return false;
    const used = this.session.entries.filter(({ settings }) => settings.model === model.id);
    for (const entry of used) {
      entry.edit({ model: automaticModel });
      this.session.show(entry, 0);
    }
    return true;
  }

  openSample(): void {
    void this.session.addFrom(async () => [await this.bridge.openSample()]);
  }

  /** Files that can be exported: admitted, and not refused as pictures. */
  exportable(entries: readonly FileEntry[]): readonly FileEntry[] {
    return entries.filter((entry) => !entry.error);
  }

  get canExport(): boolean {
    const place = this.placeOf(this.session.active);
    return nameProblem(this.preferences[place].name, place === 'latent') === null;
  }

  export(
    entries: readonly FileEntry[],
    options: { overwrite?: boolean; name?: string } = {},
  ): void {
    if (!this.canExport) return;
    const { device, latent, decoded, output } = this.preferences;
    const named = <T extends PlaceChoice>(choice: T): T =>
      options.name === undefined ? choice : { ...choice, name: options.name };
    const plan =
      this.session.workspace === 'clean'
        ? cleanPlan(named(output), device)
        : compressPlan(named(latent), named(decoded), device);
    this.exports.add(this.exportable(entries), plan, options);
  }

  /** The choice by which a file is named and placed in this workspace. */
  placeOf(entry: FileEntry | null): 'output' | 'latent' | 'decoded' {
    if (this.session.workspace === 'clean') return 'output';
    return entry && isLatentEntry(entry) ? 'decoded' : 'latent';
  }

  /** How far the export of a file is in this workspace. */
  exportOf(entry: FileEntry): { exported: ExportState } {
    return this.session.workspace === 'clean' ? entry : entry.compression;
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

  /** True when the noise map stands, or will stand, in the place of the cleaned picture. */
  get showsNoiseMap(): boolean {
    if (this.session.workspace !== 'clean') return false;
    const compares = this.mode === 'split' || this.mode === 'side';
    return compares && (this.session.active?.noiseMap.wanted ?? false);
  }

  /** Shows or leaves the noise map of the file in front, compared with the original. */
  toggleNoiseMap(): void {
    const entry = this.session.active;
    if (!entry) return;
    if (this.leaveNoiseMap()) return;
    if (this.mode !== 'side') this.mode = 'split';
    entry.noiseMap.show(entry.id);
  }

  /** Returns whether there was one to leave. */
  leaveNoiseMap(): boolean {
    if (!this.showsNoiseMap) return false;
    this.session.active?.noiseMap.hide();
    return true;
  }

  /** What runs is cancelled: the exports, or else the preview, or else networks on their way. */
  cancel(): void {
    const { work } = this;
    const compression = this.session.active?.compression;
    if (this.exports.busy) this.exports.cancel();
    else if (work?.busy) work.cancel();
    else if (compression?.asidesBusy) compression.stopAsides();
    else this.networks.cancelAll();
  }

  /** What makes the picture on the screen in this workspace. */
  get work(): Pick<Preview, 'busy' | 'cancel' | 'progress' | 'status'> | null {
    const entry = this.session.active;
    if (!entry) return null;
    return this.session.workspace === 'clean' ? entry.preview : entry.compression.result;
  }

  get busy(): boolean {
    const { exports, networks, session } = this;
    const asides = session.active?.compression.asidesBusy ?? false;
    return exports.busy || networks.busy || asides || (this.work?.busy ?? false);
  }

  /** Copies the settings of the file in front. Returns them as text for the clipboard; null: no file. */
  copySettings(): string | null {
    const entry = this.session.active;
    if (!entry) return null;
    this.announcement = 'Settings copied.';
    if (this.session.workspace === 'clean') {
      this.#copied = { ...this.#copied, clean: entry.settings };
      return settingsToText(entry.settings);
    }
    const { quality, size, clean } = entry.compression.settings;
    this.#copied = { ...this.#copied, compress: { quality, size, clean } };
    return compressToText(entry.compression.settings);
  }

  get canPaste(): boolean {
    return this.session.active !== null && this.#copied[this.session.workspace] !== null;
  }

  /**
   * Gives settings to files: those in the text, else those copied last. Returns whether there were any.
   * @param text what the clipboard holds
   */
  pasteSettings(entries: readonly FileEntry[], text = ''): boolean {
    const { session } = this;
    if (!session.active) return false;
    if (session.workspace === 'clean') {
      const settings = settingsFromText(text) ?? this.#copied.clean;
      if (!settings) return false;
      this.#copied = { ...this.#copied, clean: settings };
      session.paste(settings, entries);
    } else {
      const settings = compressFromText(text) ?? this.#copied.compress;
      if (!settings) return false;
      this.#copied = { ...this.#copied, compress: settings };
      session.pasteCompress(settings, entries);
    }
    this.announcement =
      entries.length === 1 ? 'Settings pasted.' : `Settings pasted to ${entries.length} photos.`;
    return true;
  }

  /** Gives what the file in front is compressed with to all open ones. */
  compressAllAlike(): void {
    this.copySettings();
    this.pasteSettings(this.session.entries);
  }

  /** True when all open files are compressed with the same settings. */
  get compressedAlike(): boolean {
    const { active, entries } = this.session;
    return (
      active === null ||
      entries.every((entry) =>
        sameCompress(entry.compression.settings, active.compression.settings),
      )
    );
  }

  /** Back to what was suggested, or to what is usual. */
  resetSettings(): void {
    if (this.session.workspace === 'clean') this.session.edit(defaultSettings);
    else this.session.compress.edit({ ...defaultCompress, scans: this.#scansAllowed });
  }

  get settingsChanged(): boolean {
    const entry = this.session.active;
    if (!entry) return false;
    return this.session.workspace === 'clean'
      ? !sameSettings(entry.settings, defaultSettings)
      : !sameCompress(entry.compression.settings, {
          ...defaultCompress,
          scans: this.#scansAllowed,
        });
  }

  /** The word that a scan may lose accuracy is no setting that a reset takes back. */
  get #scansAllowed(): boolean {
    return this.session.active?.compression.settings.scans ?? false;
  }

  remove(entries: readonly FileEntry[]): void {
    for (const entry of entries) this.exports.drop(entry);
    this.session.remove(entries);
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
    if (event.type === 'job') {
      this.exports.onJob(event);
      this.networks.onJob(event);
    } else if (event.type === 'open-files') this.session.addAdmitted(this.#photosOf(event.files));
    if (event.type !== 'engine') return;
    if (event.state === 'died') {
      this.engineDown = true;
      this.announcement = 'The engine ended unexpectedly and is started again.';
    } else if (event.state === 'ready' || event.state === 'restarted') this.engineDown = false;
  }
}
