/**
 * The square of the training pictures that is nearest to one that was generated: whether a network makes something new, or gives back what it learnt by
 * heart. Nearest by the mean of squared differences, in any of the symmetries in which a training showed it.
 */
import { turnedSquare } from './batches.ts';
import type { LearntImage } from './images.ts';

export interface Near {
  /** Of the list that was looked through. */
  readonly image: number;
  /** Root of the mean squared difference, 0 to 1. */
  readonly distance: number;
  /** Planar [tones, patch, patch]. */
  readonly square: Float32Array;
}

interface Looked {
  readonly tones: number;
  readonly patch: number;
  /** Symmetries: 2 of what is whole, else 8. */
  readonly turns: number;
}

/** Values that are compared at the most: a second's work or so. */
const MOST_VALUES = 1e9;

/** For each of `squares`: the nearest of all pictures. Squares of a picture are taken beside each other, fewer of each where there are too many. */
export function nearestOf(
  squares: readonly Float32Array[],
  images: readonly LearntImage[],
  { tones, patch, turns }: Looked,
): readonly (Near | null)[] {
  const values = tones * patch * patch;
  const best: (Near | null)[] = squares.map(() => null);
  const places = images.flatMap(({ pieces }, image) =>
    pieces.flatMap((piece) => {
      const across = Math.floor(piece.side / patch);
      return Array.from({ length: across * across }, (_, at) => ({
        ...{ image, piece },
        x: patch * (at % across),
        y: patch * Math.floor(at / across),
      }));
    }),
  );
  const work = squares.length * places.length * turns * values;
  const step = Math.max(1, Math.ceil(work / MOST_VALUES));
  for (let at = 0; at < places.length; at += step) {
    const { image, piece, x, y } = places[at]!;
    for (let turn = 0; turn < turns; turn++) {
      const square = new Float32Array(values);
      turnedSquare(piece, { x, y, stride: 1, turn }, patch, square, 0, tones);
      for (const [index, one] of squares.entries()) {
        const least = best[index]?.distance ?? Infinity;
        const bound = least === Infinity ? Infinity : least ** 2 * values;
        let sum = 0;
        for (let i = 0; i < values && sum < bound; i++) sum += (one[i]! - square[i]!) ** 2;
        if (sum < bound) best[index] = { image, distance: Math.sqrt(sum / values), square };
      }
    }
  }
  return best;
}
