/** DICOM files that end inside of an element that is asked for: damage, told by name. */
import { expect, test } from 'vitest';
import { parseDicom } from '../../../app/scans/dicom/file.ts';
import { pixelFactsOf } from '../../../app/scans/dicom/image.ts';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, at) => bytes.writeUInt16LE(value, 2 * at));
  return bytes;
};

/** Implicit little endian; the last element says to be longer than the file. */
function cutInside(group: number, element: number, value: string): Buffer {
  const syntax = latin('1.2.840.10008.1.2\0');
  return Buffer.concat([
    Buffer.alloc(128),
    latin('DICM'),
    ...[words(0x0002, 0x0010), latin('UI'), words(syntax.length), syntax],
    ...[words(group, element), words(value.length + 40, 0), latin(value)],
  ]);
}

test.each([
  ['SOP Class UID', 0x0008, 0x0016, '1.2.840'],
  ['SOP Class UID, of which nothing is there', 0x0008, 0x0016, ''],
  ['SOP Class UID, of odd length', 0x0008, 0x0016, '1'],
])('%s', (_what, group, element, value) => {
  const ask = (): unknown =>
    pixelFactsOf(parseDicom(new Uint8Array(cutInside(group, element, value)), 'cut.dcm'));
  expect(ask).toThrow(expect.objectContaining({ name: 'HourglassError', code: 'damaged-image' }));
});
