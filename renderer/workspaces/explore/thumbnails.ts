/** Small pictures for a canvas: a few are asked for at a time, those that are seen first, and the last ones stay. */
import { thumbnailPath } from '../../../app/contract/bridge.ts';

/** A browser opens six connections to one host, and others need some. */
const atOnce = 3;
const mostKept = 600;

export class Thumbnails {
  readonly #arrived: () => void;
  /** null: on its way, or it can not be had. */
  readonly #known = new Map<string, HTMLImageElement | null>();
  #wanted: readonly string[] = [];
  #loading = 0;
  #closed = false;

  /** @param arrived one more is there */
  constructor(arrived: () => void) {
    this.#arrived = arrived;
  }

  /** null: it is not there yet, or can not be had. */
  of(source: string): HTMLImageElement | null {
    return this.#known.get(source) ?? null;
  }

  /** These are seen now. */
  want(sources: readonly string[]): void {
    this.#wanted = sources;
    this.#next();
  }

  close(): void {
    this.#closed = true;
    this.#wanted = [];
  }

  #next(): void {
    while (this.#loading < atOnce && !this.#closed) {
      const source = this.#wanted.find((one) => !this.#known.has(one));
      if (source === undefined) return;
      this.#load(source);
    }
  }

  #load(source: string): void {
    const image = new Image();
    image.src = thumbnailPath(source);
    this.#known.set(source, null);
    this.#loading++;
    const ended = (found: HTMLImageElement | null): void => {
      this.#loading--;
      if (this.#closed) return;
      this.#known.set(source, found);
      for (const [old] of this.#known) {
        if (this.#known.size <= mostKept) break;
        if (!this.#wanted.includes(old)) this.#known.delete(old);
      }
      if (found) this.#arrived();
      this.#next();
    };
    image.decode().then(
      () => ended(image),
      () => ended(null),
    );
  }
}
