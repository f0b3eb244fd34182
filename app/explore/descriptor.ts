/**
 * What a picture is compared by: a vector of length 1 for itself, one for its mirror image, and a tiny picture of it. The cosine of two vectors is
 * how alike two pictures look. A vector is two, each of length √½, so that the cosine is the mean of theirs: the form (which edges are where, `looks.ts`),
 * which alone says whether two pictures may be one, and the texture (what a picture is made of, `texture.ts`), which noise changes. The directions
 * in which all pictures differ are made half as loud (a principal axis of variance λ is divided by λ to the fourth root): otherwise a cosine
 * listens to the loudest alone. The axes are a file of a model (`card.ts`), made by `node build/fit-looks.mjs`.
 */
import { LUMA } from '../pixels/luma.ts';
import type { Size } from '../pixels/raster.ts';
import { LOOKS, looksOf, mirroredLooks, SIDE } from './looks.ts';
import { squared, type Plane } from './plane.ts';
import { mirroredTexture, textureOf, TEXTURES } from './texture.ts';
import type { Unlike } from '../runtime/index.ts';

/** Numbers of a vector that are its form; they come first. */
export const FORM = 64;
/** And its texture. */
export const TEXTURE = 32;
export const WIDTH = FORM + TEXTURE;
/** Side of the tiny picture, pixels. */
export const TINY = 32;

/** From numbers of a picture to a few that are compared. */
export interface PartAxes {
  readonly mean: Float32Array;
  /** What each number is multiplied by: one over its deviation, or 1. */
  readonly scale: Float32Array;
  /** [numbers that are compared, numbers of the picture] */
  readonly axes: Float32Array;
}

export interface Axes {
  /** FORM of LOOKS. */
  readonly form: PartAxes;
  /** TEXTURE of TEXTURES. */
  readonly texture: PartAxes;
}

export interface Described {
  readonly vector: Float32Array;
  /** Of the mirror image. */
  readonly mirrored: Float32Array;
  /** Gray, [TINY, TINY]. */
  readonly tiny: Uint8Array;
  /** In what the picture is unlike what the network learnt from that describes it; absent: in nothing that is known. */
  readonly unlike?: readonly Unlike[];
}

const PARTS = [
  { part: 'form', from: LOOKS, to: FORM },
  { part: 'texture', from: TEXTURES, to: TEXTURE },
] as const;
const COUNT = PARTS.reduce((sum, { from, to }) => sum + from * (2 + to), 0);

/** Mean, scale and axes of the form, then of the texture, float32 in little endian. @returns null: it is no such file */
export function readAxes(bytes: Uint8Array): Axes | null {
  if (bytes.byteLength !== 4 * COUNT) return null;
  const values = new Float32Array(bytes.slice().buffer);
  let at = 0;
  const next = (count: number): Float32Array => values.subarray(at, (at += count));
  const [form, texture] = PARTS.map(({ from, to }) => ({
    ...{ mean: next(from), scale: next(from), axes: next(from * to) },
  }));
  return { form: form!, texture: texture! };
}

export function writeAxes(all: Axes): Uint8Array {
  const values = new Float32Array(COUNT);
  let at = 0;
  for (const { part } of PARTS)
    for (const numbers of [all[part].mean, all[part].scale, all[part].axes]) {
      values.set(numbers, at);
      at += numbers.length;
    }
  return new Uint8Array(values.buffer);
}

/** @param plane at most SIDE pixels along its longer side @param axes of `readAxes` */
export function describe(plane: Plane, axes: Axes): Described {
  const looks = looksOf(squared(plane, SIDE));
  const texture = textureOf(plane);
  return {
    vector: vectorOf(looks, texture, axes),
    mirrored: vectorOf(mirroredLooks(looks), mirroredTexture(texture), axes),
    tiny: Uint8Array.from(squared(plane, TINY), (value) => Math.round(255 * value)),
  };
}

function vectorOf(looks: Float32Array, texture: Float32Array, axes: Axes): Float32Array {
  const out = new Float32Array(WIDTH);
  turn(looks, axes.form, out.subarray(0, FORM));
  turn(texture, axes.texture, out.subarray(FORM));
  return out;
}

/** Along the axes, to length √½. */
function turn(numbers: Float32Array, { mean, scale, axes }: PartAxes, out: Float32Array): void {
  const even = numbers.map((value, i) => (value - mean[i]!) * scale[i]!);
  let squares = 0;
  for (let k = 0, at = 0; k < out.length; k++) {
    let sum = 0;
    for (let i = 0; i < even.length; i++, at++) sum += axes[at]! * even[i]!;
    out[k] = sum;
    squares += sum * sum;
  }
  const factor = squares > 0 ? 1 / Math.sqrt(2 * squares) : 0;
  for (let k = 0; k < out.length; k++) out[k]! *= factor;
}

const [RED, GREEN, BLUE] = LUMA;

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
