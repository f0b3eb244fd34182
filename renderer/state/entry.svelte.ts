/**
 * One file of the session: what it is, what was measured, what is asked for (as cleaning; compressing has
 * its own), what has been made of it. Holds values only; opening, previewing and exporting are the work
 * of their own classes.
 */
import { cancelledError } from '../../app/contract/errors.ts';
import type {
  AdmittedFile,
  DocumentInfo,
  NoiseReading,
  Notice,
  SerializedError,
} from '../../app/contract/index.ts';
import type { Compression } from './compression.svelte.ts';
import { Edited } from './edited.svelte.ts';
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
      /** What made it, to tell whether it was changed since. */
      readonly settings: string;
      readonly notices: readonly Notice[];
    }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly error: SerializedError };

/** What stands between a file and being seen. */
export type Arrival = 'admitting' | 'waiting' | 'opening' | 'measuring' | 'open';

export class FileEntry extends Edited<CleanSettings> {
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
  /** Why the file can not be shown. */
  error = $state.raw<SerializedError | null>(null);
  exported = $state.raw<ExportState>({ kind: 'none' });
  readonly preview: Preview;
  readonly noiseMap: NoiseMap;
  readonly compression: Compression;

  /** Ends with the file's place in the strip: uploading and measuring are not worth going on with then. */
  readonly #here = new AbortController();
  #admitted: Promise<string>;
  #resolve!: (source: string) => void;
  #reject!: (error: unknown) => void;

  constructor(
    file: Pick<AdmittedFile, 'name' | 'bytes'>,
    works: {
      readonly preview: Preview;
      readonly noiseMap: NoiseMap;
      readonly compression: Compression;
    },
    local: File | null = null,
  ) {
    super(defaultSettings, sameSettings);
    this.name = file.name;
    this.bytes = file.bytes;
    this.file = local;
    this.preview = works.preview;
    this.noiseMap = works.noiseMap;
    this.compression = works.compression;
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

  /** Id of the model that cleans at these settings; null while an automatic choice has not been made. */
  get model(): string | null {
    if (this.settings.model !== automaticModel) return this.settings.model;
    const { shown } = this.preview;
    return shown?.settings.model === automaticModel ? (shown.facts?.model.id ?? null) : null;
  }

  /** Aborted when the file is taken out of the strip. */
  get signal(): AbortSignal {
    return this.#here.signal;
  }

  /** Taken out of the strip, for good. */
  end(): void {
    this.#here.abort();
    // Whoever waits for an upload that does not come any more.
    this.#reject(cancelledError());
    this.leave();
  }

  /** Nobody looks at it any more: what runs for the screen is not worth going on with. */
  leave(): void {
    if (this.preview.busy) this.preview.lose();
    if (this.noiseMap.busy) this.noiseMap.lose();
    this.compression.leave();
  }

  /** The engine has closed the document, its layers with it. */
  lose(): void {
    this.open = false;
    this.preview.lose();
    this.noiseMap.lose();
    this.compression.lose();
  }

  /** A layer is gone from the engine. Returns whether something has to be made again. */
  onGone(layer: string): boolean {
    const gone = [this.preview, this.noiseMap, this.compression].map((made) => made.onGone(layer));
    return gone.includes(true);
  }

  /** All layers are, but not the document. */
  layersGone(): void {
    for (const layer of this.layers) this.onGone(layer);
  }

  /** Ids of the layers that are known here. */
  get layers(): readonly string[] {
    const { preview, noiseMap, compression } = this;
    const made = [preview.shown, compression.result.shown].map((shown) => shown?.layer.id);
    const asides = [noiseMap.facts?.layer, compression.peer.facts?.layer];
    return [...made, ...asides].filter((id) => id !== undefined);
  }

  /** The file is another one now: nothing that was found of it is true any more. */
  forget(error: SerializedError): void {
    this.lose();
    this.compression.forget();
    this.reading = null;
    this.error = error;
  }

  engineDied(): void {
    this.open = false;
    this.preview.engineDied();
    this.noiseMap.engineDied();
    this.compression.engineDied();
  }

  /** True when the engine ended while it made what stands on the screen. */
  get suspect(): boolean {
    return this.preview.suspect || this.compression.result.suspect;
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
