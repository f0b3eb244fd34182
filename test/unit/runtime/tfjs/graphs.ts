/** Graph models written by hand as the converter writes them: nodes, and weights by name. */
import { normal } from '../../../random.ts';
import type { Saved } from './models.ts';

interface Node {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, unknown>>;
}

export const text = (value: string) => ({ s: Buffer.from(value).toString('base64') });
export const whole = (value: number) => ({ i: String(value) });
export const wholes = (...values: number[]) => ({ list: { i: values.map(String) } });
export const type = (value: string) => ({ type: value });

interface Given {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly data: Float32Array | Int32Array;
}

/** Grows from calls; every call gives the name that others take. */
export class GraphWriter {
  readonly nodes: Node[] = [];
  readonly weights: ({ readonly name: string } & Given)[] = [];
  readonly #next = normal(3);

  constructor(channels = 3) {
    const dim = [-1, -1, -1, channels].map((size) => ({ size: String(size) }));
    this.nodes.push({
      ...{ name: 'x', op: 'Placeholder' },
      attr: { shape: { shape: { dim } }, dtype: type('DT_FLOAT') },
    });
  }

  #constant(given: Given): string {
    const name = `const_${this.weights.length}`;
    this.nodes.push({ name, op: 'Const', attr: { dtype: type('DT_FLOAT') } });
    this.weights.push({ name, ...given });
    return name;
  }

  ints(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.#constant({ shape, dtype: 'int32', data: Int32Array.from(values) });
  }

  floats(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.#constant({ shape, dtype: 'float32', data: Float32Array.from(values) });
  }

  /** Drawn, about one over the root of what is summed. */
  drawn(...shape: number[]): string {
    const count = shape.reduce((product, side) => product * side, 1);
    const fan = count / shape.at(-1)!;
    const data = Float32Array.from({ length: count }, () => this.#next() / Math.sqrt(fan));
    return this.#constant({ shape, dtype: 'float32', data });
  }

  op(op: string, input: readonly string[], attr: Node['attr'] = {}): string {
    const name = `${op}_${this.nodes.length}`;
    this.nodes.push({ name, op, input, attr: { T: type('DT_FLOAT'), ...attr } });
    return name;
  }

  conv(x: string, kernel: string, attr: Node['attr'] = {}, op = 'Conv2D'): string {
    return this.op(op, [x, kernel], { ...sameConv, ...attr });
  }

  end(output: string): Saved {
    const bytes = Buffer.concat(
      this.weights.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
    );
    return {
      model: {
        ...{
          format: 'graph-model',
          generatedBy: '2.12.0',
          convertedBy: 'TensorFlow.js Converter v4.5.0',
        },
        signature: { inputs: { x: { name: 'x:0' } }, outputs: { y: { name: `${output}:0` } } },
        modelTopology: { node: this.nodes, versions: {} },
        weightsManifest: [
          {
            paths: ['group1-shard1of1.bin'],
            weights: this.weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
          },
        ],
      },
      shards: { 'group1-shard1of1.bin': bytes },
    };
  }
}

export const sameConv = {
  padding: text('SAME'),
  data_format: text('NHWC'),
  strides: wholes(1, 1, 1, 1),
  dilations: wholes(1, 1, 1, 1),
};
const twice = { strides: wholes(1, 2, 2, 1) };

