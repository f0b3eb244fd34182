/**
 * Convolution forwards and backwards. Which weight gradient is emitted decides how fast a training is: `npm run bench --
 * learn` compares the two ways in CPU time per step.
 */
import type { Shape } from '../../runtime/onnx-graph.ts';
import type { Tape, Value } from './tape.ts';

export interface Kernel {
  readonly channels: number;
  /** Side of the kernel, odd. */
  readonly side: number;
  readonly stride: 1 | 2;
}

/**
 * x [N, C, H, W] to [N, channels, H / stride, W / stride], zeros around; weights [channels, C, side, side], then biases.
 * With a stride of 2, H and W are even.
 */
export function convolution(tape: Tape, x: Value, kernel: Kernel): Value {
  const { graph } = tape;
  const { channels, side, stride } = kernel;
  const [count, depth, height, width] = x.shape as [number, number, number, number];
  const w = tape.parameter([channels, depth, side, side], depth * side * side);
  const b = tape.parameter([channels], 0);
  const attributes = convAttributes(side, stride);
  const y = graph.op(
    'Conv',
    [...forConv(tape, x.name, w.name, { from: depth, to: channels }), b.name],
    attributes,
  );
  const shape = [count, channels, height / stride, width / stride];
  return tape.computed(y, shape, [x, w, b], (d) => {
    tape.accumulate(b, () => graph.sum(d, 0, 2, 3));
    tape.accumulate(w, () => weightGradient(tape, x, d, kernel));
    tape.accumulate(x, () => inputGradient(tape, w, d, kernel));
  });
}

const convAttributes = (side: number, stride: number) => {
  const pad = (side - 1) / 2;
  return {
    kernel_shape: [side, side],
    pads: [pad, pad, pad, pad],
    strides: [stride, stride],
  };
};

/** The transposed convolution; without a stride it is a plain one with the kernel turned by 180°. */
function inputGradient(tape: Tape, w: Value, d: string, kernel: Kernel): string {
  const { graph } = tape;
  const { side, stride, channels } = kernel;
  if (stride > 1)
    return graph.op('ConvTranspose', [d, w.name], {
      ...convAttributes(side, stride),
      output_padding: [stride - 1, stride - 1],
    });
  let turned = graph.transpose(w.name, [1, 0, 2, 3]);
  if (side > 1)
    turned = graph.op('Slice', [
      turned,
      graph.ints(-1, -1),
      // Beyond the first element, so that it is in.
      graph.ints(-side - 1, -side - 1),
      graph.ints(2, 3),
      graph.ints(-1, -1),
    ]);
  const between = { from: channels, to: w.shape[1]! };
  return graph.op('Conv', forConv(tape, d, turned, between), convAttributes(side, 1));
}

/**
 * Picture and kernel of a `Conv`. ONNX Runtime 1.30.0 on WebGPU gives wrong values, without an error, from 6 or 9 channels (a multiple of 3 that
 * is none of 4, but 3 itself) to a multiple of 4, in kernels larger than a pixel: there are channels of zeros then, up to a multiple of 4.
 */
function forConv(
  { graph }: Tape,
  x: string,
  w: string,
  { from, to }: { readonly from: number; readonly to: number },
): string[] {
  if (from % 3 !== 0 || from % 4 === 0 || from === 3 || to % 4 !== 0) return [x, w];
  const more = 4 - (from % 4);
  return [x, w].map((one) => graph.op('Pad', [one, graph.ints(0, 0, 0, 0, 0, more, 0, 0)]));
}

function weightGradient(tape: Tape, x: Value, d: string, kernel: Kernel): string {
  // A kernel of one pixel with a stride has not seen the last lines, and ONNX has no negative pads to leave them out.
  const isTextbook = tape.weightGradient === 'textbook' && kernel.side >= kernel.stride;
  if (isTextbook) return byImageSizedKernel(tape, x, d, kernel);
  return kernel.side === 3 && kernel.stride === 1
    ? byCrossedShifts(tape, x, d, kernel)
    : byTaps(tape, x, d, kernel);
}

