/**
 * Slices on their way back into a volume like the one that they were read from: its bytes, with voxels that were changed replaced.
 * Header, extensions, byte order and type stay as they are; only a volume of one slice alone has a header of its own, which
 * says where that slice lies.
 */
import type { DecodeLimits, ImageFile, SourceVolume } from '../../pixels/index.ts';
import { affineOf } from './geometry.ts';
import { Fields, sliceBytes, wholeBytes, type NiftiHeader } from './header.ts';
import { withVolume } from './volume.ts';
import { replaceVoxels } from './voxels.ts';

/** The slice of a file; nothing of it is read before it is asked for. */
export function sourceVolume(
  file: ImageFile,
  header: NiftiHeader,
  slice: number,
  limits: DecodeLimits,
): SourceVolume {
  const [width, height] = header.dims as [number, number];
  const never = new AbortController().signal;
  return {
    ...{ width, height, bytesPerSample: header.bytesPerVoxel },
    head: (alone) =>
      withVolume(file, limits, never, async ({ read }) => {
        const bytes = await read(0, header.voxOffset);
        return alone ? headOfSlice(bytes, header, slice) : bytes;
      }),
    rows: (samples, top) =>
      withVolume(file, limits, never, async ({ read }) => {
        const at =
          header.voxOffset + slice * sliceBytes(header) + top * width * header.bytesPerVoxel;
        const bytes = await read(at, samples.length * header.bytesPerVoxel);
        replaceVoxels(bytes, samples, header);
        return bytes;
      }),
    tail: () =>
      withVolume(file, limits, never, ({ read, length }) =>
        read(wholeBytes(header), length - wholeBytes(header)),
      ),
  };
}

/**
 * The header of a volume that holds one slice of this one: dimensions beyond columns and rows are 1, and the origin is that slice's.
 * @param bytes up to the voxels; changed
 */
export function headOfSlice(bytes: Uint8Array, header: NiftiHeader, slice: number): Uint8Array {
  const { version, littleEndian, dims, qformCode, sformCode } = header;
  const fields = new Fields(bytes, version, littleEndian);
  const { at } = fields;
  const index = slice % dims[2]!;
  const time = Math.floor(slice / dims[2]!) % dims[3]!;
  for (let dimension = 3; dimension <= 7; dimension += 1)
    fields.setInteger(at.dim + dimension * at.dimBytes, at.dimBytes, 1);
  fields.setInteger(at.sliceStart, at.sliceBytes, 0);
  fields.setInteger(at.sliceEnd, at.sliceBytes, 0);
  if (time > 0) fields.setFloat(at.toffset, 0, fields.float(at.toffset) + time * header.pixdim[4]!);
  const step = (only: 'sform' | 'qform'): number[] => {
    const codes = only === 'sform' ? { qformCode: 0 } : { sformCode: 0 };
    const affine = affineOf({ ...header, ...codes });
    return affine ? [affine[0]![2], affine[1]![2], affine[2]![2]] : [0, 0, 0];
  };
  if (sformCode > 0)
    step('sform').forEach((part, axis) =>
      fields.setFloat(at.srow, 4 * axis + 3, header.srow[4 * axis + 3]! + index * part),
    );
  if (qformCode > 0)
    step('qform').forEach((part, axis) =>
      fields.setFloat(at.qoffset, axis, header.qoffset[axis]! + index * part),
    );
  return bytes;
}
