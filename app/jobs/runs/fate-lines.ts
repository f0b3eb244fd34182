/**
 * How a journal keeps what became of the elements of de-identified files without saying it again for each: an `elements` line says of
 * those that were not there before, numbered from 0 on since the `run` line, and a `done` line names numbers.
 */
import { fateActions, type FateAction } from '../../contract/dicom-object.ts';
import type { ElementFates } from '../../contract/element-fates.ts';
import type { ElementsLine } from './journal-lines.ts';

export type KnownFate = Omit<ElementFates['elements'][number], 'files'>;

/** One process's numbers: it begins with its `run` line. */
export class FatesWritten {
  readonly #numbers = new Map<string, number>();

  /**
   * @returns numbers for the `done` line ("0-41 43"), and the line that has to stand before it; null: all have been said
   */
  of(fates: readonly KnownFate[]): {
    readonly numbers: string;
    readonly line: Omit<ElementsLine, 'at'> | null;
  } {
    const fresh: Record<FateAction, string[]> = {
      removed: [],
      emptied: [],
      replaced: [],
      kept: [],
    };
    const keyOf = ({ path, action }: KnownFate): string => `${path} ${action}`;
    const before = this.#numbers.size;
    for (const action of fateActions)
      for (const one of fates.filter((fate) => fate.action === action)) {
        if (this.#numbers.has(keyOf(one))) continue;
        this.#numbers.set(keyOf(one), this.#numbers.size);
        fresh[action].push(one.keyword === null ? one.path : `${one.path} ${one.keyword}`);
      }
    const numbers = fates.map((one) => this.#numbers.get(keyOf(one))!);
    return {
      numbers: rangesOf(numbers),
      line: this.#numbers.size > before ? { type: 'elements', ...fresh } : null,
    };
  }
}

/** In the order of the numbers. */
export const fatesOf = (line: ElementsLine): KnownFate[] =>
  fateActions.flatMap((action) =>
    line[action].map((text) => {
      const [path = '', keyword = null] = text.split(' ');
      return { path, keyword, action };
    }),
  );

function rangesOf(numbers: readonly number[]): string {
  const ranges: [from: number, to: number][] = [];
  for (const one of numbers.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && one === last[1] + 1) last[1] = one;
    else ranges.push([one, one]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(' ');
}

/** @returns null: a line that would say it is not there */
export function namedFates(ranges: string, known: readonly KnownFate[]): KnownFate[] | null {
  const fates: KnownFate[] = [];
  for (const range of ranges.split(' ').filter(Boolean)) {
    const [from = NaN, to = from] = range.split('-').map(Number);
    // NaN and numbers that nobody has said are of a journal that lacks lines.
    if (!(from <= to && to < known.length)) return null;
    fates.push(...known.slice(from, to + 1));
  }
  return fates;
}
