/** Models that TensorFlow.js makes itself, with weights of a seed, saved as it saves them: what the tests and the fuzzer translate. */
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { normal } from '../../../random.ts';

tf.enableProdMode();

const input = (channels = 3) => layers.input({ shape: [null, null, channels] });
type Symbolic = ReturnType<typeof input>;
type Made = layers.LayersModel;

const conv = (filters: number, more: Partial<Parameters<typeof layers.layers.conv2d>[0]> = {}) =>
  layers.layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', ...more });
const sequential = (first: { shape: (number | null)[] }, ...parts: layers.layers.Layer[]): Made => {
  const model = layers.sequential();
  parts.forEach((part, at) => {
    if (at === 0) part.batchInputShape = [null, ...first.shape] as never;
    model.add(part);
  });
  return model;
};
const functional = (make: (x: Symbolic) => Symbolic, channels = 3): Made => {
  const x = input(channels);
  return layers.model({ inputs: x, outputs: make(x) });
};
const on = (layer: layers.layers.Layer, ...x: Symbolic[]): Symbolic =>
  layer.apply(x.length > 1 ? x : x[0]!) as Symbolic;

const { layers: l } = layers;

/** Ten of all sorts. */
export const made: Readonly<Record<string, () => Made>> = {
  'a chain of convolutions': () =>
    sequential(
      { shape: [null, null, 3] },
      conv(8),
      conv(6, { kernelSize: 5, activation: 'tanh' }),
      conv(3, { kernelSize: 1, activation: undefined as never, useBias: false }),
    ),
  'strides, whose border is behind': () =>
    functional((x) => {
      const half = on(conv(8, { strides: 2 }), x);
      const quarter = on(conv(8, { strides: [2, 2], kernelSize: [5, 4] }), half);
      const back = on(l.upSampling2d({ size: [4, 4] }), quarter);
      return on(conv(3, { activation: 'sigmoid' }), back);
    }),
  'transposed convolutions': () =>
    functional((x) => {
      const half = on(conv(6, { strides: 2 }), x);
      const quarter = on(conv(6, { strides: 2, kernelSize: 1 }), half);
      const up = on(
        l.conv2dTranspose({ filters: 5, kernelSize: 3, strides: 2, padding: 'same' }),
        quarter,
      );
      const whole = on(
        l.conv2dTranspose({
          filters: 4,
          kernelSize: [4, 2],
          strides: 2,
          padding: 'same',
          activation: 'elu',
        }),
        up,
      );
      return on(
        l.conv2dTranspose({ filters: 3, kernelSize: [1, 3], strides: [1, 1], padding: 'valid' }),
        whole,
      );
    }),
  'depthwise and separable': () =>
    functional((x) => {
      const apart = on(
        l.depthwiseConv2d({
          kernelSize: 3,
          depthMultiplier: 2,
          padding: 'same',
          activation: 'relu6',
        }),
        x,
      );
      const smaller = on(
        l.depthwiseConv2d({ kernelSize: 3, strides: [2, 2], padding: 'same' }),
        apart,
      );
      const both = on(
        l.separableConv2d({ filters: 7, kernelSize: 3, padding: 'valid', dilationRate: 2 }),
        smaller,
      );
      return on(
        l.separableConv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'softplus' }),
        both,
      );
    }),
  'batch normalisation': () =>
    functional((x) => {
      const first = on(
        l.batchNormalization({ epsilon: 1e-5 }),
        on(conv(6, { activation: undefined as never }), x),
      );
      const second = on(
        l.batchNormalization({ scale: false }),
        on(conv(6), on(l.reLU({ maxValue: 3 }), first)),
      );
      const third = on(
        l.layerNormalization({}),
        on(l.batchNormalization({ center: false, axis: 3 }), second),
      );
      return on(conv(3), third);
    }),
  'upsampling, nearest and bilinear': () =>
    functional((x) => {
      const small = on(l.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }), x);
      const near = on(l.upSampling2d({ size: [2, 2] }), small);
      const soft = on(l.upSampling2d({ size: [2, 2], interpolation: 'bilinear' }), small);
      return on(conv(3), on(l.concatenate(), near, soft));
    }),
  'borders and pools': () =>
    functional((x) => {
      const wide = on(
        l.zeroPadding2d({
          padding: [
            [1, 2],
            [3, 0],
          ],
        }),
        x,
      );
      const inner = on(conv(5, { padding: 'valid', dilationRate: 2 }), wide);
      const pooled = on(
        l.maxPooling2d({ poolSize: [3, 2], strides: [1, 2], padding: 'same' }),
        inner,
      );
      const cropped = on(
        l.cropping2D({
          cropping: [
            [1, 0],
            [0, 2],
          ],
        }),
        pooled,
      );
      return on(l.maxPooling2d({ poolSize: 2 }), cropped);
    }),
  'dense along the channels': () =>
    functional((x) => {
      const wide = on(l.dense({ units: 9, activation: 'swish' as never }), x);
      const bent = on(
        l.prelu({ sharedAxes: [1, 2] as never }),
        on(l.dense({ units: 5, useBias: false }), wide),
      );
      return on(l.dense({ units: 3, activation: 'hardSigmoid' }), bent);
    }),
  'branches that meet, one layer used twice': () =>
    functional((x) => {
      const shared = conv(3, { activation: undefined as never });
      const [a, b] = [on(shared, x), on(shared, on(l.leakyReLU({ alpha: 0.1 }), x))];
      const sum = on(l.add(), a, b, x);
      const product = on(l.multiply(), sum, on(l.activation({ activation: 'sigmoid' }), a));
      const mean = on(l.average(), product, on(l.maximum(), a, b));
      const silent = on(l.gaussianNoise({ stddev: 3 }), on(l.dropout({ rate: 0.5 }), mean));
      return on(l.concatenate({ axis: 3 }), on(l.minimum(), silent, x), x);
    }),
  'a code in the middle, and a model in a model': () => {
    const encoder = sequential(
      { shape: [16, 24, 3] },
      conv(4, { strides: 2 }),
      l.flatten(),
      l.dense({ units: 6, activation: 'tanh' }),
    );
    const x = layers.input({ shape: [16, 24, 3] });
    const code = encoder.apply(x) as Symbolic;
    const flat = on(l.dense({ units: 8 * 12 * 2 }), code);
    const turned = on(
      l.permute({ dims: [2, 3, 1] }),
      on(l.reshape({ targetShape: [2, 8, 12] }), flat),
    );
    return layers.model({ inputs: x, outputs: on(conv(3), on(l.upSampling2d({}), turned)) });
  },
};

