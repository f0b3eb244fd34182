/** Planes of volumes: every pixel has the value of the place that it is said to lie at, in whichever way the voxels lie. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  commands,
  cutOf,
  pageAt,
  parseInput,
  placeOfPage,
  planes,
  sliceAt,
  type CommandContext,
  type DocumentInfo,
  type HourglassEvent,
  type Plane,
  type Progress,
  type VolumeShape,
} from '../../../app/contract/index.ts';
import { denoiseCapability } from '../../../app/denoise/index.ts';
import { createDocumentStore, decodeImage, type DecodedImage } from '../../../app/pixels/index.ts';
import { blur, card, fakeInference, storeOf } from '../denoise/helpers.ts';
import { scratchFolder } from '../pixels/support.ts';
import { uniform } from '../../random.ts';
import { madeDicom, type Elements } from './made-dicom.ts';
import { madeNifti } from './nifti-made.ts';
import { readers } from './written.ts';

const folder = scratchFolder();
let count = 0;

const page = (path: string, plane: Plane, at: number, files?: readonly string[]) =>
  decodeImage({ path, plane, page: at, readers, ...(files ? { files } : {}) });

/** Millimetres of the middle of a pixel, as `DocumentInfo` says it. */
function placeOf({ scanned }: DecodedImage, x: number, y: number): [number, number, number] {
  const { origin, right, down } = scanned!.place!;
  const { pixelSize } = scanned!;
  return [0, 1, 2].map(
    (axis) => origin[axis]! + right[axis]! * pixelSize!.x * x + down[axis]! * pixelSize!.y * y,
  ) as [number, number, number];
}

/** A value that says where it lies; straight in every direction, so that interpolation makes none of another place. */
const valueAt = ([x, y, z]: readonly number[]): number => 500 + 3 * x! - 5 * y! + 7 * z!;

/** Voxels of 4 × 6 × 5, distances 0.5, 0.75 and 2 mm, along these axes of NIfTI (x to the right, y to the front). */
function volume(axes: readonly number[], signs: readonly number[]): string {
  const sizes = [0.5, 0.75, 2];
  const columns = axes.map((axis, at) => {
    const column = [0, 0, 0];
    column[axis] = signs[at]! * sizes[at]!;
    return column;
  });
  const offset = [11, -7, 30];
  const rows = [0, 1, 2].flatMap((row) => [...columns.map((column) => column[row]!), offset[row]!]);
  const dims = [4, 6, 5];
  const path = join(folder, `${++count}.nii`);
  const made = madeNifti({
    ...{ dims, datatype: 16, slope: 1, sform: { code: 1, rows } },
    values(index) {
      const voxel = [index % 4, Math.floor(index / 4) % 6, Math.floor(index / 24)];
      const [x, y, z] = [0, 1, 2].map((row) =>
        columns.reduce((sum, column, at) => sum + column[row]! * voxel[at]!, offset[row]!),
      );
      // The contract's x and y run the other way.
      return valueAt([-x!, -y!, z!]);
    },
  });
  writeFileSync(path, made);
  return path;
}

const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]; // prettier-ignore
const signs = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => [0, 1, 2].map((at) => (bits & (1 << at) ? -1 : 1))); // prettier-ignore
const turns = orders.flatMap((order) => signs.map((sign) => [order, sign] as const));

