/**
 * The entropy model of a codec whose latents are known by examples: its context network is not trained but made. Of every latent the scale is
 * foretold, that is how large it may be, from how much goes on around it in what was coded before: sums of magnitudes, as ReLUs give them, bent by hinges
 * so that straight lines follow a logarithm, and least squares for the rest (docs/latent-format.md has what the parts do). Means are foretold too, from
 * their neighbours. Everything is in the integers that a decoder has.
 */
import { leastSquares } from '../../runtime/least-squares.ts';
import { nextTurn } from '../../pixels/turns.ts';
import { throwIfCancelled } from '../../contract/index.ts';
import {
  FIRST_HIDDEN,
  layerShapes,
  TAPS,
  type EntropyModel,
  type Layer,
} from '../entropy/model.ts';
import { convolve, dense, nextState, tapOffsets, tapsOf } from '../entropy/network.ts';
import { delta } from '../entropy/steps.ts';
import { bitsOf, LARGEST_SYMBOL, scaleIndex } from '../entropy/tables.ts';

/** Latents of an example, [channel][row][column], 8-bit levels of an orthonormal basis. */
export interface ExampleLatents {
  readonly y: Float32Array;
  readonly columns: number;
  readonly rows: number;
}

/** What codecs have in common: of the shipped one. */
export type SharedParts = Pick<EntropyModel, 'tables' | 'firstCoded' | 'rdo'>;

/** Quantiser steps whose symbols are looked at: qualities 85 to 13. */
const STEPS_SEEN = [28, 52, 76, 100] as const;
/** The step at which `quality` adds nothing. */
const MIDDLE_STEP = 64;
const MEANS = 3;
/** Sizes of the groups after the means; the last one is all that is left. Latents that vary most come first in what they are of. */
const GROUPS = [4, 8, 16, 24] as const;
/** Sums of magnitudes, steps, at which the straight lines bend. */
const HINGES = [0, 0.5, 1, 2, 4, 8, 16, 32, 64, 128] as const;
/** How much around a place counts in its sum. */
const FIRST_SHARE = 1 / 8;
/** A magnitude for its logarithm, steps: of what is 0 it is not known how small it is. */
const SMALLEST = 0.3;
/** Bits that a step of error counts as where nothing is coded: a scale that is too small loses what it can not say. */
const LOST = 12;
/** Places that are looked at for each step, about. */
const PLACES = 3000;

/** Examples through which the context network is taken: most of the time is theirs. */
const MOST_EXAMPLES = 24;

/** Fraction bits of weights, and of what is added to sums. */
const WEIGHT = 1024;
const SUM = 65536;
/** Sum of the weights of an output, in magnitude: more could overflow (`parseEntropyModel` proves it). */
const MOST_WEIGHT = 60;
/** Far more than there are scales. */
const MOST_BIAS = 2 ** 26;
const MOST_QUALITY = 2 ** 19;

/**
 * @param channels means first, then codes
 * @throws HourglassError cancelled
 */
export async function fitEntropy(
  examples: readonly ExampleLatents[],
  channels: number,
  shared: SharedParts,
  signal: AbortSignal,
): Promise<EntropyModel> {
  const groups = groupsOf(channels);
  const state = SUMS + MOST_SUMS + 2 * Math.max(0, ...groups.slice(1, -1));
  const hidden = 3 * HINGES.length;
  const layers = groups.map((_, group) => {
    const [a, b, c] = layerShapes(groups, state, hidden, group).map((shape) => blank(shape));
    return [a!, b!, c!] as const;
  });
  const model: EntropyModel = {
    ...{ channels, groups, state, hidden, layers },
    ...{ tables: shared.tables, firstCoded: shared.firstCoded, rdo: shared.rdo },
    parity: new Uint8Array(channels),
  };
  fillFirst(layers[0]!, examples);
  for (let group = 1; group < groups.length; group++) fillLater(layers[group]!, groups, group);
  const some = examples.filter((_, at) => at % Math.ceil(examples.length / MOST_EXAMPLES) === 0);
  for (let group = 0; group < groups.length; group++) {
    await fitScales(model, group, some, signal);
  }
  return model;
}

export function groupsOf(channels: number): readonly number[] {
  const groups: number[] = [MEANS];
  let left = channels - MEANS;
  for (const size of GROUPS) {
    if (left <= size) break;
    groups.push(size);
    left -= size;
  }
  return [...groups, left];
}

