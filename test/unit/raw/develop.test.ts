/**
 * Developed pixels against `dcraw_emu` at the same parameters, on files whose samples are known. The raw thread must be
 * built (`npm run build`).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeImage, defaultLimits, type Raster } from '../../../app/pixels/index.ts';
import { identify } from '../../../app/pixels/identify.ts';
import { develop, lookInside, rawReader } from '../../../app/raw/reader.ts';
import type { RawCall } from '../../../app/raw/protocol.ts';
import { scratchFolder } from '../pixels/support.ts';
import { dcrawEmu, developByTool, differing, proPhoto } from './dcraw-emu.ts';
import { losslessJpeg } from './lossless-jpeg.ts';
import { linearOf, makeDng, mosaicOf, scene, type DngRequest } from './make-dng.ts';

const folder = scratchFolder();
const signal = new AbortController().signal;
const readers = { dng: rawReader, raw: rawReader };
const size = { width: 320, height: 240 };
const light = scene(size.width, size.height);
let count = 0;

function file(request: Partial<DngRequest> = {}): string {
  const { pattern = [0, 1, 1, 2], black = [0], white = 65535 } = request;
  const samples = pattern ? mosaicOf(light, size, { pattern, black, white }) : linearOf(light);
  const path = join(folder, `${count++}.dng`);
  writeFileSync(path, makeDng({ ...size, samples, ...request }));
  return path;
}

async function developed(path: string, quality: RawCall['quality']) {
  const about = await identify(path);
  return develop(about, quality, await lookInside(about), defaultLimits, signal);
}

const patterns = {
  RGGB: [0, 1, 1, 2],
  GRBG: [1, 0, 2, 1],
  GBRG: [1, 2, 0, 1],
  BGGR: [2, 1, 1, 0],
} as const;

describe.skipIf(!dcrawEmu)('against dcraw_emu', () => {
  it.each(Object.entries(patterns))(
    '%s: linear interpolation and half size are equal, AHD nearly',
    async (_, pattern) => {
      const path = file({ pattern });
      const linear = developByTool(path, ['-q', '0', ...proPhoto]);
      const ours = await developed(path, 'linear');
      expect(ours).toMatchObject({ width: linear.width, height: linear.height, channels: 3 });
      expect(differing(ours.data, linear.data)).toEqual({ percent: 0, most: 0 });
      const half = developByTool(path, ['-h', ...proPhoto]);
      expect(differing((await developed(path, 'half')).data, half.data)).toEqual({
        percent: 0,
        most: 0,
      });
      const full = developByTool(path, ['-q', '3', ...proPhoto]);
      expect(differing((await developed(path, 'full')).data, full.data).percent).toBeLessThan(0.05);
    },
  );

  it('linear DNG is equal at every quality', async () => {
    const path = file({ pattern: null });
    for (const [quality, flags] of [
      ['full', ['-q', '3']],
      ['linear', ['-q', '0']],
    ] as const) {
      const expected = developByTool(path, [...flags, ...proPhoto]);
      expect(differing((await developed(path, quality)).data, expected.data)).toEqual({
        percent: 0,
        most: 0,
      });
    }
  });

  it.each([2, 3, 4, 5, 6, 7, 8])('orientation %i is applied once', async (orientation) => {
    const path = file({ orientation });
    const expected = developByTool(path, ['-q', '0', ...proPhoto]);
    const ours = await developed(path, 'linear');
    expect([ours.width, ours.height]).toEqual([expected.width, expected.height]);
    expect(differing(ours.data, expected.data).percent).toBe(0);
  });

  it.each([
    [1, [9, 5, 288, 216]],
    [6, [9, 5, 288, 216]],
    [1, [0, 0, 300, 220]],
    [3, [16, 12, 280, 200]],
  ] as const)(
    'orientation %i: the default crop is applied within an active area',
    async (orientation, defaultCrop) => {
      const activeArea = [4, 8, 236, 316] as const;
      const path = file({ activeArea, defaultCrop, orientation });
      const ours = await developed(path, 'linear');
      // The tool applies no default crop: its whole picture is cut here, in the file's own orientation.
      const upright = file({ activeArea });
      const whole = developByTool(upright, ['-q', '0', ...proPhoto]);
      const [left, top, width, height] = defaultCrop;
      const { default: sharp } = await import('sharp');
      const cut = sharp(whole.data, {
        raw: { width: whole.width, height: whole.height, channels: 3 },
      })
        .extract({ left, top, width, height })
        .toColourspace('rgb16')
        .raw({ depth: 'ushort' });
      const bytes = await cut.toBuffer();
      const straight = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
      const at: Record<number, (x: number, y: number) => number> = {
        1: (x, y) => y * width + x,
        3: (x, y) => (height - 1 - y) * width + (width - 1 - x),
        6: (x, y) => (height - 1 - x) * width + y,
      };
      const turned = orientation === 6 ? { width: height, height: width } : { width, height };
      expect([ours.width, ours.height]).toEqual([turned.width, turned.height]);
      const expected = Uint16Array.from(ours.data, (_, index) => {
        const pixel = Math.floor(index / 3);
        const from = at[orientation]!(pixel % turned.width, Math.floor(pixel / turned.width));
        return straight[from * 3 + (index % 3)]!;
      });
      expect(differing(ours.data, expected)).toEqual({ percent: 0, most: 0 });
    },
  );

  it('black of each colour is taken off', async () => {
    const black = [500, 512, 520, 540];
    const path = file({ black, white: 16383 });
    const expected = developByTool(path, ['-q', '0', ...proPhoto]);
    // See docs/benchmarks.md: a factor of LibRaw 0.22 is the next number of single precision, one step at 0.1 % of samples.
    const { percent, most } = differing((await developed(path, 'linear')).data, expected.data);
    expect(percent).toBeLessThan(0.1);
    expect(most).toBeLessThanOrEqual(16);
    // AHD: those steps, and besides as few samples as without black.
    const ahd = developByTool(path, ['-q', '3', ...proPhoto]).data;
    const full = (await developed(path, 'full')).data;
    const beyond = full.filter((value, at) => Math.abs(value - ahd[at]!) > 16).length;
    expect((100 * beyond) / full.length).toBeLessThan(0.05);
  });
});

describe('what comes of it', () => {
  it('16 bits, a photo, with our profile of the very curve', async () => {
    const { raster, metadata, content, notices, format } = await decodeImage({
      path: file({ pattern: null, iso: 800 }),
      readers,
    });
    expect(format).toBe('dng');
    expect(raster).toMatchObject({ sampleType: 'uint16', channels: 3, width: 320, height: 240 });
    expect(content?.family).toBe('photo');
    expect(metadata).toMatchObject({
      camera: 'Test Synth',
      iso: 800,
      profileName: 'ProPhoto RGB (Hourglass raw)',
    });
    expect(notices.map(({ text }) => text).join()).toContain('white balance of the camera');
  });

  it('does not depend on what else is in the picture: no brightening, white is the sensor’s', async () => {
    const dim = mosaicOf(
      light.map((value) => value / 8),
      size,
    );
    const bright = Uint16Array.from(dim);
    bright.fill(65535, bright.length - 320 * 40);
    const [one, other] = (await Promise.all(
      [dim, bright].map(
        async (samples) => (await decodeImage({ path: file({ samples }), readers })).raster,
      ),
    )) as [Raster, Raster];
    const rows = 320 * 3 * 180;
    expect(differing(one.data.subarray(0, rows), other.data.subarray(0, rows)).percent).toBe(0);
  });

  it('the raw picture is read, not the preview before it', async () => {
    const { default: sharp } = await import('sharp');
    const jpeg = await sharp({
      create: { width: 160, height: 120, channels: 3, background: 'red' },
    })
      .jpeg()
      .toBuffer();
    const path = file({ preview: { width: 160, height: 120, jpeg } });
    const { raster } = await decodeImage({ path, readers });
    expect([raster.width, raster.height]).toEqual([320, 240]);
  });

  it('a thumbnail’s picture is of half size', async () => {
    const { raster } = await rawReader.preview(await identify(file()), defaultLimits, signal);
    expect([raster.width, raster.height]).toEqual([160, 120]);
  });
});

it('lossless JPEG holds the same as no compression, mosaic and linear', async () => {
  const mosaic = mosaicOf(light, size);
  const linear = linearOf(light);
  const stored = {
    mosaic: losslessJpeg(mosaic, { ...size, components: 2 }),
    linear: losslessJpeg(linear, { ...size, components: 3 }),
  };
  for (const [one, other] of [
    [file(), file({ compression: 7, stored: stored.mosaic })],
    [file({ pattern: null }), file({ pattern: null, compression: 7, stored: stored.linear })],
  ] as const) {
    const expected = (await developed(one, 'linear')).data;
    expect(differing((await developed(other, 'linear')).data, expected).percent).toBe(0);
  }
});

describe('refusals', () => {
  const refused = (path: string, limits = defaultLimits): Promise<unknown> =>
    decodeImage({ path, limits, readers }).then(
      () => null,
      (error: unknown) => error,
    );

  it.each([8, 52546])('compression %i is named', async (compression) => {
    expect(await refused(file({ compression }))).toMatchObject({
      code: 'unsupported-image',
      message: expect.stringMatching(/compressed with (deflate|JPEG XL)/),
      hint: expect.stringContaining('DNG'),
    });
  });

  it('a file that was cut short', async () => {
    const whole = makeDng({ ...size, samples: mosaicOf(light, size) });
    // The directory stands in front, the samples are cut at half.
    const path = join(folder, 'cut.dng');
    const moved = makeDng({
      ...size,
      samples: mosaicOf(light, size),
      preview: { width: 8, height: 8, jpeg: new Uint8Array(8) },
    });
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    expect(await refused(path)).toMatchObject({
      code: expect.stringMatching(/damaged-image|not-an-image|unsupported-image/),
    });
    writeFileSync(path, moved.subarray(0, 1000));
    expect(await refused(path)).not.toBe(null);
  });

  it('more pixels than the limit, before they are decoded', async () => {
    expect(await refused(file(), { maxMegapixels: 0.05, timeoutMs: 10_000 })).toMatchObject({
      code: 'image-too-large',
    });
  });

  it('time that is up', async () => {
    expect(await refused(file(), { maxMegapixels: 400, timeoutMs: 1 })).toMatchObject({
      code: 'decode-timeout',
    });
  });

  it('a person who does not want it any more', async () => {
    const aborting = new AbortController();
    const waiting = decodeImage({ path: file(), readers, signal: aborting.signal }).catch(
      (error: unknown) => error,
    );
    setTimeout(() => aborting.abort(), 30);
    expect(await waiting).toMatchObject({ code: 'cancelled' });
  });

  it('what calls itself a camera’s file and is none', async () => {
    const path = join(folder, 'x.raf');
    writeFileSync(path, `FUJIFILMCCD-RAW ${'x'.repeat(5000)}`);
    expect(await refused(path)).toMatchObject({ code: 'unsupported-image' });
  });
});
