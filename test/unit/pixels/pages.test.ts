/** TIFF files of several pages: which one is the picture, and what is said of a stack once one page of it is left. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../app/pixels/index.ts';
import { parseExif, readCapture } from '../../../app/pixels/metadata/exif.ts';
import { describeOnePage } from '../../../app/pixels/metadata/stack-description.ts';
import {
  concatBytes,
  entryText,
  findEntry,
  layOutDirectory,
  numberEntry,
  textEntry,
  tiffHeaderBytes,
  type NewEntry,
} from '../../../app/pixels/metadata/tiff-structure.ts';
import { createThumbnail } from '../../../app/pixels/thumbnail.ts';
import { requestFor, scratchFolder, writeWhole } from './support.ts';

const folder = scratchFolder();

interface Page {
  readonly side: number;
  /** Every pixel of it. */
  readonly value: number;
  readonly more?: readonly NewEntry[];
}

/** Gray pages of 8 bits, one after another. */
function tiffOf(name: string, pages: readonly Page[]): string {
  const parts: Uint8Array[] = [tiffHeaderBytes(true, 8)];
  let at = 8;
  pages.forEach(({ side, value, more = [] }, index) => {
    const entries = (strip: number): NewEntry[] => [
      ...([[256, side], [257, side], [258, 8], [259, 1], [262, 1], [277, 1], [278, side]] as const).map(([tag, one]) => numberEntry(tag, 3, [one], true)), // prettier-ignore
      ...[numberEntry(273, 4, [strip], true), numberEntry(279, 4, [side * side], true), ...more],
    ];
    const { length } = layOutDirectory(entries(0), at, true);
    const directory = layOutDirectory(entries(at + length), at, true);
    const pixels = new Uint8Array(side * side + ((side * side) % 2)).fill(value);
    const end = at + length + pixels.length;
    const count = entries(0).length;
    if (index < pages.length - 1)
      new DataView(directory.buffer).setUint32(2 + count * 12, end, true);
    parts.push(directory, pixels);
    at = end;
  });
  const path = join(folder, name);
  writeFileSync(path, concatBytes(parts));
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
  ] as [string, Page[], number][])('stands %s', async (name, pages, full) => {
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
