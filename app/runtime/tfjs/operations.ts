/**
 * The operations of graph models, a line each of one table: what is not in it is refused by its name. They follow tfjs-converter 4.22 (what TensorFlow
 * itself does elsewhere is not asked). How they hang together is `graph-model.ts`; arithmetic is in `arithmetic.ts`, shapes in `shapes.ts`.
 */
import { activations, clipped, leaky, softmax } from './activations.ts';
import { arithmetic } from './arithmetic.ts';
import type { Value } from './net.ts';
import type { OperationCall } from './node.ts';
import * as pictures from './pictures.ts';
import type { Pair } from './pictures.ts';
import { say } from './sentences.ts';
import { shapes } from './shapes.ts';
import type { Weight } from './weights.ts';

/** @returns its outputs in order */
export type Operation = (call: OperationCall) => Value | readonly Value[];

const sidesOf = ({ shape }: Weight): Pair => [shape[0] ?? 1, shape[1] ?? 1];

/** A kernel that is known, of four dimensions. */
function kernelOf(call: OperationCall, at = 1): Weight {
  const kernel = call.constant(at, 'filter');
  if (kernel.shape.length === 4 && kernel.kind === 'float') return kernel;
  throw call.refuse('filter', kernel.shape, '[rows, columns, in, out]');
}

function convolved(call: OperationCall): Value {
  const kernel = kernelOf(call);
  const window = call.window(sidesOf(kernel));
  return call.op.includes('Depthwise')
    ? pictures.depthwise(call.net, call.input(0), kernel, window)
    : pictures.convolution(call.net, call.input(0), call.net.constant(kernel), window);
}

/** What the converter puts into one operation after a convolution or a product, in its order. */
function fused(call: OperationCall, y: Value): Value {
  const { net } = call;
  let at = 2;
  return call.texts('fused_ops').reduce((value, name) => {
    if (name === 'BiasAdd') return net.together('Add', [value, call.input(at++)]);
    if (name === 'Prelu') return net.together('PRelu', [value, call.input(at++)]);
    // TensorFlow.js loses the slope of a depthwise one.
    if (name === 'LeakyRelu' && !call.op.includes('Depthwise'))
      return leaky(net, value, call.number('leakyrelu_alpha', 0.2));
    if (!Object.hasOwn(fusable, name))
      throw call.refuse(
        'fused_ops',
        name,
        say('expectedOneOf', { list: ['BiasAdd', 'Prelu', ...Object.keys(fusable)].join(', ') }),
      );
    return activations[fusable[name]!]!(net, value);
  }, y);
}

const fusable: Readonly<Record<string, string>> = {
  ...{ Relu: 'relu', Relu6: 'relu6', Elu: 'elu', Sigmoid: 'sigmoid' },
};

const conv2dBackpropInput: Operation = (call) => {
  const kernel = kernelOf(call);
  return pictures.transposed(call.net, call.input(2), kernel, call.window(sidesOf(kernel)));
};

const pooled =
  (kind: 'MaxPool' | 'AveragePool'): Operation =>
  (call) =>
    pictures.pool(call.net, call.input(0), kind, call.window(call.pair('ksize')));

const resized =
  (mode: 'nearest' | 'linear'): Operation =>
  (call) => {
    const { net } = call;
    const corners = call.flag('align_corners')
      ? 'align_corners'
      : call.flag('half_pixel_centers')
        ? 'half_pixel'
        : 'asymmetric';
    const size = net.native(call.input(1));
    return pictures.resized(net, call.input(0), mode, corners, { size });
  };

const batchNorm: Operation = (call) => {
  call.channelsLast();
  if (call.flag('is_training')) throw call.refuse('is_training', true, 'false');
  const [gamma, beta] = [call.constant(1, 'scale'), call.constant(2, 'offset')];
  const [mean, variance] = [call.constant(3, 'mean'), call.constant(4, 'variance')];
  const epsilon = call.number('epsilon', 1e-4);
  return pictures.normalised(call.net, call.input(0), { mean, variance, gamma, beta, epsilon });
};

const modes: Readonly<Record<string, string>> = { REFLECT: 'reflect' };

