/**
 * Documents that have just left the screen, or were made ready for it: until its next frame the viewer may be waiting for tiles of
 * them, which would be refused where they were closed at once. They are closed a moment later, when a frame was drawn without them;
 * of whoever turns faster than that, some are open.
 */

/** Longer than most frames take, milliseconds. */
const LINGERS = 250;
/** Slices are small; pages of a large TIFF take long enough to open that there are never so many. */
const MOST = 8;

export class Leaving {
  readonly #close: (document: string) => void;
  /** How the waiting of each is ended. */
  readonly #left = new Map<string, () => void>();

  constructor(close: (document: string) => void) {
    this.#close = close;
  }

  leave(document: string): void {
    const end = (): void => this.#end(document);
    const timer = setTimeout(() => this.#left.set(document, afterFrame(end)), LINGERS);
    this.#left.set(document, () => clearTimeout(timer));
    const [oldest] = this.#left.keys();
    if (this.#left.size > MOST) this.#end(oldest!);
  }

  /** The engine is another one, which knows nothing of them. */
  forget(): void {
    for (const stop of this.#left.values()) stop();
    this.#left.clear();
  }

  #end(document: string): void {
    this.#left.get(document)?.();
    this.#left.delete(document);
    this.#close(document);
  }
}

/** After what is to be drawn has been; at once where nothing is. Returns how that is ended. */
function afterFrame(then: () => void): () => void {
  if (typeof requestAnimationFrame === 'undefined' || document.hidden) {
    const timer = setTimeout(then);
    return () => clearTimeout(timer);
  }
  const frame = requestAnimationFrame(then);
  return () => cancelAnimationFrame(frame);
}
