/**
 * What TensorFlow does to pictures, as ONNX operators: convolutions, pools, resizing, borders. Used by layers and by operations alike, which
 * only differ in how they say it. Every function takes and gives `Value`s; kernels are [rows, columns, …] as TensorFlow has them.
 */
import type { Attribute } from '../onnx.ts';
import { reshaped, turned, type Net, type Value } from './net.ts';
import type { Weight } from './weights.ts';

export type Pair = readonly [number, number];
/** Before and after, of rows and columns. */
export type Sides = readonly [Pair, Pair];
export type Padding = 'same' | 'valid' | Sides;

export interface Window {
  /** Rows and columns. */
  readonly size: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly padding: Padding;
}

/**
 * SAME of a stride puts the odd line behind or below (SAME_UPPER), and how many lines there are depends on the picture's size; without a stride it is the same
 * number always, and ONNX Runtime takes SAME_UPPER with no dilation.
 */
function windowAttributes({ size, strides, dilations, padding }: Window) {
  const common = { kernel_shape: size, strides };
  if (padding === 'same' && (strides[0] > 1 || strides[1] > 1))
    return { ...common, auto_pad: 'SAME_UPPER' };
  const dilated = { ...common, dilations };
  if (padding === 'valid') return dilated;
  const [rows, columns]: Sides = padding === 'same' ? samePads(size, dilations) : padding;
  return { ...dilated, pads: [rows[0], columns[0], rows[1], columns[1]] };
}

const samePads = (size: Pair, dilations: Pair): Sides => {
  const along = (axis: 0 | 1): Pair => {
    const all = dilations[axis] * (size[axis] - 1);
    return [Math.floor(all / 2), Math.ceil(all / 2)];
  };
  return [along(0), along(1)];
};

/** @param kernel [rows, columns, in, out] */
export function convolution(
  net: Net,
  x: Value,
  kernel: Value,
  window: Window,
  bias: Weight | null = null,
): Value {
  const weights = kernel.constant
    ? net.native(net.constant(turned(kernel.constant, [3, 2, 0, 1])))
    : net.graph.transpose(net.native(kernel), [3, 2, 0, 1]);
  return convolved(net, x, weights, windowAttributes(window), bias);
}

/** @param kernel [rows, columns, in, multiplier]: output c · multiplier + m is of input c */
export function depthwise(
  net: Net,
  x: Value,
  kernel: Weight,
  window: Window,
  bias: Weight | null = null,
): Value {
  const [rows, columns, depth, times] = kernel.shape as [number, number, number, number];
  const weights = reshaped(turned(kernel, [2, 3, 0, 1]), [depth * times, 1, rows, columns]);
  const attributes = { ...windowAttributes(window), group: depth };
  return convolved(net, x, net.native(net.constant(weights)), attributes, bias);
}

const convolved = (
  net: Net,
  x: Value,
  weights: string,
  attributes: ReturnType<typeof windowAttributes> & { readonly group?: number },
  bias: Weight | null,
): Value =>
  net.value('float', {
    planar: net.graph.op(
      'Conv',
      [net.planar(x), weights, ...(bias ? [net.native(net.constant(bias))] : [])],
      attributes,
    ),
  });

/**
 * The gradient of a convolution. With SAME an output is stride times as long as the input, what is cut off is as much as the convolution from
 * there to here pads: less before, more behind.
 * @param kernel [rows, columns, out, in]
 */
export function transposed(
  net: Net,
  x: Value,
  kernel: Weight,
  { size, strides, padding }: Omit<Window, 'dilations'>,
  bias: Weight | null = null,
): Value {
  const along = (axis: 0 | 1): { pads: Pair; more: number } => {
    const over = size[axis] - strides[axis];
    if (typeof padding !== 'string') return { pads: padding[axis], more: 0 };
    if (padding === 'valid') return { pads: [0, 0], more: Math.max(0, -over) };
    const all = Math.max(0, over);
    return { pads: [Math.floor(all / 2), Math.ceil(all / 2)], more: Math.max(0, -over) };
  };
  const [rows, columns] = [along(0), along(1)];
  const weights = net.native(net.constant(turned(kernel, [3, 2, 0, 1])));
  return net.value('float', {
    planar: net.graph.op(
      'ConvTranspose',
      [net.planar(x), weights, ...(bias ? [net.native(net.constant(bias))] : [])],
      {
        ...{ kernel_shape: size, strides },
        pads: [rows.pads[0], columns.pads[0], rows.pads[1], columns.pads[1]],
        output_padding: [rows.more, columns.more],
      },
    ),
  });
}

/** An average is over what is there, without the border. */
export function pool(net: Net, x: Value, kind: 'MaxPool' | 'AveragePool', window: Window): Value {
  // `dilations` of AveragePool came after opset 17, and pools of TensorFlow have none.
  const attributes: Readonly<Record<string, Attribute>> = Object.fromEntries(
    Object.entries(windowAttributes(window)).filter(([name]) => name !== 'dilations'),
  );
  return net.value('float', { planar: net.graph.op(kind, [net.planar(x)], attributes) });
}

/** Which pixel of the picture a pixel of the result asks for. */
export type Corners = 'asymmetric' | 'half_pixel' | 'align_corners';

/**
 * Nearest: TensorFlow takes the pixel that floor(ratio · (x + ½)) names with half-pixel centres, which is ONNX's place, half a pixel before, rounded up at halves.
 * @param to how many times as large, or rows and columns of the result: known now, or a tensor of two
 */
