/** Where the lines of a curve lie: steps along, errors up, on an axis of powers of ten. */
import type { TrainingCurve } from '../../../app/contract/index.ts';

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

export interface Chart {
  /** Paths of SVG. */
  readonly loss: string;
  readonly heldBack: string;
  /** Held-back error of the one beside; empty: there is none. */
  readonly beside: string;
  /** Where the best is; null: nowhere yet. */
  readonly best: { readonly x: number; readonly y: number } | null;
  readonly floor: number | null;
  readonly components: number | null;
  readonly errors: readonly { readonly y: number; readonly value: number }[];
  readonly steps: readonly { readonly x: number; readonly value: number }[];
}

/** Room above and below what there is, as a factor. */
const ROOM = 1.15;

/** @param beside of another training, whose error is of the same kind */
export function chartOf(
  curve: TrainingCurve,
  { width, height }: ChartSize,
  beside: TrainingCurve | null = null,
): Chart {
  const { points, floor, components, of, best } = curve;
  const values = [
    ...points.flatMap(({ loss, heldBack }) => [loss, heldBack]),
    ...(beside?.points ?? []).map(({ heldBack }) => heldBack),
    ...[floor, components].filter((value) => value !== null),
  ].filter((value) => value > 0);
  const low = Math.log10(Math.min(...values) / ROOM);
  const high = Math.log10(Math.max(...values) * ROOM);
  const last = Math.max(points.at(-1)?.step ?? 0, beside?.points.at(-1)?.step ?? 0);
  // What is still to come has its place, but for a training that has only begun in it.
  const most = Math.max(last, Math.min(of ?? last, 2 * last), 1);
  const x = (step: number): number => round((step / most) * width);
  const y = (value: number): number =>
    round(height * (1 - (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low)));
  if (values.length === 0)
    return {
      ...{ loss: '', heldBack: '', beside: '', best: null, floor: null, components: null },
      ...{ errors: [], steps: [] },
    };
  const path = (of: 'loss' | 'heldBack', from = points): string =>
    from.map((point, at) => `${at === 0 ? 'M' : 'L'}${x(point.step)} ${y(point[of])}`).join('');
  const found = points.find(({ step }) => step === best);
  return {
    ...{ loss: path('loss'), heldBack: path('heldBack') },
    beside: beside ? path('heldBack', beside.points) : '',
    best: found ? { x: x(found.step), y: y(found.heldBack) } : null,
    floor: floor === null || floor <= 0 ? null : y(floor),
    components: components === null || components <= 0 ? null : y(components),
    errors: errorTicks(low, high).map((value) => ({ value, y: y(value) })),
    steps: stepTicks(most).map((value) => ({ value, x: x(value) })),
  };
}

const round = (value: number): number => Math.round(10 * value) / 10;

/** 1, 2 and 5 times powers of ten between two logarithms, or only the powers where these are enough; at least two. */
export function errorTicks(low: number, high: number): readonly number[] {
  const between = (steps: readonly number[]): number[] => {
    const ticks: number[] = [];
    for (let power = Math.floor(low); power <= Math.ceil(high); power++)
      for (const step of steps) {
        const value = step * 10 ** power;
        if (Math.log10(value) >= low && Math.log10(value) <= high)
          ticks.push(Number(value.toPrecision(3)));
      }
    return ticks;
  };
  for (const steps of [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]]) {
    const ticks = between(steps);
    if (ticks.length >= 3) return ticks;
  }
  // Less than a tenth between them: both ends.
  return [low, high].map((at) => Number((10 ** at).toPrecision(3)));
}

/** Round numbers, four or so. */
function stepTicks(most: number): readonly number[] {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    1,
    [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough)!,
  );
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, at) => at * step);
}
