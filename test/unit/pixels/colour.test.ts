/** Colours that are told without a profile: shown right, kept in a format's own way or as a profile, and HDR never silently as SDR. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { pqCurve, hlgCurve } from '../../../app/pixels/colour/hdr.ts';
import { readNclx } from '../../../app/pixels/colour/nclx.ts';
import { avifEdits } from '../../../app/pixels/formats/bmff.ts';
import { pngChunk } from '../../../app/pixels/metadata/png-chunks.ts';
import { createDocumentStore, decodeImage, type DecodedImage } from '../../../app/pixels/index.ts';
import { matrixProfile } from '../../../app/pixels/metadata/matrix-profile.ts';
import {
  bytesAsSource,
  concatBytes,
  layOutDirectory,
  numberEntry,
  textEntry,
  tiffHeaderBytes,
} from '../../../app/pixels/metadata/tiff-structure.ts';
import type { OutputFormat } from '../../../app/contract/index.ts';
import { primaries, requestFor, rgbProfile, scratchFolder, writeWhole } from './support.ts';

const folder = scratchFolder();
const { signal } = new AbortController();
const side = 64;
type Colour = readonly [number, number, number];
const usual: Colour = [120, 180, 90];
const flat = (colour: Colour): Buffer =>
  Buffer.from(Uint8Array.from({ length: side * side * 3 }, (_, at) => colour[at % 3]!));
const plain = (colour: Colour = usual): import('sharp').Sharp =>
  sharp(flat(colour), { raw: { width: side, height: side, channels: 3 } });
const u32 = (...values: number[]): Uint8Array => {
  const bytes = new Uint8Array(values.length * 4);
  values.forEach((value, at) => new DataView(bytes.buffer).setUint32(at * 4, value));
  return bytes;
};

/** A PNG with chunks behind its header. */
async function png(chunks: readonly Uint8Array[], colour?: Colour): Promise<Uint8Array> {
  const bytes = await plain(colour).png().toBuffer();
  return concatBytes([bytes.subarray(0, 33), ...chunks, bytes.subarray(33)]);
}
const gama = (gamma: number): Uint8Array => pngChunk('gAMA', u32(Math.round(gamma * 100_000)));
const cicp = (...codes: number[]): Uint8Array => pngChunk('cICP', Uint8Array.from(codes));
const chrm = (...xy: number[]): Uint8Array =>
  pngChunk('cHRM', u32(...xy.map((v) => Math.round(v * 1e5))));

async function avif(primaries: number, transfer: number, colour?: Colour): Promise<Uint8Array> {
  const bytes = await plain(colour).avif({ lossless: true, chromaSubsampling: '4:4:4' }).toBuffer();
  return withCodes(bytes, primaries, transfer);
}
async function withCodes(
  bytes: Uint8Array,
  primaries: number,
  transfer: number,
): Promise<Uint8Array> {
  const edits = await avifEdits(bytesAsSource(bytes), {
    ...{ icc: null, exif: null, xmp: null, iptc: null, resolution: null },
    colourCodes: { primaries, transfer },
  });
  let at = 0;
  const parts: Uint8Array[] = [];
  for (const edit of [...edits].sort((a, b) => a.at - b.at)) {
    parts.push(bytes.subarray(at, edit.at), edit.insert);
    at = edit.at + edit.remove;
  }
  return concatBytes([...parts, bytes.subarray(at)]);
}