describe('a volume in which every value says where it lies', () => {
  it.each(turns)('axes %o, signs %o', async (order, sign) => {
    const path = volume(order, sign);
    const { scanned } = await decodeImage({ path, readers });
    const shape = scanned!.volume!;
    for (const plane of planes) {
      const cut = cutOf(shape, plane);
      const axis = { axial: 2, coronal: 1, sagittal: 0 }[plane];
      for (const at of [0, cut.pages - 1]) {
        const image = await page(path, plane, at);
        const { width, height, data } = image.raster;
        expect([width, height]).toEqual([cut.width, cut.height]);
        for (const [x, y] of [
          [0, 0],
          [width - 1, 0],
          [0, height - 1],
          [width - 1, height - 1],
          [width >> 1, height >> 1],
        ] as const)
          // prettier-ignore
          expect(data[y * width + x]).toBeCloseTo(valueAt(placeOf(image, x, y)), 2);
        // Letters: to the left and the back and the feet, whichever way the voxels lie.
        const { right, down, origin } = image.scanned!.place!;
        expect(right[plane === 'sagittal' ? 1 : 0]).toBe(1);
        expect(down[plane === 'axial' ? 1 : 2]).toBe(plane === 'axial' ? 1 : -1);
        // Pages go to the left, to the back, to the head, and are found by their place.
        expect(pageAt(shape, cut, origin)).toBe(at);
        const other = placeOfPage(shape, cut, at === 0 ? cut.pages - 1 : 0).origin[axis];
        expect(Math.sign(other! - origin[axis]!)).toBe(at === 0 ? 1 : -1);
      }
    }
  });

  it('has square pixels, as near to each other as its nearer voxels, and none beyond the last', () => {
    const shape: VolumeShape = {
      ...{ size: [4, 6, 5], times: 1, origin: [0, 0, 0] },
      steps: [
        [0.5, 0, 0],
        [0, 0.75, 0],
        [0, 0, 2],
      ],
    };
    // 4 voxels of 2 mm after the first, in pixels of 0.5 and 0.75 mm.
    expect(cutOf(shape, 'coronal')).toMatchObject({ pixel: 0.5, width: 4, height: 17, pages: 6 });
    expect(cutOf(shape, 'sagittal')).toMatchObject({ pixel: 0.75, width: 6, height: 11, pages: 4 });
    expect(cutOf(shape, 'axial')).toMatchObject({ pixel: 0.5, width: 4, height: 8, pages: 5 });
    expect(sliceAt(shape, [99, 99, 5.2])).toBe(3);
    expect(pageAt(shape, cutOf(shape, 'coronal'), [0, -50, 0])).toBe(0);
  });
});

const flat = {
  '0028,0010': ['US', 3],
  '0028,0011': ['US', 4],
  '0028,0030': ['DS', '1\\1'],
} as const;

/** Slices of 4 × 3 in a series, 2 mm apart unless said otherwise. */
function series(
  slices: readonly {
    readonly at: string;
    readonly words?: Uint16Array;
    readonly more?: Elements;
  }[],
): string[] {
  const uid = `1.2.${++count}`;
  return slices.map(({ at, words, more }, index) => {
    const path = join(folder, `${count}-${index}.dcm`);
    const elements: Elements = {
      ...flat,
      '0008,0018': ['UI', `${uid}.${index}`],
      '0020,000e': ['UI', uid],
      '0020,0032': ['DS', at],
      '0020,0037': ['DS', '1\\0\\0\\0\\1\\0'],
      ...more,
    };
    writeFileSync(path, madeDicom(elements, words ?? new Uint16Array(12).fill(100 * index)));
    return path;
  });
}
const seen = async (files: readonly string[]): Promise<NonNullable<DecodedImage['scanned']>> =>
  (await decodeImage({ path: files[0]!, files, readers })).scanned!;

