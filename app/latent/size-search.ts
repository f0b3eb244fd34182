/**
 * The best quality whose file is no larger than asked: between a quality that fits and one that does not,
 * the next guess follows the line through the logarithms of known sizes, and halves the rest where that
 * helps little. Each size is that of a real encoding. Six or seven of the hundred qualities are tried.
 */

export interface SizeSearch {
  /** Bytes. */
  readonly limit: number;
  /** Size of the file at a quality, bytes. */
  readonly bytesAt: (quality: number) => Promise<number>;
  /** The quality that is tried first. */
  readonly first: number;
}

export interface FoundQuality {
  readonly quality: number;
  readonly bytes: number;
  /** False: even quality 1 is larger than asked. */
  readonly fits: boolean;
}

/** Size doubles with about so many steps of quality: the first guess of the slope. */
const STEPS_PER_DOUBLING = 20;

const LOWEST = 1;
const HIGHEST = 100;

export async function searchQuality({ limit, bytesAt, first }: SizeSearch): Promise<FoundQuality> {
  const sizes = new Map<number, number>();
  const sizeOf = async (quality: number): Promise<number> => {
    const bytes = await bytesAt(quality);
    sizes.set(quality, bytes);
    return bytes;
  };
  /** The best that fits so far; 0: none yet. The worst that does not; 101: none yet. */
  let low = LOWEST - 1;
  let high = HIGHEST + 1;
  let guess = first;
  while (high - low > 1) {
    const bytes = await sizeOf(guess);
    if (bytes <= limit) low = guess;
    else high = guess;
    if (high - low > 1) guess = nextGuess(sizes, limit, low, high, guess);
  }
  const quality = Math.max(LOWEST, low);
  return { quality, bytes: sizes.get(quality)!, fits: low >= LOWEST };
}

function nextGuess(
  sizes: ReadonlyMap<number, number>,
  limit: number,
  low: number,
  high: number,
  last: number,
): number {
  const inside = (quality: number): number => Math.max(low + 1, Math.min(high - 1, quality));
  const [below, above] = [sizes.get(low), sizes.get(high)];
  if (below !== undefined && above !== undefined && above > below) {
    const share = Math.log(limit / below) / Math.log(above / below);
    // A guess at the very end of a wide range gains one step where the middle would gain half.
    const least = Math.floor((high - low) / 8);
    const guess = low + Math.floor(share * (high - low));
    return inside(Math.max(low + least, Math.min(high - least, guess)));
  }
  const doublings = Math.log2(limit / sizes.get(last)!);
  const step = Math.round(doublings * STEPS_PER_DOUBLING);
  return inside(last + (step === 0 ? Math.sign(doublings) || 1 : step));
}
