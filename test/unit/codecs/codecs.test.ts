/** JPEG XL and JPEG 2000, as files that are made here by the same libraries' encoders. The codec thread must be built. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { codecReader } from '../../../app/codecs/reader.ts';
import { readJp2Boxes } from '../../../app/codecs/jp2-boxes.ts';
import { codecPeak } from '../../../app/codecs/peak.ts';
import { describeColour, describedProfile } from '../../../app/pixels/colour/description.ts';
import { pngChunk } from '../../../app/pixels/metadata/png-chunks.ts';
import { concatBytes } from '../../../app/pixels/metadata/tiff-structure.ts';
import { decodeImage, defaultLimits } from '../../../app/pixels/index.ts';
import { jp2Box as box, jp2File, jpeg2000Codestream, rgba } from '../../jpeg-2000.ts'; // prettier-ignore
import { noiseRaster, scratchFolder } from '../pixels/support.ts';

const folder = scratchFolder();
const readers = { jxl: codecReader('jxl'), jp2: codecReader('jp2') };
const size = { width: 40, height: 24 };
let count = 0;
const open = (bytes: Uint8Array, limits = defaultLimits) => {
  const path = join(folder, `${count++}.bin`);
  writeFileSync(path, bytes);
  return decodeImage({ path, readers, limits });
};
const refusal = (bytes: Uint8Array, limits = defaultLimits): Promise<unknown> =>
  open(bytes, limits).then(
    () => null,
    (error: unknown) => error,
  );

const { default: createVips } = await import('wasm-vips');
const vips = await createVips({ dynamicLibraries: ['vips-jxl.wasm'] });
/** @param keep of metadata; without any it is a bare codestream */
const jxl = (raster: ReturnType<typeof noiseRaster>, keep: 'all' | 'none' = 'all'): Uint8Array => {
  const { width, height, channels, sampleType, data } = raster;
  const format = ({ uint8: 'uchar', uint16: 'ushort', float32: 'float', int16: 'ushort' } as const)[
    sampleType
  ];
  const space =
    sampleType === 'float32'
      ? 'scrgb'
      : channels < 3
        ? format === 'uchar'
          ? 'b-w'
          : 'grey16'
        : format === 'uchar'
          ? 'srgb'
          : 'rgb16';
  return vips.Image.newFromMemory(
    data as Uint8Array,
    width,
    height,
    channels,
    vips.BandFormat[format],
  )
    .copy({ interpretation: space })
    .jxlsaveBuffer({ lossless: true, keep });
};

