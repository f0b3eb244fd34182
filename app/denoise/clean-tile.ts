/**
 * What happens to one tile: pixels to the network's input, and its outputs to cleaned pixels with
 * chroma strength and detail recovery. Pure functions over typed arrays; the order of tiles and where
 * the pixels go is `denoise.ts`, rounding and alpha are `write-core.ts`.
 */
import { HourglassError, type Rect } from '../contract/index.ts';
import { nextTurn } from '../pixels/turns.ts';
import {
  fillPlane,
  mirrorMap,
  type ModelCard,
  type PixelTarget,
  type Tile,
  type TilePlan,
} from '../runtime/index.ts';
import { DETAIL_MARGIN, findDetail } from './detail.ts';
import { sampleGrid, type LevelGrid } from './level-grid.ts';
import { localMean, MEAN_MARGIN } from './local-mean.ts';
import { LUMA, LUMA_NOISE } from './luma.ts';
import { readUnits, type Picture } from './picture.ts';
import { isFullScale } from './range.ts';
import { addStructure, type StructureSums } from './structure.ts';
import { writeCore } from './write-core.ts';

/**
 * Everything that decides the cleaned pixels, fixed before the first tile. Levels are those of an 8-bit
 * scale over the picture's range: 255 levels from its 0 to its 1.
 */
export interface CleanSpec extends Picture {
  readonly card: ModelCard;
  /** Noise level for the network, 8-bit levels; a network without a noise map is not told. */
  readonly sigma: number;
  /** Where the noise differs over the picture: its local level as a multiple of `sigma`; null: nowhere. */
  readonly local: LevelGrid | null;
  /**
   * Of one tone only: the network is asked about the mirror image too, and the mean of both answers is taken. 0.1 dB
   * for twice the time ("enhanced prediction", with one of its seven transformations: Timofte, Rothe, Van Gool,
   * "Seven ways to improve example-based single image super resolution", CVPR 2016).
   */
  readonly twice: boolean;
  /** Of one tone only: the local mean stays (`local-mean.ts`). Not that of a magnitude, which noise has lifted. */
  readonly keepsMean: boolean;
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
    throw new HourglassError('model-unsuitable', `The model ${card.id} is not made for cleaning.`);
  if (card.input.imageChannels < tones)
    throw new HourglassError('model-unsuitable', `The model ${card.id} cleans gray pictures only.`);
}

/** True when the result is the source, bit for bit, and no network needs to run. */
export const changesNothing = ({ card, sigma, blend }: CleanSpec): boolean =>
  card.input.noiseMap ? sigma === 0 : blend === 0;

const hasOwnChroma = (spec: CleanSpec): boolean => spec.tones === 3 && spec.chroma !== 100;

/** Network evaluations per tile. A network that takes no level gives the same answer again. */
export const passesOf = (spec: CleanSpec): number =>
  spec.twice || (hasOwnChroma(spec) && spec.chroma !== 0 && spec.card.input.noiseMap) ? 2 : 1;

/** Pixels around the core that `finishTile` looks at. */
export const marginOf = (spec: CleanSpec): number => (spec.detail > 0 ? DETAIL_MARGIN : 0);

/**
 * Fills the network's planar input [image channels + map, side, side]: the picture in units of its
 * range, mirrored at its borders, then the noise map where the network takes one.
 * @param pass 0: luma (and chroma, when they share a strength); 1: chroma with its own strength, or the mirror image
 */
export function fillTile(
  spec: CleanSpec,
  tile: Tile,
  pass: number,
  plan: TilePlan,
  input: Float32Array,
): void {
  readUnits(spec, tile.origin, plan.side, input, spec.card.input.imageChannels);
  if (spec.card.input.noiseMap) fillLevel(spec, tile, pass, plan, input);
  if (pass === 1 && spec.twice) mirrorRows(input, plan.side);
}

/** Left for right, in place. @param planes of rows of `side` values */
function mirrorRows(planes: Float32Array, side: number): void {
  for (let at = 0; at < planes.length; at += side) planes.subarray(at, at + side).reverse();
}

/**
 * The noise map. A colour network that sees gray three times sees noise that is the same in all
 * channels: the map is raised by the model's measured factor.
 */