describe('series of DICOM', () => {
  it('are cut in the order of their places, and interpolated between them', async () => {
    const files = series([{ at: '0\\0\\4' }, { at: '0\\0\\0' }, { at: '0\\0\\2' }]);
    const { raster, notices, pages, metadata } = await page(files[0]!, 'coronal', 1, files);
    expect(pages!.count).toBe(3);
    // From the head: the slice at 4 (value 0), then 2 (200), then 0 (100), a pixel of 1 mm between each.
    const column = [0, 1, 2, 3, 4].map((y) => raster.data[y * 4]);
    expect(column).toEqual([0, 100, 200, 150, 100]);
    expect(notices.map(({ text }) => text).join()).toContain('interpolated');
    // It goes back into no file.
    expect([metadata.object, metadata.volume]).toEqual([undefined, undefined]);
  });

  it('of slices on scales of their own, as PET, are cut as what was measured', async () => {
    const words = new Uint16Array(12).fill(10);
    const files = series([
      { at: '0\\0\\0', words, more: { '0028,1053': ['DS', '2'] } },
      { at: '0\\0\\1', words, more: { '0028,1053': ['DS', '3'] } },
    ]);
    const { raster } = await page(files[0]!, 'sagittal', 0, files);
    expect([raster.sampleType, raster.scale!.slope]).toEqual(['float32', 1]);
    expect([raster.data[0], raster.data[3]]).toEqual([30, 20]);
  });

  it('padding is mixed with nothing', async () => {
    const padding = { '0028,0120': ['US', 0] } as const;
    const files = series([
      { at: '0\\0\\0', more: padding },
      { at: '0\\0\\4', more: padding, words: new Uint16Array(12).fill(800) },
    ]);
    const { raster } = await page(files[0]!, 'coronal', 0, files);
    expect([0, 1, 2, 3, 4].map((y) => raster.data[y * 4])).toEqual([800, 800, 0, 0, 0]);
  });

  it.each([
    ['gaps', ['0\\0\\0', '0\\0\\2', '0\\0\\6', '0\\0\\8'], /do not lie evenly/],
    ['a tilted gantry', ['0\\0\\0', '0\\1\\2', '0\\2\\4'], /tilted gantry/],
    ['slices twice', ['0\\0\\0', '0\\0\\2', '0\\0\\2'], /where others lie/],
  ] as const)('with %s have none, and say why', async (_, places, why) => {
    const files = series(places.map((at) => ({ at })));
    const { noPlanes, volume: shape } = await seen(files);
    expect(noPlanes).toMatch(why);
    expect(shape).toBeUndefined();
    await expect(page(files[0]!, 'axial', 0, files)).rejects.toThrow(why);
  });

  it('other files have none: one slice, frames, photos', async () => {
    const [alone] = series([{ at: '0\\0\\0' }]);
    await expect(page(alone!, 'axial', 0)).rejects.toThrow('has no planes');
    const frames = join(folder, 'frames.dcm');
    writeFileSync(frames, madeDicom({ '0028,0008': ['IS', '2'] }, new Uint16Array(24)));
    expect((await decodeImage({ path: frames, readers })).scanned!.noPlanes).toContain('does not say where each of its frames lies'); // prettier-ignore
    const files = series([{ at: '0\\0\\0' }, { at: '0\\0\\2' }]);
    await expect(page(files[0]!, 'axial', 2, files)).rejects.toThrow('from 1 to 2');
  });

  it('are given up between two slices', async () => {
    const files = series(Array.from({ length: 30 }, (_, at) => ({ at: `0\\0\\${at}` })));
    const over = new AbortController();
    let told = 0;
    const asked = decodeImage({
      ...{ path: files[0]!, files, plane: 'coronal' as const, readers, signal: over.signal },
      told: (done) => {
        told = done;
        if (done === 3) over.abort();
      },
    });
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told).toBeLessThan(6);
  });
});

/** Groups of a frame: where it lies, and what else is given. */
const groups = (
  at: string,
  {
    orientation = '1\\0\\0\\0\\1\\0',
    spacing = '1\\1',
  }: { orientation?: string; spacing?: string } = {},
): Elements => ({
  '0020,9113': ['SQ', [{ '0020,0032': ['DS', at] }]],
  '0020,9116': ['SQ', [{ '0020,0037': ['DS', orientation] }]],
  '0028,9110': ['SQ', [{ '0028,0030': ['DS', spacing] }]],
});

