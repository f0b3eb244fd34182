/**
 * What of the canvas shows what: the regions of each compare mode, in device pixels. Pure; drawing them
 * is scene.ts.
 */
import type { Size } from './geometry.ts';
import type { CompareMode } from './types.ts';

export type Shows = 'source' | 'base' | 'result' | 'residual';

/** A part of the canvas that shows one layer. `paneX` is where its pane starts. */
export interface Region {
  readonly shows: Shows;
  readonly x: number;
  readonly width: number;
  readonly paneX: number;
}

/** The line between two panes, CSS pixels. */
const GAP = 2;

/** Width of one pane: all of the canvas, or one of two equal halves beside the gap. */
export const paneWidth = (canvas: Size, mode: CompareMode, pixelRatio: number): number =>
  mode === 'side'
    ? Math.max(1, Math.floor((canvas.width - Math.round(GAP * pixelRatio)) / 2))
    : canvas.width;

/** What is really shown: without a cleaned layer, or while the original is held, the original. */
export const effectiveMode = (
  mode: CompareMode,
  holdOriginal: boolean,
  hasLayer: boolean,
): CompareMode => {
  // Two panes stay two panes, so that the picture does not move under the eye.
  if (mode === 'side') return 'side';
  return holdOriginal || !hasLayer ? 'original' : mode;
};

/** The regions of a canvas, left to right. Empty ones are left out. */
export const regionsOf = (
  canvas: Size,
  about: {
    readonly mode: CompareMode;
    readonly holdOriginal: boolean;
    readonly hasLayer: boolean;
    /** Another layer stands in the original's place, left of the divider. */
    readonly hasBase: boolean;
    /** 0–1 of the canvas width. */
    readonly divider: number;
    readonly pixelRatio: number;
  },
): readonly Region[] => {
  const mode = effectiveMode(about.mode, about.holdOriginal, about.hasLayer);
  const whole = { x: 0, width: canvas.width, paneX: 0 };
  if (mode === 'original') return [{ ...whole, shows: 'source' }];
  if (mode === 'residual') return [{ ...whole, shows: 'residual' }];
  const base: Shows = about.hasBase && about.hasLayer && !about.holdOriginal ? 'base' : 'source';
  if (mode === 'side') {
    const width = paneWidth(canvas, 'side', about.pixelRatio);
    const right = canvas.width - width;
    return [
      { shows: base, x: 0, width, paneX: 0 },
      {
        shows: about.hasLayer && !about.holdOriginal ? 'result' : 'source',
        x: right,
        width,
        paneX: right,
      },
    ];
  }
  const at = Math.round(Math.min(Math.max(about.divider, 0), 1) * canvas.width);
  const regions: Region[] = [
    { shows: base, x: 0, width: at, paneX: 0 },
    { shows: 'result', x: at, width: canvas.width - at, paneX: 0 },
  ];
  return regions.filter((region) => region.width > 0);
};
