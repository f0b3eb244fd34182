/** Writing: values, profile, metadata and dates come back; files appear whole or not at all. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { formatsFor, type OutputFormat } from '../../../app/contract/index.ts';
import {
  convertSamples,
  createWriter,
  decodeImage,
  removeTemporaries,
  sweepTemporaries,
  type SampleType,
} from '../../../app/pixels/index.ts';
import { patchExif } from '../../../app/pixels/metadata/exif-patch.ts';
import {
  cameraExif,
  grayProfile,
  imageOf,
  indexOfBytes,
  makerNoteBytes,
  noiseRaster,
  primaries,
  requestFor,
  rgbProfile,
  scratchFolder,
  thumbnailBytes,
  writeWhole,
} from './support.ts';

const folder = scratchFolder();
const signal = new AbortController().signal;
process.env.HOURGLASS_TEMP = join(folder, 'temp');
mkdirSync(process.env.HOURGLASS_TEMP);
/** Temporary files and folders, wherever they are below the scratch folder. */
const leftovers = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(^|\/)\.hourglass-[^/]*$/.test(name),
  );

const lossless: [OutputFormat, SampleType, 1 | 2 | 3 | 4][] = [];
for (const channels of [1, 2, 3, 4] as const) {
  for (const type of ['uint8', 'uint16', 'float32'] as const)
    lossless.push(['tiff', type, channels]);
  for (const type of ['uint8', 'uint16'] as const) lossless.push(['png', type, channels]);
}
for (const channels of [3, 4] as const)
  for (const format of ['webp', 'avif'] as const) lossless.push([format, 'uint8', channels]);

/** A group that files may be given, which is not the one that they come with. */
const otherGroup =
  process.getuid?.() === 0
    ? 4242
    : process.getgroups?.().find((group) => group !== process.getgid?.());

describe('lossless formats', () => {
  it.each(lossless)(
    '%s %s with %i channels: identical values',
    async (format, sampleType, channels) => {
      const raster = noiseRaster({ width: 61, height: 203, channels, sampleType });
      const path = join(folder, `lossless-${sampleType}-${channels}.${format}`);
      const result = await writeWhole(requestFor(path, format, imageOf(raster), { quality: 100 }));
      expect(result.bytes).toBe(statSync(path).size);
      expect(result.notices).toEqual([]);
      const back = await decodeImage({ path });
      expect(back.format).toBe(format);
      expect(back.raster).toMatchObject({ width: 61, height: 203, channels, sampleType });
      expect(
        Buffer.compare(Buffer.from(back.raster.data.buffer), Buffer.from(raster.data.buffer)),
      ).toBe(0);
    },
  );

  it('TIFF in several strips keeps order and values, both byte orders', async () => {
    for (const littleEndian of [true, false]) {
      const raster = noiseRaster({
        width: 700,
        height: 611,
        channels: 3,
        sampleType: 'uint16',
        seed: 3,
      });
      const path = join(folder, `strips-${littleEndian}.tif`);
      await writeWhole(
        requestFor(
          path,
          'tiff',
          imageOf(raster, { exif: cameraExif({ littleEndian, orientation: 1 }) }),
        ),
      );
      expect(readFileSync(path).subarray(0, 2).toString()).toBe(littleEndian ? 'II' : 'MM');
      const back = await decodeImage({ path });
      expect(
        Buffer.compare(Buffer.from(back.raster.data.buffer), Buffer.from(raster.data.buffer)),
      ).toBe(0);
    }
  });
});