describe('frames of one file of DICOM', () => {
  /** 4 × 3 pixels each, frame f of the value 100 f. @param frames what each says of itself */
  function file(frames: readonly Elements[], more: Elements = {}): string {
    const path = join(folder, `${++count}-frames.dcm`);
    const elements: Elements = {
      ...{ '0028,0010': ['US', 3], '0028,0011': ['US', 4] },
      '0028,0008': ['IS', frames.length],
      '5200,9230': ['SQ', frames],
      ...more,
    };
    const words = Uint16Array.from({ length: 12 * frames.length }, (_, i) => 100 * Math.floor(i / 12)); // prettier-ignore
    writeFileSync(path, madeDicom(elements, words));
    return path;
  }
  const about = async (path: string): Promise<NonNullable<DecodedImage['scanned']>> =>
    (await decodeImage({ path, readers })).scanned!;

  it('are a volume in their own order, also from the head down, and in several times', async () => {
    const down = file(['0\\0\\4', '0\\0\\2', '0\\0\\0'].map((at) => groups(at)));
    const shape = (await about(down)).volume!;
    expect(shape).toMatchObject({ size: [4, 3, 3], times: 1, origin: [0, 0, 4] });
    expect(shape.steps[2]).toEqual([0, 0, -2]);
    const { raster, pages } = await page(down, 'coronal', 1);
    expect(pages!.count).toBe(3);
    // The head is up: frame 0, then what lies between it and frame 1.
    expect([0, 1, 2, 3, 4].map((y) => raster.data[y * 4])).toEqual([0, 50, 100, 150, 200]);
    const [axial] = (await page(down, 'axial', 0)).raster.data;
    expect(axial).toBe(200);

    const twice = file(['0\\0\\0', '0\\0\\3', '0\\0\\0', '0\\0\\3'].map((at) => groups(at)));
    expect((await about(twice)).volume).toMatchObject({ size: [4, 3, 2], times: 2 });
    // Pages of the second time come behind those of the first.
    expect((await page(twice, 'axial', 3)).raster.data[0]).toBe(300);
    await expect(page(twice, 'axial', 4)).rejects.toThrow('from 1 to 4');
  });

  it('say by shared groups what is true of all of them', async () => {
    const { '0020,9113': first, ...shared } = groups('0\\0\\0', { spacing: '0.5\\0.25' });
    const second = groups('0\\0\\2')['0020,9113']!;
    const path = file([{ '0020,9113': first! }, { '0020,9113': second }], {
      '5200,9229': ['SQ', [shared]],
    });
    expect((await about(path)).volume!.steps).toEqual([
      [0.25, 0, 0],
      [0, 0.5, 0],
      [0, 0, 2],
    ]);
  });

  it.each([
    ['one place', ['0\\0\\0', '0\\0\\0', '0\\0\\0'].map((at) => groups(at)), /at one place/],
    [
      'times of each place together',
      ['0\\0\\0', '0\\0\\0', '0\\0\\2', '0\\0\\2'].map((at) => groups(at)),
      /order of their places/,
    ],
    [
      'places in another order',
      ['0\\0\\0', '0\\0\\4', '0\\0\\2'].map((at) => groups(at)),
      /order of their places/,
    ],
    ['gaps', ['0\\0\\0', '0\\0\\2', '0\\0\\7'].map((at) => groups(at)), /do not lie evenly/],
    ['a tilted gantry', ['0\\0\\0', '0\\1\\2', '0\\2\\4'].map((at) => groups(at)), /tilted gantry/],
    [
      'two directions',
      [groups('0\\0\\0'), groups('0\\0\\2', { orientation: '0\\1\\0\\0\\0\\1' })],
      /several directions/,
    ],
    [
      'two pixel sizes',
      [groups('0\\0\\0'), groups('0\\0\\2', { spacing: '2\\2' })],
      /several sizes/,
    ],
    [
      'no size',
      [groups('0\\0\\0', { spacing: '0\\0' }), groups('0\\0\\2', { spacing: '0\\0' })],
      /how large its pixels/,
    ],
    [
      'no direction',
      [groups('0\\0\\0', { orientation: '1\\0\\0\\0\\0\\0' }), groups('0\\0\\2')],
      /where each of its frames/,
    ],
    ['a place of all of them alone', [{}, {}], /where each of its frames/],
  ] as const)('of %s are no volume, and say why', async (_, frames, why) => {
    // prettier-ignore
    const path = file(frames, { '0020,0032': ['DS', '0\\0\\0'] });
    const { noPlanes, volume: shape } = await about(path);
    expect(noPlanes).toMatch(why);
    expect(shape).toBeUndefined();
    await expect(page(path, 'axial', 0)).rejects.toThrow(why);
    // The frames themselves are there.
    expect((await decodeImage({ path, page: 1, readers })).raster.data[0]).toBe(100);
  });
});

