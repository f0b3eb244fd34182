import { describe, expect, it } from 'vitest';
import { regionsOf } from './layout.ts';
import type { Painter, Quad } from './painter.ts';
import { Scene, type FrameReport, type SceneLayers } from './scene.ts';
import { TileCache } from './tile-cache.ts';
import type { TileLayer } from './tile-layer.ts';
import type { CompareMode } from './types.ts';

const pyramid = { width: 2000, height: 1000, levels: 3, tileSize: 512 };
const pane = { width: 800, height: 600, pixelRatio: 1 };

interface Drawn extends Quad {
  readonly what: string;
}

/** A painter that writes down what it is told; tiles are their own names. */
function recorder() {
  const drawn: Drawn[] = [];
  const painter: Painter<string> = {
    kind: '2d',
    bytesPerPixel: 4,
    levels: null,
    upload: () => ({ payload: '', bytes: 0 }),
    release: () => undefined,
    begin: () => void (drawn.length = 0),
    clip: () => undefined,
    drawTile: (payload, quad) => void drawn.push({ what: payload, ...quad }),
    drawShare: (source, result, quad, share) =>
      void drawn.push({ what: `${source} to ${result} by ${share}`, ...quad }),
    drawResidual: (source, result, quad) =>
      void drawn.push({ what: `${source} - ${result}`, ...quad }),
    end: () => undefined,
    dispose: () => undefined,
  };
  return { painter, drawn };
}

const setUp = (mode: CompareMode, zoom = 1, hasBase = false) => {
  const asked: string[] = [];
  const cache = new TileCache<string>(
    {
      load: ({ layer, place }) => {
        asked.push(`${layer.id} ${place.level}/${place.column}/${place.row}`);
        return new Promise(() => undefined);
      },
      release: () => undefined,
    },
    { budgetBytes: 1e9, concurrency: 100, onchange: () => undefined },
  );
  const of = (id: string) => ({ document: 'd', id, pyramid });
  const layers: SceneLayers<string> = {
    source: cache.layer(of('source'), 0, true),
    result: cache.layer(of('new'), 0, false),
    previous: cache.layer(of('old'), 1, true),
    base: hasBase ? cache.layer(of('peer'), 1, true) : null,
  };
  const { painter, drawn } = recorder();
  const scene = new Scene(painter, cache, 1e9);
  const regions = regionsOf(pane, {
    mode,
    holdOriginal: false,
    hasLayer: true,
    hasBase,
    divider: 0.6,
    pixelRatio: 1,
  });
  const view = { zoom, centreX: 1000, centreY: 500, fitted: false };
  const about = { view, pane, regions, gain: 4 };
  const draw = (shareOf?: (layer: object) => number) => ({
    ...scene.draw(layers, { ...about, ...(shareOf ? { shareOf } : {}) }),
  });
  return { draw, drawn, asked, layers, cache, scene, about };
};

/** Puts a tile into memory as if it had been fetched. */
const place = (
  layer: TileLayer<string> | null,
  level: number,
  column: number,
  row: number,
): void => {
  const tile = layer!.entry(level, column, row);
  tile.payload = `${layer!.id} ${level}/${column}/${row}`;
  tile.loadedVersion = tile.wantedVersion;
};
const placeLevel = (layer: TileLayer<string> | null, level: number): void => {
  const side = 512 * 2 ** level;
  for (let row = 0; row * side < pyramid.height; row++)
    for (let column = 0; column * side < pyramid.width; column++) place(layer, level, column, row);
};
const names = (drawn: readonly Drawn[]): string[] => drawn.map((quad) => quad.what);

