/**
 * Pyramid arithmetic: levels, tiles and rectangles. Pure numbers, no pixels and no state; where the
 * image lies on the screen is view.ts.
 */
import type { Rect } from '../../app/contract/index.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A pyramid of tiles: level 0 is full size, each next level half of the one before (rounded up). */
export interface Pyramid extends Size {
  readonly levels: number;
  /** Side of a tile in pixels of its own level; tiles at the right and bottom edge are smaller. */
  readonly tileSize: number;
}

export interface TilePlace {
  readonly level: number;
  readonly column: number;
  readonly row: number;
}

/** An inclusive range of tiles of one level. Empty when `lastColumn < firstColumn`. */
export interface TileRange {
  firstColumn: number;
  lastColumn: number;
  firstRow: number;
  lastRow: number;
}

/** Size of a level in its own pixels. */
export const levelSize = (pyramid: Pyramid, level: number): Size => ({
  width: Math.max(1, Math.ceil(pyramid.width / 2 ** level)),
  height: Math.max(1, Math.ceil(pyramid.height / 2 ** level)),
});

/** Number of tiles along each side of a level. */
export const levelGrid = (pyramid: Pyramid, level: number): { columns: number; rows: number } => {
  const size = levelSize(pyramid, level);
  return {
    columns: Math.ceil(size.width / pyramid.tileSize),
    rows: Math.ceil(size.height / pyramid.tileSize),
  };
};

/** Pixels of one tile; smaller than `tileSize` at the right and bottom edge. */
export const tileExtent = (pyramid: Pyramid, place: TilePlace): Size => {
  const size = levelSize(pyramid, place.level);
  return {
    width: Math.min(pyramid.tileSize, size.width - place.column * pyramid.tileSize),
    height: Math.min(pyramid.tileSize, size.height - place.row * pyramid.tileSize),
  };
};

/**
 * One number per tile of a pyramid, for maps without string keys. Room for 8192 tiles a side, which
 * at 512 pixels is 4 million pixels a side.
 */
export const tileKey = (level: number, column: number, row: number): number =>
  (level * 8192 + row) * 8192 + column;

/**
 * The coarsest level that still has at least one pixel per screen pixel, so that the picture is
 * never enlarged below 100 %.
 * @param zoom device pixels per image pixel
 */
export const levelForZoom = (zoom: number, levels: number): number => {
  const exact = Math.floor(Math.log2(1 / zoom) + 1e-6);
  return Math.min(Math.max(exact, 0), Math.max(levels - 1, 0));
};

/**
 * Tiles of a level that touch the full-size region [left, right) x [top, bottom), written into `out`
 * (reused every frame). The region may reach over the image's edges.
 */
export const tilesTouching = (
  pyramid: Pyramid,
  level: number,
  region: { left: number; top: number; right: number; bottom: number },
  out: TileRange,
): TileRange => {
  const side = pyramid.tileSize * 2 ** level;
  const right = Math.min(region.right, pyramid.width);
  const bottom = Math.min(region.bottom, pyramid.height);
  out.firstColumn = Math.max(0, Math.floor(region.left / side));
  out.firstRow = Math.max(0, Math.floor(region.top / side));
  out.lastColumn = Math.ceil(right / side) - 1;
  out.lastRow = Math.ceil(bottom / side) - 1;
  return out;
};

/** The common part of a floating region and the image, as whole pixels; null when there is none. */
export const visibleRect = (
  image: Size,
  region: { left: number; top: number; right: number; bottom: number },
): Rect | null => {
  const x = Math.max(0, Math.floor(region.left));
  const y = Math.max(0, Math.floor(region.top));
  const right = Math.min(image.width, Math.ceil(region.right));
  const bottom = Math.min(image.height, Math.ceil(region.bottom));
  if (right <= x || bottom <= y) return null;
  return { x, y, width: right - x, height: bottom - y };
};

export const sameRect = (a: Rect | null, b: Rect | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.x === b.x &&
    a.y === b.y &&
    a.width === b.width &&
    a.height === b.height);
