/** Slices that came in any order, as series: the two real ones, and ones with what goes wrong. */
import { copyFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DataSet } from 'dicom-parser';
import { describe, expect, it } from 'vitest';
import { groupFiles } from '../../../app/hosts/shared/grouping.ts';
import { walk } from '../../../app/hosts/shared/walk.ts';
import { createDocumentStore, decodeImage, type DecodedImage } from '../../../app/pixels/index.ts';
import { lookIntoHeader, readHeader } from '../../../app/scans/dicom/header.ts';
import { dicomReader } from '../../../app/scans/dicom/reader.ts';
import { findingsOf, seriesOf } from '../../../app/scans/dicom/series.ts';
import { readSlice, type Slice } from '../../../app/scans/dicom/slice.ts';
import { dataPack } from '../../data.ts';
import { scratchFolder } from '../pixels/support.ts';
import { madeDicom, type Elements } from './made-dicom.ts';

const signal = new AbortController().signal;
const readers = { dicom: dicomReader };
const folder = scratchFolder();

/** @param words default: 4 × 3 pixels of the value z */
function slice(
  name: string,
  z: number,
  elements: Elements = {},
  words: ArrayBufferView = new Uint16Array(12).fill(Math.round(Math.abs(z))),
): string {
  const path = join(folder, name);
  const place: Elements = {
    '0008,0008': ['CS', 'ORIGINAL\\PRIMARY\\AXIAL'],
    '0008,0018': ['UI', `1.2.3.${name.length}.${Math.round(1000 * Math.abs(z))}`],
    '0010,0020': ['LO', 'canary'],
    '0020,000e': ['UI', '1.2.9'],
    '0020,0032': ['DS', `0\\0\\${z}`],
    '0020,0037': ['DS', '1\\0\\0\\0\\1\\0'],
    '0028,0030': ['DS', '0.5\\0.5'],
  };
  writeFileSync(path, madeDicom({ ...place, ...elements }, words));
  return path;
}

const named = (groups: readonly (readonly string[])[]): string[] =>
  groups.map((group) => group.map((path) => basename(path, '.dcm')).join(' '));
const stacked = (paths: readonly string[]): Slice[][] => seriesOf(paths.map(readSlice));
const open = (files: readonly string[], page = 0): Promise<DecodedImage> =>
  decodeImage({ path: files[0]!, files, page, readers });

it('the order is that of the places, whatever names and order say', async () => {
  const paths = [['b', 6], ['a', -4], ['d', 0], ['c', 2]].map(([name, z]) => slice(`o-${name}.dcm`, z as number)); // prettier-ignore
  expect(named(await groupFiles(paths, signal))).toEqual(['o-a o-d o-c o-b']);
  // Along the normal: of a sagittal stack that is x, against it where rows and columns say so.
  const sagittal = [3, 1, 2].map((x) =>
    slice(`s-${x}.dcm`, 0, {
      '0020,0032': ['DS', `${x}\\0\\0`],
      '0020,0037': ['DS', '0\\1\\0\\0\\0\\-1'],
    }),
  );
  expect(named(await groupFiles(sagittal, signal))).toEqual(['s-3 s-2 s-1']);
  // Jobs are made of each by itself.
  expect(await groupFiles(paths, signal, { forWriting: true })).toHaveLength(4);
}); // prettier-ignore

it('scouts, other directions, other sizes and other series are entries of their own', async () => {
  const paths = [
    slice('m-1.dcm', 1),
    slice('m-scout.dcm', 9, { '0008,0008': ['CS', 'ORIGINAL\\PRIMARY\\LOCALIZER'] }),
    slice('m-2.dcm', 2),
    slice('m-coronal.dcm', 3, { '0020,0037': ['DS', '1\\0\\0\\0\\0\\-1'] }),
    slice('m-other.dcm', 3, { '0020,000e': ['UI', '1.2.10'] }),
    slice('m-wide.dcm', 4, { '0028,0030': ['DS', '0.8\\0.8'] }),
    slice('m-frames.dcm', 5, { '0028,0008': ['IS', '1'] }),
    slice('m-nowhere.dcm', 5, { '0020,0032': ['DS', ''] }),
  ];
  expect(named(await groupFiles(paths, signal))).toEqual([
    ...['m-1 m-2 m-frames', 'm-scout', 'm-coronal', 'm-other', 'm-wide', 'm-nowhere'],
  ]);
});

