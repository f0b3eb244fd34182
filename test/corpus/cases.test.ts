/**
 * The small files that each stand for a kind of fault (`../shared/cases/files`, beside the data pack), through the built command line at
 * automatic strength: what is read of each, what is said, and what stands in the result. Their siblings are unit tests.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAppIfStale } from '../../build/build.mjs';
import { decodeImage, type DecodedImage } from '../../app/pixels/index.ts';
import { dataPack, noDataPack } from '../data.ts';
import { denoiseLines, type Line } from '../unit/cli/denoise-lines.ts';

const cases = dataPack && resolve(dataPack, '../cases/files');
const isHere = cases !== null && existsSync(cases);
if (!isHere) process.stderr.write(`skipped: small files that stand for kinds: ${cases ? `${cases} is not here` : noDataPack}\n`); // prettier-ignore

interface Expected {
  /** 8-bit levels, from and to. */
  readonly sigma: readonly [number, number];
  /** In the notices; absent: nothing but that nothing was cleaned. */
  readonly said?: RegExp;
  /** Of the result. */
  readonly holds?: (result: DecodedImage, xmp: string) => void | Promise<void>;
}

const none = [0, 0] as const;
const twelve = [11, 13] as const;
const resolution = (x: number, y: number, unit: string) => (result: DecodedImage) =>
  expect(result.metadata.resolution).toEqual({ x, y, unit });

const expected: Readonly<Record<string, Expected>> = {
  'colour-avif-nclx-p3.avif': {
    sigma: none,
    holds: ({ metadata }) => expect(metadata.colour?.codes).toEqual({ primaries: 12, transfer: 13 }), // prettier-ignore
  },
  'colour-exif-adobergb.jpg': {
    sigma: none,
    said: /tells its colours by EXIF/,
    holds: ({ metadata }) => expect(metadata.profileName).toBe('Compatible with Adobe RGB (1998)'),
  },
  'colour-png-gamma1.png': {
    sigma: none,
    holds: ({ metadata }) => expect(metadata.colour?.told).toBe('gAMA'),
  },
  'depth-rgb-12in16.tif': { sigma: twelve },
  'extra-rgb-infrared16.tif': {
    sigma: twelve,
    said: /1 sample per pixel besides its colours/,
    holds: ({ extra }) => expect(extra?.kinds).toEqual([0]),
  },
  'extra-rgb-unspecified-zero.tif': {
    sigma: twelve,
    said: /1 sample per pixel besides its colours/,
    holds: ({ extra, raster }) => {
      expect(extra?.kinds).toEqual([0]);
      expect(raster.hasAlpha).toBe(false);
    },
  },
  'frame-16.png': { sigma: twelve },
  'frame-letterbox-black.png': { sigma: twelve },
  'frame-none.png': { sigma: twelve },
  'lost-clipping-path.jpg': {
    sigma: [10, 16],
    holds: ({ metadata }) => expect(metadata.photoshop?.names()).toContain('a clipping path'),
  },
  'lost-motion-photo.jpg': {
    sigma: [10, 16],
    holds: (_, xmp) => expect(xmp).toMatch(/MicroVideoOffset="932"/),
  },
  'lost-photoshop-layers.tif': { sigma: twelve, said: /the layers of Photoshop/ },
  'lost-ultrahdr-gain-map.jpg': {
    sigma: [0, 20],
    holds: ({ metadata }) => expect(metadata.attachments?.length).toBeGreaterThan(0),
  },
  'pages-preview-first.tif': {
    sigma: twelve,
    said: /smaller versions of the picture/,
    holds: ({ raster }) => expect([raster.width, raster.height]).toEqual([120, 120]),
  },
  'pattern-checker4.png': { sigma: none },
  'pattern-dither-1bit.png': { sigma: none },
  'pattern-hatch5-1bit.png': { sigma: none },
  'regions-face-orientation6.jpg': {
    sigma: none,
    holds: (_, xmp) => {
      for (const part of ['x', 'y', 'w', 'h'] as const)
        expect(xmp).toMatch(new RegExp(`stArea:${part}[=>]"?${{ x: '0.875', y: '0.1667', w: '0.25', h: '0.333' }[part]}`)); // prettier-ignore
    },
  },
  'resolution-300dpi.tif': { sigma: twelve, holds: resolution(300, 300, 'inch') },
  'resolution-fax-204x98.tif': { sigma: none, holds: resolution(204, 98, 'inch') },
  'resolution-imagej-3-per-um.tif': { sigma: [10, 20], holds: resolution(3, 3, 'none') },
  'resolution-none.png': {
    sigma: twelve,
    holds: ({ metadata }) => expect(metadata.resolution).toBeNull(),
  },
  'stack-imagej-5.tif': {
    sigma: [10, 25],
    // All five pages, of which ImageJ's description goes on speaking.
    holds: async ({ path }) => expect((await sharp(path).metadata()).pages).toBe(5),
  },
  // 500 values around one gray whose standard deviation is 20.
  'thin-1x500.png': { sigma: [18, 24] },
};

