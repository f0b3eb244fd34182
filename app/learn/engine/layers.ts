/**
 * The layers of an autoencoder as data (they are kept in checkpoints), and each as operators forwards and backwards.
 * Pictures are [N, C, H, W], vectors [N, units].
 */
import * as z from 'zod';
import { convolution } from './convolution.ts';
import { sizeOf } from '../../runtime/onnx-graph.ts';
import { product, transposed, type Matrix } from './product.ts';
import type { Tape, Value } from './tape.ts';

const count = z.number().int().min(1);
const name = z.string().min(1);

export const layerSchema = z.discriminatedUnion('kind', [
  /** Zeros around; `stride` 2 halves the sides. */
  z.object({
    kind: z.literal('conv'),
    channels: count,
    side: z.union([z.literal(1), z.literal(3), z.literal(5)]),
    stride: z.union([z.literal(1), z.literal(2)]),
  }),
  /** A vector times a matrix [units in, units], and biases. */
  z.object({ kind: z.literal('dense'), units: count }),
  z.object({ kind: z.literal('relu') }),
  z.object({ kind: z.literal('sigmoid') }),
  /** Each 2 × 2 pixels become one of four times the channels, the place in the square being the slow index; and back. */
  z.object({ kind: z.literal('fold') }),
  z.object({ kind: z.literal('unfold') }),
  /** Each pixel becomes 2 × 2 alike. */
  z.object({ kind: z.literal('double') }),
  /** A picture becomes a vector, and back. */
  z.object({ kind: z.literal('flatten') }),
  z.object({ kind: z.literal('picture'), channels: count, height: count, width: count }),
  /** Mean of each channel: a vector. */
  z.object({ kind: z.literal('pool') }),
  /** Each channel of a picture without its mean, of deviation 1: neither light nor contrast nor the colour of the light are left. */
  z.object({ kind: z.literal('standardise') }),
  /** A vector of length 1. */
  z.object({ kind: z.literal('normalise') }),
  /** Remembers the picture as it is here; `join` puts its channels behind those that come there. */
  z.object({ kind: z.literal('keep'), as: name }),
  z.object({ kind: z.literal('join'), with: name }),
  /** Adds what was remembered to what is here, of the same shape. */
  z.object({ kind: z.literal('add'), with: name }),
  /** The code: what is there is named, for a loss on it and for the encoder's own file. */
  z.object({ kind: z.literal('code') }),
  /** A code drawn from a normal distribution, mean and log-variance by a dense layer each. */
  z.object({ kind: z.literal('gaussian'), units: count }),
]);

export type Layer = z.output<typeof layerSchema>;

/** What a network has computed on its way. */
export interface Passed {
  readonly output: Value;
  /** At `code` or `gaussian` (there the mean); null: there is none. */
  readonly code: Value | null;
  /** Of `gaussian`. */
  readonly spread: { readonly mean: Value; readonly logVariance: Value } | null;
}

/**
 * Emits layers one after the other.
 * @param draw standard normal values [N, units] of a gaussian code; absent: the mean is taken
 */
export function pass(tape: Tape, x: Value, layers: readonly Layer[], draw?: Value): Passed {
  const kept = new Map<string, Value>();
  let output = x;
  let code: Value | null = null;
  let spread: Passed['spread'] = null;
  for (const layer of layers) {
    if (layer.kind === 'keep') kept.set(layer.as, output);
    else if (layer.kind === 'join') output = join(tape, output, kept.get(layer.with)!);
    else if (layer.kind === 'add') output = add(tape, output, kept.get(layer.with)!);
    else if (layer.kind === 'code') code = output;
    else if (layer.kind === 'gaussian') {
      const mean = dense(tape, output, layer.units);
      const logVariance = dense(tape, output, layer.units);
      spread = { mean, logVariance };
      code = mean;
      output = draw ? drawn(tape, spread, draw) : mean;
    } else output = one(tape, output, layer);
  }
  return { output, code, spread };
}

