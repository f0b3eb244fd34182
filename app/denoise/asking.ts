/**
 * How the network is asked about a tile, and what its answers mean: the ways of asking, each with its passes, its
 * noise level and its reading. Pure functions over planar arrays in units of the picture's range.
 */
import type { Rect } from '../contract/index.ts';
import { fillPlane, mirrorMap, type Tile, type TilePlan } from '../runtime/index.ts';
import { chromaOf, type CleanSpec } from './clean-spec.ts';
import { sampleGrid } from './level-grid.ts';
import { fillPhotonMap } from './noise/light.ts';
import { readUnits } from './picture.ts';

/** A tile and the plan that it belongs to. */
export interface TilePlace {
  readonly tile: Tile;
  readonly plan: TilePlan;
}

/** What the network makes of a tile, planar [image channels, side, side]. */
export interface Cleaned {
  /** The picture whose luma the result has. */
  readonly picture: Float32Array;
  /** The picture whose chroma it has, where that is another one; null: `picture`, or the source. */
  readonly chroma: Float32Array | null;
}

/** One way to ask a network. */
interface Asking {
  /** Network evaluations per tile. */
  readonly passes: 1 | 2;
  /** The noise level of a pass, as a multiple of the spec's. */
  levelOf(pass: number): number;
  /** Turns the filled input of a pass, where it shall be seen otherwise. In place. */
  turn(input: Float32Array, side: number, pass: number): void;
  /** The outputs of all passes as answers: for luma, and for chroma where that was asked for by itself. */
  answers(outputs: readonly Float32Array[], side: number): readonly Float32Array[];
}

const once: Asking = {
  passes: 1,
  levelOf: () => 1,
  turn: () => {},
  answers: (outputs) => outputs,
};

/** Also about the mirror image; the mean of both counts. */
const andMirrored: Asking = {
  passes: 2,
  levelOf: () => 1,
  turn: (input, side, pass) => {
    if (pass === 1) mirrorRows(input, side);
  },
  answers: (outputs, side) => [meanOfTwo(outputs, side)],
};

/** Once for luma, once for chroma at its own share of the level. */
const atTwoLevels = (share: number): Asking => ({
  ...once,
  passes: 2,
  levelOf: (pass) => (pass === 1 ? share : 1),
});

/** A network that takes no level gives the same answer again: it is asked at one level only. */
function askingOf(spec: CleanSpec): Asking {
  if (spec.twice) return andMirrored;
  if (chromaOf(spec) === 'own' && spec.card.input.noiseMap) return atTwoLevels(spec.chroma / 100);
  return once;
}

/** A framed picture is seen as if it ended where its frame begins. */
const insideOf = ({ inside }: CleanSpec): Rect | undefined => inside ?? undefined;

/** Network evaluations per tile. */
export const passesOf = (spec: CleanSpec): number => askingOf(spec).passes;

/**
 * Fills the network's planar input [image channels + map, side, side]: the picture in units of its
 * range, mirrored at its borders, then the noise map where the network takes one.
 */
export function fillTile(
  spec: CleanSpec,
  { tile, plan }: TilePlace,
  pass: number,
  input: Float32Array,
): void {
  const asking = askingOf(spec);
  readUnits(spec, tile.origin, plan.side, input, spec.card.input.imageChannels, insideOf(spec));
  if (spec.card.input.noiseMap) fillLevel(spec, { tile, plan }, asking.levelOf(pass), input);
  asking.turn(input, plan.side, pass);
}

/**
 * The noise map. A colour network that sees gray three times sees noise that is the same in all
 * channels: the map is raised by the model's measured factor.
 */
function fillLevel(
  spec: CleanSpec,
  { tile, plan }: TilePlace,
  share: number,
  input: Float32Array,
): void {
  const { source, card, sigma, local } = spec;
  const { side } = plan;
  const planes = card.input.imageChannels;
  const repeated = planes === 3 && spec.tones === 1;
  const level = sigma * share * (repeated ? card.grayMapFactor : 1);
  if (!local) {
    fillPlane(input, planes, side, level / 255);
    return;
  }
  const plane = side * side;
  const start = planes * plane;
  if ('shot' in local) {
    // The map is of the spec's level in the mean.
    const factor = level / 255 / local.rms;
    const map = input.subarray(start, start + plane);
    fillPhotonMap(local, input.subarray(0, plane), side, factor, map);
    return;
  }
  const columns = mirrorMap(tile.origin.x, side, source.width, 1);
  const rows = mirrorMap(tile.origin.y, side, source.height, 1);
  sampleGrid(local, columns, rows, input, start);
  for (let at = start; at < start + plane; at++) input[at]! *= level / 255;
}

/** @param outputs one per pass */
export function readAnswers(
  spec: CleanSpec,
  place: TilePlace,
  outputs: readonly Float32Array[],
): Cleaned {
  const answers = askingOf(spec).answers(outputs, place.plan.side);
  const [picture, chroma] = spec.card.input.noiseMap ? answers : blended(spec, place, answers[0]!);
  return { picture: picture!, chroma: chroma ?? null };
}

/**
 * Of a network without a noise map, which can not be told how much to remove: x + s (y − x) of its input x
 * and answer y, once for luma and, where chroma has a strength of its own, once for chroma.
 */
function blended(
  spec: CleanSpec,
  { tile, plan }: TilePlace,
  answer: Float32Array,
): readonly Float32Array[] {
  const shares = [spec.blend];
  if (chromaOf(spec) === 'own') shares.push(Math.min(1, (spec.blend * spec.chroma) / 100));
  if (shares.every((share) => share === 1)) return shares.map(() => answer);
  const input = new Float32Array(answer.length);
  readUnits(spec, tile.origin, plan.side, input, spec.card.input.imageChannels, insideOf(spec));
  return shares.map((share) => answer.map((y, i) => input[i]! + share * (y - input[i]!)));
}

/** Left for right, in place. @param planes of rows of `side` values */
function mirrorRows(planes: Float32Array, side: number): void {
  for (let at = 0; at < planes.length; at += side) planes.subarray(at, at + side).reverse();
}

/** One answer of the two that asking about the mirror image gives. */
function meanOfTwo([first, second]: readonly Float32Array[], side: number): Float32Array {
  const mean = second!.slice();
  mirrorRows(mean, side);
  for (let i = 0; i < mean.length; i++) mean[i] = (mean[i]! + first![i]!) / 2;
  return mean;
}