describe.skipIf(!isHere)('small files that stand for kinds', () => {
  const home = mkdtempSync(join(tmpdir(), 'hourglass-cases-'));
  const outputs = new Map<string, Line>();
  beforeAll(async () => {
    await buildAppIfStale();
    const lines = await denoiseLines(home, [cases!, '--out', `${join(home, 'out')}/{name}.{ext}`]);
    for (const { type, output } of lines as { type: string; output: Line }[])
      if (type === 'result') outputs.set(String(output.source).replace(/^.*\//, ''), output);
  }, 600_000);
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('each has an expectation, and each was done', () => {
    const files = readdirSync(cases!).filter((name) => !name.endsWith('.md'));
    expect(Object.keys(expected).sort()).toEqual(files.sort());
    expect([...outputs.keys()].sort()).toEqual(files.sort());
  });

  it.each(Object.entries(expected))('%s', async (name, { sigma, said, holds }) => {
    const output = outputs.get(name)!;
    const noise = output.noise as { sigma: number; suggestedSigma: number };
    expect(noise.sigma).toBeGreaterThanOrEqual(sigma[0]);
    expect(noise.sigma).toBeLessThanOrEqual(sigma[1]);
    const notices = (output.notices as { text: string }[])
      .map(({ text }) => text)
      .filter((text) => text !== 'Nothing was cleaned.');
    if (said) expect(notices.join(' ')).toMatch(said);
    else expect(notices).toEqual([]);
    const result = await decodeImage({ path: String(output.output) });
    await holds?.(result, result.metadata.xmp ? Buffer.from(result.metadata.xmp).toString() : '');
    const isLossless = /\.(png|tif)$/.test(name);
    if (sigma === none && isLossless) {
      const source = await decodeImage({ path: join(cases!, name) });
      expect(Buffer.compare(Buffer.from(result.raster.data.buffer), Buffer.from(source.raster.data.buffer))).toBe(0); // prettier-ignore
    }
  });

  it('the inside of a frame is cleaned as without it, and the frame stays', async () => {
    const of = async (name: string) => (await decodeImage({ path: String(outputs.get(name)!.output) })).raster; // prettier-ignore
    const [none, framed] = [await of('frame-none.png'), await of('frame-16.png')];
    const at = (framed.width - none.width) / 2;
    let [most, outside] = [0, 0];
    for (let y = 0; y < framed.height; y++)
      for (let x = 0; x < framed.width; x++)
        for (let c = 0; c < 3; c++) {
          const value = framed.data[3 * (y * framed.width + x) + c]!;
          const [u, v] = [x - at, y - at];
          const isInside = u >= 0 && v >= 0 && u < none.width && v < none.height;
          if (!isInside) outside += Number(value !== 16);
          else most = Math.max(most, Math.abs(value - none.data[3 * (v * none.width + u) + c]!));
        }
    // In 8 bits a network's steps follow from the tile.
    expect(most).toBeLessThanOrEqual(1);
    expect(outside).toBe(0);
  });

  it('what was removed of a thin picture is not called nothing', () => {
    const { words } = outputs.get('thin-1x500.png')!.structure as { words: string };
    expect(words).toContain('Something was removed');
  });
});
