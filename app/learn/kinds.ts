/**
 * The kinds of autoencoder: a line each of one table, with the network as a list of layers, what a person may turn, and what it is where
 * nothing is turned. How layers become a training is `network.ts`, what they are shown `batches.ts`.
 */
import {
  kindDefaults,
  kindIds,
  kindLosses,
  type KindId,
  type LearnOptionId,
  type LearnOptions,
} from '../contract/learn-kinds.ts';
import type { Layer } from './engine/index.ts';

export type Options = LearnOptions;
export type OptionId = LearnOptionId;

/** Tones: 1 gray, 3 colour. */
export type Tones = 1 | 3;

export interface Kind {
  /** What it is shown: the image with noise added, the image with pixels hidden, the image as it is, or two views of it. */
  readonly shown: 'noisy' | 'hidden' | 'plain' | 'views';
  /** The network adds to what it is shown. */
  readonly residual: boolean;
  /** Images of any size go through; else squares of `patch`. */
  readonly anySize: boolean;
  readonly defaults: Partial<Options>;
  readonly losses: readonly Options['loss'][];
  readonly steps: number;
  /** Steps between two looks at held-back images. */
  readonly every: number;
  /** Sides must be multiples of it. */
  readonly multipleOf: (options: Options) => number;
  readonly layers: (options: Options, tones: Tones) => readonly Layer[];
}

const conv = (channels: number, side: 1 | 3 = 3): Layer => ({
  ...{ kind: 'conv', channels, side, stride: 1 },
});
const relu: Layer = { kind: 'relu' };
const fold: Layer = { kind: 'fold' };
const unfold: Layer = { kind: 'unfold' };
const units = (count: number): Layer => ({ kind: 'dense', units: count });

/**
 * A U-Net of residual blocks: a block adds to what comes in, and what goes up adds to what was there on the way down. Halvings fold instead
 * of striding, which is the faster way back (docs/benchmarks.md).
 */
function unet({ channels, depth }: Options, tones: Tones): readonly Layer[] {
  let blocks = 0;
  const block = (width: number): readonly Layer[] => {
    const name = `block${blocks++}`;
    return [
      { kind: 'keep', as: name },
      ...[conv(width), relu, conv(width)],
      { kind: 'add', with: name },
    ];
  };
  const level = (width: number, left: number): readonly Layer[] => {
    if (left === 0) return [...block(width), ...block(width)];
    const name = `level${left}`;
    return [
      ...block(width),
      { kind: 'keep', as: name },
      ...[fold, conv(2 * width, 1), ...level(2 * width, left - 1), conv(4 * width, 1), unfold],
      { kind: 'add', with: name },
      ...block(width),
    ];
  };
  return [conv(channels), ...level(channels, depth), conv(tones)];
}

/** Halvings with convolutions to a code of few channels, and the same back. */
function convolutional({ channels, depth, width }: Options, tones: Tones): readonly Layer[] {
  const widths = Array.from({ length: depth }, (_, at) => channels * 2 ** at);
  return [
    ...widths.flatMap((each) => [fold, conv(each), relu]),
    ...[conv(width), { kind: 'code' } as const],
    ...widths
      .toReversed()
      .flatMap((each, at) => [
        ...[conv(each), relu, conv(4 * (widths[depth - 2 - at] ?? tones), 1), unfold],
      ]),
  ];
}

/** Halvings with convolutions, all of what is left, and a code of length 1: nothing leads back. */
const encoder = ({ channels, depth, width }: Options): readonly Layer[] => [
  { kind: 'standardise' },
  ...Array.from({ length: depth }, (_, at) => [fold, conv(channels * 2 ** at), relu]).flat(),
  ...([{ kind: 'flatten' }, units(width), { kind: 'normalise' }, { kind: 'code' }] as const),
];

/** Units of a hidden layer. */
const HIDDEN = 256;

