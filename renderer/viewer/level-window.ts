/**
 * Which values of a picture stand on the screen between black and white. A table says it for tiles of 16 bits,
 * so that another window is another table and no tile is fetched again.
 */
import type { DocumentInfo, Scale } from '../../app/contract/index.ts';
import {
  firstRange,
  levelTable,
  rangeOfWindow,
  type ShownRange,
} from '../../app/contract/levels.ts';

/** In measured values, for example Hounsfield units. */
export type LevelWindow = NonNullable<Scale['window']>;

type Table = Uint8Array<ArrayBuffer>;

/** Stored values from black to white. @param window null: the one that the document begins with */
export const shownRange = (scale: Scale, window: LevelWindow | null): ShownRange =>
  window ? rangeOfWindow(scale, window) : firstRange(scale);

/** Makes tables, and gives the same one for the same window again: painters compare by identity. */
export class LevelTables {
  #last: { readonly key: string; readonly table: Table } | null = null;

  /** @param inverted the other way round than the document says @returns null for documents whose tiles are no codes */
  of(
    { codes, scale }: Pick<DocumentInfo, 'codes' | 'scale'>,
    window: LevelWindow | null,
    inverted = false,
  ): Table | null {
    if (!codes) return null;
    const turned = inverted ? { ...scale, inverted: !scale.inverted } : scale;
    const range = shownRange(turned, window);
    const key = JSON.stringify([codes, range]);
    if (this.#last?.key !== key) this.#last = { key, table: levelTable(codes, range) };
    return this.#last.table;
  }
}
