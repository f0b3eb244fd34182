/**
 * Where the image lies on the screen: zoom, centre, and the rules that move them. Pure functions
 * over plain data; the reactive holder is view-state.svelte.ts.
 *
 * All screen lengths here are device pixels (CSS pixels x devicePixelRatio), so that 100 % means one
 * image pixel on one pixel of the display, on every display.
 */
import type { DocumentInfo } from '../../app/contract/index.ts';
import type { Size } from './geometry.ts';

/** What is looked at. */
export interface Seen extends Size {
  /** As small as it may be, all of the pane is used for it when it is fitted. */
  readonly fills?: boolean;
}

/** A scan is looked at as large as it can be: its pixels are millimetres of a body, few, and judged by their values. */
export const seenOf = ({
  width,
  height,
  content,
}: Pick<DocumentInfo, 'width' | 'height' | 'content'>): Seen => ({
  ...{ width, height },
  fills: content.family === 'scan',
});

export interface View {
  /** Device pixels per image pixel. */
  readonly zoom: number;
  /** Image point at the middle of the pane, in image pixels. */
  readonly centreX: number;
  readonly centreY: number;
  /** The view follows the pane's size. */
  readonly fitted: boolean;
}

/** What a view is shown through: the pane's size in device pixels, and how dense these are. */
export interface Pane extends Size {
  readonly pixelRatio: number;
}

/** A point in device pixels from the pane's top left corner. */
export interface PanePoint {
  readonly x: number;
  readonly y: number;
}

export const MAX_ZOOM = 32;

/** The stops of zoom in and out. Whole multiples from 100 % on: every image pixel is a square. */
const STOPS = [
  1 / 64,
  1 / 48,
  1 / 32,
  1 / 24,
  1 / 16,
  1 / 12,
  1 / 8,
  1 / 6,
  1 / 4,
  1 / 3,
  1 / 2,
  2 / 3,
  1,
  2,
  3,
  4,
  6,
  8,
  12,
  16,
  24,
  MAX_ZOOM,
];

/**
 * Zoom at which the whole image is seen. A small image is enlarged by whole multiples only, and by no
 * more than the display's own scale: a thumbnail is not blown up to fill a large screen. What `fills` is
 * enlarged as far as the pane goes.
 */
export const fitZoom = (image: Seen, pane: Pane): number => {
  const exact = Math.min(pane.width / image.width, pane.height / image.height);
  if (!(exact > 0) || !Number.isFinite(exact)) return 1;
  if (exact < 1) return exact;
  if (image.fills) return Math.min(exact, MAX_ZOOM);
  return Math.max(1, Math.min(Math.floor(exact), Math.round(pane.pixelRatio)));
};

/** Zooming out ends where the whole image is seen, or at 100 % where that is smaller. */
export const minZoom = (image: Seen, pane: Pane): number => Math.min(1, fitZoom(image, pane));

const clampAxis = (centre: number, image: number, pane: number): number => {
  const half = pane / 2;
  return image <= pane ? image / 2 : Math.min(Math.max(centre, half), image - half);
};

/** Keeps the zoom in range and the pane filled with image; an image smaller than the pane is centred. */
export const clampView = (view: View, image: Seen, pane: Pane): View => {
  if (view.fitted)
    return {
      zoom: fitZoom(image, pane),
      centreX: image.width / 2,
      centreY: image.height / 2,
      fitted: true,
    };
  const zoom = Math.min(Math.max(view.zoom, minZoom(image, pane)), MAX_ZOOM);
  return {
    zoom,
    centreX: clampAxis(view.centreX, image.width, pane.width / zoom),
    centreY: clampAxis(view.centreY, image.height, pane.height / zoom),
    fitted: false,
  };
};

/** The image point under a point of the pane, in image pixels (0.5 is the middle of the first). */
export const imagePointAt = (
  view: View,
  pane: Pane,
  point: PanePoint,
): { x: number; y: number } => {
  const origin = imageOrigin(view, pane);
  return { x: (point.x - origin.x) / view.zoom, y: (point.y - origin.y) / view.zoom };
};

/**
 * The pane position of the image's top left corner, rounded to whole device pixels so that at 100 %
 * every image pixel falls on exactly one display pixel.
 */
export const imageOrigin = (view: View, pane: Pane): PanePoint => ({
  x: Math.round(pane.width / 2 - view.centreX * view.zoom),
  y: Math.round(pane.height / 2 - view.centreY * view.zoom),
});

