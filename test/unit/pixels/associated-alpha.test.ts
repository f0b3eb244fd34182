/** Colours that are stored multiplied by their opacity: divided by it, rounded to the nearest, and said. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../app/pixels/index.ts';
import { createThumbnail } from '../../../app/pixels/thumbnail.ts';
import { readTiffFile, fileAsSource } from '../../../app/pixels/metadata/tiff-file.ts';
import { debianTool } from '../../debian.ts';
import { requestFor, scratchFolder, writeWhole } from './support.ts';
import { madeTiff } from './tiff-made.ts';

const folder = scratchFolder();

type Type = Uint8ArrayConstructor | Uint16ArrayConstructor | Float32ArrayConstructor;

/** Every opacity of `opacities` with colours from nothing to as much as it allows. */
function multiplied(Type: Type, most: number, colours: 1 | 3, opacities: readonly number[]) {
  const width = 64;
  const data = new Type(width * opacities.length * (colours + 1));
  opacities.forEach((opacity, y) => {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * (colours + 1);
      for (let c = 0; c < colours; c++) {
        const value = (opacity * ((x + 21 * c) % width)) / (width - 1);
        data[at + c] = Type === Float32Array ? value : Math.floor(value);
      }
      data[at + colours] = opacity;
    }
  });
  return { width, height: opacities.length, data, samples: colours + 1, most };
}

const eight = [0, 1, 2, 3, 7, 85, 127, 128, 200, 254, 255];
const sixteen = [0, 1, 255, 1000, 32_767, 32_768, 60_001, 65_533, 65_534, 65_535];
const kinds: [string, Type, number, 1 | 3, readonly number[]][] = [
  ['colours of 8 bits', Uint8Array, 255, 3, eight],
  ['gray of 8 bits', Uint8Array, 255, 1, eight],
  ['colours of 16 bits', Uint16Array, 65_535, 3, sixteen],
  ['gray of 16 bits', Uint16Array, 65_535, 1, sixteen],
  ['colours of floats', Float32Array, 1, 3, [0, 0.001, 0.25, 1 / 3, 0.999, 1]],
];

describe('associated alpha of TIFF', () => {
  it.each(kinds)(
    '%s: to the nearest, and back without loss',
    async (name, Type, most, colours, opacities) => {
      const made = multiplied(Type, most, colours, opacities);
      const path = join(folder, `${name}.tif`);
      const photometric = colours === 3 ? 2 : 1;
      writeFileSync(path, madeTiff({ ...made, photometric, extraSamples: [1] }));
      const image = await decodeImage({ path });
      const { data } = image.raster;
      const step = colours + 1;
      let wrong = 0;
      let different = 0;
      for (let at = 0; at < data.length; at++) {
        const opacity = made.data[at - (at % step) + colours]!;
        if (at % step === colours) {
          wrong += data[at] === opacity ? 0 : 1;
          continue;
        }
        const exact = opacity === 0 ? 0 : (made.data[at]! * most) / opacity;
        wrong += Math.abs(data[at]! - exact) <= (Type === Float32Array ? 1e-6 : 0.5) ? 0 : 1;
        const again = (data[at]! * opacity) / most;
        const stored = Type === Float32Array ? again : Math.round(again);
        different += Math.abs(stored - made.data[at]!) <= 1e-6 ? 0 : 1;
      }
      expect({ wrong, different }).toEqual({ wrong: 0, different: 0 });
      const texts = image.notices.map(({ text }) => text).join(' ');
      expect(texts).toMatch(/multiplied by their opacity .* divided by it/);
      expect(texts).not.toMatch(/brighter than their opacity/);
      // A result says that its colours are not multiplied, and holds them so.
      const out = join(folder, `${name} again.tif`);
      await writeWhole(requestFor(out, 'tiff', image));
      const file = await open(out);
      const tiff = await readTiffFile(fileAsSource(file, (await file.stat()).size));
      await file.close();
      expect(tiff!.extraSamples).toEqual([2]);
      expect((await decodeImage({ path: out })).raster).toEqual(image.raster);
    },
  );

  it('big-endian', async () => {
    const path = join(folder, 'mm.tif');
    const made = madeTiff({
      ...{ width: 2, height: 1, photometric: 2, samples: 4, extraSamples: [1] },
      data: Uint8Array.of(10, 20, 30, 77, 50, 0, 49, 50),
    });
    writeFileSync(path, swapped(made));
    const { raster } = await decodeImage({ path });
    expect([...raster.data]).toEqual([33, 66, 99, 77, 255, 0, 250, 50]);
  });

  it('light without a surface is cut off with a word', async () => {
    const path = join(folder, 'glow.tif');
    const data = Uint8Array.of(200, 20, 30, 100, 9, 0, 0, 0, 5, 5, 5, 5, 0, 0, 0, 0);
    const about = { photometric: 2, samples: 4, extraSamples: [1] };
    writeFileSync(path, madeTiff({ width: 4, height: 1, data, ...about }));
    const { raster, notices } = await decodeImage({ path });
    expect([...raster.data.subarray(0, 8)]).toEqual([255, 51, 77, 100, 0, 0, 0, 0]);
    expect(notices.map(({ text }) => text).join(' ')).toMatch(/In 2 pixels of glow\.tif/);
  });

  it('an opacity behind data is the one that colours were multiplied by', async () => {
    const path = join(folder, 'behind.tif');
    const data = Uint8Array.of(10, 20, 30, 7, 77, 50, 0, 49, 9, 50);
    const about = { photometric: 2, samples: 5, extraSamples: [0, 1] };
    writeFileSync(path, madeTiff({ width: 2, height: 1, data, ...about }));
    const { raster, extra } = await decodeImage({ path });
    expect([...raster.data]).toEqual([33, 66, 99, 77, 255, 0, 250, 50]);
    expect([...extra!.planes[0]!]).toEqual([7, 9]);
  });

  it('a thumbnail shows the same', async () => {
    const path = join(folder, 'small.tif');
    const data = Uint8Array.from({ length: 40 * 40 * 4 }, (_, at) => [10, 20, 30, 77][at % 4]!);
    const about = { photometric: 2, samples: 4, extraSamples: [1] };
    writeFileSync(path, madeTiff({ width: 40, height: 40, data, ...about }));
    const pixels = await sharp(Buffer.from(await createThumbnail({ path })))
      .raw()
      .toBuffer();
    expect([...pixels.subarray(0, 4)]).toEqual([33, 66, 99, 77]);
  });
});