/** Weights that are neither zero nor alike, also where a layer begins with such. */
export function drawn(model: Made, seed = 1): Made {
  const next = normal(seed);
  model.setWeights(
    model.weights.map(({ shape, originalName }) => {
      const sides = shape as number[];
      const fan = sides.slice(0, -1).reduce((product, side) => product * side, 1);
      const isVariance = originalName.endsWith('moving_variance');
      const values = Float32Array.from({ length: tf.util.sizeFromShape(sides) }, () =>
        isVariance ? 0.5 + Math.abs(next()) : next() / Math.sqrt(fan),
      );
      return tf.tensor(values, sides);
    }),
  );
  return model;
}

/** A mean of nine neighbours of each colour: it cleans a little. */
export function blur(): Made {
  const model = sequential(
    { shape: [null, null, 3] },
    layers.layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', useBias: false }),
  );
  const kernel = Float32Array.from({ length: 81 }, (_, at) => ((at % 9) % 4 === 0 ? 1 / 9 : 0));
  model.setWeights([tf.tensor(kernel, [3, 3, 3, 3])]);
  return model;
}

export interface Saved {
  readonly model: Record<string, unknown>;
  readonly shards: Readonly<Record<string, Uint8Array>>;
}

/** As `model.save` writes to a disk. @param parts how many files the weights become */
export async function saved(model: Made, parts = 1): Promise<Saved> {
  let saved: Saved | null = null;
  await model.save({
    save: (artifacts) => {
      const bytes = new Uint8Array(artifacts.weightData as ArrayBuffer);
      const names = Array.from({ length: parts }, (_, at) => `group1-shard${at + 1}of${parts}.bin`);
      const length = Math.ceil(bytes.length / parts);
      saved = {
        model: {
          ...{ format: 'layers-model', generatedBy: 'TensorFlow.js tfjs-layers v4.22.0' },
          ...{ convertedBy: null, modelTopology: artifacts.modelTopology },
          weightsManifest: [{ paths: names, weights: artifacts.weightSpecs }],
        },
        shards: Object.fromEntries(
          names.map((name, at) => [name, bytes.slice(at * length, (at + 1) * length)]),
        ),
      };
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' },
      });
    },
  });
  return saved!;
}

/** @returns the path of its model.json */
export function writeModel(folder: string, { model, shards }: Saved): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(shards)) writeFileSync(join(folder, name), bytes);
  const path = join(folder, 'model.json');
  writeFileSync(path, JSON.stringify(model));
  return path;
}