describe('JPEG XL', () => {
  it.each([
    ['uint8', 3],
    ['uint16', 3],
    ['uint16', 4],
    ['uint8', 1],
    ['uint16', 1],
  ] as const)('%s in %i channels is exact', async (sampleType, channels) => {
    const raster = noiseRaster({ ...size, channels, sampleType });
    const image = await open(jxl(raster));
    expect(image.format).toBe('jxl');
    expect(image.raster).toEqual({ ...raster, data: image.raster.data });
    expect(
      Buffer.compare(Buffer.from(image.raster.data.buffer), Buffer.from(raster.data.buffer)),
    ).toBe(0);
    expect(image.metadata.icc).not.toBe(null);
  });

  it('boxes: what no result keeps is named, compressed or not', async () => {
    const stream = jxl(noiseRaster({ ...size, channels: 3, sampleType: 'uint8' }), 'none');
    expect(stream[0]).toBe(0xff);
    const { notices } = await open(
      concatBytes([
        box('JXL ', Uint8Array.of(13, 10, 0x87, 10)),
        box('ftyp', Buffer.from('jxl \0\0\0\0jxl ')),
        box('jxlc', stream),
        box('jumb', Buffer.from('c2pa')),
        box('brob', Buffer.from('jhgm'), brotliCompressSync(Buffer.from('a map'))),
        box('SuRv', Buffer.from('a survey')),
      ]),
    );
    expect(notices.map(({ text }) => text).join(' ')).toMatch(
      /Content Credentials.*the HDR gain map.*another program or maker \(SuRv\)/,
    );
  });

  describe('EXIF and XMP that are Brotli-compressed', () => {
    const raster = noiseRaster({ ...size, channels: 3, sampleType: 'uint8' });
    const stream = box('jxlc', jxl(raster, 'none'));
    const head = concatBytes([
      box('JXL ', Uint8Array.of(13, 10, 0x87, 10)),
      box('ftyp', Buffer.from('jxl \0\0\0\0jxl ')),
    ]);
    const tiff = Buffer.from('4d4d002a00000008' + '0001' + '010f00020000000400000000' + '00000000', 'hex'); // prettier-ignore
    tiff.write('ABC', 18, 'latin1');
    const exif = concatBytes([new Uint8Array(4), tiff]);
    const xmp = Buffer.from(
      `<x:xmpmeta xmlns:x="adobe:ns:meta/">${'words '.repeat(400)}</x:xmpmeta>`,
    );
    const packed = (type: string, body: Uint8Array): Uint8Array =>
      box('brob', Buffer.from(type), brotliCompressSync(body));
    it.each([
      ['before the picture', [packed('Exif', exif), packed('xml ', xmp), stream]],
      ['behind it', [stream, packed('Exif', exif), packed('xml ', xmp)]],
      ['around it, the one plain', [packed('xml ', xmp), stream, box('Exif', exif)]],
      ['with another box', [packed('Exif', exif), packed('jumb', Buffer.from('c2pa')), stream, packed('xml ', xmp)]], // prettier-ignore
    ])('%s', async (_where, boxes) => {
      const image = await open(concatBytes([head, ...boxes]));
      expect(image.raster.data).toEqual(raster.data);
      expect(Buffer.from(image.metadata.exif!).includes('ABC')).toBe(true);
      expect(Buffer.compare(Buffer.from(image.metadata.xmp!), xmp)).toBe(0);
    });
    it('that can not be unpacked are named; the picture is read', async () => {
      const broken = packed('Exif', exif).fill(0xff, 12);
      // The best that Brotli can do with 65 MB of nothing takes seconds, and is as small.
      const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
      const nothing = brotliCompressSync(new Uint8Array(65 * 1024 * 1024), quick);
      const bomb = box('brob', Buffer.from('xml '), nothing);
      const { raster: seen, notices } = await open(concatBytes([head, broken, bomb, stream]));
      expect(seen.data).toEqual(raster.data);
      expect(notices.map(({ text }) => text).join(' ')).toMatch(/EXIF.*XMP/);
    });
  });

  it.each([
    [16, 'BT.2020, PQ'],
    [18, 'BT.2020, HLG'],
  ])('HDR (transfer %i) is told by the codes in its profile', async (transfer, name) => {
    const chunks = pngChunk('cICP', Uint8Array.of(9, transfer, 0, 1));
    const colour = await describeColour({ icc: null, exif: null, pngColour: { chunks, differsFromSrgb: true } }); // prettier-ignore
    const { data } = noiseRaster({ ...size, channels: 3, sampleType: 'uint16' });
    const image = vips.Image.newFromMemory(data as Uint16Array, size.width, size.height, 3, vips.BandFormat.ushort).copy({ interpretation: 'rgb16' }); // prettier-ignore
    image.setBlob('icc-profile-data', describedProfile(colour!, 'RGB '));
    for (const how of [{ lossless: true }, { distance: 1 }]) {
      const { metadata, notices } = await open(image.jxlsaveBuffer({ ...how, keep: 'icc' }));
      expect(metadata.colour).toMatchObject({
        name,
        isHdr: true,
        codes: { primaries: 9, transfer },
      });
      expect(notices[0]!.text).toContain(`holds HDR colours (${name}); the screen shows them`);
    }
  });

  it('one that was cut short is refused', async () => {
    const bytes = jxl(noiseRaster({ ...size, channels: 3, sampleType: 'uint16' }));
    for (const part of [0.3, 0.5, 0.95])
      expect(await refusal(bytes.slice(0, bytes.length * part))).toMatchObject({
        code: 'damaged-image',
      });
  });

  it('more pixels than the limit', async () => {
    const bytes = jxl(noiseRaster({ ...size, channels: 3, sampleType: 'uint8' }));
    expect(await refusal(bytes, { maxMegapixels: 0.0005, timeoutMs: 10_000 })).toMatchObject({
      code: 'image-too-large',
    });
  });
});

