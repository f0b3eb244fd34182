/** Which of a list's items are selected, with the manners of lists everywhere. Pure: new sets, never changed ones. */

export type Selection<T> = ReadonlySet<T>;

export const selectOnly = <T>(item: T): Selection<T> => new Set([item]);

export const selectAll = <T>(items: readonly T[]): Selection<T> => new Set(items);

/** Adds an item, or takes it away; the last one stays. */
export function toggled<T>(selection: Selection<T>, item: T): Selection<T> {
  const next = new Set(selection);
  if (!next.delete(item)) next.add(item);
  return next.size > 0 ? next : selection;
}

/** Everything from one item to another, in the order of the list. */
export function between<T>(items: readonly T[], from: T, to: T): Selection<T> {
  const ends = [items.indexOf(from), items.indexOf(to)];
  return new Set(items.slice(Math.min(...ends), Math.max(...ends) + 1));
}

export const without = <T>(selection: Selection<T>, gone: readonly T[]): Selection<T> =>
  new Set([...selection].filter((item) => !gone.includes(item)));
