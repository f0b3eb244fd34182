import { describe, expect, it } from 'vitest';
import {
  chooseSide,
  DEFAULT_MEMORY_BUDGET,
  DEFAULT_NETWORK_MEMORY,
  halveSide,
  largestSide,
  planTiles,
  smallestSide,
  spreadTiles,
  STRIDE_STEP,
} from '../../../app/runtime/tiling.ts';
import { uniform } from '../../random.ts';

const sizes = [
  [1, 1],
  [7, 3],
  [1, 500],
  [31, 33],
  [416, 416],
  [417, 416],
  [1009, 757],
  [2049, 1300],
] as const;

describe('planTiles', () => {
  for (const side of [256, 512, 768])
    for (const [width, height] of sizes)
      it(`partitions ${width} × ${height} at side ${side}`, () => {
        const halo = 48;
        const plan = planTiles({ width, height, halo, multipleOf: 8, side });
        expect(plan.tiles.length).toBe(plan.columns * plan.rows);
        const covered = new Uint8Array(width * height);
        for (const { core, origin, index, column, row } of plan.tiles) {
          expect(index).toBe(row * plan.columns + column);
          expect(core.x % STRIDE_STEP).toBe(0);
          expect(core.y % STRIDE_STEP).toBe(0);
          expect(Math.abs(origin.x % 8)).toBe(0);
          expect(Math.abs(origin.y % 8)).toBe(0);
          // The halo is whole on all four sides.
          expect(core.x - origin.x).toBe(halo);
          expect(core.y - origin.y).toBe(halo);
          expect(core.x + core.width + halo).toBeLessThanOrEqual(origin.x + side);
          expect(core.y + core.height + halo).toBeLessThanOrEqual(origin.y + side);
          for (let y = core.y; y < core.y + core.height; y++)
            for (let x = core.x; x < core.x + core.width; x++) covered[y * width + x]! += 1;
        }
        expect(covered.every((times) => times === 1)).toBe(true);
      });

  it('partitions pictures of random sizes with random halos', () => {
    const next = uniform(5);
    const upTo = (n: number) => 1 + Math.floor(next() * n);
    for (let trial = 0; trial < 200; trial++) {
      const request = {
        width: upTo(3000),
        height: upTo(3000),
        halo: upTo(70) - 1,
        multipleOf: [1, 4, 8, 16, 24][trial % 5]!,
      };
      const shapes = trial % 2 ? 'any' : 'few';
      const side = chooseSide({ ...request, shapes, largest: 256 + upTo(900) });
      const plan = planTiles({ ...request, side });
      const area = plan.tiles.reduce((sum, { core }) => sum + core.width * core.height, 0);
      expect(area).toBe(request.width * request.height);
      expect(plan.halo).toBeGreaterThanOrEqual(request.halo);
      for (const { core, origin } of plan.tiles) {
        expect(core.x + core.width).toBeLessThanOrEqual(request.width);
        expect(core.y + core.height).toBeLessThanOrEqual(request.height);
        expect(core.width + 2 * plan.halo).toBeLessThanOrEqual(side);
        expect(origin.x % request.multipleOf === 0 && origin.y % request.multipleOf === 0).toBe(
          true,
        );
      }
    }
  });

  it('says which sides are possible', () => {
    const request = { width: 1000, height: 1000, halo: 48, multipleOf: 8 };
    expect(() => planTiles({ ...request, side: 100 })).toThrow(
      'Expected a multiple of 8 of at least 128 for side but received 100 of type number.',
    );
    expect(() => planTiles({ ...request, side: 260 })).toThrow('a multiple of 8');
  });
});

describe('chooseSide', () => {
  const request = { halo: 48, multipleOf: 8, shapes: 'any', largest: 1120 } as const;
  it('gives a small picture one tile of its own size', () => {
    expect(chooseSide({ ...request, width: 1, height: 1 })).toBe(104);
    expect(chooseSide({ ...request, width: 300, height: 290 })).toBe(400);
  });
  it('takes a small side that feeds the network little, not the largest', () => {
    const fed = (side: number) => {
      const { tiles } = planTiles({ ...request, width: 6000, height: 4000, side });
      return tiles.length * side * side;
    };
    expect(chooseSide({ ...request, width: 6000, height: 4000 })).toBe(768);
    for (const other of [512, 640, 800, 864, 960, 1024, 1088, 1120])
      expect(fed(768)).toBeLessThanOrEqual(1.08 * fed(other));
  });
  it('keeps to few shapes where shapes cost compilation', () => {
    const sides = new Set<number>();
    for (let width = 1; width < 5000; width += 97)
      for (let height = 1; height < 5000; height += 101)
        sides.add(chooseSide({ ...request, shapes: 'few', width, height }));
    expect([...sides].sort((a, b) => a - b)).toEqual([256, 512, 768, 1024]);
  });
  it('never goes below what the halo needs, whatever the budget', () => {
    const tight = { ...request, width: 900, height: 900, largest: 10 };
    expect(chooseSide(tight)).toBe(smallestSide(tight));
  });
});

describe('memory', () => {
  it('turns a budget into a side', () => {
    expect(largestSide(DEFAULT_MEMORY_BUDGET, DEFAULT_NETWORK_MEMORY, 56)).toBe(1120);
    expect(largestSide(100e6, DEFAULT_NETWORK_MEMORY, 56)).toBe(448);
    expect(largestSide(1, DEFAULT_NETWORK_MEMORY, 56)).toBe(0);
  });
  it('halves down to the smallest side and then gives up', () => {
    const request = { halo: 48, multipleOf: 8 };
    expect(halveSide(1024, request)).toBe(512);
    expect(halveSide(200, request)).toBe(128);
    expect(halveSide(128, request)).toBe(null);
  });
});

describe('spreadTiles', () => {
  const request = { halo: 32, multipleOf: 16, side: 256 };

  it('spreads disjoint windows evenly, from border to border', () => {
    for (const [width, height, count] of [
      [6000, 4000, 48],
      [4000, 6000, 20],
      [30_000, 300, 12],
      [1300, 900, 8],
      [700, 500, 1],
    ] as const) {
      const plan = spreadTiles({ ...request, width, height, count });
      expect(plan.tiles.length).toBe(plan.columns * plan.rows);
      expect(plan.tiles.length).toBeLessThanOrEqual(count);
      expect(plan.tiles.length).toBeGreaterThan(count / 2);
      for (const { core, origin } of plan.tiles) {
        expect(core.x % 16 || core.y % 16).toBe(0);
        expect([core.x - origin.x, core.y - origin.y]).toEqual([32, 32]);
        expect(core.x + core.width).toBeLessThanOrEqual(width);
        expect(core.y + core.height).toBeLessThanOrEqual(height);
        expect(core.width + 64).toBeLessThanOrEqual(256);
        expect(core.height + 64).toBeLessThanOrEqual(256);
      }
      const columns = plan.tiles.filter(({ row }) => row === 0).map(({ core }) => core);
      const gaps = columns.slice(1).map(({ x }, i) => x - columns[i]!.x - columns[i]!.width);
      expect(Math.min(...gaps, 0)).toBe(0);
      if (gaps.length > 0) {
        expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(16);
        expect(width - columns.at(-1)!.x - columns[0]!.width).toBeLessThan(16);
      }
    }
  });

  it('covers a picture that needs no more tiles than that', () => {
    for (const [width, height] of [
      [5, 3],
      [1000, 700],
    ] as const) {
      const picture = { ...request, width, height };
      expect(spreadTiles({ ...picture, count: 48 })).toEqual(planTiles(picture));
    }
  });
});
