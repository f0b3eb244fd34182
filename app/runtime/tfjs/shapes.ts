/** Operations of graph models that look at shapes and change them: a table. Sizes that are known only while it runs stay tensors of whole numbers. */
import { reshaped, type Value } from './net.ts';
import type { OperationCall } from './node.ts';
import * as pictures from './pictures.ts';
import type { Kind } from './weights.ts';

type Operation = (call: OperationCall) => Value | readonly Value[];

/** An operator on values as TensorFlow has them. */
const natively = (
  { net }: OperationCall,
  type: string,
  inputs: readonly string[],
  kind: Kind,
  attributes = {},
): Value => net.value(kind, { native: net.graph.op(type, inputs, attributes) });

const nameOf = (call: OperationCall, at: number): string => call.net.native(call.input(at));
const kindOf = (call: OperationCall, at = 0): Kind => call.input(at).kind;

/** Of a picture, without turning it. */
const shape: Operation = (call) => {
  const { net } = call;
  const x = call.input(0);
  if (x.planar === null || x.native !== null)
    return natively(call, 'Shape', [nameOf(call, 0)], 'int');
  const planar = net.graph.op('Shape', [x.planar]);
  return natively(call, 'Gather', [planar, net.graph.ints(0, 2, 3, 1)], 'int');
};

const unsqueezed = (call: OperationCall, name: string, axes: readonly number[]): string =>
  call.net.graph.op('Unsqueeze', [name, call.net.graph.ints(...axes)]);

const pack: Operation = (call) => {
  const axis = call.whole('axis', 0);
  const parts = call.inputs.map(({ constant }, at) =>
    constant?.shape.length === 0
      ? call.net.native(call.net.constant(reshaped(constant, [1])))
      : unsqueezed(call, nameOf(call, at), [axis]),
  );
  return natively(call, 'Concat', parts, kindOf(call), { axis });
};

const unpack: Operation = (call) => {
  const { net } = call;
  const [axis, count] = [call.whole('axis', 0), countOf(call, 'num')];
  const split = net.graph.several('Split', [nameOf(call, 0)], { axis }, count);
  return split.map((name) => natively(call, 'Squeeze', [name, net.graph.ints(axis)], kindOf(call)));
};

/** More outputs than any network has parts. */
const MOST_PARTS = 4096;

function countOf(call: OperationCall, field: string): number {
  const count = call.whole(field, 0);
  if (count >= 1 && count <= MOST_PARTS) return count;
  throw call.refuse(field, count, `1–${MOST_PARTS}`);
}

/** Into equal parts, or into parts of given sizes. */
const split: Operation = (call) => {
  const { net } = call;
  const isGiven = call.op === 'SplitV';
  const [axis] = call.numbers(isGiven ? 2 : 0, 'axis');
  const sizes = isGiven ? call.numbers(1, 'size_splits') : [];
  const count = isGiven ? sizes.length : countOf(call, 'num_split');
  const value = isGiven ? 0 : 1;
  const inputs = [nameOf(call, value), ...(isGiven ? [net.graph.ints(...sizes)] : [])];
  return net.graph
    .several('Split', inputs, { axis: axis ?? 0 }, count)
    .map((native) => net.value(kindOf(call, value), { native }));
};

const squeeze: Operation = (call) => {
  const axes = call.wholes('squeeze_dims', call.wholes('axis'));
  const more = axes.length > 0 ? [call.net.graph.ints(...axes)] : [];
  return natively(call, 'Squeeze', [nameOf(call, 0), ...more], kindOf(call));
};

const FARTHEST = 2 ** 31 - 1;

/** Masks are bits, one for each place of begin, end and strides. */
const stridedSlice: Operation = (call) => {
  const { net } = call;
  for (const mask of ['ellipsis_mask', 'new_axis_mask'])
    if (call.whole(mask, 0) !== 0) throw call.refuse(mask, call.whole(mask, 0), '0');
  const strides = call.numbers(3, 'strides');
  const bit = (mask: string, at: number): boolean => ((call.whole(mask, 0) >> at) & 1) === 1;
  const isShrunk = (at: number): boolean => bit('shrink_axis_mask', at);
  const axes = strides.map((_, at) => at);
  const from = boundary(call, 1, strides, (at) =>
    bit('begin_mask', at) && !isShrunk(at) ? (strides[at]! > 0 ? 0 : FARTHEST) : null,
  );
  const end = axes.some(isShrunk)
    ? shrunkEnd(call, from, strides, isShrunk, bit)
    : boundary(call, 2, strides, (at) =>
        bit('end_mask', at) ? (strides[at]! > 0 ? FARTHEST : -FARTHEST) : null,
      );
  const { graph } = net;
  const part = graph.op('Slice', [
    ...[nameOf(call, 0), from, end],
    ...[graph.ints(...axes), graph.ints(...strides)],
  ]);
  const gone = axes.filter(isShrunk);
  if (gone.length === 0) return net.value(kindOf(call), { native: part });
  return natively(call, 'Squeeze', [part, graph.ints(...gone)], kindOf(call));
};