async function j2k(channels: 1 | 3 | 4, bitsPerSample: number) {
  const [width, height] = [96, 80];
  const stored = Uint16Array.from({ length: width * height * channels }, (_, i) =>
    Math.round((0.5 + 0.4 * Math.sin(i / channels / 40)) * (2 ** bitsPerSample - 1)),
  );
  const samples = bitsPerSample > 8 ? stored : Uint8Array.from(stored);
  const info = { width, height, bitsPerSample, componentCount: channels };
  return { samples, file: await jpeg2000Codestream({ ...info, samples }) };
}
describe('JPEG 2000', () => {
  it.each([
    [3, 8],
    [1, 8],
    [1, 16],
  ] as const)('%i channels of %i bits are exact', async (channels, bits) => {
    const { samples, file } = await j2k(channels, bits);
    const { format, raster } = await open(file);
    expect(format).toBe('jp2');
    expect(raster).toMatchObject({
      width: 96,
      height: 80,
      channels,
      hasAlpha: false,
      sampleType: bits > 8 ? 'uint16' : 'uint8',
    });
    expect([...raster.data]).toEqual([...samples]);
  });

  it('12 bits are spread over 16', async () => {
    const { samples, file } = await j2k(1, 12);
    const { raster } = await open(file);
    expect(raster.bits).toBe(12);
    expect([...raster.data]).toEqual(
      [...samples].map((value) => Math.round((value * 65535) / 4095)),
    );
  });

  it('one whose end is missing is refused', async () => {
    const { file } = await j2k(3, 8);
    for (const part of [0.1, 0.5, 0.9])
      expect(await refusal(file.slice(0, file.length * part))).toMatchObject({
        code: 'damaged-image',
      });
  });

  it('more pixels than the limit', async () => {
    const { file } = await j2k(1, 8);
    expect(await refusal(file, { maxMegapixels: 0.005, timeoutMs: 10_000 })).toMatchObject({
      code: 'image-too-large',
    });
  });

  /** Csiz (A.5.1), behind the start and SIZ of a bare codestream. */
  const ofComponents = async (count: number): Promise<Uint8Array> => {
    const many = Uint8Array.from((await j2k(1, 8)).file);
    new DataView(many.buffer).setUint16(40, count);
    return many;
  };
  it.each([2, 4, 16384])(
    '%i components are refused by number before they are decoded',
    async (count) => {
      expect(await refusal(await ofComponents(count))).toMatchObject({
        code: 'unsupported-image',
        message: expect.stringContaining(`stores ${count} channels, which`) as string,
      });
    },
  );

  it.each([2, 4])(
    '%i channels, one of them opacity and the others undefined, are refused as such, not as damage',
    async (count) => {
      // The last is of type 1, and of the whole picture (I.5.3.6).
      const opacity = box('cdef', Uint8Array.of(0, 1, 0, count - 1, 0, 1, 0, 0));
      const stream = box('jp2c', await ofComponents(count));
      expect(
        await refusal(
          concatBytes([
            box('jP  ', Buffer.from('\r\n\x87\n', 'latin1')),
            box('ftyp', Buffer.from('jp2 ')),
            box('jp2h', opacity),
            stream,
          ]),
        ),
      ).toMatchObject({
        // prettier-ignore
        code: 'unsupported-image',
        message: expect.stringContaining(`stores ${count} channels, one of them opacity`) as string,
      });
    },
  );

  describe('opacity', () => {
    const order = (samples: ArrayLike<number>, places: readonly number[]): number[] =>
      Array.from(samples, (_, at) => samples[at - (at % 4) + places[at % 4]!]!);
    it.each([
      ['behind its colours', rgba, [0, 1, 2, 3]],
      [
        'before them',
        [
          [0, 1, 0],
          [1, 0, 1],
          [2, 0, 2],
          [3, 0, 3],
        ],
        [1, 2, 3, 0],
      ],
      [
        'among them, blue first',
        [
          [0, 0, 3],
          [1, 1, 0],
          [2, 0, 2],
          [3, 0, 1],
        ],
        [3, 2, 0, 1],
      ],
    ] as const)('%s', async (_where, channels, places) => {
      // prettier-ignore
      const { samples, file } = await j2k(4, 8);
      const { raster, notices } = await open(jp2File(file, { channels }));
      expect(raster).toMatchObject({ channels: 4, hasAlpha: true, sampleType: 'uint8' });
      expect([...raster.data]).toEqual(order(samples, places));
      expect(notices).toEqual([]);
    });

    it('of fewer bits than its colours', async () => {
      const { samples, file } = await j2k(4, 8);
      // Ssiz of the fourth component: 7 bits, so that values lie around 64 and end at 127 (A.5.1, G.1).
      const bytes = Uint8Array.from(file);
      bytes[42 + 3 * 3] = 6;
      const { raster } = await open(jp2File(bytes, { channels: rgba }));
      const expected = Array.from(samples, (value, at) =>
        at % 4 < 3 ? value : Math.round((Math.min(127, Math.max(0, value - 64)) * 255) / 127),
      );
      expect([...raster.data]).toEqual(expected);
    });

    it('that was multiplied into the colours', async () => {
      const { samples, file } = await j2k(4, 8);
      const multiplied = rgba.map(([number, type, to]) => [number, 2 * type, to] as const);
      const { raster, notices } = await open(jp2File(file, { channels: multiplied }));
      expect(raster.data[3]).toBe(samples[3]);
      const divided = Math.min(255, Math.floor((samples[0]! * 255) / samples[3]! + 0.5));
      expect(raster.data[0]).toBe(divided);
      expect(notices[0]!.text).toContain('stores its colours multiplied by their opacity');
    });

    it.each([
      [
        'of one colour',
        [
          [0, 0, 1],
          [1, 0, 2],
          [2, 0, 3],
          [3, 1, 1],
        ],
        16,
      ],
      [
        'twice',
        [
          [0, 0, 1],
          [1, 0, 2],
          [2, 1, 0],
          [3, 1, 0],
        ],
        16,
      ],
      [
        'beside something else',
        [
          [0, 0, 1],
          [1, 65535, 65535],
          [2, 65535, 65535],
          [3, 1, 0],
        ],
        17,
      ],
      [
        'of a channel that is not there',
        [
          [0, 0, 1],
          [1, 0, 2],
          [2, 0, 3],
          [9, 1, 0],
        ],
        16,
      ],
      [
        'of a channel that is a colour too',
        [
          [0, 0, 1],
          [1, 0, 2],
          [2, 0, 3],
          [2, 1, 0],
        ],
        16,
      ],
    ] as const)('%s: refused', async (_what, channels, space) => {
      // prettier-ignore
      const { file } = await j2k(4, 8);
      expect(await refusal(jp2File(file, { channels, space }))).toMatchObject({
        code: 'unsupported-image',
        message: expect.stringContaining('4 channels, one of them opacity') as string,
      });
    });

    it('of colours that are not RGB: refused', async () => {
      const { file } = await j2k(4, 8);
      expect(await refusal(jp2File(file, { channels: rgba, space: 18 }))).toMatchObject({
        code: 'unsupported-image',
        message: expect.stringContaining('the colour space sYCC') as string,
      });
    });

    it('cut short: damaged', async () => {
      const { file } = await j2k(4, 8);
      const bytes = jp2File(file, { channels: rgba });
      for (const part of [0.5, 0.9])
        expect(await refusal(bytes.slice(0, bytes.length * part))).toMatchObject({
          code: 'damaged-image',
        });
    });
  });

  it('a picture that does not begin at the origin of its grid is refused, and not called damaged', async () => {
    const { file } = await j2k(3, 8);
    // XOsiz, and Xsiz by as much more (A.5.1).
    Buffer.from(file.buffer).writeUInt32BE(8, 16);
    Buffer.from(file.buffer).writeUInt32BE(104, 8);
    expect(await refusal(file)).toMatchObject({
      code: 'unsupported-image',
      message: expect.stringContaining('does not begin at the origin') as string,
    });
  });

  it('what 24 megapixels of 16 bits would take, before they are decoded', async () => {
    const { file } = await j2k(1, 16);
    // Xsiz and Ysiz (A.5.1).
    Buffer.from(file.buffer).writeUInt32BE(6000, 8);
    Buffer.from(file.buffer).writeUInt32BE(4000, 12);
    expect(await refusal(file, { ...defaultLimits, freeBytes: 260e6 })).toMatchObject({
      code: 'image-too-large',
      details: { peak: 32e6 + 2 * file.length + 24e6 * 13, offer: 'allowMemory' },
    });
  });

  it('tile-parts that do not follow each other to the end marker', async () => {
    const { file } = await j2k(3, 8);
    const sot = Buffer.from(file).indexOf('ff90000a', 'hex');
    expect(sot).toBeGreaterThan(0);
    const changed = (change: (view: DataView) => void): Uint8Array => {
      const copy = Uint8Array.from(file);
      change(new DataView(copy.buffer));
      return copy;
    };
    const closed = concatBytes([file.subarray(0, file.length * 0.6), Uint8Array.of(0xff, 0xd9)]);
    const longer = concatBytes([
      file.subarray(0, -2),
      new Uint8Array(64),
      Uint8Array.of(0xff, 0xd9),
    ]);
    for (const bytes of [
      closed,
      longer,
      changed((view) => view.setUint32(sot + 6, view.getUint32(sot + 6) - 8)),
      changed((view) => view.setUint32(sot + 6, 4)),
      changed((view) => view.setUint16(sot, 0)),
    ])
      expect(await refusal(bytes)).toMatchObject({ code: 'damaged-image' });
    const open0 = await open(changed((view) => view.setUint32(sot + 6, 0)));
    expect(open0.raster.data).toEqual((await open(file)).raster.data);
  });

  it('boxes: profile, opacity, metadata', () => {
    const icc = new Uint8Array(8).fill(7);
    // 11811 / 2 and 11811 / 1 per metre, vertical first.
    const captured = Uint8Array.of(0x2e, 0x23, 0, 2, 0x2e, 0x23, 0, 1, 0, 0);
    const iptcId = Buffer.from('33c7a4d2b81d4723a0baf1a3e097ad38', 'hex');
    const facts = readJp2Boxes(
      concatBytes([
        box('jP  ', Buffer.from('\r\n\x87\n', 'latin1')),
        box(
          'jp2h',
          box('colr', Uint8Array.of(2, 0, 0), icc),
          box(
            'res ',
            box('resd', Uint8Array.of(0, 1, 0, 1, 0, 1, 0, 1, 0, 0)),
            box('resc', captured),
          ),
          box('cdef', Uint8Array.of(0, 1, 0, 3, 0, 1, 0, 0)),
        ),
        box('uuid', Buffer.from('JpgTiffExif->JP2'), Uint8Array.of(1, 2)),
        box('uuid', iptcId, Uint8Array.of(3)),
        box('jumb', Buffer.from('c2pa')),
        box('asoc', Buffer.from('a survey')),
        box('jp2c', Buffer.from('ff4f' + 'ff90000a00000000000c0001' + 'ffd9', 'hex')),
      ]),
    );
    expect(facts).toMatchObject({
      icc,
      exif: Uint8Array.of(1, 2),
      iptc: Uint8Array.of(3),
      resolution: { x: 11811, y: 11811 / 2, unit: 'metre' },
      lost: [
        'Content Credentials (C2PA), a signature of the pixels as they were',
        'data of another program or maker (asoc)',
      ],
      channels: [{ number: 3, type: 1, association: 0 }],
      hasPalette: false,
      whole: true,
    });
  });
});

/** Measured peaks less twice the file, megabytes. */
it.each([
  ['jxl', 12e6, 1, 1, 223],
  ['jxl', 12e6, 3, 1, 379],
  ['jxl', 12e6, 3, 2, 577],
  ['jp2', 6e6, 1, 1, 78],
  ['jp2', 6e6, 3, 1, 171],
  ['jp2', 6e6, 1, 2, 107],
] as const)(
  '%s of %d pixels, %i × %i bytes: the estimate is above what it took, by less than half',
  (format, pixels, samples, bytesPerSample, took) => {
    const header = { width: pixels / 1000, height: 1000, samples, bytesPerSample };
    const estimate = (codecPeak(format, 5e6, header) - 1e7) / 1e6;
    expect(estimate).toBeGreaterThan(took);
    expect(estimate).toBeLessThan(1.5 * took);
  },
);
