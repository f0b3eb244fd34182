/** What `info` says of scans: tags, headers, series; on files of a few elements, and the pack's. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ScanInfo } from '../../../app/contract/scans.ts';
import { scanInfoWords } from '../../../app/hosts/cli/scan-info.ts';
import { describeDicom, describeFolder, describeNifti } from '../../../app/scans/info.ts';
import type { TagModel } from '../../../app/contract/scans.ts';
import { dataPack, noDataPack } from '../../data.ts';
import { debianTool } from '../../debian.ts';
import { madeDicom, type Elements } from './made-dicom.ts';
import { madeNifti, zipped, type Made } from './nifti-made.ts';

const folder = mkdtempSync(join(tmpdir(), 'hourglass-info-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const context = { signal: new AbortController().signal } as never;
const ask = async (describe: typeof describeDicom, source: string): Promise<ScanInfo> =>
  (await describe({ source }, context, {} as never)) as ScanInfo;
let count = 0;
async function said(elements: Elements): Promise<ScanInfo> {
  const source = join(folder, `${++count}.dcm`);
  writeFileSync(source, madeDicom(elements));
  return ask(describeDicom, source);
}

describe('tags of a file', () => {
  test('are DICOM’s JSON model, nested and private ones too', async () => {
    const { dataSet, notices } = await said({
      '0008,0005': ['CS', '\\ISO 2022 IR 87'],
      '0010,0010': ['PN', Buffer.from('Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B', 'latin1')],
      '0008,103e': ['LO', ''],
      '0009,0010': ['LO', 'MAKER'],
      '0009,1001': ['SQ', [{ '0009,0010': ['LO', 'MAKER'], '0009,1002': ['LO', 'inside'] }]],
      '0020,0032': ['DS', '1.50\\-2\\'],
      '0028,1056': ['CS', 'LINEAR'],
      '0028,0106': ['SS', -5],
    });
    const model = dataSet as TagModel;
    expect(model['00100010']).toEqual({
      ...{ vr: 'PN', name: 'PatientName' },
      Value: [{ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' }],
    });
    expect(model['0008103E']).toEqual({ vr: 'LO', name: 'SeriesDescription' });
    expect(model['00090010']).toMatchObject({ name: 'PrivateCreator', Value: ['MAKER'] });
    expect(model['00091001']).toMatchObject({ vr: 'SQ', name: 'MAKER' });
    const [item] = model['00091001']!.Value as TagModel[];
    expect(item!['00091002']).toEqual({ vr: 'LO', name: 'MAKER', Value: ['inside'] });
    expect(model['00200032']!.Value).toEqual([1.5, -2, null]);
    expect(model['00280106']!.Value).toEqual([-5]);
    expect(model['00280010']).toEqual({ vr: 'US', name: 'Rows', Value: [3] });
    expect(model['7FE00010']).toEqual({
      ...{ vr: 'OW', name: 'PixelData' },
      InlineBinary: Buffer.alloc(24).toString('base64'),
    });
    expect(notices[0]!.text).toMatch(/who the patient is/);
  });

  test('that are long are said by their size', async () => {
    const { dataSet } = await said({
      '0009,1001': ['OB', new Uint8Array(1000)],
      '0009,1002': ['US', Array.from({ length: 300 }, (_, at) => at)],
      '0009,1003': ['UT', 'x'.repeat(9000)],
    });
    const model = dataSet as TagModel;
    expect(model['00091001']).toEqual({ vr: 'OB', bytes: 1000 });
    expect(model['00091002']).toMatchObject({ bytes: 600 });
    expect(model['00091002']!.Value).toHaveLength(256);
    expect(model['00091003']).toMatchObject({ bytes: 9000, Value: ['x'.repeat(4096)] });
  });

  test('are a table for people, which no value of theirs can leave', async () => {
    const words = scanInfoWords(
      await said({
        '0008,103e': ['LO', 'a\x1b[2Jb'],
        '0008,2112': ['SQ', [{ '0008,1155': ['UI', '9.9'] }]],
      }),
    );
    expect(words).toMatch(/^\(0008,103E\) +LO +SeriesDescription +a\\x1b\[2Jb$/m);
    expect(words).toMatch(/^>\(0008,1155\) +UI +ReferencedSOPInstanceUID +9\.9$/m);
    expect(words).toMatch(/^\(0008,2112\) +SQ +SourceImageSequence +1 item$/m);
    const tags = [...words.matchAll(/^\(([0-9A-F]{4}),/gm)].map(([, group]) => group!);
    expect(tags).toEqual(tags.toSorted());
  });

  test('of a file that is cut short are those before the cut', async () => {
    const source = join(folder, 'cut.dcm');
    const whole = madeDicom();
    writeFileSync(source, whole.subarray(0, whole.length - 5));
    const { dataSet, notices } = await ask(describeDicom, source);
    expect(dataSet).toHaveProperty('00280103');
    expect(dataSet).not.toHaveProperty('7FE00010');
    expect(notices[1]!.text).toMatch(/cut short/);
  });
});

test('a folder is its series, with what is not the same in all slices', async () => {
  const series = join(folder, 'series');
  mkdirSync(series);
  const slice = (z: number): Elements => ({
    '0008,0018': ['UI', `1.2.3.${z + 1}`],
    '0020,000e': ['UI', '1.2.3'],
    '0020,0032': ['DS', `0\\0\\${z}`],
    '0020,0037': ['DS', '1\\0\\0\\0\\1\\0'],
    '0028,0030': ['DS', '0.5\\0.25'],
  });
  for (const [name, z] of [
    ['b', 0],
    ['a', 2],
    ['c', 4],
    ['d', 8],
  ] as const)
    writeFileSync(join(series, `${name}.dcm`), madeDicom(slice(z)));
  writeFileSync(join(series, 'notes.txt'), 'no image');
  const info = await ask(describeFolder, series);
  expect(info.series).toHaveLength(1);
  const [one] = info.series!;
  expect(one!.files).toEqual(['b.dcm', 'a.dcm', 'c.dcm', 'd.dcm']);
  expect(one!.differing).toEqual(['00080018', '00200032']);
  expect(one!.facts).toContainEqual({ name: 'size', value: '4 × 3 × 4' });
  expect(one!.facts).toContainEqual({ name: 'spacing', value: '0.25 mm × 0.5 mm × 2 mm' });
  expect(info.notices.map(({ text }) => text).join()).toMatch(/do not lie evenly/);
  expect(scanInfoWords(info)).toMatch(/0\\0\\0 \(other slices: others\)/);
  // All that can not be read are named, not the first alone.
  for (const name of ['x.dcm', 'y.dcm'])
    writeFileSync(join(series, name), madeDicom(slice(1)).subarray(0, 300));
  const broken = (await ask(describeFolder, series)).notices.map(({ text }) => text).join();
  expect(broken).toMatch(/2 DICOM files of series can not be read: .*x\.dcm.*y\.dcm/);
  mkdirSync(join(folder, 'empty'));
  await expect(ask(describeFolder, join(folder, 'empty'))).rejects.toThrow(/no DICOM files/);
});

test.each([false, true])(
  'a NIfTI header is told by its own names, little endian: %s',
  async (little) => {
    const made: Made = {
      ...{ dims: [4, 3, 2], datatype: 4, values: (at) => at, little, slope: 0.5, intercept: -3 },
      sform: { code: 1, rows: [-1, 0, 0, 5, 0, -1, 0, 6, 0, 0, 2, 7] },
    };
    for (const [name, bytes] of [
      ['a.nii', madeNifti(made)],
      ['a.nii.gz', zipped(madeNifti(made))],
    ] as const) {
      writeFileSync(join(folder, name), bytes);
      const { facts } = await ask(describeNifti, join(folder, name));
      const values = Object.fromEntries(facts.map((one) => [one.name, one.value]));
      expect(values).toMatchObject({
        ...{ byte_order: little ? 'little endian' : 'big endian', dim: '3 4 3 2', datatype: '4' },
        ...{ bitpix: '16', scl_slope: '0.5', scl_inter: '-3', orientation: 'LPS' },
        srow_z: '0 0 2 7',
      });
    }
  },
);

const pack = dataPack && join(dataPack, 'dicom-tests');
const dcm2json = pack && debianTool('dcm2json', 'dcmtk');
test.skipIf(!dcm2json)(`dcmtk says the same${pack ? '' : ` (${noDataPack})`}`, async () => {
  const names = [
    'CT_small.dcm',
    'emri_small_big_endian.dcm',
    'JLSL__CT2_JLSL.dcm',
    'MR_small_padded.dcm',
  ];
  for (const name of names) {
    const source = join(pack!, name);
    const { dataSet } = await ask(describeDicom, source);
    const { stdout } = spawnSync(dcm2json!, ['-fc', source], { encoding: 'utf8', maxBuffer: 1e8 });
    // dcmtk 3.6.7 leaves commas before the end of some objects.
    const theirs = JSON.parse(stdout.replace(/,(\s*[}\]])/g, '$1')) as TagModel;
    let compared = 0;
    for (const [tag, value] of Object.entries(dataSet as TagModel)) {
      // They turn text into UTF-8 and say so; here the set is the file's.
      const isOther =
        tag === '00080005' ||
        tag.startsWith('0002') ||
        tag.endsWith('0000') ||
        value.bytes !== undefined;
      if (isOther || value.vr === 'SQ' || !(tag in theirs)) continue;
      compared += 1;
      const other = theirs[tag]!;
      expect([tag, value.vr]).toEqual([tag, other.vr]);
      const numbers = (values: readonly unknown[] | undefined): unknown =>
        values?.map((one) => (typeof one === 'number' ? Number(one.toPrecision(6)) : one));
      if (!value.InlineBinary)
        expect([tag, numbers(value.Value)]).toEqual([tag, numbers(other.Value)]);
    }
    expect(compared).toBeGreaterThan(20);
  }
});
