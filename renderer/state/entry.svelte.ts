/**
 * One file of the session: what it is, and what each workspace has made of it, its works. Holds values only;
 * opening is the work of documents.ts, what is asked for and made that of the workspaces.
 */
import { cancelledError } from '../../app/contract/errors.ts';
import type { DeidentifiedElements } from '../../app/contract/dicom-object.ts';
import { familyOf, formatOfName, mayBeOfSeries } from '../../app/contract/formats.ts';
import type {
  AdmittedFile,
  Allowance,
  DocumentInfo,
  HourglassEvent,
  Notice,
  Plane,
  SerializedError,
} from '../../app/contract/index.ts';
import type { Work } from './workspace.ts';

export type ExportState =
  | { readonly kind: 'none' }
  | { readonly kind: 'queued' }
  | { readonly kind: 'running'; readonly done: number; readonly total: number }
  | {
      readonly kind: 'done';
      readonly output: string;
      /** All of it: a file for each slice of a series. */
      readonly outputs: readonly string[];
      readonly name: string;
      /** Of all of them. */
      readonly bytes: number;
      /** What made it, to tell whether it was changed since. */
      readonly settings: string;
      readonly notices: readonly Notice[];
      /** What became of the elements of each de-identified file that was written. */
      readonly fates: readonly DeidentifiedElements[];
    }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly error: SerializedError };

/** What stands between a file and being seen. */
export type Arrival = 'admitting' | 'waiting' | 'opening' | 'open';

export class FileEntry {
  /** Of its document; another page is another document. */
  id = $state<string>(crypto.randomUUID());
  /** Which place it has in lists, whatever page is shown. */
  readonly key = this.id;
  /** Page of a TIFF of several, or slice of a volume, that is looked at, from 1. */
  page = $state(1);
  /** Plane of a volume that is looked at; `page` counts through it. null: slices as they were taken. */
  plane = $state<Plane | null>(null);
  /** Why the plane that was asked for last could not be cut; empty: it was. */
  planeProblem = $state('');
  /** Page that was turned to while `page` was still being opened; null: none. */
  next = $state<number | null>(null);
  /** The job that opens it, and how many slices of its volume it has read, where all of them are needed. */
  opening = $state.raw<{
    readonly job: string;
    readonly progress: { readonly done: number; readonly total: number } | null;
  } | null>(null);
  /** The slice as it was taken that was looked at last, from 1: what an export of one slice means. */
  slice = $state(1);
  /** All pages are exported where the format holds several; else the one that is looked at. */
  allPages = $state(true);
  readonly name: string;
  readonly bytes: number;
  /** Files that it comes from: slices of a series. */
  readonly files: number;
  /** The dropped file: the host may ask for it again. */
  readonly file: File | null;
  source = $state.raw<string | null>(null);
  /** Upload so far, 0–1; null when none is under way. */
  upload = $state.raw<number | null>(null);
  arrival = $state<Arrival>('admitting');
  /** Kept when the document is closed, so that its facts stay readable. */
  info = $state.raw<DocumentInfo | null>(null);
  /** True while the engine holds the document. */
  open = $state(false);
  /** Why the file can not be shown. */
  error = $state.raw<SerializedError | null>(null);
  /** What a person has allowed for this file, as commands take it. */
  allowed = $state.raw<Readonly<Partial<Record<Allowance, true>>>>({});
  /** By the workspace's id. */
  readonly works: ReadonlyMap<string, Work>;

  /** Ends with the file's place in the strip: uploading and measuring are not worth going on with then. */
  #here = new AbortController();
  #admitted: Promise<string>;
  #resolve!: (source: string) => void;
  #reject!: (error: unknown) => void;

  constructor(
    file: Pick<AdmittedFile, 'name' | 'bytes' | 'files'>,
    works: ReadonlyMap<string, Work>,
    local: File | null = null,
  ) {
    this.name = file.name;
    this.bytes = file.bytes;
    this.files = file.files ?? 1;
    this.file = local;
    this.works = works;
    this.#admitted = this.#promise();
  }

  /** Waits until the host has the file; the source that commands take. */
  get admitted(): Promise<string> {
    return this.#admitted;
  }

  admit(source: string): void {
    this.source = source;
    this.upload = null;
    this.arrival = 'waiting';
    this.error = null;
    this.#resolve(source);
  }

