/** What of an object changes when it is written again, on objects of a few elements: `derive.ts`, `frame.ts`, `uids.ts`. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dicomParser, { type DataSet } from 'dicom-parser';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { timedId, timeOfId } from '../../../app/contract/index.ts';
import { createWriter, decodeImage } from '../../../app/pixels/index.ts';
import type { PixelFacts } from '../../../app/scans/dicom/image.ts';
import { frameThread } from '../../../app/scans/frame-thread.ts';
import { FrameBack } from '../../../app/scans/dicom/write/frame.ts';
import { derivedUid, timeOfRun } from '../../../app/scans/dicom/write/uids.ts';
import { readFile as elementsOf } from '../../../app/scans/dicom/write/elements.ts';
import { debianTool } from '../../debian.ts';
import { collectGarbage } from '../../garbage.ts';
import { madeDicom, type Elements } from './made-dicom.ts';
import { readers, run, writtenObject, type Written } from './written.ts';

const folder = mkdtempSync(join(tmpdir(), 'hourglass-write-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const dcmconv = debianTool('dcmconv', 'dcmtk');

type Options = Parameters<typeof writtenObject>[2];

async function written(
  elements: Elements,
  words?: ArrayBufferView,
  options?: Options,
): Promise<Omit<Written, 'bytes'> & { dataSet: DataSet; source: string; bytes: Buffer }> {
  const source = join(folder, `${++count}.dcm`);
  writeFileSync(source, madeDicom(elements, words));
  const result = await writtenObject(source, folder, { name: `${count}-out.dcm`, ...options });
  const bytes = readFileSync(result.path);
  return { ...result, source, bytes, dataSet: dicomParser.parseDicom(bytes) };
}

/** UID of what is made of a file whose own is 1.2.3.4. */
const instanceOf = (file: string): string => {
  const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
  return derivedUid(run, 'instance', JSON.stringify(['1.2.3.4', hash]));
};

const itemOf = (dataSet: DataSet, tag: string, at = 0): DataSet =>
  dataSet.elements[tag]!.items![at]!.dataSet!;

describe('parts of one concatenation', () => {
  const tags = { id: 'x00209161', whole: 'x00200242', series: 'x0020000e', own: 'x00080018' };
  const part = async (number: number, id: string, whole: string, options?: Options) => {
    const elements: Elements = {
      ...{ '0008,0018': ['UI', `1.2.3.${number}`], '0020,000e': ['UI', '1.2.9'] },
      ...{ '0020,0242': ['UI', whole], '0020,9161': ['UI', id], '0020,9162': ['US', number] },
      ...{ '0020,9163': ['US', 2], '0020,9228': ['UL', new Uint8Array([number - 1, 0, 0, 0])] },
    };
    const words = new Uint16Array(12).fill(number);
    const { dataSet } = await written(elements, words, options);
    const uids = Object.entries(tags).map(([name, tag]) => [name, dataSet.string(tag) ?? '']);
    return {
      ...(Object.fromEntries(uids) as Record<keyof typeof tags, string>),
      place: [
        dataSet.uint16('x00209162'),
        dataSet.uint16('x00209163'),
        dataSet.uint32('x00209228'),
      ],
    };
  };
  test('stay parts of one, which is not that of the source; another run makes another', async () => {
    const [one, two] = [await part(1, '1.2.5', '1.2.6'), await part(2, '1.2.5', '1.2.6')];
    expect([one.id, one.whole, one.series]).toEqual([two.id, two.whole, two.series]);
    expect(new Set([one.id, one.whole, one.own, two.own, '1.2.5', '1.2.6']).size).toBe(6);
    expect([one.place, two.place]).toEqual([[1, 2, 0], [2, 2, 1]]); // prettier-ignore
    const other = await part(1, '1.2.7', '1.2.8');
    expect(other.id).not.toBe(one.id);
    expect(other.whole).not.toBe(one.whole);
    const again = await part(1, '1.2.5', '1.2.6', { id: '019a0000-1111-7222-8333-444444444445' });
    expect(again.id).not.toBe(one.id);
    expect(again.whole).not.toBe(one.whole);
  });
  test('that do not say of which one do not come apart into several', async () => {
    const parts = [await part(1, '', ''), await part(2, '', '')];
    expect(parts.map(({ id, whole }) => [id, whole])).toEqual([['', ''], ['', '']]); // prettier-ignore
  });
});