describe('metadata', () => {
  const exif = cameraExif({ littleEndian: true, orientation: 6 });
  const icc = rgbProfile('ROMM test', primaries.proPhoto, 1.8);
  const iptc = new Uint8Array([0x1c, 2, 120, 0, 3, 0x61, 0x62, 0x63]);
  const xmp = new TextEncoder().encode(
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
      '<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>T</dc:title></rdf:Description>' +
      '</rdf:RDF></x:xmpmeta>',
  );
  const cases: [OutputFormat, SampleType][] = [
    ['tiff', 'uint16'],
    ['tiff', 'uint8'],
    ['tiff', 'float32'],
    ['png', 'uint16'],
    ['png', 'uint8'],
    ['jpeg', 'uint8'],
    ['webp', 'uint8'],
    ['avif', 'uint8'],
    ['avif', 'uint16'],
  ];
  it.each(cases)(
    '%s %s: profile identical, EXIF identical but for the mark, dates kept',
    async (format, sampleType) => {
      const raster = noiseRaster({ width: 48, height: 64, channels: 3, sampleType });
      const from = imageOf(raster, {
        exif,
        icc,
        xmp,
        iptc,
        resolution: { x: 300, y: 300, unit: 'inch' },
        orientation: 6,
      });
      const path = join(folder, `metadata-${sampleType}.${format}`);
      const { notices } = await writeWhole(requestFor(path, format, from));
      const { metadata } = await decodeImage({ path });
      expect(Buffer.from(metadata.icc!).equals(icc)).toBe(true);
      expect(metadata.profileName).toBe('ROMM test');
      expect(metadata.orientation).toBe(1);
      expect(metadata.iso).toBe(6400);
      const bytes = readFileSync(path);
      expect(indexOfBytes(bytes, makerNoteBytes)).toBeGreaterThan(0);
      expect(indexOfBytes(bytes, thumbnailBytes.subarray(0, 40))).toBe(-1);
      const patched = (await patchExif(exif, {
        software: 'Hourglass 9.9.9',
        turn: { orientation: 6, width: 64, height: 48 },
        // Formats without a field of their own say it here.
        ...(['webp', 'avif'].includes(format)
          ? { resolution: { x: 300, y: 300, unit: 'inch' } }
          : {}),
      }))!;
      if (format === 'tiff') {
        // The file begins with the EXIF structure, so that maker notes stay where their offsets point.
        expect(indexOfBytes(bytes, makerNoteBytes)).toBe(indexOfBytes(patched, makerNoteBytes));
        expect(metadata.camera).toBe('Canon EOS R6');
      } else expect(Buffer.from(metadata.exif!).equals(patched)).toBe(true);
      const packet = new TextDecoder().decode(metadata.xmp!);
      expect(packet).toContain('<dc:title>T</dc:title>');
      expect(packet).toContain('tiff:Orientation="1"');
      expect(packet).toContain('Hourglass 9.9.9: test &lt;model&gt; &amp; more');
      const holdsIptc = format === 'jpeg' || format === 'tiff';
      if (holdsIptc) expect(metadata.iptc).toEqual(iptc);
      expect(notices.some(({ text }) => text.includes('IPTC'))).toBe(!holdsIptc);
      expect(metadata.resolution).toEqual(
        format === 'png' ? { x: 11811, y: 11811, unit: 'metre' } : { x: 300, y: 300, unit: 'inch' },
      );
      expect(Math.abs(statSync(path).mtimeMs - from.metadata.modifiedMs)).toBeLessThan(1);
    },
  );

  it.each(formatsFor(null))(
    'the same pixels are the same bytes at another time: %s',
    async (format) => {
      const raster = noiseRaster({ width: 9, height: 9, channels: 3, sampleType: 'uint8' });
      const paths = [join(folder, `early.${format}`), join(folder, `late.${format}`)] as const;
      await writeWhole(requestFor(paths[0], format, imageOf(raster)));
      vi.useFakeTimers({ toFake: ['Date'], now: new Date('2030-01-01') });
      try {
        await writeWhole(requestFor(paths[1], format, imageOf(raster)));
      } finally {
        vi.useRealTimers();
      }
      expect(readFileSync(paths[0]).equals(readFileSync(paths[1]))).toBe(true);
    },
  );

  it('the mark is added to an earlier mark', async () => {
    const raster = noiseRaster({ width: 9, height: 9, channels: 3, sampleType: 'uint8' });
    const once = join(folder, 'once.png');
    await writeWhole(requestFor(once, 'png', imageOf(raster)));
    const twice = join(folder, 'twice.png');
    await writeWhole(requestFor(twice, 'png', await decodeImage({ path: once })));
    const packet = new TextDecoder().decode((await decodeImage({ path: twice })).metadata.xmp!);
    expect(packet.match(/<rdf:li>/g)).toHaveLength(2);
    expect(packet.match(/<hourglass:processed>/g)).toHaveLength(1);
  });

  it('colour chunks go from PNG to PNG, and elsewhere a profile says the same, with a word', async () => {
    const { crc32 } = await import('node:zlib');
    const raster = noiseRaster({ width: 9, height: 9, channels: 3, sampleType: 'uint8' });
    const plain = join(folder, 'plain.png');
    await writeWhole(requestFor(plain, 'png', imageOf(raster)));
    const body = Buffer.concat([Buffer.from('gAMA'), Buffer.from([0, 1, 0x86, 0xa0])]); // gamma 1.0
    const chunk = Buffer.alloc(16);
    chunk.writeUInt32BE(4, 0);
    body.copy(chunk, 4);
    chunk.writeUInt32BE(crc32(body), 12);
    const bytes = readFileSync(plain);
    const linear = join(folder, 'linear.png');
    writeFileSync(linear, Buffer.concat([bytes.subarray(0, 33), chunk, bytes.subarray(33)]));
    const from = await decodeImage({ path: linear });
    const copy = await writeWhole(requestFor(join(folder, 'linear-copy.png'), 'png', from));
    expect(copy.notices).toEqual([]);
    expect(indexOfBytes(readFileSync(join(folder, 'linear-copy.png')), chunk)).toBeGreaterThan(0);
    const other = await writeWhole(requestFor(join(folder, 'linear.tif'), 'tiff', from));
    expect(other.notices).toMatchObject([
      { level: 'info', text: expect.stringMatching(/gAMA.* by a profile/) as string },
    ]);
    const { notices } = await writeWhole(
      requestFor(join(folder, 'plain.tif'), 'tiff', await decodeImage({ path: plain })),
    );
    expect(notices).toEqual([]);
  });

  it('a gray profile stays with gray, and is refused where the format is always colour', async () => {
    const raster = noiseRaster({ width: 20, height: 20, channels: 1, sampleType: 'uint16' });
    const gray = grayProfile('Gray gamma 1.8', 1.8);
    for (const format of ['png', 'tiff'] as const) {
      const path = join(folder, `gray.${format}`);
      await writeWhole(requestFor(path, format, imageOf(raster, { icc: gray })));
      const back = await decodeImage({ path });
      expect(Buffer.from(back.metadata.icc!).equals(gray)).toBe(true);
      expect(back.raster.channels).toBe(1);
    }
    for (const format of ['webp', 'avif'] as const)
      await expect(
        createWriter(
          requestFor(join(folder, `gray.${format}`), format, imageOf(raster, { icc: gray })),
        ),
      ).rejects.toMatchObject({
        code: 'output-unsupported',
      });
  });
});