function fillLevel(
  spec: CleanSpec,
  tile: Tile,
  pass: number,
  plan: TilePlan,
  input: Float32Array,
): void {
  const { source, card, sigma, chroma, local } = spec;
  const { side } = plan;
  const planes = card.input.imageChannels;
  const repeated = planes === 3 && spec.tones === 1;
  const level =
    sigma *
    (pass === 1 && hasOwnChroma(spec) ? chroma / 100 : 1) *
    (repeated ? card.grayMapFactor : 1);
  if (!local) {
    fillPlane(input, planes, side, level / 255);
    return;
  }
  const columns = mirrorMap(tile.origin.x, side, source.width, 1);
  const rows = mirrorMap(tile.origin.y, side, source.height, 1);
  const start = planes * side * side;
  sampleGrid(local, columns, rows, input, start);
  for (let at = start; at < start + side * side; at++) input[at]! *= level / 255;
}

/** One answer of the two that `twice` asks for. */
function meanOfTwo([first, second]: readonly Float32Array[], side: number): Float32Array {
  const mean = second!.slice();
  mirrorRows(mean, side);
  for (let i = 0; i < mean.length; i++) mean[i] = (mean[i]! + first![i]!) / 2;
  return mean;
}

/**
 * What a network with a noise map has answered, as it is. Of one without: x + s (y − x) of its input x
 * and answer y, once for luma and, where chroma has a strength of its own, once for chroma.
 */
function blended(
  spec: CleanSpec,
  tile: Tile,
  outputs: readonly Float32Array[],
  plan: TilePlan,
): readonly Float32Array[] {
  if (spec.card.input.noiseMap) return outputs;
  const answer = outputs[0]!;
  const shares = [spec.blend];
  if (hasOwnChroma(spec) && spec.chroma !== 0)
    shares.push(Math.min(1, (spec.blend * spec.chroma) / 100));
  if (shares.every((share) => share === 1)) return shares.map(() => answer);
  const input = new Float32Array(answer.length);
  readUnits(spec, tile.origin, plan.side, input, spec.card.input.imageChannels);
  return shares.map((share) => answer.map((y, i) => input[i]! + share * (y - input[i]!)));
}

/**
 * Turns the outputs of a tile into pixels of its core, writes them, and adds to the structure sums.
 * - chroma: luma of the first pass with the chroma of the source (0 %) or of the second pass
 * - detail: what `detail.ts` finds in the removed luma, added to every colour channel
 * - one tone: the local mean of what was removed, added as well
 * Others have the thread between its parts: a tile of a megapixel is a tenth of a second in all.
 * @param answers planar [image channels, side, side] in units of the picture's range, one per pass
 */
export async function finishTile(
  spec: CleanSpec,
  tile: Tile,
  answers: readonly Float32Array[],
  plan: TilePlan,
  target: PixelTarget,
  structure: StructureSums,
): Promise<void> {
  const { source, detail, noise } = spec;
  const asked = spec.twice ? [meanOfTwo(answers, plan.side)] : answers;
  const outputs = blended(spec, tile, asked, plan);
  const { core, origin } = tile;
  const gray = spec.tones === 1;
  const around = spec.keepsMean ? Math.min(MEAN_MARGIN, plan.halo) : 0;
  const region = grow(core, Math.max(marginOf(spec), around), source);
  const luma = new Float32Array(region.width * region.height);
  const residual = new Float32Array(luma.length);
  removedLuma({ spec, region, origin, side: plan.side, cleaned: outputs[0]! }, luma, residual);
  await nextTurn();

  const inner = { ...core, x: core.x - region.x, y: core.y - region.y };
  let returned: Float32Array | null = null;
  if (detail > 0) {
    const sigma = (noise / 255) * (gray ? 1 : LUMA_NOISE);
    returned = findDetail({ ...region, data: residual }, inner, sigma);
    for (let i = 0; i < returned.length; i++) returned[i]! *= detail / 100;
    await nextTurn();
  }
  if (spec.keepsMean) {
    const mean = localMean({ ...region, data: residual }, inner);
    if (returned) for (let i = 0; i < mean.length; i++) mean[i]! += returned[i]!;
    returned = mean;
  }
  const coreLuma = returned ? crop(luma, region.width, inner) : luma;
  const coreResidual = returned ? crop(residual, region.width, inner) : residual;
  const lift = liftOf(spec, coreLuma, coreResidual, returned, outputs, tile, plan);
  const base = hasOwnChroma(spec) ? (outputs[1] ?? null) : outputs[0]!;
  writeCore({ spec, core, origin, side: plan.side }, base, lift, target);
  await nextTurn();

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
  const { source, card, range } = spec;
  const { data, channels, width } = source;
  const { low } = range;
  const scale = 1 / (range.high - low);
  const ranged = !isFullScale(range, source.sampleType);
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
        value = (data[from]! - low) * scale;
        // As the network saw it: far outside of the range rounding is no small number.
        if (ranged) value = Math.fround(value);
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
