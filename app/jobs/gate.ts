/**
 * Lets a bounded number of decoders into the engine at a time, so that a folder of hundreds does not
 * ask for hundreds of thumbnails at once, and so that a file under suspicion runs alone: when the
 * engine dies then, it is known who did it. One place is kept for what somebody waits for.
 */
import { cancelledError } from '../contract/index.ts';

interface Waiting {
  readonly weight: number;
  /** Places that may be taken before it. */
  readonly room: number;
  readonly urgent: boolean;
  readonly enter: () => void;
}

export interface Entry {
  /** Takes every place: nothing else runs beside it. */
  readonly alone?: boolean;
  /** Goes before those that are not, and into the last place, which they may not take. */
  readonly urgent?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export class Gate {
  readonly #places: number;
  readonly #waiting: Waiting[] = [];
  #taken = 0;

  constructor(places: number) {
    this.#places = places;
  }

  /** Waits for a place, runs `work`, gives the place back. @throws HourglassError cancelled */
  async through<T>(entry: Entry, work: () => Promise<T>): Promise<T> {
    const weight = entry.alone ? this.#places : 1;
    await this.#enter(weight, entry);
    try {
      return await work();
    } finally {
      this.#taken -= weight;
      this.#admit();
    }
  }

  #enter(weight: number, { urgent = false, alone, signal }: Entry): Promise<void> {
    const room = urgent || alone ? this.#places : Math.max(1, this.#places - 1);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(cancelledError());
        this.#admit();
      };
      const waiting: Waiting = {
        ...{ weight, room, urgent },
        enter: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      if (signal?.aborted) {
        reject(cancelledError());
        return;
      }
      signal?.addEventListener('abort', onAbort, { once: true });
      const place = urgent ? this.#waiting.findIndex((other) => !other.urgent) : -1;
      if (place < 0) this.#waiting.push(waiting);
      else this.#waiting.splice(place, 0, waiting);
      this.#admit();
    });
  }

  /** Strictly in order: who needs every place is not overtaken for ever by who needs one. */
  #admit(): void {
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      if (this.#taken + first.weight > first.room) return;
      this.#waiting.shift();
      this.#taken += first.weight;
      first.enter();
    }
  }
}
