/**
 * Where the pixels of a tiled run go: rows to a file, as they become complete, a layer of the screen, the
 * visible region first, or a raster in memory. All get the same pixels from whoever makes them, so that
 * what is seen is what is saved.
 */
import {
  throwIfCancelled,
  type CommandContext,
  type DeviceUsed,
  type Rect,
} from '../contract/index.ts';
import { allocateSamples, type Raster, type Samples, type SampleType } from '../pixels/raster.ts';
import type { ImageWriter, Layer, OpenDocument } from '../pixels/types.ts';
import type { Tile, TilePlan } from './types.ts';

/** Where the pixels of a core go: interleaved, whole rows from image row `top` on. */
export interface PixelTarget {
  readonly data: Samples;
  readonly sampleType: SampleType;
  readonly top: number;
}

/** Takes the finished tiles of one run. */
export interface PixelSink {
  /** A plan was made; nothing has been stored yet (also when an earlier plan failed). */
  begin(plan: TilePlan, device: DeviceUsed): void;
  /** Where the pixels of this tile's core belong. */
  target(tile: Tile): PixelTarget;
  /** The pixels of this tile's core are final. */
  stored(tile: Tile): void | Promise<void>;
  /** Chooses the next tile; default: row by row. */
  next?(waiting: ReadonlySet<Tile>): Tile;
}

interface Band {
  readonly top: number;
  readonly height: number;
  readonly data: Samples;
  missing: number;
}

/**
 * Rows to a writer. Holds the band of one row of tiles, two while the next row begins; tiles must
 * come row by row or wait in memory.
 * @param createWriter called once, before the first rows, when it is certain which device runs
 */
export function rowSink(
  source: Pick<Raster, 'width' | 'channels'>,
  sampleType: SampleType,
  createWriter: (device: DeviceUsed) => Promise<ImageWriter>,
): PixelSink {
  const bands = new Map<number, Band>();
  let plan: TilePlan | null = null;
  let device: DeviceUsed | null = null;
  let writer: ImageWriter | null = null;
  let nextRow = 0;
  let spare: Samples | null = null;

  const bandOf = (tile: Tile): Band => {
    let band = bands.get(tile.row);
    if (!band) {
      const { y: top, height } = tile.core;
      const length = source.width * height * source.channels;
      const data = spare?.length === length ? spare : allocateSamples(sampleType, length);
      spare = null;
      band = { top, height, data, missing: plan!.columns };
      bands.set(tile.row, band);
    }
    return band;
  };

  return {
    begin(newPlan, used) {
      bands.clear();
      nextRow = 0;
      plan = newPlan;
      device = used;
    },
    target(tile) {
      const { data, top } = bandOf(tile);
      return { data, sampleType, top };
    },
    async stored(tile) {
      bandOf(tile).missing--;
      for (let band = bands.get(nextRow); band?.missing === 0; band = bands.get(++nextRow)) {
        writer ??= await createWriter(device!);
        await writer.writeRows(band.data, band.height);
        bands.delete(nextRow);
        spare = band.data;
      }
    },
  };
}

/** Rows handed to the writer at once when a whole raster is written. */
const ROWS_AT_ONCE = 256;

/** Writes finished pixels as they are. @throws HourglassError cancelled, output-not-writable */
export async function writeRaster(
  raster: Raster,
  writer: ImageWriter,
  signal: AbortSignal,
): Promise<void> {
  const { width, height, channels, data } = raster;
  for (let top = 0; top < height; top += ROWS_AT_ONCE) {
    throwIfCancelled(signal);
    const rows = Math.min(ROWS_AT_ONCE, height - top);
    const start = top * width * channels;
    await writer.writeRows(data.subarray(start, start + rows * width * channels), rows);
  }
}

/** Pixels to all of a raster that is in memory anyway. */
export const rasterSink = ({ data, sampleType }: Raster): PixelSink => ({
  begin: () => undefined,
  target: () => ({ data, sampleType, top: 0 }),
  stored: () => undefined,
});

export interface LayerSink extends PixelSink {
  stored(tile: Tile): void;
  next(waiting: ReadonlySet<Tile>): Tile;
}

/** Tells that all of a layer is there. @param document that the layer belongs to */
export function tellWhole(
  { id, info: { width, height } }: Pick<OpenDocument, 'id' | 'info'>,
  layer: string,
  { job, emit }: Pick<CommandContext, 'job' | 'emit'>,
): void {
  emit({
    type: 'layer',
    job,
    document: id,
    layer,
    rect: { x: 0, y: 0, width, height },
    finishedTiles: 1,
    totalTiles: 1,
  });
}

/**
 * A layer of the screen: every finished tile is said at once.
 * @param view the region visible now; asked before every tile
 */
export function layerSink(
  document: string,
  layer: Layer,
  view: () => Rect | null,
  { job, emit }: Pick<CommandContext, 'job' | 'emit'>,
): LayerSink {
  let total = 0;
  let finished = 0;
  return {
    begin(plan) {
      total = plan.tiles.length;
      finished = 0;
    },
    target: () => ({ data: layer.raster.data, sampleType: layer.raster.sampleType, top: 0 }),
    stored(tile) {
      layer.touch(tile.core);
      finished++;
      emit({
        type: 'layer',
        job,
        document,
        layer: layer.id,
        rect: tile.core,
        finishedTiles: finished,
        totalTiles: total,
      });
    },
    next: (waiting) => nearest(waiting, view()),
  };
}

/** The tile that a viewer wants most: visible before hidden, then nearest to the view's centre. */
export function nearest(waiting: ReadonlySet<Tile>, view: Rect | null): Tile {
  const [first] = waiting;
  if (!view) return first!;
  const x = view.x + view.width / 2;
  const y = view.y + view.height / 2;
  let best = first!;
  let least: readonly [number, number] = [Infinity, Infinity];
  for (const tile of waiting) {
    const { core } = tile;
    // Distance to the view first (0 when visible), distance to its centre second.
    const outside =
      Math.max(0, view.x - core.x - core.width + 1, core.x - view.x - view.width + 1) ** 2 +
      Math.max(0, view.y - core.y - core.height + 1, core.y - view.y - view.height + 1) ** 2;
    const off = (core.x + core.width / 2 - x) ** 2 + (core.y + core.height / 2 - y) ** 2;
    if (outside < least[0] || (outside === least[0] && off < least[1])) {
      best = tile;
      least = [outside, off];
    }
  }
  return best;
}
