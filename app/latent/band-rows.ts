/** Values that a latent file keeps without loss, row of tiles by row of tiles: each is read once while it is needed. */

/** Rows of tiles kept: a row of network tiles touches no more than a few. */
const KEPT = 4;

export type BandValues = Uint8Array | Uint16Array;

export class BandRows {
  readonly #read: (tileRow: number) => Promise<BandValues | null>;
  /** By row of tiles; null: damaged. */
  readonly #rows = new Map<number, Promise<BandValues | null>>();

  constructor(read: (tileRow: number) => Promise<BandValues | null>) {
    this.#read = read;
  }

  row(tileRow: number): Promise<BandValues | null> {
    let row = this.#rows.get(tileRow);
    if (!row) {
      row = this.#read(tileRow);
      this.#rows.set(tileRow, row);
      const [oldest] = this.#rows.keys();
      if (this.#rows.size > KEPT) this.#rows.delete(oldest!);
    }
    return row;
  }
}
