/**
 * The whole of the page's state in one place: session, exports, machine, preferences, and how the
 * person looks at the picture. Made once per page from a host; components only read it and call it.
 */
import type { CompareMode, PictureAhead } from '../viewer/types.ts';
import { isNetworkName } from '../../app/contract/bridge.ts';
import type {
  AdmittedFile,
  Delivery,
  HostBridge,
  HourglassEvent,
  OpenWhat,
  Rect,
  Sample,
} from '../../app/contract/index.ts';
import { ScanDesk } from '../scans/scan-desk.svelte.ts';
import { Sending } from '../scans/sending.svelte.ts';
import { ViewState } from '../viewer/view-state.svelte.ts';
import { Catalogue } from './catalogue.svelte.ts';
import type { ExportState, FileEntry } from './entry.svelte.ts';
import { ExactSize } from './exact-size.svelte.ts';
import { ExportQueue } from './exports.svelte.ts';
import type { ExportPlan } from './export-plan.ts';
import { Networks } from './networks.svelte.ts';
import { nameProblem } from './output.ts';
import type { KnownWorkspace, Outputs, PictureWork, WorkspaceLogic } from './workspace.ts';
import { Saving } from './saving.svelte.ts';
import { PhotoMemory } from './photo-memory.svelte.ts';
import { PreferenceStore } from './preferences.svelte.ts';
import { Presets } from './presets.svelte.ts';
import type { Step } from './steps.svelte.ts';
import { Session } from './session.svelte.ts';
import { Spare } from './spare.svelte.ts';
import { Tour } from './tour.svelte.ts';
import { say } from './sentences.ts';

export type DialogId = 'settings' | 'shortcuts' | 'manual' | 'archive' | 'diagnostics';

const modes: readonly CompareMode[] = ['split', 'side', 'original', 'residual'];

/** How long it is said what was just done, milliseconds. */
const TOLD_FOR = 8000;

/** The region is told to the engine at most this often, milliseconds. */
const LOOK_EVERY = 120;

const aboutStep = ({ what, parts }: Step): { what: string; count: number; name: string } => ({
  ...{ what, count: parts.length, name: parts[0]?.entry.name ?? '' },
});

export class Workbench {
  readonly bridge: HostBridge;
  readonly workspaces: readonly KnownWorkspace[];
  readonly session: Session;
  readonly exports: ExportQueue;
  readonly exactSize: ExactSize;
  readonly catalogue: Catalogue;
  readonly networks: Networks;
  readonly preferences: PreferenceStore;
  readonly presets: Presets;
  readonly tour: Tour;
  /** null: settings are not remembered in this session. */
  readonly memory: PhotoMemory | null;
  /** null: results are exported, and no file is saved in place. */
  readonly saving: Saving | null;
  /** null: this host sends nothing. */
  readonly sending: Sending | null;
  /** Zoom and place, the same for all files, so that stepping compares the same detail. */
  readonly view = new ViewState();
  /** What is done with scans beside their cleaning. */
  readonly scan: ScanDesk;

  mode = $state<CompareMode>('split');
  holdOriginal = $state(false);
  /** Amplification of the residual, 1–16. */
  gain = $state(4);
  /** Share of the viewer left of the divider, 0–1. */
  divider = $state(0.5);
  dialog = $state<DialogId | null>(null);
  /** Said by screen readers; the words are on the screen elsewhere. */
  announcement = $state('');
  /** What was just done, where nothing else on the screen says so; empty: it was read. */
  told = $state('');
  /** True while the engine is being started again. */
  engineDown = $state(false);