it('slices and frames that ask for no window are seen in that of the middle one, planes too; a slice by itself in its own', async () => {
  const deep: Elements = {
    ...{ '0008,0060': ['CS', 'MR'], '0028,0010': ['US', 16], '0028,0011': ['US', 16] },
    ...{ '0028,0101': ['US', 16], '0028,0102': ['US', 15] },
  };
  const values = (least: number): Uint16Array =>
    Uint16Array.from({ length: 256 }, (_, at) => least + (at % 100));
  const empty = new Uint16Array(256);
  const paths = [values(100), values(2000), empty].map((words, z) =>
    slice(`window-${z}.dcm`, z, deep, words),
  );
  const middle = { window: { center: 2049.5, width: 99 }, assumed: true };
  for (const page of [0, 1, 2])
    expect((await open(paths, page)).raster.scale).toMatchObject(middle);
  const cut = { path: paths[0]!, files: paths, page: 0, readers, plane: 'coronal' } as const;
  expect((await decodeImage(cut)).raster.scale).toMatchObject(middle);
  const alone = (await open([paths[0]!])).raster.scale!;
  expect(alone.window).toEqual({ center: 149.5, width: 99 });
  const all = Uint16Array.from([values(100), values(2000), empty].flatMap((one) => [...one]));
  const frames = slice('window-frames.dcm', 9, { ...deep, '0028,0008': ['IS', '3'] }, all);
  for (const page of [0, 1, 2])
    expect((await open([frames], page)).raster.scale).toMatchObject(middle);
  // One that has a window keeps it.
  const five = { '0028,1050': ['DS', '5'], '0028,1051': ['DS', '11'] } as const;
  const asked = slice('window-asked.dcm', 3, { ...deep, ...five }, values(3));
  const own = (await open([...paths, asked], 3)).raster.scale!;
  expect([own.window, own.assumed]).toEqual([{ center: 4.5, width: 10 }, undefined]);
});

