/** What somebody wants of a training that runs: that it waits, goes on, or ends with what it has. Kept by the folder of the training. */
import { resolve } from 'node:path';

export interface Steering {
  readonly held: boolean;
  /** It shall end with the best that it has found. */
  readonly finishes: boolean;
  /** Resolves when it is not held any more, or when `signal` is. */
  untilLetGo(signal: AbortSignal): Promise<void>;
}

export interface Steerings {
  /** @param out absolute */
  during<T>(out: string, work: (steering: Steering) => Promise<T>): Promise<T>;
  /** @returns false: no such training runs */
  steer(out: string, to: 'hold' | 'goOn' | 'finish'): boolean;
}

class Wanted implements Steering {
  held = false;
  finishes = false;
  readonly #waiting = new Set<() => void>();

  steer(to: 'hold' | 'goOn' | 'finish'): void {
    this.held = to === 'hold';
    this.finishes ||= to === 'finish';
    if (this.held) return;
    for (const go of this.#waiting) go();
    this.#waiting.clear();
  }

  untilLetGo(signal: AbortSignal): Promise<void> {
    if (!this.held || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const go = (): void => {
        signal.removeEventListener('abort', go);
        this.#waiting.delete(go);
        resolve();
      };
      signal.addEventListener('abort', go);
      this.#waiting.add(go);
    });
  }
}

export function createSteerings(): Steerings {
  const running = new Map<string, Wanted>();
  return {
    async during(out, work) {
      const wanted = new Wanted();
      running.set(out, wanted);
      try {
        return await work(wanted);
      } finally {
        if (running.get(out) === wanted) running.delete(out);
      }
    },
    steer(out, to) {
      const wanted = running.get(resolve(out));
      wanted?.steer(to);
      return wanted !== undefined;
    },
  };
}