describe('ids', () => {
  test('of a run say when it began, and sort by it', () => {
    const now = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    expect(timeOfId(timedId(now))).toBe(now);
    expect(timedId(now) < timedId(now + 1)).toBe(true);
    expect(timeOfId('0e6c8f5a-1c1e-4c3f-9d0b-1c1e4c3f9d0b')).toBeNull();
    expect(timeOfRun(timedId(now))).toBe('20260102030405.678000+0000');
  });
  test('of objects follow from the run and the source', () => {
    const uid = derivedUid(run, 'series', '1.2.3');
    expect(uid).toBe(derivedUid(run, 'series', '1.2.3'));
    expect(
      new Set([
        uid,
        derivedUid(timedId(), 'series', '1.2.3'),
        derivedUid(run, 'series', '1.2.4'),
        derivedUid(run, 'instance', '1.2.3'),
      ]).size,
    ).toBe(4);
    for (let i = 0; i < 200; i++)
      expect(derivedUid(run, 'instance', String(i))).toMatch(/^2\.25\.[1-9]\d{0,38}$/);
  });
});

test('what an encoder does not give back is refused by name, and leaves nothing', async () => {
  const other = vi.spyOn(frameThread, 'decode').mockResolvedValueOnce(new Uint16Array(12).fill(1));
  await expect(
    written({}, new Uint16Array(12), { transferSyntax: 'jpeg-ls', name: 'other.dcm' }),
  ).rejects.toMatchObject({
    message: expect.stringContaining('decoded again for a check') as string,
    hint: expect.stringContaining('--transfer-syntax explicit') as string,
  });
  expect(other).toHaveBeenCalledOnce();
  other.mockRestore();
  expect(existsSync(join(folder, 'other.dcm'))).toBe(false);
});

test('a frame that is laid holds no pixels any more: a thousand wait for the end of their object', async () => {
  const facts = { rows: 2, columns: 3, samples: 1, bitsAllocated: 16, bitsStored: 16, highBit: 15 };
  const held: WeakRef<Uint16Array>[] = [];
  const frame = ((): FrameBack => {
    const words = new Uint16Array(6);
    held.push(new WeakRef(words));
    return new FrameBack('', words, { ...facts, signed: false } as PixelFacts, undefined);
  })();
  frame.rows(new Uint16Array(3), 0);
  frame.rows(new Uint16Array([0, 0, 7]), 1);
  await new Promise((resolve) => setTimeout(resolve, 10));
  collectGarbage();
  expect(held[0]!.deref()).toBeUndefined();
  expect(frame.changed).toBe(true);
});