describe('headers', () => {
  it.each([65536, 65536 * 8])('that end a part of the file at an element, %i', (end) => {
    const place: Elements = {
      '0009,0010': ['LO', 'MAKER'],
      '0009,1001': ['UN', new Uint8Array(end)],
    };
    const plain = readFileSync(slice('plain.dcm', 5, { ...place, '0009,1001': ['UN', new Uint8Array()] })); // prettier-ignore
    // Everything before the position fills what is read first.
    const before = plain.indexOf(Buffer.from([0x20, 0, 0x0e, 0]));
    const filled = new Uint8Array(end - before);
    const path = slice('whole.dcm', 5, { ...place, '0009,1001': ['UN', filled] });
    expect(readFileSync(path).subarray(end, end + 4)).toEqual(Buffer.from([0x20, 0, 0x0e, 0]));
    expect(readSlice(path)).toMatchObject({ series: '1.2.9', position: [0, 0, 5] });
  });

  describe('are only passed but for what is asked, which is the same', () => {
    const asked = new Map(
      ['x00080018', 'x0020000e', 'x00200032', 'x00280004'].map((tag) => [
        parseInt(tag.slice(1), 16),
        tag,
      ]),
    );
    const texts = (dataSet: DataSet): unknown =>
      [...asked.values()].map((tag) => dataSet.string(tag));
    const orRefusal = (look: () => unknown): unknown => {
      try {
        return look();
      } catch (error) {
        return (error as Error).message;
      }
    };
    const compare = (path: string): void =>
      expect(orRefusal(() => lookIntoHeader(path, asked, texts))).toEqual(
        orRefusal(() => texts(readHeader(path).dataSet)),
      );

    it('behind a sequence whose end only its delimiters tell', () => {
      const path = slice('open.dcm', 5, { '0008,1140': ['SQ', []] });
      const empty = readFileSync(path);
      const at = empty.indexOf(Buffer.from([8, 0, 0x40, 0x11])) + 12;
      empty.writeUInt32LE(0xffff_ffff, at - 4);
      const item = [0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff];
      // Of the same tag as the series.
      const inside = [0x20, 0, 0x0e, 0, ...Buffer.from('UI\x04\x009.9\0')];
      const ends = [0x0d, 0xdd].flatMap((end) => [0xfe, 0xff, end, 0xe0, 0, 0, 0, 0]);
      const sequence = Buffer.from([...item, ...inside, ...ends]);
      writeFileSync(path, Buffer.concat([empty.subarray(0, at), sequence, empty.subarray(at)]));
      expect(readSlice(path)).toMatchObject({ series: '1.2.9', position: [0, 0, 5] });
      compare(path);
    });

    it('behind values of 64 bits', () =>
      compare(slice('long.dcm', 6, { '0009,1001': ['OV', new Uint8Array(16)] })));

    it.skipIf(!dataPack)('in every file of the pack, and every refusal', () => {
      const folders = ['dicom-tests', 'series/ct-chest-abdomen', 'series/pet-whole-body'];
      for (const one of folders.map((name) => join(dataPack!, name)))
        for (const name of readdirSync(one)) compare(join(one, name));
    });
  });

  it('of a damaged file are not looked for in all of it', () => {
    const path = join(folder, 'huge.dcm');
    const head = madeDicom();
    // An element of 4 GB, in a file as long as that, most of which was never written.
    const element = Buffer.from([9, 0, 1, 0x10, ...Buffer.from('UN\0\0'), 0, 0, 0, 0xf0]);
    const at = head.indexOf(Buffer.from([0x28, 0, 2, 0]));
    writeFileSync(path, Buffer.concat([head.subarray(0, at), element]));
    truncateSync(path, 3 * 2 ** 30);
    expect(() => readSlice(path)).toThrow(expect.objectContaining({ code: 'damaged-image' }));
  });

  it('whose numbers are none, or whose directions span no plane, sort nothing', async () => {
    const one = readSlice(slice('nan.dcm', 1, { '0018,0081': ['DS', 'abc'], '0020,0013': ['IS', '-'] })); // prettier-ignore
    expect([...one.turn, one.instanceNumber]).toEqual(Array(7).fill(0));
    const flat = ['0', '1'].map((z) => slice(`flat-${z}.dcm`, Number(z), { '0020,0037': ['DS', '1\\0\\0\\1\\0\\0'] })); // prettier-ignore
    expect(await groupFiles(flat, signal)).toHaveLength(2);
  });
});

describe('what is wrong with a stack', () => {
  it('gaps and uneven steps', async () => {
    const paths = [0, 2, 4, 8, 10].map((z, i) => slice(`g-${i}.dcm`, z));
    const [stack] = stacked(paths);
    expect(findingsOf(stack!)).toMatchObject({ step: 2, gaps: [{ behind: 2, step: 4 }] });
    const { notices } = await open(paths);
    expect(notices.map(({ text }) => text).join('\n')).toMatch(/usual step is 2 mm.*one is another.*4 mm behind slice 3/); // prettier-ignore
    // A fiftieth of a millimetre is how places are rounded.
    const rounded = [0, 2.005, 3.995, 6].map((z, i) => slice(`r-${i}.dcm`, z));
    expect(findingsOf(stacked(rounded)[0]!).gaps).toEqual([]);
  });

  it('slices that lie twice at one place', async () => {
    const paths = [0, 1, 1, 2].map((z, i) => slice(`d-${i}.dcm`, z));
    expect(findingsOf(stacked(paths)[0]!)).toMatchObject({ duplicates: 1, gaps: [] });
    const twice = [0, 0, 1, 1].map((z, i) => slice(`t-${i}.dcm`, z));
    expect(findingsOf(stacked(twice)[0]!)).toMatchObject({ duplicates: 2, times: 1 });
    expect((await open(twice)).notices.map(({ text }) => text).join()).toContain('2 slices of');
  });

  it('points in time are stacks one behind the other', async () => {
    const paths = [[1, 2], [0, 1], [1, 1], [0, 2]].map(([z, time]) =>
      slice(`p-${z}-${time}.dcm`, z!, { '0020,0100': ['IS', `${time}`] })); // prettier-ignore
    const [stack] = stacked(paths);
    expect(named([stack!.map(({ path }) => path)])).toEqual(['p-0-1 p-1-1 p-0-2 p-1-2']);
    expect(findingsOf(stack!)).toMatchObject({ times: 2, duplicates: 0, step: 1, gaps: [] });
  }); // prettier-ignore

  it('two patients in one series are refused, and not named', async () => {
    const paths = [
      slice('x-1.dcm', 1),
      slice('x-2.dcm', 2, { '0010,0020': ['LO', 'nightingale'] }),
    ];
    expect(await groupFiles(paths, signal)).toHaveLength(1);
    const error = await open(paths).catch((caught: Error) => caught);
    expect(error).toMatchObject({ code: 'unsupported-image' });
    expect((error as Error).message).toContain('several patients');
    expect(JSON.stringify(error)).not.toMatch(/canary|nightingale/);
  });

  it('a damaged one is an entry by itself, which opening names', async () => {
    const broken = slice('y-2.dcm', 2);
    writeFileSync(broken, Buffer.concat([Buffer.alloc(128), Buffer.from('DICM\x02\x00')]));
    const paths = [slice('y-1.dcm', 1), broken, slice('y-3.dcm', 3)];
    expect(named(await groupFiles(paths, signal))).toEqual(['y-1 y-3', 'y-2']);
  });
});