describe('what a format can not hold', () => {
  it('16 bits into JPEG: rounded, and said', async () => {
    const raster = noiseRaster({ width: 30, height: 30, channels: 3, sampleType: 'uint16' });
    const path = join(folder, 'shallow.jpg');
    const { notices } = await writeWhole(requestFor(path, 'jpeg', imageOf(raster)));
    expect(notices).toEqual([
      { level: 'warning', text: 'shallow.jpg stores 8 bits per sample; the original has 16 bits.' },
    ]);
    expect((await decodeImage({ path })).raster.sampleType).toBe('uint8');
  });

  it.each([10, 12])('an AVIF of %i bits is called so, not 16', async (bits) => {
    const raster = noiseRaster({ width: 30, height: 30, channels: 3, sampleType: 'uint16' });
    const source = join(folder, `${bits}-bits.avif`);
    const { width, height, data } = raster;
    await sharp(data as Uint16Array, { raw: { width, height, channels: 3 } })
      .toColourspace('rgb16')
      .avif({ bitdepth: bits as 10 | 12, effort: 0 })
      .toFile(source);
    const image = await decodeImage({ path: source });
    expect(image.raster.bits).toBe(bits);
    const path = join(folder, `${bits}-bits.jpg`);
    const { notices } = await writeWhole(requestFor(path, 'jpeg', image));
    expect(notices.map(({ text }) => text)).toContain(
      `${bits}-bits.jpg stores 8 bits per sample; the original has ${bits} bits.`,
    );
  });

  it('rounds to the nearest and clips', () => {
    const sixteen = Uint16Array.from({ length: 65536 }, (_, value) => value);
    const eight = convertSamples(sixteen, 'uint8');
    for (let value = 0; value < 65536; value++)
      if (eight[value] !== Math.round(value / 257)) throw new Error(`wrong at ${value}`);
    expect([...convertSamples(new Float32Array([-1, 0, 0.5, 1, 7, NaN]), 'uint8')]).toEqual([
      0, 0, 128, 255, 255, 0,
    ]);
    expect([...convertSamples(new Uint8Array([0, 128, 255]), 'uint16')]).toEqual([0, 32896, 65535]);
  });

  it('transparency into JPEG: refused; opaque alpha: left out', async () => {
    const raster = noiseRaster({ width: 30, height: 30, channels: 4, sampleType: 'uint8' });
    await expect(
      createWriter(requestFor(join(folder, 'alpha.jpg'), 'jpeg', imageOf(raster))),
    ).rejects.toMatchObject({
      code: 'output-unsupported',
    });
    for (let at = 3; at < raster.data.length; at += 4) raster.data[at] = 255;
    const path = join(folder, 'opaque.jpg');
    await writeWhole(requestFor(path, 'jpeg', imageOf(raster)));
    expect((await decodeImage({ path })).raster.channels).toBe(3);
  });

  it('sides beyond the format: refused before any work', async () => {
    const raster = noiseRaster({ width: 17_000, height: 1, channels: 1, sampleType: 'uint8' });
    await expect(
      createWriter(requestFor(join(folder, 'wide.webp'), 'webp', imageOf(raster))),
    ).rejects.toMatchObject({
      code: 'output-unsupported',
    });
  });
});

