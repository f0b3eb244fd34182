/**
 * Tells the engine what this page shows, so that it stays in memory, and hears from the answer what is not
 * there any more. One thing is said at a time, the last one last. What a lease is: `pixels/documents`.
 */
import { toHourglassError, type HourglassError } from '../../app/contract/errors.ts';
import type { HostBridge } from '../../app/contract/index.ts';

export interface Shown {
  readonly document: string;
  /** Ids of layers. */
  readonly layers: readonly string[];
}

export interface LeaseListener {
  /** The engine does not have this layer (any more). */
  gone(document: string, layer: string): void;
  /** The engine does not have this document, or will not keep what is shown of it. */
  refused(document: string, error: HourglassError): void;
}

export class Lease {
  readonly #bridge: Pick<HostBridge, 'run'>;
  readonly #page: string;
  readonly #listener: LeaseListener;
  #shown: Shown | null = null;
  #said = keyOf(null);
  #saying = false;

  /** @param page id of this page, its own */
  constructor(bridge: Pick<HostBridge, 'run'>, page: string, listener: LeaseListener) {
    this.#bridge = bridge;
    this.#page = page;
    this.#listener = listener;
  }

  /** This is on the screen now; null: nothing is. */
  show(shown: Shown | null): void {
    this.#shown = shown;
    void this.#say();
  }

  /** Says it again: an answer was lost, or the engine is another one. */
  again(): void {
    if (this.#shown === null) return;
    this.#said = '';
    void this.#say();
  }

  async #say(): Promise<void> {
    if (this.#saying) return;
    this.#saying = true;
    while (this.#said !== keyOf(this.#shown)) {
      const shown = this.#shown;
      this.#said = keyOf(shown);
      try {
        const { missing } = await this.#bridge.run('lease', {
          page: this.#page,
          ...(shown ? { document: shown.document, layers: [...shown.layers] } : {}),
        });
        for (const layer of missing) this.#listener.gone(shown!.document, layer);
      } catch (thrown) {
        // Of another engine, or none: whoever starts the next one says it again.
        const error = toHourglassError(thrown);
        const about = error.code === 'document-not-open' || error.code === 'out-of-memory';
        if (about && shown && keyOf(this.#shown) === keyOf(shown))
          this.#listener.refused(shown.document, error);
      }
    }
    this.#saying = false;
  }
}

const keyOf = (shown: Shown | null): string => JSON.stringify(shown);
