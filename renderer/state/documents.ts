/**
 * Which files the engine holds open. Bounded: opening one more closes the one that was looked at
 * longest ago. What a document is for lives elsewhere.
 */
import { HourglassError } from '../../app/contract/errors.ts';
import type { DocumentInfo, HostBridge } from '../../app/contract/index.ts';
import type { FileEntry } from './entry.svelte.ts';

/** Enough for the file in front of a person and its neighbours; the engine bounds bytes by itself. */
const LIMIT = 3;

export class Documents {
  readonly #bridge: Pick<HostBridge, 'run'>;
  readonly #limit: number;
  /** Longest unused first. */
  #order: FileEntry[] = [];
  readonly #opening = new Map<FileEntry, Promise<DocumentInfo>>();

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
    if (running) return running;
    const opening = this.#open(entry).finally(() => this.#opening.delete(entry));
    this.#opening.set(entry, opening);
    return opening;
  }

  close(entry: FileEntry): void {
    this.#order = this.#order.filter((other) => other !== entry);
    if (!entry.open) return;
    entry.lose();
    // The engine may have forgotten it by itself, which is what is wanted.
    this.#bridge.run('close', { document: entry.id }).catch(() => undefined);
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

  async #open(entry: FileEntry): Promise<DocumentInfo> {
    const source = await entry.admitted;
    entry.arrival = 'opening';
    try {
      const info = await this.#bridge.run('open', { source, document: entry.id });
      entry.info = info;
      entry.open = true;
      return info;
    } catch (error) {
      this.#order = this.#order.filter((other) => other !== entry);
      throw error;
    } finally {
      entry.arrival = entry.open ? 'open' : 'waiting';
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