const blank = ([inputs, outputs, kernel, relu]: ReturnType<typeof layerShapes>[number]): Layer => ({
  ...{ inputs, outputs, kernel, relu },
  weights: new Int16Array(outputs * kernel * kernel * inputs),
  bias: new Int32Array(outputs),
  quality: new Int32Array(outputs),
});

/** @param at of an output's weights: [ky][kx][input] */
function put(layer: Layer, output: number, at: number, weight: number): void {
  const each = layer.kernel * layer.kernel * layer.inputs;
  layer.weights[output * each + at] = Math.round(weight * WEIGHT);
}

/** Pairs of neighbours before a place whose difference tells how much goes on: [channel, tap, tap]. */
const pairs: readonly (readonly [number, number, number])[] = [
  // West, north-west, north, north-east and what lies behind them; brightness.
  ...(
    [
      [11, 6],
      [7, 6],
      [7, 8],
      [11, 7],
      [11, 10],
      [7, 2],
      [8, 7],
      [6, 5],
      [8, 9],
      [10, 5],
      [6, 0],
      [8, 3],
    ] as const
  ).map(([a, b]) => [0, a, b] as const),
  ...(
    [
      [11, 7],
      [7, 8],
    ] as const
  ).flatMap(([a, b]) => [[1, a, b] as const, [2, a, b] as const]),
];

/** Means are foretold by least squares over their neighbours; how much goes on is the sum of differences between these. */
function fillFirst(
  layers: readonly [Layer, Layer, Layer],
  examples: readonly ExampleLatents[],
): void {
  const [taps, hinges, head] = layers;
  for (const [at, [channel, one, other]] of pairs.entries())
    for (const [side, sign] of [1, -1].entries()) {
      put(taps, 2 * at + side, one * MEANS + channel, sign);
      put(taps, 2 * at + side, other * MEANS + channel, -sign);
    }
  for (const [at, hinge] of HINGES.entries()) {
    for (let from = 0; from < FIRST_HIDDEN; from++) put(hinges, at, from, FIRST_SHARE);
    hinges.bias[at] = -hinge * SUM;
  }
  const inputs = TAPS * MEANS;
  const [features, targets]: [number[], number[]] = [[], []];
  for (const { y, columns, rows } of examples)
    for (let row = 2; row < rows; row++)
      for (let column = 2; column < columns - 2; column++) {
        const at = (channel: number, dx: number, dy: number): number =>
          y[(channel * rows + row + dy) * columns + column + dx]!;
        for (const [dx, dy] of tapOffsets)
          for (let c = 0; c < MEANS; c++) features.push(at(c, dx, dy));
        for (let c = 0; c < MEANS; c++) targets.push(at(c, 0, 0));
      }
  const found = leastSquares(new Float32Array(features), new Float32Array(targets), inputs, MEANS);
  for (let c = 0; c < MEANS; c++)
    for (let i = 0; i < inputs; i++) put(head, c, FIRST_HIDDEN + i, found[i * MEANS + c]!);
}

/** Differences of means around a place, [channel, [dx, dy, share] …]. */
const EDGES: readonly (readonly [number, readonly (readonly [number, number, number])[]])[] = [
  ...[0, 1, 2].flatMap((channel) => [
    [
      channel,
      [
        [-1, 0, 0.5],
        [1, 0, -0.5],
      ],
    ] as const,
    [
      channel,
      [
        [0, -1, 0.5],
        [0, 1, -0.5],
      ],
    ] as const,
  ]),
  [
    0,
    [
      [-1, 0, 0.5],
      [0, 0, -1],
      [1, 0, 0.5],
    ],
  ],
  [
    0,
    [
      [0, -1, 0.5],
      [0, 0, -1],
      [0, 1, 0.5],
    ],
  ],
  [
    0,
    [
      [-1, -1, 0.5],
      [1, 1, -0.5],
    ],
  ],
  [
    0,
    [
      [1, -1, 0.5],
      [-1, 1, -0.5],
    ],
  ],
];
/** The state: edges, a sum of magnitudes for each group before the last one, and the last one's magnitudes. */
const SUMS = 2 * EDGES.length;
const MOST_SUMS = GROUPS.length - 1;
const LAST = SUMS + MOST_SUMS;