function exif(space: number, index: string | null): Uint8Array {
  const short = (tag: number, value: number) => numberEntry(tag, 3, [value], true);
  const pointer = (tag: number, value: Parameters<typeof layOutDirectory>[0]) => ({
    tag,
    type: 4,
    count: 1,
    value,
  });
  const interop = index === null ? [] : [pointer(0xa005, [textEntry(1, index)])];
  const entries = [short(0x0112, 1), pointer(0x8769, [short(0xa001, space), ...interop])];
  return concatBytes([tiffHeaderBytes(true, 8), layOutDirectory(entries, 8, true)]);
}
async function jpeg(blob: Uint8Array, colour?: Colour): Promise<Uint8Array> {
  const bytes = await plain(colour).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
  const payload = concatBytes([Buffer.from('Exif\0\0', 'latin1'), blob]);
  const head = Uint8Array.of(0xff, 0xe1, (payload.length + 2) >> 8, (payload.length + 2) & 255);
  return concatBytes([bytes.subarray(0, 2), head, payload, bytes.subarray(2)]);
}
const webp = async (blob: Uint8Array): Promise<Uint8Array> => {
  const path = join(folder, 'from.jpg');
  writeFileSync(path, await jpeg(blob));
  const image = await decodeImage({ path });
  const out = join(folder, 'exif.webp');
  const from = { ...image, metadata: { ...image.metadata, colour: null } };
  await writeWhole(requestFor(out, 'webp', from, { quality: 100, overwrite: true }));
  return readFileSync(out);
};

let files = 0;
async function opened(extension: string, bytes: Uint8Array) {
  const path = join(folder, `${files++}.${extension}`);
  writeFileSync(path, bytes);
  const store = createDocumentStore({ maxBytes: 1e9 });
  const document = await store.open({ source: '@1', path, maxMegapixels: 1, signal });
  const at = { document: document.id, layer: 'source', level: 0, column: 0, row: 0 };
  const thumbnail = await sharp(Buffer.from(await store.thumbnail(path)))
    .removeAlpha()
    .raw()
    .toBuffer();
  return {
    image: await document.image(),
    info: document.info,
    screen: [...(await store.tile(at)).data.subarray(0, 3)],
    thumbnail: [...thumbnail.subarray(0, 3)],
  };
}

async function rewritten(image: DecodedImage, format: OutputFormat) {
  const path = join(folder, `out ${files++}.${format}`);
  const { notices } = await writeWhole(requestFor(path, format, image, { quality: 100 }));
  return {
    path,
    bytes: readFileSync(path),
    text: notices.map(({ text }) => text).join(' '),
    notices,
  };
}
const close = (seen: readonly number[], wanted: readonly number[], by = 1): void =>
  wanted.forEach((value, at) =>
    expect(
      Math.abs(seen[at]! - value),
      `${String(seen)} for ${String(wanted)}`,
    ).toBeLessThanOrEqual(by),
  );

