/**
 * The best quality whose file is no larger than asked, of any format that has qualities: between a quality that fits and one that does not,
 * the next guess follows the line through the logarithms of known sizes, and halves the rest where that
 * helps little. Each size is that of a real encoding. Six or seven of the hundred qualities are tried.
 */
import { HourglassError } from '../contract/index.ts';
import { say } from './sentences.ts';

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
  /** One step more, which does not fit; null: there is none. */
  readonly next: QualitySize | null;
}

/** Bytes of the file at a quality. */
export interface QualitySize {
  readonly quality: number;
  readonly bytes: number;
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
  const at = (of: number): QualitySize => ({ quality: of, bytes: sizes.get(of)! });
  const fits = low >= LOWEST;
  return { ...at(quality), fits, next: fits && low < HIGHEST ? at(low + 1) : null };
}

/**
 * A file is as small as asked, or it is none.
 * @param name of the file, or of its source @throws HourglassError size-not-met, which says the smallest size
 */
export function refuseLarger(
  name: string,
  limit: number,
  { fits, bytes, quality }: FoundQuality,
): void {
  if (fits) return;
  throw new HourglassError('size-not-met', say('sizeNotMet', { name, limit, bytes, quality }), {
    details: { limit, smallest: bytes },
  });
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