describe('what an object says of itself', () => {
  const base: Elements = {
    '0008,0008': ['CS', 'ORIGINAL\\PRIMARY\\\\AXIAL'],
    '0008,2111': ['ST', 'Filtered before'],
    '0008,2112': ['SQ', [{ '0008,1155': ['UI', '9.9'] }]],
    '0008,9215': ['SQ', [{ '0008,0100': ['SH', '113040'] }]],
    '0008,103e': ['LO', 'Thorax'],
    '0020,000d': ['UI', '1.2.3.1'],
    '0020,000e': ['UI', '1.2.3.2'],
    '0020,0011': ['IS', '7'],
    '0009,0010': ['LO', 'MAKER'],
    '0009,1001': ['SQ', [{ '0009,1002': ['LO', 'private'] }]],
    '0028,0106': ['US', 1],
    '0088,0200': ['SQ', []],
  };

  const smooths: Options = { change: (data) => (data[0] = 1) };

  test('is derived, from what, by what', async () => {
    const { dataSet, notices, source: file } = await written(base, undefined, smooths);
    expect(notices).toEqual([]);
    expect(dataSet.string('x00080008')).toBe('DERIVED\\SECONDARY\\\\AXIAL');
    expect(dataSet.string('x00082111')).toBe(
      'Filtered before; Hourglass 0.1.0: denoise-scan-fast 1.0.0, noise level 3.0, CPU. Not for diagnosis.',
    );
    const source = itemOf(dataSet, 'x00082112');
    expect([source.string('x00081150'), source.string('x00081155')]).toEqual([
      '1.2.840.10008.5.1.4.1.1.2',
      '1.2.3.4',
    ]);
    expect(itemOf(source, 'x0040a170').string('x00080100')).toBe('121322');
    expect(dataSet.elements['x00089215']!.items).toHaveLength(2);
    expect(itemOf(dataSet, 'x00089215', 0).string('x00080100')).toBe('113040');
    expect(itemOf(dataSet, 'x00089215', 1).string('x00080100')).toBe('113087');
    const equipment = itemOf(dataSet, 'x0018a001');
    expect(equipment.string('x00181020')).toBe('0.1.0');
    expect(equipment.string('x0018a002')).toBe(timeOfRun(run));
    expect(dataSet.string('x0008103e')).toBe('Thorax cleaned');
    expect(dataSet.string('x00200011')).toBe('1007');
    expect(dataSet.string('x0020000d')).toBe('1.2.3.1');
    expect(dataSet.string('x0020000e')).toBe(derivedUid(run, 'series', '1.2.3.2'));
    expect(dataSet.string('x00080018')).toBe(instanceOf(file));
    expect(dataSet.string('x00020003')).toBe(dataSet.string('x00080018'));
    expect(dataSet.elements['x00280106']).toBeUndefined();
    expect(dataSet.elements['x00880200']).toBeUndefined();
  });

  test('was not smoothed where no pixel is another one', async () => {
    const { dataSet } = await written(base, undefined, { cleans: false });
    expect(dataSet.elements['x00089215']!.items).toHaveLength(1);
    expect(dataSet.string('x0008103e')).toBe('Thorax unchanged');
    const plain = Object.fromEntries(
      Object.entries(base).filter(([tag]) => tag !== '0008,9215'),
    ) as typeof base;
    const none = await written(plain);
    expect(none.dataSet.elements['x00089215']).toBeUndefined();
    // One of a series that was cleaned, which had nothing to be cleaned itself.
    expect(none.dataSet.string('x0008103e')).toBe('Thorax cleaned');
  });

  test.each([
    ['Thorax cleaned', true, 'Thorax cleaned again'],
    ['Thorax cleaned again', true, 'Thorax cleaned again'],
    ['Thorax cleaned', false, 'Thorax cleaned'],
    ['Thorax unchanged', true, 'Thorax cleaned'],
    ['Thorax unchanged', false, 'Thorax unchanged'],
    ['uncleaned', true, 'uncleaned cleaned'],
    ['cleaned', true, 'cleaned again'],
  ])('a series called %s, cleaned: %s', async (name, cleans, expected) => {
    const { dataSet } = await written({ '0008,103e': ['LO', name] }, undefined, {
      ...smooths,
      cleans,
    });
    expect(dataSet.string('x0008103e')).toBe(expected);
  });

  test('two files of one UID become two objects, the same file twice the same one', async () => {
    const one = await written(
      base,
      Uint16Array.from({ length: 12 }, () => 1),
    );
    const other = await written(
      base,
      Uint16Array.from({ length: 12 }, () => 2),
    );
    const again = await writtenObject(other.source, folder, { name: 'twin.dcm' });
    const uid = (path: string): string | undefined =>
      dicomParser.parseDicom(readFileSync(path)).string('x00080018');
    expect(uid(one.path)).not.toBe(uid(other.path));
    expect(uid(again.path)).toBe(uid(other.path));
    expect(one.dataSet.string('x0020000e')).toBe(other.dataSet.string('x0020000e'));
  });

  test('the same again after a resume, another in another run', async () => {
    const one = await written(base);
    const again = await writtenObject(one.source, folder, { name: 'again.dcm' });
    expect(readFileSync(again.path).equals(one.bytes)).toBe(true);
    const other = await writtenObject(one.source, folder, { name: 'other.dcm', id: timedId() });
    const dataSet = dicomParser.parseDicom(readFileSync(other.path));
    for (const tag of ['x00080018', 'x0020000e'])
      expect(dataSet.string(tag)).not.toBe(one.dataSet.string(tag));
  });

  test.each([
    ['PET', '1.2.840.10008.5.1.4.1.1.128', 'PRIMARY'],
    ['NM', '1.2.840.10008.5.1.4.1.1.20', 'PRIMARY'],
    ['US', '1.2.840.10008.5.1.4.1.1.6.1', 'SECONDARY'],
  ])('%s has value 2 of Image Type that its IOD takes', async (_, sopClass, value) => {
    const { dataSet } = await written({ '0008,0016': ['UI', sopClass] });
    expect(dataSet.string('x00080008')).toBe(`DERIVED\\${value}`);
  });

  test('private elements and what is nested are copied byte by byte', async () => {
    const { bytes, source } = await written(base);
    const original = readFileSync(source);
    const at = original.indexOf('MAKER') - 8;
    const end = original.indexOf('private') + 8;
    expect(bytes.includes(original.subarray(at, end))).toBe(true);
  });

  test('words that do not fit are cut only where that cuts no character', async () => {
    const long = await written({
      '0008,103e': ['LO', 'a'.repeat(64)],
      '0008,2111': ['ST', 'b'.repeat(1020)],
    });
    expect(long.dataSet.string('x0008103e')).toBe(`${'a'.repeat(56)} cleaned`);
    expect(long.dataSet.string('x00082111')).toMatch(/^Hourglass/);
    const japanese = Buffer.from(`\x1b$B${'0l'.repeat(30)}\x1b(B`, 'latin1');
    const kept = await written({ '0008,103e': ['LO', japanese] });
    expect(kept.dataSet.elements['x0008103e']!.length).toBe(japanese.length);
  });

  test('a source without a UID of its own is not referred to', async () => {
    const { dataSet } = await written({ '0008,0018': ['UI', ''] });
    expect(dataSet.string('x00080018')).toMatch(/^2\.25\./);
  });

  test('numbers that are none stay', async () => {
    const { dataSet } = await written({ '0020,0011': ['IS', ''] });
    expect(dataSet.elements['x00200011']!.length).toBe(0);
  });
});

