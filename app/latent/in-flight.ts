/** A few pieces of work at a time: whoever brings the next one waits until there is room. */
export class InFlight {
  readonly #limit: number;
  readonly #running = new Set<Promise<void>>();
  #failed: { readonly error: unknown } | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Starts work as soon as fewer than the limit run. @throws what earlier work has thrown */
  async add(start: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#limit && !this.#failed) await Promise.race(this.#running);
    this.#rethrow();
    const work = start()
      .catch((error: unknown) => {
        this.#failed ??= { error };
      })
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  /** Waits for all of it. @throws what the first that failed has thrown */
  async done(): Promise<void> {
    await Promise.all(this.#running);
    this.#rethrow();
  }

  #rethrow(): void {
    if (this.#failed) throw this.#failed.error;
  }
}
