/** Pictures made ready for others: smaller, in sRGB, without what says where they were taken. */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OutputFormat, Sharing } from '../../../app/contract/index.ts';
import {
  decodeImage,
  removeTemporaries,
  type DecodedImage,
  type Raster,
  type WriteRequest,
} from '../../../app/pixels/index.ts';
import type { Attachment } from '../../../app/pixels/metadata/beside.ts';
import { describeColour } from '../../../app/pixels/colour/description.ts';
import { pngChunk } from '../../../app/pixels/metadata/png-chunks.ts';
import { parseExif } from '../../../app/pixels/metadata/exif.ts';
import { withoutPrivateParts } from '../../../app/pixels/share/private-parts.ts';
import { createSharingWriter, sharedSize } from '../../../app/pixels/share/sharing-writer.ts';
import {
  cameraExif,
  grayProfile,
  imageOf,
  indexOfBytes,
  makerNoteBytes,
  noMetadata,
  noiseRaster,
  primaries,
  requestFor,
  rgbProfile,
  scratchFolder,
} from './support.ts';

const folder = scratchFolder();
process.env.HOURGLASS_TEMP = join(folder, 'temp');
mkdirSync(process.env.HOURGLASS_TEMP);
const signal = new AbortController().signal;
const nothing: Sharing = { srgb: false, strip: 'nothing' };

let serial = 0;
async function share(
  from: DecodedImage,
  sharing: Partial<Sharing>,
  format: OutputFormat = 'png',
  changes: Partial<WriteRequest> = {},
) {
  const path = join(folder, `${(serial += 1)}.${format}`);
  const writer = await createSharingWriter(requestFor(path, format, from, changes), {
    ...nothing,
    ...sharing,
  });
  const { width, height, channels, data } = from.raster;
  for (let top = 0; top < height; top += 17) {
    const rows = Math.min(17, height - top);
    await writer.writeRows(
      data.subarray(top * width * channels, (top + rows) * width * channels),
      rows,
    );
  }
  const { bytes, notices } = await writer.finish(signal);
  expect(bytes).toBe(statSync(path).size);
  const image = await decodeImage({ path });
  return { path, image, notices: notices.map(({ text }) => text) };
}

/** One colour all over. */
function patch(width: number, height: number, colour: readonly number[], type: 'uint8' | 'uint16') {
  const channels = colour.length as 1 | 2 | 3 | 4;
  const length = width * height * channels;
  const data = type === 'uint8' ? new Uint8Array(length) : new Uint16Array(length);
  for (let at = 0; at < length; at++) data[at] = colour[at % channels]!;
  return {
    ...{ width, height, channels, hasAlpha: channels % 2 === 0, sampleType: type, data },
  } satisfies Raster;
}

