/** TIFF files of several pages: which one is the picture, and what is said of a stack once one page of it is left. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createWriter, decodeImage, OutputPages } from '../../../app/pixels/index.ts';
import { parseExif, readCapture } from '../../../app/pixels/metadata/exif.ts';
import { describeOnePage } from '../../../app/pixels/metadata/stack-description.ts';
import {
  entryText,
  findEntry,
  numberEntry,
  textEntry,
  type NewEntry,
} from '../../../app/pixels/metadata/tiff-structure.ts';
import { createThumbnail } from '../../../app/pixels/thumbnail.ts';
import { indexOfBytes, requestFor, scratchFolder, writeWhole } from './support.ts';
import { madePages, type MadePage } from './tiff-made.ts';

const folder = scratchFolder();

function tiffOf(name: string, pages: readonly MadePage[]): string {
  const path = join(folder, name);
  writeFileSync(path, madePages(pages));
  return path;
}

const reduced = numberEntry(254, 4, [1], true);

describe('the picture of a file', () => {
  it.each([
    [
      'behind a preview',
      [
        { side: 6, value: 9, more: [reduced] },
        { side: 24, value: 200 },
      ],
      1,
    ],
    [
      'behind one in old words',
      [
        { side: 6, value: 9, more: [numberEntry(255, 3, [2], true)] },
        { side: 24, value: 200 },
      ],
      1,
    ],
    [
      'behind a mask and a preview',
      [
        { side: 24, value: 9, more: [numberEntry(254, 4, [4], true)] },
        { side: 6, value: 9, more: [reduced] },
        { side: 24, value: 200 },
      ],
      1,
    ],
    [
      'before its smaller versions',
      [
        { side: 24, value: 200 },
        { side: 12, value: 9, more: [reduced] },
      ],
      1,
    ],
    [
      'before other pages',
      [
        { side: 24, value: 200 },
        { side: 24, value: 9 },
        { side: 24, value: 8 },
      ],
      3,
    ],
  ] as [string, MadePage[], number][])('stands %s', async (name, pages, full) => {
    // prettier-ignore
    const path = tiffOf(`${name}.tif`, pages);
    const { raster, notices } = await decodeImage({ path });
    expect([raster.width, raster.height, raster.data[0]]).toEqual([24, 24, 200]);
    expect(notices.filter(({ text }) => text.includes('pages'))).toHaveLength(full > 1 ? 1 : 0);
  });

  it('has the camera that only its preview names, and its own resolution', async () => {
    const resolution = (value: number): NewEntry[] => [
      { tag: 282, type: 5, count: 1, value: Uint8Array.of(value, 0, 0, 0, 1, 0, 0, 0) },
      { tag: 283, type: 5, count: 1, value: Uint8Array.of(value, 0, 0, 0, 1, 0, 0, 0) },
    ];
    const path = tiffOf('camera.tif', [
      { side: 6, value: 9, more: [reduced, textEntry(0x110, 'Model X'), ...resolution(72)] },
      { side: 24, value: 200, more: resolution(200) },
    ]);
    const { metadata } = await decodeImage({ path });
    expect(await readCapture(metadata.exif)).toMatchObject({ camera: 'Model X' });
    expect(metadata.resolution).toMatchObject({ x: 200 });
  });

  it.each([
    ['behind the picture', [0, 4], true],
    ['before it', [4, 0], true],
    ['between two pictures', [0, 4, 0], true],
    ['of a smaller version, which goes with that', [0, 5], false],
    ['nowhere', [0, 1], false],
  ] as [string, number[], boolean][])(
    'loses its mask, a page %s, with a word',
    async (name, kinds, isTold) => {
      const pages = kinds.map((kind, at) => ({ side: 24, value: 100 + at, more: [numberEntry(254, 4, [kind], true)] })); // prettier-ignore
      const { notices } = await decodeImage({ path: tiffOf(`mask ${name}.tif`, pages) });
      const told = notices.some(({ text }) => text.includes('a transparency mask'));
      expect(told).toBe(isTold);
    },
  );

  it.each([
    ['a preview before the picture', [1, 0], true],
    ['levels of a pyramid behind it', [0, 1, 1], true],
    ['nothing smaller', [0, 2, 2], false],
  ] as [string, number[], boolean][])('with %s says so', async (name, kinds, isTold) => {
    const pages = kinds.map((kind, at) => ({ side: 24 >> at, value: 100, more: [numberEntry(254, 4, [kind], true)] })); // prettier-ignore
    const { notices } = await decodeImage({ path: tiffOf(`${name}.tif`, pages) });
    expect(notices.some(({ text }) => text.includes('smaller versions'))).toBe(isTold);
  });

  it.each([
    ['sRGB', [0.64, 0.33, 0.3, 0.6, 0.15, 0.06], false],
    ['Adobe RGB', [0.64, 0.33, 0.21, 0.71, 0.15, 0.06], true],
  ] as [string, number[], boolean][])('with primaries of %s', async (name, primaries, isTold) => {
    const value = new Uint8Array(Uint32Array.from(primaries.flatMap((one) => [Math.round(one * 1e6), 1e6])).buffer); // prettier-ignore
    const more = [{ tag: 319, type: 5, count: 6, value }];
    const { notices } = await decodeImage({ path: tiffOf(`${name}.tif`, [{ side: 24, value: 9, more }]) }); // prettier-ignore
    expect(notices.some(({ text }) => text.includes('primaries of its colours'))).toBe(isTold);
  });

  it('keeps which page of the document it was', async () => {
    const number = numberEntry(297, 3, [2, 7], true);
    const image = await decodeImage({ path: tiffOf('page.tif', [{ side: 24, value: 9, more: [number] }]) }); // prettier-ignore
    const path = join(folder, 'page again.tif');
    await writeWhole(requestFor(path, 'tiff', image));
    const bytes = readFileSync(path);
    expect(
      indexOfBytes(bytes, Uint8Array.of(0x29, 1, 3, 0, 2, 0, 0, 0, 2, 0, 7, 0)),
    ).toBeGreaterThan(0);
  });

  it('is what a thumbnail shows', async () => {
    const path = tiffOf('small.tif', [{ side: 6, value: 9, more: [reduced] }, { side: 24, value: 200 }]); // prettier-ignore
    const png = Buffer.from(await createThumbnail({ path }));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([24, 24]);
  });
});

const page = { width: 64, height: 48, channels: 1, sampleType: 'uint16' } as const;

describe('a description of a stack', () => {
  it('of ImageJ counts no pages any more, and keeps its scale', () => {
    const text = 'ImageJ=1.53t\nimages=5\nslices=5\nhyperstack=true\nmode=composite\nspacing=2.0\nunit=\xb5m\nmin=0.0\n'; // prettier-ignore
    expect(describeOnePage(text, page)).toBe('ImageJ=1.53t\nspacing=2.0\nunit=\xb5m\nmin=0.0\n');
    const plain = 'ImageJ=1.53t\nmode=grayscale\nunit=um\n';
    expect(describeOnePage(plain, page)).toBe(plain);
  });

  it('of SCIFIO loses its axes', () => {
    const text = 'SCIFIO=0.37\naxes=X,Y,Z\nlengths=64,48,5\nimages=5\nslices=5\nunit=um';
    expect(describeOnePage(text, page)).toBe('SCIFIO=0.37\nunit=um');
  });

  it('of tifffile has the shape of the page', () => {
    expect(describeOnePage('{"shape": [5, 48, 64], "axes": "ZYX", "name": "a"}', page)).toBe(
      '{"shape":[48,64],"name":"a"}',
    );
    expect(describeOnePage('{"shape": [2, 48, 64, 3]}', { ...page, channels: 3 })).toBe(
      '{"shape":[48,64,3]}',
    );
    for (const words of ['{my words}', '{"name": "a"}', '{"shape":[48,64]}', 'A harbour'])
      expect(describeOnePage(words, page)).toBe(words);
  });

  it('of OME has one plane', () => {
    const channel = (id: number): string => `<Channel ID="Channel:0:${id}" SamplesPerPixel="1"/>`;
    const ome = (size: string, channels: string, data: string): string =>
      `<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0"><Pixels DimensionOrder="XYCZT" ${size} PhysicalSizeX="0.33" PhysicalSizeXUnit="µm">${channels}${data}</Pixels></Image></OME>`;
    const before = ome(
      'Type="uint16" SizeX="64" SizeY="48" SizeC="2" SizeZ="5" SizeT="3"',
      channel(0) + channel(1),
      '<TiffData IFD="0" FirstZ="0"><UUID FileName="a.ome.tif">urn:uuid:1</UUID></TiffData><TiffData IFD="1" FirstZ="1"/>',
    );
    expect(describeOnePage(before, { ...page, sampleType: 'uint8' })).toBe(
      ome(
        'Type="uint8" SizeX="64" SizeY="48" SizeC="1" SizeZ="1" SizeT="1"',
        channel(0),
        '<TiffData IFD="0" PlaneCount="1"/>',
      ),
    );
  });

  it.each(['tiff', 'png'] as const)('is true in a %s result', async (format) => {
    const words = textEntry(0x10e, 'ImageJ=1.11a\nimages=2\nslices=2\nunit=um\n');
    const path = tiffOf(`stack-${format}.tif`, [
      { side: 8, value: 7, more: [words] },
      { side: 8, value: 8 },
    ]);
    const out = join(folder, `one.${format}`);
    await writeWhole(requestFor(out, format, await decodeImage({ path })));
    const exif = await parseExif((await decodeImage({ path: out })).metadata.exif!);
    expect(entryText(findEntry(exif!.image, 0x10e))).toBe('ImageJ=1.11a\nunit=um');
  });
});

describe('one page of a stack', () => {
  /** Writes one page alone. */
  async function alone(path: string, page: number, format: 'tiff' | 'jpeg' = 'tiff') {
    const out = join(folder, `${page} alone of ${basename(path)}.${format}`);
    await writeWhole(requestFor(out, format, await decodeImage({ path, page })));
    const { metadata } = await decodeImage({ path: out });
    const structure = metadata.exif && (await parseExif(metadata.exif));
    return { metadata, text: structure ? entryText(findEntry(structure.image, 270)) : null };
  }
  const third = (name: string, text: string, more: NewEntry[] = []): string =>
    tiffOf(name, [
      { side: 24, value: 10, more: [textEntry(270, text), ...more] },
      { side: 24, value: 20 },
      { side: 24, value: 30 },
    ]);

  it.each(['tiff', 'jpeg'] as const)('of ImageJ keeps unit and spacing, as %s', async (format) => {
    const perUnit = (value: number): Uint8Array => Uint8Array.of(value, 0, 0, 0, 1, 0, 0, 0);
    const path = third(`imagej ${format}.tif`, 'ImageJ=1.53t\nimages=3\nslices=3\nunit=um\nspacing=2.0\n', [
      { tag: 282, type: 5, count: 1, value: perUnit(5) },
      { tag: 283, type: 5, count: 1, value: perUnit(5) },
      numberEntry(296, 3, [1], true),
    ]); // prettier-ignore
    const { text, metadata } = await alone(path, 2, format);
    expect(text).toBe('ImageJ=1.53t\nunit=um\nspacing=2.0');
    expect(metadata.resolution).toMatchObject({ x: 5, y: 5, unit: 'none' });
  });

  it('of tifffile has its own shape, and a page with words of its own keeps them', async () => {
    const path = third('shaped.tif', '{"shape": [3, 24, 24], "name": "a"}');
    expect((await alone(path, 1)).text).toBe('{"shape":[24,24],"name":"a"}');
    const sheets = tiffOf('own words.tif', [
      { side: 24, value: 10, more: [textEntry(270, 'ImageJ=1.53t\nimages=2\n')] },
      { side: 24, value: 20, more: [textEntry(270, 'sheet 2')] },
    ]);
    expect((await alone(sheets, 1)).text).toBe('sheet 2');
    const words = third('words.tif', 'A harbour');
    expect((await alone(words, 1)).text).toBe(null);
  });

  const ome = (sizes: string, inside: string): string =>
    `<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint8" SizeX="24" SizeY="24" ${sizes} PhysicalSizeX="0.3">${inside}</Pixels></Image></OME>`;
  const channel = (name: string): string => `<Channel ID="Channel:0" Name="${name}"/>`;
  const plane = (c: number, z: number, ms: number): string =>
    `<Plane TheC="${c}" TheZ="${z}" TheT="0" ExposureTime="${ms}"/>`;

  it.each([
    ['all planes in one TiffData', '<TiffData/>'],
    ['one TiffData for each', '<TiffData IFD="0"/><TiffData IFD="1" FirstC="1"/><TiffData IFD="2" FirstZ="1"/>'],
    ['pages in another order', '<TiffData IFD="1" FirstC="1" PlaneCount="2"/><TiffData IFD="0"/>'],
  ])('of OME has its own channel and plane: %s', async (name, data) => {
    const planes = plane(0, 0, 10) + plane(1, 0, 11) + plane(0, 1, 12);
    const path = third(`ome ${name}.tif`, ome('SizeZ="2" SizeC="2" SizeT="1"', channel('DAPI') + channel('GFP') + data + planes)); // prettier-ignore
    const one = (named: string, ms: number): string =>
      ome('SizeZ="1" SizeC="1" SizeT="1"', `${channel(named)}<TiffData IFD="0" PlaneCount="1"/>${plane(0, 0, ms)}`); // prettier-ignore
    expect((await alone(path, 1)).text).toBe(one('GFP', 11));
    expect((await alone(path, 2)).text).toBe(one('DAPI', 12));
  }); // prettier-ignore
});

