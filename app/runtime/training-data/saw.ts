/**
 * What a network saw in its training, as its card says it, and how a picture differs from that: in facts that have names (gray or colour, photo or scan, how
 * much noise, how deep, how large a pixel is), and in how it looks as a whole (`appearance.ts`). A picture that differs in nothing of this may still be unlike:
 * nobody is told that one is safe.
 */
import * as z from 'zod';
import { numberNames, type Appearance, type NumberName } from './appearance.ts';

const COUNT = numberNames.length;
/** Of the inverse, without what mirrors it. */
const HALF = (COUNT * (COUNT + 1)) / 2;

const looksSchema = z.object({
  mean: z.array(z.number()).length(COUNT),
  deviation: z.array(z.number().positive()).length(COUNT),
  /** Inverse of the correlations, its upper triangle by rows. */
  inverse: z.array(z.number()).length(HALF),
  /** Scores above are called unlike. */
  limit: z.number().positive(),
});
type Looks = z.infer<typeof looksSchema>;

/** `saw` of a card. */
export const sawSchema = z.object({
  images: z.number().int().min(1).describe('Images that it learnt from'),
  tones: z.array(z.union([z.literal(1), z.literal(3)])).min(1),
  families: z.array(z.enum(['photo', 'scan'])).min(1),
  modalities: z.array(z.string()).default([]).describe('Of DICOM; empty: not known'),
  bits: z.number().int().min(1).describe('Of a sample, the fewest'),
  noise: z.number().positive().nullable().describe('The strongest, 8-bit levels; null: any'),
  pixelSize: z
    .object({ from: z.number().positive(), to: z.number().positive() })
    .nullable()
    .default(null)
    .describe('Of scans, mm; null: not known'),
  looks: looksSchema.nullable().describe('null: too few images to say how they look'),
});
export type Saw = z.infer<typeof sawSchema>;
/** As it is written into a card. */
export type SawFile = z.input<typeof sawSchema>;

/** What is known of a picture. What is absent is not known, and nothing is said of it. */
export interface Facts {
  readonly tones: 1 | 3;
  readonly family?: 'photo' | 'scan';
  /** Of DICOM. */
  readonly modality?: string;
  readonly bits?: number;
  /** mm */
  readonly pixelSize?: number;
  /** 8-bit levels of the range that networks see. */
  readonly noise?: number;
  readonly appearance: Appearance | null;
}

/** One way in which a picture is unlike; `from` and `to` are what was learnt. */
export type Unlike =
  | { readonly what: 'tones'; readonly tones: 1 | 3 }
  | { readonly what: 'family'; readonly family: 'photo' | 'scan' }
  | { readonly what: 'modality'; readonly modality: string; readonly known: readonly string[] }
  | { readonly what: 'bits'; readonly bits: number; readonly from: number }
  | { readonly what: 'noise'; readonly noise: number; readonly to: number }
  | {
      readonly what: 'pixelSize';
      readonly size: number;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly what: 'looks';
      readonly score: number;
      readonly limit: number;
      /** Single numbers that differ, the most first, in deviations of the training images. */
      readonly most: readonly { readonly name: NumberName; readonly deviations: number }[];
    };

/** A level is read within a tenth; a size of pixels between two that were learnt from is none that differs. */
const NOISE_MARGIN = 1.1;
const SIZE_MARGIN = 1.25;
/** Numbers that differ by less are not what makes a picture unlike. */
const STICKS_OUT = 2;

/** @returns in what the picture is unlike; empty: in nothing of what is looked at */
export function unlikeIn(saw: Saw, facts: Facts): readonly Unlike[] {
  const found: Unlike[] = [];
  const { tones, family, modality, bits, noise, pixelSize, appearance } = facts;
  if (!saw.tones.includes(tones)) found.push({ what: 'tones', tones });
  if (family !== undefined && !saw.families.includes(family))
    found.push({ what: 'family', family });
  else if (
    modality !== undefined &&
    saw.modalities.length > 0 &&
    !saw.modalities.includes(modality)
  )
    found.push({ what: 'modality', modality, known: saw.modalities });
  if (bits !== undefined && bits < saw.bits) found.push({ what: 'bits', bits, from: saw.bits });
  if (noise !== undefined && saw.noise !== null && noise > NOISE_MARGIN * saw.noise)
    found.push({ what: 'noise', noise, to: saw.noise });
  if (pixelSize !== undefined && saw.pixelSize) {
    const { from, to } = saw.pixelSize;
    if (pixelSize < from / SIZE_MARGIN || pixelSize > to * SIZE_MARGIN)
      found.push({ what: 'pixelSize', size: pixelSize, from, to });
  }
  if (saw.looks && appearance) {
    const { limit } = saw.looks;
    const score = scoreOf(saw.looks, appearance);
    if (score > limit)
      found.push({ what: 'looks', score, limit, most: sticksOut(saw.looks, appearance) });
  }
  return found;
}

const deviationsOf = (
  { mean, deviation }: Omit<Looks, 'limit'>,
  appearance: Appearance,
): Float64Array => Float64Array.from(appearance, (value, i) => (value - mean[i]!) / deviation[i]!);