describe('a cleaned plane', () => {
  const settings = { sigma: 200, model: card.id } as const;

  function setUp() {
    const events: HourglassEvent[] = [];
    const documents = createDocumentStore({ maxBytes: 1e9, readers });
    const inference = fakeInference(blur, 112);
    const services = {
      ...{ documents, inference, software: 'test', describers: {} },
      models: { ...storeOf(card), get: () => Promise.resolve(card) },
    };
    const preview = (document: string, signal = new AbortController().signal) => {
      const input = parseInput(commands.preview, { document, settings });
      const context = {
        ...{ job: 'j', signal, emit: (event: HourglassEvent) => void events.push(event) },
        progress: (_: Progress) => undefined,
      } as CommandContext;
      return denoiseCapability.handlers.preview(input, context, services as never);
    };
    const open = async (files: readonly string[], more: { page?: number; plane?: Plane } = {}): Promise<DocumentInfo> => // prettier-ignore
      (await documents.open({ source: files[0]!, path: files[0]!, files, maxMegapixels: 10, signal: new AbortController().signal, ...more })).info; // prettier-ignore
    return { events, documents, inference, preview, open };
  }

  /** 24 × 20 pixels, six slices 3 mm apart, of noise. */
  function noisy(): string[] {
    const next = uniform(7);
    const size = { '0028,0010': ['US', 20], '0028,0011': ['US', 24] } as const;
    return series(
      Array.from({ length: 6 }, (_, at) => ({
        ...{ at: `0\\0\\${3 * at}`, more: size },
        words: Uint16Array.from({ length: 480 }, () => 500 + 100 * at + 80 * next()),
      })),
    );
  }

  it('is put together from slices that are cleaned as they are exported', async () => {
    const { documents, preview, open, inference, events } = setUp();
    const files = noisy();
    const rows: number[][] = [];
    for (let slice = 0; slice < 6; slice++) {
      const { document } = await open(files, { page: slice });
      const { layer } = await preview(document);
      rows.push([
        ...documents
          .get(document)
          .layer(layer)!
          .raster.data.subarray(7 * 24, 8 * 24),
      ]);
    }
    expect(inference.runs).toBe(6);
    events.length = 0;
    const info = await open(files, { plane: 'coronal', page: 7 });
    expect([info.width, info.height, info.plane]).toEqual([24, 16, 'coronal']);
    const { layer, sigma } = await preview(info.document);
    expect(sigma).toBe(200);
    const { data } = documents.get(info.document).layer(layer)!.raster;
    // From the head: the last slice first, three pixels from slice to slice.
    for (let slice = 0; slice < 6; slice++)
      expect([...data.subarray((15 - 3 * slice) * 24, (16 - 3 * slice) * 24)]).toEqual(rows[slice]);
    const between = Math.round(rows[0]![5]! + (rows[1]![5]! - rows[0]![5]!) / 3);
    expect(data[14 * 24 + 5]).toBe(between);
    // What was told is all of it, piece by piece.
    const told = events.flatMap((event) => (event.type === 'layer' ? [event.rect] : []));
    const covered = new Set(told.flatMap(({ y, height }) => Array.from({ length: height }, (_, i) => y + i))); // prettier-ignore
    expect(covered.size).toBe(16);
    expect(told.length).toBeGreaterThan(4);

    // The next page of the plane, and the other plane, need no network any more.
    expect(inference.runs).toBe(12);
    for (const [plane, at] of [
      ['coronal', 8],
      ['sagittal', 3],
    ] as const)
      // prettier-ignore
      await preview((await open(files, { plane, page: at })).document);
    expect(inference.runs).toBe(12);
  });

  it('that is given up keeps what was cleaned; the plane as it was taken needs one slice alone', async () => {
    const { preview, open, inference, events } = setUp();
    const files = noisy();
    const axial = await open(files, { plane: 'axial', page: 2 });
    await preview(axial.document);
    expect(inference.runs).toBe(1);
    const over = new AbortController();
    const { document } = await open(files, { plane: 'sagittal', page: 2 });
    const stop = setInterval(() => inference.runs >= 4 && over.abort(), 0);
    await expect(preview(document, over.signal)).rejects.toThrow();
    clearInterval(stop);
    const before = inference.runs;
    expect(before).toBeLessThan(6);
    // What it told of is cleaned; not all of the plane is.
    const told = events.filter((event) => event.type === 'layer' && event.document === document);
    expect(told.length).toBeLessThan(6);
    await preview(document);
    expect(inference.runs).toBeLessThanOrEqual(7);
  });

  it('is no picture of its own for an export', async () => {
    const { documents, open } = setUp();
    const files = noisy();
    await open(files, { plane: 'coronal', page: 0 });
    expect(documents.byPath(files[0]!, 0)).toBeUndefined();
  });
});