it('a page is a slice, at its place; one that is gone or another file is said', async () => {
  const paths = [7, 3, 5].map((z) => slice(`z-${z}.dcm`, z));
  const values = await Promise.all([0, 1, 2].map(async (page) => (await open(paths, page)).raster.data[0])); // prettier-ignore
  expect(values).toEqual([3, 5, 7]);
  const image = await open(paths, 1);
  expect(image).toMatchObject({ path: paths[0], frames: 2, pages: { count: 3 } });
  expect(image.files).toHaveLength(3);
  expect(image.notices[0]!.text).toContain('slice 2');
  await expect(open(paths, 3)).rejects.toMatchObject({ code: 'invalid-parameter' });
  await expect(open([...paths, join(folder, 'gone.dcm')])).rejects.toMatchObject({ code: 'file-not-found' }); // prettier-ignore
  const alien = slice('alien.dcm', 4, { '0020,000e': ['UI', '1.2.11'] });
  await expect(open([...paths, alien])).rejects.toThrow('not slices of one series');
}); // prettier-ignore

it('slices whose pixels are not all there are said with the series, before they are turned to', async () => {
  const paths = [1, 2, 3, 4].map((z) => slice(`cut-${z}.dcm`, z));
  const said = async (): Promise<string[]> =>
    (await open(paths)).notices.filter(({ level }) => level === 'warning').map(({ text }) => text);
  expect(await said()).toEqual([]);
  truncateSync(paths[1]!, readFileSync(paths[1]!).length - 1);
  expect(await said()).toEqual([expect.stringContaining('Slice 2 of the series of')]);
  // Its element is whole, but fewer pixels than rows and columns ask for.
  slice('cut-4.dcm', 4, { '0028,0010': ['US', 3], '0028,0008': ['IS', '2'] });
  expect(readSlice(paths[3]!).cut).toBe(true);
  slice('cut-4.dcm', 4);
  truncateSync(paths[3]!, readFileSync(paths[3]!).length - 20);
  expect(await said()).toEqual([expect.stringContaining('Slices 2, 4 of the series of')]);
  await expect(open(paths, 1)).rejects.toMatchObject({ code: 'damaged-image' });
});

it.skipIf(!dataPack)(
  'of the pack, files are cut short when they are cut, whatever their transfer syntax',
  () => {
    const pack = join(dataPack!, 'dicom-tests');
    const copy = join(folder, 'cut-copy.dcm');
    const looked = (path: string): boolean | null => {
      try {
        return readSlice(path).cut;
      } catch {
        return null;
      }
    };
    const named: string[] = [];
    const unseen: string[] = [];
    let seen = 0;
    for (const name of readdirSync(pack).filter((one) => one.endsWith('.dcm'))) {
      const path = join(pack, name);
      const cut = looked(path);
      if (cut === null) continue;
      if (cut) named.push(name);
      copyFileSync(path, copy);
      // Half of it: trailing padding and what else stands behind the pixels is gone, and some of them.
      truncateSync(copy, Math.floor(readFileSync(path).length / 2));
      const now = looked(copy);
      if (now) seen += 1;
      if (now === false) unseen.push(name);
    }
    expect(named).toEqual(['MR_truncated.dcm']);
    // Cut between two elements before its pixels, of no columns, of no rows: none of them can be a slice among others.
    expect(unseen).toEqual([
      'JPEG2000-embedded-sequence-delimiter.dcm',
      'badVR.dcm',
      'dwv-test_no-number-rows.dcm',
    ]);
    expect(seen).toBeGreaterThan(35);
  },
);

