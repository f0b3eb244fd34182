/**
 * Derived objects of each readable file of the pack: what dcmtk and dicom3tools say of them, what they say of themselves, and that
 * nothing else has changed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { decodeImage } from '../../../app/pixels/index.ts';
import { dataPack, noDataPack } from '../../data.ts';
import { changedBeside, changedTags, valuesOf } from './changed-tags.ts';
import {
  dciodvfy,
  dcmconv,
  dcmdump,
  errorsOf,
  excepted,
  palettes,
  plainTwin,
  readableOfPack,
} from './pack-objects.ts';
import { cleaned, readers, writtenObject } from './written.ts';

const pack = dataPack && join(dataPack, 'dicom-tests');
const readable = await readableOfPack();
const folder = mkdtempSync(join(tmpdir(), 'hourglass-derived-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const frames = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  const first = await decodeImage({ path, readers });
  for (let page = 0; page < (first.pages?.count ?? 1); page++) {
    const { data } = (page === 0 ? first : await decodeImage({ path, page, readers })).raster;
    hash.update(new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
};

/** Of every kind of word one, and several frames: signed, unsigned, of 8, 10, 12, 15 and 16 bits, colour, padding. */
const encoded: readonly string[] = [
  ...['CT_small.dcm', 'CT1_UNC.implicit_little_endian.dcm', 'emri_small_big_endian.dcm'],
  ...['image_dfl.dcm', 'SC_rgb_dcmtk_pebpcypnp.dcm', 'JLSL_16_15_1_1F.dcm'],
  ...['J2KI__CT1_J2KI.dcm', 'gdcm-CR-MONO1-10-chest.dcm', 'color-pl.dcm', 'RLE__CT2_RLE.dcm'],
  ...['JPEGLossless__JPEGLossless_1s_1f_u_16_12.dcm', 'SC_ybr_full_422_uncompressed.dcm'],
];

const isBigEndian = (name: string): boolean => /big_?end/i.test(name);

describe.skipIf(!pack)(`derived objects of the pack${pack ? '' : ` (${noDataPack})`}`, () => {
  test.each(palettes)('%s is refused: cleaned colours are not in its palette', async (name) => {
    await expect(writtenObject(join(pack!, name), folder)).rejects.toThrow(/palette/);
    const { scanned } = await decodeImage({ path: join(pack!, name), readers });
    expect(scanned!.notWritten).toMatch(/palette/);
  });

  test.each(readable)(
    '%s, nothing cleaned: the same pixels, and the listed tags alone differ',
    async (name) => {
      const source = join(pack!, name);
      const untouched = readFileSync(source);
      const { path } = await writtenObject(source, folder);
      expect(await frames(path)).toBe(await frames(source));
      expect(readFileSync(source).equals(untouched)).toBe(true);
      // Big endian ones are equal in value: as dcmtk writes them.
      const twin = join(folder, `little-${name}`);
      if (isBigEndian(name)) expect(spawnSync(dcmconv!, ['+te', source, twin]).status).toBe(0);
      const [before, after] = [valuesOf(isBigEndian(name) ? twin : source), valuesOf(path)];
      expect(changedBeside(before, after)).toEqual([]);
      expect(changedTags(before, after)).toContain(0x0008_0018);
    },
  );

  const hex = (text: string): string => Buffer.from(text).toString('hex');
  test.each([
    ['JPEGLSNearLossless_16.dcm', 'ISO_14495_1'],
    ['HTJ2K_08_RGB.dcm', 'ISO_15444_15'],
    ['J2KR__CT2_J2KR.dcm', null],
  ] as const)(
    '%s: a loss that the stream alone tells of is written down for ever: %s',
    async (name, method) => {
      const source = join(pack!, name);
      const { notices } = await decodeImage({ path: source, readers });
      const { path } = await writtenObject(source, folder, { name: `lossy-${name}` });
      const after = valuesOf(path);
      const before = valuesOf(source).get(0x0028_2110);
      expect(after.get(0x0028_2110)).toBe(method ? `CS ${hex('01')}` : before);
      if (!method) return;
      expect(before).toBeUndefined();
      expect(after.get(0x0028_2114)).toContain(hex(method));
      expect(notices.map(({ text }) => text).join()).toContain('compressed with loss before');
    },
  );

  test.skipIf(!dciodvfy || !dcmdump || !dcmconv).each(readable)(
    '%s, cleaned: dcmdump reads it, dciodvfy finds no error that its source has not',
    async (name) => {
      const source = join(pack!, name);
      const { path } = await writtenObject(source, folder, { change: cleaned });
      const dump = spawnSync(dcmdump!, ['-q', path], { encoding: 'latin1' });
      expect([dump.status, dump.stderr]).toEqual([0, '']);
      const known = new Set(errorsOf(plainTwin(source, name, folder)));
      const found = errorsOf(path).filter((error) => !known.has(error));
      const isExcepted = (error: string): boolean => excepted.some((one) => one.test(error));
      if (found.some(isExcepted))
        process.stdout.write(`${name}: ${found.filter(isExcepted).length} excepted errors\n`);
      const summary = /^Error - Dicom dataset contains invalid data values/;
      expect(found.filter((error) => !isExcepted(error) && !summary.test(error))).toEqual([]);
    },
  );

  test.each(
    readable
      .filter((name) => encoded.includes(name))
      .flatMap((name) => [['jpeg-ls', name] as const, ['htj2k', name] as const]),
  )(
    '%s of %s: cleaned pixels are those of the uncompressed object',
    async (transferSyntax, name) => {
      const source = join(pack!, name);
      const plain = await writtenObject(source, folder, { change: cleaned, name: `plain-${name}` });
      const { path } = await writtenObject(source, folder, {
        ...{ change: cleaned, transferSyntax, name: `${transferSyntax}-${name}` },
      });
      expect(await frames(path)).toBe(await frames(plain.path));
      if (!dcmdump) return;
      const dump = spawnSync(dcmdump, ['-q', path], { encoding: 'latin1' });
      expect([dump.status, dump.stderr]).toEqual([0, '']);
      if (transferSyntax !== 'jpeg-ls') return;
      const decoded = join(folder, `decoded-${name}`);
      expect(spawnSync('dcmdjpls', [path, decoded]).status).toBe(0);
      expect(await frames(decoded)).toBe(await frames(plain.path));
    },
  );

  test('what an encoder is known not to give back is refused before anything is cleaned', async () => {
    const source = join(pack!, 'SC_rgb_rle_16bit.dcm');
    const change = (): never => {
      throw new Error('It was cleaned.');
    };
    const target = { transferSyntax: 'htj2k', change, name: 'refused.dcm' } as const;
    await expect(writtenObject(source, folder, target)).rejects.toMatchObject({
      code: 'output-unsupported',
      message: expect.stringMatching(/SC_rgb_rle_16bit.dcm has colours of 16 bits/) as string,
      hint: expect.stringContaining('--transfer-syntax jpeg-ls') as string,
    });
    expect(existsSync(join(folder, 'refused.dcm'))).toBe(false);
  });
});