describe('functional groups', () => {
  const enhanced: Elements = {
    '0008,0016': ['UI', '1.2.840.10008.5.1.4.1.1.2.1'],
    '0008,0008': ['CS', 'ORIGINAL\\PRIMARY\\VOLUME\\NONE'],
    '0020,000d': ['UI', '1.2.3.1'],
    '0020,000e': ['UI', '1.2.3.2'],
    '0028,0008': ['IS', '2'],
    '5200,9229': [
      'SQ',
      [
        {
          '0018,9329': [
            'SQ',
            [
              {
                '0008,9007': ['CS', 'ORIGINAL\\PRIMARY\\VOLUME\\NONE'],
                '0008,9205': ['CS', 'MONOCHROME'],
              },
            ],
          ],
        },
      ],
    ],
    '5200,9230': [
      'SQ',
      [0, 1].map((frame): Elements => ({
        '0008,9124': ['SQ', frame ? [] : [{ '0008,2111': ['ST', 'before'] }]],
        '0020,9113': ['SQ', [{ '0020,0032': ['DS', `0\\0\\${frame}`] }]],
      })),
    ],
  };
  const words = new Uint16Array(24);

  test('say what others say at the top, frame by frame', async () => {
    const { dataSet } = await written(enhanced, words, { change: (data) => (data[0] = 1) });
    for (const tag of ['x00082111', 'x00082112', 'x00089215'])
      expect(dataSet.elements[tag]).toBeUndefined();
    expect(dataSet.string('x00080008')).toBe('DERIVED\\PRIMARY\\VOLUME\\NONE');
    const type = itemOf(itemOf(dataSet, 'x52009229'), 'x00189329');
    expect(type.string('x00089007')).toBe('DERIVED\\PRIMARY\\VOLUME\\NONE');
    expect(type.string('x00089205')).toBe('MONOCHROME');
    for (const frame of [0, 1]) {
      const group = itemOf(dataSet, 'x52009230', frame);
      expect(itemOf(group, 'x00209113').string('x00200032')).toBe(`0\\0\\${frame}`);
      const derivation = itemOf(group, 'x00089124');
      expect(derivation.string('x00082111')!.startsWith('before; ')).toBe(frame === 0);
      expect(itemOf(derivation, 'x00082112').string('x00081160')).toBe(String(frame + 1));
    }
    const evidence = itemOf(dataSet, 'x00089154');
    expect(evidence.string('x0020000d')).toBe('1.2.3.1');
    const series = itemOf(evidence, 'x00081115');
    expect(series.string('x0020000e')).toBe('1.2.3.2');
    expect(itemOf(series, 'x00081199').string('x00081155')).toBe('1.2.3.4');
  });

  test('a frame that stays has no code of smoothing, and no item that would need one', async () => {
    const change = (data: { [index: number]: number }, frame: number): void => {
      if (frame === 1) data[0] = 1;
    };
    const { dataSet } = await written(enhanced, words, { change });
    const of = (frame: number) => itemOf(dataSet, 'x52009230', frame).elements['x00089124']!;
    expect(of(0).items!.map(({ dataSet: item }) => item!.string('x00082111'))).toEqual(['before']);
    expect(itemOf(of(1).items![0]!.dataSet!, 'x00089215').string('x00080100')).toBe('113087');
  });

  test('one frame alone is not written: the object is its frames', async () => {
    const source = join(folder, 'frames.dcm');
    writeFileSync(source, madeDicom(enhanced, words));
    const image = await decodeImage({ path: source, page: 1, readers });
    const path = join(folder, 'frame.dcm');
    const request = {
      ...({ path, format: 'dicom', sampleType: 'uint16', quality: 90, overwrite: false } as const),
      ...({ width: 4, height: 3, channels: 1, hasAlpha: false, from: image } as const),
      object: { run, transferSyntax: 'explicit' as const, deidentify: false, retain: [] },
      mark: { software: 'Hourglass 0.1.0', action: 'x' },
    };
    await expect(createWriter(request)).rejects.toThrow(/holds 2 frames and is written with all/);
    expect(existsSync(path)).toBe(false);
  });
});