describe('all pages in one file', () => {
  /** Reads every page and writes all of them again, as `denoise` does. */
  async function again(path: string, to: string, sampleType?: 'uint8'): Promise<string> {
    const out = join(folder, to);
    const first = await decodeImage({ path, page: 0 });
    const count = first.pages?.count ?? 1;
    const pages = new OutputPages(count);
    for (let page = 0; page < count; page++) {
      const image = await decodeImage({ path, page });
      const request = {
        ...requestFor(out, 'tiff', image),
        ...(sampleType ? { sampleType } : {}),
        pages,
      };
      const writer = await createWriter(request);
      // Only the last page gives the file its name.
      expect(existsSync(out)).toBe(false);
      await writer.writeRows(image.raster.data, image.raster.height);
      await writer.finish(new AbortController().signal);
    }
    return out;
  }
  const descriptionOf = async (path: string, page: number): Promise<string | null> => {
    const { metadata } = await decodeImage({ path, page });
    const structure = metadata.exif && (await parseExif(metadata.exif));
    return structure ? entryText(findEntry(structure.image, 270)) : null;
  };
  const pixelsOf = async (path: string, page: number): Promise<number[]> => {
    const { raster } = await decodeImage({ path, page });
    return [raster.width, raster.height, raster.data[0]!, raster.data.at(-1)!];
  };

  it('are those of an ImageJ stack, which goes on counting them', async () => {
    const text = 'ImageJ=1.53t\nimages=3\nslices=3\nunit=um\nspacing=2.0\n';
    const path = tiffOf('stack.tif', [
      { side: 24, value: 10, more: [textEntry(270, text)] },
      { side: 24, value: 20 },
      { side: 24, value: 30 },
    ]);
    const out = await again(path, 'stack-again.tif');
    expect((await decodeImage({ path: out })).pages?.count).toBe(3);
    for (const page of [0, 1, 2])
      expect(await pixelsOf(out, page)).toEqual([24, 24, 10 * (page + 1), 10 * (page + 1)]);
    expect(await descriptionOf(out, 0)).toBe(text.trimEnd());
    expect(await descriptionOf(out, 1)).toBeNull();
    // libtiff walks the same chain.
    expect((await sharp(out).metadata()).pages).toBe(3);
  });

  it('have sizes, words and dates of their own, and leave smaller versions out', async () => {
    const dated = (day: string): NewEntry[] => [
      textEntry(306, `2024:01:0${day} 10:00:00`),
      textEntry(270, `sheet ${day}`),
      { tag: 34665, type: 4, count: 1, value: [textEntry(36867, `2024:01:0${day} 09:00:00`)] },
    ];
    const path = tiffOf('sheets.tif', [
      { side: 6, value: 1, more: [reduced] },
      { side: 24, value: 50, more: dated('1') },
      { side: 12, value: 2, more: [reduced] },
      { side: 40, value: 60, more: dated('2') },
      { side: 16, value: 70, more: dated('3') },
    ]);
    const out = await again(path, 'sheets-again.tif');
    expect((await sharp(out).metadata()).pages).toBe(3);
    for (const [page, side] of [24, 40, 16].entries()) {
      expect(await pixelsOf(out, page)).toEqual([side, side, 50 + 10 * page, 50 + 10 * page]);
      expect(await descriptionOf(out, page)).toBe(`sheet ${page + 1}`);
      const { exif } = (await parseExif((await decodeImage({ path: out, page })).metadata.exif!))!;
      expect(entryText(findEntry(exif, 36867))).toBe(`2024:01:0${page + 1} 09:00:00`);
    }
  });

  it('of OME say the type that they have now, and go on being several', async () => {
    const ome = (type: string): string =>
      `<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="${type}" SizeX="24" SizeY="24" SizeZ="2" SizeC="1" SizeT="1"><TiffData IFD="0"/><TiffData IFD="1"/></Pixels></Image></OME>`;
    const path = tiffOf('ome.tif', [
      { side: 24, value: 10, more: [textEntry(270, ome('uint16'))] },
      { side: 24, value: 20 },
    ]);
    expect(await descriptionOf(await again(path, 'ome-again.tif', 'uint8'), 0)).toBe(ome('uint8'));
  });

  it('are read one at a time by number, and a number that is none is refused', async () => {
    const path = tiffOf('two.tif', [
      { side: 24, value: 10 },
      { side: 6, value: 1, more: [reduced] },
      { side: 12, value: 20 },
    ]);
    const { raster, notices } = await decodeImage({ path, page: 1 });
    expect([raster.width, raster.data[0]]).toEqual([12, 20]);
    expect(notices.map(({ text }) => text)).toContain(
      'two.tif holds 2 pages; only page 2 was read.',
    );
    await expect(decodeImage({ path, page: 2 })).rejects.toMatchObject({
      code: 'invalid-parameter',
      message: expect.stringContaining('an integer from 1 to 2') as string,
    });
  });

  it('leave nothing when one of them fails', async () => {
    const path = tiffOf('cut.tif', [{ side: 24, value: 10 }, { side: 24, value: 20 }]); // prettier-ignore
    const out = join(folder, 'never.tif');
    const pages = new OutputPages(2);
    const image = await decodeImage({ path, page: 0 });
    const writer = await createWriter({ ...requestFor(out, 'tiff', image), pages });
    await writer.writeRows(image.raster.data, 24);
    await writer.finish(new AbortController().signal);
    await pages.abort();
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.startsWith('.hourglass-'))).toEqual([]);
  });
});
