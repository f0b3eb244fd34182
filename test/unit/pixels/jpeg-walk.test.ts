/** JPEGs whose scan does not end with the picture; the same in tiles of a TIFF is a part of `damaged.test.ts`. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { endsWithPicture } from '../../../app/pixels/jpeg-walk.ts';
import { drawing } from '../../damage/damages.ts';

const signal = new AbortController().signal;
const { width, height, data } = drawing(3, 208, 120);
const jpeg = (
  channels: 1 | 3,
  settings: Parameters<ReturnType<typeof sharp>['jpeg']>[0],
): Promise<Buffer> =>
  sharp(channels === 3 ? data : data.filter((_, i) => i % 3 === 0), {
    raw: { width, height, channels },
  })
    .toColourspace(channels === 3 ? 'srgb' : 'b-w')
    .jpeg({ quality: 92, ...settings })
    .toBuffer();

/** Coded data ends before the end marker. */
const withMore = (file: Buffer, bytes: number, fill = 0): Buffer =>
  Buffer.concat([file.subarray(0, -2), Buffer.alloc(bytes, fill), file.subarray(-2)]);

/** The file with its height as told. */
function withHeight(file: Buffer, rows: number): Buffer {
  const copy = Buffer.from(file);
  copy.writeUInt16BE(rows, copy.indexOf(Buffer.of(0xff, 0xc0)) + 5);
  return copy;
}

describe.each([
  ['gray', 1, {}],
  ['full colour', 3, { chromaSubsampling: '4:4:4' }],
  ['half colour', 3, { chromaSubsampling: '4:2:0' }],
  ['tables of its own', 3, { optimiseCoding: true }],
  ['the usual tables', 3, { optimiseCoding: false }],
] as const)('%s', (_, channels, settings) => {
  it('whole, and padded to a word', async () => {
    const file = await jpeg(channels, settings);
    expect(await endsWithPicture(file, signal)).toBe(true);
    expect(await endsWithPicture(withMore(file, 1), signal)).toBe(true);
    expect(await endsWithPicture(withMore(file, 3, 0xff), signal)).toBe(true);
  });

  it('more than the picture', async () => {
    const file = await jpeg(channels, settings);
    expect(await endsWithPicture(withHeight(file, height - 16), signal)).toBe(false);
    expect(await endsWithPicture(withMore(file, 16), signal)).toBe(false);
  });

  it('less than the picture', async () => {
    const file = await jpeg(channels, settings);
    expect(await endsWithPicture(withHeight(file, height + 16), signal)).toBe(false);
    expect(await endsWithPicture(file.subarray(0, file.length / 2), signal)).toBe(false);
  });
});

it('not asked of what it does not know: progressive files, no files', async () => {
  const file = await jpeg(3, { progressive: true });
  expect(await endsWithPicture(withMore(file, 500), signal)).toBe(null);
  expect(await endsWithPicture(Buffer.alloc(100, 0xff), signal)).toBe(null);
  expect(await endsWithPicture(Buffer.alloc(0), signal)).toBe(null);
});

it('ends when told', async () => {
  const stopped = new AbortController();
  stopped.abort();
  const large = drawing(1, 1600, 1200);
  const raw = { raw: { width: 1600, height: 1200, channels: 3 } } as const;
  const file = await sharp(large.data, raw).jpeg().toBuffer();
  await expect(endsWithPicture(file, stopped.signal)).rejects.toThrow();
});
