/**
 * The files of the film strip: which are there, which one is looked at, in which workspace, which are
 * selected, and how the one in front is opened. What is then made of it is the workspace's work, in its own
 * folder; exporting is `exports.svelte.ts`.
 */
import { mayBeOfSeries } from '../../app/contract/formats.ts';
import {
  errorCatalogue,
  HourglassError,
  toHourglassError,
  type ErrorCode,
} from '../../app/contract/errors.ts';
import type {
  AdmittedFile,
  Allowance,
  DeviceChoice,
  HostBridge,
  HourglassEvent,
  Plane,
  Rect,
} from '../../app/contract/index.ts';
import { Ahead, wantedNext } from './ahead.svelte.ts';
import { Documents, isForgotten } from './documents.ts';
import { FileEntry } from './entry.svelte.ts';
import { Lease } from './lease.ts';
import { firstOf, sameContent, sharesName } from './same-content.ts';
import type { PhotoMemory } from './photo-memory.svelte.ts';
import { Steps, type Step } from './steps.svelte.ts';
import { say } from './sentences.ts';
import { between, selectAll, selectOnly, toggled, without, type Selection } from './selection.ts';
import { ComingDesk } from './whole-desk.ts';
import type { Desk, KnownWorkspace, Surroundings, Work, WorkspaceLogic } from './workspace.ts';
import type { CompareMode, OnScreen, PictureAhead } from '../viewer/types.ts';

/** Further steps of undo within this time join the work that is about to start, milliseconds. */
const DEBOUNCE = 160;

export interface SessionSurroundings {
  /** The region on the screen, full-size coordinates; null before anything is shown. */
  readonly visible: () => Rect | null;
  readonly device: () => DeviceChoice;
  /** False for a network that is not installed, as far as is known. Default: all are. */
  readonly hasModel?: (id: string) => boolean;
  /** Default: its id. */
  readonly modelTitle?: (id: string) => string;
  /** Where settings stay across starts; absent: nowhere. */
  readonly memory?: PhotoMemory;
  /** A photo was opened: what it may be given by itself is looked for. Returns whether it was given anything. */
  readonly arrived?: (entry: FileEntry, desks: ReadonlyMap<string, Desk>) => boolean;
}

/** Whoever goes through pages or slices looks at them: work on one begins when nobody has turned for so long, milliseconds. */
const TURNING_REST = 200;
/** A page that was turned to is to be seen before the next one takes its place, but not waited for longer than this, milliseconds. */
const SEEN_WITHIN = 150;

const none: ReadonlyMap<string, Desk> = new Map();

/** A page that was turned to. */
interface Turned {
  readonly entry: FileEntry;
  /** Of its document. */
  readonly id: string;
  /** In which direction. */
  readonly by: number;
}

export class Session {
  entries = $state.raw<readonly FileEntry[]>([]);
  /** The file in front. */
  active = $state.raw<FileEntry | null>(null);
  /** What settings, export and paste act on; holds the active one. */
  selected = $state.raw<Selection<FileEntry>>(selectAll([]));
  /** Why files could not be taken in at all. */
  problem = $state.raw<{ message: string; hint: string } | null>(null);
  /** Counts restarts of the engine: thumbnails that failed before are asked for again. */
  revival = $state(0);
  /** Id of the workspace that is entered. */
  workspace = $state('');
  /** What was done in this session, to be undone. */
  readonly steps = new Steps();

  readonly #bridge: HostBridge;
  /** By the workspace's id. */
  #desks = $state.raw<ReadonlyMap<string, Desk>>(none);
  /** In the place of the one that is entered first, until it is there. */
  readonly #before: ComingDesk;
  /** Fulfilled when all workspaces are there; null: they are. */
  #coming: Promise<void> | null;
  /** A workspace that was chosen before it was there. */
  #chosen: string | null = null;
  readonly #documents: Documents;
  readonly #lease: Lease;
  readonly #memory: PhotoMemory | undefined;
  readonly #arrived: SessionSurroundings['arrived'];
  readonly #ahead: Ahead;
  #onScreen = $state.raw<OnScreen | null>(null);
  /** The page that was turned to last, until it is seen. */
  #turned: Turned | null = null;
  #unseen: ReturnType<typeof setTimeout> | undefined;
  /** The way in which the person last stepped through the strip: 1 or -1. */
  #direction = 1;
  #waiting: FileEntry[] = [];
  #admitting = false;
  #anchor: FileEntry | null = null;

