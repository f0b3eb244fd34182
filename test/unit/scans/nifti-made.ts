/** NIfTI files made on the spot, by the offsets of `nifti1.h` and `nifti2.h`; independent of what reads them. */
import { gzipSync } from 'node:zlib';

export interface Made {
  readonly version?: 1 | 2;
  readonly little?: boolean;
  readonly dims: readonly number[];
  /** Number in the field `datatype`. */
  readonly datatype: number;
  readonly values: (index: number) => number;
  readonly slope?: number;
  readonly intercept?: number;
  readonly cal?: readonly [number, number];
  readonly pixdim?: readonly number[];
  readonly qform?: {
    readonly code: number;
    readonly quatern: readonly [number, number, number];
    readonly offset: readonly [number, number, number];
  };
  readonly sform?: { readonly code: number; readonly rows: readonly number[] };
  /** Bytes of one extension, a multiple of 16 with its first 8. */
  readonly extension?: Uint8Array;
  readonly behind?: Uint8Array;
}

const sizes: Readonly<Record<number, number>> = {
  ...{ 2: 1, 4: 2, 8: 4, 16: 4, 64: 8, 256: 1, 512: 2, 768: 4, 1024: 8, 1280: 8 },
};

function setVoxel(view: DataView, at: number, type: number, value: number, little: boolean): void {
  if (type === 2) view.setUint8(at, value);
  else if (type === 256) view.setInt8(at, value);
  else if (type === 4) view.setInt16(at, value, little);
  else if (type === 512) view.setUint16(at, value, little);
  else if (type === 8) view.setInt32(at, value, little);
  else if (type === 768) view.setUint32(at, value, little);
  else if (type === 16) view.setFloat32(at, value, little);
  else if (type === 64) view.setFloat64(at, value, little);
  else if (type === 1024) view.setBigInt64(at, BigInt(value), little);
  else if (type === 1280) view.setBigUint64(at, BigInt(value), little);
}

export function madeNifti(made: Made): Buffer {
  const { version = 1, little = true, dims, datatype, values } = made;
  const { slope = 0, intercept = 0, cal = [0, 0], pixdim = [1, 1, 1, 1, 1, 0, 0, 0] } = made;
  const size = version === 1 ? 348 : 540;
  const extension = made.extension ?? new Uint8Array(0);
  const offset = size + 4 + extension.length;
  const count = dims.reduce((product, one) => product * one, 1);
  const bytes = sizes[datatype] ?? 8;
  const behind = made.behind ?? new Uint8Array(0);
  const file = Buffer.alloc(offset + count * bytes + behind.length);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const short = (at: number, value: number): void => view.setInt16(at, value, little);
  const int = (at: number, value: number): void => view.setInt32(at, value, little);
  const long = (at: number, value: number): void => view.setBigInt64(at, BigInt(value), little);
  const float = (at: number, value: number): void => view.setFloat32(at, value, little);
  const double = (at: number, value: number): void => view.setFloat64(at, value, little);
  const padded = [dims.length, ...dims, ...Array<number>(7 - dims.length).fill(1)];
  const q = made.qform ?? { code: 0, quatern: [0, 0, 0], offset: [0, 0, 0] };
  const s = made.sform ?? { code: 0, rows: Array<number>(12).fill(0) };
  int(0, size);
  if (version === 1) {
    padded.forEach((value, at) => short(40 + 2 * at, value));
    short(70, datatype);
    short(72, 8 * bytes);
    pixdim.forEach((value, at) => float(76 + 4 * at, value));
    float(108, offset);
    float(112, slope);
    float(116, intercept);
    float(124, cal[1]);
    float(128, cal[0]);
    file.write('made for a test', 148, 'latin1');
    short(252, q.code);
    short(254, s.code);
    [...q.quatern, ...q.offset].forEach((value, at) => float(256 + 4 * at, value));
    s.rows.forEach((value, at) => float(280 + 4 * at, value));
    file.write('n+1\0', 344, 'latin1');
  } else {
    file.write('n+2\0\r\n\x1a\n', 4, 'latin1');
    short(12, datatype);
    short(14, 8 * bytes);
    padded.forEach((value, at) => long(16 + 8 * at, value));
    pixdim.forEach((value, at) => double(104 + 8 * at, value));
    long(168, offset);
    double(176, slope);
    double(184, intercept);
    double(192, cal[1]);
    double(200, cal[0]);
    file.write('made for a test', 240, 'latin1');
    int(344, q.code);
    int(348, s.code);
    [...q.quatern, ...q.offset].forEach((value, at) => double(352 + 8 * at, value));
    s.rows.forEach((value, at) => double(400 + 8 * at, value));
  }
  if (extension.length > 0) {
    file[size] = 1;
    file.set(extension, size + 4);
  }
  for (let index = 0; index < count; index++)
    setVoxel(view, offset + index * bytes, datatype, values(index), little);
  file.set(behind, offset + count * bytes);
  return file;
}

/** @param level of gzip */
export const zipped = (file: Uint8Array, level = 6): Buffer => gzipSync(file, { level });

/** An extension of 32 bytes: a comment (ecode 6). */
export function commentExtension(little: boolean): Uint8Array {
  const bytes = Buffer.alloc(32);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setInt32(0, 32, little);
  view.setInt32(4, 6, little);
  bytes.write('kept as it is', 8, 'latin1');
  return bytes;
}
