/** EXIF is changed exactly where it must be, and nowhere else. */
import { describe, expect, it } from 'vitest';
import { parseExif, readCapture } from '../../../app/pixels/metadata/exif.ts';
import { patchExif } from '../../../app/pixels/metadata/exif-patch.ts';
import type { TiffDirectory } from '../../../app/pixels/metadata/tiff-structure.ts';
import { cameraExif, indexOfBytes, makerNoteBytes, thumbnailBytes } from './support.ts';

const software = 'Hourglass 9.9.9';

/** Tag to hexadecimal value, without pointers to other directories. */
const facts = (directory: TiffDirectory | null): Record<string, string> =>
  Object.fromEntries(
    (directory?.entries ?? [])
      .filter(({ tag }) => ![0x8769, 0x8825, 0xa005].includes(tag))
      .map(({ tag, type, value }) => [
        tag.toString(16),
        `${type}:${Buffer.from(value).toString('hex')}`,
      ]),
  );

describe.each([true, false])('EXIF with little-endian %s', (littleEndian) => {
  it.each([
    undefined,
    'x',
    'Firmware 1.0',
    'A very long name of a program, longer than our own mark is',
  ])('keeps every tag but orientation and Software (%s)', async (before) => {
    const original = cameraExif({
      littleEndian,
      orientation: 6,
      ...(before === undefined ? {} : { software: before }),
    });
    const patched = (await patchExif(original, {
      software,
      turn: { orientation: 6, width: 640, height: 480 },
    }))!;
    const [a, b] = [(await parseExif(original))!, (await parseExif(patched))!];
    const imageBefore = facts(a.image);
    const imageAfter = facts(b.image);
    expect(Buffer.from(imageAfter['131']!.slice(2), 'hex').toString().replace(/\0+$/, '')).toBe(
      software,
    );
    expect(b.image.entries.map(({ tag }) => tag)).toEqual(
      [...b.image.entries.map(({ tag }) => tag)].sort((x, y) => x - y),
    );
    for (const key of ['131', '112']) {
      delete imageBefore[key];
      delete imageAfter[key];
    }
    expect(imageAfter).toEqual(imageBefore);
    const view = new DataView(patched.buffer, patched.byteOffset);
    const orientation = b.image.entries.find(({ tag }) => tag === 0x112)!;
    expect(view.getUint16(orientation.valueOffset, littleEndian)).toBe(1);
    const size = [0xa002, 0xa003].map((wanted) => {
      const entry = b.exif!.entries.find(({ tag }) => tag === wanted)!;
      return view.getUint32(entry.valueOffset, littleEndian);
    });
    expect(size).toEqual([480, 640]);
    const [exifBefore, exifAfter] = [facts(a.exif), facts(b.exif)];
    for (const key of ['a002', 'a003']) {
      delete exifBefore[key];
      delete exifAfter[key];
    }
    expect(exifAfter).toEqual(exifBefore);
    expect(facts(b.gps)).toEqual(facts(a.gps));
  });

  it('does not move the maker note', async () => {
    const original = cameraExif({ littleEndian, orientation: 1 });
    const patched = (await patchExif(original, { software, turn: null }))!;
    expect(indexOfBytes(patched, makerNoteBytes)).toBe(indexOfBytes(original, makerNoteBytes));
  });

  it('removes the thumbnail, its bytes included', async () => {
    const original = cameraExif({ littleEndian, orientation: 1 });
    expect(indexOfBytes(original, thumbnailBytes)).toBeGreaterThan(0);
    const patched = (await patchExif(original, { software, turn: null }))!;
    expect((await parseExif(patched))!.thumbnail).toBeNull();
    expect(indexOfBytes(patched, thumbnailBytes.subarray(0, 40))).toBe(-1);
    expect(patched.length).toBeLessThan(original.length);
  });

  it('patching twice changes nothing more', async () => {
    const once = (await patchExif(cameraExif({ littleEndian, orientation: 8 }), {
      software,
      turn: null,
    }))!;
    expect(await patchExif(once, { software, turn: null })).toEqual(once);
  });

  it('tells camera and ISO', async () => {
    expect(await readCapture(cameraExif({ littleEndian, orientation: 1 }))).toEqual({
      camera: 'Canon EOS R6',
      iso: 6400,
    });
  });
});

it('answers null for what is no EXIF, at every length', async () => {
  const whole = cameraExif({ littleEndian: true, orientation: 6 });
  expect(await patchExif(new Uint8Array([1, 2, 3]), { software, turn: null })).toBeNull();
  // Cut short anywhere, it is either refused or still a structure; it never throws.
  for (let length = 0; length < whole.length; length += 7) {
    const patched = await patchExif(whole.slice(0, length), { software, turn: null });
    if (patched) expect(await parseExif(patched)).not.toBeNull();
  }
});

it('survives random damage', async () => {
  const whole = cameraExif({ littleEndian: false, orientation: 6 });
  for (let round = 0; round < 500; round++) {
    const damaged = whole.slice();
    for (let hit = 0; hit < 6; hit++)
      damaged[(round * 131 + hit * 977) % damaged.length] = (round * 17 + hit * 91) & 0xff;
    const patched = await patchExif(damaged, {
      software,
      turn: { orientation: 8, width: 1, height: 1 },
    });
    if (patched) expect(patched.length).toBeLessThan(whole.length + 2048);
  }
});