describe('are shown as they are told', () => {
  it.each([
    ['AVIF, Display P3', 'avif', () => avif(12, 13), 'Display P3', [100, 182, 76]],
    ['AVIF, BT.2020', 'avif', () => avif(9, 13), 'BT.2020, sRGB curve', [53, 186, 72]],
    [
      'PNG, Display P3 by cICP',
      'png',
      () => png([cicp(12, 13, 0, 1)]),
      'Display P3',
      [100, 182, 76],
    ],
    [
      'PNG, cICP before sRGB',
      'png',
      () => png([cicp(12, 13, 0, 1), pngChunk('sRGB', Uint8Array.of(0))]),
      'Display P3',
      [100, 182, 76],
    ],
    ['PNG, linear by gAMA', 'png', () => png([gama(1)]), 'sRGB primaries, linear', [182, 219, 160]],
    [
      'PNG, gamma 1.8',
      'png',
      () => png([gama(1 / 1.8)]),
      'sRGB primaries, gamma 1.80',
      [140, 194, 111],
    ],
    [
      'PNG, P3 by cHRM',
      'png',
      () => png([chrm(0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)]),
      'Own primaries, sRGB curve',
      [100, 182, 76],
    ],
    [
      'JPEG, Adobe RGB by EXIF',
      'jpg',
      () => jpeg(exif(0xffff, 'R03')),
      'Compatible with Adobe RGB (1998)',
      [81, 181, 83],
    ],
    [
      'JPEG, Adobe RGB as colour space 2',
      'jpg',
      () => jpeg(exif(2, null)),
      'Compatible with Adobe RGB (1998)',
      [81, 181, 83],
    ],
    [
      'WebP, Adobe RGB by EXIF',
      'webp',
      () => webp(exif(0xffff, 'R03')),
      'Compatible with Adobe RGB (1998)',
      [81, 181, 83],
    ],
  ] as const)('%s', async (_, extension, make, name, wanted) => {
    const { info, screen, thumbnail } = await opened(extension, await make());
    expect(info.profileName).toBe(name);
    close(screen, wanted, 2);
    close(thumbnail, wanted, 2);
  });

  it('another patch of Adobe RGB, and linear gray', async () => {
    close(
      (await opened('jpg', await jpeg(exif(0xffff, 'R03'), [200, 120, 80]))).screen,
      [224, 121, 77],
      2,
    );
    close((await opened('png', await png([gama(1)], [128, 128, 128]))).screen, [188, 188, 188]);
  });

  it.each([
    ['AVIF, sRGB', 'avif', () => avif(1, 13)],
    ['AVIF, BT.709 of a video encoder', 'avif', () => avif(1, 1)],
    ['AVIF, unspecified', 'avif', () => avif(2, 2)],
    ['PNG, gamma of sRGB', 'png', () => png([gama(0.45455)])],
    ['PNG, sRGB before gAMA', 'png', () => png([pngChunk('sRGB', Uint8Array.of(0)), gama(1)])],
    ['PNG, primaries that span nothing', 'png', () => png([chrm(0, 0, 0, 0, 0, 0, 0, 0)])],
    ['JPEG, sRGB by EXIF', 'jpg', () => jpeg(exif(1, 'R98'))],
    ['JPEG, uncalibrated and no more', 'jpg', () => jpeg(exif(0xffff, null))],
  ] as const)('as stored: %s', async (_, extension, make) => {
    const { info, screen, image } = await opened(extension, await make());
    expect(info.profileName).toBeNull();
    expect(image.metadata.colour).toBeNull();
    close(screen, usual);
  });

  it('a profile counts before EXIF and gAMA', async () => {
    const icc = rgbProfile('Own', primaries.srgb, null);
    const path = join(folder, 'own profile.jpg');
    writeFileSync(path, await jpeg(exif(0xffff, 'R03')));
    const image = await decodeImage({ path });
    const out = await rewritten(
      { ...image, metadata: { ...image.metadata, icc, colour: null } },
      'jpeg',
    );
    const { info, screen } = await opened('jpg', out.bytes);
    expect(info.profileName).toBe('Own');
    close(screen, usual);
  });
});

