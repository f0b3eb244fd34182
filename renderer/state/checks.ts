/**
 * Whether files that nobody has looked at can be opened: each is opened once and closed again, one after the other, while
 * nothing else is done. So a refusal stands in the strip with its reason before anybody goes there, and counts are true.
 */
import { HourglassError, toHourglassError } from '../../app/contract/errors.ts';
import type { HostBridge } from '../../app/contract/index.ts';
import type { FileEntry } from './entry.svelte.ts';

/** How often it is looked whether there is time, milliseconds. */
const EVERY = 250;

export interface CheckSurroundings {
  readonly entries: () => readonly FileEntry[];
  /** Nothing is done that a person waits for. */
  readonly idle: () => boolean;
}

export class Checks {
  readonly #bridge: Pick<HostBridge, 'run'>;
  readonly #around: CheckSurroundings;
  readonly #checked = new WeakSet<FileEntry>();
  #running: AbortController | null = null;

  constructor(bridge: Pick<HostBridge, 'run'>, around: CheckSurroundings) {
    this.#bridge = bridge;
    this.#around = around;
  }

  /** Returns how it is ended. */
  start(): () => void {
    const timer = setInterval(() => void this.look(), EVERY);
    return () => {
      clearInterval(timer);
      this.#running?.abort();
    };
  }

  /** Checks the next file, if there is one and time for it; stops for what a person waits for. */
  async look(): Promise<void> {
    if (!this.#around.idle()) return this.#running?.abort();
    if (this.#running) return;
    const entry = this.#around
      .entries()
      .find((one) => isUnknown(one) && !this.#checked.has(one) && one.source !== null);
    if (!entry) return;
    this.#running = new AbortController();
    this.#checked.add(entry);
    await this.#check(entry, this.#running.signal);
    this.#running = null;
  }

  async #check(entry: FileEntry, signal: AbortSignal): Promise<void> {
    const document = `check-${crypto.randomUUID()}`;
    try {
      const input = { source: entry.source!, document, ...entry.allowed };
      const info = await this.#bridge.run('open', input, { signal });
      if (isUnknown(entry)) entry.info = { ...info, document: entry.id };
    } catch (error) {
      const known = error instanceof HourglassError ? error : toHourglassError(error);
      if (known.code === 'cancelled') this.#checked.delete(entry);
      else if (isUnknown(entry)) entry.error = known.toJSON();
    } finally {
      this.#bridge.run('close', { document }).catch(() => undefined);
    }
  }
}

/** Waits in the strip, and nothing is known of it. */
const isUnknown = ({ arrival, info, error }: FileEntry): boolean =>
  arrival === 'waiting' && info === null && error === null;
