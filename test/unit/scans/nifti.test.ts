/** NIfTI volumes: what is read of them, what is written of them, and what is refused by name. */
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { HourglassError, type Notice } from '../../../app/contract/index.ts';
import {
  createWriter,
  decodeImage,
  defaultLimits,
  OutputPages,
  type DecodedImage,
  type Samples,
} from '../../../app/pixels/index.ts';
import { sniff } from '../../../app/pixels/sniff.ts';
import { createThumbnail } from '../../../app/pixels/thumbnail.ts';
import { scansCapability } from '../../../app/scans/index.ts';
import { heldBytes } from '../../garbage.ts';
import { uniform } from '../../random.ts';
import { scratchFolder } from '../pixels/support.ts';
import { commentExtension, madeNifti, zipped, type Made } from './nifti-made.ts';

const folder = scratchFolder();
const readers = scansCapability.readers!(undefined as never);
let serial = 0;

function fileOf(bytes: Uint8Array, extension = 'nii'): string {
  const path = join(folder, `volume-${(serial += 1)}.${extension}`);
  writeFileSync(path, bytes);
  return path;
}

const read = (path: string, page = 0, frame = 0): Promise<DecodedImage> =>
  decodeImage({ path, page, frame, readers });

const said = (notices: readonly Notice[]): string => notices.map(({ text }) => text).join('\n');

const signal = new AbortController().signal;

/** Writes slices as an export of them all does. @param change of the samples of a slice */
async function rewritten(
  path: string,
  out: string,
  change: (samples: Samples, page: number) => void = () => undefined,
  only?: number,
): Promise<void> {
  const { pages } = await read(path);
  const several = new OutputPages(pages?.count ?? 1);
  const count = only === undefined ? several.count : 1;
  for (let page = 0; page < count; page++) {
    const image = await read(path, only ?? page);
    const { width, height, sampleType, data } = image.raster;
    change(data, only ?? page);
    const writer = await createWriter({
      ...{ path: out, format: 'nifti', sampleType, quality: 90, overwrite: false },
      ...{ width, height, channels: 1, hasAlpha: false, from: image },
      ...(count > 1 ? { pages: several } : {}),
      mark: { software: 'Hourglass', action: 'test' },
    });
    // In two parts, as rows come.
    const half = Math.floor(height / 2);
    if (half > 0) await writer.writeRows(data.slice(0, half * width), half);
    await writer.writeRows(data.slice(half * width), height - half);
    await writer.finish(signal);
  }
}

/** `datatype`, what samples become, and values that the type alone holds. */
const types = [
  [2, 'uint8', [0, 255, 7, 128]],
  [256, 'int16', [-128, 127, 0, -1]],
  [4, 'int16', [-32768, 32767, -5, 1025]],
  [512, 'uint16', [0, 65535, 40000, 3]],
  [8, 'int16', [-1024, 3071, 0, 12]],
  [8, 'uint16', [0, 65535, 1, 2]],
  [8, 'float32', [-100000, 100000, 3, 4]],
  [8, 'float32', [2147483647, -2147483648, 16777217, 1]],
  [768, 'uint16', [0, 65535, 1, 2]],
  [1024, 'int16', [-1024, 3071, 0, 12]],
  [1024, 'float32', [-(2 ** 53) + 1, 2 ** 53 - 1, 3, 4]],
  [1280, 'uint16', [0, 65535, 1, 2]],
  [1280, 'float32', [0, 2 ** 53 - 1, 3, 4]],
  [768, 'float32', [4294967295, 1, 2, 3]],
  [16, 'float32', [0.1, -1e30, Infinity, NaN]],
  [64, 'float32', [0.1, -1.5, 1e300, NaN]],
] as const;

const forms = [1, 2].flatMap((version) =>
  [true, false].flatMap((little) =>
    ['nii', 'nii.gz'].map((extension) => ({ version: version as 1 | 2, little, extension })),
  ),
);