function one(
  tape: Tape,
  x: Value,
  layer: Exclude<Layer, { kind: 'keep' | 'join' | 'add' | 'code' | 'gaussian' }>,
): Value {
  switch (layer.kind) {
    case 'conv':
      return convolution(tape, x, layer);
    case 'dense':
      return dense(tape, x, layer.units);
    case 'relu':
      return relu(tape, x);
    case 'sigmoid':
      return sigmoid(tape, x);
    case 'fold':
      return fold(tape, x);
    case 'unfold':
      return unfold(tape, x);
    case 'double':
      return double(tape, x);
    case 'flatten':
      return reshaped(tape, x, [sizeOf(x.shape.slice(1))]);
    case 'picture':
      return reshaped(tape, x, [layer.channels, layer.height, layer.width]);
    case 'pool':
      return pool(tape, x);
    case 'standardise':
      return standardise(tape, x);
    case 'normalise':
      return normalise(tape, x);
  }
}

export function dense(tape: Tape, x: Value, units: number): Value {
  const { graph } = tape;
  const [rows, width] = x.shape as [number, number];
  const w = tape.parameter([width, units], width);
  const b = tape.parameter([units], 0);
  const input: Matrix = { name: x.name, rows, columns: width };
  const weights: Matrix = { name: w.name, rows: width, columns: units };
  const y = graph.add(product(graph, input, weights), b.name);
  return tape.computed(y, [rows, units], [x, w, b], (name) => {
    const d: Matrix = { name, rows, columns: units };
    tape.accumulate(b, () => graph.sum(name, 0));
    tape.accumulate(w, () => product(graph, transposed(graph, input), d));
    tape.accumulate(x, () => product(graph, d, transposed(graph, weights)));
  });
}

function relu(tape: Tape, x: Value): Value {
  const { graph } = tape;
  const y = graph.op('Relu', [x.name]);
  return tape.computed(y, x.shape, [x], (d) =>
    tape.accumulate(x, () => {
      const zero = graph.scalar(0);
      return graph.op('Where', [graph.op('Greater', [y, zero]), d, zero]);
    }),
  );
}

function sigmoid(tape: Tape, x: Value): Value {
  const { graph } = tape;
  const y = graph.op('Sigmoid', [x.name]);
  return tape.computed(y, x.shape, [x], (d) =>
    tape.accumulate(x, () => graph.mul(d, graph.mul(y, graph.sub(graph.scalar(1), y)))),
  );
}

function fold(tape: Tape, x: Value): Value {
  const { graph } = tape;
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const y = graph.op('SpaceToDepth', [x.name], { blocksize: 2 });
  return tape.computed(y, [n, 4 * c, h / 2, w / 2], [x], (d) =>
    tape.accumulate(x, () => graph.op('DepthToSpace', [d], { blocksize: 2, mode: 'DCR' })),
  );
}

function unfold(tape: Tape, x: Value): Value {
  const { graph } = tape;
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const y = graph.op('DepthToSpace', [x.name], { blocksize: 2, mode: 'DCR' });
  return tape.computed(y, [n, c / 4, 2 * h, 2 * w], [x], (d) =>
    tape.accumulate(x, () => graph.op('SpaceToDepth', [d], { blocksize: 2 })),
  );
}

function double(tape: Tape, x: Value): Value {
  const { graph } = tape;
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const y = graph.op('Resize', [x.name, '', graph.floats(Float32Array.of(1, 1, 2, 2))], {
    mode: 'nearest',
    nearest_mode: 'floor',
    coordinate_transformation_mode: 'asymmetric',
  });
  return tape.computed(y, [n, c, 2 * h, 2 * w], [x], (d) =>
    tape.accumulate(x, () =>
      // The sum of each cell.
      graph.times(graph.op('AveragePool', [d], { kernel_shape: [2, 2], strides: [2, 2] }), 4),
    ),
  );
}

