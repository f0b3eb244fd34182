/** Who hears of events: each listener by itself, so that one that fails harms nobody else. */
type Listener<T> = (value: T) => void;

export class Listeners<T> {
  readonly #listeners = new Set<Listener<T>>();
  readonly #failed = new WeakSet<Listener<T>>();

  /** @returns a function that takes the listener off again */
  add(listener: Listener<T>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Never throws: whoever tells goes on with its work. A listener's failure is said on stderr, once. */
  tell(value: T): void {
    for (const listener of [...this.#listeners])
      try {
        listener(value);
      } catch (error) {
        if (this.#failed.has(listener)) continue;
        this.#failed.add(listener);
        const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
        process.stderr.write(`A listener of the program failed: ${words}\n`);
      }
  }
}
