/**
 * Everything that decides the cleaned pixels, fixed before the first tile, and what follows from it at once. How a
 * spec comes from a person's settings is `denoise.ts`; what is done to a tile is `clean-tile.ts`.
 */
import { HourglassError, type Rect } from '../contract/index.ts';
import type { ModelCard } from '../runtime/index.ts';
import type { LevelGrid } from './level-grid.ts';
import type { PhotonNoise } from './noise/light.ts';
import type { Picture } from './picture.ts';
import { say } from './sentences.ts';

/** Levels are those of an 8-bit scale over the picture's range: 255 levels from its 0 to its 1. */
export interface CleanSpec extends Picture {
  readonly card: ModelCard;
  /** Noise level for the network, 8-bit levels; a network without a noise map is not told. */
  readonly sigma: number;
  /** Where the noise differs over the picture: its local level as a multiple of `sigma`, or how it grows with the light; null: nowhere. */
  readonly local: LevelGrid | PhotonNoise | null;
  /**
   * Of one tone only: the network is asked about the mirror image too, and the mean of both answers is taken. 0.1 dB
   * for twice the time ("enhanced prediction", with one of its seven transformations: Timofte, Rothe, Van Gool,
   * "Seven ways to improve example-based single image super resolution", CVPR 2016).
   */
  readonly twice: boolean;
  /** Of one tone only: the local mean stays (`local-mean.ts`). Not that of a magnitude, which noise has lifted. */
  readonly keepsMean: boolean;
  /** It has a constant ground around it, which stays (`ground.ts`). */
  readonly framed: boolean;
  /** The rectangle that all of it surrounds; null: ground has another shape, or there is none. Image coordinates. */
  readonly inside: Rect | null;
  /** 1: air around the body, which stays too (`outside.ts`); of the whole picture; null: nothing is known to be such. */
  readonly outside: Uint8Array | null;
  /** Share of what a network without a noise map removes that is removed indeed, 0–1; else 1. */
  readonly blend: number;
  /** Noise level that detail recovery takes for true, 8-bit levels. */
  readonly noise: number;
  /** Percent of the found detail that is given back, 0–100. */
  readonly detail: number;
  /** Chroma strength, percent of sigma, 0–200. Gray pictures have none. */
  readonly chroma: number;
}

/** @throws HourglassError model-unsuitable */
export function checkSuitable(card: ModelCard, tones: 1 | 3): void {
  if (card.task !== 'denoise')
    throw new HourglassError('model-unsuitable', say('modelNotMadeForCleaning', { id: card.id }));
  if (card.input.imageChannels < tones)
    throw new HourglassError(
      'model-unsuitable',
      say('modelCleansGrayPicturesOnly', { id: card.id }),
    );
}

/** True when the result is the source, bit for bit, and no network needs to run. */
export const changesNothing = ({ card, sigma, blend }: CleanSpec): boolean =>
  card.input.noiseMap ? sigma === 0 : blend === 0;

/**
 * Where the chroma of the result comes from.
 * - `shared`: from the same cleaned picture as its luma; gray pictures always
 * - `source`: it stays as it is (strength 0)
 * - `own`: from a picture that was cleaned at a strength of its own
 */
export type Chroma = 'shared' | 'source' | 'own';

export const chromaOf = ({ tones, chroma }: CleanSpec): Chroma =>
  tones === 1 || chroma === 100 ? 'shared' : chroma === 0 ? 'source' : 'own';
