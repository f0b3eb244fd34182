/** A DICOMDIR becomes the files that it names: in any case, never outside of its folder, and in the end. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createAdmission } from '../../../app/hosts/shared/admission.ts';
import { walk } from '../../../app/hosts/shared/walk.ts';
import { fileSetOf } from '../../../app/scans/dicom/directory.ts';
import { dataPack, noDataPack } from '../../data.ts';
import { madeDicom } from './made-dicom.ts';
import { dicomdir, type DirectoryRecord } from './made-dicomdir.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-dicomdir-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const signal = new AbortController().signal;
let folder = '';
let count = 0;
beforeEach(() => mkdirSync((folder = join(home, String(++count)))));

const slice = (path: string): void => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), madeDicom({ '0008,0018': ['UI', `1.2.${path.length}`] }));
};
const set = async (records: readonly DirectoryRecord[]) => {
  writeFileSync(join(folder, 'DICOMDIR'), dicomdir(records));
  const { files, missing } = (await fileSetOf(join(folder, 'DICOMDIR'), signal))!;
  return { files: files.map((path) => relative(folder, path)), missing };
};

describe('the files of a DICOMDIR', () => {
  test('are found in the order of the records, in other cases and with versions', async () => {
    slice('images/im1');
    slice('images/IM2.;1');
    slice('IMAGES.TXT');
    const records: DirectoryRecord[] = [
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
    const records = names.map((file, at): DirectoryRecord => ({ next: at + 1, file }));
    expect(await set(records)).toMatchObject({ files: [] });
  });

  test('end where records lead to each other', async () => {
    slice('IM1');
    slice('IM2');
    const records: DirectoryRecord[] = [
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

describe('a DICOMDIR that was handed over with files, one by one', () => {
  /** As uploads lie: each in a folder of its own, called like the file. */
  const uploaded = async (places: Readonly<Record<string, Buffer>>) => {
    const admission = createAdmission();
    const sources: string[] = [];
    for (const [at, [place, bytes]] of Object.entries(places).entries()) {
      const path = join(folder, String(at), basename(place));
      mkdirSync(join(folder, String(at)));
      writeFileSync(path, bytes);
      sources.push((await admission.admit(path)).source);
    }
    return admission.together(sources, signal, Object.keys(places));
  };
  const image = (instance: string, series = '1.2.9'): Buffer =>
    madeDicom({
      '0008,0018': ['UI', instance],
      '0020,000e': ['UI', series],
      '0020,0032': ['DS', `0\\0\\${instance.at(-1)}`],
      '0020,0037': ['DS', '1\\0\\0\\0\\1\\0'],
    });

  test('is no entry: its files are, in series, though two are called alike', async () => {
    const index = dicomdir([
      { lower: 1 },
      { next: 2, file: 'A\\IM1' },
      { next: 3, file: 'A\\IM2' },
      { file: 'B\\IM1' },
    ]);
    const admitted = await uploaded({
      'CD/DICOMDIR': index,
      'CD/A/IM1': image('1.1'),
      'CD/A/im2.;1': image('1.2'),
      'CD/B/IM1': image('1.3', '1.2.10'),
    });
    expect(admitted.map(({ name, files, problem }) => [name, files, problem])).toEqual([
      ['IM1', 2, undefined],
      ['IM1', undefined, undefined],
    ]);
  });

  test('says what did not come with it', async () => {
    const index = dicomdir([{ lower: 1 }, { next: 2, file: 'A\\IM1' }, { file: 'A\\IM7' }]);
    const [only, ...others] = await uploaded({ DICOMDIR: index, IM1: image('1.1') });
    expect(others).toEqual([]);
    expect(only).toMatchObject({ name: 'IM1' });
    expect(only!.problem!.message).toBe('DICOMDIR names 2 files, and one is not beside it: A/IM7.');
  });

  test('is refused where nothing came with it', async () => {
    const index = dicomdir([{ lower: 1 }, { file: 'A\\IM1' }]);
    await expect(uploaded({ DICOMDIR: index })).rejects.toMatchObject({ code: 'file-not-found' });
  });
});
