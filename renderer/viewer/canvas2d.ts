/**
 * Draws tiles without WebGL2 or where it has no GPU behind it (a server, a remote desktop). The same picture as gl.ts
 * at whole multiples; below 100 % the browser's own smoothing is used. Slower, never absent.
 */
import type { Checkerboard, Clip, Painter, Quad } from './painter.ts';
import type { TileBytes } from './tile-fetch.ts';

interface Bitmap {
  readonly canvas: OffscreenCanvas;
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** The residual against `against` at `gain`, kept until one of them changes. */
  residual: { against: Bitmap; gain: number; canvas: OffscreenCanvas } | null;
}

const SQUARES = ['rgb(92 92 92)', 'rgb(117 117 117)'] as const;

/** @returns null where the canvas offers no 2D context */
export function createCanvasPainter(canvas: HTMLCanvasElement): Painter<Bitmap> | null {
  const context = canvas.getContext('2d', { alpha: true, colorSpace: 'srgb' });
  return context ? new CanvasPainter(context) : null;
}

const bitmapOf = (
  pixels: Uint8Array<ArrayBuffer>,
  width: number,
  height: number,
): OffscreenCanvas => {
  const canvas = new OffscreenCanvas(width, height);
  const data = new ImageData(new Uint8ClampedArray(pixels.buffer), width, height);
  canvas.getContext('2d', { colorSpace: 'srgb' })?.putImageData(data, 0, 0);
  return canvas;
};

class CanvasPainter implements Painter<Bitmap> {
  readonly kind = '2d';
  /** Held twice: as a bitmap to draw and as bytes to subtract. */
  readonly bytesPerPixel = 8;
  readonly #context: CanvasRenderingContext2D;
  #checks: CanvasPattern | null = null;
  #checkerboard: Checkerboard = { originX: 0, originY: 0, side: 0 };

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context;
  }

  upload(tile: TileBytes): { payload: Bitmap; bytes: number } {
    const canvas = bitmapOf(tile.pixels, tile.width, tile.height);
    return {
      payload: { canvas, pixels: tile.pixels, residual: null },
      bytes: tile.width * tile.height * this.bytesPerPixel,
    };
  }

  release(bitmap: Bitmap): void {
    bitmap.residual = null;
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

  clip(clip: Clip): void {
    const context = this.#context;
    context.restore();
    context.save();
    context.beginPath();
    context.rect(clip.x, clip.y, clip.width, clip.height);
    context.clip();
  }

  drawTile(bitmap: Bitmap, quad: Quad): void {
    this.#draw(bitmap.canvas, quad, true);
  }

  drawResidual(source: Bitmap, result: Bitmap, quad: Quad, gain: number): void {
    if (result.residual?.against !== source || result.residual.gain !== gain)
      result.residual = { against: source, gain, canvas: residualOf(source, result, gain) };
    this.#draw(result.residual.canvas, quad, false);
  }

  end(): void {
    this.#context.restore();
  }

  dispose(): void {
    this.#context.canvas.width = 0;
  }

  /** Quads are cut to whole device pixels: a 2D canvas would draw their edges half transparent. */
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
    context.drawImage(
      image,
      (left - quad.originX) / quad.scale,
      (top - quad.originY) / quad.scale,
      width / quad.scale,
      height / quad.scale,
      left,
      top,
      width,
      height,
    );
  }
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

/** 0.5 + gain · (source − result) on 8-bit display values, opaque. */
function residualOf(source: Bitmap, result: Bitmap, gain: number): OffscreenCanvas {
  const out = new Uint8Array(source.pixels.length);
  for (let index = 0; index < out.length; index++) {
    const value = 127.5 + gain * (source.pixels[index]! - result.pixels[index]!);
    out[index] = index % 4 === 3 ? 255 : Math.min(255, Math.max(0, Math.round(value)));
  }
  return bitmapOf(out, source.canvas.width, source.canvas.height);
}
