import { describe, expect, it } from 'vitest';
import { effectiveMode, paneWidth, regionsOf } from './layout.ts';

const canvas = { width: 1001, height: 600 };
const about = {
  mode: 'split',
  holdOriginal: false,
  hasLayer: true,
  hasBase: false,
  divider: 0.3,
  pixelRatio: 1,
} as const;

describe('regions', () => {
  it('split covers the canvas without gap or overlap', () => {
    for (const divider of [0, 0.001, 0.3, 0.5, 0.9999, 1, 7, -1]) {
      const regions = regionsOf(canvas, { ...about, divider });
      let edge = 0;
      for (const region of regions) {
        expect(region.x).toBe(edge);
        edge += region.width;
      }
      expect(edge).toBe(1001);
    }
  });

  it('split shows the original left of the divider and the cleaned layer right of it', () => {
    expect(regionsOf(canvas, about)).toEqual([
      { shows: 'source', x: 0, width: 300, paneX: 0 },
      { shows: 'result', x: 300, width: 701, paneX: 0 },
    ]);
  });

  it('side by side has two panes of one width, so that they show the same place alike', () => {
    const [left, right] = regionsOf(canvas, { ...about, mode: 'side' });
    expect(left?.width).toBe(right?.width);
    expect(left?.width).toBe(paneWidth(canvas, 'side', 1));
    expect((right?.x ?? 0) + (right?.width ?? 0)).toBe(1001);
    expect(right).toMatchObject({ shows: 'result', paneX: right?.x });
  });

  it('holding the original shows it everywhere; two panes stay two panes', () => {
    const held = { ...about, holdOriginal: true };
    expect(regionsOf(canvas, held)).toEqual([{ shows: 'source', x: 0, width: 1001, paneX: 0 }]);
    expect(regionsOf(canvas, { ...held, mode: 'residual' })[0]?.shows).toBe('source');
    expect(regionsOf(canvas, { ...held, mode: 'side' }).map((region) => region.shows)).toEqual([
      'source',
      'source',
    ]);
  });

  it('another layer is compared with in the original’s place, unless the original is held', () => {
    const based = { ...about, hasBase: true };
    expect(regionsOf(canvas, based).map((region) => region.shows)).toEqual(['base', 'result']);
    const side = { ...based, mode: 'side' } as const;
    expect(regionsOf(canvas, side).map((region) => region.shows)).toEqual(['base', 'result']);
    expect(
      regionsOf(canvas, { ...side, holdOriginal: true }).map((region) => region.shows),
    ).toEqual(['source', 'source']);
    expect(regionsOf(canvas, { ...based, hasLayer: false })[0]?.shows).toBe('source');
  });

  it('without a cleaned layer only the original is shown', () => {
    expect(effectiveMode('residual', false, false)).toBe('original');
    expect(effectiveMode('split', false, false)).toBe('original');
    expect(effectiveMode('side', false, false)).toBe('side');
  });
});
