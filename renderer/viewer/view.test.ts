import { describe, expect, it } from 'vitest';
import {
  carryOver,
  clampView,
  fit,
  fitZoom,
  imageOrigin,
  imagePointAt,
  MAX_ZOOM,
  panBy,
  toggleFit,
  zoomBy,
  zoomStep,
  zoomTo,
  type View,
} from './view.ts';

const image = { width: 6000, height: 4000 };
const pane = { width: 1200, height: 700, pixelRatio: 1 };
const at = (zoom: number, centreX = 3000, centreY = 2000): View => ({
  zoom,
  centreX,
  centreY,
  fitted: false,
});

describe('fit', () => {
  it('shows the whole image, limited by the tighter side', () => {
    expect(fit(image, pane)).toEqual({ zoom: 0.175, centreX: 3000, centreY: 2000, fitted: true });
  });

  it('enlarges a small image by whole multiples and only up to the display’s own scale', () => {
    const small = { width: 300, height: 200 };
    expect(fitZoom(small, pane)).toBe(1);
    expect(fitZoom(small, { ...pane, pixelRatio: 2 })).toBe(2);
    expect(fitZoom({ width: 1000, height: 600 }, { ...pane, pixelRatio: 2 })).toBe(1);
  });

  it('enlarges a scan as far as the pane goes, and a large one as little as any other', () => {
    const slice = { width: 64, height: 64, fills: true };
    expect(fitZoom(slice, pane)).toBeCloseTo(700 / 64);
    expect(fitZoom({ ...slice, width: 512, height: 512 }, pane)).toBeCloseTo(700 / 512);
    expect(fitZoom({ ...slice, width: 2400, height: 1400 }, pane)).toBe(0.5);
    expect(fitZoom({ ...slice, width: 8, height: 8 }, pane)).toBe(MAX_ZOOM);
    expect(clampView(fit(slice, pane), slice, { ...pane, height: 350 }).zoom).toBeCloseTo(350 / 64);
  });

  it('stays usable before the pane has a size', () => {
    expect(fitZoom(image, { width: 0, height: 0, pixelRatio: 1 })).toBe(1);
  });

  it('follows the pane while fitted, and not otherwise', () => {
    const wider = { ...pane, height: 1000 };
    expect(clampView(fit(image, pane), image, wider).zoom).toBe(0.2);
    expect(clampView(at(1), image, wider).zoom).toBe(1);
  });
});

