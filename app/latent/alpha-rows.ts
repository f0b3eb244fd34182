/** The transparency of a latent file, row of tiles by row of tiles, put beside decoded colours. */
import type { Rect } from '../contract/index.ts';
import { convertSamples, maxValue, type Samples } from '../pixels/index.ts';
import type { PixelTarget } from '../runtime/index.ts';
import { BandRows } from './band-rows.ts';
import type { LatentFile } from './container/index.ts';

export class AlphaRows {
  readonly #file: LatentFile;
  /** Damaged ones are shown opaque. */
  readonly #rows: BandRows;

  constructor(file: LatentFile) {
    this.#file = file;
    this.#rows = new BandRows((tileRow) => file.readAlpha(tileRow));
  }

  /** True when every pixel of a region is opaque. */
  async isOpaque(region: Rect): Promise<boolean> {
    const { width, tileSide } = this.#file.header;
    for (let y = region.y; y < region.y + region.height; y++) {
      const alpha = await this.#rows.row(Math.floor(y / tileSide));
      if (!alpha) continue;
      const white = alpha instanceof Uint8Array ? 255 : 65535;
      const start = (y % tileSide) * width + region.x;
      if (alpha.subarray(start, start + region.width).some((value) => value < white)) return false;
    }
    return true;
  }

  /**
   * Writes the last channel of a core.
   * @param core of the region @param region of the picture
   * @param target as wide as the region
   */
  async write(core: Rect, region: Rect, target: PixelTarget, channels: number): Promise<void> {
    const { width, tileSide } = this.#file.header;
    const white = maxValue(target.sampleType);
    for (let y = core.y; y < core.y + core.height; y++) {
      const row = y + region.y;
      const alpha = await this.#rows.row(Math.floor(row / tileSide));
      const start = (row % tileSide) * width + core.x + region.x;
      const values: Samples | null =
        alpha && convertSamples(alpha.slice(start, start + core.width), target.sampleType);
      let to = ((y - target.top) * region.width + core.x + 1) * channels - 1;
      for (let x = 0; x < core.width; x++, to += channels)
        target.data[to] = values ? values[x]! : white;
    }
  }
}
