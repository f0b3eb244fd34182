/**
 * A volume seen in the three planes of the body: how a plane lies in it, how large it is, where its pages are. Pure geometry, for the
 * engine that cuts planes and for the page that steps through them alike. A plane is a cut along two of the volume's own axes, those that
 * lead nearest to those of the body, so that nothing is interpolated but between voxels of one row.
 */
import * as z from 'zod';
import { vectorSchema, type BodyPlace } from './place.ts';

export const planes = ['axial', 'coronal', 'sagittal'] as const;
export type Plane = (typeof planes)[number];

export const planeField = z
  .enum(planes)
  .optional()
  .describe(
    'Plane of a volume in the place of its slices, cut from all of them; pages count through it',
  );

const count = z.number().int().min(1);

/** Where the voxels of a volume lie: millimetres, as of `BodyPlace`. Its axes stand upright on each other. */
export const volumeShapeSchema = z.object({
  size: z.tuple([count, count, count]).describe('Voxels: columns, rows, slices'),
  times: count.describe('Volumes of this shape, one behind the other: points in time, echoes'),
  origin: vectorSchema.describe('Of the middle of the first voxel'),
  steps: z
    .tuple([vectorSchema, vectorSchema, vectorSchema])
    .describe('From a voxel to the next one: along a row, along a column, to the next slice'),
});
export type VolumeShape = z.infer<typeof volumeShapeSchema>;

type Vector = readonly [number, number, number];
type Axis = 0 | 1 | 2;

/** One of a volume's axes, as a plane runs along it. */
export interface Along {
  readonly axis: Axis;
  /** Against the way in which voxels are counted. */
  readonly reversed: boolean;
  /** Millimetres from voxel to voxel. */
  readonly step: number;
  readonly voxels: number;
}

/** How a plane is cut from a volume. */
export interface Cut {
  readonly across: Along;
  readonly down: Along;
  /** From page to page. */
  readonly through: Along;
  /** Millimetres, of its square pixels: the nearer one of both distances of voxels. */
  readonly pixel: number;
  readonly width: number;
  readonly height: number;
  /** At one time. */
  readonly pages: number;
}

/** To the patient's left and back and to the feet on the screen, pages from right to left, front to back, feet to head. */
const ways: Readonly<Record<Plane, { across: Way; down: Way; through: Way }>> = {
  axial: { across: [0, 1], down: [1, 1], through: [2, 1] },
  coronal: { across: [0, 1], down: [2, -1], through: [1, 1] },
  sagittal: { across: [1, 1], down: [2, -1], through: [0, 1] },
};
/** Axis of the body, and which way along it. */
type Way = readonly [axis: Axis, sign: 1 | -1];

const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

const length = (vector: Vector): number => Math.hypot(...vector);

/** The axis of the volume that leads along each axis of the body, in the way in which they fit best together. */
export function axesOf({ steps }: Pick<VolumeShape, 'steps'>): readonly [Axis, Axis, Axis] {
  const fit = (order: (typeof orders)[number]): number =>
    order.reduce((sum: number, axis, body) => {
      const step = steps[axis];
      return sum + Math.abs(step[body as Axis]) / length(step);
    }, 0);
  return orders.reduce((one, other) => (fit(other) > fit(one) + 1e-9 ? other : one));
}

/** Pixels of a side: never beyond the last voxel. */
const pixelsOf = ({ voxels, step }: Along, pixel: number): number =>
  Math.floor(((voxels - 1) * step) / pixel + 1e-6) + 1;

export function cutOf(volume: VolumeShape, plane: Plane): Cut {
  const axes = axesOf(volume);
  const along = ([body, sign]: Way): Along => {
    const axis = axes[body];
    const step = volume.steps[axis];
    return {
      axis,
      reversed: step[body] * sign < 0,
      step: length(step),
      voxels: volume.size[axis],
    };
  };
  const [across, down, through] = (['across', 'down', 'through'] as const).map((way) =>
    along(ways[plane][way]),
  ) as [Along, Along, Along];
  const pixel = Math.min(across.step, down.step);
  return {
    ...{ across, down, through, pixel },
    width: pixelsOf(across, pixel),
    height: pixelsOf(down, pixel),
    pages: through.voxels,
  };
}

/** Index of a voxel along an axis, of the pixel or page that is counted the plane's way. */
export const voxelOf = ({ reversed, voxels }: Along, at: number): number =>
  reversed ? voxels - 1 - at : at;

/** Where the voxel at these indices lies, millimetres. @param voxel column, row, slice */
export function pointAt(
  { origin, steps }: VolumeShape,
  voxel: readonly number[],
): [number, number, number] {
  const at = (body: Axis): number =>
    origin[body] + steps.reduce((sum, step, axis) => sum + step[body] * voxel[axis]!, 0);
  return [at(0), at(1), at(2)];
}

/** @param page from 0 on, of all times */
export function placeOfPage(volume: VolumeShape, cut: Cut, page: number): BodyPlace {
  const { across, down, through } = cut;
  const first = [0, 0, 0];
  first[across.axis] = voxelOf(across, 0);
  first[down.axis] = voxelOf(down, 0);
  first[through.axis] = voxelOf(through, page % cut.pages);
  const way = ({ axis, reversed, step }: Along): [number, number, number] => {
    const sign = reversed ? -1 : 1;
    const [x, y, z] = volume.steps[axis];
    return [(sign * x) / step, (sign * y) / step, (sign * z) / step];
  };
  return { origin: pointAt(volume, first), right: way(across), down: way(down) };
}

/** The voxel nearest to a point, along one axis. */
function nearest({ origin, size, steps }: VolumeShape, axis: Axis, point: Vector): number {
  const step = steps[axis];
  const along = step.reduce((sum, part, body) => sum + part * (point[body]! - origin[body]!), 0);
  const index = Math.round(along / length(step) ** 2);
  return Math.min(Math.max(index, 0), size[axis] - 1);
}

/** Column, row and slice of the voxel nearest to a point, from 0 on. */
export const voxelAt = (volume: VolumeShape, point: Vector): [number, number, number] => [
  nearest(volume, 0, point),
  nearest(volume, 1, point),
  nearest(volume, 2, point),
];

/** The page of a plane that is nearest to a point, from 0 on, at the first time. */
export const pageAt = (volume: VolumeShape, { through }: Cut, point: Vector): number =>
  voxelOf(through, nearest(volume, through.axis, point));

/** The slice as it was taken that is nearest to a point, from 0 on, at the first time. */
export const sliceAt = (volume: VolumeShape, point: Vector): number => nearest(volume, 2, point);
