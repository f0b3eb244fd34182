/** Air around the body of the real CT series, against a flood from the edge of the picture that knows nothing of the rule of `outside.ts`. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outsideOf } from '../../app/denoise/outside.ts';
import { lookAt } from '../../app/denoise/picture.ts';
import { decodeImage } from '../../app/pixels/index.ts';
import { dataPack, noDataPack } from '../data.ts';
import { realSeries } from '../long-series.ts';
import { readers } from '../unit/scans/written.ts';

/** Hounsfield units; less is no body and no table. */
const EMPTY = -500;
/** Pixels beside a body or table that are not counted. */
const BESIDE = 4;
const CLOSED = 2;

/** 1 within `reach` pixels of a 1, in columns and rows. */
function grown(from: Uint8Array, width: number, reach: number): Uint8Array {
  const along = (of: Uint8Array, step: number): Uint8Array =>
    of.map((_, at) => {
      for (let d = -reach; d <= reach; d++) {
        const to = at + d * step;
        const isSameRow = Math.floor(to / width) === Math.floor(at / width);
        if (of[to] === 1 && (step !== 1 || isSameRow)) return 1;
      }
      return 0;
    });
  return along(along(from, 1), width);
}

const inverse = (of: Uint8Array): Uint8Array => of.map((one) => 1 - one);

/** What the edge is reached from without going through a 1. */
function flooded(walls: Uint8Array, width: number): Uint8Array {
  const found = new Uint8Array(walls.length);
  const waiting: number[] = [];
  const reach = (at: number): void => {
    if (walls[at] !== 0 || found[at] === 1) return;
    found[at] = 1;
    waiting.push(at);
  };
  const last = width - 1;
  for (let at = 0; at < walls.length; at++) {
    const isAtSide = at % width === 0 || at % width === last;
    if (isAtSide || at < width || at >= walls.length - width) reach(at);
  }
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at % width > 0) reach(at - 1);
    if (at % width < last) reach(at + 1);
    reach(at - width);
    reach(at + width);
  }
  return found;
}

describe.skipIf(!dataPack)(`air around a body${dataPack ? '' : ` (${noDataPack})`}`, () => {
  it('is outside but for one pixel in 1000, and nothing else is', async () => {
    const folder = join(dataPack!, 'series', realSeries.ct);
    const names = readdirSync(folder).filter((name) => name.endsWith('.dcm'));
    let [air, kept, inside] = [0, 0, 0];
    for (const name of names.filter((_, i) => process.env.HOURGLASS_ALL_SLICES || i % 10 === 0)) {
      const { raster } = await decodeImage({ path: join(folder, name), readers });
      const { width, data } = raster;
      const { slope, intercept } = raster.scale!;
      const full = Uint8Array.from(data, (value) => (value * slope + intercept > EMPTY ? 1 : 0));
      const walls = inverse(grown(inverse(grown(full, width, CLOSED)), width, CLOSED));
      const reached = flooded(walls, width);
      const uncounted = grown(inverse(reached), width, BESIDE);
      const mask = outsideOf(lookAt({ raster }))!;
      for (let at = 0; at < mask.length; at++) {
        if (reached[at] === 0) inside += mask[at]!;
        if (uncounted[at] === 1) continue;
        air++;
        kept += mask[at]!;
      }
    }
    expect(kept / air, `${kept} of ${air} pixels`).toBeGreaterThan(0.999);
    expect(inside).toBe(0);
  });
});
