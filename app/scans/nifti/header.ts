/**
 * The header of a NIfTI file of one piece (.nii): NIfTI-1 in 348 bytes, NIfTI-2 in 540, in either byte order. Offsets are
 * those of `nifti1.h` and `nifti2.h` (nifti.nimh.nih.gov). What the affine follows from is `geometry.ts`, what voxels are
 * `voxels.ts`.
 */
import { HourglassError } from '../../contract/index.ts';
import { say } from './sentences.ts';

/** How a voxel is stored: an integer of so many bits, or a float. */
export type StoredType =
  | ('int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64')
  | ('float32' | 'float64');

/** By the number in the field `datatype`. */
const storedTypes: Readonly<Record<number, StoredType>> = {
  ...{ 2: 'uint8', 4: 'int16', 8: 'int32', 16: 'float32' },
  ...{ 64: 'float64', 256: 'int8', 512: 'uint16', 768: 'uint32', 1024: 'int64', 1280: 'uint64' },
};

/** Types that are no one real number that a picture could hold. */
const otherTypes: Readonly<Record<number, string>> = {
  ...{ 1: 'BINARY', 32: 'COMPLEX64', 128: 'RGB24' },
  ...{ 1536: 'FLOAT128', 1792: 'COMPLEX128', 2048: 'COMPLEX256', 2304: 'RGBA32' },
};

const bytesOf: Readonly<Record<StoredType, number>> = {
  ...{ int8: 1, uint8: 1, int16: 2, uint16: 2 },
  ...{ int32: 4, uint32: 4, float32: 4, float64: 8, int64: 8, uint64: 8 },
};

export interface NiftiHeader {
  readonly version: 1 | 2;
  readonly littleEndian: boolean;
  /** Lengths of the seven dimensions, 1 where the file has fewer: columns, rows, slices, time points, … */
  readonly dims: readonly number[];
  readonly type: StoredType;
  readonly bytesPerVoxel: number;
  /** What the file says beside the type; readers go by the type (nifti1.h). */
  readonly bitpix: number;
  /** Where the voxels begin: behind header and extensions. Bytes. */
  readonly voxOffset: number;
  /** Measured value = stored value × slope + intercept; 1 and 0 where the file has no scaling. */
  readonly slope: number;
  readonly intercept: number;
  /** Measured values to show as black and white; equal: not said. */
  readonly calMin: number;
  readonly calMax: number;
  /** The first is the handedness of the qform, then sizes of a voxel along each dimension. */
  readonly pixdim: readonly number[];
  readonly qformCode: number;
  readonly sformCode: number;
  /** b, c, d of the unit quaternion. */
  readonly quatern: readonly [number, number, number];
  readonly qoffset: readonly [number, number, number];
  /** Three rows of four, row by row. */
  readonly srow: readonly number[];
}

type Width = 2 | 4 | 8;

/** Bytes from the beginning of the file, and widths. */
interface Layout extends Readonly<Record<FieldName, number>> {
  readonly floatBytes: 4 | 8;
  readonly dimBytes: Width;
  readonly sliceBytes: Width;
  readonly codeBytes: Width;
}
type FieldName =
  | ('size' | 'dim' | 'datatype' | 'bitpix' | 'pixdim' | 'voxOffset' | 'slope' | 'intercept')
  | ('calMax' | 'calMin' | 'toffset' | 'sliceStart' | 'sliceEnd')
  | ('qformCode' | 'sformCode' | 'quatern' | 'qoffset' | 'srow');

/** Where the fields lie, and how wide those are that differ between the versions. */
export const layouts: Readonly<Record<1 | 2, Layout>> = {
  1: {
    ...{ size: 348, dim: 40, dimBytes: 2, datatype: 70, bitpix: 72, pixdim: 76, floatBytes: 4 },
    ...{ voxOffset: 108, slope: 112, intercept: 116, calMax: 124, calMin: 128, toffset: 136 },
    ...{ sliceStart: 74, sliceEnd: 120, sliceBytes: 2 },
    ...{ qformCode: 252, sformCode: 254, codeBytes: 2, quatern: 256, qoffset: 268, srow: 280 },
  },
  2: {
    ...{ size: 540, dim: 16, dimBytes: 8, datatype: 12, bitpix: 14, pixdim: 104, floatBytes: 8 },
    ...{ voxOffset: 168, slope: 176, intercept: 184, calMax: 192, calMin: 200, toffset: 216 },
    ...{ sliceStart: 224, sliceEnd: 232, sliceBytes: 8 },
    ...{ qformCode: 344, sformCode: 348, codeBytes: 4, quatern: 352, qoffset: 376, srow: 400 },
  },
};

/** Bytes that hold any header, and the four that say whether extensions follow. */
export const headerBytes = 544;

/** Extensions of real files are kilobytes; a header that says more than this is damaged. */
const MOST_BEFORE_VOXELS = 64e6;

/** A reader of fields in the byte order of a header. */
export class Fields {
  readonly #view: DataView;
  readonly #little: boolean;
  readonly at: Layout;

