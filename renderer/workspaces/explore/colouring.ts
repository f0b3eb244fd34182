/**
 * What the marks of a map are coloured by: clusters and cameras are kinds, each with a colour and a shape of its own; scores and noise are numbers, on the scale
 * of the heat maps, whose every step is lighter than the one before.
 */
import { HEAT_END, heatColour } from '../../../app/contract/heat.ts';
import type { FactsAnswer, UnusualAnswer } from '../../../app/contract/index.ts';
import { markOf, type Shape } from './marks.ts';

export const colourings = ['cluster', 'score', 'camera', 'noise'] as const;
export type ColouredBy = (typeof colourings)[number];

/** A custom property of `ui/tokens.css`, or a colour. */
export interface Paint {
  readonly token: string | null;
  readonly colour: string | null;
  readonly shape: Shape;
}

export interface Colouring {
  /** Of a picture; null: nothing is known of it. */
  paint(picture: number): Paint | null;
  /** Of kinds: name, and how many pictures; the most frequent first. */
  readonly kinds: readonly {
    readonly name: string;
    readonly count: number;
    readonly mark: number;
  }[];
  /** Of numbers: where the scale begins and ends; null: there are none. */
  readonly range: { readonly low: number; readonly high: number } | null;
}

const nothing: Colouring = { paint: () => null, kinds: [], range: null };
/** A single picture far out does not decide the scale. */
const [least, most] = [0.02, 0.98];
/** Kinds that have marks of their own; the others share the last. */
export const mostKinds = 24;

export const byClusters = (clusters: Uint8Array | null): Colouring => ({
  ...nothing,
  paint: (picture) => byMark(clusters?.[picture] ?? 0),
});

const byMark = (mark: number): Paint | null =>
  mark > 0 ? { ...markOf(mark), colour: null } : null;

export function byCamera({ facts }: FactsAnswer): Colouring {
  const counts = new Map<string, number>();
  for (const one of facts)
    if (one?.camera) counts.set(one.camera, (counts.get(one.camera) ?? 0) + 1);
  const kinds = [...counts]
    .sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
    .map(([name, count], at) => ({ name, count, mark: Math.min(mostKinds, at + 1) }));
  const marks = new Map(kinds.map(({ name, mark }) => [name, mark]));
  return {
    paint: (picture) => byMark(marks.get(facts[picture]?.camera ?? '') ?? 0),
    ...{ kinds, range: null },
  };
}

export const byNoise = ({ facts }: FactsAnswer): Colouring =>
  byNumber((picture) => facts[picture]?.noise ?? null, facts.length);

export function byScore({ rows }: UnusualAnswer): Colouring {
  const scores = new Map(rows.map(({ picture, score }) => [picture, score]));
  return byNumber((picture) => scores.get(picture) ?? null, Math.max(0, ...scores.keys()) + 1);
}

function byNumber(of: (picture: number) => number | null, count: number): Colouring {
  const values = Array.from({ length: count }, (_, picture) => of(picture))
    .filter((value) => value !== null)
    .sort((a, b) => a - b);
  if (values.length === 0) return nothing;
  const at = (share: number): number => values[Math.round(share * (values.length - 1))]!;
  const range = { low: at(least), high: at(most) };
  const length = range.high - range.low;
  return {
    paint(picture) {
      const value = of(picture);
      if (value === null) return null;
      const place = length > 0 ? (value - range.low) / length : 0.5;
      const colour = `rgb(${heatColour(HEAT_END * place).join(' ')})`;
      return { token: null, colour, shape: 'disc' };
    },
    ...{ kinds: [], range },
  };
}