  refuse(error: SerializedError): void {
    this.upload = null;
    this.error = error;
    this.#reject(error);
  }

  /** Forgets a refusal before the file is offered to the host again. */
  retryAdmission(): void {
    this.error = null;
    this.#admitted = this.#promise();
  }

  /** What a workspace has made of the file; its own folder knows the type. */
  work<W extends Work>(id: string, type: abstract new (...args: never[]) => W): W {
    const work = this.works.get(id);
    if (!(work instanceof type))
      throw new Error(`${this.name} has no work of the workspace ${id}.`);
    return work;
  }

  /** Aborted when the file is taken out of the strip. */
  get signal(): AbortSignal {
    return this.#here.signal;
  }

  /** Back in the strip: it is admitted and opened anew. */
  comeBack(): void {
    this.#here = new AbortController();
    this.#admitted = this.#promise();
    this.source = null;
    this.error = null;
    this.arrival = 'admitting';
    for (const work of this.works.values())
      if (work.exported.kind === 'queued' || work.exported.kind === 'running')
        work.exported = { kind: 'none' };
  }

  /** Taken out of the strip. */
  end(): void {
    this.#here.abort();
    // Whoever waits for an upload that does not come any more.
    this.#reject(cancelledError());
    this.leave();
  }

  /** Nobody looks at it any more: what runs for the screen is not worth going on with. */
  leave(): void {
    for (const work of this.works.values()) work.leave();
  }

  /** The engine has closed the document, its layers with it. */
  lose(): void {
    this.open = false;
    for (const work of this.works.values()) work.lose();
  }

  /** A layer is gone from the engine. Returns whether something has to be made again. */
  onGone(layer: string): boolean {
    return [...this.works.values()].map((work) => work.onGone(layer)).includes(true);
  }

  /** All layers are, but not the document. */
  layersGone(): void {
    for (const layer of this.layers) this.onGone(layer);
  }

  /** Ids of the layers that are known here. */
  get layers(): readonly string[] {
    return [...this.works.values()].flatMap((work) => work.layers);
  }

  /** The file is another one now: nothing that was found of it is true any more. */
  forget(error: SerializedError): void {
    this.lose();
    for (const work of this.works.values()) work.forget();
    this.error = error;
  }

  /** Another page comes to the front: the document is another one, and nothing that was found of the last one is true of it. */
  turnTo(page: number, plane: Plane | null = this.plane): void {
    for (const work of this.works.values()) {
      work.leave();
      work.forget();
      // It was of the other page.
      if (work.exported.kind === 'done') work.exported = { kind: 'none' };
    }
    this.id = crypto.randomUUID();
    this.page = page;
    this.next = null;
    this.plane = plane;
    if (plane === null) this.slice = page;
    this.error = null;
  }

  /** What the host tells of the job that opens it. */
  onJob({ job, progress }: Extract<HourglassEvent, { type: 'job' }>): void {
    if (job !== this.opening?.job || !progress || progress.total === 0) return;
    this.opening = { job, progress: { done: progress.done, total: progress.total } };
  }

  /** Pages, or slices as they were taken, whatever plane is looked at; null: it has one. */
  get parts(): number | null {
    const { pages, plane, volume } = this.info ?? {};
    return plane && volume ? volume.size[2] * volume.times : (pages?.count ?? null);
  }

  /** What it is counted as; of one that nobody has opened yet its name says it. */
  get isScan(): boolean {
    const format = this.info?.format ?? formatOfName(this.name);
    return format === null ? mayBeOfSeries(this.name) : familyOf(format) === 'scan';
  }

  /** What its pages are of. */
  get of(): 'volume' | 'frames' | 'file' {
    const { info } = this;
    if (!info || familyOf(info.format) !== 'scan') return 'file';
    // Of ultrasound and others: one behind the other in time, not in space.
    const isCine = info.format === 'dicom' && this.files === 1 && !info.volume && !info.plane;
    return isCine && info.pages ? 'frames' : 'volume';
  }

  engineDied(): void {
    this.open = false;
    for (const work of this.works.values()) work.engineDied();
  }

  /** True when the engine ended while it made what stands on the screen. */
  get suspect(): boolean {
    return [...this.works.values()].some((work) => work.suspect);
  }

  #promise(): Promise<string> {
    const promise = new Promise<string>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // A refusal is shown from `error`; nobody may be waiting here.
    promise.catch(() => undefined);
    return promise;
  }
}