  constructor(bytes: Uint8Array, version: 1 | 2, littleEndian: boolean) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = littleEndian;
    this.at = layouts[version];
  }

  integer(at: number, bytes: Width): number {
    if (bytes === 2) return this.#view.getInt16(at, this.#little);
    return bytes === 4
      ? this.#view.getInt32(at, this.#little)
      : Number(this.#view.getBigInt64(at, this.#little));
  }

  setInteger(at: number, bytes: Width, value: number): void {
    if (bytes === 2) this.#view.setInt16(at, value, this.#little);
    else if (bytes === 4) this.#view.setInt32(at, value, this.#little);
    else this.#view.setBigInt64(at, BigInt(value), this.#little);
  }

  /** A float of the version's width. @param index of a field of several */
  float(at: number, index = 0): number {
    const { floatBytes } = this.at;
    return floatBytes === 4
      ? this.#view.getFloat32(at + 4 * index, this.#little)
      : this.#view.getFloat64(at + 8 * index, this.#little);
  }

  setFloat(at: number, index: number, value: number): void {
    const { floatBytes } = this.at;
    if (floatBytes === 4) this.#view.setFloat32(at + 4 * index, value, this.#little);
    else this.#view.setFloat64(at + 8 * index, value, this.#little);
  }

  floats(at: number, count: number): number[] {
    return Array.from({ length: count }, (_, index) => this.float(at, index));
  }
}

/**
 * @param bytes the first `headerBytes` of the file, inflated; fewer where it is shorter
 * @param name of the file, for sentences
 * @throws HourglassError damaged-image, unsupported-image: a type of voxel that a picture can not hold
 */
export function parseHeader(bytes: Uint8Array, name: string): NiftiHeader {
  const damaged = (what: string): HourglassError =>
    new HourglassError('damaged-image', say('headerDamaged', { name, what }));
  const { version, littleEndian } = kindOf(bytes) ?? raise(damaged('sizeof_hdr'));
  if (bytes.length < layouts[version].size) throw damaged('sizeof_hdr');
  const fields = new Fields(bytes, version, littleEndian);
  const { at } = fields;

  const code = fields.integer(at.datatype, 2);
  const type = storedTypes[code];
  if (!type)
    throw otherTypes[code]
      ? new HourglassError(
          'unsupported-image',
          say('typeNotSupported', { name, type: otherTypes[code] }),
          { hint: say('convertType') },
        )
      : damaged('datatype');
  const bytesPerVoxel = bytesOf[type];

  const used = fields.integer(at.dim, at.dimBytes);
  if (!(used >= 1 && used <= 7)) throw damaged('dim');
  const dims = Array.from({ length: 7 }, (_, index) =>
    index < used ? fields.integer(at.dim + (index + 1) * at.dimBytes, at.dimBytes) : 1,
  );
  const voxels = dims.reduce((product, length) => product * length, 1);
  if (dims.some((length) => length < 1) || !Number.isSafeInteger(voxels * bytesPerVoxel))
    throw damaged('dim');

  const voxOffset = version === 1 ? fields.float(at.voxOffset) : fields.integer(at.voxOffset, 8);
  if (!(voxOffset >= at.size && voxOffset <= MOST_BEFORE_VOXELS && Number.isInteger(voxOffset)))
    throw damaged('vox_offset');

  const slope = fields.float(at.slope);
  const intercept = fields.float(at.intercept);
  // nifti1.h: a slope of 0 is no scaling; so is what is no number.
  const isScaled = Number.isFinite(slope) && slope !== 0;
  return {
    ...{ version, littleEndian, dims, type, bytesPerVoxel, voxOffset },
    bitpix: fields.integer(at.bitpix, 2),
    slope: isScaled ? slope : 1,
    intercept: isScaled && Number.isFinite(intercept) ? intercept : 0,
    calMin: fields.float(at.calMin),
    calMax: fields.float(at.calMax),
    ...placeIn(fields),
  };
}

/** The fields that say where voxels are. */
export const placeIn = (
  fields: Fields,
): Pick<NiftiHeader, 'pixdim' | 'qformCode' | 'sformCode' | 'quatern' | 'qoffset' | 'srow'> => {
  const { at } = fields;
  return {
    pixdim: fields.floats(at.pixdim, 8),
    qformCode: fields.integer(at.qformCode, at.codeBytes),
    sformCode: fields.integer(at.sformCode, at.codeBytes),
    quatern: fields.floats(at.quatern, 3) as [number, number, number],
    qoffset: fields.floats(at.qoffset, 3) as [number, number, number],
    srow: fields.floats(at.srow, 12),
  };
};

const raise = (error: Error): never => {
  throw error;
};

/** By the size of the header, which is its first number. */
export function kindOf(bytes: Uint8Array): Pick<NiftiHeader, 'version' | 'littleEndian'> | null {
  if (bytes.length < 4) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const littleEndian of [true, false])
    for (const version of [1, 2] as const)
      if (view.getInt32(0, littleEndian) === layouts[version].size)
        return { version, littleEndian };
  return null;
}

/** Pictures that a volume holds: slices, at each time point, … */
export const slicesOf = ({ dims }: Pick<NiftiHeader, 'dims'>): number =>
  dims.slice(2).reduce((product, length) => product * length, 1);

/** Bytes of one of them. */
export const sliceBytes = ({
  dims,
  bytesPerVoxel,
}: Pick<NiftiHeader, 'dims' | 'bytesPerVoxel'>): number => dims[0]! * dims[1]! * bytesPerVoxel;

/** Bytes up to the end of the voxels. */
export const wholeBytes = (header: NiftiHeader): number =>
  header.voxOffset + slicesOf(header) * sliceBytes(header);
