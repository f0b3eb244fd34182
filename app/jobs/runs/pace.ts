/**
 * How long the rest of a run takes, measured over files like those that are left. Files are alike when their names end alike: within a kind
 * time goes with megapixels and these with bytes, between kinds it does not (a JPEG of 5 MB has as many megapixels as a TIFF
 * of 70), and a run that comes to its largest files last would be wrong all night by counting files.
 */

interface Measured {
  /** Of files that were done. */
  bytes: number;
  seconds: number;
  /** Of those that are left, bytes. */
  left: number;
}

const none = (): Measured => ({ bytes: 0, seconds: 0, left: 0 });

/** Files that must be done before anything is said: the first one waits for the network to be loaded. */
const enough = 3;
/** Seconds of the run before which nothing is said. */
const soon = 2;

/** A file of no bytes is work too. */
const sizeOf = (bytes: number): number => Math.max(1, bytes);

export class Pace {
  readonly #kinds = new Map<string, Measured>();
  #done = 0;
  #bytes = 0;
  #seconds = 0;
  #megapixels = 0;

  /** A file is to be done. @param kind the ending of its name, for example */
  expect(kind: string, bytes: number): void {
    this.#of(kind).left += sizeOf(bytes);
  }

  /** It was done. @param seconds that it took by itself @param megapixels of its picture */
  done(kind: string, bytes: number, seconds: number, megapixels: number): void {
    this.dropped(kind, bytes);
    const one = this.#of(kind);
    one.bytes += sizeOf(bytes);
    one.seconds += seconds;
    this.#done += 1;
    this.#bytes += sizeOf(bytes);
    this.#seconds += seconds;
    this.#megapixels += megapixels;
  }

  /** It failed, or nothing will become of it: it says nothing of how fast others are. */
  dropped(kind: string, bytes: number): void {
    this.#of(kind).left -= sizeOf(bytes);
  }

  /** Of all that is done. null: nothing is. @param elapsed seconds of the run, without pauses */
  megapixelsPerSecond(elapsed: number): number | null {
    return this.#done > 0 && elapsed > 0 ? this.#megapixels / elapsed : null;
  }

  /** null: too little was seen. @param elapsed seconds of the run, without pauses */
  secondsLeft(elapsed: number): number | null {
    if (this.#done < enough || elapsed < soon || this.#seconds <= 0) return null;
    let seconds = 0;
    for (const kind of this.#kinds.values()) {
      // Of a kind that was not seen yet the others tell.
      const seen = kind.bytes > 0 ? kind : { bytes: this.#bytes, seconds: this.#seconds };
      seconds += kind.left * (seen.seconds / seen.bytes);
    }
    // Files run side by side, and something is done between them: the clock on the wall is what counts.
    return seconds * (elapsed / this.#seconds);
  }

  #of(kind: string): Measured {
    let found = this.#kinds.get(kind);
    if (!found) this.#kinds.set(kind, (found = none()));
    return found;
  }
}
