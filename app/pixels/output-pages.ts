/**
 * A file of several pictures on its way to the disk, a TIFF of pages, a volume of slices or an object of frames: what the writers of its pages
 * (`write.ts`), one after another, have in common. Each is written as a file of one page would be; the file gets its
 * name with the last one.
 */
import type { FileHandle } from 'node:fs/promises';
import type { TiffEnd } from './formats/tiff.ts';
import type { ObjectFrame } from './types.ts';
import type { OutputPlace } from './output-place.ts';

export class OutputPages {
  /** How many there will be. */
  readonly count: number;
  place: OutputPlace | null = null;
  rows: FileHandle | null = null;
  /** Where the last page of a TIFF has ended; null: none has been begun. */
  end: TiffEnd | null = null;
  /** Of an object, those that were written. */
  readonly frames: ObjectFrame[] = [];
  #written = 0;

  constructor(count: number) {
    this.count = count;
  }

  /** None has been begun. */
  get isEmpty(): boolean {
    return this.#written === 0;
  }

  /** Another page is whole. True: it was the last one. @param end null: it is no TIFF */
  wrote(end: TiffEnd | null): boolean {
    this.end = end;
    this.#written += 1;
    return this.#written === this.count;
  }

  /** Nothing of it stays. Safe at any time, also after the end. */
  async abort(): Promise<void> {
    const { rows, place } = this;
    this.rows = null;
    await rows?.close();
    await place?.abort();
  }
}
