/** The grid of entropy tiles of a picture, and how large their parts may be. Shared by reader and writer. */
import type { LatentHeader, TileBox } from './types.ts';

/** Pixels per side of a latent. */
export const latentCell = 8;

export interface TileGrid {
  readonly columns: number;
  readonly rows: number;
  readonly count: number;
}

type Sides = Pick<LatentHeader, 'width' | 'height' | 'tileSide'>;

export function tileGrid({ width, height, tileSide }: Sides): TileGrid {
  const columns = Math.ceil(width / tileSide);
  const rows = Math.ceil(height / tileSide);
  return { columns, rows, count: columns * rows };
}

export function tileBox(sides: Sides, index: number): TileBox {
  const { width, height, tileSide } = sides;
  const { columns } = tileGrid(sides);
  const column = index % columns;
  const row = Math.floor(index / columns);
  const x = column * tileSide;
  const y = row * tileSide;
  const box = { width: Math.min(tileSide, width - x), height: Math.min(tileSide, height - y) };
  return {
    ...{ index, column, row, x, y },
    ...box,
    latentColumns: Math.ceil(box.width / latentCell),
    latentRows: Math.ceil(box.height / latentCell),
  };
}

/** Pixel rows of a row of tiles. */
export const rowsOfTiles = ({ height, tileSide }: Sides, row: number): number =>
  Math.min(tileSide, height - row * tileSide);

/**
 * Most bytes of a stream: 4 KiB per latent position. The worst symbols, all of them escapes, take less than
 * 8 bytes each, and no network of version 1 has 512 channels.
 */
export const maxStreamBytes = (box: TileBox): number =>
  64 + 4096 * box.latentColumns * box.latentRows;
