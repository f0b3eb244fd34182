/**
 * Documents that have just left the screen: until its next frame the viewer may be waiting for tiles of them, which would be refused
 * where they were closed at once. They are closed a moment later; of whoever turns faster than that, some are open.
 */

/** Longer than any frame takes, milliseconds. */
const LINGERS = 250;
/** Slices are small; pages of a large TIFF take long enough to open that there are never so many. */
const MOST = 8;

export class Leaving {
  readonly #close: (document: string) => void;
  readonly #left = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(close: (document: string) => void) {
    this.#close = close;
  }

  leave(document: string): void {
    this.#left.set(
      document,
      setTimeout(() => this.#end(document), LINGERS),
    );
    const [oldest] = this.#left.keys();
    if (this.#left.size > MOST) this.#end(oldest!);
  }

  /** The viewer is gone, or shows something else: nothing of them is waited for. */
  endAll(): void {
    for (const document of [...this.#left.keys()]) this.#end(document);
  }

  /** The engine is another one, which knows nothing of them. */
  forget(): void {
    for (const timer of this.#left.values()) clearTimeout(timer);
    this.#left.clear();
  }

  #end(document: string): void {
    clearTimeout(this.#left.get(document));
    this.#left.delete(document);
    this.#close(document);
  }
}
