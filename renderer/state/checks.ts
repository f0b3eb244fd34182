/**
 * Whether files that nobody has looked at can be opened: each is opened once and closed again, one after the other, while
 * nothing else is done. So a refusal stands in the strip with its reason before anybody goes there, and counts are true.
 */
import { HourglassError, toHourglassError } from '../../app/contract/errors.ts';
import type { HostBridge } from '../../app/contract/index.ts';
import type { FileEntry } from './entry.svelte.ts';

export class Checks {
  readonly #bridge: Pick<HostBridge, 'run'>;
  readonly #entries: () => readonly FileEntry[];
  readonly #checked = new WeakSet<FileEntry>();
  #free = false;
  #running: AbortController | null = null;

  constructor(bridge: Pick<HostBridge, 'run'>, entries: () => readonly FileEntry[]) {
    this.#bridge = bridge;
    this.#entries = entries;
  }

  /**
   * Checks the next file, if there is one and time for it; stops for what a person waits for. To be called whenever
   * any of it has changed.
   */
  update(free: boolean): void {
    this.#free = free;
    if (!free) return this.#running?.abort();
    if (this.#running) return;
    const entry = this.#entries().find(
      (one) => !this.#checked.has(one) && isUnknown(one) && one.source !== null,
    );
    if (entry) void this.#next(entry);
  }

  async #next(entry: FileEntry): Promise<void> {
    this.#running = new AbortController();
    this.#checked.add(entry);
    await this.#check(entry, this.#running.signal);
    this.#running = null;
    this.update(this.#free);
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
