/**
 * Noise of a sensor, measured on its mosaic before anything is interpolated, where it is independent from sample to sample: variance = shot × light +
 * read (Foi, Trimeche, Katkovnik, Egiazarian, "Practical Poissonian-Gaussian noise modeling and fitting for single-image raw-data", IEEE TIP 17(10),
 * 2008, equations 1 to 3). As there, variance is taken from diagonal details, which smooth parts have none of, and grouped by mean. Where that paper
 * cuts edges out by their gradient, blocks with more variance than noise of their mean explains are left out here, and the rest is fitted again.
 */

/** On light from 0 (black) to 1 (white): variance = shot × light + read. */
export interface SensorNoise {
  readonly shot: number;
  readonly read: number;
}

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

/** Side of a block in samples of one place; 64 details in each, so that its variance scatters by 18 %. */
const side = 16;
const details = (side / 2) ** 2;
/** Standard deviation of a block's variance, as a share of it: √(2 / details). */
const scatter = Math.sqrt(2 / details);
/** Blocks up to one of these above what is expected are believed; their mean is then this share of the variance (χ² of 64). */
const believed = 1 + scatter;
const keptShare = 0.946;
/** Lower quartile of χ² of 64, as a share of its mean. */
const quartileShare = 0.876;
const bins = 12;
const rounds = 12;

/** Fewer blocks say nothing. */
const fewest = 24;

interface Blocks {
  readonly means: number[];
  readonly variances: number[];
}

/** Red, green, blue; the green of both places. */
export type ColourNoise = readonly [SensorNoise, SensorNoise, SensorNoise];

/** @param colours of the four places: 0 red, 1 or 3 green, 2 blue; null: as `measureMosaic`, or not such a pattern */
export function measureColours(
  mosaic: MosaicSamples,
  colours: readonly number[],
): ColourNoise | null {
  const places = measureMosaic(mosaic);
  const mean = (wanted: readonly number[]): SensorNoise | null => {
    const own = places?.filter((_, place) => wanted.includes(colours[place]!)) ?? [];
    if (own.length === 0) return null;
    const sum = (pick: (one: SensorNoise) => number): number =>
      own.reduce((total, one) => total + pick(one), 0) / own.length;
    return { shot: sum(({ shot }) => shot), read: sum(({ read }) => read) };
  };
  const [red, green, blue] = [mean([0]), mean([1, 3]), mean([2])];
  return red && green && blue ? [red, green, blue] : null;
}

/** @returns one for each place of the pattern, row by row; null: too little of the picture is neither black nor clipped */
export function measureMosaic(mosaic: MosaicSamples): readonly SensorNoise[] | null {
  const found = [0, 1, 2, 3].map((place) => fitted(blocksOf(mosaic, place)));
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
      blocks.variances.push((squares / details) * scale * scale);
    }
  return blocks;
}

function fitted({ means, variances }: Blocks): SensorNoise | null {
  if (means.length < fewest) return null;
  // To begin with: of each group of equal light the quieter blocks, which most probably are flat.
  const order = means.map((_, at) => at).sort((one, other) => means[one]! - means[other]!);
  const groups = Math.min(bins, Math.floor(order.length / 8));
  const quiet = { means: [] as number[], variances: [] as number[] };
  for (let group = 0; group < groups; group++) {
    const members = order.slice(
      Math.floor((group * order.length) / groups),
      Math.floor(((group + 1) * order.length) / groups),
    );
    const sorted = members.map((at) => variances[at]!).sort((one, other) => one - other);
    quiet.means.push(members.reduce((sum, at) => sum + means[at]!, 0) / members.length);
    quiet.variances.push(sorted[Math.floor(sorted.length / 4)]! / quartileShare);
  }
  let noise = line(quiet, () => 1);
  for (let round = 0; round < rounds; round++) {
    const kept: Blocks = { means: [], variances: [] };
    for (let at = 0; at < means.length; at++)
      if (variances[at]! < believed * varianceAt(noise, means[at]!)) {
        kept.means.push(means[at]!);
        kept.variances.push(variances[at]! / keptShare);
      }
    if (kept.means.length < fewest / 2) break;
    const before = noise;
    noise = line(kept, (mean) => 1 / varianceAt(before, mean) ** 2);
  }
  return noise;
}

export const varianceAt = ({ shot, read }: SensorNoise, light: number): number =>
  Math.max(1e-12, shot * Math.max(0, light) + read);

/** Weighted least squares; neither part is negative. */
function line({ means, variances }: Blocks, weightOf: (mean: number) => number): SensorNoise {
  let [w, wx, wy, wxx, wxy] = [0, 0, 0, 0, 0];
  for (let at = 0; at < means.length; at++) {
    const x = means[at]!;
    const y = variances[at]!;
    const weight = weightOf(x);
    w += weight;
    wx += weight * x;
    wy += weight * y;
    wxx += weight * x * x;
    wxy += weight * x * y;
  }
  const determinant = w * wxx - wx * wx;
  const shot = determinant > 1e-12 * w * wxx ? (w * wxy - wx * wy) / determinant : 0;
  const read = (wy - shot * wx) / w;
  if (shot < 0) return { shot: 0, read: Math.max(0, wy / w) };
  return read < 0 ? { shot: wxx > 0 ? Math.max(0, wxy / wxx) : 0, read: 0 } : { shot, read };
}