it('a slice that was written anew while somebody scrolls is shown as it is now, or its series is said to have changed', async () => {
  const [first, second, third] = [1, 2, 3].map((z) => slice(`t-${z}.dcm`, z)) as [string, string, string]; // prettier-ignore
  const gone: string[] = [];
  const store = createDocumentStore({
    ...{ maxBytes: 1e8, readers },
    emit: (event) => void gone.push(`${event.type} ${event.document}`),
  });
  const files = [first, second, third];
  const turn = (page: number, document: string) =>
    store.open({
      ...{ source: first, path: first, files, page, document, maxMegapixels: 1 },
      signal,
    });
  const value = async (document: string) => (await store.get(document).image()).raster.data[0];
  await turn(0, 'one');
  writeFileSync(second, readFileSync(slice('t-other.dcm', 2, { '0008,103e': ['LO', 'longer'] })));
  // Its facts were asked for within this second.
  await turn(1, 'two');
  expect(await value('two')).toBe(2);
  await turn(2, 'three');
  expect(gone).toEqual([]);
  writeFileSync(third, readFileSync(slice('t-other.dcm', 3, { '0008,103e': ['LO', 'longer'] })));
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await expect(value('two')).rejects.toThrow('changed on the disk');
  expect(gone).toEqual(['document-gone two']);
  // The next page is of what lies there now.
  await turn(2, 'three');
  expect(await value('three')).toBe(3);
});

describe.skipIf(!dataPack)('the real series', () => {
  const pack = (name: string): string => join(dataPack ?? '', 'series', name);

  it.each([
    ['ct-chest-abdomen', 40, 1],
    ['pet-whole-body', 60, null],
  ] as const)('%s, shuffled, with a foreign slice and a gap', async (name, count, step) => {
    const all = readdirSync(pack(name)).filter((file) => file.endsWith('.dcm'));
    const shuffled = all.map((file, i) => ({ file, key: (i * 7919) % 101 })).sort((a, b) => a.key - b.key); // prettier-ignore
    const paths = shuffled.map(({ file }) => join(pack(name), file));
    const [group, ...others] = await groupFiles(paths, signal);
    expect([group!.length, others]).toEqual([count, []]);
    const slices = stacked(paths)[0]!;
    expect(slices.map(({ path }) => path)).toEqual(group);
    const along = slices.map(({ position }) => position![2]);
    expect(along).toEqual([...along].sort((a, b) => a - b));
    expect(findingsOf(slices)).toMatchObject({ gaps: [], times: 1, duplicates: 0, mixed: false });
    if (step) expect(findingsOf(slices).step).toBeCloseTo(step, 3);
    const without = group!.filter((_, i) => i !== 20);
    expect(findingsOf(stacked(without)[0]!).gaps).toHaveLength(1);
    const foreign = join(pack(name === 'pet-whole-body' ? 'ct-chest-abdomen' : 'pet-whole-body'));
    const [stranger] = readdirSync(foreign).filter((file) => file.endsWith('.dcm'));
    const copy = join(folder, `${name}.dcm`);
    copyFileSync(join(foreign, stranger!), copy);
    const mixed = await groupFiles([...paths.slice(0, 9), copy, ...paths.slice(9)], signal);
    expect(mixed.map(({ length }) => length)).toEqual([count, 1]);
    // In a folder too, where they are looked at.
    const { files } = await walk([pack(name)], { cwd: folder, signal, toLook: true });
    expect(files.map(({ files }) => files.length).sort()).toContain(count);
    const middle = await open(group!, 20);
    expect(middle.pages!.count).toBe(count);
  });
});

if (!dataPack) process.stderr.write('skipped: the real series, without the data pack\n');
