/**
 * What happens to one tile: pixels to the network's input, and its outputs to cleaned pixels with
 * chroma strength, detail recovery, rounding and alpha. Pure functions over typed arrays; the order
 * of tiles and where the pixels go is `denoise.ts`.
 */
import { HourglassError, type Rect } from '../contract/index.ts';
import {
  colourChannels,
  maxValue,
  type Raster,
  type Samples,
  type SampleType,
} from '../pixels/raster.ts';
import {
  fillPlane,
  readPlanar,
  type ModelCard,
  type Tile,
  type TilePlan,
} from '../runtime/index.ts';
import { DETAIL_MARGIN, findDetail } from './detail.ts';
import { LUMA, LUMA_NOISE } from './luma.ts';
import { addStructure, type StructureSums } from './structure.ts';

/** Everything that decides the cleaned pixels, fixed before the first tile. */
export interface CleanSpec {
  readonly source: Raster;
  /** 1: gray, also when stored as RGB (`neutral.ts`); 3: colour. */
  readonly tones: 1 | 3;
  readonly card: ModelCard;
  /** Noise level for the network, 8-bit levels. */
  readonly sigma: number;
  /** Noise level that detail recovery takes for true, 8-bit levels. */
  readonly noise: number;
  /** Percent of the found detail that is given back, 0–100. */
  readonly detail: number;
  /** Chroma strength, percent of sigma, 0–200. Gray pictures have none. */
  readonly chroma: number;
}

/** Where cleaned pixels go: interleaved like the source, whole rows from image row `top` on. */
export interface PixelTarget {
  readonly data: Samples;
  readonly sampleType: SampleType;
  readonly top: number;
}

/** @throws HourglassError model-unsuitable */
export function checkSuitable(card: ModelCard, source: Raster): void {
  if (card.task !== 'denoise' || !card.input.noiseMap)
    throw new HourglassError('model-unsuitable', `The model ${card.id} is not made for cleaning.`);
  if (card.input.imageChannels < colourChannels(source))
    throw new HourglassError('model-unsuitable', `The model ${card.id} cleans gray pictures only.`);
}

const hasOwnChroma = (spec: CleanSpec): boolean => spec.tones === 3 && spec.chroma !== 100;

/** Network evaluations per tile. */
export const passesOf = (spec: CleanSpec): number =>
  hasOwnChroma(spec) && spec.chroma !== 0 ? 2 : 1;

/** Pixels around the core that `finishTile` looks at. */
export const marginOf = (spec: CleanSpec): number => (spec.detail > 0 ? DETAIL_MARGIN : 0);

/**
 * Fills the network's planar input [image channels + 1, side, side]: the picture on [0,1], mirrored
 * at its borders, then the noise map. Gray is repeated; as its noise is then the same in all
 * channels, the map is raised by the model's measured factor.
 * @param pass 0: luma (and chroma, when they share a strength); 1: chroma with its own strength
 */
export function fillTile(
  spec: CleanSpec,
  tile: Tile,
  pass: number,
  plan: TilePlan,
  input: Float32Array,
): void {
  const { source, card, sigma, chroma } = spec;
  const planes = card.input.imageChannels;
  readPlanar(source, tile.origin, plan.side, input, planes);
  if (source.sampleType === 'float32') {
    const end = planes * plan.side * plan.side;
    for (let i = 0; i < end; i++) if (!Number.isFinite(input[i]!)) input[i] = 0;
  }
  const repeated = planes === 3 && spec.tones === 1;
  const level = sigma * (pass === 1 ? chroma / 100 : 1) * (repeated ? card.grayMapFactor : 1);
  fillPlane(input, planes, plan.side, level / 255);
}

