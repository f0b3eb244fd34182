/** Arithmetic of graph models: numbers each for themselves, and in pairs. A table; whole numbers stay whole, as in TensorFlow. */
import type { Value } from './net.ts';
import type { OperationCall } from './node.ts';
import type { Kind } from './weights.ts';

type Operation = (call: OperationCall) => Value;

const one =
  (type: string): Operation =>
  (call) =>
    call.net.each(type, call.input(0));

const two =
  (type: string, kind?: Kind): Operation =>
  (call) =>
    call.net.together(type, [call.input(0), call.input(1)], kind ?? call.input(0).kind);

/** Rounded towards minus infinity; ONNX divides whole numbers towards zero, but has the remainder of a floor. */
const floorDiv: Operation = (call) => {
  const [a, b] = [call.input(0), call.input(1)];
  const { net } = call;
  if (a.kind === 'float') return net.each('Floor', net.together('Div', [a, b]));
  return net.together('Div', [net.together('Sub', [a, net.together('Mod', [a, b])]), b]);
};

const floorMod: Operation = (call) => {
  const [a, b] = [call.input(0), call.input(1)];
  const { net } = call;
  if (a.kind !== 'float') return net.together('Mod', [a, b]);
  return net.together('Sub', [a, net.together('Mul', [floorDiv(call), b])]);
};

const square: Operation = (call) => call.net.together('Mul', [call.input(0), call.input(0)]);

const select: Operation = (call) => {
  const [condition, yes, no] = [call.input(0), call.input(1), call.input(2)];
  return call.net.together('Where', [condition, yes, no], yes.kind);
};

export const arithmetic: Readonly<Record<string, Operation>> = {
  Abs: one('Abs'),
  Ceil: one('Ceil'),
  Cos: one('Cos'),
  Elu: one('Elu'),
  Erf: one('Erf'),
  Exp: one('Exp'),
  Floor: one('Floor'),
  Log: one('Log'),
  Neg: one('Neg'),
  Reciprocal: one('Reciprocal'),
  Relu: one('Relu'),
  Round: one('Round'),
  Rsqrt: (call) => call.net.each('Reciprocal', call.net.each('Sqrt', call.input(0))),
  Selu: one('Selu'),
  Sigmoid: one('Sigmoid'),
  Sign: one('Sign'),
  Sin: one('Sin'),
  Softplus: one('Softplus'),
  Sqrt: one('Sqrt'),
  Square: square,
  Tanh: one('Tanh'),
  LogicalNot: one('Not'),
  Add: two('Add'),
  AddV2: two('Add'),
  BiasAdd: (call) => {
    call.channelsLast();
    return call.net.together('Add', [call.input(0), call.input(1)]);
  },
  Sub: two('Sub'),
  Mul: two('Mul'),
  Div: two('Div'),
  RealDiv: two('Div'),
  DivNoNan: (call) => {
    const { net } = call;
    const none = net.together('Equal', [call.input(1), net.number(0)], 'bool');
    const ratio = net.together('Div', [call.input(0), call.input(1)]);
    return net.together('Where', [none, net.number(0), ratio], 'float');
  },
  FloorDiv: floorDiv,
  FloorMod: floorMod,
  Pow: two('Pow'),
  Maximum: two('Max'),
  Minimum: two('Min'),
  SquaredDifference: (call) => {
    const away = call.net.together('Sub', [call.input(0), call.input(1)]);
    return call.net.together('Mul', [away, away]);
  },
  AddN: (call) => call.inputs.reduce((a, b) => call.net.together('Add', [a, b])),
  Equal: two('Equal', 'bool'),
  NotEqual: (call) => call.net.each('Not', two('Equal', 'bool')(call)),
  Greater: two('Greater', 'bool'),
  GreaterEqual: two('GreaterOrEqual', 'bool'),
  Less: two('Less', 'bool'),
  LessEqual: two('LessOrEqual', 'bool'),
  LogicalAnd: two('And', 'bool'),
  LogicalOr: two('Or', 'bool'),
  Select: select,
  SelectV2: select,
  ClipByValue: (call) => {
    const { net } = call;
    return net.together('Min', [
      net.together('Max', [call.input(0), call.input(1)]),
      call.input(2),
    ]);
  },
  Cast: (call) => call.net.cast(call.input(0), call.kindOf('DstT')),
};
