/**
 * Padding of a scan in a latent file: pixels that stand for nothing come out as they were, without loss, and what was measured never
 * comes out as padding.
 */
import type { Rect, ValueRange } from '../contract/index.ts';
import { allocateSamples, convertSamples, type Raster, type SampleType } from '../pixels/index.ts';
import type { PixelTarget } from '../runtime/index.ts';
import { BandRows, type BandValues } from './band-rows.ts';
import type { LatentFile, LatentHeader } from './container/index.ts';

/** Padding values that can be told from each other: code 0 is none. */
const MOST_CODES = 0xffff;

/**
 * Which pixels are padding, and which value each has, as `LatentWriter.writePadding` takes it.
 * @returns null: none is, or their values are not told from each other
 */
export function paddingOf({ data, scale, sampleType }: Raster): BandValues | null {
  const padding = scale?.padding;
  if (!padding || sampleType === 'float32') return null;
  const { low, high } = padding;
  const count = high - low + 1;
  if (count > MOST_CODES) return null;
  const codes = count < 256 ? new Uint8Array(data.length) : new Uint16Array(data.length);
  let isThere = false;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value < low || value > high) continue;
    codes[i] = value - low + 1;
    isThere = true;
  }
  return isThere ? codes : null;
}

/** The stored value of a padding code. */
export const paddingValue = (code: number, { low }: ValueRange): number => low + code - 1;

export class PaddingRows {
  readonly #header: LatentHeader;
  readonly #padding: ValueRange;
  readonly #rows: BandRows | null;
  readonly #stored: SampleType;

  /** @returns null: nothing is known of padding */
  static of(file: LatentFile): PaddingRows | null {
    const padding = file.header.measured?.scale.padding;
    return padding && file.header.sampleType !== 'float32' ? new PaddingRows(file, padding) : null;
  }

  private constructor(file: LatentFile, padding: ValueRange) {
    this.#header = file.header;
    this.#padding = padding;
    this.#stored = file.header.sampleType;
    this.#rows = file.header.measured!.keepsPadding
      ? new BandRows((tileRow) => file.readPadding(tileRow))
      : null;
  }

  /**
   * Puts padding into a core of one channel, and measured values beside it.
   * @param core of the region @param region of the picture @param target as wide as the region
   */
  async write(core: Rect, region: Rect, { data, sampleType, top }: PixelTarget): Promise<void> {
    const { width, tileSide } = this.#header;
    const isStored = sampleType === this.#stored;
    /** Of codes: there are few, and many pixels of each. */
    const values = new Map<number, number>();
    for (let y = core.y; y < core.y + core.height; y++) {
      const row = y + region.y;
      const codes = (await this.#rows?.row(Math.floor(row / tileSide))) ?? null;
      let from = (row % tileSide) * width + core.x + region.x;
      let to = (y - top) * region.width + core.x;
      for (const end = to + core.width; to < end; to++, from++) {
        const code = codes ? codes[from]! : 0;
        if (code > 0) {
          if (!values.has(code)) values.set(code, this.#valueIn(sampleType, code));
          data[to] = values.get(code)!;
        } else if (isStored) data[to] = this.#beside(data[to]!);
      }
    }
  }

  #valueIn(sampleType: SampleType, code: number): number {
    const one = allocateSamples(this.#stored, 1).fill(paddingValue(code, this.#padding));
    return convertSamples(one, sampleType, this.#header.measured!.scale)[0]!;
  }

  /** A measured value, which is none of padding. */
  #beside(value: number): number {
    const { low, high } = this.#padding;
    if (value < low || value > high) return value;
    const { range } = this.#header.measured!;
    const isLowNearer = value - low < high - value;
    const canBeLower = low - 1 >= range.low;
    const canBeHigher = high + 1 <= range.high;
    return (isLowNearer && canBeLower) || !canBeHigher ? low - 1 : high + 1;
  }
}