export function resized(
  net: Net,
  x: Value,
  mode: 'nearest' | 'linear',
  corners: Corners,
  to: { readonly times: Pair } | { readonly size: string },
): Value {
  const { graph } = net;
  const picture = net.planar(x);
  const inputs =
    'times' in to
      ? [picture, '', graph.floats(Float32Array.of(1, 1, ...to.times))]
      : [picture, '', '', graph.op('Concat', [firstTwo(net, picture), to.size], { axis: 0 })];
  return net.value('float', {
    planar: graph.op('Resize', inputs, {
      mode,
      coordinate_transformation_mode: corners,
      ...(mode === 'nearest'
        ? { nearest_mode: corners === 'asymmetric' ? 'floor' : 'round_prefer_ceil' }
        : {}),
    }),
  });
}

const firstTwo = ({ graph }: Net, picture: string): string =>
  graph.op('Slice', [graph.op('Shape', [picture]), graph.ints(0), graph.ints(2), graph.ints(0)]);

export function bordered(net: Net, x: Value, [rows, columns]: Sides, value = 0): Value {
  const { graph } = net;
  const pads = graph.ints(0, 0, rows[0], columns[0], 0, 0, rows[1], columns[1]);
  const inputs = [net.planar(x), pads, ...(value === 0 ? [] : [graph.scalar(value)])];
  return net.value(x.kind, { planar: graph.op('Pad', inputs) });
}

/** Farther than any side. */
const END = 2 ** 31 - 1;

export function cropped(net: Net, x: Value, [rows, columns]: Sides): Value {
  const { graph } = net;
  const end = (crop: number): number => (crop === 0 ? END : -crop);
  return net.value(x.kind, {
    planar: graph.op('Slice', [
      net.planar(x),
      graph.ints(rows[0], columns[0]),
      graph.ints(end(rows[1]), end(columns[1])),
      graph.ints(2, 3),
    ]),
  });
}

/** Each channel times a number and plus one, from what was learnt of its mean and variance. All weights have the length of the last dimension. */
export function normalised(
  net: Net,
  x: Value,
  facts: {
    readonly mean: Weight;
    readonly variance: Weight;
    readonly gamma: Weight | null;
    readonly beta: Weight | null;
    readonly epsilon: number;
  },
): Value {
  const { mean, variance, gamma, beta, epsilon } = facts;
  const times = Float32Array.from(
    variance.data,
    (value, at) => (gamma?.data[at] ?? 1) / Math.sqrt(value + epsilon),
  );
  const plus = Float32Array.from(
    mean.data,
    (value, at) => (beta?.data[at] ?? 0) - value * times[at]!,
  );
  const vector = (data: Float32Array): Value =>
    net.constant({ kind: 'float', shape: [data.length], data });
  return net.together('Add', [net.together('Mul', [x, vector(times)]), vector(plus)]);
}

/** Sides that are gone, or 1 where they are kept. @param axes as TensorFlow counts them, not negative; null: not of a picture */
export function reduced(
  net: Net,
  x: Value,
  type: 'ReduceMean' | 'ReduceSum' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd',
  axes: readonly number[],
  keeps: boolean,
): Value {
  const isPlanar = x.planar !== null && !x.constant;
  const from4 = axes.map((axis) => (axis < 0 ? axis + 4 : axis));
  // What is left of a picture without its sides is [N, C] either way.
  const canStay = isPlanar && (keeps || [...from4].sort().join() === '1,2');
  const planarAxes = from4.map((axis) => [0, 2, 3, 1][axis]!);
  const reduce = (name: string, over: readonly number[]): string =>
    type === 'ReduceSum'
      ? net.graph.op(type, [name, net.graph.ints(...over)], { keepdims: Number(keeps) })
      : net.graph.op(type, [name], { axes: over, keepdims: Number(keeps) });
  if (!canStay) return net.value(x.kind, { native: reduce(net.native(x), axes) });
  return net.value(x.kind, { [keeps ? 'planar' : 'native']: reduce(net.planar(x), planarAxes) });
}

/** The last dimension times a matrix: of a picture a convolution of one pixel. @param kernel [in, out] */
export function dense(net: Net, x: Value, kernel: Weight, bias: Weight | null = null): Value {
  const [depth, units] = kernel.shape as [number, number];
  if (x.planar !== null) {
    const one: Pair = [1, 1];
    const window: Window = { size: one, strides: one, dilations: one, padding: 'valid' };
    const whole = net.constant(reshaped(kernel, [1, 1, depth, units]));
    return convolution(net, x, whole, window, bias);
  }
  const product = net.graph.op('MatMul', [net.native(x), net.native(net.constant(kernel))]);
  const y = net.value('float', { native: product });
  return bias ? net.together('Add', [y, net.constant(bias)]) : y;
}

/** Along one dimension. @param axis as TensorFlow counts, of four dimensions where a value is planar */
export function concatenated(net: Net, values: readonly Value[], axis: number): Value {
  const flat = values.every(({ constant }) => !constant || constant.shape.length === 4);
  const lies = flat ? net.lieTogether(values) : 'native';
  const from4 = axis < 0 ? axis + 4 : axis;
  return net.value(values[0]!.kind, {
    [lies]: net.graph.op(
      'Concat',
      values.map((value) => net[lies](value)),
      { axis: lies === 'planar' ? [0, 2, 3, 1][from4]! : axis },
    ),
  });
}
