/** Where voxels lie: golden values by the formulas of `nifti1.h`, and rotations of every kind. */
import { describe, expect, it } from 'vitest';
import {
  affineOf,
  orientationOf,
  voxelSizes,
  type Affine,
} from '../../../app/scans/nifti/geometry.ts';
import { parseHeader } from '../../../app/scans/nifti/header.ts';
import { uniform } from '../../random.ts';
import { madeNifti, type Made } from './nifti-made.ts';

const header = (made: Partial<Made>) =>
  parseHeader(madeNifti({ dims: [2, 3, 4], datatype: 4, values: () => 0, ...made }), 'made.nii');

type Vector = [number, number, number];

/** Rotation by an angle around a unit axis (Rodrigues), not by way of a quaternion. */
function rotation(axis: Vector, angle: number): number[][] {
  const [x, y, z] = axis;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const t = 1 - c;
  return [
    [t * x * x + c, t * x * y - s * z, t * x * z + s * y],
    [t * x * y + s * z, t * y * y + c, t * y * z - s * x],
    [t * x * z - s * y, t * y * z + s * x, t * z * z + c],
  ];
}

const closest = (found: Affine, wanted: readonly (readonly number[])[]): number =>
  Math.max(...wanted.flatMap((row, y) => row.map((value, x) => Math.abs(found[y]![x]! - value))));

/** Rotations, sizes and origins: a third around an arbitrary axis by just half a turn, where a is 0. */
const cases = Array.from({ length: 300 }, (_, index) => {
  const next = uniform(index + 1);
  const raw: Vector = [next() - 0.5, next() - 0.5, next() - 0.5];
  const length = Math.hypot(...raw);
  const axis = raw.map((one) => one / length) as Vector;
  const angle = index % 3 === 0 ? Math.PI : next() * 3;
  const sizes: Vector = [0.5 + 2 * next(), 0.5 + 2 * next(), 0.5 + 5 * next()];
  const origin = [100 * next() - 50, 100 * next() - 50, 100 * next() - 50] as Vector;
  const turned = rotation(axis, angle);
  const half = Math.sin(angle / 2);
  const quatern = axis.map((one) => one * half) as Vector;
  return { index, turned, sizes, origin, quatern, qfac: index % 2 ? -1 : 1 };
});

describe.each([1, 2] as const)('NIfTI-%i', (version) => {
  describe.each([true, false])('little endian: %s', (little) => {
    it('turns as its qform says', () => {
      let worst = 0;
      for (const { turned, sizes, origin, quatern, qfac } of cases) {
        const found = affineOf(
          header({
            ...{ version, little },
            pixdim: [qfac, ...sizes, 0, 0, 0, 0],
            qform: { code: 1, quatern, offset: origin },
          }),
        )!;
        const wanted = turned.map((row, y) => [
          ...row.map((value, x) => value * sizes[x]! * (x === 2 ? qfac : 1)),
          origin[y]!,
        ]);
        expect(found.flat().every(Number.isFinite)).toBe(true);
        // Of 32 bits, what the quaternion's rounding does to a: within 1e-5 of the formula on what is stored, below.
        if (version === 2) worst = Math.max(worst, closest(found, wanted));
        else worst = Math.max(worst, closest(found, definition(quatern, sizes, origin, qfac)));
      }
      expect(worst).toBeLessThan(1e-5);
    });

    it('turns as its sform says, whatever its qform does', () => {
      for (const { turned, sizes, origin, quatern } of cases) {
        const rows = turned.map((row, y) => [...row.map((one, x) => one * sizes[x]!), origin[y]!]);
        const found = affineOf(
          header({
            ...{ version, little },
            qform: { code: 3, quatern, offset: [9, 9, 9] },
            sform: { code: 1, rows: rows.flat() },
          }),
        )!;
        expect(closest(found, rows)).toBeLessThan(1e-5);
      }
    });
  });
});

/** "METHOD 2" of nifti1.h, word for word, on values of 32 bits. */
function definition(q: Vector, sizes: Vector, origin: Vector, qfac: number): number[][] {
  let [b, c, d] = q.map(Math.fround) as Vector;
  let square = 1 - (b * b + c * c + d * d);
  if (square < 1e-7) {
    const length = Math.sqrt(b * b + c * c + d * d);
    [b, c, d] = [b / length, c / length, d / length];
    square = 0;
  }
  const a = Math.sqrt(square);
  const turned = [
    [a * a + b * b - c * c - d * d, 2 * b * c - 2 * a * d, 2 * b * d + 2 * a * c],
    [2 * b * c + 2 * a * d, a * a + c * c - b * b - d * d, 2 * c * d - 2 * a * b],
    [2 * b * d - 2 * a * c, 2 * c * d + 2 * a * b, a * a + d * d - c * c - b * b],
  ];
  return turned.map((row, y) => [
    ...row.map((one, x) => one * Math.fround(sizes[x]!) * (x === 2 ? qfac : 1)),
    Math.fround(origin[y]!),
  ]);
}

describe('what follows from the affine', () => {
  const letters = (rows: readonly number[]) =>
    orientationOf(affineOf(header({ sform: { code: 2, rows } }))!);

  it('is letters for the axis that each index leads along', () => {
    expect(letters([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0])).toBe('RAS');
    expect(letters([-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0])).toBe('LPS');
    // Sagittal: columns from front to back, rows from top to bottom, slices to the left.
    expect(letters([0, 0, -3, 0, -1, 0, 0, 0, 0, -1, 0, 0])).toBe('PIL');
    // Oblique by a third of a right angle, and one size far larger than the others.
    expect(letters([0.87, -0.5, 0, 0, 0.5, 0.87, 0, 0, 0, 0, 9, 0])).toBe('RAS');
    expect(letters([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0])).toBeNull();
  });

  it('is nothing where a file does not say', () => {
    const silent = header({ pixdim: [1, 2, 3, 4, 0, 0, 0, 0] });
    expect(affineOf(silent)).toBeNull();
    expect(voxelSizes(silent)).toEqual([2, 3, 4]);
  });

  it('is golden: a quarter turn about z, handed over, in millimetres', () => {
    const root = Math.SQRT1_2;
    const turned = header({
      version: 2,
      pixdim: [-1, 2, 3, 4, 0, 0, 0, 0],
      qform: { code: 1, quatern: [0, 0, root], offset: [10, 20, 30] },
    });
    expect(closest(affineOf(turned)!, [[0, -3, 0, 10], [2, 0, 0, 20], [0, 0, -4, 30]])).toBeLessThan(1e-12); // prettier-ignore
    expect(orientationOf(affineOf(turned)!)).toBe('ALI');
    voxelSizes(turned).forEach((size, at) => expect(size).toBeCloseTo([2, 3, 4][at]!, 12));
  });
});
