/**
 * Real odd files through reading and writing: values, profiles, EXIF, XMP, IPTC, alpha, dates. Every
 * file of `odd-valid` has its expected outcome here.
 */
import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { OutputFormat } from '../../app/contract/index.ts';
import {
  createDocumentStore,
  createWriter,
  decodeImage,
  type DecodedImage,
} from '../../app/pixels/index.ts';
import { parseExif } from '../../app/pixels/metadata/exif.ts';
import { dataPack, noDataPack } from '../data.ts';

if (!dataPack) process.stderr.write(`skipped: fidelity of odd files: ${noDataPack}\n`);

const folder = mkdtempSync(join(tmpdir(), 'fidelity-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const odd = (name: string): string => join(dataPack!, 'odd-valid', name);

/** Format, channels, sample type, and a part of the first notice or of the refusal. */
const outcomes: Record<string, string> = {
  '12bit.cropped.tif': 'unsupported-image: 12 bits',
  '16-bit-grey-alpha.png': 'png 2 uint16 Greyscale D50',
  '16bit.MM.deflate.tif': 'tiff 1 uint16 -',
  '16bit.cropped.jp2': 'unsupported-image: JPEG 2000',
  '16bit.cropped.tif': 'tiff 1 uint16 -',
  '8bit_depth.tiff': 'tiff 1 uint8 -',
  'Channel_digital_image_CMYK_color_no_profile.jpg': 'jpeg 3 uint8 - stored in CMYK',
  'G31D_MULTI.TIF': 'tiff 1 uint8 - 2 pages; only the first',
  'animated-loop-3.gif': 'gif 4 uint8 - 10 frames; only the first',
  'animated-loop-3.webp': 'webp 4 uint8 - 10 frames; only the first',
  'big-height.webp': 'webp 3 uint8 - 97 frames; only the first',
  'corrupt-header.jpg': 'damaged-image: damaged or cut short',
  'g4_orientation_6.tif': 'tiff 1 uint8 -',
  'hopper_bigtiff.tif': 'tiff 3 uint8 -',
  'icc-after-SOF.jpg': 'jpeg 1 uint8 - colour profile of icc-after-SOF.jpg is damaged',
  'lab.tif': 'unsupported-image: Lab',
  'p3.png': 'png 4 uint8 Display P3 a colour of the background',
  'pil_sample_cmyk.jpg': 'jpeg 3 uint8 - stored in CMYK',
  'plum-blossom-small.profile0.10bpc.yuv420.alpha-limited.monochrome.avif': 'avif 4 uint16 -',
  'plum-blossom-small.profile0.8bpc.yuv420.alpha-full.monochrome.avif': 'avif 4 uint8 -',
  'plum-blossom-small.profile1.10bpc.yuv444.alpha-full.avif': 'avif 4 uint16 -',
  'plum-blossom-small.profile2.10bpc.yuv422.alpha-limited.avif': 'avif 4 uint16 -',
  'plum-blossom-small.profile2.8bpc.yuv422.alpha-full.avif': 'avif 4 uint8 -',
  'prophoto.png': 'png 3 uint8 ProPhoto RGB',
  'red-at-12-oclock-with-color-profile-lossy.avif': 'avif 3 uint8 ColorSpin',
  'relax.jp2': 'unsupported-image: JPEG 2000',
  'tbgn2c16.png': 'png 4 uint16 sRGB primaries, linear a colour of the background',
  'tiff_16bit_RGB.tiff': 'tiff 3 uint16 -',
  'tiff_16bit_RGBa.tiff': 'tiff 4 uint16 sRGB IEC61966-2.1 stores its colours multiplied by',
  'tiff_strip_cmyk_jpeg.tif': 'tiff 3 uint8 - stored in CMYK',
  'truncated.jpg': 'damaged-image: damaged or cut short',
  'truncated.png': 'damaged-image: damaged or cut short',
  'xmp_tags_orientation.png': 'png 4 uint8 ColorMatch RGB',
  ...Object.fromEntries(
    [2, 3, 4, 5, 6, 7, 8].map((turn) => [`hopper_orientation_${turn}.jpg`, 'jpeg 3 uint8 -']),
  ),
};

async function write(
  from: DecodedImage,
  name: string,
  format: OutputFormat,
  quality = 100,
): Promise<DecodedImage> {
  const path = join(folder, name);
  const { width, height, channels, hasAlpha, sampleType, data } = from.raster;
  const writer = await createWriter({
    path,
    format,
    sampleType,
    quality,
    overwrite: false,
    width,
    height,
    channels,
    hasAlpha,
    from,
    mark: { software: 'Hourglass 9.9.9', action: 'fidelity test' },
  });
  await writer.writeRows(data, height);
  await writer.finish(new AbortController().signal);
  return decodeImage({ path });
}

const same = (one: ArrayBufferView | null, other: ArrayBufferView | null): boolean =>
  one === null || other === null
    ? one === other
    : Buffer.compare(
        Buffer.from(one.buffer, one.byteOffset, one.byteLength),
        Buffer.from(other.buffer, other.byteOffset, other.byteLength),
      ) === 0;

/** Every tag of every directory as text, but for what a copy must change. */
async function exifFacts(image: DecodedImage): Promise<string[]> {
  const structure = await parseExif(image.metadata.exif!);
  const changed = new Set([0x0112, 0x0131, 0x8769, 0x8825, 0xa005]);
  // A TIFF file says these of its own storage.
  const ofStorage = new Set([0x011a, 0x011b, 0x0128, 0x0213]);
  return (['image', 'exif', 'gps', 'interop'] as const).flatMap((name) =>
    (structure?.[name]?.entries ?? [])
      .filter(({ tag }) => !changed.has(tag) && !ofStorage.has(tag))
      .map(
        ({ tag, type, value }) =>
          `${name} ${tag.toString(16)} ${type} ${Buffer.from(value).toString('hex')}`,
      ),
  );
}

describe.skipIf(!dataPack)('odd but valid files', () => {
  it('each has an expectation', () => {
    expect(readdirSync(join(dataPack!, 'odd-valid')).sort()).toEqual(Object.keys(outcomes).sort());
  });

  it.each(Object.entries(outcomes))('%s: %s', async (name, expected) => {
    const [code, words] = expected.split(': ') as [string, string | undefined];
    if (words !== undefined) {
      await expect(decodeImage({ path: odd(name) })).rejects.toMatchObject({
        code,
        message: expect.stringContaining(words) as string,
      });
      return;
    }
    const { format, raster, metadata, notices } = await decodeImage({ path: odd(name) });
    const facts = `${format} ${raster.channels} ${raster.sampleType} ${metadata.profileName ?? '-'}`;
    expect(expected.startsWith(facts)).toBe(true);
    const notice = expected.slice(facts.length).trim();
    if (notice === '') expect(notices).toEqual([]);
    else expect(notices[0]!.text).toContain(notice);
  });

  it('EXIF orientations 2 to 8 show the same upright picture', async () => {
    const first = (await decodeImage({ path: odd('hopper_orientation_2.jpg') })).raster;
    for (let turn = 3; turn <= 8; turn++) {
      const { data, width, height } = (
        await decodeImage({ path: odd(`hopper_orientation_${turn}.jpg`) })
      ).raster;
      expect([width, height]).toEqual([first.width, first.height]);
      let sum = 0;
      for (let at = 0; at < data.length; at++) sum += Math.abs(data[at]! - first.data[at]!);
      const mean = sum / data.length;
      // JPEG's blocks differ between the turned files; another orientation differs by more than 40.
      expect(mean).toBeLessThan(6);
    }
  });

  const decodable = Object.entries(outcomes).filter(([, expected]) => !expected.includes(': '));
  it.each(decodable)(
    '%s: lossless copies hold identical values, profile, XMP content and dates',
    async (name) => {
      const source = join(folder, `source-${name}`);
      copyFileSync(odd(name), source);
      utimesSync(source, 1_100_000_000, 1_200_000_000);
      const from = await decodeImage({ path: source });
      for (const format of ['tiff', 'png'] as const) {
        const back = await write(from, `${name}.${format}`, format);
        expect(back.raster).toMatchObject({
          width: from.raster.width,
          height: from.raster.height,
          channels: from.raster.channels,
          sampleType: from.raster.sampleType,
        });
        expect(same(back.raster.data, from.raster.data)).toBe(true);
        // Colours told by gAMA go into a TIFF as a profile.
        if (from.metadata.icc || format === 'png')
          expect(same(back.metadata.icc, from.metadata.icc)).toBe(true);
        else expect(back.metadata.profileName).toBe(from.metadata.profileName);
        expect(back.metadata.orientation).toBe(1);
        expect(statSync(back.path).mtimeMs).toBe(1_200_000_000_000);
      }
    },
  );
});

describe.skipIf(!dataPack)('the promises of the manual', () => {
  const camera = (): Promise<DecodedImage> =>
    decodeImage({ path: join(dataPack!, 'hostile/metadata-odd/jpg__Issue_116.jpg') });
  const profileOf = async (name: string): Promise<Uint8Array> =>
    (await decodeImage({ path: odd(name) })).metadata.icc!;

  it('a 16-bit ProPhoto TIFF comes back with its profile and EXIF', async () => {
    const photo = await camera();
    const icc = await profileOf('prophoto.png');
    const data = Uint16Array.from(
      photo.raster.data,
      (value, at) => value * 257 - ((value * at) % 131) * Math.sign(value),
    );
    const sixteen: DecodedImage = {
      ...photo,
      raster: { ...photo.raster, sampleType: 'uint16', data },
      metadata: { ...photo.metadata, icc },
    };
    const first = await write(sixteen, 'prophoto-1.tif', 'tiff');
    const second = await write(first, 'prophoto-2.tif', 'tiff');
    expect(second.raster.sampleType).toBe('uint16');
    expect(same(second.raster.data, data)).toBe(true);
    expect(same(second.metadata.icc, icc)).toBe(true);
    expect(second.metadata.profileName).toBe('ProPhoto RGB');
    const facts = await exifFacts(first);
    expect(facts.length).toBeGreaterThan(20);
    expect(await exifFacts(second)).toEqual(facts);
  });

  it.each(['jpeg', 'png', 'webp', 'avif', 'tiff'] as const)(
    'a Display P3 photo as %s keeps profile and every EXIF tag',
    async (format) => {
      const photo = await camera();
      const icc = await profileOf('p3.png');
      const from: DecodedImage = { ...photo, metadata: { ...photo.metadata, icc } };
      const back = await write(from, `p3.${format}`, format, 92);
      expect(same(back.metadata.icc, icc)).toBe(true);
      expect(await exifFacts(back)).toEqual(await exifFacts(photo));
      expect(back.metadata.camera).toBe('Canon EOS 350D DIGITAL');
      const packet = new TextDecoder().decode(back.metadata.xmp!);
      expect(packet).toContain('Canon EOS 350D DIGITAL');
      expect(packet).toContain('fidelity test');
    },
  );
});

describe.skipIf(!dataPack)('scans', () => {
  it('a CT slice of 12 bits in a 16-bit file is not shown black, and its values stay', async () => {
    const path = join(dataPack!, 'medical-train/ct/fnndsc_chestabd_011_avg3.png');
    const stored = (await decodeImage({ path })).raster;
    const store = createDocumentStore({ maxBytes: 1e8 });
    const { signal } = new AbortController();
    const document = await store.open({ source: '@1', path, maxMegapixels: 10, signal });
    expect(document.info.notices.map(({ text }) => text)).toEqual([
      expect.stringContaining('12 bits of the 16 stored are used; the screen shows 0 to 4095'),
    ]);
    const at = { document: document.id, layer: 'source', level: 0, column: 0, row: 0 };
    const { data, width, height } = await store.tile(at);
    expect([width, height]).toEqual([stored.width, stored.height]);
    let wrong = 0;
    stored.data.forEach((value, i) => {
      if (data[4 * i] !== Math.round((value * 255) / 4095)) wrong++;
    });
    expect(wrong).toBe(0);
    expect(same((await document.image()).raster.data, stored.data)).toBe(true);
  });
});

describe.skipIf(!dataPack)('thumbnails', () => {
  it('every file that opens has one, every other is refused alike', async () => {
    const store = createDocumentStore({ maxBytes: 1e8 });
    for (const [name, expected] of Object.entries(outcomes)) {
      const [code, words] = expected.split(': ');
      if (words === undefined)
        expect((await store.thumbnail(odd(name))).length).toBeGreaterThan(60);
      else await expect(store.thumbnail(odd(name))).rejects.toMatchObject({ code });
    }
  });
});
