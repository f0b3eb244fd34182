/** Parts of a large picture that stand for the whole of it where only a number is wanted. */
import { allocateSamples, type Raster } from '../pixels/index.ts';
import { TILE_SIDE } from './grid.ts';

/** Copies colours (no alpha) of a rectangle into another picture. */
function copyColours(
  from: Raster,
  source: { readonly x: number; readonly y: number },
  to: Raster,
  target: { readonly x: number; readonly y: number },
  size: { readonly width: number; readonly height: number },
): void {
  const colours = to.channels;
  for (let y = 0; y < size.height; y++) {
    let at = ((source.y + y) * from.width + source.x) * from.channels;
    let out = ((target.y + y) * to.width + target.x) * colours;
    for (let x = 0; x < size.width; x++, at += from.channels, out += colours)
      for (let c = 0; c < colours; c++) to.data[out + c] = from.data[at + c]!;
  }
}

/** Room for colours in the sample type of a picture. */
function emptyColours(from: Raster, width: number, height: number): Raster {
  const { channels, hasAlpha, sampleType, scale } = from;
  const colours = (channels - (hasAlpha ? 1 : 0)) as 1 | 3;
  const data = allocateSamples(sampleType, width * height * colours);
  const own = { width, height, channels: colours, hasAlpha: false, sampleType, data };
  return scale ? { ...own, scale } : own;
}

/** The colours of a rectangle as a picture of its own. */
export function cutOut(
  raster: Raster,
  rect: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): Raster {
  const part = emptyColours(raster, rect.width, rect.height);
  copyColours(raster, rect, part, { x: 0, y: 0 }, rect);
  return part;
}

/**
 * The whole picture where it has no more than `whole` pixels, else at most `count` of its entropy tiles: at
 * equal distances in raster order, each row turned against the one before by the golden section, so that
 * they do not come to lie in one column.
 */
export function spreadParts(raster: Raster, whole: number, count: number): Raster[] {
  const { width, height } = raster;
  if (width * height <= whole) return [cutOut(raster, { x: 0, y: 0, width, height })];
  const columns = Math.max(1, Math.floor(width / TILE_SIDE));
  const rows = Math.max(1, Math.floor(height / TILE_SIDE));
  const tiles = columns * rows;
  const parts = Math.min(count, tiles);
  const turn = Math.round(0.618 * columns);
  return Array.from({ length: parts }, (_, i) => {
    const index = Math.floor(((i + 0.5) * tiles) / parts);
    const row = Math.floor(index / columns);
    const x = TILE_SIDE * ((index + row * turn) % columns);
    const y = TILE_SIDE * row;
    const size = { width: Math.min(TILE_SIDE, width - x), height: Math.min(TILE_SIDE, height - y) };
    return cutOut(raster, { x, y, ...size });
  });
}

/** About `pixels` pixels of a larger picture, squares spread evenly, side by side in one picture. */
export function mosaicOf(raster: Raster, pixels: number): Raster {
  const side = TILE_SIDE;
  const share = Math.sqrt(pixels / (raster.width * raster.height));
  const columns = Math.max(1, Math.round((raster.width * share) / side));
  const rows = Math.max(1, Math.round((raster.height * share) / side));
  const size = { width: Math.min(side, raster.width), height: Math.min(side, raster.height) };
  const mosaic = emptyColours(raster, columns * size.width, rows * size.height);
  const place = (index: number, count: number, room: number): number =>
    count === 1 ? Math.floor(room / 2) : Math.floor((index * room) / (count - 1));
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      copyColours(
        raster,
        {
          x: place(column, columns, raster.width - size.width),
          y: place(row, rows, raster.height - size.height),
        },
        mosaic,
        { x: column * size.width, y: row * size.height },
        size,
      );
  return mosaic;
}