const asFile = (made: Made, extension: string): string =>
  fileOf(extension === 'nii' ? madeNifti(made) : zipped(madeNifti(made)), extension);

describe.each(forms)('NIfTI-$version, little endian: $little, .$extension', (form) => {
  const { version, little, extension } = form;
  const inflated = (path: string): Buffer =>
    extension === 'nii' ? readFileSync(path) : gunzipSync(readFileSync(path));

  it.each(types)('holds type %i as %s: %j', async (datatype, sampleType, values) => {
    const made: Made = {
      ...{ version, little, datatype },
      dims: [5, 4, 3, 2],
      values: (index) => values[index % 4]!,
      extension: commentExtension(little),
      behind: Uint8Array.of(1, 2, 3),
    };
    const path = asFile(made, extension);
    const image = await read(path, 4);
    expect(image.raster).toMatchObject({ width: 5, height: 4, channels: 1, sampleType });
    expect([...image.raster.data]).toEqual(
      Array.from({ length: 20 }, (_, at) => {
        const value = values[(80 + at) % 4]!;
        return sampleType === 'float32' ? Math.fround(value) : value;
      }),
    );
    expect(image.frames).toBe(2);
    expect(image.pages?.count).toBe(6);
    expect(image.content?.family).toBe('scan');
    expect(said(image.notices)).toContain('slice 2 of 3');
    expect(said(image.notices)).toContain('volume 2 of 2');

    // Untouched, it is the same file; also where samples hold less than the voxels.
    const out = join(folder, `out-${(serial += 1)}.${extension}`);
    await rewritten(path, out);
    expect(inflated(out).equals(inflated(path))).toBe(true);

    // Changed, only what was changed is different.
    const changed = join(folder, `out-${(serial += 1)}.${extension}`);
    await rewritten(path, changed, (samples, page) => {
      if (page === 3) samples[7] = 5;
    });
    const wanted = madeNifti({ ...made, values: (at) => (at === 67 ? 5 : made.values(at)) });
    expect(inflated(changed).equals(wanted)).toBe(true);
  });
});

