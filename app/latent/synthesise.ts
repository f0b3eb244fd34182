/**
 * Latents to pixels: the synthesis network over the picture, or over a part of it, into a sink. The same
 * function serves files, the screen and other commands that open a latent file.
 */
import type { CommandContext, DeviceChoice, PrecisionChoice, Rect } from '../contract/index.ts';
import { maxValue, minValue, type Raster, type SampleType } from '../pixels/raster.ts';
import type { Ends } from '../pixels/samples.ts';
import {
  writeInterleaved,
  type Inference,
  type PixelSink,
  type PixelTarget,
  type Tile,
  type TilePlan,
  type TiledRunResult,
} from '../runtime/index.ts';
import type { AlphaRows } from './alpha-rows.ts';
import type { Codec } from './codec.ts';
import { CELL, type LatentGrid } from './grid.ts';
import type { PaddingRows } from './padding-rows.ts';
import type { DecodedTiles, TileLatents } from './tile-latents.ts';
import { fillWindow, tilesOf } from './window.ts';

export interface SynthesisRequest {
  readonly codec: Codec;
  readonly grid: LatentGrid;
  readonly tiles: DecodedTiles;
  /** Index of the quantiser's step. */
  readonly step: number;
  readonly inference: Inference;
  readonly device: DeviceChoice;
  /** Default `auto`: latents are the same in any arithmetic, pixels differ by at most one 8-bit step (tested). */
  readonly precision?: PrecisionChoice;
  /** Inside the picture, pixels. */
  readonly region: Rect;
  /** What the sink's pixels are: as wide as the region. */
  readonly layout: Pick<Raster, 'channels' | 'hasAlpha'> & {
    /** Values of 0 and 1 in samples of a type; null: those that the type has. */
    ends(sampleType: SampleType): Ends | null;
  };
  /** null: there is none. */
  readonly alpha: AlphaRows | null;
  /** null: nothing is known of padding. */
  readonly padding: PaddingRows | null;
  /** Is given tiles of the region, whose top left is 0, 0. */
  readonly sink: PixelSink;
  /** Exact side of the network's tiles, for tests. */
  readonly side?: number;
}

/** @throws HourglassError as `Inference.run` */
export async function synthesise(
  request: SynthesisRequest,
  { signal, progress }: Pick<CommandContext, 'signal' | 'progress'>,
): Promise<Pick<TiledRunResult, 'device' | 'precision'>> {
  const { codec, grid, tiles, step, sink, region, side } = request;
  const network = codec.card.parts.synthesis;
  // Windows begin at whole steps of the network; what they have too much is cut off.
  const roundDown = (value: number): number =>
    Math.floor(value / network.input.multipleOf) * network.input.multipleOf;
  const from = { x: roundDown(region.x), y: roundDown(region.y) };
  const whole = (value: number): number => Math.ceil(value / CELL) * CELL;
  let moved: Moved = { there: new Map(), back: new Map() };

  const result = await request.inference.run({
    model: network,
    device: request.device,
    precision: request.precision ?? 'auto',
    width: whole(region.x + region.width - from.x),
    height: whole(region.y + region.height - from.y),
    passes: 1,
    ...(side === undefined ? {} : { side }),
    planned: (plan, device) => {
      moved = intoRegion(plan, from, region);
      tiles.keep(tilesInTurns(plan, grid));
      const { width, height } = region;
      sink.begin({ ...plan, width, height, tiles: [...moved.back.keys()] }, device);
    },
    fill: async (tile, _pass, plan, input) => {
      const window = {
        x: (tile.origin.x + from.x) / CELL,
        y: (tile.origin.y + from.y) / CELL,
        side: plan.side / CELL,
      };
      const needed = new Map<number, TileLatents>();
      await Promise.all(
        tilesOf(window, grid).map(async (index) => needed.set(index, await tiles.get(index))),
      );
      fillWindow(window, grid, needed, codec.entropy, step, input);
    },
    collect: async (tile, [output], plan) => {
      const own = moved.there.get(tile)!;
      const target = sink.target(own);
      writeColours(request, output!, plan.side, own, target);
      grayOut(request, own, target);
      await request.alpha?.write(own.core, region, target, request.layout.channels);
      await request.padding?.write(own.core, region, target);
      await sink.stored(own);
    },
    ...(sink.next
      ? {
          next: (waiting: ReadonlySet<Tile>) => {
            const own = new Set([...waiting].map((tile) => moved.there.get(tile)!));
            return moved.back.get(sink.next!(own))!;
          },
        }
      : {}),
    signal,
    progress,
  });
  return result;
}

