/**
 * The layers of TensorFlow.js, a line each of one table: what is not in it is refused by its name. What a layer computes follows tfjs-layers 4.22,
 * also where Keras computes something else (`UpSampling2D`, bilinear, has no half-pixel centres there). How layers hang together is `layers-model.ts`.
 */
import { activations, clipped, elu, leaky, softmax } from './activations.ts';
import type { Config } from './config.ts';
import type { Net, Value } from './net.ts';
import * as pictures from './pictures.ts';
import { shown, unsuitable } from './refuse.ts';
import { say } from './sentences.ts';
import type { Weight } from './weights.ts';

/** A layer at one of its calls. */
export interface LayerCall {
  readonly net: Net;
  readonly config: Config;
  readonly inputs: readonly Value[];
  /** Number of dimensions of the first input. */
  readonly rank: number;
  /**
   * One of its weights. @param shape where it is known; -1 for a side that is not
   * @throws HourglassError naming the weight that is missing or has another shape
   */
  weight(name: string, shape: readonly number[]): Weight;
}

/** @returns what comes out, and its number of dimensions where that is another */
type Layer = (
  call: LayerCall,
  x: Value,
) => Value | { readonly value: Value; readonly rank: number };

const ANY = -1;

function activated({ net, config }: LayerCall, x: Value, field = 'activation'): Value {
  const name = config.named(field, 'linear');
  const activation = Object.hasOwn(activations, name) ? activations[name] : undefined;
  if (!activation)
    throw unsuitable(say('unknownActivation', { name: shown(config.layer), kind: shown(name) }));
  return activation(net, x);
}

const biasOf = ({ config, weight }: LayerCall, length: number): Weight | null =>
  config.flag('use_bias', true) ? weight('bias', [length]) : null;

const conv2d: Layer = (call, x) => {
  const { net, config, weight } = call;
  const size = config.pair('kernel_size', null);
  const filters = config.whole('filters', null, 1);
  const groups = config.whole('groups', 1, 1);
  if (groups !== 1) throw config.refuse('groups', '1');
  const kernel = net.constant(weight('kernel', [...size, ANY, filters]));
  const window = config.window(size);
  return activated(call, pictures.convolution(net, x, kernel, window, biasOf(call, filters)));
};

const conv2dTranspose: Layer = (call, x) => {
  const { net, config, weight } = call;
  const size = config.pair('kernel_size', null);
  const filters = config.whole('filters', null, 1);
  config.undilated();
  if (config.has('output_padding')) throw config.refuse('output_padding', 'null');
  const kernel = weight('kernel', [...size, filters, ANY]);
  const bias = biasOf(call, filters);
  return activated(call, pictures.transposed(net, x, kernel, config.window(size), bias));
};

const depthwiseConv2d: Layer = (call, x) => {
  const { net, config, weight } = call;
  const size = config.pair('kernel_size', null);
  const times = config.whole('depth_multiplier', 1, 1);
  config.undilated();
  const kernel = weight('depthwise_kernel', [...size, ANY, times]);
  const bias = biasOf(call, kernel.shape[2]! * times);
  return activated(call, pictures.depthwise(net, x, kernel, config.window(size), bias));
};

const separableConv2d: Layer = (call, x) => {
  const { net, config, weight } = call;
  const size = config.pair('kernel_size', null);
  const filters = config.whole('filters', null, 1);
  const times = config.whole('depth_multiplier', 1, 1);
  const kernel = weight('depthwise_kernel', [...size, ANY, times]);
  const point = weight('pointwise_kernel', [1, 1, kernel.shape[2]! * times, filters]);
  const apart = pictures.depthwise(net, x, kernel, config.window(size));
  const [one, plain] = [[1, 1] as const, 'valid' as const];
  const window = { size: one, strides: one, dilations: one, padding: plain };
  const bias = biasOf(call, filters);
  return activated(call, pictures.convolution(net, apart, net.constant(point), window, bias));
};

const dense: Layer = (call, x) => {
  const { net, config, weight } = call;
  const units = config.whole('units', null, 1, 2 ** 31);
  const kernel = weight('kernel', [ANY, units]);
  return activated(call, pictures.dense(net, x, kernel, biasOf(call, units)));
};

const batchNormalization: Layer = ({ net, config, rank, weight }, x) => {
  config.lastAxis('axis', rank);
  const mean = weight('moving_mean', [ANY]);
  const { shape } = mean;
  return pictures.normalised(net, x, {
    mean,
    variance: weight('moving_variance', shape),
    gamma: config.flag('scale', true) ? weight('gamma', shape) : null,
    beta: config.flag('center', true) ? weight('beta', shape) : null,
    epsilon: config.number('epsilon', 1e-3),
  });
};

/** Each place of a picture for itself, over its channels. */
const layerNormalization: Layer = ({ net, config, rank, weight }, x) => {
  config.lastAxis('axis', rank);
  const mean = (of: Value): Value =>
    pictures.reduced(net, of, 'ReduceMean', [rank === 4 ? 3 : -1], true);
  const away = net.together('Sub', [x, mean(x)]);
  const variance = mean(net.together('Mul', [away, away]));
  const epsilon = net.number(config.number('epsilon', 1e-3));
  const deviation = net.each('Sqrt', net.together('Add', [variance, epsilon]));
  let y = net.together('Div', [away, deviation]);
  if (config.flag('scale', true))
    y = net.together('Mul', [y, net.constant(weight('gamma', [ANY]))]);
  if (config.flag('center', true))
    y = net.together('Add', [y, net.constant(weight('beta', [ANY]))]);
  return y;
};

const pooling =
  (kind: 'MaxPool' | 'AveragePool'): Layer =>
  ({ net, config }, x) => {
    const size = config.pair('pool_size', [2, 2]);
    return pictures.pool(net, x, kind, config.window(size, size));
  };