describe('a volume', () => {
  const plain: Made = { dims: [6, 5, 4], datatype: 4, values: (at) => at - 40 };

  it('keeps stored values beside its scaling, and shows the window of its header', async () => {
    const scale = { slope: 0.5, intercept: -1024, cal: [-100, 300] } as const;
    const { raster } = await read(fileOf(madeNifti({ ...plain, ...scale })));
    expect(raster.data[0]).toBe(-40);
    expect(raster.scale).toMatchObject({ slope: 0.5, intercept: -1024, unit: null });
    expect(raster.scale?.window).toEqual({ center: 100, width: 400 });
  });

  it.each([0, NaN, Infinity])('has no scaling where its slope is %s', async (slope) => {
    const { raster } = await read(fileOf(madeNifti({ ...plain, slope, intercept: 7 })));
    expect(raster.scale).toMatchObject({ slope: 1, intercept: 0 });
  });

  it('shows each slice as its middle one wants it', async () => {
    const path = fileOf(madeNifti({ ...plain, slope: -2, intercept: 1 }));
    const windows = [];
    for (const page of [0, 1, 3]) windows.push((await read(path, page)).raster.scale?.window);
    // The second of four slices holds -10 to 19: measured, 21 to -37.
    expect(windows).toEqual(Array(3).fill({ center: -8, width: 58 }));
  });

  it('says its size and how it lies', async () => {
    const sform = { code: 1, rows: [-0.5, 0, 0, 0, 0, -0.5, 0, 0, 0, 0, 3, 0] };
    const { notices } = await read(fileOf(madeNifti({ ...plain, sform })));
    expect(said(notices)).toContain('6 × 5 × 4 voxels of 0.5 × 0.5 × 3, orientation LPS');
    const silent = await read(fileOf(madeNifti(plain)));
    expect(said(silent.notices)).toContain('it does not say how they lie in space');
  });

  it('of one slice alone lies where that slice lay', async () => {
    for (const version of [1, 2] as const) {
      const made: Made = {
        ...{ version, dims: [4, 4, 3, 2], datatype: 4, values: (at: number) => at },
        pixdim: [-1, 2, 2, 4, 1.5, 0, 0, 0],
        qform: { code: 1, quatern: [0, 0, 0], offset: [1, 2, 3] },
        sform: { code: 2, rows: [2, 0, 0.5, 10, 0, 2, 0.25, 20, 0, 0, 4, 30] },
      };
      const out = join(folder, `one-${(serial += 1)}.nii`);
      await rewritten(fileOf(madeNifti(made)), out, undefined, 5);
      const wanted = madeNifti({
        ...made,
        ...{ dims: [4, 4, 1, 1], values: (at) => at + 80 },
        qform: { code: 1, quatern: [0, 0, 0], offset: [1, 2, 3 - 8] },
        sform: { code: 2, rows: [2, 0, 0.5, 11, 0, 2, 0.25, 20.5, 0, 0, 4, 38] },
      });
      const found = readFileSync(out);
      const toffset = version === 1 ? 136 : 216;
      expect(version === 1 ? found.readFloatLE(toffset) : found.readDoubleLE(toffset)).toBe(1.5);
      if (version === 1) found.writeFloatLE(0, toffset);
      else found.writeDoubleLE(0, toffset);
      expect(found.equals(wanted)).toBe(true);
    }
  });

  it('has a small picture, of its middle', async () => {
    const path = fileOf(zipped(madeNifti(plain)), 'nii.gz');
    const png = await createThumbnail({ path, readers });
    expect(png.length).toBeGreaterThan(60);
  });

  it('tells what floats can not hold', async () => {
    const large = { dims: [3, 3, 2], datatype: 8, values: (at: number) => 2 ** 30 + at };
    expect(said((await read(fileOf(madeNifti(large)))).notices)).toContain('integers that 32-bit');
    const small = { ...large, values: (at: number) => 70_000 + at };
    expect(said((await read(fileOf(madeNifti(small)))).notices)).not.toContain('integers that');
    const fine = { dims: [3, 3], datatype: 64, values: (at: number) => at / 3 };
    expect(said((await read(fileOf(madeNifti(fine)))).notices)).toContain('64-bit floats');
    const coarse = { ...fine, values: (at: number) => at / 4 };
    expect(said((await read(fileOf(madeNifti(coarse)))).notices)).not.toContain('64-bit floats');
  });

  it('clips what cleaning takes beyond the type', async () => {
    const path = fileOf(madeNifti({ dims: [4, 1], datatype: 256, values: () => 100 }));
    const out = join(folder, 'clipped.nii');
    await rewritten(path, out, (samples) => samples.set([300, -300, 99, 100]));
    expect([...readFileSync(out).subarray(352)]).toEqual([127, 128, 99, 100]);
  });
});