describe('values on their way back', () => {
  const wordsOf = ({ dataSet, bytes }: { dataSet: DataSet; bytes: Buffer }): number[] => {
    const { dataOffset, length } = dataSet.elements['x7fe00010']!;
    return Array.from({ length: length / 2 }, (_, i) => bytes.readUInt16LE(dataOffset + 2 * i));
  };
  const set = (values: readonly number[]) => (data: { [index: number]: number }) =>
    values.forEach((value, at) => (data[at] = value));

  test('bits beside the stored ones stay, changed or not', async () => {
    const words = Uint16Array.from({ length: 12 }, (_, i) => 0xf000 | i);
    const result = await written({}, words, { change: set([100, 1]) });
    expect(wordsOf(result).slice(0, 3)).toEqual([0xf064, 0xf001, 0xf002]);
  });

  test('what Bits Stored do not hold is cut off, and counted', async () => {
    const result = await written({}, new Uint16Array(12), { change: set([5000, 4095, 7]) });
    expect(wordsOf(result).slice(0, 3)).toEqual([4095, 4095, 7]);
    expect(result.notices.map(({ text }) => text)).toEqual([
      expect.stringMatching(/1 value is beyond what 12 bits stored hold/),
    ]);
  });

  test('signs are extended where they were', async () => {
    const signed: Elements = { '0028,0103': ['US', 1] };
    const result = await written(signed, Int16Array.from([5, -5, ...Array<number>(10).fill(0)]), {
      change: set([-7, 9]),
    });
    expect(wordsOf(result).slice(0, 3)).toEqual([0xfff9, 9, 0]);
    const masked = await written(
      signed,
      Uint16Array.from([5, 0x0ffb, ...Array<number>(10).fill(0x0ffb)]),
      {
        change: set([-7, -9]),
      },
    );
    // One rule for all words of a frame: that which became negative has the bits that all others have.
    expect(wordsOf(masked).slice(0, 3)).toEqual([0x0ff9, 0x0ff7, 0x0ffb]);
  });

  test('an overlay above the sign stays where it was, whatever becomes of the sign', async () => {
    const overlaid = Uint16Array.from([
      0x8005,
      0x0005,
      0x7ffb,
      0xfffb,
      ...Array<number>(8).fill(0),
    ]);
    const result = await written({ '0028,0103': ['US', 1] }, overlaid, {
      change: set([-7, -7, 9, 9]),
    });
    expect(wordsOf(result).slice(0, 4)).toEqual([0xfff9, 0x7ff9, 0x0009, 0x8009]);
  });

  test('a cleaned value never becomes padding', async () => {
    const padded: Elements = { '0028,0120': ['US', 0] };
    const words = Uint16Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const result = await written(padded, words, { change: set([0, 0, 2]) });
    expect(wordsOf(result).slice(0, 3)).toEqual([0, 1, 2]);
    expect(result.notices[0]!.text).toMatch(/kept one level away from the padding/);
  });

  test('of 8 bits and an odd number the value is padded', async () => {
    const elements: Elements = {
      ...{ '0028,0010': ['US', 3], '0028,0011': ['US', 3] },
      ...{ '0028,0100': ['US', 8], '0028,0101': ['US', 8], '0028,0102': ['US', 7] },
    };
    const result = await written(elements, Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 0]), {
      change: set([9]),
    });
    const { dataOffset, length } = result.dataSet.elements['x7fe00010']!;
    expect([...result.bytes.subarray(dataOffset, dataOffset + length)]).toEqual([
      9, 2, 3, 4, 5, 6, 7, 8, 9, 0,
    ]);
  });
});

