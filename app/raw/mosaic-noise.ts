/**
 * Noise of a sensor, measured on its mosaic before anything is interpolated, where it is independent from sample to sample: diagonal details of
 * blocks of each place of the pattern, and a line over light from black (0) to white (1) through them (`app/pixels/light-noise.ts`).
 */
import { DETAILS, fitLight, type Blocks, type LightNoise } from '../pixels/light-noise.ts';

export interface MosaicSamples {
  readonly data: Uint16Array;
  /** Samples of a row of `data`. */
  readonly stride: number;
  /** The part of the sensor that sees light; the pattern begins at its corner. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Of the four places of the 2 × 2 pattern, row by row, in stored values. */
  readonly black: readonly [number, number, number, number];
  readonly white: number;
}

/** Side of a block in samples of one place. */
const side = 16;
const details = DETAILS[64];

/** Red, green, blue; the green of both places. */
export type ColourNoise = readonly [LightNoise, LightNoise, LightNoise];

/** @param colours of the four places: 0 red, 1 or 3 green, 2 blue; null: as `measureMosaic`, or not such a pattern */
export function measureColours(
  mosaic: MosaicSamples,
  colours: readonly number[],
): ColourNoise | null {
  const places = measureMosaic(mosaic);
  const mean = (wanted: readonly number[]): LightNoise | null => {
    const own = places?.filter((_, place) => wanted.includes(colours[place]!)) ?? [];
    if (own.length === 0) return null;
    const sum = (pick: (one: LightNoise) => number): number =>
      own.reduce((total, one) => total + pick(one), 0) / own.length;
    return { shot: sum(({ shot }) => shot), read: sum(({ read }) => read) };
  };
  const [red, green, blue] = [mean([0]), mean([1, 3]), mean([2])];
  return red && green && blue ? [red, green, blue] : null;
}

/** @returns one for each place of the pattern, row by row; null: too little of the picture is neither black nor clipped */
export function measureMosaic(mosaic: MosaicSamples): readonly LightNoise[] | null {
  const found = [0, 1, 2, 3].map((place) => fitLight(blocksOf(mosaic, place), details, 'known'));
  return found.every((one) => one !== null) ? found : null;
}

function blocksOf(mosaic: MosaicSamples, place: number): Blocks {
  const { data, stride, left, top, width, height, white } = mosaic;
  const black = mosaic.black[place]!;
  const scale = 1 / (white - black);
  const blocks: Blocks = { means: [], variances: [] };
  const first = (top + (place >> 1)) * stride + left + (place & 1);
  const step = 2 * side;
  for (let y = 0; y + step <= height; y += step)
    for (let x = 0; x + step <= width; x += step) {
      let sum = 0;
      let squares = 0;
      let least = 65535;
      let most = 0;
      for (let row = 0; row < side; row += 2)
        for (let column = 0; column < side; column += 2) {
          const at = first + (y + 2 * row) * stride + x + 2 * column;
          const a = data[at]!;
          const b = data[at + 2]!;
          const c = data[at + 2 * stride]!;
          const d = data[at + 2 * stride + 2]!;
          const detail = (a - b - c + d) / 2;
          sum += a + b + c + d;
          squares += detail * detail;
          least = Math.min(least, a, b, c, d);
          most = Math.max(most, a, b, c, d);
        }
      // What is cut off at an end has less noise than the sensor.
      if (least === 0 || most >= white) continue;
      blocks.means.push((sum / (side * side) - black) * scale);
      blocks.variances.push((squares / details.count) * scale * scale);
    }
  return blocks;
}