/**
 * Turns the outputs of a tile into pixels of its core, writes them, and adds to the structure sums.
 * - chroma: luma of the first pass with the chroma of the source (0 %) or of the second pass
 * - detail: what `detail.ts` finds in the removed luma, added to every colour channel
 * - integers are rounded to the nearest and clipped, floats stay as they are; alpha is copied, and so
 *   are float samples that are not finite
 * @param outputs planar [image channels, side, side] on [0,1], one per pass
 */
export function finishTile(
  spec: CleanSpec,
  tile: Tile,
  outputs: readonly Float32Array[],
  plan: TilePlan,
  target: PixelTarget,
  structure: StructureSums,
): void {
  const { source, detail, noise } = spec;
  const { core, origin } = tile;
  const gray = spec.tones === 1;
  const region = grow(core, marginOf(spec), source);
  const luma = new Float32Array(region.width * region.height);
  const residual = new Float32Array(luma.length);
  removedLuma({ spec, region, origin, side: plan.side, cleaned: outputs[0]! }, luma, residual);

  const inner = { ...core, x: core.x - region.x, y: core.y - region.y };
  let returned: Float32Array | null = null;
  if (detail > 0) {
    const sigma = (noise / 255) * (gray ? 1 : LUMA_NOISE);
    returned = findDetail({ ...region, data: residual }, inner, sigma);
    for (let i = 0; i < returned.length; i++) returned[i]! *= detail / 100;
  }
  const coreLuma = returned ? crop(luma, region.width, inner) : luma;
  const coreResidual = returned ? crop(residual, region.width, inner) : residual;
  const lift = liftOf(spec, coreLuma, coreResidual, returned, outputs, tile, plan);
  const base = hasOwnChroma(spec) ? (outputs[1] ?? null) : outputs[0]!;
  writeCore({ spec, core, origin, side: plan.side }, base, lift, target);

  if (returned) for (let i = 0; i < returned.length; i++) coreResidual[i]! -= returned[i]!;
  addStructure(structure, coreLuma, coreResidual, core.width, core.height);
}

function grow(rect: Rect, by: number, within: { width: number; height: number }): Rect {
  const x = Math.max(0, rect.x - by);
  const y = Math.max(0, rect.y - by);
  return {
    x,
    y,
    width: Math.min(within.width, rect.x + rect.width + by) - x,
    height: Math.min(within.height, rect.y + rect.height + by) - y,
  };
}

function crop(plane: Float32Array, width: number, inner: Rect): Float32Array {
  const result = new Float32Array(inner.width * inner.height);
  for (let y = 0; y < inner.height; y++) {
    const from = (inner.y + y) * width + inner.x;
    result.set(plane.subarray(from, from + inner.width), y * inner.width);
  }
  return result;
}

interface Window {
  readonly spec: CleanSpec;
  /** Image coordinates, inside the picture. */
  readonly region: Rect;
  /** Image coordinates of the outputs' top left. */
  readonly origin: { readonly x: number; readonly y: number };
  readonly side: number;
  readonly cleaned: Float32Array;
}

/** Luma of the source, and what the network took away from it; 0 where the source is not finite. */
function removedLuma(window: Window, luma: Float32Array, residual: Float32Array): void {
  const { spec, region, origin, side, cleaned } = window;
  const { source, card } = spec;
  const { data, channels, width } = source;
  const scale = 1 / maxValue(source.sampleType);
  const plane = side * side;
  const floats = source.sampleType === 'float32';
  const [red, green, blue] = LUMA;
  const gray = spec.tones === 1;
  const planes = card.input.imageChannels;
  for (let y = 0, to = 0; y < region.height; y++) {
    let from = ((region.y + y) * width + region.x) * channels;
    let at = (region.y + y - origin.y) * side + region.x - origin.x;
    for (let x = 0; x < region.width; x++, to++, at++, from += channels) {
      let value: number;
      let result: number;
      if (gray) {
        value = data[from]! * scale;
        result =
          planes === 1
            ? cleaned[at]!
            : (cleaned[at]! + cleaned[at + plane]! + cleaned[at + 2 * plane]!) / 3;
      } else {
        value = (red * data[from]! + green * data[from + 1]! + blue * data[from + 2]!) * scale;
        result =
          red * cleaned[at]! + green * cleaned[at + plane]! + blue * cleaned[at + 2 * plane]!;
      }
      if (floats && !Number.isFinite(value)) continue;
      luma[to] = value;
      residual[to] = value - result;
    }
  }
}