describe.skipIf(!dcmconv)('8 bits in big endian words', () => {
  const elements: Elements = {
    ...{ '0028,0010': ['US', 3], '0028,0011': ['US', 3], '0028,0008': ['IS', '2'] },
    ...{ '0028,0100': ['US', 8], '0028,0101': ['US', 8], '0028,0102': ['US', 7] },
  };
  const values = Uint8Array.from({ length: 18 }, (_, at) => at + 1);
  const little = join(folder, 'words.dcm');
  const big = join(folder, 'words-big.dcm');
  beforeAll(() => {
    writeFileSync(little, madeDicom(elements, values));
    expect(spawnSync(dcmconv!, ['+tb', little, big]).status).toBe(0);
    expect(dicomParser.parseDicom(readFileSync(big)).elements['x7fe00010']!.vr).toBe('OW');
    expect(readFileSync(big).subarray(-4)).toEqual(Buffer.from([16, 15, 18, 17]));
  });

  test('are read frame by frame in the order that they have', async () => {
    for (const page of [0, 1]) {
      const { raster } = await decodeImage({ path: big, page, readers });
      expect([...raster.data]).toEqual([...values.subarray(9 * page, 9 * page + 9)]);
    }
  });

  test('are written in it, changed or not', async () => {
    for (const change of [
      () => undefined,
      (data: { [at: number]: number }) => void (data[8] = 99),
    ]) {
      const { path } = await writtenObject(big, folder, { name: 'words-out.dcm', change });
      const bytes = readFileSync(path);
      const { dataOffset } = dicomParser.parseDicom(bytes).elements['x7fe00010']!;
      const expected = [...values];
      if (change.length > 0) expected[8] = expected[17] = 99;
      expect([...bytes.subarray(dataOffset, dataOffset + 18)]).toEqual(expected);
    }
  });
});

test.skipIf(!dcmconv)('implicit sources become explicit only where that is asked for', async () => {
  const source = join(folder, 'implicit.dcm');
  const made = join(folder, 'explicit.dcm');
  writeFileSync(made, madeDicom({ '0009,0010': ['LO', 'MAKER'], '0028,0106': ['US', 7] }));
  expect(spawnSync(dcmconv!, ['+ti', made, source]).status).toBe(0);
  const syntaxOf = async (transferSyntax: 'uncompressed' | 'explicit'): Promise<unknown> => {
    const { path } = await writtenObject(source, folder, {
      ...{ transferSyntax, name: `${transferSyntax}.dcm`, change: (data) => void (data[0] = 5) },
    });
    const dataSet = dicomParser.parseDicom(readFileSync(path));
    expect((await decodeImage({ path, readers })).raster.data[0]).toBe(5);
    return [dataSet.string('x00020010'), dataSet.elements['x00280010']!.vr];
  };
  expect(await syntaxOf('uncompressed')).toEqual(['1.2.840.10008.1.2', undefined]);
  expect(await syntaxOf('explicit')).toEqual(['1.2.840.10008.1.2.1', 'US']);
});

test('the moment of creation is that of the run, the creator not that of the source', async () => {
  const times: Elements = {
    '0008,0012': ['DA', '19990101'],
    '0008,0013': ['TM', '235959'],
    '0008,0014': ['UI', '1.2.3'],
  };
  const id = timedId(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  const utc = await written(times, undefined, { id });
  expect(utc.dataSet.string('x00080012')).toBe('20260102');
  expect(utc.dataSet.string('x00080013')).toBe('030405.678000');
  expect(utc.dataSet.elements['x00080014']).toBeUndefined();
  const west = await written({ ...times, '0008,0201': ['SH', '-0500'] }, undefined, { id });
  expect(west.dataSet.string('x00080012')).toBe('20260101');
  expect(west.dataSet.string('x00080013')).toBe('220405.678000');
  const unknown = await written(times, undefined, { id: '0e6c8f5a-1c1e-4c3f-9d0b-1c1e4c3f9d0b' });
  expect(unknown.dataSet.elements['x00080012']).toBeUndefined();
});

test('elements with lengths of 64-bit numbers are walked over', () => {
  const bytes = madeDicom();
  const element = Buffer.from('0900101056530000080000000102030405060708', 'hex');
  element.write('SV', 4, 'latin1');
  const at = bytes.indexOf(Buffer.from([0x28, 0, 2, 0]));
  const whole = Buffer.concat([bytes.subarray(0, at), element, bytes.subarray(at)]);
  const { elements } = elementsOf(whole, 'x', { explicit: true, littleEndian: true });
  expect(elements.at(-1)!.tag).toBe(0x7fe0_0010);
});
