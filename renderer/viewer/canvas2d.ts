/**
 * Draws tiles without WebGL2 or where it has no GPU behind it (a server, a remote desktop). The same picture as gl.ts
 * at whole multiples; below 100 % the browser's own smoothing is used. Slower, never absent.
 */
import type { Placement } from './orientation.ts';
import type { Checkerboard, Clip, Painter, Quad } from './painter.ts';
import type { TileBytes } from './tile-fetch.ts';

type Levels = Painter<unknown>['levels'];

interface Bitmap {
  readonly canvas: OffscreenCanvas;
  readonly tile: TileBytes;
  /** Of a tile of codes: the table that `canvas` was drawn with. */
  drawnWith: Levels;
  /** The residual against `against` at `gain`, kept until one of them changes, or the table. */
  residual: {
    readonly against: Bitmap;
    readonly gain: number;
    readonly levels: Levels;
    readonly canvas: OffscreenCanvas;
  } | null;
  /** The same of the picture with a share of its difference. */
  shared: {
    readonly against: Bitmap;
    readonly share: number;
    readonly levels: Levels;
    readonly canvas: OffscreenCanvas;
  } | null;
}

const SQUARES = ['rgb(92 92 92)', 'rgb(117 117 117)'] as const;

/** @returns null where the canvas offers no 2D context */
export function createCanvasPainter(canvas: HTMLCanvasElement): Painter<Bitmap> | null {
  const context = canvas.getContext('2d', { alpha: true, colorSpace: 'srgb' });
  return context ? new CanvasPainter(context) : null;
}

/** @param pixels RGBA */
const put = (canvas: OffscreenCanvas, pixels: Uint8Array<ArrayBuffer>): OffscreenCanvas => {
  const data = new ImageData(new Uint8ClampedArray(pixels.buffer), canvas.width, canvas.height);
  canvas.getContext('2d', { colorSpace: 'srgb' })?.putImageData(data, 0, 0);
  return canvas;
};

/** RGBA of a tile; codes by the table, black while there is none. */
function pixelsOf({ tile }: Bitmap, levels: Levels): Uint8Array<ArrayBuffer> {
  if (tile.codes === undefined) return tile.pixels;
  const out = new Uint32Array(tile.codes.length);
  // Little-endian: alpha is the last byte and the highest.
  for (let at = 0; at < out.length; at++)
    out[at] = 0xff00_0000 | ((levels?.[tile.codes[at]!] ?? 0) * 0x01_0101);
  return new Uint8Array(out.buffer);
}

class CanvasPainter implements Painter<Bitmap> {
  readonly kind = '2d';
  /** Held twice: as a bitmap to draw, and as bytes to subtract or codes to look up. */
  readonly bytesPerPixel = 8;
  levels: Levels = null;
  readonly #context: CanvasRenderingContext2D;
  #checks: CanvasPattern | null = null;
  #checkerboard: Checkerboard = { originX: 0, originY: 0, side: 0 };

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context;
  }

  upload(tile: TileBytes): { payload: Bitmap; bytes: number } {
    const { width, height } = tile;
    const canvas = new OffscreenCanvas(width, height);
    const payload: Bitmap = { canvas, tile, drawnWith: null, residual: null, shared: null };
    if (tile.codes === undefined) put(canvas, tile.pixels);
    return { payload, bytes: width * height * (tile.codes === undefined ? 8 : 6) };
  }

  release(bitmap: Bitmap): void {
    bitmap.residual = null;
    bitmap.shared = null;
    bitmap.canvas.width = 0;
  }

  begin(checkerboard: Checkerboard): void {
    const context = this.#context;
    context.resetTransform();
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    if (checkerboard.side !== this.#checkerboard.side)
      this.#checks = checks(context, checkerboard.side);
    this.#checkerboard = { ...checkerboard };
    this.#checks?.setTransform(
      new DOMMatrix().translate(checkerboard.originX, checkerboard.originY),
    );
    context.save();
  }

  clip(clip: Clip, { a, b, c, d, e, f }: Placement): void {
    const context = this.#context;
    context.restore();
    context.save();
    context.beginPath();
    context.rect(clip.x, clip.y, clip.width, clip.height);
    context.clip();
    context.setTransform(a, b, c, d, e, f);
  }

  drawTile(bitmap: Bitmap, quad: Quad): void {
    if (bitmap.tile.codes !== undefined && bitmap.drawnWith !== this.levels) {
      put(bitmap.canvas, pixelsOf(bitmap, this.levels));
      bitmap.drawnWith = this.levels;
    }
    this.#draw(bitmap.canvas, quad, true);
  }

  drawShare(source: Bitmap, result: Bitmap, quad: Quad, share: number): void {
    const { levels } = this;
    const known = result.shared;
    const same = known?.against === source && known.share === share && known.levels === levels;
    const canvas = same ? known.canvas : shareOf(source, result, { share, levels });
    if (!same) result.shared = { against: source, share, levels, canvas };
    this.#draw(canvas, quad, true);
  }

  drawResidual(source: Bitmap, result: Bitmap, quad: Quad, gain: number): void {
    const { levels } = this;
    const known = result.residual;
    const same = known?.against === source && known.gain === gain && known.levels === levels;
    const canvas = same ? known.canvas : residualOf(source, result, { gain, levels });
    if (!same) result.residual = { against: source, gain, levels, canvas };
    this.#draw(canvas, quad, false);
  }

  end(): void {
    this.#context.restore();
  }

  dispose(): void {
    this.#context.canvas.width = 0;
  }

  /**
   * Quads are cut to whole device pixels: a 2D canvas would draw their edges half transparent. It does so too where more than the
   * image is asked for, which a whole pixel at its edge may be.
   */
  #draw(image: OffscreenCanvas, quad: Quad, checkered: boolean): void {
    const context = this.#context;
    const left = Math.round(quad.left);
    const top = Math.round(quad.top);
    const width = Math.round(quad.right) - left;
    const height = Math.round(quad.bottom) - top;
    if (width <= 0 || height <= 0) return;
    if (checkered && this.#checks) {
      context.fillStyle = this.#checks;
      context.fillRect(left, top, width, height);
    }
    context.imageSmoothingEnabled = quad.smooth || quad.scale < 1;
    const across = strips(left, left + width, {
      origin: quad.originX,
      scale: quad.scale,
      size: image.width,
    });
    const down = strips(top, top + height, {
      origin: quad.originY,
      scale: quad.scale,
      size: image.height,
    });
    for (const y of down)
      for (const x of across)
        context.drawImage(
          image,
          x.from,
          y.from,
          x.size,
          y.size,
          x.start,
          y.start,
          x.length,
          y.length,
        );
  }
}

