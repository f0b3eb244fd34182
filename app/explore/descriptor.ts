/**
 * What a picture is compared by: a vector of length 1 for itself, one for its mirror image, and a tiny picture of it. The cosine of two vectors is
 * how alike two pictures look. Numbers of `looks.ts` are brought to one scale first, and the directions in which all pictures differ are made
 * half as loud (a principal axis of variance λ is divided by λ to the fourth root): otherwise a cosine listens to the loudest alone.
 * The axes are a file of a model (`card.ts`), made by `node build/fit-looks.mjs`.
 */
import type { Size } from '../pixels/raster.ts';
import { LOOKS, looksOf, mirroredLooks, SIDE } from './looks.ts';
import { squared, type Plane } from './plane.ts';

/** Numbers of a vector. */
export const WIDTH = 64;
/** Side of the tiny picture, pixels. */
export const TINY = 32;

export interface Axes {
  readonly mean: Float32Array;
  /** One over the standard deviation. */
  readonly scale: Float32Array;
  /** [WIDTH, LOOKS] */
  readonly axes: Float32Array;
}

export interface Described {
  readonly vector: Float32Array;
  /** Of the mirror image. */
  readonly mirrored: Float32Array;
  /** Gray, [TINY, TINY]. */
  readonly tiny: Uint8Array;
}

const COUNT = LOOKS * (2 + WIDTH);

/** Mean, scale and axes one after another, float32 in little endian. @returns null: it is no such file */
export function readAxes(bytes: Uint8Array): Axes | null {
  if (bytes.byteLength !== 4 * COUNT) return null;
  const values = new Float32Array(bytes.slice().buffer);
  return {
    mean: values.subarray(0, LOOKS),
    scale: values.subarray(LOOKS, 2 * LOOKS),
    axes: values.subarray(2 * LOOKS),
  };
}

export function writeAxes({ mean, scale, axes }: Axes): Uint8Array {
  const values = new Float32Array(COUNT);
  values.set(mean);
  values.set(scale, LOOKS);
  values.set(axes, 2 * LOOKS);
  return new Uint8Array(values.buffer);
}

/** @param axes of `readAxes` */
export function describe(plane: Plane, axes: Axes): Described {
  const looks = looksOf(squared(plane, SIDE));
  return {
    vector: turned(looks, axes),
    mirrored: turned(mirroredLooks(looks), axes),
    tiny: Uint8Array.from(squared(plane, TINY), (value) => Math.round(255 * value)),
  };
}

function turned(looks: Float32Array, { mean, scale, axes }: Axes): Float32Array {
  const even = looks.map((value, i) => (value - mean[i]!) * scale[i]!);
  const out = new Float32Array(WIDTH);
  let squares = 0;
  for (let k = 0; k < WIDTH; k++) {
    let sum = 0;
    for (let i = 0, at = k * LOOKS; i < LOOKS; i++, at++) sum += axes[at]! * even[i]!;
    out[k] = sum;
    squares += sum * sum;
  }
  const factor = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  return out.map((value) => value * factor);
}

/** Rec. ITU-R BT.601 */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114];

/** Gray of RGBA pixels, 0 to 1, on white where they are transparent. */
export function grayOf({
  width,
  height,
  data,
}: Size & { readonly data: Uint8Array | Uint8ClampedArray }): Plane {
  const gray = new Float32Array(width * height);
  for (let i = 0, at = 0; i < gray.length; i++, at += 4) {
    const opacity = data[at + 3]! / 255;
    const luma = (RED * data[at]! + GREEN * data[at + 1]! + BLUE * data[at + 2]!) / 255;
    gray[i] = luma * opacity + 1 - opacity;
  }
  return { width, height, data: gray };
}
