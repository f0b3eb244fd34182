/**
 * Slices become series: which files are one stack, in which order they lie, and what is wrong with the stack. The order is that of
 * the positions along the normal of the slices (PS3.3, C.7.6.2.1.1), never that of numbers or names, which often run against it.
 */
import type { Slice } from './slice.ts';

export interface Findings {
  /** Steps from slice to slice that are not the usual one: behind which slice, from 0 on, and the two lengths, mm. */
  readonly gaps: readonly { readonly behind: number; readonly step: number }[];
  /** The usual step, mm; null: of one slice, or of slices without a place. */
  readonly step: number | null;
  /** How often every place is there, at other times or of other echoes; 1: once. */
  readonly times: number;
  /** Slices at a place where another one lies already, of the same time. */
  readonly duplicates: number;
  /** Slices whose pixels are not all there, from 0 on. */
  readonly cut: readonly number[];
  /** Slices of more than one patient are among them. */
  readonly mixed: boolean;
}

/** Cosines that differ by less are the same direction. */
export const SAME_DIRECTION = 1e-3;
/** Steps that differ by a hundredth of the usual one are another step; positions are that close where they are the same. */
export const SAME_STEP = 0.01;
/** Millimetres: equal positions, where there is no usual step to compare with. */
export const SAME_PLACE = 1e-3;

/**
 * Divides slices into stacks. What has no place in space, or holds several frames, is one by itself.
 * @returns stacks in the order of their first slice as given, each in the order of its positions (at one time after the other)
 */
export function seriesOf(slices: readonly Slice[]): Slice[][] {
  const stacks: Slice[][] = [];
  const byKey = new Map<string, Slice[][]>();
  for (const slice of slices) {
    const alone = slice.position === null || slice.frames > 1 || slice.series === '';
    if (alone) {
      stacks.push([slice]);
      continue;
    }
    const key = JSON.stringify([slice.series, slice.rows, slice.columns, slice.kind]);
    const known = byKey.get(key) ?? [];
    byKey.set(key, known);
    const stack = known.find(([first]) => isLike(first!, slice));
    if (stack) stack.push(slice);
    else {
      const begun = [slice];
      known.push(begun);
      stacks.push(begun);
    }
  }
  return stacks.map(ordered);
}

function isLike(one: Slice, other: Slice): boolean {
  const near = (left: readonly number[], right: readonly number[], by: number): boolean =>
    left.length === right.length && left.every((value, i) => Math.abs(value - right[i]!) <= by);
  const [step = 1] = one.spacing;
  return (
    near(one.rowDirection!, other.rowDirection!, SAME_DIRECTION) &&
    near(one.columnDirection!, other.columnDirection!, SAME_DIRECTION) &&
    near(one.spacing, other.spacing, SAME_STEP * step)
  );
}

/** Millimetres along the normal of a stack. */
function placeIn({ rowDirection, columnDirection }: Slice): (slice: Slice) => number {
  const [a, b, c] = rowDirection!;
  const [d, e, f] = columnDirection!;
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d] as const;
  return ({ position }) => position!.reduce((sum, part, axis) => sum + part * normal[axis]!, 0);
}

function ordered(stack: Slice[]): Slice[] {
  const { places, times } = layOf(stack);
  if (times === 1) return places.flat();
  return Array.from({ length: times }, (_, time) => places.map((place) => place[time]!)).flat();
}

interface Lay {
  /** Slices of one place together, in the order of the places. */
  readonly places: readonly (readonly Slice[])[];
  /** Millimetres, of each place. */
  readonly along: readonly number[];
  /** Slices of each place that differ in time or echo; 1 where they do not, or are not as many everywhere. */
  readonly times: number;
}

function layOf(stack: readonly Slice[]): Lay {
  const [first] = stack;
  if (stack.length < 2 || !first?.position) return { places: [stack], along: [0], times: 1 };
  const along = placeIn(first);
  const sorted = stack
    .map((slice) => ({ slice, at: along(slice) }))
    .sort((one, other) => one.at - other.at);
  const groups: { readonly at: number; readonly slices: Slice[] }[] = [];
  for (const { slice, at } of sorted) {
    const last = groups.at(-1);
    if (last && at - last.at <= SAME_PLACE) last.slices.push(slice);
    else groups.push({ at, slices: [slice] });
  }
  const places = groups.map(({ slices }) => slices.sort(byTurn));
  const most = places[0]!.length;
  const areTimes = places.every(
    (place) =>
      place.length === most &&
      place.every((slice, i) => i === 0 || compareTurns(place[i - 1]!, slice) !== 0),
  );
  return { places, along: groups.map(({ at }) => at), times: areTimes ? most : 1 };
}

function compareTurns(one: Slice, other: Slice): number {
  for (const [i, turn] of one.turn.entries()) {
    const order = turn - other.turn[i]!;
    if (order !== 0) return order;
  }
  return 0;
}

const byTurn = (one: Slice, other: Slice): number =>
  compareTurns(one, other) || one.instanceNumber - other.instanceNumber;

/** What a person should know of a stack. @param stack of `seriesOf` */
export function findingsOf(stack: readonly Slice[]): Findings {
  const { places, along, times } = layOf(stack);
  const steps = along.slice(1).map((at, i) => at - along[i]!);
  const usual = median(steps);
  // Where some lie twice, more slices than places are before it.
  let seen = 0;
  const lastAt = places.map(({ length }) => (seen += times > 1 ? 1 : length) - 1);
  return {
    gaps: steps.flatMap((step, i) =>
      usual !== null && Math.abs(step - usual) > SAME_STEP * usual
        ? [{ behind: lastAt[i]!, step }]
        : [],
    ),
    step: usual,
    times,
    duplicates: times > 1 ? 0 : stack.length - places.length,
    cut: stack.flatMap(({ cut }, at) => (cut ? [at] : [])),
    mixed: new Set(stack.map(({ patient }) => patient)).size > 1,
  };
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted.length === 0 ? null : sorted[(sorted.length - 1) >> 1]!;
}