/**
 * Mean squared z-value along the directions in which training images differ (Mahalanobis's distance, squared, over the count of numbers): about 1 of
 * another such image, and it grows on either side, for plain pictures as for busy ones.
 */
export function scoreOf(looks: Omit<Looks, 'limit'>, appearance: Appearance): number {
  const z = deviationsOf(looks, appearance);
  let sum = 0;
  for (let i = 0, at = 0; i < COUNT; i++)
    for (let j = i; j < COUNT; j++, at++)
      sum += (i === j ? 1 : 2) * looks.inverse[at]! * z[i]! * z[j]!;
  return sum / COUNT;
}

const sticksOut = (looks: Looks, appearance: Appearance) =>
  [...deviationsOf(looks, appearance)]
    .map((deviations, i) => ({ name: numberNames[i]!, deviations }))
    .filter(({ deviations }) => Math.abs(deviations) >= STICKS_OUT)
    .toSorted((one, other) => Math.abs(other.deviations) - Math.abs(one.deviations));

/** An image of a training: what is known of it, and how it looks with the noise that it was shown with. */
export interface Learnt {
  readonly facts: Facts;
  readonly noisy: readonly Appearance[];
}

/** Fewer do not say how such pictures look. */
const FEWEST = 20;
/** Gray pictures among those in colour are learnt from where they are so many of all. */
const SOME = 0.05;
/** Parts of which each is judged by the others. */
const FOLDS = 5;
/** Share of fresh training images that may be called unlike by their looks. */
const FALSE_ALARMS = 0.03;
/** What correlations are drawn to none by, so that few images can be learnt from: of all. */
const RIDGE = 0.2;

/**
 * @param learnt one at least
 * @param noise the strongest that was learnt, 8-bit levels; null: any, or it does not matter
 */
export function sawOf(learnt: readonly Learnt[], noise: number | null): Saw {
  const all = learnt.map(({ facts }) => facts);
  const scans = all.filter(({ family }) => family === 'scan');
  const sizes = scans.flatMap(({ pixelSize }) => pixelSize ?? []);
  return {
    images: all.length,
    tones: distinct(all.map(({ tones }) => tones)).filter(
      (tones) => all.filter((one) => one.tones === tones).length >= SOME * all.length,
    ),
    families: distinct(all.flatMap(({ family }) => family ?? [])),
    // Of some scans it is known, of others not: nothing is said of it.
    modalities: scans.every(({ modality }) => modality)
      ? distinct(scans.map(({ modality }) => modality!))
      : [],
    bits: Math.min(...all.map(({ bits = 8 }) => bits)),
    noise,
    pixelSize:
      sizes.length > 0 && sizes.length === scans.length
        ? { from: Math.min(...sizes), to: Math.max(...sizes) }
        : null,
    looks: looksOf(learnt.filter(({ facts }) => facts.appearance !== null)),
  };
}

const distinct = <T extends string | number>(values: readonly T[]): T[] =>
  [...new Set(values)].toSorted();

function looksOf(learnt: readonly Learnt[]): Looks | null {
  if (learnt.length < FEWEST) return null;
  const byFold = Array.from({ length: FOLDS }, (_, fold) =>
    fitted(learnt.filter((__, at) => at % FOLDS !== fold)),
  );
  const sorted = learnt
    .map(({ facts }, at) => scoreOf(byFold[at % FOLDS]!, facts.appearance!))
    .toSorted((a, b) => a - b);
  const limit = sorted[Math.min(sorted.length - 1, Math.ceil((1 - FALSE_ALARMS) * sorted.length))]!;
  return { ...fitted(learnt), limit };
}

/** Numbers that hardly differ between training images do not decide by themselves. */
const LEAST_DEVIATION = 0.05;

function fitted(learnt: readonly Learnt[]): Omit<Looks, 'limit'> {
  const rows = learnt.flatMap(({ facts, noisy }) => [facts.appearance!, ...noisy]);
  const mean = numberNames.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length);
  const deviation = mean.map((middle, i) =>
    Math.max(
      LEAST_DEVIATION,
      Math.sqrt(rows.reduce((sum, row) => sum + (row[i]! - middle) ** 2, 0) / rows.length),
    ),
  );
  const z = rows.map((row) => row.map((value, i) => (value - mean[i]!) / deviation[i]!));
  const correlation = mean.map((_, i) =>
    mean.map((__, j) => {
      const own = z.reduce((sum, row) => sum + row[i]! * row[j]!, 0) / rows.length;
      return (1 - RIDGE) * own + (i === j ? RIDGE : 0);
    }),
  );
  const inverse = inverseOf(correlation);
  return { mean, deviation, inverse: inverse.flatMap((row, i) => row.slice(i)) };
}

/** Of a symmetric matrix whose values along the diagonal are the largest: Gauss and Jordan without a change of rows. */
function inverseOf(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let pivot = 0; pivot < size; pivot++) {
    const by = rows[pivot]![pivot]!;
    rows[pivot] = rows[pivot]!.map((value) => value / by);
    for (let other = 0; other < size; other++) {
      if (other === pivot) continue;
      const times = rows[other]![pivot]!;
      rows[other] = rows[other]!.map((value, i) => value - times * rows[pivot]![i]!);
    }
  }
  return rows.map((row) => row.slice(size));
}
