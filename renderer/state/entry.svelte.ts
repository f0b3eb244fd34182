/**
 * One file of the session: what it is, what was measured, what is asked for, what has been made of
 * it. Holds values only; opening, previewing and exporting are the work of their own classes.
 */
import type {
  AdmittedFile,
  DocumentInfo,
  NoiseReading,
  Notice,
  SerializedError,
} from '../../app/contract/index.ts';
import { History } from './history.svelte.ts';
import type { NoiseMap } from './noise-map.svelte.ts';
import type { Preview } from './preview.svelte.ts';
import { automaticModel, defaultSettings, sameSettings, type CleanSettings } from './settings.ts';

export type ExportState =
  | { readonly kind: 'none' }
  | { readonly kind: 'queued' }
  | { readonly kind: 'running'; readonly done: number; readonly total: number }
  | {
      readonly kind: 'done';
      readonly output: string;
      readonly name: string;
      readonly bytes: number;
      readonly settings: CleanSettings;
      readonly notices: readonly Notice[];
    }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly error: SerializedError };

/** What stands between a file and being seen. */
export type Arrival = 'admitting' | 'waiting' | 'opening' | 'measuring' | 'open';

export class FileEntry {
  readonly id = crypto.randomUUID();
  readonly name: string;
  readonly bytes: number;
  /** The dropped file until the host has it. */
  readonly file: File | null;
  source = $state.raw<string | null>(null);
  /** Upload so far, 0–1; null when none is under way. */
  upload = $state.raw<number | null>(null);
  arrival = $state<Arrival>('admitting');
  /** Kept when the document is closed, so that its facts stay readable. */
  info = $state.raw<DocumentInfo | null>(null);
  /** True while the engine holds the document. */
  open = $state(false);
  reading = $state.raw<NoiseReading | null>(null);
  settings = $state.raw<CleanSettings>(defaultSettings);
  readonly history = new History<CleanSettings>();
  /** Why the file can not be shown. */
  error = $state.raw<SerializedError | null>(null);
  exported = $state.raw<ExportState>({ kind: 'none' });
  readonly preview: Preview;
  readonly noiseMap: NoiseMap;

  #admitted: Promise<string>;
  #resolve!: (source: string) => void;
  #reject!: (error: unknown) => void;

  constructor(
    file: Pick<AdmittedFile, 'name' | 'bytes'>,
    works: { readonly preview: Preview; readonly noiseMap: NoiseMap },
    local: File | null = null,
  ) {
    this.name = file.name;
    this.bytes = file.bytes;
    this.file = local;
    this.preview = works.preview;
    this.noiseMap = works.noiseMap;
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

  /** Changes the settings as one step of undo; changes with the same gesture are one step. */
  edit(patch: Partial<CleanSettings>, gesture: string | null = null): boolean {
    const next = { ...this.settings, ...patch };
    if (sameSettings(next, this.settings)) return false;
    this.history.record(this.settings, gesture);
    this.settings = next;
    return true;
  }

  /** Id of the model that cleans at these settings; null while an automatic choice has not been made. */
  get model(): string | null {
    if (this.settings.model !== automaticModel) return this.settings.model;
    const { shown } = this.preview;
    return shown?.settings.model === automaticModel ? (shown.facts?.model.id ?? null) : null;
  }

  undo(): boolean {
    return this.#take(this.history.undo(this.settings));
  }

  redo(): boolean {
    return this.#take(this.history.redo(this.settings));
  }

  #take(settings: CleanSettings | null): boolean {
    if (settings === null) return false;
    this.settings = settings;
    return true;
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
