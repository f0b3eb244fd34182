/** De-identified objects (PS3.15, annex E): nothing of canaries in every removable element stays, and what is left is valid DICOM. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dicomParser, { type DataSet } from 'dicom-parser';
import { afterAll, describe, expect, test } from 'vitest';
import { decodeImage } from '../../../app/pixels/index.ts';
import { profileRows } from '../../../app/scans/dicom/deidentify/profile-data.ts';
import { retainable, type Retained } from '../../../app/contract/dicom-object.ts';
import { countsOf, deidentified as clean } from '../../../app/scans/dicom/deidentify/deidentify.ts';
import { explicitLittle, readFile } from '../../../app/scans/dicom/write/elements.ts';
import { derivedUid } from '../../../app/scans/dicom/write/uids.ts';
import { dataPack, noDataPack } from '../../data.ts';
import { canaries, withCanaries } from './canaries.ts';
import {
  dciodvfy,
  dcmdump,
  errorsOf,
  excepted,
  plainTwin,
  readableOfPack,
} from './pack-objects.ts';
import { madeDicom, type Elements } from './made-dicom.ts';
import { cleaned, readers, run, writtenObject, type Written } from './written.ts';

const folder = mkdtempSync(join(tmpdir(), 'hourglass-deidentified-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

type Options = Parameters<typeof writtenObject>[2];

async function deidentified(
  elements: Elements,
  { words, ...options }: Options & { words?: ArrayBufferView } = {},
): Promise<Written & { dataSet: DataSet; output: Buffer }> {
  const source = join(folder, `${++count}.dcm`);
  writeFileSync(source, madeDicom(elements, words));
  const name = `${count}-out.dcm`;
  const result = await writtenObject(source, folder, { name, deidentify: true, ...options });
  const output = readFileSync(result.path);
  return { ...result, output, dataSet: dicomParser.parseDicom(output) };
}

const codesOf = (dataSet: DataSet): (string | undefined)[] =>
  dataSet.elements['x00120064']!.items!.map(({ dataSet: item }) => item!.string('x00080100'));

const person: Elements = {
  '0008,0005': ['CS', 'ISO_IR 100'],
  '0008,0020': ['DA', '20200102'],
  '0008,0080': ['LO', 'St. Elsewhere'],
  '0008,1010': ['SH', 'CT-ROOM-4'],
  '0008,103e': ['LO', 'Thorax of John'],
  '0008,2111': ['ST', 'Filtered for Dr. House'],
  '0010,0010': ['PN', 'Doe^John'],
  '0010,0020': ['LO', '4711'],
  '0010,0040': ['CS', 'M'],
  '0018,0060': ['DS', '120'],
  '0018,1000': ['LO', 'SERIAL-1'],
  '0018,a001': ['SQ', [{ '0008,0070': ['LO', 'Maker'], '0018,a003': ['ST', 'By Jane'] }]],
  '0020,000d': ['UI', '1.2.3.1'],
  '0020,000e': ['UI', '1.2.3.2'],
  '0020,0052': ['UI', '1.2.840.10008.1.4.1.1'],
};

describe('a de-identified object', () => {
  test('the table has all rows of the standard but two, which are rules, each once', () => {
    const tags = Object.values(profileRows).flatMap((row) => row.split(' '));
    expect(tags).toHaveLength(619);
    expect(new Set(tags).size).toBe(619);
    expect(tags.every((tag) => /^[0-9a-f]{8}$/.test(tag))).toBe(true);
  });

  test('has a list of what was removed, emptied, replaced and kept, without a value', async () => {
    const { deidentified: list, notices } = await deidentified({
      ...person,
      '0009,0010': ['LO', 'MAKER'],
    });
    const of = (path: string) => list!.find((one) => one.path === path);
    expect(of('(0010,0010)')).toEqual({
      ...{ path: '(0010,0010)', keyword: 'PatientName', action: 'emptied', count: 1 },
    });
    expect(of('(0010,0020)')).toMatchObject({ keyword: 'PatientID' });
    expect(of('(0020,000D)')).toMatchObject({ keyword: 'StudyInstanceUID', action: 'replaced' });
    expect(of('(0018,0060)')).toMatchObject({ keyword: 'KVP', action: 'kept' });
    expect(of('(0009,0010)')).toMatchObject({ keyword: null, action: 'removed' });
    const sum = (...actions: string[]): number =>
      list!.reduce((all, { action, count }) => all + (actions.includes(action) ? count : 0), 0);
    expect(notices[0]!.text).toContain(
      `${sum('removed')} were removed, ${sum('emptied', 'replaced')} emptied or replaced, ${sum('kept')} kept`,
    );
    expect(JSON.stringify(list)).not.toMatch(/Doe|4711|Elsewhere|1\.2\.3|House|Jane|MAKER/);
    const nested = await deidentified({
      '0008,1140': ['SQ', [1, 2].map((at): Elements => ({ '0008,1155': ['UI', `1.2.${at}`] }))],
    });
    expect(nested.deidentified).toContainEqual({
      ...{ path: '(0008,1140)/(0008,1155)', keyword: 'ReferencedSOPInstanceUID' },
      ...{ action: 'replaced', count: 2 },
    });
  });

  test('its list calls nothing kept that deriving leaves out or makes anew', async () => {
    const { deidentified: list, dataSet } = await deidentified(
      { ...person, '0008,0012': ['DA', '20200102'], '0028,0106': ['US', 3] },
      { retain: ['uids', 'dates'] },
    );
    const of = (path: string) => list!.find((one) => one.path === path)?.action;
    expect(dataSet.string('x00080018')).not.toBe('1.2.3.4');
    expect(of('(0008,0018)')).toBe('replaced');
    expect(of('(0020,000E)')).toBe('replaced');
    expect(of('(0020,000D)')).toBe('kept');
    expect(of('(0008,0012)')).toBe(dataSet.elements['x00080012'] ? 'replaced' : 'removed');
    expect(dataSet.elements['x00280106']).toBeUndefined();
    expect(of('(0028,0106)')).toBe('removed');
    expect(of('(0008,0020)')).toBe('kept');
  });

  test('says that it is one, and how; what was done to its pixels stays', async () => {
    const { dataSet, notices } = await deidentified(person);
    expect(dataSet.string('x00120062')).toBe('YES');
    expect(dataSet.string('x00280303')).toBe('REMOVED');
    expect(codesOf(dataSet)).toEqual(['113100', '113105']);
    expect(dataSet.string('x00082111')).toBe(
      'Hourglass 0.1.0: denoise-scan-fast 1.0.0, noise level 3.0, CPU. Not for diagnosis.',
    );
    expect(dataSet.string('x0008103e')).toBe('cleaned');
    const [before, ours] = dataSet.elements['x0018a001']!.items!.map((item) => item.dataSet!);
    expect(before!.string('x00080070')).toBe('Maker');
    expect(before!.string('x0018a003')).toBeUndefined();
    expect(ours!.string('x0018a003')).toContain('denoise-scan-fast');
    expect(notices.map(({ text }) => text)).toEqual([
      expect.stringMatching(/de-identified .*: of its elements \d+ were removed, \d+ emptied/),
      expect.stringMatching(/whether text is burned into its pixels, its source does not say/),
    ]);
  });

  test('has empty, dummy and other values where the profile wants them, and technique as it was', async () => {
    const { dataSet } = await deidentified(person);
    expect(dataSet.elements['x00100010']!.length).toBe(0);
    expect(dataSet.elements['x00080020']!.length).toBe(0);
    expect(dataSet.string('x00080080')).toBe('ANONYMIZED');
    expect(dataSet.string('x00100020')).toMatch(/^ANON-\d{12}$/);
    expect(dataSet.string('x00180060')).toBe('120');
    const mapped = (uid: string): string => derivedUid(run, 'uid', uid);
    expect(dataSet.string('x0020000d')).toBe(mapped('1.2.3.1'));
    expect(dataSet.string('x00200052')).toBe('1.2.840.10008.1.4.1.1');
    const source = dataSet.elements['x00082112']!.items![0]!.dataSet!;
    expect(source.string('x00081150')).toBe('1.2.840.10008.5.1.4.1.1.2');
    expect(source.string('x00081155')).toBe(mapped('1.2.3.4'));
    expect(dataSet.string('x00080018')).toMatch(/^2\.25\.\d+$/);
  });

  test('patients and studies stay apart in a run, and together', async () => {
    const other: Elements = {
      ...person,
      '0010,0020': ['LO', '4712'],
      '0020,000d': ['UI', '1.2.9'],
    };
    const [one, again, second] = [
      await deidentified(person),
      await deidentified(person),
      await deidentified(other),
    ].map(({ dataSet }) => [dataSet.string('x00100020'), dataSet.string('x0020000d')]);
    expect(again).toEqual(one);
    for (const [at, value] of second!.entries()) expect(value).not.toBe(one![at]);
  });

  const retained: Readonly<Record<Retained, readonly [tag: string, value: string, code: string]>> =
    {
      uids: ['x0020000d', '1.2.3.1', '113110'],
      device: ['x00181000', 'SERIAL-1', '113109'],
      institution: ['x00080080', 'St. Elsewhere', '113112'],
      patient: ['x00100040', 'M', '113108'],
      dates: ['x00080020', '20200102', '113106'],
    };
  test.each(retainable)('retains %s, and nothing else, where that is asked for', async (option) => {
    const { dataSet, notices } = await deidentified(person, { retain: [option] });
    for (const [one, [tag, value]] of Object.entries(retained))
      expect(dataSet.string(tag) === value, one).toBe(one === option);
    expect(codesOf(dataSet)).toEqual(['113100', '113105', retained[option][2]]);
    expect(dataSet.string('x00280303')).toBe(option === 'dates' ? 'UNMODIFIED' : 'REMOVED');
    expect(notices.at(-1)!.text).toContain(option);
  });

  test.each([
    ['YES', [expect.stringMatching(/its source says that text is burned into/)]],
    ['NO', []],
  ])('of a source whose Burned In Annotation is %s', async (value, expected) => {
    const { notices } = await deidentified({ '0028,0301': ['CS', value] });
    expect(notices.slice(1).map(({ text }) => text)).toEqual(expected);
  });

  test('overlays beside the samples are cleared, and padding there is not', async () => {
    const words = Uint16Array.from({ length: 12 }, (_, at) => at | 0x8000);
    const overlay: Elements = {
      ...{ '6000,0010': ['US', 3], '6000,0011': ['US', 4], '6000,0100': ['US', 16] },
      '6000,0102': ['US', 15],
    };
    const wordsOf = ({ dataSet, output }: Awaited<ReturnType<typeof deidentified>>): number[] => {
      const { dataOffset, length } = dataSet.elements['x7fe00010']!;
      return Array.from({ length: length / 2 }, (_, i) => output.readUInt16LE(dataOffset + 2 * i));
    };
    const without = await deidentified(overlay, { words });
    expect(wordsOf(without)).toEqual([...words].map((word) => word & 0x7fff));
    expect(Object.keys(without.dataSet.elements).some((tag) => tag.startsWith('x60'))).toBe(false);
    expect(wordsOf(await deidentified({}, { words }))).toEqual([...words]);
  });

  test('nothing behind the last frame stays', async () => {
    const words = new Uint16Array(20);
    words.fill(0xabcd, 12);
    const { dataSet } = await deidentified({}, { words });
    expect(dataSet.elements['x7fe00010']!.length).toBe(24);
  });

  test('no canary of a made object stays, explicit or as JPEG-LS', async () => {
    const source = join(folder, 'canaries.dcm');
    writeFileSync(source, withCanaries(madeDicom(person), 'canaries.dcm'));
    const before = readFileSync(source);
    expect(canaries.slice(0, 2).every((canary) => before.includes(canary))).toBe(true);
    for (const transferSyntax of ['explicit', 'jpeg-ls'] as const) {
      const name = `no-canaries-${transferSyntax}.dcm`;
      const { path } = await writtenObject(source, folder, {
        ...{ transferSyntax, deidentify: true, change: cleaned, name },
      });
      expect(found(readFileSync(path))).toEqual([]);
    }
    // The test would see them.
    const { path } = await writtenObject(source, folder, { name: 'with-canaries.dcm' });
    expect(found(readFileSync(path)).length).toBeGreaterThan(8);
  });
});

test('an element of any VR goes, those that the reader of pictures does not know too', () => {
  const name = 'every-vr.dcm';
  const bytes = withCanaries(madeDicom(person), name);
  const { elements } = readFile(bytes, name, explicitLittle);
  const { source, list } = clean({
    ...{ name, source: { bytes, encoding: explicitLittle, signed: false }, elements },
    ...{ to: explicitLittle, run, retain: [] },
  });
  expect(found(source.bytes)).toEqual([]);
  expect(countsOf(list).removed).toBeGreaterThan(1000);
});

const found = (bytes: Buffer): string[] =>
  canaries.filter((canary) => bytes.includes(canary)).map((canary) => canary.toString('latin1'));

const pack = dataPack && join(dataPack, 'dicom-tests');
const readable = await readableOfPack();

describe.skipIf(!pack)(`de-identified objects of the pack${pack ? '' : ` (${noDataPack})`}`, () => {
  test.each(readable)('%s with canaries everywhere: none stays, and it is read', async (name) => {
    const source = join(folder, `canaries-${name}`);
    writeFileSync(source, withCanaries(readFileSync(join(pack!, name)), name));
    const { path } = await writtenObject(source, folder, {
      ...{ deidentify: true, name: `out-${name}` },
    });
    expect(found(readFileSync(path))).toEqual([]);
    const [one, other] = [
      await decodeImage({ path: source, readers }),
      await decodeImage({ path, readers }),
    ];
    expect(other.raster.data.length).toBe(one.raster.data.length);
    if (!dcmdump) return;
    const dump = spawnSync(dcmdump, ['-q', path], { encoding: 'latin1' });
    expect([dump.status, dump.stderr]).toEqual([0, '']);
  });

  test.skipIf(!dciodvfy).each(readable)(
    '%s: dciodvfy finds no error that its source has not',
    async (name) => {
      const source = join(pack!, name);
      const { path } = await writtenObject(source, folder, { deidentify: true });
      const known = new Set(errorsOf(plainTwin(source, name, folder)));
      const summary = /^Error - Dicom dataset contains invalid data values/;
      const fresh = errorsOf(path).filter((error) => !known.has(error) && !summary.test(error));
      expect(fresh.filter((error) => !excepted.some((one) => one.test(error)))).toEqual([]);
      expect(existsSync(path)).toBe(true);
    },
  );
});