describe('are kept', () => {
  const sources = [
    ['AVIF, Display P3', 'avif', () => avif(12, 13)],
    ['AVIF, BT.2020', 'avif', () => avif(9, 14)],
    ['PNG, Display P3', 'png', () => png([cicp(12, 13, 0, 1)])],
    ['PNG, linear', 'png', () => png([gama(1)])],
    ['JPEG, Adobe RGB', 'jpg', () => jpeg(exif(0xffff, 'R03'))],
  ] as const;
  it.each(sources)('%s: every format shows the same, or says so', async (_, extension, make) => {
    const source = await opened(extension, await make());
    for (const format of ['jpeg', 'png', 'tiff', 'webp', 'avif'] as const) {
      const out = await rewritten(source.image, format);
      const back = await opened(format, out.bytes);
      close(back.screen, source.screen, 2);
      expect(back.info.profileName).toBe(source.info.profileName);
      expect(out.notices.every(({ level }) => level === 'info')).toBe(true);
    }
  });

  it('an AVIF with its code points, in the place of those of the encoder and without any', async () => {
    const { image } = await opened('avif', await avif(12, 13));
    for (const quality of [60, 100]) {
      const path = join(folder, `codes ${quality}.avif`);
      const { notices } = await writeWhole(requestFor(path, 'avif', image, { quality }));
      expect(notices).toEqual([]);
      expect(await readNclx(bytesAsSource(readFileSync(path)))).toEqual({
        primaries: 12,
        transfer: 13,
      });
      expect((await sharp(path).metadata()).hasProfile).toBe(false);
    }
    // The pixels are read as before.
    const encoded = await plain().avif({ quality: 60 }).toBuffer();
    const coded = await withCodes(encoded, 12, 13);
    expect(await readNclx(bytesAsSource(encoded))).toBeNull();
    expect(await sharp(Buffer.from(coded)).raw().toBuffer()).toEqual(
      await sharp(encoded).raw().toBuffer(),
    );
  });

  it('a PNG with its chunks as they are, an AVIF as cICP and a profile beside it', async () => {
    const own = await rewritten((await opened('png', await png([gama(1)]))).image, 'png');
    expect(own.bytes.includes(Buffer.from(gama(1)))).toBe(true);
    expect(own.bytes.includes('iCCP')).toBe(false);
    const from = await rewritten((await opened('avif', await avif(12, 13))).image, 'png');
    expect(from.bytes.includes(Buffer.from(cicp(12, 13, 0, 1)))).toBe(true);
    expect(from.bytes.includes('iCCP')).toBe(true);
    expect(from.notices.map(({ level }) => level)).not.toContain('warning');
    // Both are kept once more.
    const again = await rewritten(await decodeImage({ path: from.path }), 'png');
    expect(
      again.bytes.includes(Buffer.from(cicp(12, 13, 0, 1))) && again.bytes.includes('iCCP'),
    ).toBe(true);
  });

  it('by a profile that other programs convert alike', async () => {
    for (const [extension, bytes] of [
      ['avif', await avif(12, 13)],
      ['jpg', await jpeg(exif(0xffff, 'R03'))],
    ] as const) {
      const source = await opened(extension, bytes);
      const out = await rewritten(source.image, 'png');
      // libvips by lcms2.
      const converted = await sharp(out.path).toColourspace('srgb').raw().toBuffer();
      close([...converted.subarray(0, 3)], source.screen, 2);
    }
  });

  it('gray by a profile of one curve', async () => {
    const bytes = await sharp(Buffer.alloc(side * side, 128), {
      raw: { width: side, height: side, channels: 1 },
    })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    const linear = concatBytes([bytes.subarray(0, 33), gama(1), bytes.subarray(33)]);
    const source = await opened('png', linear);
    expect(source.image.raster.channels).toBe(1);
    close(source.screen, [188, 188, 188]);
    for (const format of ['jpeg', 'tiff', 'webp'] as const)
      close(
        (await opened(format, (await rewritten(source.image, format)).bytes)).screen,
        [188, 188, 188],
        2,
      );
  });
});