/** Of the magnitudes of a group in their sum: it must not leave the range of integers. */
const SHARE_OF_SUM = 1 / 4;

/** Of a magnitude on its way to the next group: most of it stays where it is. */
const BLUR = [0.04, 0.11, 0.04, 0.11, 0.4, 0.11, 0.04, 0.11, 0.04] as const;

/** Edges of the means, and magnitudes of the groups before, each as two ReLUs; their sums through hinges. */
function fillLater(
  [near, hinges]: readonly [Layer, Layer, Layer],
  groups: readonly number[],
  group: number,
): void {
  const tap = (dx: number, dy: number, input: number): number =>
    ((dy + 1) * 3 + dx + 1) * near.inputs + input;
  if (group === 1)
    for (const [at, [channel, shares]] of EDGES.entries())
      for (const [side, sign] of [1, -1].entries())
        for (const [dx, dy, share] of shares)
          put(near, 2 * at + side, tap(dx, dy, channel), sign * share);
  else {
    const blurred = (output: number, input: number, times = 1): void => {
      for (const [at, share] of BLUR.entries())
        put(near, output, at * near.inputs + input, times * share);
    };
    for (let channel = 0; channel < SUMS + Math.max(0, group - 3); channel++)
      blurred(channel, channel);
    if (group > 2)
      for (let channel = 0; channel < 2 * groups[group - 2]!; channel++)
        blurred(SUMS + group - 3, LAST + channel, SHARE_OF_SUM);
    for (let channel = 0; channel < groups[group - 1]!; channel++)
      for (const [side, sign] of [1, -1].entries())
        put(near, LAST + 2 * channel + side, tap(0, 0, near.outputs + channel), sign);
  }
  for (const [at, hinge] of HINGES.entries()) {
    for (let from = 0; from < SUMS; from++) put(hinges, at, from, 1 / 4);
    for (let from = SUMS; from < LAST; from++) put(hinges, HINGES.length + at, from, 1);
    for (let from = LAST; from < near.outputs; from++)
      put(hinges, 2 * HINGES.length + at, from, 1 / 4);
    for (const kind of [0, 1, 2]) hinges.bias[kind * HINGES.length + at] = -hinge * SUM;
  }
}

/** Others have theirs. @throws HourglassError cancelled */
async function turn(signal: AbortSignal): Promise<void> {
  await nextTurn();
  throwIfCancelled(signal);
}

/** What the network knows of places, and the residuals there, steps. */
interface Places {
  /** [place][hidden] */
  readonly hidden: readonly Int32Array[];
  readonly steps: readonly number[];
  /** [channel][place] */
  readonly residuals: readonly (readonly number[])[];
}

async function fitScales(
  model: EntropyModel,
  group: number,
  examples: readonly ExampleLatents[],
  signal: AbortSignal,
): Promise<void> {
  const places = await placesOf(model, group, examples, signal);
  const head = model.layers[group]![2];
  const own = model.groups[group]!;
  const used = group === 0 ? HINGES.length : model.hidden;
  const inputs = used + 2;
  const features = Float32Array.from(
    places.hidden.flatMap((hidden, at) => [
      ...hidden.subarray(0, used).map((value) => value),
      64,
      (64 * (places.steps[at]! - MIDDLE_STEP)) / 16,
    ]),
    (value) => value / 64,
  );
  const targets = new Float32Array(places.hidden.length * own);
  for (const [c, residuals] of places.residuals.entries())
    for (const [at, residual] of residuals.entries())
      targets[at * own + c] = Math.log2(Math.abs(residual) + SMALLEST);
  const found = leastSquares(features, targets, inputs, own);
  for (let c = 0; c < own; c++) {
    await turn(signal);
    const output = own + c;
    let sum = 0;
    for (let i = 0; i < used; i++) sum += Math.abs(found[i * own + c]!);
    const share = Math.min(1, MOST_WEIGHT / sum);
    for (let i = 0; i < used; i++) {
      const weight = Math.max(-31, Math.min(31, share * found[i * own + c]!));
      put(head, output, i, weight);
    }
    head.bias[output] = within(found[used * own + c]! * SUM, MOST_BIAS);
    head.quality[output] = within((found[(used + 1) * own + c]! * SUM) / 16, MOST_QUALITY);
    const offset = bestOffset(model, head, output, places, c);
    head.bias[output] = within(head.bias[output]! + offset * SUM, MOST_BIAS);
  }
}