describe('what is drawn', () => {
  it('a coarse tile stands in, smoothed, exactly where its finer tiles will be', () => {
    const { draw, drawn, layers } = setUp('original');
    place(layers.source, 2, 0, 0);
    const report = draw();
    expect(new Set(names(drawn))).toEqual(new Set(['source 2/0/0']));
    expect(report.missing).toBe(drawn.length);
    // Image origin on the canvas: 400 - 1000, 300 - 500.
    expect(drawn[0]).toMatchObject({ originX: -600, originY: -200, scale: 4, smooth: true });
    placeLevel(layers.source, 0);
    expect(draw().missing).toBe(0);
    expect(drawn[0]).toMatchObject({ what: 'source 0/1/0', originX: -88, scale: 1, smooth: false });
    expect(drawn[0]).toMatchObject({ left: -88, top: -200, right: 424, bottom: 312 });
  });

  it('quads of one level meet without gap at any zoom', () => {
    const { draw, drawn, layers } = setUp('original', 0.7317);
    placeLevel(layers.source, 0);
    draw();
    const edges = new Set(drawn.flatMap((quad) => [quad.left, quad.right]));
    const columns = new Set(names(drawn).map((name) => name.split('/')[1]));
    expect(edges.size).toBe(columns.size + 1);
  });

  it('an unfinished part shows the earlier result, else the original, and asks for no result', () => {
    const { draw, drawn, asked, layers } = setUp('split');
    placeLevel(layers.source, 0);
    draw();
    expect(names(drawn).every((name) => name.startsWith('source 0/'))).toBe(true);
    expect(asked.filter((name) => name.startsWith('new'))).toEqual([]);
    placeLevel(layers.previous, 0);
    draw();
    expect(names(drawn)).toContain('old 0/2/0');
  });

  it('a finished part is asked for and replaces what stood in', () => {
    const { draw, drawn, asked, layers } = setUp('split');
    placeLevel(layers.source, 0);
    layers.result?.markChanged({ x: 1024, y: 0, width: 512, height: 512 }, 1);
    draw();
    expect(asked).toContain('new 0/2/0');
    expect(asked).not.toContain('new 0/2/1');
    expect(names(drawn)).not.toContain('new 0/2/0');
    place(layers.result, 0, 2, 0);
    draw();
    expect(names(drawn)).toContain('new 0/2/0');
  });

  it('another layer takes the original’s place left of the divider, not in the residual', () => {
    const { draw, drawn, layers } = setUp('split', 1, true);
    for (const layer of [layers.source, layers.base, layers.result]) placeLevel(layer, 0);
    layers.result?.markFinished(0);
    draw();
    expect(new Set(names(drawn).map((name) => name.split(' ')[0]))).toEqual(
      new Set(['peer', 'new']),
    );
    expect(names(drawn)).toContain('peer 0/1/0');
    const residual = setUp('residual', 1, true);
    for (const layer of [residual.layers.source, residual.layers.base, residual.layers.result])
      placeLevel(layer, 0);
    residual.layers.result?.markFinished(0);
    residual.draw();
    expect(names(residual.drawn)[0]).toMatch(/^source .* - new /);
  });

  it('a residual pairs tiles of one level only, and draws nothing where there is no pair', () => {
    const { draw, drawn, layers } = setUp('residual');
    layers.result?.markFinished(1);
    placeLevel(layers.source, 0);
    place(layers.result, 2, 0, 0);
    expect(draw().drawn).toBe(0);
    place(layers.source, 2, 0, 0);
    draw();
    expect(new Set(names(drawn))).toEqual(new Set(['source 2/0/0 - new 2/0/0']));
    place(layers.result, 0, 1, 0);
    draw();
    expect(names(drawn)).toContain('source 0/1/0 - new 0/1/0');
  });
});

describe('what is said of a frame', () => {
  const of = (report: Pick<FrameReport, 'result' | 'base'>) => ({
    result: { ...report.result },
    base: { ...report.base },
  });

  it('a result whose tiles are missing is the original, however complete it is', () => {
    const { draw, layers } = setUp('split');
    placeLevel(layers.source, 0);
    layers.result?.markFinished(1);
    expect(of(draw())).toEqual({
      result: { best: 'source', worst: 'source' },
      base: { best: null, worst: null },
    });
    place(layers.result, 0, 2, 0);
    expect(of(draw()).result).toEqual({ best: 'own', worst: 'source' });
    placeLevel(layers.result, 0);
    expect(of(draw()).result).toEqual({ best: 'own', worst: 'own' });
    expect(of(setUp('original').draw()).result).toEqual({ best: null, worst: null });
  });

  it('a coarser level, pixels of an earlier version and an earlier result are not the result', () => {
    const { draw, layers } = setUp('split');
    layers.result?.markFinished(1);
    expect(of(draw()).result.worst).toBe('nothing');
    placeLevel(layers.result, 1);
    expect(of(draw()).result).toEqual({ best: 'coarse', worst: 'coarse' });
    placeLevel(layers.previous, 0);
    expect(of(draw()).result).toEqual({ best: 'earlier', worst: 'earlier' });
    placeLevel(layers.result, 0);
    expect(of(draw()).result).toEqual({ best: 'own', worst: 'own' });
    layers.result?.markFinished(2);
    expect(of(draw()).result).toEqual({ best: 'earlier', worst: 'earlier' });
  });

  it('the other format left of the divider is told by itself', () => {
    const { draw, layers } = setUp('split', 1, true);
    layers.result?.markFinished(0);
    for (const layer of [layers.source, layers.result]) placeLevel(layer, 0);
    expect(of(draw())).toEqual({
      result: { best: 'own', worst: 'own' },
      base: { best: 'source', worst: 'source' },
    });
    placeLevel(layers.base, 0);
    expect(of(draw()).base).toEqual({ best: 'own', worst: 'own' });
  });

  it('a residual is the result where both of its layers are', () => {
    const { draw, layers } = setUp('residual');
    layers.result?.markFinished(1);
    placeLevel(layers.source, 0);
    expect(of(draw()).result.worst).toBe('nothing');
    placeLevel(layers.result, 0);
    expect(of(draw()).result).toEqual({ best: 'own', worst: 'own' });
  });
});

