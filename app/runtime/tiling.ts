/**
 * How a picture is cut into the network's square inputs: side from a memory budget, cores that
 * partition the picture, halos that are thrown away. What fills a tile is `tensors.ts`.
 *
 * Cost of a plan is what the network is fed in total: columns × rows × side². A larger side wastes
 * less on halos, a fitting side wastes less beyond the last column; so a side is searched for, not
 * the largest taken (24 megapixels, 6000 × 4000, halo 48: 30.1 megapixels are fed at side 1120, 31.9
 * at 768, but 36.7 at 1024).
 */
import { HourglassError, invalidParameter } from '../contract/index.ts';
import type { ModelCard, Tile, TilePlan } from './types.ts';
import { say } from './sentences.ts';

/** Cores start at multiples of this: pyramid tiles, 4:2:0 chroma and rows of the writer align. */
export const STRIDE_STEP = 32;

/**
 * Memory of one inference besides our own buffers, for cards that do not say: that of a residual U-Net
 * of widths 32, 64, 128, measured with `npm run bench -- tile-sizes`; see docs/runtime-notes.md.
 */
export const DEFAULT_NETWORK_MEMORY: ModelCard['memory'] = {
  fixedBytes: 40e6,
  bytesPerPixel: 205,
};

/** Default memory for one inference with its buffers, bytes: sides up to 1120. */
export const DEFAULT_MEMORY_BUDGET = 384e6;

/**
 * The smallest side that costs at most this much more than the cheapest is taken: a person who looks
 * on sees results, and a cancel takes effect, after one tile.
 */
const PRICE_OF_PATIENCE = 1.08;

/** Fixed price of a tile (messages, scheduling), in pixels of network input: about 5 ms. */
const TILE_PRICE = 10_000;

export interface TilingRequest {
  readonly width: number;
  readonly height: number;
  /** Border thrown away on each side, pixels; rounded up to `multipleOf`. */
  readonly halo: number;
  /** The same of a tile that holds the whole picture, whose neighbours are nothing but its mirror image. Default: `halo`. */
  readonly border?: number;
  /** Sides and origins are multiples of this. */
  readonly multipleOf: number;
}

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;
const roundDown = (value: number, step: number): number => Math.floor(value / step) * step;

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

const strideStep = (multipleOf: number): number =>
  (STRIDE_STEP * multipleOf) / greatestCommonDivisor(STRIDE_STEP, multipleOf);

/** The smallest side that can tile a picture of any size. */
export function smallestSide(request: Pick<TilingRequest, 'halo' | 'multipleOf'>): number {
  const { multipleOf } = request;
  return roundUp(2 * roundUp(request.halo, multipleOf) + strideStep(multipleOf), multipleOf);
}

/**
 * Largest side whose inference fits into a budget.
 * @param memoryBudget bytes, for the network and the buffers
 * @param memory what the network takes, from its card
 * @param bufferBytesPerPixel our own buffers, bytes per pixel of the network's input
 */
export function largestSide(
  memoryBudget: number,
  memory: ModelCard['memory'],
  bufferBytesPerPixel: number,
): number {
  const rest = Math.max(0, memoryBudget - memory.fixedBytes);
  return roundDown(Math.sqrt(rest / (memory.bytesPerPixel + bufferBytesPerPixel)), STRIDE_STEP);
}

/** `any` on the CPU, where one session takes every shape; `few` on GPUs, which compile for each. */
export type Shapes = 'any' | 'few';

/** Sides on GPUs are multiples of this: at most four shapes under the default budget. */
const FEW_STEP = 256;

/**
 * A side within the budget that wastes little. A picture that fits into one tile gets one of its size.
 * @param request.largest largest side allowed, pixels; never taken below `smallestSide`
 */
export function chooseSide(request: TilingRequest & { shapes: Shapes; largest: number }): number {
  const { width, height, multipleOf, shapes } = request;
  const border = roundUp(request.border ?? request.halo, multipleOf);
  const smallest = smallestSide(request);
  const step =
    shapes === 'few'
      ? (FEW_STEP * multipleOf) / greatestCommonDivisor(FEW_STEP, multipleOf)
      : strideStep(multipleOf);
  const largest = Math.max(smallest, request.largest);
  const sides: number[] = [];
  for (let side = roundUp(smallest, step); side <= largest; side += step) sides.push(side);
  const whole = roundUp(Math.max(width, height) + 2 * border, shapes === 'few' ? step : multipleOf);
  if (whole <= largest) sides.push(whole);
  if (sides.length === 0) return smallest;
  const price = (side: number): number => {
    const { columns, rows } = grid(request, side);
    return columns * rows * (side * side + TILE_PRICE);
  };
  const limit = PRICE_OF_PATIENCE * Math.min(...sides.map(price));
  return Math.min(...sides.filter((side) => price(side) <= limit));
}

