/** What each kind of autoencoder has that can be turned, and what it is where nobody turns it: said to whoever trains and to whoever asks. */
export const kindIds = [
  'denoising',
  'noise2void',
  'convolutional',
  'linear',
  'basic',
  'sparse',
  'variational',
  'siamese',
] as const;
export type KindId = (typeof kindIds)[number];

/** How noise is told from what is seen where nobody has clean images. */
export const blindIds = ['auto', 'pixel', 'half', 'recorrupted'] as const;

const cleaning: readonly string[] = ['denoising', 'noise2void'];
/** Its network has a code, by which pictures can be compared. */
export const hasCode = (kind: string): boolean => !cleaning.includes(kind);
/** And a way back from it: what it can not give back can be told. */
export const hasWayBack = (kind: string): boolean => hasCode(kind) && kind !== 'siamese';

/** What every kind has, and what only some have. */
export interface LearnOptions {
  readonly patch: number;
  readonly batch: number;
  readonly rate: number;
  readonly seed: number;
  readonly loss: 'mse' | 'l1' | 'bce';
  readonly width: number;
  readonly channels: number;
  readonly depth: number;
  /** 8-bit levels. */
  readonly sigma: number;
  readonly blind: (typeof blindIds)[number];
  readonly sparsity: number;
  readonly beta: number;
  readonly temperature: number;
  /** Of what is done to views: 0 none, 1 all that is documented (`app/learn/views.ts`). */
  readonly augment: number;
  /** Squares of pictures as they are, or whole pictures made as small as a square. */
  readonly scope: 'squares' | 'whole';
  readonly start: 'random' | 'pca';
}
export type LearnOptionId = keyof LearnOptions;

const common = { batch: 16, seed: 1, patch: 64, loss: 'mse', rate: 2e-3 } as const;
/** Dense kinds: squares of 8 × 8 pixels, which a step of many costs little. */
const dense = { batch: 256, seed: 1, patch: 8, loss: 'mse', scope: 'squares' } as const;

/** The options of each kind: it has no others. */
export const kindDefaults: Readonly<Record<KindId, Partial<LearnOptions>>> = {
  denoising: { ...common, rate: 8e-3, channels: 16, depth: 2, sigma: 25 },
  noise2void: { ...common, rate: 8e-3, channels: 16, depth: 2, blind: 'auto' },
  convolutional: { ...common, channels: 32, depth: 2, width: 8 },
  linear: { ...dense, width: 8, rate: 3e-2, start: 'random' },
  basic: { ...dense, width: 8, depth: 1, rate: 2e-3 },
  sparse: { ...dense, width: 64, depth: 1, rate: 2e-3, sparsity: 0.01 },
  variational: {
    ...dense,
    ...{ patch: 16, batch: 128, width: 16, depth: 1, rate: 1e-3, loss: 'bce', beta: 1 },
  },
  siamese: {
    ...{ batch: 64, seed: 1, patch: 48, rate: 2e-3, channels: 16, depth: 4, width: 64 },
    ...{ temperature: 0.1, augment: 1 },
  },
};

export const kindLosses: Readonly<Record<KindId, readonly LearnOptions['loss'][]>> = {
  denoising: ['mse', 'l1'],
  noise2void: ['mse'],
  convolutional: ['mse', 'l1', 'bce'],
  linear: ['mse'],
  basic: ['mse', 'l1', 'bce'],
  sparse: ['mse', 'l1', 'bce'],
  variational: ['bce', 'mse'],
  // It gives no picture back that could be wrong.
  siamese: [],
};