interface Strip {
  readonly from: number;
  readonly size: number;
  readonly start: number;
  readonly length: number;
}

/**
 * Device pixels from `start` to `end` along one axis, each with its share of an image of `size` pixels that lies at `origin`. A
 * pixel at the edge that reaches out of the image gets what there is of the image; it is a strip of its own, so that no other
 * pixel moves.
 */
function strips(
  start: number,
  end: number,
  { origin, scale, size }: { origin: number; scale: number; size: number },
): Strip[] {
  const at = (pixel: number): number => (pixel - origin) / scale;
  const first = at(start) < 0 ? start + 1 : start;
  const last = at(end) > size ? Math.max(first, end - 1) : end;
  const found: Strip[] = [];
  for (const [from, to] of [
    [start, first],
    [first, last],
    [last, end],
  ] as const) {
    const inside = Math.max(0, at(from));
    const length = Math.min(size, at(to)) - inside;
    if (to > from && length > 0)
      found.push({ from: inside, size: length, start: from, length: to - from });
  }
  return found;
}

function checks(context: CanvasRenderingContext2D, side: number): CanvasPattern | null {
  const square = Math.max(1, Math.round(side));
  const cell = new OffscreenCanvas(square * 2, square * 2);
  const paint = cell.getContext('2d');
  if (!paint) return null;
  paint.fillStyle = SQUARES[0];
  paint.fillRect(0, 0, square * 2, square * 2);
  paint.fillStyle = SQUARES[1];
  paint.fillRect(square, 0, square, square);
  paint.fillRect(0, square, square, square);
  return context.createPattern(cell, 'repeat');
}

/** source − share · (source − result) on 8-bit display values; alpha is the source's. */
function shareOf(
  source: Bitmap,
  result: Bitmap,
  { share, levels }: { readonly share: number; readonly levels: Levels },
): OffscreenCanvas {
  const before = pixelsOf(source, levels);
  const after = pixelsOf(result, levels);
  // Rounds and clips by itself.
  const out = new Uint8ClampedArray(before.length);
  for (let index = 0; index < out.length; index++)
    out[index] =
      index % 4 === 3 ? before[index]! : before[index]! + share * (after[index]! - before[index]!);
  const canvas = new OffscreenCanvas(source.tile.width, source.tile.height);
  return put(canvas, new Uint8Array(out.buffer));
}

/** 0.5 + gain · (source − result) on 8-bit display values, opaque. */
function residualOf(
  source: Bitmap,
  result: Bitmap,
  { gain, levels }: { readonly gain: number; readonly levels: Levels },
): OffscreenCanvas {
  const before = pixelsOf(source, levels);
  const after = pixelsOf(result, levels);
  const out = new Uint8Array(before.length);
  for (let index = 0; index < out.length; index++) {
    const value = 127.5 + gain * (before[index]! - after[index]!);
    out[index] = index % 4 === 3 ? 255 : Math.min(255, Math.max(0, Math.round(value)));
  }
  return put(new OffscreenCanvas(source.tile.width, source.tile.height), out);
}
