/**
 * Which files the engine holds open. Bounded: opening one more closes the one that was looked at
 * longest ago. What a document is for lives elsewhere.
 */
import { cancelledError, HourglassError } from '../../app/contract/errors.ts';
import type { DocumentInfo, HostBridge } from '../../app/contract/index.ts';
import type { FileEntry } from './entry.svelte.ts';

/** Enough for the file in front of a person and those that are made ready beside it; the engine bounds bytes by itself. */
const LIMIT = 4;

interface Opening {
  readonly abort: AbortController;
  readonly info: Promise<DocumentInfo>;
}

export class Documents {
  readonly #bridge: Pick<HostBridge, 'run'>;
  readonly #limit: number;
  /** Longest unused first. */
  #order: FileEntry[] = [];
  readonly #opening = new Map<FileEntry, Opening>();

  constructor(bridge: Pick<HostBridge, 'run'>, limit = LIMIT) {
    this.#bridge = bridge;
    this.#limit = limit;
  }

  /**
   * The open document of a file; opens it when it is not.
   * @throws HourglassError whatever `open` refuses with
   */
  async open(entry: FileEntry): Promise<DocumentInfo> {
    this.#touch(entry);
    if (entry.open && entry.info) return entry.info;
    const running = this.#opening.get(entry);
    if (running && !running.abort.signal.aborted) return running.info;
    const abort = new AbortController();
    // What was given up has its document closed in the end; not this one.
    const before = running?.info.catch(() => undefined) ?? Promise.resolve();
    const info = before.then(() => this.#open(entry, abort.signal));
    const opening = { abort, info };
    this.#opening.set(entry, opening);
    const settled = (): void => {
      if (this.#opening.get(entry) === opening) this.#opening.delete(entry);
    };
    info.then(settled, settled);
    return info;
  }

  /** Closes the document, or the one that is on its way as soon as it is there. */
  close(entry: FileEntry): void {
    this.#order = this.#order.filter((other) => other !== entry);
    this.#opening.get(entry)?.abort.abort();
    if (!entry.open) return;
    entry.lose();
    this.#close(entry.id);
  }

  /** The engine ended: everything that was open is not. */
  loseAll(): void {
    for (const entry of this.#order) entry.engineDied();
    this.#order = [];
  }

  /** The engine does not know this document any more. */
  lose(entry: FileEntry): void {
    entry.lose();
  }

  #close(document: string): void {
    // The engine may have forgotten it by itself, which is what is wanted.
    this.#bridge.run('close', { document }).catch(() => undefined);
  }

  async #open(entry: FileEntry, signal: AbortSignal): Promise<DocumentInfo> {
    const source = await entry.admitted;
    if (signal.aborted) throw cancelledError();
    // Another page has another id, also while this one is being opened.
    const { id, page, plane, allowed } = entry;
    const job = `open-${crypto.randomUUID()}`;
    entry.arrival = 'opening';
    entry.opening = { job, progress: null };
    try {
      const asked = this.#bridge.run(
        'open',
        {
          ...{ source, document: id, ...allowed },
          ...(page > 1 ? { page } : {}),
          ...(plane ? { plane } : {}),
        },
        { job, signal },
      );
      const info = await asked.finally(() => {
        // The word to stop may have come too late: then the engine holds it, for nobody.
        if (signal.aborted) this.#close(id);
      });
      if (signal.aborted) throw cancelledError();
      entry.info = info;
      entry.open = true;
      return info;
    } catch (error) {
      this.#order = this.#order.filter((other) => other !== entry);
      throw error;
    } finally {
      entry.arrival = entry.open ? 'open' : 'waiting';
      entry.opening = null;
    }
  }

  #touch(entry: FileEntry): void {
    this.#order = [...this.#order.filter((other) => other !== entry), entry];
    for (const old of this.#order.slice(0, -this.#limit))
      if (!this.#opening.has(old)) this.close(old);
  }
}

/** True when a command failed only because the engine has forgotten the document. */
export const isForgotten = (error: unknown): boolean =>
  error instanceof HourglassError && error.code === 'document-not-open';
