/** A part of the page that is loaded when it is wanted, and what became of that. */
import { toHourglassError, type SerializedError } from '../../app/contract/errors.ts';

export class Loaded<T> {
  /** null: it is not there yet. */
  value = $state.raw<T | null>(null);
  failure = $state.raw<SerializedError | null>(null);
  /** Fulfilled when it is there, by whichever try; never rejected. */
  readonly there: Promise<T>;

  readonly #load: () => Promise<T>;
  #arrived!: (value: T) => void;
  #loading = false;

  constructor(load: () => Promise<T>) {
    this.#load = load;
    this.there = new Promise((resolve) => (this.#arrived = resolve));
  }

  /** Begins, or tries again what failed. */
  async load(): Promise<void> {
    if (this.#loading || this.value !== null) return;
    this.#loading = true;
    this.failure = null;
    try {
      this.value = await this.#load();
      this.#arrived(this.value);
    } catch (error) {
      this.failure = toHourglassError(error).toJSON();
    } finally {
      this.#loading = false;
    }
  }
}
