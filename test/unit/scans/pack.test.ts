/** The files of the pack of medical images: their pixels by hash, or the refusal that names what they are. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeImage, type DecodedImage } from '../../../app/pixels/index.ts';
import { HourglassError } from '../../../app/contract/index.ts';
import { frameBytes } from '../../../app/scans/dicom/frames.ts';
import { frameWords } from '../../../app/scans/dicom/reader.ts';
import { parseDicom } from '../../../app/scans/dicom/file.ts';
import { pixelFactsOf } from '../../../app/scans/dicom/image.ts';
import { scansCapability } from '../../../app/scans/index.ts';
import { dataPack, noDataPack } from '../../data.ts';

interface Expected {
  readonly file: string;
  readonly expect: string;
  readonly photometric: string | null;
  readonly shape?: readonly number[];
  readonly mean?: number;
  readonly sha256Pixels?: string;
}

const folder = dataPack && join(dataPack, 'dicom-tests');
const expected: readonly Expected[] = folder
  ? (JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected[])
  : [];

/** Files that are not read, and why: pixels of other kinds, or no image. */
const refused: Readonly<Record<string, RegExp>> = {
  'JPGExtended.dcm': /JPEG of 12 bits/,
  'JPLY__MR4_JPLY.dcm': /JPEG of 12 bits/,
  'liver_1frame.dcm': /a segmentation of DICOM/,
  'rtdose.dcm': /a radiotherapy dose of DICOM/,
  'parametric_map_float.dcm': /a parametric map|floating point/,
  'MR_truncated.dcm': /cut short/,
  'no_meta.dcm': /is not an image/,
  'meta_missing_tsyntax.dcm': /lacks the file meta information/,
  'badVR.dcm': /a radiotherapy dose of DICOM|cut short|lacks the file meta/,
  'rtplan_truncated.dcm': /cut short|a radiotherapy plan/,
  'rtstruct.dcm': /file meta information/,
  'JPEG2000-embedded-sequence-delimiter.dcm': /another size|cut short/,
  'dwv-test_no-number-rows.dcm': /how many rows and columns/,
  DICOMDIR: /a DICOMDIR/,
  'GH340.dcm': /meta information|not an image|not .*image/,
};

/** Of these the pack's hash is that of the words before their sign was extended from Bits Stored. */
const ofWords = ['JLSL_16_15_1_1F.dcm', 'J2K_pixelrep_mismatch.dcm'];
/** Shown as colours; the pack's hash is that of their indices. */
const isPalette = ({ photometric }: Expected): boolean => photometric === 'PALETTE COLOR';

const readers = scansCapability.readers!({} as never);
const open = (name: string, frame = 0): Promise<DecodedImage> =>
  decodeImage({ path: join(folder!, name), frame, readers });

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

async function storedWords(name: string): Promise<Uint8Array> {
  const dicom = parseDicom(readFileSync(join(folder!, name)), name);
  const waits = { timeoutMs: 20_000, signal: new AbortController().signal };
  return bytesOf(await frameWords(dicom, pixelFactsOf(dicom), 0, waits));
}

describe.skipIf(!folder)(`the pack of medical images${folder ? '' : ` (${noDataPack})`}`, () => {
  test.each(expected.filter(({ file }) => refused[file]))('$file is refused', async ({ file }) => {
    await expect(open(file)).rejects.toThrow(refused[file]);
  });

  test('of a data set alone it is said how it becomes a file', async () => {
    await expect(open('rtstruct.dcm')).rejects.toMatchObject({
      hint: expect.stringContaining('dcmconv -f') as string,
    });
  });

  test.each(expected.filter(({ file }) => !refused[file]))('$file', async (entry) => {
    const { file, shape = [], sha256Pixels, mean } = entry;
    const first = await open(file);
    const { raster } = first;
    expect(first.format).toBe('dicom');
    expect(first.content!.family).toBe('scan');
    const isStack = shape.length - (raster.channels === 3 ? 1 : 0) === 3;
    const frames = isStack ? shape[0]! : 1;
    const [height, width] = shape.slice(isStack ? 1 : 0);
    expect([raster.width, raster.height]).toEqual([width, height]);
    const hash = createHash('sha256');
    let sum = 0;
    let count = 0;
    for (let frame = 0; frame < frames; frame++) {
      const { data } = (frame === 0 ? first : await open(file, frame)).raster;
      const stored = ofWords.includes(file) || isPalette(entry);
      hash.update(stored ? await storedWords(file) : bytesOf(data));
      for (const value of data) sum += value;
      count += data.length;
    }
    if (sha256Pixels) expect(hash.digest('hex')).toBe(sha256Pixels);
    // Of lossy ones decoders differ by a level.
    else expect(Math.abs(sum / count - mean!)).toBeLessThan(0.3);
  });

  test('values of fewer bits than their words have get their sign', async () => {
    const range = async (name: string): Promise<[number, number]> => {
      const { data } = (await open(name)).raster;
      return [Math.min(...data.slice(0, 65_536)), Math.max(...data.slice(0, 65_536))];
    };
    const [low, high] = await range('JLSL_16_15_1_1F.dcm');
    expect(low).toBeGreaterThanOrEqual(-16_384);
    expect(high).toBeLessThanOrEqual(16_383);
    expect((await open('J2K_pixelrep_mismatch.dcm')).raster.data.every((v) => v >= -2000)).toBe(
      true,
    );
  });

  test('what is made of images is refused with what to open instead', async () => {
    const hint = expect.stringContaining('images that it was made of') as string;
    for (const name of ['liver_1frame.dcm', 'rtdose.dcm'])
      await expect(open(name)).rejects.toMatchObject({ code: 'unsupported-image', hint });
  });

  // Up to the pixels a cut file is refused; the last bytes may be padding behind them.
  test.each([
    'CT_small.dcm',
    'MR_small_bigendian.dcm',
    'OBXXXX1A_rle.dcm',
    'emri_small_jpeg_ls_lossless.dcm',
    'color-pl.dcm',
    'image_dfl.dcm',
  ])('%s cut anywhere is refused by name', async (name) => {
    const whole = readFileSync(join(folder!, name));
    for (let part = 0; part < 40; part++) {
      const bytes = whole.subarray(0, Math.floor((whole.length * part) / 41));
      const read = (): unknown => {
        const dicom = parseDicom(bytes, name);
        const facts = pixelFactsOf(dicom);
        return frameBytes(dicom, facts, facts.frames - 1);
      };
      expect(read, `${part} of 41`).toThrow(HourglassError);
    }
  });
});