/** Tiles of the plan, and the same ones cut and moved into the region. */
interface Moved {
  readonly there: Map<Tile, Tile>;
  readonly back: Map<Tile, Tile>;
}

/** Every tile's core has a part in the region: it begins less than a core before it. */
function intoRegion(plan: TilePlan, from: { x: number; y: number }, region: Rect): Moved {
  const left = region.x - from.x;
  const top = region.y - from.y;
  const moved: Moved = { there: new Map(), back: new Map() };
  for (const tile of plan.tiles) {
    const x = Math.max(0, tile.core.x - left);
    const y = Math.max(0, tile.core.y - top);
    const own: Tile = {
      ...tile,
      core: {
        x,
        y,
        width: Math.min(region.width, tile.core.x + tile.core.width - left) - x,
        height: Math.min(region.height, tile.core.y + tile.core.height - top) - y,
      },
      origin: { x: tile.origin.x - left, y: tile.origin.y - top },
    };
    moved.there.set(tile, own);
    moved.back.set(own, tile);
  }
  return moved;
}

/** Entropy tiles that two rows of network tiles touch: each is decoded once where rows come in order. */
function tilesInTurns(plan: TilePlan, { tileSide, tileColumns, tiles }: LatentGrid): number {
  const rows = Math.ceil(plan.side / tileSide) + 1;
  const columns = Math.min(tileColumns, Math.ceil((plan.width + plan.side) / tileSide) + 1);
  return Math.min(tiles.length, rows * columns);
}

function writeColours(
  { region, layout }: SynthesisRequest,
  output: Float32Array,
  side: number,
  { core, origin }: Tile,
  { data, sampleType, top }: PixelTarget,
): void {
  const { channels, hasAlpha } = layout;
  const ends = layout.ends(sampleType);
  writeInterleaved(
    output,
    3,
    {
      side,
      fromX: core.x - origin.x,
      fromY: core.y - origin.y,
      width: core.width,
      height: core.height,
      targetWidth: region.width,
      channels,
      colours: (channels - (hasAlpha ? 1 : 0)) as 1 | 3,
      toX: core.x,
      toY: core.y - top,
      ...(ends ? { ends } : {}),
    },
    data,
    sampleType,
  );
}

/** Lost tiles are flat mid-gray, whatever their neighbours have made the network see in them. */
function grayOut(
  { grid, tiles, region, layout }: SynthesisRequest,
  { core }: Tile,
  { data, sampleType, top }: PixelTarget,
): void {
  const { channels, hasAlpha } = layout;
  const colours = channels - (hasAlpha ? 1 : 0);
  const { black, white } = layout.ends(sampleType) ?? {
    black: minValue(sampleType),
    white: maxValue(sampleType),
  };
  const middle = (white - black) / 2;
  const gray = black + (sampleType === 'float32' ? middle : Math.round(middle));
  for (const box of tiles.lost(grid.tiles)) {
    const right = Math.min(core.x + core.width, box.x + box.width - region.x);
    const bottom = Math.min(core.y + core.height, box.y + box.height - region.y);
    const left = Math.max(core.x, box.x - region.x);
    for (let y = Math.max(core.y, box.y - region.y); y < bottom; y++)
      for (let x = left; x < right; x++) {
        const at = ((y - top) * region.width + x) * channels;
        data.fill(gray, at, at + colours);
      }
  }
}