const globalPooling =
  (type: 'ReduceMean' | 'ReduceMax'): Layer =>
  ({ net, config }, x) => {
    config.channelsLast();
    const keeps = config.flag('keepdims', false);
    return { value: pictures.reduced(net, x, type, [1, 2], keeps), rank: keeps ? 4 : 2 };
  };

const upSampling2d: Layer = ({ net, config }, x) => {
  config.channelsLast();
  const times = config.pair('size', [2, 2]);
  const bilinear = config.oneOf('interpolation', ['nearest', 'bilinear'], 'nearest') === 'bilinear';
  return pictures.resized(net, x, bilinear ? 'linear' : 'nearest', 'asymmetric', { times });
};

const zeroPadding2d: Layer = ({ net, config }, x) => {
  config.channelsLast();
  return pictures.bordered(net, x, config.sides('padding', 1));
};

const cropping2d: Layer = ({ net, config }, x) => {
  config.channelsLast();
  return pictures.cropped(net, x, config.sides('cropping', 0));
};

const flatten: Layer = ({ net, config }, x) => {
  config.channelsLast();
  return {
    value: net.value('float', { native: net.graph.reshape(net.native(x), [0, -1]) }),
    rank: 2,
  };
};

const reshape: Layer = ({ net, config }, x) => {
  const shape = config.list('target_shape', null);
  const native = net.graph.reshape(net.native(x), [-1, ...shape]);
  const isOpen = shape.includes(-1);
  // Only one side may be open: then it is not the batch's.
  const value = isOpen ? net.graph.reshape(net.native(x), [0, ...shape]) : native;
  return { value: net.value('float', { native: value }), rank: shape.length + 1 };
};

const permute: Layer = ({ net, config, rank }, x) => {
  const dims = config.list('dims', null);
  if ([...dims].sort().join() !== Array.from({ length: rank - 1 }, (_, at) => at + 1).join())
    throw config.refuse('dims', say('expectedList'));
  return net.value('float', { native: net.graph.transpose(net.native(x), [0, ...dims]) });
};

const relu: Layer = ({ net, config }, x) => {
  // TensorFlow.js passes over these two of Keras.
  for (const field of ['negative_slope', 'threshold'])
    if (config.number(field, 0) !== 0) throw config.refuse(field, '0');
  return config.has('max_value')
    ? clipped(net, x, 0, config.number('max_value', null))
    : net.each('Relu', x);
};

const prelu: Layer = ({ net, rank, weight }, x) => {
  const alpha = weight(
    'alpha',
    Array.from({ length: rank - 1 }, () => ANY),
  );
  return net.together('PRelu', [x, net.constant(alpha)]);
};

const thresholdedRelu: Layer = ({ net, config }, x) => {
  const above = net.together('Greater', [x, net.number(config.number('theta', 1))], 'bool');
  return net.together('Mul', [x, net.cast(above, 'float')]);
};

const softmaxLayer: Layer = ({ net, config, rank }, x) => {
  config.lastAxis('axis', rank);
  return softmax(net, x);
};

const rescaling: Layer = ({ net, config }, x) =>
  net.together('Add', [
    net.together('Mul', [x, net.number(config.number('scale', null))]),
    net.number(config.number('offset', 0)),
  ]);

/** Does nothing where a network is used and not taught. */
const same: Layer = (_call, x) => x;

const merged =
  (merge: (call: LayerCall) => Value): Layer =>
  (call) => {
    const { inputs, config } = call;
    if (inputs.length < 2)
      throw unsuitable(
        say('inputsOfLayer', {
          ...{ name: shown(config.layer), kind: config.kind, count: inputs.length },
          expected: '≥ 2',
        }),
      );
    return merge(call);
  };
const pairwise = (type: string): Layer =>
  merged(({ net, inputs }) => inputs.reduce((a, b) => net.together(type, [a, b])));

const average: Layer = merged(({ net, inputs }) => {
  const sum = inputs.reduce((a, b) => net.together('Add', [a, b]));
  return net.together('Mul', [sum, net.number(1 / inputs.length)]);
});

const concatenate: Layer = merged(({ net, config, inputs, rank }) => {
  const axis = config.whole('axis', -1, -rank, rank - 1);
  return pictures.concatenated(net, inputs, axis < 0 ? axis + rank : axis);
});

export const layers: Readonly<Record<string, Layer>> = {
  Conv2D: conv2d,
  Conv2DTranspose: conv2dTranspose,
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv2D: separableConv2d,
  Dense: dense,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  MaxPooling2D: pooling('MaxPool'),
  AveragePooling2D: pooling('AveragePool'),
  GlobalAveragePooling2D: globalPooling('ReduceMean'),
  GlobalMaxPooling2D: globalPooling('ReduceMax'),
  UpSampling2D: upSampling2d,
  ZeroPadding2D: zeroPadding2d,
  Cropping2D: cropping2d,
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  Activation: (call, x) => activated(call, x),
  ReLU: relu,
  LeakyReLU: ({ net, config }, x) => leaky(net, x, config.number('alpha', 0.3)),
  PReLU: prelu,
  ELU: ({ net, config }, x) => elu(net, x, config.number('alpha', 1)),
  ThresholdedReLU: thresholdedRelu,
  Softmax: softmaxLayer,
  Rescaling: rescaling,
  Add: pairwise('Add'),
  Multiply: pairwise('Mul'),
  Maximum: pairwise('Max'),
  Minimum: pairwise('Min'),
  Average: average,
  Concatenate: concatenate,
  Dropout: same,
  SpatialDropout2D: same,
  GaussianNoise: same,
  GaussianDropout: same,
  AlphaDropout: same,
};
