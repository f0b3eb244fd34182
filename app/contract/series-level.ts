/** One noise level for all slices of a series: what it is, and which slices are measured for it. */
import * as z from 'zod';
import { noiseSource } from './noise-source.ts';

export const seriesLevelSchema = z.object({
  noise: z.number().min(0).describe('In measured units, those of slope and intercept'),
  suggested: z.number().min(0).describe('What the suggestion hands to the network, the same units'),
  strength: z.number().min(0).max(200).describe('Suggested strength, percent of the noise'),
  uneven: z.boolean(),
  source: noiseSource.nullable(),
  words: z.string().describe('Of the slice whose reading it is'),
  method: z.string(),
  slices: z.number().int().min(1).describe('How many were measured'),
});
/** One noise level of a series: of its slices, some were measured, and this is the median. */
export type SeriesLevel = z.infer<typeof seriesLevelSchema>;

/** Slices of a series that are measured for one level. Odd: one of them is in the middle. */
const MOST_MEASURED = 9;

/** Of a series in its order: the first, the last, and others between them at equal distances. */
export const evenlySpaced = <T>(series: readonly T[], most = MOST_MEASURED): readonly T[] =>
  series.length <= most
    ? series
    : Array.from(
        { length: most },
        (_, at) => series[Math.round((at * (series.length - 1)) / (most - 1))]!,
      );