/** Hidden layers, a code, hidden layers back. @param code makes the code out of what comes before it */
function throughDense(
  { depth, patch }: Options,
  tones: Tones,
  code: readonly Layer[],
): readonly Layer[] {
  const hidden = Array.from({ length: depth }, () => [units(HIDDEN), relu]).flat();
  return [
    ...[{ kind: 'flatten' } as const, ...hidden, ...code, ...hidden],
    units(tones * patch * patch),
    { kind: 'picture', channels: tones, height: patch, width: patch },
  ];
}

const lines: Readonly<Record<KindId, Omit<Kind, 'defaults' | 'losses'>>> = {
  denoising: {
    ...{ shown: 'noisy', residual: true, anySize: true },
    ...{ steps: 1000, every: 25 },
    multipleOf: ({ depth }) => 2 ** depth,
    layers: unet,
  },
  noise2void: {
    ...{ shown: 'hidden', residual: false, anySize: true },
    ...{ steps: 400, every: 20 },
    multipleOf: ({ depth }) => 2 ** depth,
    layers: unet,
  },
  convolutional: {
    ...{ shown: 'plain', residual: false, anySize: true },
    ...{ steps: 1500, every: 25 },
    multipleOf: ({ depth }) => 2 ** depth,
    layers: convolutional,
  },
  linear: {
    ...{ shown: 'plain', residual: false, anySize: false },
    ...{ steps: 8000, every: 200 },
    multipleOf: () => 1,
    layers: (options, tones) =>
      throughDense({ ...options, depth: 0 }, tones, [units(options.width), { kind: 'code' }]),
  },
  basic: {
    ...{ shown: 'plain', residual: false, anySize: false },
    ...{ steps: 8000, every: 200 },
    multipleOf: () => 1,
    layers: (options, tones) =>
      throughDense(options, tones, [units(options.width), { kind: 'code' }]),
  },
  sparse: {
    ...{ shown: 'plain', residual: false, anySize: false },
    ...{ steps: 8000, every: 200 },
    multipleOf: () => 1,
    // Units that are off are 0.
    layers: (options, tones) =>
      throughDense(options, tones, [units(options.width), relu, { kind: 'code' }]),
  },
  variational: {
    ...{ shown: 'plain', residual: false, anySize: false },
    ...{ steps: 5000, every: 200 },
    multipleOf: () => 1,
    layers: (options, tones) =>
      throughDense(options, tones, [{ kind: 'gaussian', units: options.width }]),
  },
  siamese: {
    ...{ shown: 'views', residual: false, anySize: false },
    ...{ steps: 1600, every: 25 },
    multipleOf: ({ depth }) => 2 ** depth,
    layers: encoder,
  },
};

export const kinds: Readonly<Record<KindId, Kind>> = Object.fromEntries(
  kindIds.map((id) => [id, { ...lines[id], defaults: kindDefaults[id], losses: kindLosses[id] }]),
) as Record<KindId, Kind>;

/** The network cleans: it can be added as any other that does. */
export const cleans = ({ shown }: Kind): boolean => shown === 'noisy' || shown === 'hidden';
/** It gives a picture back, which can be compared with what it was shown. */
export const decodes = ({ shown }: Kind): boolean => shown !== 'views';
/** Whole images are made small for it, and not cut. */
export const seesWhole = ({ shown }: Kind, { scope }: Pick<Options, 'scope'>): boolean =>
  shown === 'views' || scope === 'whole';
/** The noise that is in what it is shown is told it, in a channel of its own. */
export const takesMap = ({ shown }: Kind): boolean => shown === 'noisy';

/** How far away a pixel can matter, pixels; of networks that take any size. */
export function reachOf(layers: readonly Layer[]): number {
  let [scale, reach] = [1, 0];
  for (const layer of layers)
    if (layer.kind === 'fold') reach += (scale *= 2) / 2;
    else if (layer.kind === 'unfold') reach += scale /= 2;
    else if (layer.kind === 'conv') reach += (scale * (layer.side - 1)) / 2;
  return reach;
}