  #pickFiles: ((what: OpenWhat) => void) | null = null;
  #lookTimer: ReturnType<typeof setTimeout> | undefined;
  #toldTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param coming workspaces that are known and not there yet; null: all are there */
  constructor(
    bridge: HostBridge,
    workspaces: readonly KnownWorkspace[],
    coming: Promise<readonly WorkspaceLogic[]> | null = null,
  ) {
    this.bridge = bridge;
    this.workspaces = workspaces;
    this.preferences = new PreferenceStore(bridge);
    this.tour = new Tour(this.preferences);
    this.catalogue = new Catalogue(bridge, (id) => {
      for (const desk of this.session.desks) desk.modelGone?.(id);
    });
    this.networks = new Networks(bridge, this.catalogue, (text) => (this.announcement = text));
    this.presets = new Presets({ kept: this.preferences, tell: (text) => this.tell(text) });
    this.memory =
      bridge.photoSettings &&
      new PhotoMemory(bridge.photoSettings, {
        on: () => this.preferences.rememberPhotos,
        recalled: (entries) => this.#tellRecalled(entries),
      });
    this.session = new Session(
      bridge,
      {
        visible: () => this.view.visible,
        device: () => this.preferences.device,
        hasModel: (id) => this.catalogue.models === null || this.catalogue.model(id) !== null,
        modelTitle: (id) => this.catalogue.model(id)?.title ?? id,
        ...(this.memory ? { memory: this.memory } : {}),
        ...(bridge.edit ? {} : { arrived: (entry, desks) => this.presets.arrive(entry, desks) }),
      },
      workspaces,
      coming,
    );
    this.scan = new ScanDesk(this);
    this.exports = new ExportQueue(bridge);
    this.exactSize = new ExactSize(bridge);
    this.sending = bridge.sending && new Sending(bridge.sending);
    this.saving = bridge.edit && new Saving(bridge.edit, (entry) => this.remove([entry]));
  }

  get mac(): boolean {
    return this.bridge.info.platform === 'darwin';
  }

  /** Reads what is remembered: then the page can be shown. */
  load(): Promise<void> {
    return this.preferences.load();
  }