describe('what is in gzip', () => {
  it('is inflated once, however many slices are asked for', async () => {
    const noise = uniform(3);
    const made = { dims: [64, 64, 300], datatype: 4, values: () => Math.floor(noise() * 1000) };
    const path = fileOf(zipped(madeNifti(made), 1), 'nii.gz');
    utimesSync(path, 1e9, 1e9);
    await read(path);
    const before = readdirSync(folder).length;
    // The stream may be gone: what is asked for lies beside.
    writeFileSync(path, readFileSync(path).fill(0, 4096));
    utimesSync(path, 1e9, 1e9);
    for (const page of [299, 0, 150]) expect((await read(path, page)).raster.width).toBe(64);
    expect(readdirSync(folder)).toHaveLength(before);
    utimesSync(path, 2e9, 2e9);
    await expect(read(path, 150)).rejects.toMatchObject({ code: 'damaged-image' });
  });

  it('is read to its end where it lies in several members', async () => {
    const whole = madeNifti({ dims: [16, 16, 4], datatype: 4, values: (at) => at + 1 });
    // One border lies within the header, one within a slice.
    const members = [whole.subarray(0, 100), whole.subarray(100, 700), whole.subarray(700)];
    const path = fileOf(Buffer.concat(members.map((member) => zipped(member))), 'nii.gz');
    for (const page of [0, 3]) {
      const { data } = (await read(path, page)).raster;
      expect(Array.from(data)).toEqual(Array.from({ length: 256 }, (_, at) => page * 256 + at + 1));
    }
  });

  it('takes little memory', async () => {
    const made = { dims: [512, 512, 50], datatype: 4, values: (at: number) => at & 1023 };
    const path = fileOf(zipped(madeNifti(made), 1), 'nii.gz');
    const before = heldBytes();
    let most = before;
    const timer = setInterval(() => {
      most = Math.max(most, heldBytes());
    }, 5);
    for (let page = 0; page < 50; page += 5) await read(path, page);
    clearInterval(timer);
    expect(most).toBeGreaterThan(before);
    // The file holds 26 MB.
    expect(most - before).toBeLessThan(16e6);
  });
});

describe('is refused by name', () => {
  const plain: Made = { dims: [16, 8, 4], datatype: 4, values: (at) => at };
  const codeOf = async (path: string): Promise<string> =>
    read(path).then(
      () => 'read',
      (error: unknown) => {
        if (error instanceof HourglassError) return `${error.code}: ${error.message}`;
        throw error;
      },
    );

  it.each([
    [32, 'COMPLEX64'],
    [128, 'RGB24'],
    [1536, 'FLOAT128'],
    [1792, 'COMPLEX128'],
    [2304, 'RGBA32'],
  ])('type %i: %s', async (datatype, name) => {
    for (const version of [1, 2] as const) {
      const path = fileOf(madeNifti({ ...plain, version, datatype }));
      expect(await codeOf(path)).toMatch(new RegExp(`^unsupported-image: .*${name}`));
    }
  });

  it.each([
    [1024, 'INT64'],
    [1280, 'UINT64'],
  ])('type %i (%s) with values beyond what numbers hold', async (datatype, name) => {
    const values = (at: number): number => (at === 7 ? 2 ** 53 : at);
    const path = fileOf(madeNifti({ ...plain, datatype, values }));
    expect(await codeOf(path)).toMatch(new RegExp(`^unsupported-image: .*${name}.*2⁵³`));
  });

  it('says of a bitpix that is none of the type, and of a place that is no number', async () => {
    const bytes = madeNifti({
      ...plain,
      sform: { code: 1, rows: [NaN, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] },
    });
    bytes.writeInt16LE(32, 72);
    const { notices, scanned, raster } = await read(fileOf(bytes));
    expect(said(notices)).toMatch(/type INT16, 16 bits each, and its field bitpix says 32/);
    expect(said(notices)).toMatch(/where its voxels lie \(sform\) holds what is no number/);
    expect([scanned?.place, raster.data[3]]).toEqual([undefined, 3]);
    expect(said((await read(fileOf(madeNifti(plain)))).notices)).not.toMatch(/bitpix|no number/);
  });

  it('a pair of files', async () => {
    for (const version of [1, 2] as const) {
      const bytes = madeNifti({ ...plain, version });
      bytes.write(version === 1 ? 'ni1' : 'ni2', version === 1 ? 344 : 4, 'latin1');
      expect(await codeOf(fileOf(bytes, 'hdr'))).toMatch(/^unsupported-image: .*two files/);
    }
  });

  it('more than the limit, before it is inflated', async () => {
    const path = fileOf(zipped(madeNifti(plain)), 'nii.gz');
    const limits = { ...defaultLimits, maxMegapixels: 1e-4 };
    await expect(decodeImage({ path, limits, readers })).rejects.toMatchObject({
      code: 'image-too-large',
    });
  });

  it('a header that declares more than any stream can hold', async () => {
    const bytes = madeNifti(plain);
    for (const at of [42, 44, 46]) bytes.writeInt16LE(2000, at);
    expect(await codeOf(fileOf(bytes))).toMatch(/^damaged-image: .*cut short/);
    expect(await codeOf(fileOf(zipped(bytes), 'nii.gz'))).toMatch(/^damaged-image: .*cut short/);
  });

  it('a page that is not there', async () => {
    await expect(read(fileOf(madeNifti(plain)), 4)).rejects.toMatchObject({
      code: 'invalid-parameter',
    });
    await expect(read(fileOf(madeNifti(plain)), 1, 3)).rejects.toMatchObject({
      code: 'invalid-parameter',
    });
  });

  it.each(['nii', 'nii.gz'])('cut short anywhere: .%s', async (extension) => {
    const whole = readFileSync(asFile(plain, extension));
    for (let index = 0; index < 100; index++) {
      const length = Math.floor((index * whole.length) / 100);
      const found = await codeOf(fileOf(whole.subarray(0, length), extension));
      expect(found, `${length} of ${whole.length}`).toMatch(/^(damaged-image|not-an-image): /);
    }
  });

  it.each(forms)('or read, where bytes are wrong: $version $little $extension', async (form) => {
    const { extension, ...made } = form;
    const whole = readFileSync(asFile({ ...plain, ...made }, extension));
    const next = uniform(11);
    const path = fileOf(whole, extension);
    for (let index = 0; index < 80; index++) {
      const bytes = Uint8Array.from(whole);
      for (let change = 0; change < 3; change++)
        bytes[Math.floor(next() * Math.min(bytes.length, 400))] = Math.floor(next() * 256);
      writeFileSync(path, bytes);
      // Another file to whoever remembers one by its time.
      utimesSync(path, 1, index + 1);
      expect(await codeOf(path)).toMatch(/^(read$|[a-z-]+: )/);
    }
  });

  it('gzip of anything else', () => {
    expect(sniff(zipped(Buffer.from('text')))).toEqual({ kind: 'unknown' });
    expect(sniff(zipped(zipped(madeNifti(plain))))).toEqual({ kind: 'unknown' });
    expect(sniff(zipped(madeNifti(plain)).subarray(0, 1024))).toMatchObject({ format: 'nifti' });
  });
});

