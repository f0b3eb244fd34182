/**
 * Where things lie in a latent picture: pixels, latents (one per 8 × 8 pixels and channel) and entropy
 * tiles, and how both go on beyond the border. The tiles' sizes are those of the container.
 */
import { foldIndex, type Continuation } from '../runtime/index.ts';
import { latentCell, tileBox, tileGrid, type TileBox } from './container/index.ts';

/** Pixels along the side of one latent. */
export const CELL = latentCell;

/** Side of the entropy tiles that are written, pixels. Files say theirs. */
export const TILE_SIDE = 512;

export interface LatentGrid {
  /** Pixels of the picture. */
  readonly width: number;
  readonly height: number;
  readonly tileSide: number;
  /** Latents. */
  readonly columns: number;
  readonly rows: number;
  /** Entropy tiles. */
  readonly tileColumns: number;
  readonly tileRows: number;
  /** In raster order. */
  readonly tiles: readonly TileBox[];
}

export function latentGrid(
  size: { readonly width: number; readonly height: number },
  tileSide = TILE_SIDE,
): LatentGrid {
  const sides = { width: size.width, height: size.height, tileSide };
  const { columns, rows, count } = tileGrid(sides);
  return {
    ...sides,
    columns: Math.ceil(size.width / CELL),
    rows: Math.ceil(size.height / CELL),
    tileColumns: columns,
    tileRows: rows,
    tiles: Array.from({ length: count }, (_, index) => tileBox(sides, index)),
  };
}

/**
 * A picture beyond its border: first mirrored up to whole cells, then about the border of these. The
 * fixed transform's functions are even or odd about that line, so that the decoder can continue latents
 * (`window.ts`) as the encoder has continued pixels.
 */
export const continuedPixel: Continuation = (index, size) =>
  foldIndex(foldIndex(index, Math.ceil(size / CELL) * CELL), size);