describe('zoom', () => {
  it.each([
    [100, 90],
    [640, 333],
    [1199, 699],
  ])('keeps the image point under (%i, %i) within one device pixel', (x, y) => {
    let view = at(0.5);
    const before = imagePointAt(view, pane, { x, y });
    for (const factor of [1.22, 1.22, 1.22, 1.22, 1.5, 0.8, 2]) {
      view = zoomBy(view, image, pane, factor, { x, y });
      const after = imagePointAt(view, pane, { x, y });
      // The origin is rounded to device pixels before and after: half of one each.
      const tolerance = 0.5 / view.zoom + 0.5 / 0.5 + 1e-9;
      expect(Math.abs(after.x - before.x)).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(after.y - before.y)).toBeLessThanOrEqual(tolerance);
    }
    expect(view.zoom).toBeGreaterThan(1);
  });

  it('stops at 100 % once when passing it, in both directions', () => {
    const full = zoomBy(at(0.9), image, pane, 1.3);
    expect(full.zoom).toBe(1);
    expect(zoomBy(full, image, pane, 1.3).zoom).toBeCloseTo(1.3);
    expect(zoomBy(at(1.1), image, pane, 0.8).zoom).toBe(1);
  });

  it('ends at fit and at the largest zoom', () => {
    expect(zoomBy(at(0.2), image, pane, 0.5)).toEqual(fit(image, pane));
    expect(zoomBy(at(30), image, pane, 2).zoom).toBe(MAX_ZOOM);
    expect(zoomTo(at(1), image, pane, 0.001).zoom).toBe(0.175);
  });

  it('steps through whole multiples above 100 % and through fit on the way out', () => {
    const stops = [];
    let view = fit(image, pane);
    for (let step = 0; step < 6; step++) {
      view = zoomStep(view, image, pane, 'in');
      stops.push(view.zoom);
    }
    expect(stops).toEqual([1 / 4, 1 / 3, 1 / 2, 2 / 3, 1, 2]);
    expect(zoomStep(at(1 / 4), image, pane, 'out')).toEqual(fit(image, pane));
    expect(zoomStep(fit(image, pane), image, pane, 'out')).toEqual(fit(image, pane));
  });

  it('finds "fit" in between where it enlarges, and ends at 100 %', () => {
    const slice = { width: 64, height: 64, fills: true };
    const fitted = fit(slice, pane);
    const there = at(10, 32, 32);
    expect(zoomStep(there, slice, pane, 'in')).toEqual(fitted);
    expect(zoomStep(fitted, slice, pane, 'in').zoom).toBe(12);
    expect(zoomStep(at(12, 32, 32), slice, pane, 'out')).toEqual(fitted);
    expect(zoomBy(there, slice, pane, 1.2)).toEqual(fitted);
    expect(zoomBy(fitted, slice, pane, 1.2).zoom).toBeCloseTo(fitted.zoom * 1.2);
    expect(zoomBy(at(12, 32, 32), slice, pane, 0.8)).toEqual(fitted);
    const full = { zoom: 1, centreX: 32, centreY: 32, fitted: false };
    expect(zoomBy(at(1.1, 32, 32), slice, pane, 0.5)).toEqual(full);
    expect(zoomStep(full, slice, pane, 'out')).toEqual(full);
    expect(toggleFit(fitted, slice, pane).zoom).toBe(20);
  });

  it('toggles between fit and 100 % about the point', () => {
    const point = { x: 900, y: 500 };
    const before = imagePointAt(fit(image, pane), pane, point);
    const full = toggleFit(fit(image, pane), image, pane, point);
    expect(full.zoom).toBe(1);
    expect(Math.abs(imagePointAt(full, pane, point).x - before.x)).toBeLessThan(4);
    expect(toggleFit(full, image, pane, point).fitted).toBe(true);
    // A small image is at 100 % when fitted: the toggle still does something.
    const small = { width: 300, height: 200 };
    expect(toggleFit(fit(small, pane), small, pane).zoom).toBe(2);
  });
});

describe('pan', () => {
  it('moves by device pixels and ends at the image’s edge', () => {
    expect(panBy(at(2), image, pane, { right: 100, down: -40 })).toMatchObject({
      centreX: 2950,
      centreY: 2020,
    });
    const corner = panBy(at(2), image, pane, { right: 1e6, down: 1e6 });
    expect(imageOrigin(corner, pane)).toEqual({ x: 0, y: 0 });
  });

  it('centres a side that is smaller than the pane', () => {
    const moved = panBy(at(1, 150, 500), { width: 300, height: 2000 }, pane, {
      right: 50,
      down: -50,
    });
    expect(moved.centreX).toBe(150);
    expect(moved.centreY).toBe(550);
  });
});

describe('the origin', () => {
  it('is whole device pixels, so that 100 % is one pixel for one pixel', () => {
    const origin = imageOrigin(at(1, 3000.37, 2000.81), {
      width: 1201,
      height: 701,
      pixelRatio: 1,
    });
    expect(Number.isInteger(origin.x)).toBe(true);
    expect(Number.isInteger(origin.y)).toBe(true);
  });
});

describe('the next file of a burst', () => {
  it('shows the same place at the same zoom', () => {
    expect(carryOver(at(1, 1234, 987), image, image, pane)).toEqual(at(1, 1234, 987));
  });

  it('keeps the place in proportion when the size differs, and fit stays fit', () => {
    const half = { width: 3000, height: 2000 };
    expect(carryOver(at(1, 3000, 1000), image, half, pane)).toEqual(at(1, 1500, 500));
    expect(carryOver(fit(image, pane), image, half, pane)).toEqual(fit(half, pane));
  });
});