/** Zooms to `zoom` and keeps the image point under `point` where it is (as far as the edges allow). */
export const zoomTo = (
  view: View,
  image: Seen,
  pane: Pane,
  zoom: number,
  point: PanePoint = { x: pane.width / 2, y: pane.height / 2 },
): View => {
  const target = Math.min(Math.max(zoom, minZoom(image, pane)), MAX_ZOOM);
  const fromMiddleX = point.x - pane.width / 2;
  const fromMiddleY = point.y - pane.height / 2;
  return clampView(
    {
      zoom: target,
      centreX: view.centreX + fromMiddleX / view.zoom - fromMiddleX / target,
      centreY: view.centreY + fromMiddleY / view.zoom - fromMiddleY / target,
      fitted: false,
    },
    image,
    pane,
  );
};

/** The far end of zooming out. */
const farthest = (view: View, image: Seen, pane: Pane, point?: PanePoint): View =>
  fitZoom(image, pane) > 1 ? zoomTo(view, image, pane, 1, point) : fit(image, pane);

/**
 * Zooms by a factor about a point, as a wheel or a pinch does. Passing 100 % stops there once, so that
 * the scale at which noise is judged is never missed, and so does passing "fit" where that enlarges;
 * where it does not, it is the far end.
 */
export const zoomBy = (
  view: View,
  image: Seen,
  pane: Pane,
  factor: number,
  point?: PanePoint,
): View => {
  const wanted = view.zoom * factor;
  const fitted = fitZoom(image, pane);
  const passes = (stop: number): boolean => (view.zoom - stop) * (wanted - stop) < 0;
  if (fitted > 1 && passes(fitted)) return fit(image, pane);
  if (wanted <= minZoom(image, pane) * 1.0001) return farthest(view, image, pane, point);
  return zoomTo(view, image, pane, passes(1) ? 1 : wanted, point);
};

/** The next stop of the zoom ladder; "fit" is one of them. */
export const zoomStep = (
  view: View,
  image: Seen,
  pane: Pane,
  direction: 'in' | 'out',
  point?: PanePoint,
): View => {
  const fitted = fitZoom(image, pane);
  if (direction === 'in') {
    const next = STOPS.find((stop) => stop > view.zoom * 1.001) ?? MAX_ZOOM;
    const passesFit = view.zoom < fitted * 0.999 && next >= fitted * 0.999;
    return passesFit ? fit(image, pane) : zoomTo(view, image, pane, next, point);
  }
  const next = STOPS.findLast((stop) => stop < view.zoom * 0.999) ?? 0;
  const passesFit = view.zoom > fitted * 1.001 && next <= fitted * 1.001;
  if (passesFit) return fit(image, pane);
  return next < minZoom(image, pane)
    ? farthest(view, image, pane, point)
    : zoomTo(view, image, pane, next, point);
};

export const fit = (image: Seen, pane: Pane): View =>
  clampView({ zoom: 1, centreX: 0, centreY: 0, fitted: true }, image, pane);

/** Moves the image by device pixels: positive moves it right and down, as a dragging hand does. */
export const panBy = (
  view: View,
  image: Seen,
  pane: Pane,
  by: { readonly right: number; readonly down: number },
): View =>
  clampView(
    {
      ...view,
      centreX: view.centreX - by.right / view.zoom,
      centreY: view.centreY - by.down / view.zoom,
    },
    image,
    pane,
  );

/** Double click: the whole image, or 100 % about the point (twice the whole multiple where that is enlarged already). */
export const toggleFit = (view: View, image: Seen, pane: Pane, point?: PanePoint): View => {
  if (!view.fitted) return fit(image, pane);
  return zoomTo(view, image, pane, view.zoom < 1 ? 1 : Math.floor(view.zoom) * 2, point);
};

/**
 * The view of the next file of a burst: the same zoom on the same place. A file of another size keeps
 * the place in proportion.
 */
export const carryOver = (view: View, from: Size, to: Seen, pane: Pane): View =>
  clampView(
    {
      ...view,
      centreX: from.width === to.width ? view.centreX : (view.centreX / from.width) * to.width,
      centreY: from.height === to.height ? view.centreY : (view.centreY / from.height) * to.height,
    },
    to,
    pane,
  );
