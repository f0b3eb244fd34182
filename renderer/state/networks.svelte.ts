/**
 * Networks that a person brings: each file is handed to the host, tried by running it, and then one
 * of the models; and taken away again. One at a time, because trying one needs the engine.
 */
import { toHourglassError, type SerializedError } from '../../app/contract/errors.ts';
import type {
  AdmittedFile,
  HostBridge,
  HourglassEvent,
  ModelInfo,
  Notice,
} from '../../app/contract/index.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { say } from './sentences.ts';

export type AdditionState =
  | { readonly kind: 'waiting' }
  /** On its way to the host; `share` is 0–1. */
  | { readonly kind: 'reading'; readonly share: number }
  | { readonly kind: 'checking'; readonly step: string }
  | {
      readonly kind: 'added';
      readonly model: ModelInfo;
      /** What was tried, one sentence each. */
      readonly checks: readonly string[];
      readonly notices: readonly Notice[];
    }
  | { readonly kind: 'failed'; readonly error: SerializedError }
  | { readonly kind: 'cancelled' };

/** One file on its way to being a model. */
export class Addition {
  readonly name: string;
  /** The host's name for it, or how to get one. */
  readonly admit: (onProgress: (share: number) => void, signal: AbortSignal) => Promise<string>;
  readonly abort = new AbortController();
  state = $state.raw<AdditionState>({ kind: 'waiting' });

  constructor(name: string, admit: Addition['admit']) {
    this.name = name;
    this.admit = admit;
  }

  get busy(): boolean {
    return ['waiting', 'reading', 'checking'].includes(this.state.kind);
  }
}

export class Networks {
  /** Until each was read about and dismissed. */
  additions = $state.raw<readonly Addition[]>([]);
  /** Why a model could not be taken away. */
  problem = $state.raw<SerializedError | null>(null);

  readonly #bridge: Pick<HostBridge, 'run' | 'admit'>;
  readonly #catalogue: Pick<Catalogue, 'loadModels'>;
  readonly #say: (text: string) => void;
  #working = false;
  #job = '';
  #current: Addition | null = null;

  /** @param say tells a screen reader what the page shows */
  constructor(
    bridge: Pick<HostBridge, 'run' | 'admit'>,
    catalogue: Pick<Catalogue, 'loadModels'>,
    say: (text: string) => void,
  ) {
    this.#bridge = bridge;
    this.#catalogue = catalogue;
    this.#say = say;
  }

  get busy(): boolean {
    return this.additions.some((addition) => addition.busy);
  }

  /** Dropped or chosen files of the page. */
  addFiles(files: readonly File[]): void {
    this.#add(
      files.map(
        (file) =>
          new Addition(file.name, async (onProgress, signal) => {
            const [admitted] = await this.#bridge.admit(
              [file],
              ({ done, total }) => onProgress(total > 0 ? done / total : 0),
              signal,
            );
            return admitted!.source;
          }),
      ),
    );
  }

  /** Files that the host has already. */
  addAdmitted(files: readonly AdmittedFile[]): void {
    this.#add(files.map(({ name, source }) => new Addition(name, () => Promise.resolve(source))));
  }

  cancel(addition: Addition): void {
    if (!addition.busy) return;
    addition.abort.abort();
    addition.state = { kind: 'cancelled' };
  }

  /** Ends everything that is under way or waits. */
  cancelAll(): void {
    for (const addition of this.additions) this.cancel(addition);
  }

  dismiss(addition: Addition): void {
    this.cancel(addition);
    this.additions = this.additions.filter((other) => other !== addition);
  }

  /** Tries a file again that failed or was cancelled. */
  retry(addition: Addition): void {
    const again = new Addition(addition.name, addition.admit);
    this.additions = this.additions.map((other) => (other === addition ? again : other));
    void this.#work();
  }

  /** Takes a person's own model away. Returns whether it is gone. */
  async remove(model: ModelInfo): Promise<boolean> {
    this.problem = null;
    try {
      await this.#bridge.run('removeModel', { id: model.id });
      this.#say(say('networkRemoved', { title: model.title }));
      return true;
    } catch (error) {
      this.problem = toHourglassError(error).toJSON();
      return false;
    } finally {
      await this.#catalogue.loadModels();
    }
  }

  onJob(event: Extract<HourglassEvent, { type: 'job' }>): void {
    if (event.job !== this.#job || this.#current?.state.kind !== 'checking') return;
    if (event.state === 'running' && event.progress)
      this.#current.state = { kind: 'checking', step: event.progress.message };
  }

  #add(additions: readonly Addition[]): void {
    if (additions.length === 0) return;
    this.additions = [...this.additions, ...additions];
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    for (;;) {
      const next = this.additions.find(({ state }) => state.kind === 'waiting');
      if (!next) break;
      this.#current = next;
      await this.#try(next);
    }
    this.#current = null;
    this.#working = false;
  }

  async #try(addition: Addition): Promise<void> {
    const { signal } = addition.abort;
    try {
      addition.state = { kind: 'reading', share: 0 };
      const source = await addition.admit((share) => {
        if (!signal.aborted) addition.state = { kind: 'reading', share };
      }, signal);
      if (signal.aborted) return;
      addition.state = { kind: 'checking', step: '' };
      this.#job = `add-model-${crypto.randomUUID()}`;
      const added = await this.#bridge.run('addModel', { source }, { job: this.#job, signal });
      await this.#catalogue.loadModels();
      // Also when a cancel came too late: it is there now, and can be removed.
      addition.state = { kind: 'added', ...added };
      this.#say(say('networkAdded', { title: added.model.title }));
    } catch (thrown) {
      if (signal.aborted) return;
      const error = toHourglassError(thrown);
      addition.state =
        error.code === 'cancelled'
          ? { kind: 'cancelled' }
          : { kind: 'failed', error: error.toJSON() };
      this.#say(say('networkNotAdded', { name: addition.name, why: error.message }));
    }
  }
}