const within = (value: number, most: number): number =>
  Math.round(Math.max(-most, Math.min(most, value)));

/** Octaves that a scale is moved by so that symbols take the fewest bits. */
function bestOffset(
  { tables, firstCoded }: EntropyModel,
  head: Layer,
  output: number,
  { hidden, steps, residuals }: Places,
  channel: number,
): number {
  const scales = hidden.map((input, at) => {
    let sum = head.bias[output]! + head.quality[output]! * (steps[at]! - MIDDLE_STEP);
    for (const [i, value] of input.entries())
      sum += head.weights[output * head.inputs + i]! * value;
    return (sum + 512) >> 10;
  });
  let best = { offset: 0, bits: Infinity };
  for (let tenths = -10; tenths <= 25; tenths++) {
    const offset = tenths / 10;
    let bits = 0;
    for (const [at, residual] of residuals[channel]!.entries()) {
      const scale = scaleIndex(scales[at]! + Math.round(64 * offset));
      const symbol = Math.max(-LARGEST_SYMBOL, Math.min(LARGEST_SYMBOL, Math.round(residual)));
      bits +=
        scale < firstCoded ? LOST * Math.min(symbol ** 2, 64) : bitsOf(tables[scale]!, symbol);
    }
    if (bits < best.bits) best = { offset, bits };
  }
  return best.offset;
}

/** Latents as decoders would have them. @returns [channel][row][column], 1/64 step */
const valuesAt = ({ y }: ExampleLatents, step: number): Int32Array =>
  Int32Array.from(y, (value) => 64 * Math.round(value / delta(step)));

async function placesOf(
  model: EntropyModel,
  group: number,
  examples: readonly ExampleLatents[],
  signal: AbortSignal,
): Promise<Places> {
  const own = model.groups[group]!;
  const from = model.groups.slice(0, group).reduce((sum, size) => sum + size, 0);
  const all = examples.reduce((sum, { columns, rows }) => sum + columns * rows, 0);
  const every = Math.max(1, Math.round(all / PLACES));
  const hidden: Int32Array[] = [];
  const steps: number[] = [];
  const residuals = Array.from({ length: own }, (): number[] => []);
  let count = 0;
  for (const step of STEPS_SEEN)
    for (const example of examples) {
      await turn(signal);
      const area = example.columns * example.rows;
      const values = valuesAt(example, step);
      const known = knownAt(model, group, step, values, example);
      for (let place = 0; place < area; place++) {
        if (count++ % every !== 0) continue;
        const { inputs, means } = known(place);
        hidden.push(inputs);
        steps.push(step);
        for (let c = 0; c < own; c++)
          residuals[c]!.push(
            example.y[(from + c) * area + place]! / delta(step) - (means?.[c] ?? 0) / 64,
          );
      }
    }
  return { hidden, steps, residuals };
}

/** What the head of a group is given at a place: inputs, and of group 0 the means that it makes of them. */
function knownAt(
  model: EntropyModel,
  group: number,
  step: number,
  values: Int32Array,
  { columns, rows }: ExampleLatents,
): (place: number) => { readonly inputs: Int32Array; readonly means: Int32Array | null } {
  const size = { columns, rows };
  const area = columns * rows;
  const [taps, middle, head] = model.layers[group]!;
  if (group === 0)
    return (place) => {
      const at = { x: place % columns, y: Math.floor(place / columns) };
      const seen = tapsOf(MEANS, values, size, at);
      const inputs = new Int32Array(head.inputs);
      inputs.set(dense(middle, step, dense(taps, step, seen)));
      inputs.set(seen, FIRST_HIDDEN);
      return { inputs, means: dense(head, step, inputs) };
    };
  let state: Int32Array | null = null;
  for (let g = 1, from = 0; g <= group; g++) {
    const before = values.subarray(from * area, (from + model.groups[g - 1]!) * area);
    state = nextState(model.layers[g]!, step, state, before, size);
    from += model.groups[g - 1]!;
  }
  const all = convolve(middle, step, state!, size);
  return (place) => ({
    inputs: Int32Array.from({ length: model.hidden }, (_, i) => all[i * area + place]!),
    means: null,
  });
}