/** The textbook's: with N and C swapped the gradient is a kernel of the image's size, and strides are dilations. */
function byImageSizedKernel(
  { graph }: Tape,
  { name, shape }: Value,
  d: string,
  { side, stride }: Kernel,
): string {
  const [, , height, width] = shape as [number, number, number, number];
  const [rows, columns] = [height / stride, width / stride];
  const pad = (side - 1) / 2;
  // So much on the right and below that exactly side × side values come out.
  const after = (length: number, steps: number): number =>
    side + (steps - 1) * stride - length - pad;
  const swapped = [1, 0, 2, 3];
  const gradient = graph.op('Conv', [graph.transpose(name, swapped), graph.transpose(d, swapped)], {
    kernel_shape: [rows, columns],
    dilations: [stride, stride],
    pads: [pad, pad, after(height, rows), after(width, columns)],
  });
  return graph.transpose(gradient, swapped);
}

/**
 * Σ x[c, y+i, v+j]·d[o, y, v] = Σ x[c, y+i, v]·d[o, y, v−j]: rows of x and columns of d are shifted, three copies of each, and
 * one product gives all nine taps.
 */
function byCrossedShifts(
  { graph }: Tape,
  { name, shape }: Value,
  d: string,
  { channels }: Kernel,
): string {
  const [count, depth, height, width] = shape as [number, number, number, number];
  // A negative pad crops: `by` lines appear on one side and go on the other.
  const shifted = (tensor: string, axis: 2 | 3, by: number): string => {
    if (by === 0) return tensor;
    const pads = Array.from({ length: 8 }, () => 0);
    pads[axis] = by;
    pads[axis + 4] = -by;
    return graph.op('Pad', [tensor, graph.ints(...pads)]);
  };
  const three = (tensors: string[], each: number): string =>
    graph.reshape(graph.op('Concat', tensors, { axis: 1 }), [count, 3 * each, height * width]);
  const rows = three(
    [-1, 0, 1].map((i) => shifted(name, 2, -i)),
    depth,
  );
  const columns = three(
    [-1, 0, 1].map((j) => shifted(d, 3, j)),
    channels,
  );
  const product = graph.op('MatMul', [columns, graph.transpose(rows, [0, 2, 1])]);
  const taps = graph.reshape(graph.sum(product, 0), [3, channels, 3, depth]);
  // (j, o, i, c) to (o, c, i, j)
  return graph.transpose(taps, [1, 3, 2, 0]);
}

/** One product for each tap of the kernel, over the part of x that it has seen. */
function byTaps(
  { graph }: Tape,
  { name, shape }: Value,
  d: string,
  { channels, side, stride }: Kernel,
): string {
  const [count, depth, height, width] = shape as [number, number, number, number];
  const [rows, columns] = [height / stride, width / stride];
  const pad = (side - 1) / 2;
  const padded =
    pad > 0 ? graph.op('Pad', [name, graph.ints(0, 0, pad, pad, 0, 0, pad, pad)]) : name;
  const seen: Shape = [count, depth, rows * columns];
  const right = graph.transpose(graph.reshape(d, [count, channels, rows * columns]), [0, 2, 1]);
  const taps: string[] = [];
  for (let i = 0; i < side; i++)
    for (let j = 0; j < side; j++) {
      const part =
        side === 1 && stride === 1
          ? padded
          : graph.op('Slice', [
              padded,
              graph.ints(i, j),
              graph.ints(i + (rows - 1) * stride + 1, j + (columns - 1) * stride + 1),
              graph.ints(2, 3),
              graph.ints(stride, stride),
            ]);
      const product = graph.op('MatMul', [graph.reshape(part, seen), right]);
      taps.push(graph.reshape(graph.sum(product, 0), [depth, channels, 1]));
    }
  // [C, out, side²]
  const all = taps.length > 1 ? graph.op('Concat', taps, { axis: 2 }) : taps[0]!;
  return graph.reshape(graph.transpose(all, [1, 0, 2]), [channels, depth, side, side]);
}
