/** The fields of a NIfTI header as a person reads them, by the names of `nifti1.h`: also where no picture can be made of its voxels. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { HourglassError } from '../../contract/index.ts';
import { affineOf, orientationOf } from './geometry.ts';
import { Fields, headerBytes, kindOf, layouts, placeIn } from './header.ts';
import { say } from './sentences.ts';

interface Field {
  readonly name: string;
  readonly value: string;
}

/** Of a compressed file so many hold the header in any case. */
const HEAD = 64 * 1024;

/** Where texts lie, and how long they are: first byte and bytes in each version. */
const texts: readonly (readonly [
  name: string,
  at: Readonly<Record<1 | 2, number>>,
  bytes: number,
])[] = [
  ['descrip', { 1: 148, 2: 240 }, 80],
  ['aux_file', { 1: 228, 2: 320 }, 24],
  ['intent_name', { 1: 328, 2: 508 }, 16],
];

/** @throws HourglassError damaged-image */
export async function readNiftiFields(path: string): Promise<Field[]> {
  const bytes = await headOf(path);
  const damaged = (): HourglassError =>
    new HourglassError(
      'damaged-image',
      say('headerDamaged', { name: basename(path), what: 'sizeof_hdr' }),
    );
  const kind = kindOf(bytes);
  if (!kind || bytes.length < layouts[kind.version].size) throw damaged();
  const { version, littleEndian } = kind;
  const fields = new Fields(bytes, version, littleEndian);
  const { at } = fields;
  const numbers = (from: number, count: number): string =>
    fields
      .floats(from, count)
      .map((one) => String(Number(one.toPrecision(7))))
      .join(' ');
  const integers = (from: number, count: number): string =>
    Array.from({ length: count }, (_, i) =>
      fields.integer(from + i * at.dimBytes, at.dimBytes),
    ).join(' ');
  const used = fields.integer(at.dim, at.dimBytes);
  const geometry = placeIn(fields);
  const affine = affineOf(geometry);
  const orientation = affine && orientationOf(affine);
  const list: readonly (readonly [string, string])[] = [
    ['version', `NIfTI-${version}`],
    ['byte_order', say('byteOrder', { little: String(littleEndian) })],
    ['dim', integers(at.dim, 1 + Math.min(7, Math.max(0, used)))],
    ['datatype', String(fields.integer(at.datatype, 2))],
    ['bitpix', String(fields.integer(at.datatype + 2, 2))],
    ['pixdim', numbers(at.pixdim, 8)],
    [
      'vox_offset',
      String(version === 1 ? fields.float(at.voxOffset) : fields.integer(at.voxOffset, 8)),
    ],
    ['scl_slope', numbers(at.slope, 1)],
    ['scl_inter', numbers(at.intercept, 1)],
    ['cal_min', numbers(at.calMin, 1)],
    ['cal_max', numbers(at.calMax, 1)],
    ['toffset', numbers(at.toffset, 1)],
    ['qform_code', String(geometry.qformCode)],
    ['sform_code', String(geometry.sformCode)],
    ['quatern', numbers(at.quatern, 3)],
    ['qoffset', numbers(at.qoffset, 3)],
    ...([0, 1, 2] as const).map(
      (row) => [`srow_${'xyz'[row]!}`, numbers(at.srow + 4 * row * at.floatBytes, 4)] as const,
    ),
    ...texts.map(([name, from, length]) => [name, textAt(bytes, from[version], length)] as const),
    ['orientation', orientation ?? '–'],
  ];
  return list.map(([name, value]) => ({ name, value }));
}

const textAt = (bytes: Uint8Array, at: number, length: number): string =>
  Buffer.from(bytes.subarray(at, at + length))
    .toString('latin1')
    .replace(/\0.*$/s, '');

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(HEAD);
    const { bytesRead } = await file.read(head, 0, HEAD, 0);
    const stored = head.subarray(0, bytesRead);
    if (stored[0] !== 0x1f || stored[1] !== 0x8b) return stored.subarray(0, headerBytes);
    const inflated = gunzipSync(stored, {
      ...{ finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 1024 * HEAD },
    });
    return inflated.subarray(0, headerBytes);
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause) throw cause;
    throw new HourglassError('damaged-image', say('inflateDamaged', { name: basename(path) }), {
      cause,
    });
  } finally {
    await file.close();
  }
}