describe('is written as NIfTI', () => {
  it('only what was one, and as large', async () => {
    const image = await read(fileOf(madeNifti({ dims: [4, 4], datatype: 4, values: (at) => at })));
    const request = {
      ...({ path: join(folder, 'no.nii'), format: 'nifti', sampleType: 'int16' } as const),
      ...({ quality: 90, overwrite: false, channels: 1, hasAlpha: false } as const),
      mark: { software: 'Hourglass', action: 'test' },
    };
    await expect(
      createWriter({ ...request, width: 2, height: 2, from: image }),
    ).rejects.toMatchObject({ code: 'output-unsupported' });
    const other = { ...image, format: 'tiff' } as const;
    await expect(
      createWriter({ ...request, width: 4, height: 4, from: other }),
    ).rejects.toMatchObject({ code: 'output-unsupported' });
    expect(readdirSync(folder)).not.toContain('no.nii');
  });

  it('whole or not at all', async () => {
    const path = fileOf(madeNifti({ dims: [4, 4, 3], datatype: 4, values: (at) => at }));
    const pages = new OutputPages(3);
    const image = await read(path);
    const writer = await createWriter({
      ...{ path: join(folder, 'part.nii'), format: 'nifti', sampleType: 'int16', pages },
      ...{ quality: 90, overwrite: false, width: 4, height: 4, channels: 1, hasAlpha: false },
      ...{ from: image, mark: { software: 'Hourglass', action: 'test' } },
    });
    await writer.writeRows(image.raster.data, 4);
    await writer.finish(signal);
    await pages.abort();
    expect(readdirSync(folder)).not.toContain('part.nii');
  });
});
