/** What the screen asks of an open scan: regions, lines, whose it is, where it lies. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentInfo } from '../../../app/contract/index.ts';
import { createDocumentStore } from '../../../app/pixels/index.ts';
import { parseDicom } from '../../../app/scans/dicom/file.ts';
import { scannedOf } from '../../../app/scans/dicom/place.ts';
import { dicomReader } from '../../../app/scans/dicom/reader.ts';
import { identity } from '../../../app/scans/identity.ts';
import { profile, region } from '../../../app/scans/measures.ts';
import { niftiReader } from '../../../app/scans/nifti/reader.ts';
import { scratchFolder } from '../pixels/support.ts';
import { madeDicom, type Elements } from './made-dicom.ts';

const folder = scratchFolder();
const context = { signal: new AbortController().signal } as never;
const documents = createDocumentStore({
  maxBytes: 1e9,
  readers: { dicom: dicomReader, nifti: niftiReader },
});
const services = { documents } as never;
let count = 0;

async function opened(elements: Elements = {}, words = new Uint16Array(12)): Promise<DocumentInfo> {
  const path = join(folder, `${count++}.dcm`);
  writeFileSync(path, madeDicom(elements, words));
  const { info } = await documents.open({ source: path, path, maxMegapixels: 10 } as never);
  return info;
}

describe('regions and lines', () => {
  let info: DocumentInfo;
  beforeAll(async () => {
    const words = Uint16Array.from({ length: 12 }, (_, i) => (i === 5 ? 2000 : i));
    info = await opened(
      {
        '0028,0120': ['US', 2000],
        '0028,1052': ['DS', '-1000'],
        '0028,1053': ['DS', '2'],
      },
      words,
    );
  });
  afterAll(() => documents.close(info.document));
  const measured = (rect: { x: number; y: number; width: number; height: number }) =>
    region({ document: info.document, layer: 'source', rect }, context, services);

  it('mean and deviation are those of measured values, padding left out', async () => {
    // 4 columns: 0 1 / 4 (5 is padding).
    const values = [0, 1, 4].map((value) => 2 * value - 1000);
    const mean = values.reduce((a, b) => a + b) / 3;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3);
    const found = await measured({ x: 0, y: 0, width: 2, height: 2 });
    expect(found).toMatchObject({ count: 3, least: -1000, most: -992 });
    expect(found.mean).toBeCloseTo(mean, 9);
    expect(found.deviation).toBeCloseTo(deviation, 9);
    expect(await measured({ x: 1, y: 1, width: 1, height: 1 })).toMatchObject({
      ...{ count: 0, mean: null, deviation: null },
    });
  });

  it('a line has the values of the pixels nearest to it, ends included', async () => {
    const along = (from: { x: number; y: number }, to: { x: number; y: number }) =>
      profile({ document: info.document, layer: 'source', from, to }, context, services);
    expect((await along({ x: 3, y: 0 }, { x: 0, y: 0 })).values).toEqual([-994, -996, -998, -1000]);
    expect((await along({ x: 0, y: 0 }, { x: 2, y: 2 })).values).toEqual([-1000, null, -980]);
    expect((await along({ x: 1, y: 1 }, { x: 1, y: 1 })).values).toEqual([null]);
    await expect(along({ x: 0, y: 0 }, { x: 4, y: 0 })).rejects.toMatchObject({ code: 'invalid-parameter' }); // prettier-ignore
    await expect(measured({ x: 3, y: 0, width: 2, height: 1 })).rejects.toThrow('lies outside');
  });
});

it('colours are not measured', async () => {
  const { document } = await opened(
    {
      ...{ '0028,0002': ['US', 3], '0028,0004': ['CS', 'RGB'], '0028,0006': ['US', 0] },
      ...{ '0028,0100': ['US', 8], '0028,0101': ['US', 8], '0028,0102': ['US', 7] },
    },
    new Uint16Array(18),
  );
  const rect = { x: 0, y: 0, width: 1, height: 1 };
  await expect(region({ document, layer: 'source', rect }, context, services)).rejects.toThrow('has colours'); // prettier-ignore
}); // prettier-ignore

it('where a slice lies, and what a document says of it; whose it is only where that is asked', async () => {
  const info = await opened({
    '0008,0005': ['CS', 'ISO_IR 192'],
    '0008,0020': ['DA', '20010203'],
    '0008,1030': ['LO', 'Chest'],
    '0010,0010': ['PN', Buffer.from('Weiß^Änne^^Dr.=ideo ', 'utf8')],
    '0010,0020': ['LO', 'canary-17'],
    '0020,0032': ['DS', '-100\\-50\\7.5'],
    '0020,0037': ['DS', '2\\0\\0\\0\\1\\0'],
    '0028,0030': ['DS', '0.5\\0.25'],
  });
  expect(info).toMatchObject({
    modality: 'CT',
    pixelSize: { x: 0.25, y: 0.5 },
    place: { origin: [-100, -50, 7.5], right: [1, 0, 0], down: [0, 1, 0] },
  });
  expect(JSON.stringify(info)).not.toMatch(/canary|Wei|2001/);
  expect(await identity({ document: info.document }, context, services)).toEqual({
    ...{ patient: 'Weiß, Änne Dr.', patientId: 'canary-17' },
    ...{ study: 'Chest', studyDate: '2001-02-03', series: null },
  });
  const plain = await opened();
  expect(plain.place).toBeUndefined();
  expect(await identity({ document: plain.document }, context, services)).toEqual({
    ...{ patient: null, patientId: null, study: null, studyDate: null, series: null },
  });
});

const vector = '0\\50\\400';
const pointer = (group: number, element: number): Buffer =>
  Buffer.from(Uint16Array.of(group, element).buffer);
it.each([
  [
    'Recommended Display Frame Rate',
    { '0008,2144': ['IS', '25'], '0018,0040': ['IS', '30'] },
    { milliseconds: 40, said: 'RecommendedDisplayFrameRate' },
  ],
  [
    'Cine Rate',
    { '0018,0040': ['IS', '50 '], '0018,1063': ['DS', '40'] },
    { milliseconds: 20, said: 'CineRate' },
  ],
  ['Frame Time', { '0018,1063': ['DS', '40.0'] }, { milliseconds: 40, said: 'FrameTime' }],
  ['one that is no rate', { '0008,2144': ['IS', '0'], '0018,1063': ['DS', '-1'] }, undefined],
  [
    'Frame Time Vector',
    { '0018,1065': ['DS', vector] },
    { milliseconds: 50, said: 'FrameTimeVector' },
  ],
  [
    'a vector that is pointed to',
    {
      '0018,0040': ['IS', '4'],
      '0018,1065': ['DS', vector],
      '0028,0009': ['AT', pointer(0x18, 0x1065)],
    },
    { milliseconds: 50, said: 'FrameTimeVector' },
  ],
  [
    'a vector beside the time that is pointed to',
    {
      '0018,1063': ['DS', '40'],
      '0018,1065': ['DS', vector],
      '0028,0009': ['AT', pointer(0x18, 0x1063)],
    },
    { milliseconds: 40, said: 'FrameTime' },
  ],
  ['a vector of zeros', { '0018,1065': ['DS', '0\\0'] }, undefined],
  ['a vector of one', { '0018,1065': ['DS', '33'] }, undefined],
] as const)('frames are played as the file asks: %s', async (_, elements, cine) => {
  expect((await opened(elements as never)).cine).toEqual(cine);
});

it('of a vector each frame has its own time, the last one the mean of the others', () => {
  const bytes = madeDicom({ '0018,1065': ['DS', vector], '0028,0008': ['IS', '3'] });
  const { dataSet } = parseDicom(bytes, 'made.dcm');
  const times = [0, 1, 2].map((frame) => scannedOf(dataSet, frame).cine?.milliseconds);
  expect(times).toEqual([50, 400, 225]);
});
