/**
 * A picture to latents: the analysis network over the whole picture, its tiles unlike the entropy tiles
 * and overlapping, so that no border of an entropy tile shows; the latents come out entropy tile by
 * entropy tile, as they become complete. Memory: the entropy tiles that the last row or two of network
 * tiles have begun.
 */
import type { CommandContext, DeviceChoice, DeviceUsed } from '../contract/index.ts';
import type { Raster } from '../pixels/raster.ts';
import {
  readPlanar,
  type Inference,
  type Network,
  type Tile,
  type TilePlan,
} from '../runtime/index.ts';
import type { TileBox } from './container/index.ts';
import { CELL, continuedPixel, type LatentGrid } from './grid.ts';
import { LatentStore } from './latent-store.ts';

export interface AnalysisRequest {
  /** Colour, or gray, which the network sees three times; alpha is not looked at. */
  readonly raster: Raster;
  readonly grid: LatentGrid;
  readonly network: Network;
  readonly inference: Inference;
  readonly device: DeviceChoice;
  /** Exact side of the network's tiles, for tests. */
  readonly side?: number;
  /**
   * Takes the latents of one entropy tile, each tile once; the network waits for it.
   * @param y [channels][rows][columns], 8-bit levels of an orthonormal basis; the taker's own
   */
  readonly take: (box: TileBox, y: Float32Array) => void | Promise<void>;
}

interface Growing {
  readonly y: Float32Array;
  /** Positions that have not come yet. */
  missing: number;
}

/** @throws HourglassError as `Inference.run` */
export async function analyse(
  request: AnalysisRequest,
  { signal, progress }: Pick<CommandContext, 'signal' | 'progress'>,
): Promise<DeviceUsed> {
  const { raster, grid, network, inference, device, side } = request;
  const growing = new Map<TileBox, Growing>();
  const { channels } = network.output;

  const collect = async (tile: Tile, [output]: readonly Float32Array[], plan: TilePlan) => {
    for (const box of grid.tiles) {
      const part = overlap(tile, box);
      if (!part) continue;
      const area = box.latentColumns * box.latentRows;
      let tileLatents = growing.get(box);
      if (!tileLatents) {
        tileLatents = { y: new Float32Array(channels * area), missing: area };
        growing.set(box, tileLatents);
      }
      copyLatents(output!, plan.side / CELL, tile, part, box, tileLatents.y, channels);
      tileLatents.missing -= part.columns * part.rows;
      if (tileLatents.missing > 0) continue;
      growing.delete(box);
      await request.take(box, tileLatents.y);
    }
  };

  const result = await inference.run({
    model: network,
    device,
    precision: 'fp32',
    width: grid.columns * CELL,
    height: grid.rows * CELL,
    passes: 1,
    ...(side === undefined ? {} : { side }),
    planned: () => growing.clear(),
    fill: (tile, _pass, plan, input) =>
      readPlanar(raster, tile.origin, plan.side, input, 3, continuedPixel),
    collect,
    signal,
    progress,
  });
  return result.device;
}

/**
 * All latents of a picture, kept. The caller closes the store.
 * @param inMemory as of `LatentStore`
 * @throws HourglassError as `Inference.run`; nothing is kept then
 */
export async function analyseAll(
  request: Omit<AnalysisRequest, 'take'>,
  context: Pick<CommandContext, 'signal' | 'progress'>,
  inMemory?: number,
): Promise<{ readonly store: LatentStore; readonly device: DeviceUsed }> {
  const { grid, network } = request;
  const values = network.output.channels * grid.columns * grid.rows;
  const store = new LatentStore(values, inMemory);
  try {
    const take = (box: TileBox, y: Float32Array): Promise<void> => store.put(box.index, y);
    return { store, device: await analyse({ ...request, take }, context) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Latents, from the picture's top left. */
interface LatentRect {
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly rows: number;
}

function overlap({ core }: Tile, box: TileBox): LatentRect | null {
  const x = Math.max(core.x, box.x) / CELL;
  const y = Math.max(core.y, box.y) / CELL;
  const right = Math.min((core.x + core.width) / CELL, box.x / CELL + box.latentColumns);
  const bottom = Math.min((core.y + core.height) / CELL, box.y / CELL + box.latentRows);
  return right > x && bottom > y ? { x, y, columns: right - x, rows: bottom - y } : null;
}

/** @param from planar [channels, side, side], whose top left is the tile's origin */
function copyLatents(
  from: Float32Array,
  side: number,
  { origin }: Tile,
  part: LatentRect,
  box: TileBox,
  to: Float32Array,
  channels: number,
): void {
  const area = box.latentColumns * box.latentRows;
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < part.rows; row++) {
      const at =
        (channel * side + part.y + row - origin.y / CELL) * side + part.x - origin.x / CELL;
      const target =
        channel * area + (part.y + row - box.y / CELL) * box.latentColumns + part.x - box.x / CELL;
      to.set(from.subarray(at, at + part.columns), target);
    }
}
