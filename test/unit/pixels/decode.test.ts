/** Reading: stored values, orientation once, refusals that name what is wrong. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { createThumbnail } from '../../../app/pixels/thumbnail.ts';
import { describe, expect, it, vi } from 'vitest';
import { abandonedDecodes, decodeImage } from '../../../app/pixels/index.ts';
import {
  concatBytes,
  layOutDirectory,
  numberEntry,
  tiffHeaderBytes,
} from '../../../app/pixels/metadata/tiff-structure.ts';
import { formatByContent, sniff } from '../../../app/pixels/sniff.ts';
import { sharp as ours, withinTime } from '../../../app/pixels/vips.ts';
import { cameraExif, scratchFolder } from './support.ts';
import { madeTiff } from './tiff-made.ts';

const folder = scratchFolder();
const file = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const refusal = async (path: string): Promise<{ code: string; message: string }> => {
  try {
    await decodeImage({ path });
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error(`${path} was decoded`);
};

/** 3 × 2 pixels, all different, as gray: row-major 1 2 3 / 4 5 6 (times 40). */
const upright = { width: 3, height: 2, values: [40, 80, 120, 160, 200, 240] };

/** The stored picture that shows `upright` under an orientation (TIFF 6.0, p. 36). */
function stored(orientation: number): { width: number; height: number; values: number[] } {
  const { width: w, height: h, values } = upright;
  const swapped = orientation >= 5;
  const width = swapped ? h : w;
  const height = swapped ? w : h;
  const result: number[] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      // Where does stored (x, y) appear? Row 0 / column 0 of the file is the side that the tag names.
      const [u, v] = (
        [
          [x, y],
          [w - 1 - x, y],
          [w - 1 - x, h - 1 - y],
          [x, h - 1 - y],
          [y, x],
          [w - 1 - y, x],
          [w - 1 - y, h - 1 - x],
          [y, h - 1 - x],
        ] as const
      )[orientation - 1]!;
      result.push(values[v * w + u]!);
    }
  return { width, height, values: result };
}

describe('orientation', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('%i: upright, once', async (orientation) => {
    const picture = stored(orientation);
    const directory = (at: number): Uint8Array =>
      layOutDirectory(
        [
          numberEntry(256, 4, [picture.width], true),
          numberEntry(257, 4, [picture.height], true),
          numberEntry(258, 3, [8], true),
          numberEntry(259, 3, [1], true),
          numberEntry(262, 3, [1], true),
          numberEntry(273, 4, [8], true),
          numberEntry(274, 3, [orientation], true),
          numberEntry(277, 3, [1], true),
          numberEntry(278, 4, [picture.height], true),
          numberEntry(279, 4, [6], true),
        ],
        at,
        true,
      );
    const path = file(
      `orientation-${orientation}.tif`,
      concatBytes([tiffHeaderBytes(true, 14), Uint8Array.from(picture.values), directory(14)]),
    );
    const image = await decodeImage({ path });
    expect(image.raster).toMatchObject({ width: 3, height: 2, channels: 1 });
    expect([...image.raster.data]).toEqual(upright.values);
    expect(image.metadata.orientation).toBe(orientation);
  });
});

