/**
 * An image at half, quarter, … size for the screen: 2×2 box means in the stored depth, down to at
 * most 256 pixels a side. Built in slices so that the engine stays responsive; parts are redone
 * when pixels change. Tiles for the screen are cut and converted in `documents/store.ts`.
 */
import type { Rect } from '../contract/index.ts';
import { allocateSamples, bytesPerSample, type Raster, type Samples, type Size } from './raster.ts';
import { nextTurn } from './turns.ts';

const smallestSide = 256;

/** Sizes of all levels; 0 is full size, each next one half, rounded up. */
export function levelSizes(size: Size): Size[] {
  const sizes: Size[] = [{ width: size.width, height: size.height }];
  let { width, height } = size;
  while (Math.max(width, height) > smallestSide) {
    width = Math.ceil(width / 2);
    height = Math.ceil(height / 2);
    sizes.push({ width, height });
  }
  return sizes;
}

/** Bytes of all levels above 0. */
export function pyramidBytes(raster: Raster): number {
  const perPixel = raster.channels * bytesPerSample(raster.sampleType);
  return levelSizes(raster)
    .slice(1)
    .reduce((sum, { width, height }) => sum + width * height * perPixel, 0);
}

/** Pixels of a level that one slice of work computes; about 10 ms. */
const slicePixels = 256 * 1024;

export class Pyramid {
  /** Level 0 is the raster itself. */
  readonly levels: Raster[];
  #ready: Promise<void> | null = null;
  #built = false;
  /** Changes that came while the levels were being built. */
  #late: Rect[] = [];

  constructor(raster: Raster) {
    this.levels = [raster];
  }

  get built(): boolean {
    return this.#built;
  }

  /** Builds the levels once; later calls wait for the same work. */
  ensure(): Promise<void> {
    this.#ready ??= this.#build();
    return this.#ready;
  }

  async #build(): Promise<void> {
    const base = this.levels[0]!;
    for (const size of levelSizes(base).slice(1)) {
      const from = this.levels.at(-1)!;
      const to: Raster = {
        ...size,
        channels: base.channels,
        hasAlpha: base.hasAlpha,
        sampleType: base.sampleType,
        ...(base.scale ? { scale: base.scale } : {}),
        data: allocateSamples(base.sampleType, size.width * size.height * base.channels),
      };
      const rows = Math.max(1, Math.floor(slicePixels / size.width));
      for (let y = 0; y < size.height; y += rows) {
        halve(from, to, { x: 0, y, width: size.width, height: Math.min(rows, size.height - y) });
        if (y + rows < size.height) await nextTurn();
      }
      this.levels.push(to);
    }
    this.#built = true;
    for (const rect of this.#late) this.touch(rect);
    this.#late = [];
  }

  /** Redoes what depends on a rectangle of level 0. */
  touch(rect: Rect): void {
    if (!this.#built) {
      if (this.#ready) this.#late.push(rect);
      return;
    }
    let { x, y, width, height } = rect;
    for (let level = 1; level < this.levels.length; level++) {
      const to = this.levels[level]!;
      const right = Math.min(to.width, Math.ceil((x + width) / 2));
      const bottom = Math.min(to.height, Math.ceil((y + height) / 2));
      x = Math.floor(x / 2);
      y = Math.floor(y / 2);
      width = right - x;
      height = bottom - y;
      halve(this.levels[level - 1]!, to, { x, y, width, height });
    }
  }

  /** A pyramid of the same image whose pixels begin as a copy of these; others have the thread meanwhile. */
  async copy(): Promise<Pyramid> {
    const [base, ...levels] = this.#built ? this.levels : [this.levels[0]!];
    const copy = new Pyramid(await copied(base!));
    if (levels.length === 0) return copy;
    for (const level of levels) copy.levels.push(await copied(level));
    copy.#built = true;
    copy.#ready = Promise.resolve();
    return copy;
  }
}

/** Bytes copied in one go; pages of memory that nobody has touched yet make it slow, about 10 ms. */
const SLICE_BYTES = 4 * 1024 * 1024;

/** 100 megapixels at once would hold the engine's thread for a second or two. */
async function copied(raster: Raster): Promise<Raster> {
  const { data } = raster;
  const copy = allocateSamples(raster.sampleType, data.length);
  const step = SLICE_BYTES / data.BYTES_PER_ELEMENT;
  for (let at = 0; at < data.length; at += step) {
    copy.set(data.subarray(at, at + step), at);
    if (at + step < data.length) await nextTurn();
  }
  return { ...raster, data: copy };
}

/** Means of 2×2 pixels; the last column and row of an odd image count twice. */
function halve(from: Raster, to: Raster, rect: Rect): void {
  const { channels } = from;
  const stride = from.width * channels;
  const lastX = from.width - 1;
  const mean = from.sampleType === 'float32' ? meanOfFloats : meanOfIntegers;
  for (let y = rect.y; y < rect.y + rect.height; y++) {
    const upper = y * 2 * stride;
    const lower = Math.min(y * 2 + 1, from.height - 1) * stride;
    const out = (y * to.width + rect.x) * channels;
    mean(from.data, { upper, lower, lastX, channels }, to.data, out, rect);
  }
}

/** Where the two rows of a row of means begin. */
interface Rows {
  readonly upper: number;
  readonly lower: number;
  readonly lastX: number;
  readonly channels: number;
}

/** To the nearest, halves up, also below 0: a shift rounds down. */
function meanOfIntegers(
  source: Samples,
  { upper, lower, lastX, channels }: Rows,
  target: Samples,
  out: number,
  { x: first, width }: Rect,
): void {
  for (let x = first; x < first + width; x++) {
    const left = x * 2 * channels;
    const right = x * 2 < lastX ? left + channels : left;
    for (let channel = 0; channel < channels; channel++)
      target[out++] =
        (source[upper + left + channel]! +
          source[upper + right + channel]! +
          source[lower + left + channel]! +
          source[lower + right + channel]! +
          2) >>
        2;
  }
}

function meanOfFloats(
  source: Samples,
  { upper, lower, lastX, channels }: Rows,
  target: Samples,
  out: number,
  { x: first, width }: Rect,
): void {
  for (let x = first; x < first + width; x++) {
    const left = x * 2 * channels;
    const right = x * 2 < lastX ? left + channels : left;
    for (let channel = 0; channel < channels; channel++)
      target[out++] =
        (source[upper + left + channel]! +
          source[upper + right + channel]! +
          source[lower + left + channel]! +
          source[lower + right + channel]!) /
        4;
  }
}
