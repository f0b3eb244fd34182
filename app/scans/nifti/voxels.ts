/**
 * Voxels of a NIfTI file as samples of a raster, and back. Back goes only what was changed: a sample that is what its voxel reads as
 * keeps the voxel's bytes, so that types that no raster holds exactly (64-bit floats, large integers) lose nothing where
 * nothing was cleaned.
 */
import { allocateSamples, type Samples, type SampleType } from '../../pixels/raster.ts';
import { sampleTypeOf } from '../../pixels/samples.ts';
import type { NiftiHeader, StoredType } from './header.ts';

type Stored = Pick<NiftiHeader, 'type' | 'bytesPerVoxel' | 'littleEndian'>;

/** The least and the greatest that integers hold. */
const bounds: Readonly<Partial<Record<StoredType, readonly [number, number]>>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32_768, 32_767],
  uint16: [0, 65_535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  // Of 64 bits those are read that numbers here hold exactly (`refuseInexact` in `volume.ts`).
  int64: [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
};

/** The sample type that holds every value of a type; null: it depends on the values (`narrowestType`). */
export const exactType = (type: StoredType): SampleType | null =>
  type === 'int8'
    ? 'int16'
    : type === 'int32' || type === 'uint32' || type === 'int64' || type === 'uint64'
      ? null
      : type === 'float64'
        ? 'float32'
        : type;

/** Whole numbers beyond are not all floats of 32 bits. */
export const MOST_EXACT = 2 ** 24;

/**
 * The narrowest sample type of more than 8 bits that holds these integers: values of 32 bits that need 8 were measured all the same.
 * Floats where no other does.
 */
export function narrowestType(least: number, most: number): SampleType {
  if (least >= 0 && most <= 65_535) return 'uint16';
  return least >= -32_768 && most <= 32_767 ? 'int16' : 'float32';
}

const getters: Readonly<
  Record<StoredType, (view: DataView, at: number, little: boolean) => number>
> = {
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  int16: (view, at, little) => view.getInt16(at, little),
  uint16: (view, at, little) => view.getUint16(at, little),
  int32: (view, at, little) => view.getInt32(at, little),
  uint32: (view, at, little) => view.getUint32(at, little),
  int64: (view, at, little) => Number(view.getBigInt64(at, little)),
  uint64: (view, at, little) => Number(view.getBigUint64(at, little)),
  float32: (view, at, little) => view.getFloat32(at, little),
  float64: (view, at, little) => view.getFloat64(at, little),
};

const setters: Readonly<
  Record<StoredType, (view: DataView, at: number, value: number, little: boolean) => void>
> = {
  int8: (view, at, value) => view.setInt8(at, value),
  uint8: (view, at, value) => view.setUint8(at, value),
  int16: (view, at, value, little) => view.setInt16(at, value, little),
  uint16: (view, at, value, little) => view.setUint16(at, value, little),
  int32: (view, at, value, little) => view.setInt32(at, value, little),
  uint32: (view, at, value, little) => view.setUint32(at, value, little),
  int64: (view, at, value, little) => view.setBigInt64(at, BigInt(value), little),
  uint64: (view, at, value, little) => view.setBigUint64(at, BigInt(value), little),
  float32: (view, at, value, little) => view.setFloat32(at, value, little),
  float64: (view, at, value, little) => view.setFloat64(at, value, little),
};

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const hostIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** @param bytes whole voxels @param to a type that holds them */
export function readVoxels(bytes: Uint8Array, stored: Stored, to: SampleType): Samples {
  const { type, bytesPerVoxel, littleEndian } = stored;
  const count = bytes.length / bytesPerVoxel;
  const samples = allocateSamples(to, count);
  if (type === to && (littleEndian === hostIsLittle || bytesPerVoxel === 1)) {
    new Uint8Array(samples.buffer).set(bytes);
    return samples;
  }
  const view = viewOf(bytes);
  const get = getters[type];
  for (let index = 0, at = 0; index < count; index++, at += bytesPerVoxel)
    samples[index] = get(view, at, littleEndian);
  return samples;
}

/** The least and the greatest of whole voxels. */
export function extremes(bytes: Uint8Array, stored: Stored): readonly [number, number] {
  const { type, bytesPerVoxel, littleEndian } = stored;
  const view = viewOf(bytes);
  const get = getters[type];
  let [least, most] = [Infinity, -Infinity];
  for (let at = 0; at < bytes.length; at += bytesPerVoxel) {
    const value = get(view, at, littleEndian);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}

/** True where floats of 64 bits are not those of 32. */
export function losesDigits(bytes: Uint8Array, stored: Stored): boolean {
  const view = viewOf(bytes);
  const get = getters[stored.type];
  for (let at = 0; at < bytes.length; at += stored.bytesPerVoxel) {
    const value = get(view, at, stored.littleEndian);
    if (Math.fround(value) !== value && !Number.isNaN(value)) return true;
  }
  return false;
}

/**
 * Puts samples into the bytes of the voxels that they were read from: rounded to the nearest and clipped where the type is of
 * integers.
 * @param bytes of the source; those of voxels whose sample differs are replaced
 * @param samples as many as voxels, in the type that `readVoxels` gave
 */
export function replaceVoxels(bytes: Uint8Array, samples: Samples, stored: Stored): void {
  const { type, bytesPerVoxel, littleEndian } = stored;
  const view = viewOf(bytes);
  const set = setters[type];
  const [least, most] = bounds[type] ?? [-Infinity, Infinity];
  const isInteger = bounds[type] !== undefined;
  const before = readVoxels(bytes, stored, sampleTypeOf(samples));
  for (let index = 0, at = 0; index < samples.length; index++, at += bytesPerVoxel) {
    const value = samples[index]!;
    const was = before[index]!;
    if (value === was || (Number.isNaN(value) && Number.isNaN(was))) continue;
    set(
      view,
      at,
      isInteger ? Math.min(most, Math.max(least, Math.floor(value + 0.5))) : value,
      littleEndian,
    );
  }
}
