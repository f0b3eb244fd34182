/**
 * How strong the noise of a picture is in each cell, by a trained network: `noise-photo` for colour,
 * `noise-scan` for one tone. Unlike a formula it tells the correlated noise of cameras from texture. Its
 * level is the equivalent white one: 4 times the standard deviation of the noise's means over 4 × 4
 * pixels, which for white noise is its standard deviation. How the network is trained: models/recipes;
 * what becomes of its numbers: `combine.ts`, `estimator.ts`, `noise-map.ts`.
 */
import type { Progress } from '../../contract/index.ts';
import { colourChannels } from '../../pixels/raster.ts';
import { spreadTiles, type Inference, type ModelCard, type TilePlan } from '../../runtime/index.ts';
import { readUnits, type Picture } from '../picture.ts';
import { limitsOf } from '../range.ts';
import { imageLevel, type Learned } from './combine.ts';
import { MOST_CLIPPED } from './patches.ts';

/** Side of a window of the sample, pixels, and how many there are at the most: 3 megapixels. */
const SIDE = 256;
const WINDOWS = 48;

/** What the pixels of a cell are good for, from worst to best. */
export const cellStates = {
  /** The network was not asked. */
  unseen: 0,
  /** Fully transparent pixels, or values that are not finite. */
  empty: 1,
  /** More than a tenth of the samples is black or white: noise is cut off there. */
  clipped: 2,
  good: 3,
} as const;

/** Row-major cells over the whole picture; those at its right and bottom edge may reach beyond it. */
export interface Cells {
  /** Side of a cell, pixels. */
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
  /** 8-bit levels over the picture's range. */
  readonly levels: Float32Array;
  /** Reliability as the network says; > 0 where it was asked. */
  readonly weights: Float32Array;
  /** Values of `cellStates`. */
  readonly state: Uint8Array;
}

export interface CellRun {
  readonly inference: Inference;
  readonly signal: AbortSignal;
  readonly progress?: (progress: Progress) => void;
}

/** An even sample of the picture, for facts about the whole; undefined, for all of it, where it is small. */
export function samplePlan({ source }: Picture, card: ModelCard): TilePlan | undefined {
  const { width, height } = source;
  if (width * height <= WINDOWS * SIDE * SIDE) return undefined;
  const { multipleOf } = card.input;
  // A network that looks far still gets to keep half of each window's width.
  const side = Math.ceil(Math.max(SIDE, 4 * card.halo) / multipleOf) * multipleOf;
  return spreadTiles({ width, height, halo: card.halo, multipleOf, side, count: WINDOWS });
}

/**
 * Asks a noise network, always on the CPU and in full precision: a reading must not depend on the device.
 * @param card task `noise`
 * @param plan which parts of the picture; default: all of it
 * @throws HourglassError as `Inference.run`
 */
export async function readCells(
  picture: Picture,
  card: ModelCard,
  run: CellRun,
  plan?: TilePlan,
): Promise<Cells> {
  const { width, height } = picture.source;
  const { cell } = card.output;
  const columns = Math.ceil(width / cell);
  const rows = Math.ceil(height / cell);
  const cells: Cells = {
    cell,
    columns,
    rows,
    levels: new Float32Array(columns * rows),
    weights: new Float32Array(columns * rows),
    state: new Uint8Array(columns * rows),
  };
  await run.inference.run({
    model: card,
    device: 'cpu',
    precision: 'fp32',
    width,
    height,
    passes: 1,
    ...(plan ? { plan } : {}),
    fill: (tile, _pass, { side }, input) =>
      readUnits(picture, tile.origin, side, input, card.input.imageChannels),
    collect({ core, origin }, [output], { side }) {
      const across = side / cell;
      const [level, weight] = [output!, output!.subarray(across * across)];
      for (let y = core.y; y < core.y + core.height; y += cell)
        for (let x = core.x; x < core.x + core.width; x += cell) {
          const from = ((y - origin.y) / cell) * across + (x - origin.x) / cell;
          const to = (y / cell) * columns + x / cell;
          cells.levels[to] = 255 * Math.max(0, level[from]!);
          cells.weights[to] = weight[from]!;
          cells.state[to] = judge(picture, x, y, cell);
        }
    },
    signal: run.signal,
    progress: run.progress ?? (() => {}),
  });
  return cells;
}

/** What the pixels of one cell are good for, as for the patches of Chen's formula. */
function judge({ source, tones, range }: Picture, x: number, y: number, cell: number): number {
  const { data, width, height, channels, hasAlpha, sampleType } = source;
  const [low, high, black, white] = limitsOf(range, sampleType);
  const alpha = colourChannels(source);
  const right = Math.min(width, x + cell);
  const bottom = Math.min(height, y + cell);
  let clipped = 0;
  for (let v = y; v < bottom; v++)
    for (let at = (v * width + x) * channels; at < (v * width + right) * channels; at += channels) {
      if (hasAlpha && data[at + alpha] === 0) return cellStates.empty;
      for (let c = at; c < at + tones; c++) {
        const value = data[c]!;
        if (!Number.isFinite(value)) return cellStates.empty;
        if (value === black || value === white || value === low || value === high) clipped++;
      }
    }
  return clipped > MOST_CLIPPED * (right - x) * (bottom - y) * tones
    ? cellStates.clipped
    : cellStates.good;
}

/**
 * The level of the whole picture. Clipped cells count only where there are no others.
 * @returns 8-bit levels over the picture's range; level and trust are 0 where nothing can be said
 */
export function levelOf({ levels, weights, state }: Cells): Learned {
  const { good, clipped } = cellStates;
  const counting = state.includes(good) ? good : clipped;
  const counted = weights.map((weight, i) => (state[i] === counting ? weight : 0));
  const cells = state.reduce((sum, value) => sum + Number(value === counting), 0);
  const total = counted.reduce((sum, weight) => sum + weight, 0);
  return { sigma: imageLevel(levels, counted), trust: cells === 0 ? 0 : total / cells };
}
