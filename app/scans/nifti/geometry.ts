/**
 * Where voxels lie in space: the affine of a NIfTI header, and what follows from it. World coordinates are those of
 * `nifti1.h`: +x is right, +y anterior, +z superior, in the header's unit (nearly always millimetres).
 */
import { axesOf } from '../../contract/index.ts';
import type { DecodedImage } from '../../pixels/index.ts';
import type { NiftiHeader } from './header.ts';

/** Four rows of four: (x, y, z, 1) = affine · (column, row, slice, 1), indices of voxels from 0 on. */
export type Affine = readonly (readonly [number, number, number, number])[];

type Geometric = Pick<
  NiftiHeader,
  'pixdim' | 'qformCode' | 'sformCode' | 'quatern' | 'qoffset' | 'srow'
>;

/**
 * The sform where its code says that there is one, else the qform, else nothing: sizes alone do not say which way is up, and nor do
 * numbers that are none.
 * A header may hold both, for two spaces; the sform is the one that `nifti1.h` calls "method 3", for the standard space.
 */
export function affineOf(header: Geometric): Affine | null {
  const affine = statedAffine(header);
  return affine?.flat().every(Number.isFinite) ? affine : null;
}

function statedAffine(header: Geometric): Affine | null {
  if (header.sformCode > 0) return sform(header);
  return header.qformCode > 0 ? qform(header) : null;
}

/** The form that a header says to go by and that holds what is no number; null: there is none such. */
export const brokenForm = (header: Geometric): 'sform' | 'qform' | null =>
  statedAffine(header) && !affineOf(header) ? (header.sformCode > 0 ? 'sform' : 'qform') : null;

function sform({ srow }: Geometric): Affine {
  const row = (at: number): [number, number, number, number] => [
    ...([srow[at]!, srow[at + 1]!, srow[at + 2]!, srow[at + 3]!] as const),
  ];
  return [row(0), row(4), row(8), [0, 0, 0, 1]];
}

/** Below this square of a, b, c and d alone are believed, and made one again (nifti1_io, nifti_quatern_to_mat44). */
const LEAST_SQUARE = 1e-7;

/** Method 2 of `nifti1.h`: rotation from the quaternion, sizes and handedness from pixdim. */
function qform({ quatern, qoffset, pixdim }: Geometric): Affine {
  let [b, c, d] = quatern;
  const square = 1 - (b * b + c * c + d * d);
  let a = 0;
  if (square < LEAST_SQUARE) {
    // Half a turn: rounding to 32 bits takes the sum beyond 1, and the root would be no number.
    const length = Math.hypot(b, c, d);
    [b, c, d] = [b / length, c / length, d / length];
  } else a = Math.sqrt(square);
  const size = (at: number): number => (pixdim[at]! > 0 ? pixdim[at]! : 1);
  const [x, y, z] = [size(1), size(2), pixdim[0]! < 0 ? -size(3) : size(3)];
  return [
    [
      (a * a + b * b - c * c - d * d) * x,
      2 * (b * c - a * d) * y,
      2 * (b * d + a * c) * z,
      qoffset[0],
    ],
    [
      2 * (b * c + a * d) * x,
      (a * a + c * c - b * b - d * d) * y,
      2 * (c * d - a * b) * z,
      qoffset[1],
    ],
    [
      2 * (b * d - a * c) * x,
      2 * (c * d + a * b) * y,
      (a * a + d * d - c * c - b * b) * z,
      qoffset[2],
    ],
    [0, 0, 0, 1],
  ];
}

const column = (affine: Affine, at: 0 | 1 | 2): [number, number, number] => [
  affine[0]![at],
  affine[1]![at],
  affine[2]![at],
];

/** Lengths of a voxel's edges along columns, rows and slices: of the affine, else of pixdim. */
export function voxelSizes(header: Geometric): readonly [number, number, number] {
  const affine = affineOf(header);
  if (!affine)
    return [1, 2, 3].map((at) => Math.abs(header.pixdim[at]!)) as [number, number, number];
  return [0, 1, 2].map((at) => Math.hypot(...column(affine, at as 0 | 1 | 2))) as [
    ...[number, number, number],
  ];
}

const letters = [
  ['L', 'R'],
  ['P', 'A'],
  ['I', 'S'],
] as const;

/**
 * Where columns, rows and slices lead as their indices grow, "RAS" for example: each takes another axis of the body, in the
 * way in which they fit best together. null: the affine has no volume, or holds what is no number.
 */
export function orientationOf(affine: Affine): string | null {
  const steps: [Vector, Vector, Vector] = [column(affine, 0), column(affine, 1), column(affine, 2)];
  const lengths = steps.map((step) => Math.hypot(...step));
  if (!lengths.every((length) => length > 0 && Number.isFinite(length))) return null;
  const axes = axesOf({ steps });
  return steps
    .map((step, at) => {
      const body = axes.indexOf(at as 0 | 1 | 2);
      return letters[body]![step[body]! < 0 ? 0 : 1];
    })
    .join('');
}

/**
 * Where a slice lies, in the coordinates of the contract: x and y run the other way there.
 * @param slice of all, time points one behind the other
 */
export function scannedOf(
  header: Geometric & Pick<NiftiHeader, 'dims'>,
  slice: number,
): NonNullable<DecodedImage['scanned']> {
  const [x, y] = voxelSizes(header);
  const pixelSize = x > 0 && y > 0 ? { pixelSize: { x, y } } : {};
  const affine = affineOf(header);
  if (!affine || !(x > 0 && y > 0)) return pixelSize;
  const turned = ([a, b, c]: readonly number[], by: number): Vector => [
    -a! / by,
    -b! / by,
    c! / by,
  ];
  const step = column(affine, 2).map((part) => part * (slice % header.dims[2]!));
  const origin = [0, 1, 2].map((axis) => affine[axis]![3] + step[axis]!);
  return {
    ...pixelSize,
    place: {
      origin: turned(origin, 1),
      right: turned(column(affine, 0), x),
      down: turned(column(affine, 1), y),
    },
  };
}

type Vector = [number, number, number];
