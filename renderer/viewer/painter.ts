/**
 * What draws tiles on the canvas. gl.ts does it with WebGL2, canvas2d.ts without; the scene knows only
 * this. All positions are device pixels of the canvas, origin top left; those of quads before they are turned and flipped with
 * the picture.
 */
import type { Placement } from './orientation.ts';
import type { TileBytes } from './tile-fetch.ts';

/** A part of the canvas and where a tile's pixels fall on it. Reused from call to call. */
export interface Quad {
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** Canvas position of the tile's first pixel's corner (may lie far outside the quad). */
  originX: number;
  originY: number;
  /** Device pixels per tile pixel. */
  scale: number;
  /** Interpolate: the tile stands in for a finer one that is on its way. */
  smooth: boolean;
}

/** A part of the canvas that shows one thing; what is drawn next is cut to it. */
export interface Clip {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where the checkerboard under transparent pixels starts, and the side of its squares. */
export interface Checkerboard {
  originX: number;
  originY: number;
  side: number;
}

export interface Painter<P> {
  readonly kind: 'webgl' | '2d';
  /** Memory that one pixel of a tile takes at most. */
  readonly bytesPerPixel: number;
  /** Level of every code, for tiles of 16 bits; another table is another window. Read when a frame begins. */
  levels: Uint8Array<ArrayBuffer> | null;
  /** Makes a tile drawable. `bytes` is the memory that it holds from now on. */
  upload(tile: TileBytes): { payload: P; bytes: number };
  release(payload: P): void;
  /** Starts a frame: clears the canvas to transparent (the stage shows through). */
  begin(checkerboard: Checkerboard): void;
  /** @param placement from the positions of quads to the canvas */
  clip(clip: Clip, placement: Placement): void;
  drawTile(payload: P, quad: Quad): void;
  /** Draws source − share · (source − result) in the same values, with the source's alpha. */
  drawShare(source: P, result: P, quad: Quad, share: number): void;
  /** Draws 0.5 + gain · (source − result), all in display values (sRGB encoded, 0–1). */
  drawResidual(source: P, result: P, quad: Quad, gain: number): void;
  end(): void;
  dispose(): void;
}
