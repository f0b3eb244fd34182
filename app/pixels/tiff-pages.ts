/**
 * A TIFF of several pages on its way to the disk: what the writers of its pages (`write.ts`), one after another, have in
 * common. Each page is written as a file of one page would be; the file gets its name with the last one.
 */
import type { FileHandle } from 'node:fs/promises';
import type { TiffEnd } from './formats/tiff.ts';
import type { OutputPlace } from './output-place.ts';

export class TiffPages {
  /** How many there will be. */
  readonly count: number;
  place: OutputPlace | null = null;
  rows: FileHandle | null = null;
  /** Where the last page has ended; null: none has been begun. */
  end: TiffEnd | null = null;
  #written = 0;

  constructor(count: number) {
    this.count = count;
  }

  /** Another page is whole. True: it was the last one. */
  wrote(end: TiffEnd): boolean {
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
