import { describe, expect, it } from 'vitest';
import {
  levelForZoom,
  levelGrid,
  levelSize,
  tileExtent,
  tileKey,
  tilesTouching,
  visibleRect,
} from './geometry.ts';

const pyramid = { width: 12_001, height: 8_400, levels: 6, tileSize: 512 };
const range = () => ({ firstColumn: 0, lastColumn: 0, firstRow: 0, lastRow: 0 });

describe('levels', () => {
  it('halve and round up, as by halving step by step', () => {
    let { width } = pyramid;
    for (let level = 0; level < 6; level++) {
      expect(levelSize(pyramid, level).width).toBe(width);
      width = Math.ceil(width / 2);
    }
  });

  it('are chosen so that nothing is enlarged below 100 %', () => {
    expect([4, 1, 0.99, 0.5, 0.49, 0.25, 0.001].map((zoom) => levelForZoom(zoom, 6))).toEqual([
      0, 0, 0, 1, 1, 2, 5,
    ]);
  });
});

describe('tiles', () => {
  it('are smaller at the edges', () => {
    expect(levelGrid(pyramid, 0)).toEqual({ columns: 24, rows: 17 });
    expect(tileExtent(pyramid, { level: 0, column: 23, row: 16 })).toEqual({
      width: 225,
      height: 208,
    });
    expect(tileExtent(pyramid, { level: 0, column: 22, row: 15 })).toEqual({
      width: 512,
      height: 512,
    });
  });

  it('touch a region without its right and bottom border', () => {
    expect(
      tilesTouching(pyramid, 0, { left: 512, top: 0, right: 1024, bottom: 512.5 }, range()),
    ).toEqual({
      firstColumn: 1,
      lastColumn: 1,
      firstRow: 0,
      lastRow: 1,
    });
    const beyond = tilesTouching(
      pyramid,
      1,
      { left: -500, top: -9, right: 1e6, bottom: 1e6 },
      range(),
    );
    expect(beyond).toEqual({ firstColumn: 0, lastColumn: 11, firstRow: 0, lastRow: 8 });
  });

  it('have one key each', () => {
    const keys = new Set<number>();
    for (let level = 0; level < 6; level++)
      for (let row = 0; row < 17; row++)
        for (let column = 0; column < 24; column++) keys.add(tileKey(level, column, row));
    expect(keys.size).toBe(6 * 17 * 24);
  });
});

describe('the visible part', () => {
  it('is whole pixels inside the image, or null', () => {
    expect(visibleRect(pyramid, { left: -3.2, top: 1.5, right: 10.1, bottom: 4 })).toEqual({
      x: 0,
      y: 1,
      width: 11,
      height: 3,
    });
    expect(visibleRect(pyramid, { left: -9, top: 0, right: 0, bottom: 5 })).toBeNull();
  });
});