  /** Hears the host, and asks for what waits there; the page stands. Returns how it is ended. */
  start(): () => void {
    const stopEvents = this.bridge.listen((event) => this.#onEvent(event));
    const stopSpare = new Spare(this).start();
    void this.catalogue.loadModels();
    void this.catalogue.loadDevices();
    void this.sending?.load().catch(() => undefined);
    let stopShowing = (): void => undefined;
    void this.session
      .addFrom(async () => this.#photosOf(await this.bridge.pendingFiles()))
      .then(() => (stopShowing = this.#tellShown()));
    return () => {
      stopShowing();
      stopSpare();
      stopEvents();
    };
  }

  /** The host brings back what a page showed that is loaded again. */
  #tellShown(): () => void {
    return $effect.root(() => {
      $effect(() => {
        const sources = this.session.entries.map(({ source }) => source);
        this.bridge.shows?.(sources.filter((source) => source !== null));
      });
    });
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
    // Another program's files are there to be saved in place; others are not taken in beside them.
    if (this.saving) return;
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

  /** True where a workspace lets a person choose the model, and another one is chosen for this file. */
  canUseModel(entry: FileEntry, id: string): boolean {
    return this.session.desks.some((desk) => desk.usesModel?.(entry, id) === false);
  }

  useModel(entry: FileEntry, id: string): void {
    for (const desk of this.session.desks) desk.useModel?.(entry, id);
  }

  openSample(sample: Sample): void {
    void this.session.addFrom(async () => [await this.bridge.openSample(sample)]);
  }

  /** Files that can be exported: admitted, and not refused as pictures. */
  exportable(entries: readonly FileEntry[]): readonly FileEntry[] {
    return entries.filter((entry) => !entry.error);
  }

  get canExport(): boolean {
    if (this.saving) return false;
    const place = this.session.desk.writing?.placeOf(this.session.active);
    return place !== undefined && nameProblem(this.preferences.outputs[place].name, place) === null;
  }

  export(
    entries: readonly FileEntry[],
    options: { overwrite?: boolean; name?: string } = {},
  ): void {
    const { writing } = this.session.desk;
    if (!writing || !this.canExport) return;
    const chosen = (entry: FileEntry): Outputs => {
      const usual = this.#outputsFor(entry);
      if (options.name === undefined) return usual;
      const { outputs } = usual;
      const place = writing.placeOf(entry);
      return {
        ...usual,
        outputs: { ...outputs, [place]: { ...outputs[place], name: options.name } },
      };
    };
    const able = this.exportable(entries);
    const add = (delivery: Delivery | null): void =>
      this.exports.add(able, (entry) => writing.plan(entry, chosen(entry)), {
        ...options,
        delivery,
        met: async (entry) => this.presets.awaits(entry) && (await this.session.meet(entry)),
      });
    const { deliverTogether } = this.bridge;
    const files = able.reduce(
      (sum, entry) => sum + (writing.plan(entry, chosen(entry)).slices ?? 1),
      0,
    );
    if (!deliverTogether || files < 2) return add(null);
    void deliverTogether().then((delivery) => {
      if (delivery) add(delivery);
      else this.tell(say('exportedNothing'));
    });
  }

  /** Saves a file in place. @param accept although something can not be kept */
  save(entry: FileEntry, accept = false): void {
    const plan = this.planOf(entry);
    if (plan) void this.saving?.save(entry, plan.input, accept);
  }

  /** What the export of a file will be called; null: nothing is written in this workspace. */
  nameOf(entry: FileEntry): string | null {
    return this.planOf(entry)?.name(1, 1) ?? null;
  }

  /** What an export of a file would be; null: nothing is written in this workspace. */
  planOf(entry: FileEntry): ExportPlan | null {
    return this.session.desk.writing?.plan(entry, this.#outputsFor(entry)) ?? null;
  }

  /** As it stands now; of a scan in front also which values are seen. */
  #outputsFor(entry: FileEntry): Outputs {
    const { device, outputs } = this.preferences;
    const inFront = entry === this.session.active;
    return { device, outputs, seen: inFront ? this.view.seenOf(entry.source) : null };
  }

  /** How far the export of a file is in this workspace. */
  exportOf(entry: FileEntry): { exported: ExportState } {
    return this.session.workOf(entry);
  }

  /** DICOM files among those selected that were exported: what was written of them can go to an archive. */
  get sendable(): readonly FileEntry[] {
    return this.session.selection.filter(
      (entry) => entry.info?.format === 'dicom' && this.exportOf(entry).exported.kind === 'done',
    );
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

  /** What runs is cancelled: the exports, or else the preview, or else networks on their way. */
  cancel(): void {
    const { work } = this;
    const { active, desk } = this.session;
    if (this.saving?.busy) this.saving.cancel();
    else if (this.exports.busy) this.exports.cancel();
    else if (this.session.readsVolume) this.session.stopReadingVolume();
    else if (work?.busy) work.cancel();
    else if (this.session.work?.kept?.again.busy) this.toggleKept();
    else if (active && desk.aside?.(active)) desk.stopAsides?.(active);
    else this.networks.cancelAll();
  }

  /** What makes the picture on the screen in this workspace. */
  get work(): PictureWork | null {
    return this.session.work?.picture ?? null;
  }

  get busy(): boolean {
    const { exports, networks, session } = this;
    const aside =
      session.active !== null && (session.desk.aside?.(session.active) ?? null) !== null;
    return (
      this.saving?.busy ||
      exports.busy ||
      networks.busy ||
      aside ||
      session.readsVolume ||
      (this.work?.busy ?? false)
    );
  }

  /** Says on the screen and to screen readers what was just done. */
  tell(text: string): void {
    this.announcement = text;
    this.told = text;
    clearTimeout(this.#toldTimer);
    this.#toldTimer = setTimeout(() => (this.told = ''), TOLD_FOR);
  }

  #tellRecalled(entries: readonly FileEntry[]): void {
    const settings = this.session.desk.settingsWords?.(entries[0]!) ?? '';
    this.tell(say('recalled', { count: entries.length, name: entries[0]!.name, settings }));
  }

  undo(): void {
    const step = this.session.undo();
    if (step) this.tell(say('undone', aboutStep(step)));
  }

  redo(): void {
    const step = this.session.redo();
    if (step) this.tell(say('redone', aboutStep(step)));
  }

  /** True when the photo in front is as far as it goes, and nothing is done or waited for. Somebody who cancelled wants it quiet. */
  get idle(): boolean {
    const { active, work } = this.session;
    if (this.busy || this.engineDown) return false;
    if (!active || active.error !== null) return true;
    const resting: readonly string[] = ['final', 'nothing', 'failed'];
    return work !== null && resting.includes(work.picture.status);
  }

  /** What may be shown next: the page that is turned to, and neighbours while nothing else is to be done. */
  get ahead(): readonly PictureAhead[] {
    const { pageAhead } = this.session;
    const neighbours = this.idle ? this.session.ahead(this.mode) : [];
    return pageAhead ? [pageAhead, ...neighbours] : neighbours;
  }

  /** There is a finished result that can be kept, or one that is kept. */
  get canKeep(): boolean {
    const { work } = this.session;
    if (!work?.kept || !this.session.active?.open) return false;
    return work.kept.about !== null || (work.picture.again?.() ?? null) !== null;
  }

  /** Keeps the result on the screen to compare later ones with, or lets go of the one that is kept. */
  toggleKept(): void {
    const { active, desk, work } = this.session;
    if (!active || !work?.kept || !this.canKeep) return;
    const { kept, picture } = work;
    if (kept.about) {
      kept.drop();
      return this.tell(say('keptDropped'));
    }
    const words = desk.resultWords?.(active) ?? '';
    const settings = desk.textOf?.(active) ?? '';
    kept.keep(picture.shown!.layer, { words, settings, make: picture.again!()! });
    desk.showKept?.();
    if (this.mode === 'original' || this.mode === 'residual') this.mode = 'split';
    this.tell(say('resultKept', { words }));
  }

  /** Gives the photo in front the settings of its kept result. */
  useKept(): void {
    const { active, desk, work } = this.session;
    const settings = work?.kept?.about?.settings;
    if (active && settings !== undefined) desk.giveText?.(settings, [active], say('keptStep'));
  }

  /** The file in front has settings. */
  get canCopy(): boolean {
    return this.session.active !== null && this.session.desk.copy !== undefined;
  }

  /** Copies the settings of the file in front. Returns them as text for the clipboard; null: there are none. */
  copySettings(): string | null {
    const { active: entry, desk } = this.session;
    if (!entry || !desk.copy) return null;
    const settings = desk.settingsWords?.(entry) ?? '';
    this.tell(settings ? say('settingsCopied', { settings }) : say('settingsCopiedNow'));
    return desk.copy(entry);
  }

  get canPaste(): boolean {
    return this.session.active !== null && this.session.desk.canPaste;
  }

  /**
   * Gives settings to files: those in the text, else those copied last. Returns whether there were any.
   * @param text what the clipboard holds
   */
  pasteSettings(entries: readonly FileEntry[], text = ''): boolean {
    const { active, desk } = this.session;
    if (!active || !desk.paste(text, entries)) return false;
    const settings = desk.settingsWords?.(entries[0] ?? active) ?? '';
    const about = { count: entries.length, name: entries[0]?.name ?? '' };
    this.tell(say('settingsPasted', { ...about, settings, known: settings ? 'yes' : 'no' }));
    return true;
  }

  /** Gives the settings of the file in front to all open ones. */
  pasteToAll(): void {
    this.copySettings();
    this.pasteSettings(this.session.entries);
  }

  /** Back to what was suggested, or to what is usual. */
  resetSettings(): void {
    this.session.desk.reset();
  }

  get settingsChanged(): boolean {
    const { active, desk } = this.session;
    return active !== null && !desk.isReset(active);
  }

  remove(entries: readonly FileEntry[]): void {
    for (const entry of entries) this.exports.drop(entry);
    // What was saved for another program is done with, for good.
    if (this.saving) return this.session.remove(entries);
    this.session.remove(entries, say('removal'));
    const about = { count: entries.length, name: entries[0]?.name ?? '' };
    this.tell(say('removed', about));
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
      this.scan.onJob(event);
      this.exports.follow(event);
      this.exactSize.onJob(event);
      this.saving?.onJob(event);
      this.networks.onJob(event);
    } else if (event.type === 'open-files')
      void this.session.addFrom(() => Promise.resolve(this.#photosOf(event.files)));
    else if (event.type === 'sending') this.sending?.onEvent(event);
    if (event.type !== 'engine') return;
    if (event.state === 'died') {
      this.engineDown = true;
      this.announcement = say('engineEndedUnexpectedlyAndStarted');
    } else if (event.state === 'ready' || event.state === 'restarted') this.engineDown = false;
  }
}
