/** A DICOMDIR becomes the files that it names: in any case, never outside of its folder, and in the end. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { walk } from '../../../app/hosts/shared/walk.ts';
import { fileSetOf } from '../../../app/scans/dicom/directory.ts';
import { dataPack, noDataPack } from '../../data.ts';
import { madeDicom } from './made-dicom.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-dicomdir-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const signal = new AbortController().signal;
let folder = '';
let count = 0;
beforeEach(() => mkdirSync((folder = join(home, String(++count)))));

interface Record {
  readonly next?: number;
  readonly lower?: number;
  readonly file?: string;
  readonly inUse?: number;
}

const element = (tag: number, vr: string, value: Buffer, long = false): Buffer => {
  const head = Buffer.alloc(long ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (long) head.writeUInt32LE(value.length, 8);
  else head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, value]);
};
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const text = (value: string): Buffer =>
  Buffer.from(value.length % 2 ? `${value} ` : value, 'latin1');

/** Numbers of records stand for their offsets; the first is the root's. */
function dicomdir(records: readonly Record[]): Buffer {
  const meta = Buffer.concat([
    element(0x0002_0002, 'UI', text('1.2.840.10008.1.3.10')),
    element(0x0002_0010, 'UI', Buffer.from('1.2.840.10008.1.2.1\0')),
  ]);
  const head = Buffer.concat([
    ...[Buffer.alloc(128), Buffer.from('DICM')],
    ...[element(0x0002_0000, 'UL', u32(meta.length)), meta],
  ]);
  const itemOf = ({ next = 0, lower = 0, file, inUse = 0xffff }: Record): Buffer => {
    const inside = Buffer.concat([
      element(0x0004_1400, 'UL', u32(next)),
      element(0x0004_1410, 'US', Buffer.from([inUse & 0xff, inUse >>> 8])),
      element(0x0004_1420, 'UL', u32(lower)),
      ...(file === undefined ? [] : [element(0x0004_1500, 'CS', text(file))]),
    ]);
    return Buffer.concat([Buffer.from([0xfe, 0xff, 0, 0xe0]), u32(inside.length), inside]);
  };
  const first = head.length + 12 + 12;
  const offsets: number[] = [];
  let at = first;
  for (const record of records) {
    offsets.push(at);
    at += itemOf(record).length;
  }
  const offset = (record: number | undefined): number => (record ? (offsets[record] ?? 0) : 0);
  const items = records.map((one) =>
    itemOf({ ...one, next: offset(one.next), lower: offset(one.lower) }),
  );
  return Buffer.concat([
    ...[head, element(0x0004_1200, 'UL', u32(first))],
    element(0x0004_1220, 'SQ', Buffer.concat(items), true),
  ]);
}

const slice = (path: string): void => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), madeDicom({ '0008,0018': ['UI', `1.2.${path.length}`] }));
};
const set = async (records: readonly Record[]) => {
  writeFileSync(join(folder, 'DICOMDIR'), dicomdir(records));
  const { files, missing } = (await fileSetOf(join(folder, 'DICOMDIR'), signal))!;
  return { files: files.map((path) => relative(folder, path)), missing };
};

describe('the files of a DICOMDIR', () => {
  test('are found in the order of the records, in other cases and with versions', async () => {
    slice('images/im1');
    slice('images/IM2.;1');
    slice('IMAGES.TXT');
    const records: Record[] = [
      { lower: 1 },
      { next: 2, file: 'IMAGES\\IM1' },
      { next: 3, file: 'IMAGES\\IM2' },
      { next: 4, file: 'IMAGES\\IM3' },
      { file: 'IMAGES\\IM9', inUse: 0 },
    ];
    expect(await set(records)).toEqual({
      files: ['images/im1', 'images/IM2.;1'],
      missing: ['IMAGES/IM3'],
    });
  });

  test('lie inside of its folder, whatever it says', async () => {
    writeFileSync(join(home, 'secret'), 'x');
    mkdirSync(join(folder, 'A'));
    symlinkSync(join(home, 'secret'), join(folder, 'A', 'LINK'));
    symlinkSync(home, join(folder, 'OUT'));
    const names = [
      '..\\SECRET',
      '..\\secret',
      'A\\..\\..\\secret',
      '\\ETC\\PASSWD',
      '../secret',
      'A\\LINK',
      'OUT\\SECRET',
      'A',
      '.',
    ];
    const records = names.map((file, at): Record => ({ next: at + 1, file }));
    expect(await set(records)).toMatchObject({ files: [] });
  });

  test('end where records lead to each other', async () => {
    slice('IM1');
    slice('IM2');
    const records: Record[] = [
      { next: 1, lower: 1 },
      { next: 2, lower: 2, file: 'IM1' },
      { next: 1, lower: 1, file: 'IM2' },
    ];
    expect((await set(records)).files).toEqual(['IM1', 'IM2']);
  });

  test('stand for it where it is named, and what is missing is said; in a folder it is passed over', async () => {
    slice('IM1');
    await set([{ next: 1, file: 'IM1' }, { file: 'GONE' }]);
    const named = await walk([join(folder, 'DICOMDIR')], { cwd: folder, signal });
    expect(named.files.map(({ path }) => basename(path))).toEqual(['IM1']);
    expect(named.problems.map(({ error }) => error.message)).toEqual([
      expect.stringMatching(/names 2 files, and one is not beside it: GONE\.$/),
    ]);
    const walked = await walk([folder], { cwd: folder, signal });
    expect(walked.files.map(({ path }) => basename(path))).toEqual(['IM1']);
    expect(walked.problems).toEqual([]);
  });

  test('a file of that name that is none is an image like others', async () => {
    writeFileSync(join(folder, 'DICOMDIR'), madeDicom());
    expect(await fileSetOf(join(folder, 'DICOMDIR'), signal)).toBeNull();
  });
});

test.skipIf(!dataPack)(
  `that of the pack names what is not there${dataPack ? '' : ` (${noDataPack})`}`,
  async () => {
    const found = await fileSetOf(join(dataPack!, 'dicom-tests', 'DICOMDIR'), signal);
    expect(found!.files).toEqual([]);
    expect(found!.missing).toHaveLength(31);
    expect(found!.missing[0]).toBe('77654033/CR1/6154');
  },
);
