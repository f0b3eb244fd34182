/**
 * A layers model of TensorFlow.js as data, growing from calls. A layer that is called again under its name is one layer with two inputs, of the same weights.
 * Source: what tfjs-layers 4.22 saves (`Container.getConfig`, `tfjs-core` `io`), channels last.
 */

/** A layer, and which of its calls. */
export interface Place {
  readonly layer: string;
  readonly call: number;
}

export interface WrittenModel {
  /** Of `model.json`, which names the file of weights `shard`. */
  readonly model: Readonly<Record<string, unknown>>;
  readonly shard: string;
  readonly weights: Uint8Array;
}

interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

interface Layer {
  readonly name: string;
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inbound_nodes: unknown[][];
}

const SHARD = 'group1-shard1of1.bin';

export class LayersWriter {
  readonly #layers = new Map<string, Layer>();
  readonly #weights: Weight[] = [];

  /** @param shape without the batch; null for a side that is left open */
  input(shape: readonly (number | null)[]): Place {
    const config = { batch_input_shape: [null, ...shape], dtype: 'float32', sparse: false };
    return this.layer('input', 'InputLayer', config, []);
  }

  /** @param weights by name, of the first call */
  layer(
    name: string,
    kind: string,
    config: Readonly<Record<string, unknown>>,
    from: readonly Place[],
    weights: () => readonly Weight[] = () => [],
  ): Place {
    const known = this.#layers.get(name);
    const layer: Layer = known ?? {
      ...{ name, class_name: kind, config: { name, trainable: true, ...config } },
      inbound_nodes: [],
    };
    if (!known) {
      this.#layers.set(name, layer);
      this.#weights.push(...weights());
    }
    if (from.length > 0)
      layer.inbound_nodes.push(from.map(({ layer: other, call }) => [other, call, 0, {}]));
    return { layer: name, call: Math.max(0, layer.inbound_nodes.length - 1) };
  }

  activation = (name: string, activation: string, from: Place): Place =>
    this.layer(name, 'Activation', { activation }, [from]);

  /** @param dims which dimension of the picture comes where, counted from 1 */
  turned = (name: string, from: Place, dims: readonly number[]): Place =>
    this.layer(name, 'Permute', { dims }, [from]);

  /** @param kernel [in, units] */
  dense(name: string, from: Place, kernel: Float32Array, bias: Float32Array): Place {
    const units = bias.length;
    return this.layer(
      name,
      'Dense',
      { units, activation: 'linear', use_bias: true },
      [from],
      () => [
        { name: `${name}/kernel`, shape: [kernel.length / units, units], data: kernel },
        { name: `${name}/bias`, shape: [units], data: bias },
      ],
    );
  }

  /** Zeros on all sides alike, which is not what “same” means of a stride. @param kernel [channels, depth, side, side] */
  convolution(
    name: string,
    from: Place,
    {
      depth,
      channels,
      side,
      stride,
    }: {
      readonly depth: number;
      readonly channels: number;
      readonly side: number;
      readonly stride: number;
    },
    kernel: Float32Array,
    bias: Float32Array,
  ): Place {
    const pad = (side - 1) / 2;
    const isSame = stride === 1;
    const padding = [
      [pad, pad],
      [pad, pad],
    ];
    const bordered =
      isSame || pad === 0
        ? from
        : this.layer(`${name}_border`, 'ZeroPadding2D', { padding }, [from]);
    const data = () => {
      const turned = new Float32Array(kernel.length);
      const area = side * side;
      for (let at = 0; at < kernel.length; at++) {
        const tap = at % area;
        const inner = Math.floor(at / area) % depth;
        const outer = Math.floor(at / area / depth);
        turned[(tap * depth + inner) * channels + outer] = kernel[at]!;
      }
      return turned;
    };
    const config = this.#window(channels, side, stride, isSame ? 'same' : 'valid', true);
    return this.layer(name, 'Conv2D', config, [bordered], () => [
      { name: `${name}/kernel`, shape: [side, side, depth, channels], data: data() },
      { name: `${name}/bias`, shape: [channels], data: bias },
    ]);
  }

  /** Each 2 × 2 pixels become one of four times the channels, the place in the square being the slow index. */
  folded = (name: string, from: Place, depth: number): Place =>
    this.#squares(name, from, depth, [0, 1, 2, 3]);

  /** Of each 2 × 2 pixels the one at a place, from 0 to 3. */
  placed = (name: string, from: Place, depth: number, place: number): Place =>
    this.#squares(name, from, depth, [place]);

  #squares(name: string, from: Place, depth: number, places: readonly number[]): Place {
    const channels = depth * places.length;
    return this.layer(name, 'Conv2D', this.#window(channels, 2, 2, 'valid'), [from], () => {
      const data = new Float32Array(4 * depth * channels);
      places.forEach((place, at) => {
        for (let channel = 0; channel < depth; channel++)
          data[(place * depth + channel) * channels + at * depth + channel] = 1;
      });
      return [{ name: `${name}/kernel`, shape: [2, 2, depth, channels], data }];
    });
  }

  /** The way back of `folded`. @param channels of what comes out, a quarter of what comes in */
  unfolded(name: string, from: Place, channels: number): Place {
    const depth = 4 * channels;
    const config = this.#window(channels, 2, 2, 'valid');
    return this.layer(name, 'Conv2DTranspose', config, [from], () => {
      const data = new Float32Array(4 * channels * depth);
      for (let place = 0; place < 4; place++)
        for (let channel = 0; channel < channels; channel++)
          data[(place * channels + channel) * depth + place * channels + channel] = 1;
      return [{ name: `${name}/kernel`, shape: [2, 2, channels, depth], data }];
    });
  }

  /** The first channels. */
  picked(name: string, from: Place, depth: number, channels: number): Place {
    return this.layer(name, 'Conv2D', this.#window(channels, 1, 1, 'valid'), [from], () => {
      const data = new Float32Array(depth * channels);
      for (let channel = 0; channel < channels; channel++) data[channel * channels + channel] = 1;
      return [{ name: `${name}/kernel`, shape: [1, 1, depth, channels], data }];
    });
  }

  end(output: Place): WrittenModel {
    const bytes = this.#weights.map(({ data }) =>
      Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    );
    return {
      shard: SHARD,
      weights: Buffer.concat(bytes),
      model: {
        ...{ format: 'layers-model', generatedBy: 'Hourglass', convertedBy: null },
        modelTopology: {
          ...{ class_name: 'Model', keras_version: 'tfjs-layers 4.22.0' },
          config: {
            ...{ name: 'hourglass', layers: [...this.#layers.values()] },
            input_layers: [['input', 0, 0]],
            output_layers: [[output.layer, output.call, 0]],
          },
          backend: 'tensor_flow.js',
        },
        weightsManifest: [
          {
            paths: [SHARD],
            weights: this.#weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
          },
        ],
      },
    };
  }

  #window(filters: number, side: number, stride: number, padding: string, hasBias = false) {
    return {
      ...{ filters, kernel_size: [side, side], strides: [stride, stride], padding },
      ...{ data_format: 'channels_last', dilation_rate: [1, 1], activation: 'linear' },
      use_bias: hasBias,
    };
  }
}