/** @param shape without the batch, whose size stays open in networks that are used */
function reshaped(tape: Tape, x: Value, shape: readonly number[]): Value {
  const { graph } = tape;
  const y = graph.reshape(x.name, [-1, ...shape]);
  return tape.computed(y, [x.shape[0]!, ...shape], [x], (d) =>
    tape.accumulate(x, () => graph.reshape(d, x.shape)),
  );
}

function pool(tape: Tape, x: Value): Value {
  const { graph } = tape;
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const y = graph.op('ReduceMean', [x.name], { axes: [2, 3], keepdims: 0 });
  return tape.computed(y, [n, c], [x], (d) =>
    tape.accumulate(x, () => {
      const each = graph.reshape(graph.times(d, 1 / (h * w)), [n, c, 1, 1]);
      return graph.op('Expand', [each, graph.ints(n, c, h, w)]);
    }),
  );
}

/** Variance that is added: a channel that is the same everywhere stays nothing. */
const EVEN = 1e-4;

/** Instance normalisation without parameters: Ulyanov et al. 2016, equation 4. */
function standardise(tape: Tape, x: Value): Value {
  const { graph } = tape;
  const mean = (a: string): string => graph.op('ReduceMean', [a], { axes: [2, 3], keepdims: 1 });
  const away = graph.sub(x.name, mean(x.name));
  const variance = graph.add(mean(graph.mul(away, away)), graph.scalar(EVEN));
  const deviation = graph.op('Sqrt', [variance]);
  const y = graph.div(away, deviation);
  return tape.computed(y, x.shape, [x], (d) =>
    tape.accumulate(x, () => {
      const along = graph.mul(y, mean(graph.mul(y, d)));
      return graph.div(graph.sub(graph.sub(d, mean(d)), along), deviation);
    }),
  );
}

/** Keeps a vector of zeros from dividing by zero. */
const SHORTEST = 1e-12;

function normalise(tape: Tape, x: Value): Value {
  const { graph } = tape;
  const rowSum = (a: string): string => graph.op('ReduceSum', [a, graph.ints(1)], { keepdims: 1 });
  const squares = graph.add(rowSum(graph.mul(x.name, x.name)), graph.scalar(SHORTEST));
  const length = graph.op('Sqrt', [squares]);
  const y = graph.div(x.name, length);
  return tape.computed(y, x.shape, [x], (d) =>
    tape.accumulate(x, () => {
      const along = graph.mul(y, rowSum(graph.mul(y, d)));
      return graph.div(graph.sub(d, along), length);
    }),
  );
}

function join(tape: Tape, x: Value, other: Value): Value {
  const { graph } = tape;
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const more = other.shape[1]!;
  const y = graph.op('Concat', [x.name, other.name], { axis: 1 });
  const part = (d: string, from: number, to: number): string =>
    graph.op('Slice', [d, graph.ints(from), graph.ints(to), graph.ints(1)]);
  return tape.computed(y, [n, c + more, h, w], [x, other], (d) => {
    tape.accumulate(x, () => part(d, 0, c));
    tape.accumulate(other, () => part(d, c, c + more));
  });
}

function add(tape: Tape, x: Value, other: Value): Value {
  const y = tape.graph.add(x.name, other.name);
  return tape.computed(y, x.shape, [x, other], (d) => {
    tape.accumulate(x, () => d);
    tape.accumulate(other, () => d);
  });
}

/** mean + e^(logVariance / 2) · draw: Kingma & Welling 2014, section 2.4. */
function drawn(
  tape: Tape,
  { mean, logVariance }: NonNullable<Passed['spread']>,
  draw: Value,
): Value {
  const { graph } = tape;
  const deviation = graph.op('Exp', [graph.times(logVariance.name, 0.5)]);
  const away = graph.mul(deviation, draw.name);
  const y = graph.add(mean.name, away);
  return tape.computed(y, mean.shape, [mean, logVariance], (d) => {
    tape.accumulate(mean, () => d);
    tape.accumulate(logVariance, () => graph.times(graph.mul(d, away), 0.5));
  });
}
