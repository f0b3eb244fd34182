/** Where a JPEG ends, however its bytes come. */
import { describe, expect, it } from 'vitest';
import { endOfJpeg } from '../../../app/pixels/metadata/jpeg-segments.ts';
import { bytesAsSource, type ByteSource } from '../../../app/pixels/metadata/tiff-structure.ts';

/** Every read into memory that is there brings `most` bytes at the most. */
const inPieces = (bytes: Uint8Array, most: number): ByteSource => ({
  ...bytesAsSource(bytes),
  readInto: (target, offset) => {
    const some = bytes.subarray(offset, offset + Math.min(most, target.length));
    target.set(some);
    return Promise.resolve(some.length);
  },
});

const soi = [0xff, 0xd8];
const frame = [0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0];
const scan = [0xff, 0xda, 0, 4, 1, 2];
const tables = [0xff, 0xc4, 0, 6, 0xff, 0xd9, 0xff, 0xd9];
const coded = [1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 0xff, 0xff, 0xd7, 0xff, 0];

describe.each([1, 2, 3, 5, 1000])('in pieces of %i', (most) => {
  it.each<[string, number[]]>([
    ['one scan', [...soi, ...scan, ...coded, 0xff, 0xd9]],
    [
      'two, with tables between that look like an end',
      [...soi, ...scan, ...coded, ...tables, ...scan, ...coded, 0xff, 0xd9],
    ],
    [
      'the only scan of a sequential frame',
      [...soi, ...frame, ...scan, ...coded, 0xff, 0xdc, 0, 4, 0, 8, 0xff, 0xd9],
    ],
    ['fill bytes before the marker', [...soi, ...scan, ...coded, 0xff, 0xff, 0xff, 0xd9]],
  ])('%s', async (_, jpeg) => {
    const file = Uint8Array.of(...jpeg, 9, 9, 0xff, 0xd9);
    expect(await endOfJpeg(inPieces(file, most), 0)).toBe(jpeg.length);
    const later = Uint8Array.of(7, 7, 7, ...file);
    expect(await endOfJpeg(inPieces(later, most), 3)).toBe(jpeg.length + 3);
  });

  it('none', async () => {
    const cut = Uint8Array.of(...soi, ...scan, ...coded);
    expect(await endOfJpeg(inPieces(cut, most), 0)).toBeNull();
  });
});