describe('another amount than was made', () => {
  it('is drawn by a share of the difference, called approximate, and final where the true result is', () => {
    const { draw, drawn, layers } = setUp('split');
    for (const layer of [layers.source, layers.previous, layers.result]) placeLevel(layer, 0);
    const half = (of: object): number => (of === layers.previous ? 0.5 : 1);
    expect(draw(half).result).toEqual({ best: 'approximate', worst: 'approximate' });
    expect(names(drawn)).toContain('source 0/2/0 to old 0/2/0 by 0.5');
    // Left of the divider stands the original itself.
    expect(names(drawn)).toContain('source 0/1/0');
    layers.result?.markChanged({ x: 1024, y: 0, width: 512, height: 512 }, 0);
    expect(draw(half).result).toEqual({ best: 'own', worst: 'approximate' });
    layers.result?.markFinished(0);
    expect(draw(half).result).toEqual({ best: 'own', worst: 'own' });
    expect(names(drawn).filter((name) => name.includes('by'))).toEqual([]);
  });

  it('is that of the residual too; where the original is not there, the earlier result is called so', () => {
    const residual = setUp('residual');
    for (const layer of [residual.layers.source, residual.layers.previous]) placeLevel(layer, 0);
    expect(residual.draw(() => 1.5).result.worst).toBe('approximate');
    const { draw, layers, asked } = setUp('split');
    placeLevel(layers.previous, 0);
    expect(draw(() => 0.5).result.worst).toBe('earlier');
    expect(asked).toContain('source 0/2/0');
  });
});

describe('what is asked for', () => {
  it('the coarsest level, what is seen, and what the divider would uncover', () => {
    const { draw, asked, layers } = setUp('split');
    layers.result?.markFinished(1);
    draw();
    expect(asked.slice(0, 2).sort()).toEqual(['new 2/0/0', 'source 2/0/0']);
    // Canvas 800 × 600 about (1000, 500): columns 1–2, rows 0–1; column 1 lies left of the divider.
    expect(new Set(asked.slice(2))).toEqual(
      new Set(
        ['source', 'new'].flatMap((id) =>
          ['0/1/0', '0/2/0', '0/1/1', '0/2/1'].map((tile) => `${id} ${tile}`),
        ),
      ),
    );
    const hidden = asked.indexOf('new 0/1/0');
    expect(hidden).toBeGreaterThan(asked.indexOf('new 0/2/0'));
  });

  it('a coarser level where one view would fill the memory', () => {
    const { painter } = recorder();
    const { layers } = setUp('split');
    const cache = new TileCache<string>(
      { load: () => new Promise(() => undefined), release: () => undefined },
      { budgetBytes: 1e6, concurrency: 1, onchange: () => undefined },
    );
    const view = { zoom: 0.6, centreX: 0, centreY: 0, fitted: false };
    expect(new Scene(painter, cache, 1e9).levelFor(layers, view, pane)).toBe(0);
    expect(new Scene(painter, cache, 1e6).levelFor(layers, view, pane)).toBe(1);
    // At 100 % nothing but full size will do.
    expect(new Scene(painter, cache, 1e6).levelFor(layers, { ...view, zoom: 1 }, pane)).toBe(0);
  });

  it('when all of it is there, what the next picture would show: all its layers in the same pane', () => {
    const { asked, cache, scene, about, layers } = setUp('split');
    const small = { width: 700, height: 500, levels: 1, tileSize: 512 };
    const next = {
      source: cache.layer({ document: 'next', id: 'next source', pyramid: small }, 0, true),
      result: cache.layer({ document: 'next', id: 'next result', pyramid: small }, 3, true),
      base: null,
    };
    const view = { zoom: 1, centreX: 350, centreY: 250, fitted: true };
    layers.result?.markFinished(1);
    placeLevel(layers.source, 0);
    scene.draw(layers, about, [{ layers: next, view }]);
    expect(asked.filter((name) => name.startsWith('next'))).toEqual([]);
    placeLevel(layers.result, 0);
    for (const layer of [layers.source, layers.result]) placeLevel(layer, 2);
    scene.draw(layers, about, [{ layers: next, view }]);
    expect(asked.filter((name) => name.startsWith('next')).sort()).toEqual([
      'next result 0/0/0',
      'next result 0/1/0',
      'next source 0/0/0',
      'next source 0/1/0',
    ]);
  });
});
