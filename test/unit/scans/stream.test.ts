/** Headers of frame streams, marker by marker: fill bytes before one, and boxes around a codestream. */
import { expect, it } from 'vitest';
import { segments, streamKind } from '../../../app/scans/dicom/stream.ts';

const markers = (bytes: readonly number[]): string[] =>
  [...segments(Uint8Array.from(bytes))].map(({ marker, at }) => `${marker.toString(16)} ${at}`);

const siz = [0xff, 0x51, 0, 4, 1, 2];
const cod = [0xff, 0x52, 0, 3, 9];

it('are walked to where coded data begin', () => {
  // SOI, a comment, fill bytes, SOF of JPEG-LS, SOS, data that look like a marker.
  const frame = [0xff, 0xf7, 0, 8, 8, 0, 1, 0, 1, 1];
  const jpeg = [
    0xff,
    0xd8,
    0xff,
    0xfe,
    0,
    3,
    7,
    0xff,
    0xff,
    ...frame,
    0xff,
    0xda,
    0,
    3,
    1,
    0xff,
    0xc0,
  ];
  expect(markers(jpeg)).toEqual(['fe 4', 'f7 11', 'da 21']);
  expect(streamKind(Uint8Array.from(jpeg))).toBe('jpeg-ls');
  const codestream = [0xff, 0x4f, ...siz, ...cod, 0xff, 0x93, 0xff, 0x52];
  expect(markers(codestream)).toEqual(['51 4', '52 10', '93 15']);
  expect(streamKind(Uint8Array.from(codestream))).toBe('jpeg-2000');
  const boxed = [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 0xd, 0xa, 0x87, 0xa, ...codestream];
  expect(markers(boxed)).toEqual(['51 16', '52 22', '93 27']);
  expect(streamKind(Uint8Array.from([0xff, 0x4f, ...siz, 0xff, 0x50, 0, 2]))).toBe('htj2k');
});

it('are none of what is neither, or ends', () => {
  expect(markers([])).toEqual([]);
  expect(markers([1, 2, 3, 4, 0xff, 0x52])).toEqual([]);
  expect(markers([0xff, 0x4f, 0xff])).toEqual([]);
  expect(streamKind(Uint8Array.from([0xff, 0xd8]))).toBeNull();
});