const padded: Operation = (call) => {
  const { net } = call;
  const pads = call.numbers(1, 'paddings');
  const before = pads.filter((_, at) => at % 2 === 0);
  const after = pads.filter((_, at) => at % 2 === 1);
  const name = call.op === 'MirrorPad' ? call.text('mode', 'REFLECT') : null;
  const mode = name === null ? 'constant' : modes[name];
  if (mode === undefined)
    throw call.refuse('mode', name, say('expectedOneOf', { list: 'REFLECT' }));
  const x = call.input(0);
  const isPicture = x.planar !== null && before.length === 4;
  const turn = (all: readonly number[]): readonly number[] =>
    isPicture ? [all[0]!, all[3]!, all[1]!, all[2]!] : all;
  const value = call.op === 'PadV2' ? [net.native(call.input(2))] : [];
  return net.each('Pad', x, { mode }, [net.graph.ints(...turn(before), ...turn(after)), ...value]);
};

/** Channels become squares of pixels, the place in the square being the slow index. */
const depthToSpace: Operation = (call) => {
  call.channelsLast();
  const { net } = call;
  const attributes = { blocksize: call.whole('block_size', 2), mode: 'DCR' };
  const planar = net.graph.op('DepthToSpace', [net.planar(call.input(0))], attributes);
  return net.value(call.input(0).kind, { planar });
};

const matMul: Operation = (call) => {
  const { net } = call;
  const isBatched = call.op.startsWith('Batch');
  const flags = isBatched ? ['adj_x', 'adj_y'] : ['transpose_a', 'transpose_b'];
  const [a, b] = flags.map((flag) => call.flag(flag));
  const kernel = call.input(1).constant;
  if (!a && !b && kernel?.shape.length === 2) return pictures.dense(net, call.input(0), kernel);
  if (isBatched && (a || b)) throw call.refuse(flags.join(), true, 'false');
  const side = (at: number, turn: boolean | undefined): string => {
    const name = net.native(call.input(at));
    return turn ? net.graph.transpose(name, [1, 0]) : name;
  };
  return net.value('float', { native: net.graph.op('MatMul', [side(0, a), side(1, b)]) });
};

/** Most are a product with a matrix along the last dimension, which is far faster as such. */
const einsum: Operation = (call) => {
  const { net, inputs } = call;
  const equation = call.text('equation', '').replace(/\s/g, '');
  const found = /^([a-zA-Z]*)([a-zA-Z]),\2([a-zA-Z])->\1\3$/.exec(equation);
  const kernel = inputs[1]?.constant;
  if (found && kernel?.shape.length === 2) return pictures.dense(net, call.input(0), kernel);
  const names = inputs.map((value) => net.native(value));
  return net.value('float', {
    native: found ? net.graph.op('MatMul', names) : net.graph.op('Einsum', names, { equation }),
  });
};

const placed: Operation = (call) => call.input(0);

export const operations: Readonly<Record<string, Operation>> = {
  ...arithmetic,
  ...shapes,
  Conv2D: convolved,
  DepthwiseConv2d: convolved,
  DepthwiseConv2dNative: convolved,
  _FusedConv2D: (call) => fused(call, convolved(call)),
  FusedDepthwiseConv2dNative: (call) => fused(call, convolved(call)),
  Conv2DBackpropInput: conv2dBackpropInput,
  MaxPool: pooled('MaxPool'),
  AvgPool: pooled('AveragePool'),
  ResizeNearestNeighbor: resized('nearest'),
  ResizeBilinear: resized('linear'),
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,
  Pad: padded,
  PadV2: padded,
  MirrorPad: padded,
  DepthToSpace: depthToSpace,
  MatMul: matMul,
  BatchMatMul: matMul,
  BatchMatMulV2: matMul,
  _FusedMatMul: (call) => fused(call, matMul(call) as Value),
  Einsum: einsum,
  Softmax: (call) => softmax(call.net, call.input(0)),
  LogSoftmax: (call) => softmax(call.net, call.input(0), 'LogSoftmax'),
  Relu6: (call) => clipped(call.net, call.input(0), 0, 6),
  LeakyRelu: (call) => leaky(call.net, call.input(0), call.number('alpha', 0.2)),
  Prelu: (call) => call.net.together('PRelu', [call.input(0), call.input(1)]),
  Identity: placed,
  StopGradient: placed,
  Snapshot: placed,
};