describe('associated alpha of AVIF', () => {
  const avifenc = debianTool('avifenc', 'libavif-bin');
  it.skipIf(avifenc === null)('is divided too, and not said where there is none', async () => {
    const data = Buffer.from(
      Array.from({ length: 64 * 64 * 4 }, (_, at) =>
        at % 4 === 3 ? 64 + (((at >> 2) % 64) * 191) / 63 : [200, 100, 50][at % 4]!,
      ),
    );
    const png = join(folder, 'straight.png');
    await sharp(data, { raw: { width: 64, height: 64, channels: 4 } })
      .png()
      .toFile(png);
    for (const flags of [['--premultiply'], []]) {
      const path = join(folder, `made${flags.length}.avif`);
      execFileSync(avifenc!, ['--lossless', ...flags, png, path], { stdio: 'ignore' });
      const { raster, notices } = await decodeImage({ path });
      // Of 8 bits times a quarter of opacity, steps of 4 are left.
      let off = 0;
      for (let at = 0; at < data.length; at++)
        off = Math.max(off, Math.abs(raster.data[at]! - data[at]!));
      expect(off).toBeLessThanOrEqual(flags.length === 0 ? 0 : 4);
      expect(notices.some(({ text }) => text.includes('multiplied by'))).toBe(flags.length > 0);
    }
  });
});

/** The same file with the other byte order: one strip of bytes, entries of 12 bytes. */
function swapped(little: Uint8Array): Uint8Array {
  const from = new DataView(little.buffer, little.byteOffset, little.byteLength);
  const bytes = little.slice();
  const to = new DataView(bytes.buffer);
  bytes.set([0x4d, 0x4d]);
  to.setUint16(2, 42);
  const at = from.getUint32(4, true);
  to.setUint32(4, at);
  const count = from.getUint16(at, true);
  to.setUint16(at, count);
  for (let index = 0; index < count; index++) {
    const entry = at + 2 + 12 * index;
    const type = from.getUint16(entry + 2, true);
    const values = from.getUint32(entry + 4, true);
    to.setUint16(entry, from.getUint16(entry, true));
    to.setUint16(entry + 2, type);
    to.setUint32(entry + 4, values);
    const isInside = values * (type === 3 ? 2 : 4) <= 4;
    const place = isInside ? entry + 8 : from.getUint32(entry + 8, true);
    if (!isInside) to.setUint32(entry + 8, place);
    for (let v = 0; v < values; v++)
      if (type === 3) to.setUint16(place + 2 * v, from.getUint16(place + 2 * v, true));
      else to.setUint32(place + 4 * v, from.getUint32(place + 4 * v, true));
  }
  to.setUint32(at + 2 + 12 * count, 0);
  return bytes;
}