/** Half the side, for a second try with less memory; null when it is the smallest already. */
export function halveSide(
  side: number,
  request: Pick<TilingRequest, 'halo' | 'multipleOf'>,
): number | null {
  const smallest = smallestSide(request);
  if (side <= smallest) return null;
  const { multipleOf } = request;
  return Math.max(smallest, roundDown(side / 2, strideStep(multipleOf)));
}

function grid(request: TilingRequest, side: number) {
  const { width, height, multipleOf } = request;
  const border = roundUp(request.border ?? request.halo, multipleOf);
  const isWhole = Math.max(width, height) + 2 * border <= side;
  const halo = isWhole ? border : roundUp(request.halo, multipleOf);
  const room = side - 2 * halo;
  const stride = roundDown(room, strideStep(multipleOf));
  const count = (extent: number) => (extent <= room ? 1 : Math.ceil(extent / stride));
  return { halo, stride, columns: count(width), rows: count(height) };
}

/**
 * Cuts a picture. Cores partition it exactly; core (column, row) starts at (column, row) × stride;
 * a tile's input starts `halo` (of a picture in one tile: `border`) further left and up, so it may begin outside the
 * picture, where pixels are mirrored. Tiles are listed row by row.
 * @throws HourglassError invalid-parameter when `side` is not a multiple of `multipleOf` or leaves no core
 */
export function planTiles(request: TilingRequest & { side: number }): TilePlan {
  const { width, height, side, multipleOf } = request;
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1)
    throw new HourglassError('internal', say('picturePixelsCanNotTiled', { width, height }));
  const { halo, stride, columns, rows } = grid(request, side);
  const enough = Math.max(width, height) <= side - 2 * halo || stride > 0;
  if (!Number.isInteger(side) || side % multipleOf !== 0 || !enough)
    throw invalidParameter(
      'side',
      say('multipleAtLeast', { multipleOf, request: smallestSide(request) }),
      side,
    );
  const tiles: Tile[] = [];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const x = column * stride;
      const y = row * stride;
      const core = {
        x,
        y,
        width: columns === 1 ? width : Math.min(stride, width - x),
        height: rows === 1 ? height : Math.min(stride, height - y),
      };
      tiles.push({ index: tiles.length, column, row, core, origin: { x: x - halo, y: y - halo } });
    }
  return { width, height, side, halo, columns, rows, tiles };
}

/**
 * At most `count` tiles spread evenly over a picture, for facts about the whole of it that do not need
 * every pixel; the tiles of `planTiles` where those are no more. Windows inside the picture see its real
 * neighbours in their halo; only at its borders they are mirrored. Works like any plan:
 *
 *     const plan = spreadTiles({ width, height, halo: card.halo, multipleOf, side: 256, count: 48 });
 *     await inference.run({ model: card, plan, passes: 1, fill, collect, … });
 *
 * and `collect` finds the output of the core at (core − origin) / cell, core / cell samples wide.
 * @throws HourglassError invalid-parameter as `planTiles`
 */
export function spreadTiles(request: TilingRequest & { side: number; count: number }): TilePlan {
  const { width, height, multipleOf, count } = request;
  const whole = planTiles(request);
  if (whole.tiles.length <= count) return whole;
  const { halo, stride } = grid(request, request.side);
  // Disjoint cores: no more of them than fit beside each other.
  const most = {
    columns: Math.max(1, Math.floor(width / stride)),
    rows: Math.max(1, Math.floor(height / stride)),
  };
  const fit = (wanted: number, limit: number) => Math.max(1, Math.min(limit, Math.floor(wanted)));
  const rows = fit(Math.sqrt((count * height) / width) + 0.5, Math.min(most.rows, count));
  const columns = fit(count / rows, most.columns);
  const place = (index: number, places: number, room: number): number =>
    roundDown(places === 1 ? room / 2 : (index * room) / (places - 1), multipleOf);
  const core = { width: Math.min(stride, width), height: Math.min(stride, height) };
  const tiles: Tile[] = [];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const x = place(column, columns, width - core.width);
      const y = place(row, rows, height - core.height);
      tiles.push({
        index: tiles.length,
        column,
        row,
        core: { x, y, ...core },
        origin: { x: x - halo, y: y - halo },
      });
    }
  return { width, height, side: request.side, halo, columns, rows, tiles };
}
