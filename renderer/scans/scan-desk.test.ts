/** What is drawn and measured on scans, and playing through their slices. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cutOf, placeOfPage, type Plane, type VolumeShape } from '../../app/contract/planes.ts';
import '../state/test-runes.ts';
import { paceOf, paceWords } from './pace.ts';
import { ScanDesk } from './scan-desk.svelte.ts';

const line = { from: { x: 5, y: 1 }, to: { x: 2, y: 3 }, done: true };

function deskWith(run: (command: string, input: Record<string, unknown>) => unknown) {
  const session = {
    active: { key: 'a', id: 'document-a', open: true, info: null } as never as Record<
      string,
      unknown
    >,
    page: 1,
    count: 3,
    get pages() {
      return { page: session.page, count: session.count };
    },
    canTurn: (by: number) => session.page + by >= 1 && session.page + by <= session.count,
    turnPage: (by: number) => void (session.page += by),
  };
  const asked: [string, Record<string, unknown>][] = [];
  const bridge = {
    run: async (command: string, input: Record<string, unknown>) => {
      asked.push([command, input]);
      return run(command, input);
    },
  };
  const view = { window: null, inverted: false, visible: null };
  return { desk: new ScanDesk({ bridge, session, view } as never), session, asked };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('measures the rectangle and the line in each layer; a line is one of its own file', async () => {
  const { desk, session, asked } = deskWith((command) =>
    command === 'region' ? { count: 1, mean: 2, deviation: 3 } : { values: [1, null] },
  );
  desk.draw(line);
  await desk.measure([
    { id: 'source', label: 'Original' },
    { id: 'clean-1', label: 'Cleaned' },
  ]);
  expect(asked[0]).toEqual([
    'region',
    { document: 'document-a', layer: 'source', rect: { x: 2, y: 1, width: 4, height: 3 } },
  ]);
  expect(desk.measured!.map(({ label }) => label)).toEqual(['Original', 'Cleaned']);
  session.active = { ...session.active, key: 'b' };
  expect(desk.drawn).toBeNull();
  session.active = { ...session.active, key: 'a' };
  expect(desk.drawn).toEqual(line);
  desk.forget();
  expect([desk.drawn, desk.measured]).toEqual([null, null]);
});

it('is drawn and moved by keys too, as far as the picture goes', () => {
  const { desk, session } = deskWith(() => ({}));
  const right = { x: 1, y: 0 };
  desk.stretch(right, false);
  expect(desk.drawn).toBeNull();
  session.active = { ...session.active, info: { width: 64, height: 40 } };
  desk.stretch(right, false);
  expect(desk.drawn).toEqual({ from: { x: 24, y: 20 }, to: { x: 40, y: 20 }, done: true });
  desk.stretch(right, false);
  desk.stretch({ x: 0, y: -1 }, false);
  expect(desk.drawn).toEqual({ from: { x: 24, y: 20 }, to: { x: 41, y: 19 }, done: true });
  desk.stretch({ x: -1, y: 0 }, true);
  expect(desk.drawn).toEqual({ from: { x: 23, y: 20 }, to: { x: 40, y: 19 }, done: true });
  for (let press = 0; press < 100; press++) desk.stretch(right, true);
  expect(desk.drawn).toEqual({ from: { x: 46, y: 20 }, to: { x: 63, y: 19 }, done: true });
});

it('says why it could not measure; what was asked before is no answer any more', async () => {
  const { desk } = deskWith(() => {
    throw new Error('The document is not open.');
  });
  desk.draw(line);
  const early = desk.measure([{ id: 'source', label: 'Original' }]);
  desk.forget();
  await early;
  expect(desk.failure).toBe('');
  desk.draw(line);
  await desk.measure([{ id: 'source', label: 'Original' }]);
  expect(desk.failure).toBe('The document is not open.');
});

it('plays round and round, waits for a slice that is not there, and stops', () => {
  const { desk, session } = deskWith(() => ({}));
  desk.play();
  vi.advanceTimersByTime(70);
  expect(session.page).toBe(2);
  session.active = { ...session.active, open: false };
  vi.advanceTimersByTime(700);
  expect(session.page).toBe(2);
  session.active = { ...session.active, open: true };
  vi.advanceTimersByTime(140);
  expect(session.page).toBe(1);
  desk.play();
  vi.advanceTimersByTime(700);
  expect([session.page, desk.playing]).toEqual([1, false]);
});

it('plays as fast as the file asks, and as a screen can', () => {
  const { desk, session } = deskWith(() => ({}));
  session.active = { ...session.active, info: { cine: { milliseconds: 500 } } };
  desk.play();
  vi.advanceTimersByTime(499);
  expect(session.page).toBe(1);
  vi.advanceTimersByTime(1);
  expect(session.page).toBe(2);
  desk.stop();
  session.page = 1;
  session.active = { ...session.active, info: { cine: { milliseconds: 1 } } };
  desk.play();
  vi.advanceTimersByTime(17);
  expect(session.page).toBe(2);
  desk.stop();
});

it('shows each frame as long as the file says, and what loading took is not added to it', () => {
  const { desk, session } = deskWith(() => ({}));
  const times = [100, 300, 40];
  const infoOf = (): object => ({
    cine: { milliseconds: times[session.page - 1], said: 'FrameTimeVector' },
  });
  const seen: number[] = [];
  session.turnPage = (by) => {
    session.page += by;
    seen.push(performance.now() - started);
    session.active = { ...session.active, open: false };
    setTimeout(() => (session.active = { ...session.active, open: true, info: infoOf() }), 30);
  };
  session.active = { ...session.active, info: infoOf() };
  const started = performance.now();
  desk.play();
  vi.advanceTimersByTime(1000);
  desk.stop();
  expect(seen.map((at) => 5 * Math.round(at / 5))).toEqual([100, 400, 440, 540, 840, 880, 980]);
});

it.each([
  [undefined, '15 a second: the file asks for no speed.'],
  [
    { milliseconds: 40, said: 'FrameTime' },
    '25 a second, as Frame Time (0018,1063) of the file says.',
  ],
  [
    { milliseconds: 120, said: 'FrameTimeVector' },
    'Each as long as Frame Time Vector (0018,1065) of the file says: this one 120 ms.',
  ],
  [
    { milliseconds: 5, said: 'CineRate' },
    '60 a second: Cine Rate (0018,0040) of the file asks for more than a screen shows.',
  ],
] as const)('says where the speed comes from: %j', (cine, words) => {
  expect(paceWords(paceOf(cine))).toBe(words);
});

describe('planes of a volume', () => {
  const volume = {
    ...{ size: [10, 20, 5] as const, times: 2, origin: [0, 0, 0] as const },
    steps: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 3],
    ] as const,
  };
  /** As the engine would open it. */
  function open(first = 2) {
    const made = deskWith(() => ({}));
    const shown: [Plane | null, number][] = [];
    const view = { orient: () => undefined };
    const show = (plane: Plane | null, page: number): void => {
      shown.push([plane, page]);
      const shape = volume as unknown as VolumeShape;
      const cut = plane && cutOf(shape, plane);
      const place = cut
        ? placeOfPage(shape, cut, page - 1)
        : { origin: [0, 0, 3 * ((page - 1) % 5)], right: [1, 0, 0], down: [0, 1, 0] };
      const size = cut ?? { width: 10, height: 20 };
      const pixel = cut?.pixel ?? 1;
      made.session.page = page;
      made.session.count = cut ? cut.pages * 2 : 10;
      made.session.active = {
        ...{ key: 'a', id: 'document-a', open: true, source: '@a', allowed: {}, plane },
        info: {
          ...{ volume, place, plane: plane ?? undefined, pixelSize: { x: pixel, y: pixel } },
          ...{ width: size.width, height: size.height, pages: { page, count: 99 } },
        },
      };
    };
    show(null, first);
    const session = made.session as typeof made.session & { showPlane: typeof show };
    session.showPlane = show;
    const bridge = { run: () => Promise.resolve({}) };
    return { desk: new ScanDesk({ bridge, session, view } as never), shown, show, session };
  }

  it('are opened at the page that the cross-hair goes through, and so are slices', () => {
    const { desk, shown } = open();
    expect(desk.cross).toBeNull();
    desk.showPlane('coronal');
    // Through the middle of the slice at 3 mm: y 9.5.
    expect(shown.at(-1)).toEqual(['coronal', 11]);
    expect(desk.cross!.point).toEqual([4.5, 10, 3]);
    // From the head down: the slice at 12 mm is row 0.
    desk.point({ x: 2, y: 0 });
    expect(desk.cross!.point).toEqual([2, 10, 12]);
    desk.point({ x: -5, y: 99 });
    expect(desk.cross!.point).toEqual([0, 10, 0]);
    desk.point({ x: 7, y: 3 });
    desk.showPlane('sagittal');
    expect(shown.at(-1)).toEqual(['sagittal', 8]);
    expect(desk.cross).toMatchObject({ x: 10, y: 3, point: [7, 10, 9] });
    desk.showPlane(null);
    expect(shown.at(-1)).toEqual([null, 4]);
  });

  it('are shown together: the cross-hair is a voxel, and every page goes through it', () => {
    const { desk, shown, session } = open(2);
    expect([desk.threePlanes, desk.pageOf('coronal')]).toEqual([false, null]);
    desk.toggleThree();
    expect(shown.at(-1)).toEqual(['axial', 2]);
    expect([desk.threePlanes, desk.beside]).toEqual([true, ['coronal', 'sagittal']]);
    // A click between voxels.
    desk.point({ x: 2.4, y: 13.8 });
    expect(desk.cross).toEqual({ x: 2, y: 14, point: [2, 14, 3] });
    expect(desk.pageOf('coronal')).toEqual({ source: '@a', allowed: {}, page: 15 });
    expect(desk.pageOf('sagittal')!.page).toBe(3);

    // In another plane: from the head down, so that row 0 is the slice at 12 mm.
    const shape = volume as unknown as VolumeShape;
    const cut = cutOf(shape, 'coronal');
    const coronal = {
      ...{ place: placeOfPage(shape, cut, 14), pixelSize: { x: cut.pixel, y: cut.pixel } },
    } as never;
    expect(desk.crossOf(coronal)).toEqual({ x: 2, y: 9 });
    desk.pointIn(coronal, { x: 7, y: 1 });
    // The picture turns to the slice that is nearest, the cross-hair with it.
    expect(session.page).toBe(5);
    expect(desk.crossOf(coronal)).toEqual({ x: 7, y: 0 });
    expect(desk.pageOf('sagittal')!.page).toBe(8);

    // By keys, a voxel each, and not beyond the last.
    desk.step({ x: 0, y: 1 }, 'coronal');
    expect([session.page, desk.crossOf(coronal)!.y]).toEqual([4, 3]);
    desk.step({ x: 1, y: -1 });
    expect(desk.pageOf('coronal')!.page).toBe(14);
    expect(desk.pageOf('sagittal')!.page).toBe(9);
    for (let turn = 0; turn < 5; turn++) desk.turn('sagittal', 1);
    expect(desk.pageOf('sagittal')!.page).toBe(10);

    // Another one is worked on, at the same place.
    desk.showPlane('coronal');
    expect(shown.at(-1)).toEqual(['coronal', 14]);
    expect(desk.beside).toEqual(['axial', 'sagittal']);
    expect(desk.pageOf('axial')!.page).toBe(4);
    desk.showPlane(null);
    expect([desk.threePlanes, shown.at(-1)]).toEqual([false, [null, 4]]);
  });

  it('begin in the middle of a volume that nobody went through, in its second time too', () => {
    const { desk, shown } = open(1);
    desk.toggleThree();
    expect(shown.at(-1)).toEqual(['axial', 3]);
    expect(desk.cross!.point).toEqual([4, 9, 6]);
    const later = open(9);
    later.desk.toggleThree();
    expect(later.shown.at(-1)).toEqual(['axial', 9]);
    expect(later.desk.pageOf('coronal')!.page).toBe(20 + 10 + 1);
    later.desk.toggleThree();
    expect(later.desk.threePlanes).toBe(false);
    expect(later.shown).toHaveLength(2);
  });

  it('stay in their point in time, and go where pages were turned to', () => {
    const { desk, shown, show } = open(9);
    desk.showPlane('axial');
    expect(shown.at(-1)).toEqual(['axial', 9]);
    show('axial', 10);
    expect(desk.cross!.point[2]).toBe(12);
    desk.showPlane(null);
    expect(shown.at(-1)).toEqual([null, 10]);
  });
});
