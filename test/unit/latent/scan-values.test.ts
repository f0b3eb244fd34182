/**
 * Latent files of scans: values lie on the stored scale again, padding is what it was, the largest error is the one that a recount
 * finds, and what is lossless is said beside it.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeByNewerBytes, withMeasured } from './scan-support.ts';
import {
  openLatentFile,
  storableScale,
  type MeasuredValues,
} from '../../../app/latent/container/index.ts';
import { decodeImage, scaleOf, type DecodedImage } from '../../../app/pixels/index.ts';
import { buildAppIfStale } from '../../../build/build.mjs';
import { dataPack, repositoryRoot } from '../../data.ts';
import { madeDicom } from '../scans/made-dicom.ts';
import { madeNifti } from '../scans/nifti-made.ts';
import { createTestEngine, hasLatentModel, noLatentModel } from './codec-support.ts';

const patience = 120_000;
const slice = (path: string): string => join(dataPack ?? '', 'series', path);
const ct = slice('ct-chest-abdomen/000086.dcm');
const pet = slice('pet-whole-body/000153.dcm');

describe('the part of the header that says what values measure', () => {
  const measured: MeasuredValues = {
    scale: {
      ...{ black: -2048, white: 2047, slope: 1, intercept: -1024, unit: 'HU' },
      window: { center: 39.5, width: 399 },
      padding: { low: -2000, high: -2000 },
    },
    range: { low: -1024, high: 1800 },
    keepsPadding: true,
  };
  const plain: MeasuredValues = {
    scale: { black: 0, white: 4095, slope: -0.25, intercept: 3, unit: null, window: null },
    range: { low: 3, high: 4000 },
    keepsPadding: false,
  };

  it.each([
    ['everything', measured, 'int16'],
    ['a curve and inverted', { ...measured, scale: { ...measured.scale, inverted: true, window: { center: 1, width: 2, sigmoid: true as const } } }, 'int16'], // prettier-ignore
    [
      'a window that the source did not ask for',
      { ...measured, scale: { ...measured.scale, assumed: true as const } },
      'int16',
    ],
    ['no more than it must', plain, 'uint16'],
    ['floats', { ...plain, range: { low: -1.5, high: 2.25 } }, 'float32'],
  ] as const)('%s comes back', async (_, values, sampleType) => {
    const file = await openLatentFile(await withMeasured(values, sampleType));
    expect(file.header.measured).toEqual(values);
    expect(storableScale(values.scale)).toEqual(values.scale);
    expect(file.header.sampleType).toBe(sampleType);
    if (values.keepsPadding) expect(await file.readPadding(0)).toEqual(new Uint8Array(64).fill(1));
  });

  it.each([
    ['a range that is none', { ...plain, range: { low: 5, high: 5 } }],
    ['stored values that the type has not', { ...plain, range: { low: -1, high: 5 } }],
    ['a slope of 0', { ...plain, scale: { ...plain.scale, slope: 0 } }],
    ['no number', { ...plain, scale: { ...plain.scale, intercept: NaN } }],
    ['padding kept of none', { ...plain, keepsPadding: true }],
  ])('no file holds %s', async (_, values) => {
    await expect(withMeasured(values, 'uint16')).rejects.toMatchObject({ code: 'internal' });
  });

  it('a later version of it, and a flag that is not known, are a newer Hourglass', async () => {
    for (const change of ['version', 'flag'] as const)
      await expect(openLatentFile(await madeByNewerBytes(measured, change))).rejects.toMatchObject({
        code: 'unsupported-image',
        message: expect.stringMatching(/newer Hourglass/) as string,
      });
  });

  it('of the golden file of a scan is what it was', async () => {
    const file = await openLatentFile(
      readFileSync(join(repositoryRoot, 'test/fixtures/latent/scan.hgl')),
    );
    expect(file.header).toMatchObject({ sampleType: 'int16', bitDepth: 12, lossyScan: true });
    const { scale, range, keepsPadding } = file.header.measured!;
    expect(scale).toEqual({
      ...{ black: -2048, white: 2047, slope: 1, intercept: -24, unit: 'HU' },
      window: { center: 39.5, width: 399 },
      padding: { low: -2000, high: -2000 },
    });
    expect(keepsPadding).toBe(true);
    expect(range.low).toBeGreaterThanOrEqual(-1000);
    expect(range.high).toBeLessThanOrEqual(500);
    const codes = (await file.readPadding(0))!;
    const isInside = (i: number): boolean =>
      ((i % 75) - 37) ** 2 + (Math.floor(i / 75) - 27) ** 2 < 26 ** 2;
    expect(codes.every((code, i) => code === (isInside(i) ? 0 : 1))).toBe(true);
    await file.close();
  });

  it('one wrong byte of it is mended, two are named', async () => {
    const bytes = await withMeasured(measured, 'int16');
    const { header } = await openLatentFile(bytes);
    // The part is the last of the header: 16 bytes of frame, then as many as the frame says.
    const end = 16 + bytes[10]! + 256 * bytes[11]!;
    const one = bytes.slice();
    one[end - 20]! ^= 0x55;
    const mended = await openLatentFile(one);
    expect(mended.header).toEqual(header);
    expect(mended.info.repaired).toBe(true);
    one[end - 40]! ^= 0x55;
    await expect(openLatentFile(one, { name: 'two.hgl' })).rejects.toMatchObject({
      code: 'damaged-image',
      message: expect.stringMatching(/two\.hgl is damaged: its header/) as string,
    });
  });
});

describe.skipIf(!hasLatentModel)(`scans as latent files (${noLatentModel})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-scan-latents-'));
  const at = (name: string): string => join(folder, name);
  const engine = createTestEngine();
  beforeAll(() => buildAppIfStale(), patience);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const { signal } = new AbortController();
  const opened = (path: string): Promise<DecodedImage> =>
    engine.services.documents.sourceImage({ document: undefined, path, maxMegapixels: 1, signal });

  /** Encodes, opens again, and counts anew what the answer says. */
  async function roundTrip(source: string, out: string, quality = 80) {
    const answer = await engine.run('encode', { source, out: at(out), scans: true, quality });
    const before = await opened(source);
    const after = await opened(at(out));
    const { slope, padding } = scaleOf(before.raster);
    let largest = 0;
    let padded = 0;
    for (let i = 0; i < before.raster.data.length; i++) {
      const [was, is] = [before.raster.data[i]!, after.raster.data[i]!];
      if (padding && was >= padding.low && was <= padding.high) {
        padded += 1;
        expect(is).toBe(was);
        continue;
      }
      if (padding) expect(is >= padding.low && is <= padding.high).toBe(false);
      largest = Math.max(largest, Math.abs(is - was) * Math.abs(slope));
    }
    return { answer, before, after, largest, padded };
  }

  /** 96 × 80 words of a soft picture. */
  const soft = (value: (x: number, y: number) => number): number[] =>
    Array.from({ length: 96 * 80 }, (_, i) => Math.round(value(i % 96, Math.floor(i / 96))));
  const size = { '0028,0010': ['US', 80], '0028,0011': ['US', 96] } as const;

  it('12 bits without a sign come back on their scale', { timeout: patience }, async () => {
    const words = Uint16Array.from(soft((x, y) => 1000 + 10 * x + 5 * y));
    const elements = {
      ...size,
      '0028,0101': ['US', 12],
      '0028,0102': ['US', 11],
      '0028,1050': ['DS', '1500'],
      '0028,1051': ['DS', '800'],
      '0028,1052': ['DS', '-1024'],
      '0028,1053': ['DS', '2'],
      '0028,1054': ['LO', 'HU'],
    } as const;
    writeFileSync(at('twelve.dcm'), madeDicom(elements, words));
    const { answer, before, after, largest } = await roundTrip(at('twelve.dcm'), 'twelve.hgl');
    expect(after.raster).toMatchObject({ sampleType: 'uint16', scale: before.raster.scale });
    expect(after.content?.family).toBe('scan');
    expect(answer.scanLoss!.largestError).toBeCloseTo(largest, 9);
    expect(answer.scanLoss!.unit).toBe('HU');
    // A ramp of 1345 levels: a hundredth of it, in HU.
    expect(largest).toBeLessThan(30);
    expect(answer.psnr).toBeNull();
  });

  it(
    'negative values, padding among them and values all around it',
    { timeout: patience },
    async () => {
      const inside = (x: number, y: number): boolean => (x - 48) ** 2 + (y - 40) ** 2 < 35 ** 2;
      const words = Int16Array.from(soft((x, y) => (inside(x, y) ? -100 + 3 * x + 2 * y : -50)));
      const elements = {
        ...size,
        '0028,0103': ['US', 1],
        '0028,0120': ['SS', -50],
        '0028,1052': ['DS', '0'],
        '0028,1053': ['DS', '0.5'],
      } as const;
      writeFileSync(at('padded.dcm'), madeDicom(elements, words));
      const { answer, after, largest, padded } = await roundTrip(at('padded.dcm'), 'padded.hgl');
      expect(after.raster.sampleType).toBe('int16');
      expect(padded).toBeGreaterThan(3000);
      expect(answer.scanLoss!.largestError).toBeCloseTo(largest, 9);
      const facts = await engine.run('info', { source: at('padded.hgl') });
      expect(facts).toMatchObject({
        keepsPadding: true,
        scale: { slope: 0.5, padding: { low: -50 } },
      });
    },
  );

  it(
    'floats become 16 bits between their ends, on the screen as in the file',
    { timeout: patience },
    async () => {
      const values = (i: number): number =>
        i === 50 ? NaN : -3.5 + 0.02 * (i % 96) + 0.01 * Math.floor(i / 96);
      const shape = { dims: [96, 80], datatype: 16, slope: 4, intercept: 100 };
      writeFileSync(at('floats.nii'), madeNifti({ ...shape, values }));
      const source = at('floats.nii');
      const answer = await engine.run('encode', {
        source,
        out: at('floats.hgl'),
        quality: 80,
        scans: true,
      });
      const { raster } = await opened(at('floats.hgl'));
      expect(raster.sampleType).toBe('uint16');
      const { slope, intercept } = raster.scale!;
      let largest = 0;
      for (let i = 0; i < raster.data.length; i++) {
        if (i === 50) continue;
        const was = Math.fround(values(i)) * 4 + 100;
        largest = Math.max(largest, Math.abs(raster.data[i]! * slope + intercept - was));
      }
      expect(largest).toBeLessThan(0.5);
      expect(answer.scanLoss).toMatchObject({ unit: null, losslessBytes: null });
      expect(answer.scanLoss!.largestError / largest).toBeCloseTo(1, 4);
      expect(answer.notices.map(({ text }) => text).join()).toMatch(
        /1 value is no number or is infinite/,
      );
      const document = await engine.services.documents.open({
        source,
        path: source,
        maxMegapixels: 1,
        signal,
      });
      const shown = await engine.run('compress', {
        document: document.id,
        quality: 80,
        scans: true,
      });
      const layer = document.layer(shown.layer)!;
      engine.services.documents.close(document.id);
      expect(shown.scanLoss!.largestError / answer.scanLoss!.largestError).toBeCloseTo(1, 4);
      for (let i = 0; i < raster.data.length; i += 97)
        expect(layer.raster.data[i]! * 4 + 100).toBeCloseTo(raster.data[i]! * slope + intercept, 4);
    },
  );

  it.skipIf(!existsSync(ct))('a slice of CT', { timeout: patience }, async () => {
    const { answer, before, after, largest } = await roundTrip(ct, 'ct.hgl', 60);
    expect(after.raster.sampleType).toBe(before.raster.sampleType);
    expect(after.raster.scale).toEqual(before.raster.scale);
    expect(answer.scanLoss).toMatchObject({ unit: 'HU' });
    expect(answer.scanLoss!.largestError).toBeCloseTo(largest, 9);
    // JPEG-LS of such a slice; the latent file is smaller, or nobody would want it.
    const { losslessBytes } = answer.scanLoss!;
    expect(losslessBytes).toBeGreaterThan(80_000);
    expect(losslessBytes).toBeLessThan(260_000);
    expect(answer.bytes).toBeLessThan(losslessBytes! / 2);
  });

  it.skipIf(!existsSync(pet))(
    'a slice of PET, which has a scale of its own',
    { timeout: patience },
    async () => {
      const { answer, before, after, largest } = await roundTrip(pet, 'pet.hgl');
      expect(after.raster.scale).toEqual(before.raster.scale);
      expect(answer.scanLoss!.largestError / largest).toBeCloseTo(1, 6);
      expect(answer.scanLoss!.unit).toBe(before.raster.scale!.unit);
    },
  );

  it(
    'the window shows what the export writes, with the same error',
    { timeout: patience },
    async () => {
      const words = Int16Array.from(soft((x, y) => -1000 + 12 * x + 9 * y));
      writeFileSync(at('shown.dcm'), madeDicom({ ...size, '0028,0103': ['US', 1] }, words));
      const source = at('shown.dcm');
      const { documents } = engine.services;
      const document = await documents.open({ source, path: source, maxMegapixels: 1, signal });
      await expect(
        engine.run('compress', { document: document.id, quality: 70 }),
      ).rejects.toMatchObject({ code: 'unsupported-image' });
      const shown = await engine.run('compress', {
        document: document.id,
        quality: 70,
        scans: true,
      });
      const { raster } = document.layer(shown.layer)!;
      const answer = await engine.run('encode', {
        source,
        out: at('shown.hgl'),
        quality: 70,
        scans: true,
      });
      const peer = await engine.run('peer', { document: document.id, format: 'jpeg', bytes: 2000 });
      const beside = document.layer(peer.layer)!.raster.data;
      let off = 0;
      for (const [at, value] of words.entries()) off += Math.abs(beside[at]! - value);
      // JPEG of 8 bits has steps of 16 of these 4096 values.
      expect(off / words.length).toBeLessThan(16);
      documents.close(document.id);
      expect(answer.scanLoss).toEqual(shown.scanLoss);
      const file = await opened(at('shown.hgl'));
      expect(raster.data).toEqual(file.raster.data);
      const decoded = await engine.run('decode', { source: at('shown.hgl'), out: at('back.tif') });
      const back = await decodeImage({ path: decoded.output });
      expect(back.raster.sampleType).toBe('int16');
      expect(back.raster.data).toEqual(file.raster.data);
    },
  );

  it(
    'a damaged part of padding is named, and costs the padding alone',
    { timeout: patience },
    async () => {
      if (!existsSync(at('padded.hgl'))) throw new Error('the test before wrote it');
      const bytes = readFileSync(at('padded.hgl'));
      const { info } = await openLatentFile(bytes);
      const before = info.chunks.findIndex(({ type }) => type === 'PADD');
      const streams = info.previewBytes + info.restBytes + 16;
      const chunks = info.chunks.slice(before).reduce((sum, one) => sum + one.bytes, 0);
      bytes[bytes.length - streams - chunks + 3]! ^= 1;
      writeFileSync(at('hurt.hgl'), bytes);
      const whole = await opened(at('padded.hgl'));
      const hurt = await opened(at('hurt.hgl'));
      expect(hurt.notices.map(({ text }) => text).join()).toMatch(
        /says of padding is damaged from line 0/,
      );
      whole.raster.data.forEach((value, i) => {
        if (value !== -50) expect(hurt.raster.data[i]).toBe(value);
        else expect(hurt.raster.data[i]).not.toBe(-50);
      });
    },
  );
});
