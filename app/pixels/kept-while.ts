/**
 * A value that costs much to make and much memory to keep: one at a time, until another one is asked for or nobody has used it for a
 * while. Never let go while it is in use.
 */
export class KeptWhile<T> {
  readonly #idleMs: number;
  #held: { readonly key: string; readonly value: T } | null = null;
  #users = 0;
  #idle: NodeJS.Timeout | undefined;

  /** @param idleMs milliseconds without a use after which it goes */
  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  /** @param key equal keys, equal values @throws whatever `make` or `work` throws */
  async use<R>(key: string, make: () => T, work: (value: T) => Promise<R>): Promise<R> {
    if (this.#held?.key !== key) this.#held = { key, value: make() };
    const { value } = this.#held;
    clearTimeout(this.#idle);
    this.#users += 1;
    try {
      return await work(value);
    } finally {
      this.#users -= 1;
      if (this.#users === 0)
        this.#idle = setTimeout(() => (this.#held = null), this.#idleMs).unref();
    }
  }
}
