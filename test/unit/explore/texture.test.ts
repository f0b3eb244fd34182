import { expect, it } from 'vitest';
import { mirroredPlane } from '../../../app/explore/plane.ts';
import { mirroredTexture, textureOf, TEXTURES } from '../../../app/explore/texture.ts';
import { plane, scene } from './pictures.ts';

const side = 64;
const square = (value: (at: number) => number) => ({
  ...{ width: side, height: side },
  data: Float32Array.from({ length: side * side }, (_, at) => value(at)),
});

it('of a flat picture is one code, and of a ramp another', () => {
  const flat = textureOf(square(() => 0.5));
  expect(flat[255]).toBeCloseTo(1, 6);
  // Lighter to the right: the five that are not to the right are no lighter.
  const ramp = textureOf(square((at) => (at % side) / side));
  expect(ramp[0b01101011]).toBeCloseTo(1, 6);
  expect(ramp[255]).toBe(0);
});

it('is roots of shares, the same for any lightness and contrast, and that of the mirror image follows', () => {
  const picture = plane(scene(4), { width: side, height: side });
  const texture = textureOf(picture);
  expect(texture).toHaveLength(TEXTURES);
  expect(texture.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5);
  const lighter = square((at) => 0.2 + 0.5 * Math.sqrt(picture.data[at]!));
  expect([...textureOf(lighter)]).toEqual([...texture]);
  const mirrored = textureOf(mirroredPlane(picture));
  expect([...mirroredTexture(texture)]).toEqual([...mirrored]);
  expect([...mirrored]).not.toEqual([...texture]);
});
