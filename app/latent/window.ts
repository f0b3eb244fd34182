/**
 * The synthesis network's input: a square window of latents in levels, and the quantiser's step. Windows
 * reach across entropy tiles, so that their borders do not show, and beyond the picture, where latents go on
 * as those of the mirrored picture: position −1 is position 0, and so on, with the sign turned where the
 * transform's function is odd along that axis (`entropy.bin`, parity).
 */
import { fillPlane, foldIndex } from '../runtime/index.ts';
import { delta, type EntropyModel } from './entropy/index.ts';
import { CELL, type LatentGrid } from './grid.ts';
import type { TileLatents } from './tile-latents.ts';

/** Latents of a window, from the picture's top left; may begin and end outside of it. */
export interface LatentWindow {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** Positions of a window along one axis that come from one tile, one after the other. */
interface Run {
  /** Tile along the axis. */
  readonly tile: number;
  /** First position in the window, and its position in the tile. */
  readonly to: number;
  readonly from: number;
  readonly length: number;
  /** Positions in the tile fall instead of rise, and odd functions turn their sign. */
  readonly mirrored: boolean;
}

/** Cuts an axis of a window into runs. @param size positions of the picture @param perTile of a tile */
export function runsOf(start: number, side: number, size: number, perTile: number): Run[] {
  const runs: { tile: number; to: number; from: number; length: number; mirrored: boolean }[] = [];
  for (let i = 0; i < side; i++) {
    const position = foldIndex(start + i, size);
    // About an edge the axis turns; folded twice it runs forward again.
    const mirrored = Math.floor((start + i) / size) % 2 !== 0;
    const tile = Math.floor(position / perTile);
    const last = runs.at(-1);
    if (last && last.tile === tile && last.mirrored === mirrored) last.length++;
    else runs.push({ tile, to: i, from: position - tile * perTile, length: 1, mirrored });
  }
  return runs;
}

/** Indices of the tiles that a window needs, each once. */
export function tilesOf(window: LatentWindow, grid: LatentGrid): number[] {
  const perTile = grid.tileSide / CELL;
  const across = new Set(runsOf(window.x, window.side, grid.columns, perTile).map((r) => r.tile));
  const down = new Set(runsOf(window.y, window.side, grid.rows, perTile).map((r) => r.tile));
  return [...down].flatMap((row) => [...across].map((column) => row * grid.tileColumns + column));
}

/**
 * @param tiles by index, at least those of `tilesOf`; lost ones give 0, which is mid-gray
 * @param target planar [channels + 1, side, side]: latents in levels, then the step in levels
 */
export function fillWindow(
  window: LatentWindow,
  grid: LatentGrid,
  tiles: ReadonlyMap<number, TileLatents>,
  { channels, parity }: Pick<EntropyModel, 'channels' | 'parity'>,
  step: number,
  target: Float32Array,
): void {
  const { side } = window;
  const perTile = grid.tileSide / CELL;
  const across = runsOf(window.x, side, grid.columns, perTile);
  const down = runsOf(window.y, side, grid.rows, perTile);
  const plane = side * side;
  const scale = delta(step) / 64;
  for (const vertical of down)
    for (const horizontal of across) {
      const index = vertical.tile * grid.tileColumns + horizontal.tile;
      const values = tiles.get(index)?.values;
      const { latentColumns: columns, latentRows: rows } = grid.tiles[index]!;
      for (let channel = 0; channel < channels; channel++) {
        const odd = parity[channel]!;
        const turned =
          (horizontal.mirrored && (odd & 1) !== 0) !== (vertical.mirrored && (odd & 2) !== 0);
        copyRuns(
          values ?? null,
          channel * columns * rows,
          columns,
          horizontal,
          vertical,
          turned ? -scale : scale,
          target,
          channel * plane,
          side,
        );
      }
    }
  fillPlane(target, channels, side, delta(step));
}

function copyRuns(
  values: Int32Array | null,
  start: number,
  columns: number,
  horizontal: Run,
  vertical: Run,
  scale: number,
  target: Float32Array,
  plane: number,
  side: number,
): void {
  const step = horizontal.mirrored ? -1 : 1;
  for (let row = 0; row < vertical.length; row++) {
    const fromRow = vertical.from + (vertical.mirrored ? -row : row);
    let from = start + fromRow * columns + horizontal.from;
    let to = plane + (vertical.to + row) * side + horizontal.to;
    if (!values) target.fill(0, to, to + horizontal.length);
    else
      for (let i = 0; i < horizontal.length; i++, from += step)
        target[to++] = values[from]! * scale;
  }
}
