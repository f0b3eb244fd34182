/**
 * Activations by their name, as TensorFlow.js has them, and the few that take a number. A name that is not in the table is not known.
 * Source: tfjs-layers `src/activations.ts`, version 4.22.
 */
import type { Net, Value } from './net.ts';

type Activation = (net: Net, x: Value) => Value;

const plain =
  (type: string): Activation =>
  (net, x) =>
    net.each(type, x);

export const clipped = (net: Net, x: Value, least: number, most: number): Value =>
  net.each('Clip', x, {}, [net.graph.scalar(least), net.graph.scalar(most)]);

export const leaky = (net: Net, x: Value, alpha: number): Value =>
  net.each('LeakyRelu', x, { alpha: { float: alpha } });

export const elu = (net: Net, x: Value, alpha: number): Value =>
  net.each('Elu', x, { alpha: { float: alpha } });

/** Over the last dimension. */
export function softmax(net: Net, x: Value, type: 'Softmax' | 'LogSoftmax' = 'Softmax'): Value {
  const isPlanar = x.planar !== null && !x.constant;
  return net.each(type, x, { axis: isPlanar ? 1 : -1 });
}

const times = (net: Net, x: Value, factor: number): Value =>
  net.together('Mul', [x, net.number(factor)]);
const plus = (net: Net, x: Value, term: number): Value =>
  net.together('Add', [x, net.number(term)]);

const swish: Activation = (net, x) => net.together('Mul', [x, net.each('Sigmoid', x)]);

/** Hendrycks & Gimpel 2016, with the error function and with its approximation. */
const gelu: Activation = (net, x) =>
  times(
    net,
    net.together('Mul', [x, plus(net, net.each('Erf', times(net, x, Math.SQRT1_2)), 1)]),
    0.5,
  );
const geluNew: Activation = (net, x) => {
  const cube = net.together('Mul', [x, net.together('Mul', [x, x])]);
  const inner = net.together('Add', [x, times(net, cube, 0.044715)]);
  const bent = net.each('Tanh', times(net, inner, Math.sqrt(2 / Math.PI)));
  return times(net, net.together('Mul', [x, plus(net, bent, 1)]), 0.5);
};

const hardSigmoid: Activation = (net, x) => clipped(net, plus(net, times(net, x, 0.2), 0.5), 0, 1);
const logSoftmax: Activation = (net, x) => softmax(net, x, 'LogSoftmax');

/** By the names of a layer's config: TensorFlow.js spells some in two ways. */
export const activations: Readonly<Record<string, Activation>> = {
  linear: (_net, x) => x,
  relu: plain('Relu'),
  relu6: (net, x) => clipped(net, x, 0, 6),
  elu: (net, x) => elu(net, x, 1),
  selu: plain('Selu'),
  sigmoid: plain('Sigmoid'),
  hard_sigmoid: hardSigmoid,
  hardSigmoid,
  tanh: plain('Tanh'),
  softplus: plain('Softplus'),
  softsign: plain('Softsign'),
  softmax: (net, x) => softmax(net, x),
  log_softmax: logSoftmax,
  logSoftmax,
  swish,
  silu: swish,
  mish: (net, x) => net.together('Mul', [x, net.each('Tanh', net.each('Softplus', x))]),
  gelu,
  gelu_new: geluNew,
};
