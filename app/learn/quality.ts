/** What a learnt network is worth on images that it never saw, beside simpler means; and what a person should know of it. */
import type { Notice } from '../contract/index.ts';
import type { TrainingQuality } from '../contract/learn.ts';
import { decimal, fixed } from '../contract/sentences/index.ts';
import type { Batch } from './batches.ts';
import { decodes, kinds } from './kinds.ts';
import { imageShape, pairsOf, type Plan } from './network.ts';
import { bestBlur, type FoundNoise } from './noise.ts';
import type { Components } from '../runtime/components.ts';
import { decodedBy } from './pca.ts';
import { SHARE, varianceOf } from './recorrupted.ts';
import { say } from './sentences.ts';
import type { Trained } from './trainer.ts';
import { smallCodes, twinsIn } from './twins.ts';

/** Nats of a unit below which nothing goes through it. */
const UNUSED = 0.01;

/** dB of values from 0 to 1. */
const psnr = (error: number): number => -10 * Math.log10(Math.max(1e-12, error));

const meanSquare = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum / a.length;
};
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean squared error of what components make of images. */
export const componentsError = (components: Components, held: readonly Batch[]): number =>
  mean(held.map(({ clean }) => meanSquare(decodedBy(components, clean), clean)));

export interface Facts {
  /** Of the same width; null: none was asked for. */
  readonly components: Components | null;
  /** Of the images; null: not looked at. */
  readonly noise: FoundNoise | null;
}

export function qualityOf(
  plan: Plan,
  { look, held }: Pick<Trained, 'look' | 'held'>,
  { components, noise }: Facts,
): TrainingQuality[] {
  const { settings } = plan;
  const { shown } = kinds[settings.kind];
  if (!decodes(kinds[settings.kind])) return [twinsOf(plan, look, held)];
  const unit = say('psnr');
  const blur = shown === 'plain' ? null : bestBlur(held, imageShape(plan));
  const blurred = blur && {
    name: say('blur', { sigma: fixed(blur.sigma, 1) }),
    value: psnr(blur.error),
  };
  if (shown === 'noisy') {
    const noisy = mean(
      held.map(({ target }) => meanSquare(target, new Float32Array(target.length))),
    );
    return [
      {
        ...{ measure: say('cleaned', { sigma: decimal(settings.sigma) }), unit },
        network: psnr(look.error),
        beside: [{ name: say('noisy'), value: psnr(noisy) }, blurred!],
      },
    ];
  }
  if (plan.noise) {
    // Doing nothing, the one image is as far from the other as what was added to both.
    const nothing = mean(
      held.map(({ target }) => meanSquare(target, new Float32Array(target.length))),
    );
    const share = (error: number): number =>
      (100 * (nothing - error)) / (varianceOf(plan.noise!) * (1 + SHARE ** 2));
    return [
      {
        ...{ measure: say('recorrupted'), unit: say('percent'), network: share(look.error) },
        beside: [{ name: blurred!.name, value: share(blur!.error) }],
      },
    ];
  }
  if (shown === 'hidden')
    return [
      {
        ...{ measure: say('hiddenPixels'), unit, network: psnr(look.error) },
        beside: [
          blurred!,
          ...(noise && noise.sigma > 0 && !plan.half
            ? [{ name: say('noiseFloor'), value: psnr(noise.sigma ** 2) }]
            : []),
        ],
      },
    ];
  return [
    {
      ...{ measure: say('decoded'), unit, network: psnr(look.error) },
      beside: components
        ? [
            {
              name: say('pca', { width: components.vectors.length }),
              value: psnr(componentsError(components, held)),
            },
          ]
        : [],
    },
  ];
}

/** Views that find their twin among all of a batch, beside what the plainest code finds. */
function twinsOf(plan: Plan, { found }: Trained['look'], held: readonly Batch[]): TrainingQuality {
  const { patch, temperature } = plan.settings;
  const plain = held.map(({ x, counted }) => {
    const { codes, width } = smallCodes(x, plan.tones, patch);
    return { counted: counted!, share: twinsIn(codes, width, temperature, counted!).share };
  });
  const all = plain.reduce((sum, { counted }) => sum + counted, 0);
  const views = 2 * pairsOf(plan);
  return {
    ...{ measure: say('twins', { views }), unit: say('percent'), network: 100 * found! },
    beside: [
      {
        name: say('small'),
        value: (100 * plain.reduce((sum, one) => sum + one.counted * one.share, 0)) / all,
      },
    ],
  };
}

export function wordsOf(
  plan: Plan,
  { look, head }: Pick<Trained, 'look' | 'head'>,
  quality: readonly TrainingQuality[],
): Notice[] {
  const notices: Notice[] = [];
  const { rates, active } = look;
  const unused = rates.flatMap((rate, at) => (rate < UNUSED ? [at + 1] : []));
  if (unused.length > 0)
    notices.push({
      level: 'info',
      text: say('unusedUnits', {
        count: unused.length,
        of: rates.length,
        units: unused.join(', '),
      }),
    });
  if (plan.settings.kind === 'sparse' && active !== null)
    notices.push({
      level: 'info',
      text: say('activeUnits', { share: decimal(Math.round(100 * active)) }),
    });
  for (const { network, unit, beside } of quality)
    for (const { name, value } of beside)
      if (value > network && name !== say('noiseFloor'))
        notices.push({
          level: 'warning',
          text: say('noBetterThan', {
            ...{ name, value: fixed(value, 2), network: fixed(network, 2) },
            unit: unit === say('percent') ? 'percent' : 'dB',
          }),
        });
  const last = head.curve.at(-1);
  const { heldBack } = head.best;
  if (last && heldBack !== null && last.heldBack > 1.1 * heldBack && last.loss < heldBack)
    notices.push({ level: 'warning', text: say('memorised', { step: head.best.step }) });
  return notices;
}

/** Pieces that components are made of, one square after another. */
export const samplesOf = (batches: readonly Batch[]): Float32Array => {
  const all = new Float32Array(batches.reduce((sum, { clean }) => sum + clean.length, 0));
  let at = 0;
  for (const { clean } of batches) {
    all.set(clean, at);
    at += clean.length;
  }
  return all;
};
