/**
 * Samples behind the colours of a TIFF that are not opacity (ExtraSamples, TIFF 6.0, section "ExtraSamples"):
 * the infrared of a film scanner, a mask, a saved selection. They are data: kept beside the raster, shown and
 * cleaned by nobody, written to TIFF again in their places. Opacity itself is the raster's alpha.
 */
import type { Notice } from '../contract/index.ts';
import { allocateSamples, type Samples } from './raster.ts';
import { convertSamples, sampleTypeOf } from './samples.ts';
import { say } from './sentences.ts';

export interface ExtraSamples {
  /**
   * Tag ExtraSamples, one for each sample behind the colours: 0 unspecified, 1 and 2 opacity. The first opacity, if there
   * is any, is the raster's alpha, every other one a plane here.
   */
  readonly kinds: readonly number[];
  /** Samples of the others, in their order, width × height each, upright, of the raster's sample type. */
  readonly planes: readonly Samples[];
}

const isOpacity = (kind: number): boolean => kind === 1 || kind === 2;

/** Place of the alpha among the samples behind the colours; -1: none of them is opacity. */
export const alphaPlace = (kinds: readonly number[]): number => kinds.findIndex(isOpacity);

/**
 * What the samples behind the colours are, where at least one of them is not the picture's alpha; else null.
 * @param tag of the file; a sample that it says nothing about is unspecified
 */
export function extraKinds(tag: readonly number[], extra: number): number[] | null {
  const kinds = Array.from({ length: extra }, (_, index) => tag[index] ?? 0);
  return kinds.length - (alphaPlace(kinds) < 0 ? 0 : 1) > 0 ? kinds : null;
}

/** @param whole interleaved, `colours` + `kinds.length` samples a pixel */
export function splitExtraSamples(
  whole: Samples,
  colours: 1 | 3,
  kinds: readonly number[],
): { data: Samples; extra: ExtraSamples } {
  const total = colours + kinds.length;
  const alpha = alphaPlace(kinds);
  const own = Array.from({ length: total }, (_, at) => at).filter(
    (at) => at < colours || at === colours + alpha,
  );
  const take = (places: readonly number[]): Samples => {
    const out = allocateSamples(sampleTypeOf(whole), (whole.length / total) * places.length);
    for (let from = 0, to = 0; from < whole.length; from += total)
      for (const place of places) out[to++] = whole[from + place]!;
    return out;
  };
  const planes = kinds.flatMap((_, index) => (index === alpha ? [] : [take([colours + index])]));
  return { data: take(own), extra: { kinds, planes } };
}

/**
 * Rows of a picture with the extra samples that belong to them, interleaved as in the file that they come from.
 * @param rows interleaved colours (and alpha), already of the type that is stored
 * @param first number of pixels that stand above these rows
 */
export function withExtraSamples(
  rows: Samples,
  channels: number,
  { kinds, planes }: ExtraSamples,
  first: number,
): Samples {
  const type = sampleTypeOf(rows);
  const pixels = rows.length / channels;
  const stored = planes.map((plane) => convertSamples(plane.subarray(first, first + pixels), type));
  const alpha = alphaPlace(kinds);
  const colours = channels - (alpha < 0 ? 0 : 1);
  const out = allocateSamples(type, pixels * (colours + kinds.length));
  for (let pixel = 0, to = 0; pixel < pixels; pixel++) {
    for (let colour = 0; colour < colours; colour++) out[to++] = rows[pixel * channels + colour]!;
    for (let index = 0, plane = 0; index < kinds.length; index++)
      out[to++] = index === alpha ? rows[pixel * channels + colours]! : stored[plane++]![pixel]!;
  }
  return out;
}

/** Memory that they hold. */
export const extraBytes = (extra: ExtraSamples | undefined): number =>
  extra?.planes.reduce((sum, { byteLength }) => sum + byteLength, 0) ?? 0;

/** Of a file that was read. */
export const extraNotice = (name: string, extra: ExtraSamples): Notice => ({
  level: 'info',
  text: say('extraSamples', { name, count: extra.planes.length }),
});

/** Of a file that is to be written. @param format its label */
export const extraLost = (format: string, extra: ExtraSamples): Notice => ({
  level: 'warning',
  text: say('extraSamplesLost', { format, count: extra.planes.length }),
});