/**
 * What is added to every colour channel of the base: the luma of the first pass instead of the
 * base's own (see `luma.ts`), plus returned detail. null: nothing is added.
 */
function liftOf(
  spec: CleanSpec,
  luma: Float32Array,
  residual: Float32Array,
  returned: Float32Array | null,
  outputs: readonly Float32Array[],
  tile: Tile,
  plan: TilePlan,
): Float32Array | null {
  if (!hasOwnChroma(spec)) return returned;
  const { core, origin } = tile;
  const lift = new Float32Array(core.width * core.height);
  const second = outputs[1];
  const plane = plan.side * plan.side;
  const [red, green, blue] = LUMA;
  for (let y = 0, i = 0; y < core.height; y++) {
    let at = (core.y + y - origin.y) * plan.side + core.x - origin.x;
    for (let x = 0; x < core.width; x++, i++, at++) {
      const own = second
        ? red * second[at]! + green * second[at + plane]! + blue * second[at + 2 * plane]!
        : luma[i]!;
      lift[i] = luma[i]! - residual[i]! - own + (returned ? returned[i]! : 0);
    }
  }
  return lift;
}

interface CoreWindow {
  readonly spec: CleanSpec;
  readonly core: Rect;
  readonly origin: { readonly x: number; readonly y: number };
  readonly side: number;
}

/** @param base planar network output, or null: the source's own pixels */
function writeCore(
  window: CoreWindow,
  base: Float32Array | null,
  lift: Float32Array | null,
  target: PixelTarget,
): void {
  const { core, origin, side, spec } = window;
  const { source } = spec;
  const { data, channels, hasAlpha, width } = source;
  const colours = colourChannels(source);
  const white = maxValue(source.sampleType);
  const toUnit = 1 / white;
  const max = maxValue(target.sampleType);
  const floats = target.sampleType === 'float32';
  const check = source.sampleType === 'float32';
  const same = target.sampleType === source.sampleType;
  const plane = side * side;
  const meanOfThree = spec.tones === 1 && spec.card.input.imageChannels === 3;
  const step = spec.tones === 1 ? 0 : plane;
  for (let y = 0, i = 0; y < core.height; y++) {
    let from = ((core.y + y) * width + core.x) * channels;
    let to = ((core.y + y - target.top) * width + core.x) * channels;
    let at = (core.y + y - origin.y) * side + core.x - origin.x;
    for (let x = 0; x < core.width; x++, i++, at++, from += channels, to += channels) {
      const added = lift ? lift[i]! : 0;
      for (let c = 0; c < colours; c++) {
        const stored = data[from + c]!;
        if (check && !Number.isFinite(stored)) {
          target.data[to + c] = stored;
          continue;
        }
        const unit = base
          ? meanOfThree
            ? (base[at]! + base[at + plane]! + base[at + 2 * plane]!) / 3
            : base[at + c * step]!
          : stored * toUnit;
        const value = unit + added;
        target.data[to + c] = floats ? value : toInteger(value, max);
      }
      if (hasAlpha) {
        const alpha = data[from + colours]!;
        target.data[to + colours] = same
          ? alpha
          : floats
            ? alpha * toUnit
            : toInteger(alpha * toUnit, max);
      }
    }
  }
}

/** [0,1] to 0 … max, to the nearest (halves up), clipped. NaN gives 0. */
const toInteger = (value: number, max: number): number => {
  const scaled = value * max + 0.5;
  return scaled >= max ? max : scaled > 0 ? Math.floor(scaled) : 0;
};