describe('size', () => {
  it.each([
    [{ width: 4000, height: 3000 }, 1000, { width: 1000, height: 750 }],
    [{ width: 3000, height: 4001 }, 1000, { width: 750, height: 1000 }],
    [{ width: 9000, height: 3 }, 100, { width: 100, height: 1 }],
    [{ width: 800, height: 600 }, 1000, { width: 800, height: 600 }],
    [{ width: 800, height: 600 }, undefined, { width: 800, height: 600 }],
  ])('%o at most %s', (size, most, expected) => {
    expect(sharedSize(size, most)).toEqual(expected);
  });

  it.each([
    ['jpeg', 'uint8', 3],
    ['png', 'uint16', 3],
    ['png', 'uint8', 4],
    ['tiff', 'uint16', 1],
    ['webp', 'uint8', 3],
  ] as const)(
    '%s of %s with %i channels is smaller, with its colours',
    async (format, type, channels) => {
      const most = type === 'uint8' ? 255 : 65_535;
      const colour = [0.2, 0.5, 0.7, 1].slice(0, channels).map((value) => Math.round(value * most));
      const from = imageOf(patch(200, 120, colour, type));
      const { image, notices } = await share(from, { maxSide: 64 }, format);
      const { width, height, sampleType, data } = image.raster;
      expect([width, height, sampleType]).toEqual([64, 38, type]);
      for (let channel = 0; channel < channels; channel++) {
        const off = Math.abs(data[(30 * 64 + 30) * channels + channel]! - colour[channel]!);
        expect(off).toBeLessThanOrEqual(format === 'jpeg' || format === 'webp' ? 3 : 0);
      }
      expect(notices[notices.length - 1]).toContain('64 × 38 pixels');
    },
  );

  it('means of what was there, and size tags of what is there', async () => {
    const raster = noiseRaster({ width: 256, height: 256, channels: 3, sampleType: 'uint8' });
    const exif = cameraExif({ littleEndian: true, orientation: 1, width: 256, height: 256 });
    const { image } = await share(imageOf(raster, { exif }), { maxSide: 32 });
    const mean = (data: Raster['data']): number =>
      Array.from(data).reduce((sum, value) => sum + value, 0) / data.length;
    expect(Math.abs(mean(image.raster.data) - mean(raster.data))).toBeLessThan(1);
    const structure = (await parseExif(image.metadata.exif!))!;
    const width = structure.exif!.entries.find(({ tag }) => tag === 0xa002)!;
    expect(new DataView(width.value.buffer).getUint32(0, true)).toBe(32);
  });

  it('rows that need no change are those that came', async () => {
    const raster = noiseRaster({ width: 40, height: 30, channels: 3, sampleType: 'uint16' });
    const { image, notices } = await share(imageOf(raster), { maxSide: 40, srgb: true });
    expect(image.raster.data).toEqual(raster.data);
    expect(notices).toEqual([]);
  });

  it('16 bits of one colour stay that colour everywhere, and both wishes work together', async () => {
    const icc = rgbProfile('Display P3', primaries.displayP3, null);
    const stored = [45_875, 30_000, 9000];
    const from = imageOf(patch(200, 120, stored, 'uint16'), { icc, profileName: 'Display P3' });
    const small = await share(from, { maxSide: 64 });
    const { data } = small.image.raster;
    for (let at = 0; at < data.length; at++) expect(data[at]).toBe(stored[at % 3]);
    const both = (await share(from, { maxSide: 64, srgb: true })).image.raster.data;
    const alone = (await share(from, { srgb: true })).image.raster.data;
    for (let at = 0; at < both.length; at++)
      expect(Math.abs(both[at]! - alone[at % 3]!)).toBeLessThanOrEqual(1);
  });

  it('floats are refused with what to do, and nothing is left behind', async () => {
    const raster = noiseRaster({ width: 40, height: 30, channels: 3, sampleType: 'float32' });
    await expect(share(imageOf(raster), { maxSide: 20 }, 'tiff')).rejects.toMatchObject({
      code: 'output-unsupported',
      hint: 'Choose 8 or 16 bits for it.',
    });
    const { image } = await share(imageOf(raster), { maxSide: 20 }, 'tiff', {
      sampleType: 'uint16',
    });
    expect(image.raster.sampleType).toBe('uint16');
    removeTemporaries();
    expect(readdirSync(join(folder, 'temp'))).toEqual([]);
  });
});

describe('sRGB', () => {
  // Worked out from the profiles' own numbers: XYZ of Display P3 and of ProPhoto to sRGB.
  const expected = (
    columns: readonly number[],
    gamma: number | null,
    colour: readonly number[],
  ) => {
    const decode = (v: number): number =>
      gamma ? v ** gamma : v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const linear = colour.map(decode);
    const xyz = [0, 1, 2].map((row) =>
      [0, 1, 2].reduce((sum, column) => sum + columns[column * 3 + row]! * linear[column]!, 0),
    );
    const matrix = [
      3.1341873, -1.617211, -0.4906935, -0.978751, 1.9161308, 0.0334336, 0.0719383, -0.2289909,
      1.405386,
    ];
    return [0, 1, 2].map((row) => {
      const light = [0, 1, 2].reduce(
        (sum, column) => sum + matrix[row * 3 + column]! * xyz[column]!,
        0,
      );
      const encoded = light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
      return Math.min(1, Math.max(0, encoded));
    });
  };

  it.each([
    ['Display P3', primaries.displayP3, null, 'uint8'],
    ['ProPhoto', primaries.proPhoto, 1.8, 'uint8'],
    ['Display P3', primaries.displayP3, null, 'uint16'],
  ] as const)('%s is converted, tagged, and said (%#)', async (name, columns, gamma, type) => {
    const most = type === 'uint8' ? 255 : 65_535;
    const colour = [0.5, 0.55, 0.45];
    const stored = colour.map((value) => Math.round(value * most));
    const icc = rgbProfile(name, columns, gamma);
    const { image, notices } = await share(
      imageOf(patch(50, 40, stored, type), { icc, profileName: name }),
      { srgb: true },
    );
    const wanted = expected(
      columns,
      gamma,
      stored.map((value) => value / most),
    );
    wanted.forEach((value, channel) =>
      expect(Math.abs(image.raster.data[channel]! / most - value) * 255).toBeLessThan(1),
    );
    expect(image.metadata.profileName).toMatch(/sRGB/);
    expect(notices).toEqual([`The colours were converted from ${name} to sRGB.`]);
  });

  it('gray of another curve is converted by its table, alpha stays', async () => {
    const icc = grayProfile('Gray Gamma 1.0', 1);
    const from = imageOf(patch(30, 20, [128, 200], 'uint8'), {
      icc,
      profileName: 'Gray Gamma 1.0',
    });
    const { image } = await share(from, { srgb: true });
    expect(Array.from(image.raster.data.slice(0, 2))).toEqual([188, 200]);
    expect(image.metadata.icc).toBeNull();
  });

  it('is the same file without a profile, and with that of sRGB', async () => {
    const raster = patch(30, 20, [120, 180, 90], 'uint8');
    const icc = rgbProfile('sRGB IEC61966-2.1', primaries.srgb, null);
    for (const metadata of [{}, { icc, profileName: 'sRGB IEC61966-2.1' }]) {
      const { image, notices } = await share(imageOf(raster, metadata), { srgb: true });
      expect(Array.from(image.raster.data.slice(0, 3))).toEqual([120, 180, 90]);
      expect(notices).toEqual([]);
    }
  });
});