/** Begin or end, with what the masks say in its place. */
function boundary(
  call: OperationCall,
  at: number,
  strides: readonly number[],
  masked: (axis: number) => number | null,
): string {
  const { graph } = call.net;
  const instead = strides.map((_, axis) => masked(axis));
  const known = call.input(at).constant;
  if (known) return graph.ints(...instead.map((value, axis) => value ?? known.data[axis]!));
  if (instead.every((value) => value === null)) return nameOf(call, at);
  const isMasked = graph.op(
    'Cast',
    [graph.ints(...instead.map((value) => Number(value !== null)))],
    {
      to: 9,
    },
  );
  return graph.op('Where', [
    isMasked,
    graph.ints(...instead.map((value) => value ?? 0)),
    nameOf(call, at),
  ]);
}

/** A place that shrinks is one long, whatever its end says; the last one of all ends at the end. */
function shrunkEnd(
  call: OperationCall,
  from: string,
  strides: readonly number[],
  isShrunk: (axis: number) => boolean,
  bit: (mask: string, at: number) => boolean,
): string {
  const { graph } = call.net;
  const begin = call.input(1).constant;
  const end = call.input(2).constant;
  if (!begin || !end) {
    if (!strides.every((_, axis) => isShrunk(axis)))
      throw call.refuse('shrink_axis_mask', call.whole('shrink_axis_mask', 0), '0');
    const next = graph.add(from, graph.ints(...strides.map(() => 1)));
    const isLast = graph.op('Equal', [next, graph.ints(...strides.map(() => 0))]);
    return graph.op('Where', [isLast, graph.ints(...strides.map(() => FARTHEST)), next]);
  }
  return graph.ints(
    ...strides.map((stride, axis) => {
      if (isShrunk(axis)) return begin.data[axis] === -1 ? FARTHEST : begin.data[axis]! + 1;
      if (bit('end_mask', axis)) return stride > 0 ? FARTHEST : -FARTHEST;
      return end.data[axis]!;
    }),
  );
}

const slice: Operation = (call) => {
  const { graph } = call.net;
  const begin = call.numbers(1, 'begin');
  const size = call.numbers(2, 'size');
  const end = begin.map((from, at) => (size[at]! < 0 ? FARTHEST : from + size[at]!));
  const axes = graph.ints(...begin.map((_, at) => at));
  const inputs = [nameOf(call, 0), graph.ints(...begin), graph.ints(...end), axes];
  return natively(call, 'Slice', inputs, kindOf(call));
};

const range: Operation = (call) =>
  natively(call, 'Range', [nameOf(call, 0), nameOf(call, 1), nameOf(call, 2)], kindOf(call));

const reduced =
  (type: Parameters<typeof pictures.reduced>[2]): Operation =>
  (call) =>
    pictures.reduced(
      ...([
        call.net,
        call.input(0),
        type,
        call.numbers(1, 'axis'),
        call.flag('keep_dims'),
      ] as const),
    );

const concat: Operation = (call) => {
  const [axis] = call.numbers(call.inputs.length - 1, 'axis');
  return pictures.concatenated(call.net, call.inputs.slice(0, -1), axis ?? 0);
};

const expandDims: Operation = (call) => {
  const axes = call.numbers(1, 'axis');
  const native = unsqueezed(call, nameOf(call, 0), axes);
  return call.net.value(kindOf(call), { native });
};

const gather: Operation = (call) => {
  if (call.whole('batch_dims', 0) !== 0)
    throw call.refuse('batch_dims', call.whole('batch_dims', 0), '0');
  const axis = call.inputs.length > 2 ? call.numbers(2, 'axis')[0]! : 0;
  return natively(call, 'Gather', [nameOf(call, 0), nameOf(call, 1)], kindOf(call), { axis });
};

const tile: Operation = (call) =>
  natively(call, 'Tile', [nameOf(call, 0), nameOf(call, 1)], kindOf(call));

const fill: Operation = (call) =>
  natively(call, 'Expand', [nameOf(call, 1), nameOf(call, 0)], kindOf(call, 1));

const transpose: Operation = (call) => {
  const perm = call.numbers(1, 'perm');
  const x = call.input(0);
  const { net } = call;
  // A model that is channels first inside turns its pictures, which they are already.
  if (x.planar !== null && x.native === null && perm.join() === '0,3,1,2')
    return net.value(x.kind, { native: x.planar });
  if (x.native !== null && perm.join() === '0,2,3,1' && !x.constant)
    return net.value(x.kind, { planar: x.native });
  return net.value(x.kind, { native: net.graph.transpose(nameOf(call, 0), perm) });
};

export const shapes: Readonly<Record<string, Operation>> = {
  Shape: shape,
  Reshape: (call) => natively(call, 'Reshape', [nameOf(call, 0), nameOf(call, 1)], kindOf(call)),
  Transpose: transpose,
  Squeeze: squeeze,
  ExpandDims: expandDims,
  Pack: pack,
  Unpack: unpack,
  Split: split,
  SplitV: split,
  ConcatV2: concat,
  Slice: slice,
  StridedSlice: stridedSlice,
  Range: range,
  BroadcastTo: (call) => natively(call, 'Expand', [nameOf(call, 0), nameOf(call, 1)], kindOf(call)),
  Fill: fill,
  Tile: tile,
  Gather: gather,
  GatherV2: gather,
  Mean: reduced('ReduceMean'),
  Sum: reduced('ReduceSum'),
  Max: reduced('ReduceMax'),
  Min: reduced('ReduceMin'),
  Prod: reduced('ReduceProd'),
};
