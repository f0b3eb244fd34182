/** Turning and flipping on the screen: what becomes of points, and of what is done twice. */
import { describe, expect, it } from 'vitest';
import '../state/test-runes.ts';
import {
  flipped,
  isUpright,
  paneOf,
  placed,
  placementOf,
  turned,
  unplaced,
  upright,
  type Orientation,
} from './orientation.ts';
import { ViewState } from './view-state.svelte.ts';

const screen = { width: 300, height: 200, pixelRatio: 1 };
const all: readonly Orientation[] = ([0, 1, 2, 3] as const).flatMap((turns) =>
  [false, true].map((mirrored) => ({ turns, mirrored })),
);
/** Where the corner at the top left of the upright pane, and the one beside it, are seen. */
const corners = (orientation: Orientation) => {
  const pane = paneOf(screen, orientation);
  const placement = placementOf(orientation, pane);
  return [placed(placement, { x: 0, y: 0 }), placed(placement, { x: pane.width, y: 0 })].map(
    ({ x, y }) => [x, y],
  );
};

describe('points', () => {
  it('a quarter to the right brings the left edge to the top', () => {
    expect(corners(turned(upright, 1))).toEqual([
      [300, 0],
      [300, 200],
    ]);
    expect(corners(turned(upright, -1))).toEqual([
      [0, 200],
      [0, 0],
    ]);
  });

  it('a flip swaps the edges that are seen, however the picture is turned', () => {
    for (const orientation of all) {
      const before = corners(orientation);
      expect(corners(flipped(orientation, 'across'))).toEqual(
        before.map(([x, y]) => [300 - x!, y]),
      );
      expect(corners(flipped(orientation, 'down'))).toEqual(before.map(([x, y]) => [x, 200 - y!]));
    }
  });

  it.each(all)('come back, also beside another pane: %o', (orientation) => {
    const pane = paneOf(screen, orientation);
    const placement = placementOf(orientation, pane, 320);
    const point = { x: 320 + 17, y: 31 };
    const there = placed(placement, point);
    expect(unplaced(placement, there)).toEqual(point);
    // Nothing leaves its pane.
    expect(there.x).toBeGreaterThanOrEqual(320);
    expect(there.x).toBeLessThanOrEqual(620);
  });

  it('four quarters, and a flip twice, are nothing', () => {
    for (const orientation of all) {
      expect(turned(orientation, 4)).toEqual(orientation);
      for (const way of ['across', 'down'] as const)
        expect(flipped(flipped(orientation, way), way)).toEqual(orientation);
      // Both flips are half a turn.
      expect(flipped(flipped(orientation, 'across'), 'down')).toEqual(turned(orientation, 2));
    }
    expect(isUpright(flipped(flipped(turned(turned(upright, 1), 1), 'down'), 'across'))).toBe(true);
  });
});

describe('the view', () => {
  const shown = (orientation: Orientation): ViewState => {
    const view = new ViewState();
    view.resize(screen);
    view.show({ width: 1000, height: 500 }, 'a');
    view.orient(orientation);
    return view;
  };

  it('fits a picture that lies on its side', () => {
    expect(shown(upright).zoom).toBeCloseTo(0.3, 9);
    expect(shown(turned(upright, 1)).zoom).toBeCloseTo(0.2, 9);
  });

  it.each(all)('a point of the picture is under the pointer that it is drawn at: %o', (way) => {
    const view = shown(way);
    view.setZoom(2);
    view.panBy({ right: 40, down: -25 });
    const point = { x: 480.5, y: 260.5 };
    const there = view.pointOf(point);
    expect(view.imagePointAt(there).x).toBeCloseTo(point.x, 9);
    expect(view.imagePointAt(there).y).toBeCloseTo(point.y, 9);
    // A hand that drags to the right moves it to the right.
    view.panBy({ right: 10, down: 4 });
    expect(view.pointOf(point)).toEqual({ x: there.x + 10, y: there.y + 4 });
    // And what it zooms about stays.
    view.zoomAbout(there, 1.5);
    const now = view.imagePointAt(there);
    view.zoomAbout(there, 2);
    expect(Math.abs(view.imagePointAt(there).x - now.x)).toBeLessThan(0.5);
    expect(Math.abs(view.imagePointAt(there).y - now.y)).toBeLessThan(0.5);
  });

  it('another file stands upright, another slice of the same one as it was', () => {
    const view = shown(turned(upright, 1));
    view.show({ width: 1000, height: 500 }, 'a');
    expect(view.orientation.turns).toBe(1);
    view.show({ width: 1000, height: 500 }, 'b');
    expect(isUpright(view.orientation)).toBe(true);
    expect(view.zoom).toBeCloseTo(0.3, 9);
  });
});