const packet = (inside: string): Uint8Array =>
  new TextEncoder().encode(
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
      `<rdf:Description rdf:about="" ${inside}</rdf:Description></rdf:RDF></x:xmpmeta>`,
  );
const dataset = (number: number, text: string): number[] => [
  ...[0x1c, 2, number, 0, text.length],
  ...Buffer.from(text),
];

describe('what is left out', () => {
  it.each([true, false])(
    'GPS and maker notes leave EXIF, all else stays (%#)',
    async (littleEndian) => {
      const exif = cameraExif({ littleEndian, orientation: 1, software: 'Editor 1' });
      const { metadata, removed } = await withoutPrivateParts({ ...noMetadata, exif }, 'location');
      expect(removed).toEqual(['GPS', 'maker notes']);
      const before = (await parseExif(exif))!;
      const after = (await parseExif(metadata.exif!))!;
      expect(after.gps).toBeNull();
      expect(after.image.next).toBe(before.image.next);
      expect(after.thumbnail?.entries.length).toBe(before.thumbnail?.entries.length);
      const kept = (structure: typeof before) =>
        [structure.image, structure.exif!].map(({ entries }) =>
          entries
            .filter(({ tag }) => tag !== 0x8825 && tag !== 0x927c)
            .map(({ tag, value }) => [tag, Buffer.from(value).toString('hex')]),
        );
      expect(kept(after)).toEqual(kept(before));
      expect(after.exif!.entries.some(({ tag }) => tag === 0x927c)).toBe(false);
      expect(indexOfBytes(metadata.exif!, makerNoteBytes)).toBe(-1);
      expect(metadata.exif!.length).toBe(exif.length);
      expect(metadata.camera).toBe('Canon EOS R6');
    },
  );

  it.each([
    ['exif:GPSLatitude="52,31.2N" exif:Lens="x">', 'GPSLatitude'],
    ['dc:x="1"><exif:GPSLatitude>52,31.2N</exif:GPSLatitude>', '52,31'],
    ['photoshop:City="Oslo" tiff:Make="C">', 'Oslo'],
    [
      '><Iptc4xmpExt:LocationCreated rdf:parseType="Resource"><Iptc4xmpExt:City>Oslo</Iptc4xmpExt:City></Iptc4xmpExt:LocationCreated>',
      'Oslo',
    ],
    ['><Iptc4xmpCore:Location>Oslo</Iptc4xmpCore:Location>', 'Oslo'],
    ['drone-dji:GpsLatitude="+59.9">', '59.9'],
    ['xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:City="Oslo">', 'Oslo'],
    [
      '><c:Location xmlns:c="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/">Oslo</c:Location>',
      'Oslo',
    ],
  ])('places leave XMP: %s', async (inside, secret) => {
    const xmp = packet(`${inside}<dc:title>A title</dc:title>`);
    const { metadata, removed } = await withoutPrivateParts({ ...noMetadata, xmp }, 'location');
    const text = Buffer.from(metadata.xmp!).toString();
    expect(text).not.toContain(secret);
    expect(text).toContain('<dc:title>A title</dc:title>');
    expect(removed).toEqual(['places']);
  });

  it('a packet that is not well-formed may say anything: it leaves as a whole', async () => {
    const xmp = packet('><dc:title>Oslo</dc:other>');
    const found = await withoutPrivateParts({ ...noMetadata, xmp }, 'location');
    expect(found.metadata.xmp).toBeNull();
    expect(found.removed).toEqual(['XMP']);
  });

  it('places leave IPTC; a stream that can not be read leaves as a whole', async () => {
    const iptc = Uint8Array.from([
      ...dataset(5, 'Title'),
      ...dataset(90, 'Oslo'),
      ...dataset(101, 'Norway'),
      ...dataset(80, 'Me'),
    ]);
    const found = await withoutPrivateParts({ ...noMetadata, iptc }, 'location');
    expect(found.metadata.iptc).toEqual(
      Uint8Array.from([...dataset(5, 'Title'), ...dataset(80, 'Me')]),
    );
    const broken = await withoutPrivateParts(
      { ...noMetadata, iptc: iptc.subarray(0, 20) },
      'location',
    );
    expect([broken.metadata.iptc, broken.removed]).toEqual([null, ['IPTC']]);
  });

  it('nothing to leave out is said, and nothing is touched', async () => {
    const xmp = packet('dc:title="GPS in a title">');
    const before = { ...noMetadata, xmp };
    expect(await withoutPrivateParts(before, 'location')).toMatchObject({
      metadata: { xmp },
      removed: [],
    });
    const raster = patch(20, 20, [1, 2, 3], 'uint8');
    const { notices } = await share(imageOf(raster), { strip: 'location' });
    expect(notices).toEqual(['Nothing in the metadata says where the picture was taken.']);
  });

  it.each(['jpeg', 'png', 'webp', 'tiff', 'avif'] as const)(
    '%s holds nothing of it',
    async (format) => {
      const raster = patch(40, 30, [90, 120, 150], 'uint8');
      const exif = cameraExif({ littleEndian: true, orientation: 1 });
      const xmp = packet('photoshop:City="Oslo">');
      const icc = rgbProfile('Display P3', primaries.displayP3, null);
      const from = imageOf(raster, { exif, xmp, icc, profileName: 'Display P3' });
      const { image, notices } = await share(from, { strip: 'all' }, format);
      expect(notices[notices.length - 1]).toBe('Left out of the file: EXIF, XMP.');
      expect(image.metadata.camera).toBeNull();
      const text = Buffer.from(image.metadata.xmp!).toString();
      expect(text).not.toContain('Oslo');
      // What was done to it is no secret.
      expect(text).toContain('without EXIF, XMP');
      expect(image.metadata.profileName).toBe('Display P3');
    },
  );

  it('colours that are told without a profile are converted, or stay told when EXIF goes', async () => {
    const codes = { chunks: pngChunk('cICP', Uint8Array.of(12, 13, 0, 1)), differsFromSrgb: true };
    const colour = await describeColour({ icc: null, exif: null, pngColour: codes });
    const data = Uint8Array.from({ length: 40 * 40 * 3 }, (_, at) => [120, 180, 90][at % 3]!);
    const size = {
      width: 40,
      height: 40,
      channels: 3,
      hasAlpha: false,
      sampleType: 'uint8',
    } as const;
    const told = { colour, profileName: colour!.name };
    const coded = imageOf({ ...size, data }, { ...told, pngColour: codes });
    const converted = await share(coded, { srgb: true });
    [100, 182, 76].forEach((level, at) =>
      expect(Math.abs(converted.image.raster.data[at]! - level)).toBeLessThanOrEqual(2),
    );
    expect(converted.image.metadata.colour).toBeNull();
    expect(converted.notices.join(' ')).toContain('from Display P3 to sRGB');
    // As of a camera's EXIF: without chunks.
    const ofExif = imageOf(
      { ...size, data },
      { ...told, exif: cameraExif({ littleEndian: true, orientation: 1 }) },
    );
    for (const strip of ['all', 'location'] as const)
      expect((await share(ofExif, { strip })).image.metadata.profileName).toBe('Display P3');
  });

  it.each(['all', 'location'] as const)(
    '%s: what is attached goes too, but a gain map',
    async (strip) => {
      const attachment = (semantic: string): Attachment => ({
        ...{ format: 'jpeg', place: 'tail', bytes: Uint8Array.of(1, 2), semantic },
        what: () => semantic,
      });
      const attachments = [attachment('GainMap'), attachment('MotionPhoto')];
      const { metadata, removed } = await withoutPrivateParts(
        { ...noMetadata, attachments },
        strip,
      );
      expect(removed).toEqual(['attached data']);
      expect(metadata.attachments).toEqual([attachments[0]]);
    },
  );
});
