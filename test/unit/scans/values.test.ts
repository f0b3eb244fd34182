/** Words to stored values: what lies beside them goes, and nothing is copied that is its value already. */
import { expect, it } from 'vitest';
import type { PixelFacts } from '../../../app/scans/dicom/image.ts';
import { nativeWords, storedValues } from '../../../app/scans/dicom/values.ts';

const facts = (
  bitsAllocated: 8 | 16,
  bitsStored: number,
  more: Partial<PixelFacts> = {},
): PixelFacts => ({
  ...{ rows: 1, columns: 4, frames: 1, samples: 1, photometric: 'MONOCHROME2', planar: false },
  ...{ bitsAllocated, bitsStored, highBit: bitsStored - 1, signed: false },
  ...more,
});

it('words that are their values are not copied', () => {
  const words = Uint16Array.of(0, 4095, 17, 2048);
  expect(storedValues(words, facts(16, 12))).toBe(words);
  expect(storedValues(words, facts(16, 16))).toBe(words);
  const bytes = Uint8Array.of(0, 127, 1, 2);
  expect(storedValues(bytes, facts(8, 7))).toBe(bytes);
  const signed = storedValues(Uint16Array.of(0xffff, 0x8000, 0x7fff, 1), facts(16, 16, { signed: true })); // prettier-ignore
  expect(signed).toEqual(Int16Array.of(-1, -32_768, 32_767, 1));
});

it('bits beside Bits Stored go, signs are extended, and the words stay as they were', () => {
  const words = Uint16Array.of(0xf001, 0x0fff, 0x1800, 0);
  const before = words.slice();
  expect(storedValues(words, facts(16, 12))).toEqual(Uint16Array.of(1, 0xfff, 0x800, 0));
  expect(storedValues(words, facts(16, 12, { signed: true }))).toEqual(Int16Array.of(1, -1, -2048, 0)); // prettier-ignore
  // The stored bits lie above others.
  expect(storedValues(words, facts(16, 12, { highBit: 15 }))).toEqual(Uint16Array.of(0xf00, 0xff, 0x180, 0)); // prettier-ignore
  expect(storedValues(Uint8Array.of(0x81, 0x7f), facts(8, 7))).toEqual(Uint8Array.of(1, 0x7f));
  expect(words).toEqual(before);
});

it('words of a native frame are of their own, whatever its alignment and order', () => {
  const file = Uint8Array.of(9, 1, 2, 3, 4, 9);
  const little = nativeWords(file.subarray(1, 5), { bitsAllocated: 16 }, true);
  const big = nativeWords(file.subarray(1, 5), { bitsAllocated: 16 }, false);
  expect([[...little], [...big]]).toEqual([
    [0x0201, 0x0403],
    [0x0102, 0x0304],
  ]);
  expect([...file]).toEqual([9, 1, 2, 3, 4, 9]);
  expect(little.buffer).not.toBe(file.buffer);
});