export const graphs: Readonly<Record<string, () => Saved>> = {
  'fused convolutions, and one that is transposed': () => {
    const g = new GraphWriter();
    const relu = { fused_ops: { list: text2('BiasAdd', 'Relu6') }, num_args: whole(1) };
    const first = g.op('_FusedConv2D', ['x', g.drawn(3, 3, 3, 8), g.drawn(8)], {
      ...sameConv,
      ...twice,
      ...relu,
    });
    const bent = { fused_ops: { list: text2('BiasAdd', 'Elu') }, num_args: whole(1) };
    const slope = {
      fused_ops: { list: text2('BiasAdd', 'LeakyRelu') },
      num_args: whole(1),
      leakyrelu_alpha: { f: 0.3 },
    };
    const deep = g.op('FusedDepthwiseConv2dNative', [first, g.drawn(3, 3, 8, 1), g.drawn(8)], {
      ...sameConv,
      ...bent,
    });
    const leaky = g.op('_FusedConv2D', [deep, g.drawn(3, 3, 8, 8), g.drawn(8)], {
      ...sameConv,
      ...slope,
    });
    const shape = g.op('Shape', ['x'], { out_type: type('DT_INT32') });
    const part = (at: number) =>
      g.op('StridedSlice', [shape, g.ints([at]), g.ints([at + 1]), g.ints([1])], {
        T: type('DT_INT32'),
        shrink_axis_mask: whole(1),
      });
    const size = g.op('Pack', [part(0), part(1), part(2), g.ints([3], [])], {
      T: type('DT_INT32'),
      axis: whole(0),
      N: whole(4),
    });
    const up = g.op('Conv2DBackpropInput', [size, g.drawn(3, 3, 3, 8), leaky], {
      ...sameConv,
      ...twice,
    });
    return g.end(g.op('BiasAdd', [up, g.drawn(3)], { data_format: text('NHWC') }));
  },
  'resizing in every way of placing pixels': () => {
    const g = new GraphWriter();
    const flags = [{}, { half_pixel_centers: { b: true } }, { align_corners: { b: true } }];
    const small = g.op('AvgPool', ['x'], { ...sameConv, ksize: wholes(1, 2, 2, 1), ...twice });
    const size = g.ints([48, 40]);
    const parts = flags.flatMap((attr) =>
      ['ResizeBilinear', 'ResizeNearestNeighbor'].map((op) => g.op(op, [small, size], attr)),
    );
    const all = g.op('ConcatV2', [...parts, g.ints([3], [])], {
      N: whole(6),
      Tidx: type('DT_INT32'),
    });
    return g.end(g.conv(all, g.drawn(1, 1, 18, 3)));
  },
  'batch norm, means, borders and cells': () => {
    const g = new GraphWriter();
    const facts = [g.drawn(3), g.drawn(3), g.drawn(3), g.floats([0.5, 1, 2])];
    const normal = g.op('FusedBatchNormV3', ['x', ...facts], {
      epsilon: { f: 0.01 },
      is_training: { b: false },
      data_format: text('NHWC'),
    });
    const wide = g.op('MirrorPad', [normal, g.ints([0, 0, 1, 1, 1, 1, 0, 0], [4, 2])], {
      mode: text('REFLECT'),
    });
    const zero = g.op('Pad', [wide, g.ints([0, 0, 0, 2, 2, 0, 0, 0], [4, 2])]);
    const value = g.op('PadV2', [
      zero,
      g.ints([0, 0, 1, 3, 1, 3, 0, 0], [4, 2]),
      g.floats([0.7], []),
    ]);
    const cells = g.conv(value, g.drawn(2, 2, 3, 12), twice);
    const mean = g.op('Mean', [cells, g.ints([1, 2])], { keep_dims: { b: true } });
    const gate = g.op('Sigmoid', [g.conv(mean, g.drawn(1, 1, 12, 12))]);
    const gated = g.op('Mul', [cells, gate]);
    const flat = g.op('Mean', [gated, g.ints([-1])], { keep_dims: { b: true } });
    const away = g.op('SquaredDifference', [gated, flat]);
    return g.end(g.op('DepthToSpace', [away], { block_size: whole(2), data_format: text('NHWC') }));
  },
  'shapes that are known only while it runs': () => {
    const g = new GraphWriter();
    const shape = g.op('Shape', ['x'], { out_type: type('DT_INT32') });
    const int = { T: type('DT_INT32') };
    const side = (at: number) =>
      g.op('StridedSlice', [shape, g.ints([at]), g.ints([at + 1]), g.ints([1])], {
        ...int,
        shrink_axis_mask: whole(1),
      });
    const cells = (at: number) => g.op('FloorDiv', [side(at), g.ints([8], [])], int);
    const eight = g.ints([8], []);
    const pack = (...parts: string[]) =>
      g.op('Pack', parts, { ...int, axis: whole(0), N: whole(parts.length) });
    const split = g.op(
      'Reshape',
      ['x', pack(side(0), cells(1), eight, cells(2), eight, g.ints([3], []))],
      { Tshape: type('DT_INT32') },
    );
    const turned = g.op('Transpose', [split, g.ints([0, 1, 3, 2, 4, 5])], {
      Tperm: type('DT_INT32'),
    });
    const rows = g.op('Reshape', [
      turned,
      pack(side(0), g.op('Mul', [cells(1), cells(2)], int), g.ints([64], []), g.ints([3], [])),
    ]);
    const product = g.op('Einsum', [rows, g.drawn(3, 5)], {
      equation: text('abcg,gf->abcf'),
      N: whole(2),
    });
    const upright = g.op('Transpose', [product, g.ints([0, 2, 1, 3])]);
    const mixed = g.op('Einsum', [g.drawn(64, 64), upright], {
      equation: text('gb,cgef->bcef'),
      N: whole(2),
    });
    const odd = g.op('Einsum', [upright, g.drawn(64, 64)], {
      equation: text('agef,gb->baef'),
      N: whole(2),
    });
    const joined = g.op(
      'ConcatV2',
      [
        g.op('Sum', [mixed, g.ints([0, 1])], { keep_dims: { b: false } }),
        g.op('Sum', [odd, g.ints([0, 1])], { keep_dims: { b: false } }),
        g.ints([0], []),
      ],
      { N: whole(2) },
    );
    const one = g.op('Max', [joined, g.ints([0])], { keep_dims: { b: false } });
    const line = g.op(
      'Cast',
      [g.op('Range', [g.ints([0], []), side(2), g.ints([1], [])], { Tidx: type('DT_INT32') })],
      { SrcT: type('DT_INT32'), DstT: type('DT_FLOAT') },
    );
    const far = g.op('GreaterEqual', [line, g.floats([10], [])]);
    const column = g.op('Reshape', [far, g.ints([1, 1, -1, 1])], { T: type('DT_BOOL') });
    const picked = g.op('SelectV2', [column, 'x', g.op('Neg', ['x'])]);
    const scale = g.op('RealDiv', [
      picked,
      g.op('Rsqrt', [
        g.op('AddV2', [
          g.op('Square', [g.op('Mean', [one, g.ints([0])], { keep_dims: { b: true } })]),
          g.floats([1], []),
        ]),
      ]),
    ]);
    const odds = g.op(
      'StridedSlice',
      [scale, g.ints([0, 0, 0, 0]), g.ints([0, -1, -1, 3]), g.ints([1, 2, 1, 1])],
      { begin_mask: whole(15), end_mask: whole(9) },
    );
    const [a, b] = splitOf(g, odds);
    return g.end(g.op('Maximum', [a, g.op('Minimum', [b, g.op('Tanh', [a])])]));
  },
  'products of matrices, channels in the middle': () => {
    const g = new GraphWriter();
    const planar = g.op('Transpose', ['x', g.ints([0, 3, 1, 2])]);
    const soft = g.op('Softmax', [g.op('Mul', [planar, g.floats([3], [])])]);
    const back = g.op('Transpose', [soft, g.ints([0, 2, 3, 1])]);
    const product = g.op('BatchMatMulV2', [back, g.drawn(3, 6)]);
    const squeezed = g.op('Squeeze', [g.op('ExpandDims', [product, g.ints([0], [])])], {
      squeeze_dims: wholes(0),
    });
    const gathered = g.op('GatherV2', [squeezed, g.ints([5, 0, 2]), g.ints([3], [])], {
      batch_dims: whole(0),
    });
    const tall = g.op('Tile', [
      g.op('Slice', [gathered, g.ints([0, 0, 0, 1]), g.ints([-1, -1, -1, 1])]),
      g.ints([1, 1, 1, 3]),
    ]);
    const pads = { padding: text('EXPLICIT'), explicit_paddings: wholes(0, 0, 1, 2, 0, 3, 0, 0) };
    const conv = g.conv(g.op('AddN', [tall, gathered], { N: whole(2) }), g.drawn(3, 3, 3, 4), pads);
    return g.end(
      g.op('Prelu', [
        g.op('MaxPool', [conv], { ...sameConv, ksize: wholes(1, 3, 3, 1) }),
        g.drawn(4),
      ]),
    );
  },
};

function splitOf(g: GraphWriter, x: string): [string, string] {
  const first = g.op('Split', [g.ints([3], []), x], { num_split: whole(3) });
  return [first, `${first}:2`];
}

function text2(...values: string[]) {
  return { s: values.map((value) => text(value).s) };
}
