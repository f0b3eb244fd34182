/** How one layer's difference from the original stands for that of another, which is not made yet. */

/**
 * How much of a picture is taken away, on a scale on which twice as much is about twice the difference. Only amounts
 * of one scale compare.
 */
export interface Amount {
  readonly scale: string;
  /** Above 0. */
  readonly value: number;
}

/** By what a layer's difference from the original is multiplied to stand for another amount; 1: as it is. */
export const shareOf = (made: Amount | undefined, wanted: Amount | null): number =>
  made && wanted && made.scale === wanted.scale ? wanted.value / made.value : 1;
