/** Damaged files: refused by name, or read in part where a person asks for it, and then said. `npm run damage` tries many more. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  decodeImage,
  defaultLimits,
  type DecodedImage,
  type Raster,
} from '../../../app/pixels/index.ts';
import {
  damages,
  drawing,
  encoded,
  encodingsOfVips,
  endOf,
  type Encoding,
} from '../../damage/damages.ts';
import { untold } from '../../damage/untold.ts';
import { EvenRuns } from '../../../app/pixels/jpeg-scan.ts';
import { createThumbnail } from '../../../app/pixels/thumbnail.ts';
import { imageOf, requestFor, scratchFolder, writeWhole } from './support.ts';

const folder = scratchFolder();
const path = join(folder, 'file');
const wholeOf = new Map<Encoding, Uint8Array>();
const whole = async (encoding: Encoding): Promise<Uint8Array> => {
  const known = wholeOf.get(encoding) ?? (await encoded(encoding, drawing(1, 224, 160)));
  wholeOf.set(encoding, known);
  return known;
};
const decoded = (bytes: Uint8Array, allowDamaged = false): Promise<DecodedImage> => {
  writeFileSync(path, bytes);
  return decodeImage({ path, limits: { ...defaultLimits, allowDamaged } });
};

describe.each(encodingsOfVips)('%s', (encoding) => {
  it('whole: read, and nothing said', async () => {
    const { notices, metadata } = await decoded(await whole(encoding), true);
    expect([notices, metadata.damaged]).toEqual([[], undefined]);
  });

  it.each(Object.keys(damages).filter((name) => !untold(encoding, name)))('%s', async (name) => {
    const bytes = damages[name]!(await whole(encoding), endOf(encoding));
    await expect(decoded(bytes)).rejects.toMatchObject({
      code: 'damaged-image',
      message: expect.stringMatching(/^file is damaged or cut short/) as unknown,
      details: { offer: 'allowDamaged' },
    });
  });
});

it.each([
  ['JPEG baseline', 8],
  ['JPEG baseline', 20],
  ['JPEG baseline', 3],
  ['JPEG progressive', 8],
] as const)(
  '%s without its end marker, whatever its last bits are (%i)',
  async (encoding, seed) => {
    const bytes = await encoded(encoding, drawing(seed));
    expect((await decoded(bytes)).notices).toEqual([]);
    for (const cut of [1, 2])
      await expect(decoded(bytes.slice(0, -cut))).rejects.toMatchObject({ code: 'damaged-image' });
  },
);

it('a hole in which a marker of another JPEG process seems to stand is damage', async () => {
  const bytes = await encoded('JPEG progressive', drawing(15));
  const holed = damages['cluster random']!(bytes, endOf('JPEG progressive'));
  await expect(decoded(holed)).rejects.toMatchObject({
    code: 'damaged-image',
    details: { decoder: expect.stringContaining('Unsupported JPEG process') as string },
  });
});

describe('codes of cameras, whose lost sectors decode to fewer blocks than there were', () => {
  const siblings: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
    'codes made for the picture': (picture) => picture.jpeg({ quality: 92 }),
    gray: (picture) => picture.grayscale().jpeg({ quality: 92, optimiseCoding: false }),
    'no subsampling': (picture) =>
      picture.jpeg({ quality: 92, chromaSubsampling: '4:4:4', optimiseCoding: false }),
    CMYK: (picture) =>
      picture.toColourspace('cmyk').jpeg({ quality: 92, optimiseCoding: false, chromaSubsampling: '4:4:4' }), // prettier-ignore
  };
  const { width, height, data } = drawing(5, 320, 240);
  it.each(Object.keys(siblings))('%s', async (name) => {
    const picture = sharp(data, { raw: { width, height, channels: 3 } });
    const bytes = Uint8Array.from(await siblings[name]!(picture).toBuffer());
    expect((await decoded(bytes)).metadata.damaged).toBe(undefined);
    for (const damage of ['zeros before the end', 'cluster zeroed'])
      await expect(
        decoded(damages[damage]!(bytes, endOf('JPEG baseline'))),
        damage,
      ).rejects.toMatchObject({ code: 'damaged-image' });
    const middle = Math.floor(bytes.length / 2);
    const [before, behind] = [bytes.subarray(0, middle), bytes.subarray(middle + 4096)];
    const missing = Buffer.concat([before, behind]);
    await expect(decoded(missing), 'missing').rejects.toMatchObject({ code: 'damaged-image' });
  });
});

describe('the film strip', () => {
  it.each(encodingsOfVips)(
    '%s: a thumbnail of a whole file, none of a damaged one',
    async (encoding) => {
      const bytes = await whole(encoding);
      const thumbnail = (file: Uint8Array): Promise<Uint8Array> => {
        writeFileSync(path, file);
        return createThumbnail({ path });
      };
      expect((await thumbnail(bytes)).length).toBeGreaterThan(100);
      for (const name of ['cut and closed', 'tail 0xFF', 'last byte missing'])
        await expect(thumbnail(damages[name]!(bytes, endOf(encoding)))).rejects.toMatchObject({
          code: 'damaged-image',
        });
    },
  );
});

it('a tile that declares to be far larger than it is: damaged, and not decoded', async () => {
  const bytes = Buffer.from(await whole('TIFF tiles, JPEG'));
  // SOF0 of the first tile (ITU-T T.81, B.2.2): its height and width.
  const sof = bytes.indexOf(Buffer.of(0xff, 0xc0));
  bytes.writeUInt16BE(9000, sof + 5);
  bytes.writeUInt16BE(9000, sof + 7);
  await expect(decoded(bytes)).rejects.toMatchObject({ code: 'damaged-image' });
});

describe('what can be read', () => {
  it.each(['JPEG baseline', 'JPEG progressive', 'PNG', 'WebP lossy'] as const)(
    '%s cut at half: its upper part, marked',
    async (encoding) => {
      const bytes = await whole(encoding);
      const all = (await decoded(bytes)).raster;
      const { raster, metadata, notices } = await decoded(
        damages['cut at half']!(bytes, endOf(encoding)),
        true,
      );
      expect(raster).toMatchObject({ width: all.width, height: all.height });
      const top = (data: ArrayLike<number>): number[] => Array.from(data).slice(0, 3 * 224 * 8);
      const far = top(raster.data).filter((value, i) => Math.abs(value - all.data[i]!) > 60);
      expect(far.length).toBeLessThan(100);
      expect(metadata.damaged).toBe(true);
      expect(notices[0]).toEqual({
        level: 'warning',
        text: 'file is damaged. What could be read of it is shown; the rest is missing or wrong.',
      });
    },
  );

  it('of nothing that can be read: refused all the same', async () => {
    const bytes = (await whole('AVIF')).slice(0, 400);
    await expect(decoded(bytes, true)).rejects.toMatchObject({ code: 'damaged-image' });
  });
});

it('the mark of a result says that its source was damaged', async () => {
  const raster: Raster = {
    ...{ width: 2, height: 2, channels: 1 as const, hasAlpha: false },
    ...{ sampleType: 'uint8', data: Uint8Array.of(1, 2, 3, 4) },
  };
  const mark = async (damaged: boolean): Promise<string> => {
    const from = imageOf(raster, damaged ? { damaged } : {});
    const out = join(folder, `marked-${damaged}.tif`);
    await writeWhole(requestFor(out, 'tiff', from));
    return new TextDecoder().decode((await decodeImage({ path: out })).metadata.xmp!);
  };
  const words = 'from a damaged file of which parts are missing';
  expect(await mark(true)).toContain(words);
  expect(await mark(false)).not.toContain(words);
});

describe('honest though odd JPEGs', () => {
  const changed = async (change: (jpeg: Buffer) => Uint8Array): Promise<DecodedImage> =>
    decoded(change(Buffer.from(await whole('JPEG baseline'))));

  it.each<[string, (jpeg: Buffer) => Uint8Array]>([
    [
      'parameters of the scan that a sequential one ignores',
      (jpeg) => {
        const scan = jpeg.indexOf(Buffer.of(0xff, 0xda));
        jpeg[scan + 12] = 0;
        return jpeg;
      },
    ],
    [
      'an unknown transform of Adobe',
      (jpeg) => {
        const adobe = Buffer.from('\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x09', 'latin1');
        return Buffer.concat([jpeg.subarray(0, 2), adobe, jpeg.subarray(2)]);
      },
    ],
    [
      'a version of JFIF to come',
      (jpeg) => {
        const jfif = Buffer.from('\xff\xe0\0\x10JFIF\0\x02\x01\0\0\x01\0\x01\0\0', 'latin1');
        return Buffer.concat([jpeg.subarray(0, 2), jfif, jpeg.subarray(2)]);
      },
    ],
    [
      'a few bytes left over in the scan',
      (jpeg) => Buffer.concat([jpeg.subarray(0, -2), Buffer.alloc(16), jpeg.subarray(-2)]),
    ],
    ['something behind the end', (jpeg) => Buffer.concat([jpeg, Buffer.from('SEFT and more')])],
  ])('%s', async (_, change) => {
    const { raster } = await decoded(await whole('JPEG baseline'));
    expect((await changed(change)).raster.data).toEqual(raster.data);
  });

  it('but not with thousands of them: blocks were overwritten', async () => {
    const surplus = changed((jpeg) =>
      Buffer.concat([jpeg.subarray(0, -2), Buffer.alloc(60_000), jpeg.subarray(-2)]),
    );
    await expect(surplus).rejects.toMatchObject({ code: 'damaged-image' });
  });
});

describe('a lost sector is seen without decoding', () => {
  const noise = (): Uint8Array => Uint8Array.from({ length: 8192 }, (_, i) => (i * i * 7919) >>> 5);
  const isSeen = (bytes: Uint8Array): boolean =>
    [1, 100, 640, 8192].every((size) => {
      const runs = new EvenRuns();
      for (let at = 0; at < bytes.length; at += size)
        runs.see(bytes.subarray(at, at + size), 77 + at);
      return runs.found;
    });
  it.each([1, 63, 64, 65, 4000, 8192 - 512])('of 512 bytes, from byte %i on', (from) => {
    for (const value of [0, 0xff, 0xa5])
      expect(isSeen(noise().fill(value, from, from + 512))).toBe(true);
  });

  it('but no run of 200 bytes', () => {
    expect(isSeen(noise())).toBe(false);
    expect(isSeen(noise().fill(0, 1000, 1200))).toBe(false);
  });
});