describe('HDR', () => {
  it('curves: dark light as it is, white of a page below white, the peak white, never falling', () => {
    // BT.2100: 100 cd/m² is 0.508 of PQ and 203 cd/m² 0.58; HLG's reference white is 0.75.
    expect(pqCurve(0.508)).toBeCloseTo(100 / 203, 1);
    expect(pqCurve(0.3)).toBeGreaterThan(0);
    for (const curve of [pqCurve, hlgCurve]) {
      expect(curve(0)).toBe(0);
      let before = -1;
      for (let at = 0; at <= 100; at++) {
        const value = curve(at / 100);
        expect(value).toBeGreaterThanOrEqual(before);
        before = value;
      }
      expect(before).toBeGreaterThan(0.99);
    }
    expect(pqCurve(0.58)).toBeGreaterThan(0.6);
    expect(pqCurve(0.58)).toBeLessThan(1);
    expect(hlgCurve(0.75)).toBeCloseTo(pqCurve(0.58), 1);
  });

  const profiled = async (transfer: number, format: OutputFormat): Promise<Uint8Array> =>
    (await rewritten((await opened('avif', await avif(9, transfer))).image, format)).bytes;
  const sources = [
    ['AVIF, PQ', 'avif', () => avif(9, 16), 'BT.2020, PQ'],
    ['AVIF, HLG', 'avif', () => avif(9, 18), 'BT.2020, HLG'],
    ['PNG, PQ', 'png', () => png([cicp(9, 16, 0, 1)]), 'BT.2020, PQ'],
    ['PNG, P3 and PQ', 'png', () => png([cicp(12, 16, 0, 1)]), 'P3 D65, PQ'],
    ['JPEG, the profile of an HDR picture', 'jpg', () => profiled(16, 'jpeg'), 'BT.2020, PQ'],
    ['TIFF, the same of HLG', 'tif', () => profiled(18, 'tiff'), 'BT.2020, HLG'],
  ] as const;
  it.each(sources)(
    '%s: shown tone-mapped, kept where a format can, else said',
    async (_, extension, make, name) => {
      const source = await opened(extension, await make());
      expect(source.info.profileName).toBe(name);
      expect(source.info.notices[0]!.text).toContain(
        `holds HDR colours (${name}); the screen shows them tone-mapped`,
      );
      expect(
        Math.max(...source.screen.map((level, at) => Math.abs(level - usual[at]!))),
      ).toBeGreaterThan(8);
      for (const format of ['jpeg', 'tiff', 'webp'] as const) {
        const out = await rewritten(source.image, format);
        expect(out.notices).toContainEqual({
          level: 'warning',
          text: expect.stringContaining(`can not say that its values are HDR (${name})`) as string,
        });
        close((await opened(format, out.bytes)).screen, source.screen, 3);
      }
      const codes = {
        primaries: source.image.metadata.colour!.codes!.primaries,
        transfer: source.image.metadata.colour!.codes!.transfer,
      };
      for (const format of ['avif', 'png'] as const) {
        const out = await rewritten(source.image, format);
        expect(out.text).toBe('');
        const back = await opened(format, out.bytes);
        expect(back.image.metadata.colour).toMatchObject({ codes, isHdr: true });
        close(back.screen, source.screen, 3);
      }
    },
  );

  it('its profile names the codes for programs that know them', async () => {
    const source = await opened('avif', await avif(9, 16));
    const { icc } = (await opened('jpg', (await rewritten(source.image, 'jpeg')).bytes)).image
      .metadata;
    expect(
      Buffer.from(icc!).includes(Buffer.from([0x63, 0x69, 0x63, 0x70, 0, 0, 0, 0, 9, 16, 0, 1])),
    ).toBe(true);
    expect(matrixProfile(icc!)).not.toBeNull();
  });
});

describe('read back by other programs', () => {
  const tool = (name: string, ...rest: string[]): string | null => {
    try {
      return execFileSync(name, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  };
  it('exiftool names colours and profile', async ({ skip }) => {
    const p3 = await opened('avif', await avif(12, 13));
    const kept = tool(
      'exiftool',
      '-s',
      '-ColorPrimaries',
      '-TransferCharacteristics',
      (await rewritten(p3.image, 'avif')).path,
    );
    if (kept === null) skip('exiftool is not installed (libimage-exiftool-perl)');
    expect(kept).toMatch(/ColorPrimaries\s+: SMPTE EG 432-1/);
    const adobe = await opened('jpg', await jpeg(exif(0xffff, 'R03')));
    const told = tool(
      'exiftool',
      '-s',
      '-ProfileDescription',
      (await rewritten(adobe.image, 'webp')).path,
    );
    expect(told).toMatch(/ProfileDescription\s+: Compatible with Adobe RGB \(1998\)/);
  });
  it('pngcheck finds nothing wrong', async ({ skip }) => {
    // Version 3.0.3 takes cICP itself for an error, so that a PNG with a profile alone is looked at.
    const adobe = await opened('jpg', await jpeg(exif(0xffff, 'R03')));
    const told = tool('pngcheck', '-v', (await rewritten(adobe.image, 'png')).path);
    if (told === null) skip('pngcheck is not installed');
    expect(told).toMatch(/chunk iCCP/);
    expect(told).toMatch(/No errors detected/);
  });
});