  /**
   * @param workspaces the first one is entered
   * @param coming those of them that are not there yet. Until they are, no file is taken in: each has a work of every file
   */
  constructor(
    bridge: HostBridge,
    around: SessionSurroundings,
    workspaces: readonly KnownWorkspace[],
    coming: Promise<readonly WorkspaceLogic[]> | null = null,
  ) {
    this.#bridge = bridge;
    this.workspace = workspaces[0]!.id;
    this.#before = new ComingDesk(workspaces[0]!.invitation?.() ?? '');
    this.#documents = new Documents(bridge);
    this.#lease = new Lease(bridge, bridge.page, {
      gone: (document, layer) => this.#onGone(document, layer),
      refused: (document, error) => this.#refused(document, error),
    });
    this.#ahead = new Ahead({
      prepare: (entry, signal) => this.#prepare(entry, signal),
      busy: (entry) => this.workOf(entry).picture.busy,
      leave: (entry) => {
        if (entry.arrival === 'opening') this.#documents.close(entry);
        entry.leave();
      },
    });
    const surroundings = (id: string): Surroundings => ({
      ...around,
      bridge,
      hasModel: around.hasModel ?? (() => true),
      modelTitle: around.modelTitle ?? ((id) => id),
      onScreen: () => this.onScreen,
      entries: () => this.entries,
      active: () => (this.workspace === id ? this.active : null),
      selection: () => (this.workspace === id ? this.selection : []),
      steps: this.steps,
      bringUp: (entry) => void this.#bringUp(entry),
      enter: (workspace) => this.enter(workspace),
    });
    /** Those that are there, in the order of the table. */
    const open = (there: readonly KnownWorkspace[]): void => {
      const desks = workspaces.flatMap(({ id }): readonly (readonly [string, Desk])[] => {
        const own = there.find((one) => one.id === id);
        const desk = this.#desks.get(id) ?? own?.open?.(surroundings(id));
        return desk ? [[id, desk]] : [];
      });
      // eslint-disable-next-line svelte/prefer-svelte-reactivity -- never changes
      this.#desks = new Map(desks);
    };
    open(workspaces);
    this.#coming =
      coming &&
      coming.then((there) => {
        open(there);
        this.#coming = null;
        if (this.#chosen !== null) this.enter(this.#chosen);
      });
    this.#memory = around.memory;
    this.#arrived = around.arrived;
    this.steps.onchange = ({ workspace, parts }) => {
      const entries = parts.map(({ entry }) => entry);
      if (workspace !== null) this.#memory?.changed(entries, this.#desks);
    };
  }

  /** What the viewer really shows; null: there is none, or its next frame will tell. */
  get onScreen(): OnScreen | null {
    return this.#onScreen;
  }

  set onScreen(shown: OnScreen | null) {
    this.#onScreen = shown;
    if (shown && shown.document === this.#turned?.id) this.#seen();
  }

  /** The workspace that is entered, at work. */
  get desk(): Desk {
    return this.#desks.get(this.workspace) ?? this.#before;
  }

  get desks(): readonly Desk[] {
    return [...this.#desks.values()];
  }

  /** A workspace at work, for its own folder, which knows the type. */
  deskOf<D extends Desk>(id: string, type: abstract new (...args: never[]) => D): D {
    const desk = this.#desks.get(id);
    if (!(desk instanceof type)) throw new Error(`There is no workspace ${id} here.`);
    return desk;
  }

  /** What the workspace that is entered has made of a file. */
  workOf(entry: FileEntry): Work {
    return entry.works.get(this.workspace)!;
  }

  /** The same of the file in front. */
  get work(): Work | null {
    return this.active && this.workOf(this.active);
  }

  /** Another workspace: the same file stays in front, at the same place. */
  enter(workspace: string): void {
    this.#chosen = this.#desks.has(workspace) ? null : workspace;
    if (this.#chosen !== null) return;
    if (workspace === this.workspace) return this.desk.home?.();
    this.active?.leave();
    this.workspace = workspace;
    // What works on slices alone gets the slice that was looked at last.
    if (this.active?.plane && !this.desk.planes) this.showPlane(null, this.active.slice);
    if (this.active && !this.active.error && !this.desk.whole) void this.#bringUp(this.active);
  }

  get selection(): readonly FileEntry[] {
    return this.entries.filter((entry) => this.selected.has(entry));
  }

  /** Takes in dropped, pasted or chosen files; the first new one comes to the front when none is. */
  async addFiles(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    this.problem = null;
    if (this.#coming) await this.#coming;
    if (this.#bridge.info.kind === 'browser') {
      const { fresh, again } = sharesName(files, this.entries)
        ? await this.#knownFiles(files)
        : { fresh: files, again: undefined };
      if (fresh.length === 0 && again) return this.select(again);
      const slices = fresh.filter(({ name }) => mayBeOfSeries(name));
      const several = slices.length > 1;
      const alone = several ? fresh.filter((file) => !slices.includes(file)) : fresh;
      const added = alone.map((file) => this.#entry({ name: file.name, bytes: file.size }, file));
      this.#append(added);
      this.#waiting.push(...added);
      void this.#admitWaiting();
      // What they are together is known when they are all there.
      if (several) await this.#add(() => this.#bridge.admit(slices), slices);
      return;
    }
    await this.#add(() => this.#bridge.admit(files), files);
  }

  /** Which of dropped files are in the strip already, by what is in them. */
  async #knownFiles(
    files: readonly File[],
  ): Promise<{ readonly fresh: readonly File[]; readonly again: FileEntry | undefined }> {
    const fresh: File[] = [];
    let again: FileEntry | undefined;
    for (const file of files) {
      const alike = this.entries.filter((entry) => entry.name === file.name);
      const same = await firstOf(
        alike,
        async (entry) => entry.file !== null && (await sameContent(entry.file, file)),
      );
      if (same) again ??= same;
      else if (
        !(await firstOf(
          fresh,
          async (other) => other.name === file.name && (await sameContent(other, file)),
        ))
      )
        fresh.push(file);
    }
    return { fresh, again };
  }

  /** Takes in what the host admits by itself: its dialog, the sample, files it was started with. */
  addFrom(admit: () => Promise<readonly AdmittedFile[]>): Promise<void> {
    return this.#add(admit);
  }

  /** @param dropped what they were made of: one that comes back after its removal is admitted again */
  async #add(
    admit: () => Promise<readonly AdmittedFile[]>,
    dropped: readonly File[] = [],
  ): Promise<void> {
    try {
      const admitted = await admit();
      if (this.#coming) await this.#coming;
      this.addAdmitted(admitted, dropped);
    } catch (error) {
      const { code, message, hint } = toHourglassError(error);
      if (code !== 'cancelled') this.problem = { message, hint };
    }
  }

  addAdmitted(files: readonly AdmittedFile[], dropped: readonly File[] = []): void {
    this.problem ??= files.find(({ problem }) => problem)?.problem ?? null;
    const known = (file: AdmittedFile): FileEntry | undefined =>
      this.entries.find((entry) => entry.source === file.source);
    const arrived = files
      .filter((file) => !known(file))
      .map((file) => {
        const local = dropped.find(({ name, size }) => name === file.name && size === file.bytes);
        const entry = this.#entry(file, local ?? null);
        entry.admit(file.source);
        return { entry, settings: file.settings };
      });
    this.#memory?.recall(arrived, this.#desks);
    const added = arrived.map(({ entry }) => entry);
    this.#append(added);
    const again = files.map(known).find(Boolean);
    if (added.length === 0 && again) this.select(again);
  }

  /** Brings a file to the front. `toggle` and `range` extend the selection as lists do everywhere. */
  select(entry: FileEntry, how: 'only' | 'toggle' | 'range' = 'only'): void {
    this.steps.settle();
    if (how === 'toggle') {
      this.selected = toggled(this.selected, entry);
      this.#anchor = entry;
      this.#activate(this.selected.has(entry) ? entry : [...this.selected].at(-1)!);
      return;
    }
    this.selected =
      how === 'only' ? selectOnly(entry) : between(this.entries, this.#anchor ?? entry, entry);
    if (how === 'only') this.#anchor = entry;
    this.#activate(entry);
  }

  selectAll(): void {
    this.steps.settle();
    this.selected = selectAll(this.entries);
  }

  /** The file `by` places further in the strip; stops at the ends. */
  step(by: number): void {
    const entry = this.neighbour(by);
    if (entry) this.select(entry);
  }

  /** Pages of the file in front, or slices where it is a volume; null: it has one. */
  get pages(): {
    readonly of: FileEntry['of'];
    readonly page: number;
    readonly count: number;
  } | null {
    const { active } = this;
    const { pages } = active?.info ?? {};
    // A page of a plane is no slice as it was taken.
    const of = active?.plane ? 'file' : active?.of;
    return of && pages ? { of, page: active!.next ?? active!.page, count: pages.count } : null;
  }

  /** Another page of the file in front; stops at the ends. */
  turnPage(by: number): void {
    const entry = this.active;
    if (!entry || !this.canTurn(by)) return;
    this.steps.settle();
    const page = this.pages!.page + by;
    // Whoever turns faster than pages are seen sees those that are on his way, and ends where he turned to.
    if (this.turning) entry.next = page;
    else this.#turnTo(entry, page);
  }

  /** The page in front was turned to, and is not seen yet. */
  get turning(): boolean {
    return this.active?.arrival === 'opening' || this.#turned?.entry === this.active;
  }

  #turnTo(entry: FileEntry, page: number): void {
    const by = Math.sign(page - entry.page);
    this.#documents.turn(entry, page);
    clearTimeout(this.#unseen);
    this.#turned = { entry, id: entry.id, by };
    void this.#bringUp(entry, TURNING_REST);
  }

  /** It is open: the next one is made ready meanwhile. */
  #turnedTo({ entry, id, by }: Turned): void {
    const next = entry.next ?? entry.page + by;
    const { pages, content } = entry.info!;
    if (
      content.family === 'scan' &&
      pages &&
      next >= 1 &&
      next <= pages.count &&
      next !== entry.page
    )
      this.#documents.expect(entry, next);
    this.#unseen = setTimeout(() => {
      if (this.#turned?.id === id) this.#seen();
    }, SEEN_WITHIN);
  }

  #seen(): void {
    const { entry } = this.#turned!;
    clearTimeout(this.#unseen);
    this.#turned = null;
    this.#turnOn(entry);
  }

  /** Goes on to the page that was turned to meanwhile. Returns whether there is one. */
  #turnOn(entry: FileEntry): boolean {
    const { next } = entry;
    if (next === null || entry !== this.active) return false;
    entry.next = null;
    if (next === entry.page) return false;
    this.#turnTo(entry, next);
    return true;
  }

  /**
   * Another plane of the volume in front, or its slices as they were taken.
   * @param page from 1
   */
  showPlane(plane: Plane | null, page: number): void {
    const entry = this.active;
    if (!entry) return;
    entry.next = null;
    if (entry.plane === plane && entry.page === page) return;
    this.steps.settle();
    this.#documents.turn(entry, page, plane);
    this.#turned = null;
    entry.planeProblem = '';
    void this.#bringUp(entry, TURNING_REST);
  }

  /** All slices of the volume in front are being read, for a plane of it. */
  get readsVolume(): boolean {
    const { active } = this;
    return active !== null && active.plane !== null && (active.opening?.progress ?? null) !== null;
  }

  /** Gives that up: the slices as they were taken are there all the same. */
  stopReadingVolume(): void {
    const entry = this.active;
    if (!entry || !this.readsVolume) return;
    this.showPlane(null, entry.slice);
    entry.planeProblem = say('volumeNotRead');
  }

  canTurn(by: number): boolean {
    const { pages } = this;
    return pages !== null && pages.page + by >= 1 && pages.page + by <= pages.count;
  }

  neighbour(by: number): FileEntry | null {
    if (!this.active) return null;
    return this.entries[this.entries.indexOf(this.active) + by] ?? null;
  }

  /**
   * Takes files out of the strip. The files themselves are not touched.
   * @param what how this is called when it is undone; null: it can not be
   */
  remove(entries: readonly FileEntry[], what: string | null = null): void {
    const gone = entries
      .map((entry) => ({ entry, index: this.entries.indexOf(entry) }))
      .filter(({ index }) => index >= 0)
      .sort((a, b) => a.index - b.index);
    if (gone.length === 0) return;
    this.#take(entries);
    if (what === null) return;
    const parts = gone.map(({ entry, index }) => ({
      ...{ entry, of: entry },
      swap: () => (this.entries.includes(entry) ? this.#take([entry]) : this.#put(entry, index)),
    }));
    this.steps.record({ what, workspace: null, parts });
  }

  /** Puts a file back where it was: it arrives anew, with its settings. */
  #put(entry: FileEntry, index: number): void {
    this.entries = this.entries.toSpliced(index, 0, entry);
    const { source } = entry;
    entry.comeBack();
    if (source !== null && !entry.file) entry.admit(source);
    else {
      this.#waiting.push(entry);
      void this.#admitWaiting();
    }
  }

  #take(entries: readonly FileEntry[]): void {
    const index = this.entries.findIndex((entry) => entries.includes(entry));
    for (const entry of entries) {
      entry.end();
      this.#documents.close(entry);
    }
    this.#waiting = this.#waiting.filter((entry) => !entries.includes(entry));
    this.entries = this.entries.filter((entry) => !entries.includes(entry));
    for (const entry of entries) void this.#release(entry);
    this.selected = without(this.selected, entries);
    if (this.active && this.entries.includes(this.active)) return;
    this.active = null;
    const next = this.entries[index] ?? this.entries.at(-1);
    if (next) this.select(next);
  }

  /** The host keeps an upload no longer than the strip shows it. */
  async #release(entry: FileEntry): Promise<void> {
    try {
      const source = await entry.admitted;
      if (this.entries.every((other) => other.source !== source))
        await this.#bridge.release([source]);
    } catch {
      // It was never admitted, or the host is gone: nothing is kept.
    }
  }

  /** Takes back what was done last, and goes to the photo that it was done to. Returns it; null: nothing was done. */
  undo(): Step | null {
    return this.#goTo(this.steps.undo());
  }

  redo(): Step | null {
    return this.#goTo(this.steps.redo());
  }

  #goTo(step: Step | null): Step | null {
    if (!step) return null;
    if (step.workspace !== null) this.enter(step.workspace);
    const there = step.parts.map(({ entry }) => entry).filter((one) => this.entries.includes(one));
    if (this.active && there.includes(this.active)) this.refresh(DEBOUNCE);
    else if (there.length > 0) {
      this.select(there[0]!);
      if (there.length > 1) this.selected = selectAll(there);
    }
    return step;
  }

  /**
   * Opens a photo that nobody has looked at, for what it is given by itself when it is opened. Returns whether it was given anything.
   * @throws HourglassError whatever `open` refuses with
   */
  async meet(entry: FileEntry): Promise<boolean> {
    await this.#documents.open(entry);
    // The photo in front is not the one that was used longest ago.
    if (this.active?.open) await this.#documents.open(this.active);
    return this.#arrived?.(entry, this.#desks) ?? false;
  }

  /** Makes what is on the screen agree with the settings of this workspace. */
  refresh(delay: number): void {
    if (this.active) this.show(this.active, delay);
  }

  /** Tries again what failed: taking the file in, opening it, or cleaning it. */
  retry(entry: FileEntry): void {
    if (entry.source === null && entry.file) {
      entry.retryAdmission();
      this.#waiting.unshift(entry);
      void this.#admitWaiting();
    }
    entry.error = null;
    for (const place of entry.works.values())
      if (place.exported.kind === 'failed') place.exported = { kind: 'none' };
    if (entry === this.active) void this.#bringUp(entry);
  }

  /** Tries again with what a person has allowed for this file. */
  allow(entry: FileEntry, allowance: Allowance): void {
    entry.allowed = { ...entry.allowed, [allowance]: true };
    this.retry(entry);
  }

  /** Makes the picture of the file in front agree with its settings. */
  show(entry: FileEntry, delay: number): void {
    if (entry === this.active) this.desk.show(entry, delay);
  }

  /** Layers of a file that stand on the screen, or that stand ready behind a key; null: no file is shown. */
  shows(shown: { readonly entry: FileEntry; readonly layers: readonly string[] } | null): void {
    this.#lease.show(shown && { document: shown.entry.id, layers: shown.layers });
  }

  /**
   * Something that is to be on the screen could not be had, or the person was elsewhere, where the file may
   * have been changed: asks what is there.
   */
  resync(): void {
    this.#lease.again();
  }

  /** Another device was chosen: what is on the screen was made by the old one. */
  deviceChanged(): void {
    for (const entry of this.entries) for (const work of entry.works.values()) work.outdate();
    this.refresh(0);
  }

  /**
   * Makes neighbours ready while nothing else is to be done. To be called when anything of that has changed.
   * @param idle the photo in front is ready, and nobody waits for anything
   */
  prepareAhead(idle: boolean): void {
    const { next } = this;
    this.#ahead.update({ front: this.active, idle: idle && this.desk.ahead !== undefined, next });
  }

  /** Photos that may be looked at next, the most wanted first. */
  get next(): readonly FileEntry[] {
    return wantedNext(this.#direction)
      .map((by) => this.neighbour(by))
      .filter((entry) => entry !== null)
      .filter(({ error, source }) => error === null && source !== null);
  }

  /** Those of them that are ready, as they would be shown. */
  ahead(mode: CompareMode): readonly PictureAhead[] {
    return this.next.flatMap((entry) => {
      const { info, open } = entry;
      const ready = ['final', 'nothing'].includes(this.workOf(entry).picture.status);
      return open && info && ready ? [{ document: info, ...this.desk.layersOf(entry, mode) }] : [];
    });
  }

  /** The page that is turned to next, as it would be shown: its tiles are fetched before that. */
  get pageAhead(): PictureAhead | null {
    const document = this.#documents.ahead;
    return document && { document, layer: null, base: null };
  }

  /** True while a neighbour is made ready. */
  get preparing(): boolean {
    return this.#ahead.working;
  }

  /** Tells what is being made for the screen where the person looks now. */
  look(view: Rect): void {
    const entry = this.active;
    if (!entry?.open || !this.work?.picture.busy) return;
    // Only an order of work: when it comes too late nothing is lost.
    this.#bridge.run('focus', { document: entry.id, view }).catch(() => undefined);
  }

  onEvent(event: HourglassEvent): void {
    for (const desk of this.#desks.values()) desk.onEvent?.(event);
    if (event.type === 'layer') {
      for (const work of this.#entryOf(event.document)?.works.values() ?? []) work.onLayer(event);
    } else if (event.type === 'job') {
      this.active?.onJob(event);
      for (const work of this.active?.works.values() ?? []) work.onJob(event);
    } else if (event.type === 'layer-gone') this.#onGone(event.document, event.layer);
    else if (event.type === 'document-gone') {
      const { code, message, hint } = event.error;
      const known = Object.hasOwn(errorCatalogue, code) ? (code as ErrorCode) : 'internal';
      this.#documentGone(event.document, new HourglassError(known, message, { hint }));
    } else if (event.type === 'engine' && event.state === 'died') this.#engineDied();
    else if (event.type === 'engine' && event.state === 'recycled') this.#recycled();
    // Events were missed: the answer says which of the layers shown are not there any more.
    else if (event.type === 'resync') this.#lease.again();
    else if (event.type === 'engine' && event.state === 'restarted') {
      this.revival += 1;
      this.#lease.again();
    }
  }

  #entryOf(document: string): FileEntry | undefined {
    return this.entries.find(({ id }) => id === document);
  }

  /** What was on the screen is made again by itself; what was not, when it comes back. */
  #onGone(document: string, layer: string): void {
    const entry = this.#entryOf(document);
    if (entry?.onGone(layer) && entry === this.active && !entry.error) void this.#bringUp(entry);
  }

  #documentGone(document: string, error: HourglassError): void {
    if (document === this.#documents.ahead?.document) this.#documents.expectNothing();
    this.#entryOf(document)?.forget(error.toJSON());
  }

  /** What is shown can not stay in memory, or its document is not there. */
  #refused(document: string, error: HourglassError): void {
    const entry = this.#entryOf(document);
    if (!entry?.open || entry.error) return;
    if (isForgotten(error)) this.#documentGone(document, error);
    else this.workOf(entry).picture.fail(error);
  }

  /** The engine was renewed: the documents are open again when they are asked for, their layers are not. */
  #recycled(): void {
    for (const entry of this.entries) entry.layersGone();
    this.#lease.again();
    if (this.active && !this.active.error) void this.#bringUp(this.active);
  }

  #engineDied(): void {
    const entry = this.active;
    const suspect = entry?.suspect ?? false;
    this.#documents.loseAll();
    if (!entry || entry.error) return;
    // The file that was being cleaned may be what ended the engine: it only opens again, and a
    // person decides whether to clean it once more. Any other file goes on by itself.
    if (!suspect) void this.#bringUp(entry);
    else
      this.#documents.open(entry).catch((error: unknown) => {
        entry.error = toHourglassError(error).toJSON();
      });
  }

  #entry(file: Pick<AdmittedFile, 'name' | 'bytes' | 'files'>, local: File | null): FileEntry {
    const works = [...this.#desks].map(([id, desk]) => [id, desk.create()] as const);
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- never changes
    return new FileEntry(file, new Map(works), local);
  }

  #append(added: readonly FileEntry[]): void {
    if (added.length === 0) return;
    this.entries = [...this.entries, ...added];
    const told = [...this.#desks].find(([, desk]) => added.every((entry) => desk.claims?.(entry)));
    const shows = [...this.#desks].find(([, desk]) => !desk.whole);
    if (told) this.enter(told[0]);
    // A workspace without pictures has nothing to show of them.
    else if (shows && this.#refuses(added)) this.enter(shows[0]);
    this.select(added[0]!);
  }

  #refuses(added: readonly FileEntry[]): boolean {
    const { desk } = this;
    return added.some((entry) => desk.refuses?.(entry) ?? desk.whole ?? false);
  }

  #activate(entry: FileEntry): void {
    const before = this.active;
    if (before === entry) return;
    // What nobody looks at is not worth computing; it starts again when the file comes back.
    before?.leave();
    this.#documents.expectNothing();
    this.#turned = null;
    const way = before ? this.entries.indexOf(entry) - this.entries.indexOf(before) : 0;
    if (way !== 0) this.#direction = Math.sign(way);
    this.active = entry;
    if (!entry.error) void this.#bringUp(entry);
  }

  /**
   * Opens it and lets the workspace go on; stops silently when another file or workspace has come to the front meanwhile.
   * @param rest how long it is only looked at, milliseconds
   */
  async #bringUp(entry: FileEntry, rest = 0): Promise<void> {
    const { workspace } = this;
    const { id } = entry;
    const superseded = () =>
      this.active !== entry ||
      entry.error !== null ||
      this.workspace !== workspace ||
      entry.id !== id;
    try {
      await this.#documents.open(entry);
      this.#arrived?.(entry, this.#desks);
      const turned = this.#turned?.id === id ? this.#turned : null;
      if (superseded()) {
        if (turned) this.#turned = null;
        return;
      }
      if (turned) this.#turnedTo(turned);
      else if (this.#turnOn(entry)) return;
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
      if (superseded()) return;
      await this.desk.arrive(entry, superseded);
    } catch (error) {
      // What was given up for another page is not what is shown.
      if (entry.id !== id) return;
      this.#turned = null;
      if (this.#turnOn(entry)) return;
      if (isForgotten(error)) this.#documents.lose(entry);
      const { code, message } = toHourglassError(error);
      if (entry.plane !== null && entry === this.active && code !== 'engine-died') {
        // Its slices are there all the same.
        this.showPlane(null, entry.slice);
        entry.planeProblem = message;
      } else entry.error = toHourglassError(error).toJSON();
    }
  }

  /** What `bringUp` does for the file in front, for one that may come there. */
  async #prepare(entry: FileEntry, signal: AbortSignal): Promise<void> {
    try {
      await this.#documents.open(entry);
      this.#arrived?.(entry, this.#desks);
    } catch (thrown) {
      const error = toHourglassError(thrown);
      // The strip tells of a file that can not be opened before anybody comes to it.
      if (error.code !== 'cancelled' && error.code !== 'engine-died') entry.error = error.toJSON();
      return;
    }
    if (!signal.aborted && entry !== this.active) await this.desk.ahead?.(entry, signal);
  }

  /** Sends files to the host one after the other, the one in front first. */
  async #admitWaiting(): Promise<void> {
    if (this.#admitting) return;
    this.#admitting = true;
    while (this.#waiting.length > 0) {
      const index = Math.max(0, this.#waiting.indexOf(this.active!));
      const [entry] = this.#waiting.splice(index, 1);
      if (entry?.file) await this.#admit(entry, entry.file);
    }
    this.#admitting = false;
  }

  async #admit(entry: FileEntry, file: File): Promise<void> {
    entry.upload = 0;
    const { signal } = entry;
    try {
      const onProgress = ({ done, total }: { done: number; total: number }): void => {
        entry.upload = total > 0 ? done / total : 0;
      };
      const [admitted] = await this.#bridge.admit([file], onProgress, signal);
      if (signal.aborted) return;
      this.#memory?.recall([{ entry, settings: admitted!.settings }], this.#desks);
      entry.admit(admitted!.source);
    } catch (error) {
      // Taken out of the strip meanwhile, and perhaps back in it.
      if (!signal.aborted) entry.refuse(toHourglassError(error).toJSON());
    }
  }
}