describe('atomicity', () => {
  const raster = noiseRaster({ width: 200, height: 100, channels: 3, sampleType: 'uint8' });
  const from = imageOf(raster);

  it('never replaces an existing file without being told', async () => {
    const path = join(folder, 'existing.png');
    writeFileSync(path, 'precious');
    await expect(createWriter(requestFor(path, 'png', from))).rejects.toMatchObject({
      code: 'output-exists',
    });
    expect(readFileSync(path, 'utf8')).toBe('precious');
    await writeWhole(requestFor(path, 'png', from, { overwrite: true }));
    expect((await decodeImage({ path })).raster.width).toBe(200);
  });

  it.skipIf(process.platform === 'win32').each([
    [0o600, 0o600],
    [0o640, 0o640],
    [0o644, 0o644],
    [0o444, 0o644],
    [0o666, 0o644],
  ])('is readable by nobody who could not read the source (%o)', async (mode, expected) => {
    const before = process.umask(0o022);
    try {
      const source = join(folder, `mode-${mode}.png`);
      writeFileSync(source, 'original');
      chmodSync(source, mode);
      const path = join(folder, `mode-${mode}.tif`);
      await writeWhole(requestFor(path, 'tiff', { ...from, path: source }));
      expect(statSync(path).mode & 0o777).toBe(expected);
    } finally {
      process.umask(before);
    }
  });

  it.skipIf(otherGroup === undefined).each([
    [0o640, 0o600],
    [0o660, 0o600],
    [0o664, 0o644],
    [0o644, 0o644],
  ])('gives another group no more than everybody has (%o)', async (mode, expected) => {
    const before = process.umask(0o002);
    try {
      const source = join(folder, `group-${mode}.png`);
      writeFileSync(source, 'original');
      chownSync(source, process.getuid!(), otherGroup!);
      chmodSync(source, mode);
      const path = join(folder, `group-${mode}.tif`);
      await writeWhole(requestFor(path, 'tiff', { ...from, path: source }));
      expect(statSync(path).mode & 0o777).toBe(expected);
    } finally {
      process.umask(before);
    }
  });

  // Where mkdir says that there is no such file below a folder that is there: Node would try for ever.
  it.runIf(existsSync('/proc/self/stat'))('ends where no folder can be made', async () => {
    const path = '/proc/nowhere/deeper/a.png';
    await expect(createWriter(requestFor(path, 'png', from))).rejects.toMatchObject({
      code: 'output-not-writable',
    });
  });

  it('makes folders on its way, and takes them back when nothing comes of it', async () => {
    const path = join(folder, 'new', 'deeper', 'a.png');
    const writer = await createWriter(requestFor(path, 'png', from));
    expect(existsSync(join(folder, 'new', 'deeper'))).toBe(true);
    await writer.abort();
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });

  it('does not replace a file that appeared while it worked', async () => {
    const path = join(folder, 'raced.png');
    const writer = await createWriter(requestFor(path, 'png', from));
    await writer.writeRows(raster.data, 100);
    writeFileSync(path, 'mine');
    await expect(writer.finish(signal)).rejects.toMatchObject({ code: 'output-exists' });
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(leftovers()).toEqual([]);
  });

  it.each(['symbolic link', 'hard link', 'other spelling'])(
    'refuses its own source through a %s',
    async (kind) => {
      const source = join(folder, `source-${kind}.png`);
      writeFileSync(source, 'original');
      const alias =
        kind === 'other spelling'
          ? join(folder, 'temp', '..', `source-${kind}.png`)
          : join(folder, `alias-${kind}.png`);
      if (kind === 'symbolic link') symlinkSync(source, alias);
      if (kind === 'hard link') linkSync(source, alias);
      const request = requestFor(alias, 'png', { ...from, path: source }, { overwrite: true });
      await expect(createWriter(request)).rejects.toMatchObject({ code: 'output-is-source' });
      expect(readFileSync(source, 'utf8')).toBe('original');
    },
  );

  it.each(['jpeg', 'png', 'tiff', 'webp', 'avif'] as const)(
    '%s: abort leaves nothing, at any moment',
    async (format) => {
      const path = join(folder, 'new', 'deeper', `aborted.${format}`);
      const writer = await createWriter(requestFor(path, format, from));
      expect(existsSync(dirname(path))).toBe(true);
      await writer.writeRows(raster.data.subarray(0, 200 * 3 * 40), 40);
      await writer.abort();
      await writer.abort();
      expect(existsSync(join(folder, 'new'))).toBe(false);
      expect(leftovers()).toEqual([]);
      const cancelled = await createWriter(requestFor(path, format, from));
      await cancelled.writeRows(raster.data, 100);
      const controller = new AbortController();
      const finishing = cancelled.finish(controller.signal);
      controller.abort();
      await expect(finishing).rejects.toMatchObject({ code: 'cancelled' });
      expect(existsSync(join(folder, 'new'))).toBe(false);
      expect(leftovers()).toEqual([]);
    },
  );

  it('too few rows are a mistake, and leave nothing', async () => {
    const writer = await createWriter(requestFor(join(folder, 'short.png'), 'png', from));
    await writer.writeRows(raster.data.subarray(0, 200 * 3 * 40), 40);
    await expect(writer.finish(signal)).rejects.toMatchObject({ code: 'internal' });
    await writer.abort();
    expect(leftovers()).toEqual([]);
  });

  it('removeTemporaries clears what runs, at once', async () => {
    const writer = await createWriter(requestFor(join(folder, 'signal.tif'), 'tiff', from));
    await writer.writeRows(raster.data, 100);
    expect(leftovers()).toHaveLength(1);
    removeTemporaries();
    expect(leftovers()).toEqual([]);
    await writer.abort();
  });

  it('what a killed process left is swept; what a living one works on is not', async () => {
    const dead = Number(
      execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }),
    );
    const writer = await createWriter(requestFor(join(folder, 'alive.tif'), 'tiff', from));
    const [own] = readdirSync(process.env.HOURGLASS_TEMP!);
    const stale = join(folder, own!.replace(`-${process.pid}-`, `-${dead}-`));
    const foreign = join(folder, '.hourglass-00000000-00000000-1-1-other-machine.tmp');
    writeFileSync(stale, 'half');
    writeFileSync(foreign, 'not ours');
    sweepTemporaries(folder);
    expect(existsSync(stale)).toBe(false);
    expect(existsSync(foreign)).toBe(true);
    execFileSync('rm', [foreign]);
    sweepTemporaries(process.env.HOURGLASS_TEMP!);
    expect(readdirSync(process.env.HOURGLASS_TEMP!)).toEqual([own]);
    await writer.abort();
  });

  it('a folder that is a file is said in words', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(createWriter(requestFor(join(file, 'x.png'), 'png', from))).rejects.toMatchObject({
      code: 'output-not-writable',
      message: expect.stringContaining('x.png can not be written') as string,
    });
  });
});

it('quality of JPEG: full colour resolution from 90 on', async () => {
  const raster = noiseRaster({ width: 64, height: 64, channels: 3, sampleType: 'uint8' });
  const sampling = async (quality: number): Promise<number> => {
    const path = join(folder, `q${quality}.jpg`);
    await writeWhole(requestFor(path, 'jpeg', imageOf(raster), { quality }));
    const bytes = readFileSync(path);
    const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
    return bytes[frame + 11]!; // horizontal and vertical sampling of the first component
  };
  expect(await sampling(90)).toBe(0x11);
  expect(await sampling(80)).toBe(0x22);
});