describe('what is read', () => {
  it('magic bytes decide, not the extension', async () => {
    const png = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    expect((await decodeImage({ path: file('really-a-png.jpg', png) })).format).toBe('png');
  });

  it('names that libvips would read options from', async () => {
    const png = await sharp({ create: { width: 4, height: 5, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    for (const name of ['a [1]', 'x.png[page=3]', 'ü#%20 写.png', '-dash.png', 'new\nline.png']) {
      expect((await decodeImage({ path: file(name, png) })).raster.height).toBe(5);
    }
  });

  it('palette becomes colour, 1-bit becomes 8-bit gray, GIF is read', async () => {
    const base = sharp({ create: { width: 8, height: 8, channels: 3, background: '#3366cc' } });
    const palette = await decodeImage({
      path: file('palette.png', await base.clone().png({ palette: true }).toBuffer()),
    });
    expect(palette.raster.channels).toBe(3);
    expect([...palette.raster.data.subarray(0, 3)]).toEqual([0x33, 0x66, 0xcc]);
    const bits = await base
      .clone()
      .toColourspace('b-w')
      .png({ palette: true, colours: 2 })
      .toBuffer();
    expect((await decodeImage({ path: file('bits.png', bits) })).raster.sampleType).toBe('uint8');
    expect(
      (await decodeImage({ path: file('a.gif', await base.clone().gif().toBuffer()) })).format,
    ).toBe('gif');
  });

  it('metadata, camera, dates', async () => {
    const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
    const exif = cameraExif({ littleEndian: true, orientation: 1 });
    const payload = concatBytes([new TextEncoder().encode('Exif\0\0'), exif]);
    const app1 = concatBytes([
      new Uint8Array([0xff, 0xe1, (payload.length + 2) >> 8, (payload.length + 2) & 0xff]),
      payload,
    ]);
    const path = file('camera.jpg', concatBytes([jpeg.subarray(0, 2), app1, jpeg.subarray(2)]));
    utimesSync(path, 1_500_000_000, 1_400_000_000.5);
    const { metadata } = await decodeImage({ path });
    expect(Buffer.from(metadata.exif!).equals(exif)).toBe(true);
    expect(metadata).toMatchObject({
      camera: 'Canon EOS R6',
      iso: 6400,
      modifiedMs: 1_400_000_000_500,
    });
  });
});

describe('refusals', () => {
  it.each([
    [
      'a BMP image',
      'x.bmp',
      concatBytes([
        new TextEncoder().encode('BM'),
        new Uint8Array(12),
        new Uint8Array([40, 0, 0, 0]),
      ]),
    ],
    [
      'a NIfTI scan of two files (.hdr and .img)',
      'x.hdr',
      concatBytes([new Uint8Array(344), new TextEncoder().encode('ni1\0')]),
    ],
    [
      'an SVG drawing',
      'x.svg',
      '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    ],
    ['an SVG drawing', 'y.svg', '  <svg xmlns="http://www.w3.org/2000/svg"></svg>'],
    ['a PDF document', 'x.pdf', '%PDF-1.7\n'],
    ['an HEIC image', 'x.heic', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'],
    [
      'a camera raw, and nothing is here that decodes such files',
      'x.cr3',
      '\0\0\0\x18ftypcrx \0\0\0\x01crx isom',
    ],
    ['a JPEG 2000, and nothing is here that decodes', 'x.jp2', '\0\0\0\x0cjP  \r\n'],
    ['a video or another container file', 'x.mp4', '\0\0\0\x18ftypisom\0\0\0\0isommp42'],
    ['a PNM image', 'x.ppm', 'P6\n2 2\n255\n'],
    ['a Photoshop document', 'x.psd', '8BPS\0\x01'],
  ])('%s', async (what, name, bytes) => {
    const error = await refusal(
      file(name, typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
    );
    expect(error).toMatchObject({ code: 'unsupported-image' });
    expect(error.message).toContain(`${name} is ${what}`);
  });

  it('AVIF under a collection brand is AVIF', () => {
    expect(sniff(Buffer.from('\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf', 'latin1'))).toEqual({
      kind: 'image',
      format: 'avif',
    });
  });

  it.each(['hello, this is text', '\0\0\0', 'MZ\x90\0', 'BMW is a car maker, not an image'])(
    'no image: %j',
    async (text) => {
      expect(await refusal(file('thing.jpg', text))).toMatchObject({ code: 'not-an-image' });
    },
  );

  it('empty, missing, folder, fifo', async () => {
    expect(await refusal(file('empty.jpg', ''))).toMatchObject({ code: 'damaged-image' });
    expect(await refusal(join(folder, 'missing.jpg'))).toMatchObject({ code: 'file-not-found' });
    expect(await refusal(join(folder, 'empty.jpg', 'x.jpg'))).toMatchObject({
      code: 'file-not-found',
    });
    mkdirSync(join(folder, 'folder.jpg'));
    expect(await refusal(join(folder, 'folder.jpg'))).toMatchObject({ code: 'not-an-image' });
    if (process.platform !== 'win32') {
      execFileSync('mkfifo', [join(folder, 'pipe.jpg')]);
      expect(await refusal(join(folder, 'pipe.jpg'))).toMatchObject({ code: 'file-not-readable' });
    }
  });

  it('more pixels than the limit, with numbers', async () => {
    const png = await sharp({
      create: { width: 1200, height: 1000, channels: 3, background: 'red' },
    })
      .png()
      .toBuffer();
    const path = file('large.png', png);
    await expect(
      decodeImage({ path, limits: { maxMegapixels: 1, timeoutMs: 10_000 } }),
    ).rejects.toMatchObject({
      code: 'image-too-large',
      message: 'large.png has 1200 × 1000 pixels (1.2 megapixels); the limit is 1.',
    });
  });

  it('a PNG that declares what its bytes can not hold', async () => {
    const png = await sharp({ create: { width: 10, height: 10, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    png.writeUInt32BE(19_000, 16);
    png.writeUInt32BE(19_000, 20);
    expect(await refusal(file('bomb.png', png))).toMatchObject({ code: 'damaged-image' });
  });

  it.each(['jpeg', 'png', 'webp', 'tiff', 'gif'] as const)(
    '%s cut short is damaged, not half gray',
    async (format) => {
      const whole = await sharp({
        create: {
          width: 300,
          height: 300,
          channels: 3,
          background: 'gray',
          noise: { type: 'gaussian', mean: 128, sigma: 30 },
        },
      })
        .toFormat(format)
        .toBuffer();
      const path = file(`short.${format}`, whole.subarray(0, Math.floor(whole.length * 0.6)));
      expect(await refusal(path)).toMatchObject({ code: 'damaged-image' });
    },
  );

  it.each([4, 5])('CMYK of 16 bits, %i inks: answered in words', async (samples) => {
    const data = new Uint16Array(samples * 30 * 30).fill(9000);
    const cmyk = madeTiff({ width: 30, height: 30, data, samples, photometric: 5 });
    const error = await refusal(file(`cmyk-${samples}.tif`, cmyk));
    expect(error.code).toBe('unsupported-image');
    expect(error.message).toContain('CMYK');
  });

  it('cancel and time limit', async () => {
    const png = await sharp({ create: { width: 10, height: 10, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const path = file('cancel.png', png);
    await expect(decodeImage({ path, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
    let end!: () => void;
    const hung = new Promise<void>((resolve) => {
      end = resolve;
    });
    const options = { name: 'hung.jpg', timeoutMs: 10, signal: new AbortController().signal };
    await expect(withinTime(hung, options)).rejects.toMatchObject({ code: 'decode-timeout' });
    expect(abandonedDecodes()).toBe(1);
    end();
    await hung;
    await Promise.resolve();
    expect(abandonedDecodes()).toBe(0);
  });

  it('what was cancelled counts as hung when its time is over, not before', async () => {
    vi.useFakeTimers();
    try {
      const options = { name: 'a.jpg', timeoutMs: 10_000 };
      const cancelled = { code: 'cancelled' };
      for (const ends of ['in time', 'late'] as const) {
        let resolve = (): void => undefined;
        const promise = new Promise<void>((end) => (resolve = end));
        const controller = new AbortController();
        const waiting = withinTime(promise, { ...options, signal: controller.signal });
        controller.abort();
        await expect(waiting, ends).rejects.toMatchObject(cancelled);
        expect(abandonedDecodes(), ends).toBe(0);
        await vi.advanceTimersByTimeAsync(9_000);
        expect(abandonedDecodes(), ends).toBe(0);
        if (ends === 'in time') resolve();
        await vi.advanceTimersByTimeAsync(2_000);
        expect(abandonedDecodes(), ends).toBe(ends === 'in time' ? 0 : 1);
        resolve();
        await vi.advanceTimersByTimeAsync(0);
        expect(abandonedDecodes(), ends).toBe(0);
      }
    } finally {
      vi.useRealTimers();
    }
  });
});

it('a walk skips junk: its first bytes are of no image', async () => {
  const png = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  for (const junk of [
    file('Thumbs.db', new Uint8Array([0xd0, 0xcf, 0x11, 0xe0])),
    file('desktop.ini', '[.ShellClassInfo]'),
    file('.DS_Store', '\0\0\0\x01Bud1'),
    join(folder, 'missing'),
  ])
    expect(await formatByContent(junk)).toBe(null);
  expect(await formatByContent(file('picture', png))).toBe('png');
});

it('libvips itself is barred from formats that are not ours', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
  for (const bytes of [svg, '%PDF-1.4\n%%EOF', 'P6\n1 1\n255\nabc'])
    await expect(ours(Buffer.from(bytes)).metadata()).rejects.toThrow('unsupported image format');
});

describe('what results do not keep is said', () => {
  const texts = async (path: string): Promise<string[]> =>
    (await decodeImage({ path })).notices.map((notice) => notice.text);
  const pixel = sharp({ create: { width: 2, height: 2, channels: 3, background: '#888' } });
  /** A chunk whose checksum is right, so that the decoder takes the file. */
  const chunk = (type: string, data: Uint8Array): Uint8Array => {
    const body = concatBytes([Buffer.from(type, 'latin1'), data]);
    const bytes = Buffer.alloc(body.length + 8);
    bytes.writeUInt32BE(data.length, 0);
    bytes.set(body, 4);
    bytes.writeUInt32BE(crc32(body), body.length + 4);
    return bytes;
  };
  /** Behind signature and IHDR, which are 33 bytes. */
  const withChunk = (png: Buffer, extra: Uint8Array): Uint8Array =>
    concatBytes([png.subarray(0, 33), extra, png.subarray(33)]);

  it('the frames of an animated PNG', async () => {
    const png = await pixel.clone().png().toBuffer();
    const frames = chunk('acTL', Uint8Array.from([0, 0, 0, 2, 0, 0, 0, 0]));
    expect(await texts(file('moving.png', withChunk(png, frames)))).toEqual([
      'moving.png is animated; only its first frame was read.',
    ]);
  });

  it.each(['avis', 'avif', 'mif1'])(
    'an AVIF that holds a sequence too, and says %s first: its still picture is read',
    async (brand) => {
      const still = await pixel.clone().avif({ lossless: true }).toBuffer();
      const whole = (await decodeImage({ path: file('still.avif', still) })).raster;
      const movie = Buffer.from('\0\0\0\x10moov\0\0\0\x08free', 'latin1');
      const moving = Buffer.concat([still, movie]);
      moving.write(brand, 8, 'latin1');
      const path = file('moving.avif', moving);
      expect((await decodeImage({ path })).raster).toEqual(whole);
      expect(await texts(path)).toEqual([
        'moving.avif is animated; only its first frame was read.',
      ]);
      expect((await createThumbnail({ path })).length).toBeGreaterThan(20);
    },
  );
});

it.each([34712, 50002, 34887])(
  'a TIFF compressed in way %i, which no decoder here knows, is not called damaged',
  async (compression) => {
    const tiff = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#258' } })
      .tiff({ compression: 'lzw' })
      .toBuffer();
    // The entry of tag 259, a SHORT (TIFF 6.0, section 8).
    const at = tiff.indexOf(Buffer.of(3, 1, 3, 0, 1, 0, 0, 0));
    tiff.writeUInt16LE(compression, at + 8);
    await expect(decodeImage({ path: file('odd.tif', tiff) })).rejects.toMatchObject({
      code: 'unsupported-image',
    });
  },
);

it.each(['II*\0\x08\0\0\0', 'MM\0*\0\0\0\x08', 'II+\0', '\xff\xd8\xff'])(
  'a DICOM scan is one whatever its preamble looks like: %j',
  (preamble) => {
    const head = Buffer.alloc(132);
    head.write(preamble, 'latin1');
    head.write('DICM', 128, 'latin1');
    expect(sniff(head)).toEqual({ kind: 'image', format: 'dicom' });
  },
);
