/** Exploring as the page keeps it, where pictures of a map lie on the screen, and what is said of answers. */
import '../../state/test-runes.ts';
import { describe, expect, it } from 'vitest';
import { HourglassError } from '../../../app/contract/errors.ts';
import { noExploring } from '../../../app/contract/exploring.ts';
import type {
  ExploringAnswer,
  ExploringDesk,
  ExploringRequest,
  ExploringState,
  MapAnswer,
  SimilarAnswer,
  UnusualAnswer,
} from '../../../app/contract/index.ts';
import { heatColour } from '../../../app/contract/heat.ts';
import { Exploring } from './exploring.svelte.ts';
import { heatFactsOf, heatPictureOf } from './heat.ts';
import {
  clustersOf,
  inSight,
  moved,
  nearestTo,
  nextInDirection,
  onScreen,
  placeAt,
  placesOf,
  revealed,
  wholeMap,
  within,
  zoomed,
} from './map-view.ts';
import { areExplored } from './opening.ts';
import { markOf, outlineOf, shapes } from './marks.ts';
import { byCamera, byNoise, byScore } from './colouring.ts';
import { partBetween, partByKey } from './part.ts';
import {
  doingWords,
  mapWords,
  similarCaption,
  similarWords,
  unusualCaption,
  unusualWords,
} from './words.ts';

const said = { list: 1, leftOut: [], notices: [] } as const;
const similar: SimilarAnswer = {
  ...{ question: 'similar', ...said, above: 2, groups: [] },
  of: { source: '@a', name: 'a.png' },
  ...{ by: null, isPart: false },
  found: [
    { picture: 1, kind: 'same', percentile: 99.99, mirrored: true },
    { picture: 0, kind: 'similar', percentile: 99.456, mirrored: false },
  ],
};
const promise = { falseAlarms: 5, checked: 40, flagged: 2, threshold: 1, needed: 19 };
const unusual: UnusualAnswer = {
  ...{ question: 'unusual', ...said, mode: 'features', by: null, good: 40, edge: 1.4 },
  promise: { ...promise, low: 1.25, high: 12 },
  rows: [
    {
      ...{ picture: 1, verdict: 'unusual', score: 3.123 },
      spots: [{ x: 0, y: 0, width: 0.1, height: 0.1, peak: 2 }],
    },
    { picture: 0, verdict: 'usual', score: 0.4, spots: [] },
  ],
};

describe('colours of a map', () => {
  const facts = (told: readonly (readonly [string | null, number | null] | null)[]) => ({
    ...({ question: 'facts', ...said, noise: true } as const),
    facts: told.map((one) => one && { camera: one[0], noise: one[1] }),
  });

  it('cameras have marks of their own, the most frequent first; who says none is gray', () => {
    const { kinds, paint, range } = byCamera(
      facts([['B', 1], ['A', 1], ['B', 2], [null, 3], null]),
    );
    expect(kinds).toEqual([
      { name: 'B', count: 2, mark: 1 },
      { name: 'A', count: 1, mark: 2 },
    ]);
    expect([0, 1, 3, 4].map((picture) => paint(picture)?.token ?? null)).toEqual([
      ...['--mark-1', '--mark-2', null, null],
    ]);
    expect(range).toBeNull();
  });

  it('numbers lie on one scale, brighter with more, and one far out does not decide it', () => {
    const noise = Array.from({ length: 100 }, (_, at) => ['A', at] as const);
    const { range, paint } = byNoise(facts([...noise, ['A', 1e6], null]));
    expect(range).toEqual({ low: 2, high: 98 });
    const lightness = (picture: number): number =>
      paint(picture)!
        .colour!.match(/\d+/g)!
        .reduce((sum, value) => sum + Number(value), 0);
    expect(lightness(90)).toBeGreaterThan(lightness(50));
    expect(lightness(50)).toBeGreaterThan(lightness(5));
    expect(paint(101)).toBeNull();
    expect(byScore(unusual).range).toEqual({ low: 0.4, high: 3.123 });
    expect(byScore(unusual).paint(7)).toBeNull();
  });
});

describe('a part of a photo', () => {
  it('is drawn from any corner, within the photo; a click is none', () => {
    expect(partBetween({ x: 0.75, y: 1.5 }, { x: 0.25, y: 0.5 })).toEqual({
      ...{ x: 0.25, y: 0.5, width: 0.5, height: 0.5 },
    });
    expect(partBetween({ x: 0.5, y: 0.5 }, { x: 0.51, y: 0.9 })).toBeNull();
  });

  it('is moved and made larger by keys, and stays within the photo', () => {
    const middle = partByKey(null, 'ArrowLeft', false)!;
    expect(middle).toEqual({ x: 0.25, y: 0.25, width: 0.5, height: 0.5 });
    let part = middle;
    for (let press = 0; press < 30; press++) part = partByKey(part, 'ArrowRight', false)!;
    expect(part).toMatchObject({ x: 0.5, width: 0.5 });
    expect(partByKey(middle, 'ArrowDown', true)!.height).toBeCloseTo(0.55, 9);
    expect(partByKey(part, 'ArrowRight', true)!.width).toBe(0.5);
    expect(partByKey(part, 'Escape', false)).toBeNull();
    expect([partByKey(null, 'Escape', false), partByKey(part, 'a', false)]).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe('exploring', () => {
  const desk = (state: Partial<ExploringState>, answers: readonly ExploringAnswer[] = []) =>
    ({
      ...{ state: { ...noExploring, ...state }, answers },
      pictures: ['a', 'b', 'c'].map((name) => ({
        ...{ source: `@${name}`, name: `${name}.png`, bytes: 1, folder: '' },
      })),
    }) satisfies ExploringDesk;
  function opened(first: ExploringDesk) {
    const asked: ExploringRequest[] = [];
    let refusal: HourglassError | null = null;
    const exploring = new Exploring({
      folders: true,
      all: () => Promise.resolve(first),
      ask(request) {
        asked.push(request);
        return refusal ? Promise.reject(refusal) : Promise.resolve();
      },
    });
    return { exploring, asked, refuse: (error: HourglassError) => (refusal = error) };
  }

  it('asks the question that is looked at, as it is turned', async () => {
    const { exploring, asked } = opened(desk({ list: 1 }));
    await exploring.load();
    exploring.clusters = 7;
    await exploring.answer();
    exploring.question = 'unusual';
    exploring.falseAlarms = 10;
    await exploring.answer();
    exploring.cutoff = 98.5;
    await exploring.findSimilar('@b');
    expect(exploring.question).toBe('similar');
    await exploring.answer();
    expect(asked).toEqual([
      { ask: 'map', clusters: 7 },
      { ask: 'unusual', falseAlarms: 10 },
      { ask: 'similar', source: '@b', cutoff: 98.5 },
      { ask: 'similar', source: null, cutoff: 98.5 },
    ]);
  });

  it('takes answers to these pictures alone, and forgets those by other good ones', async () => {
    const { exploring } = opened(desk({ list: 1 }, [similar]));
    await exploring.load();
    const state = { ...noExploring, list: 1 };
    exploring.onEvent({ type: 'exploring', state, answer: unusual });
    expect(Object.keys(exploring.answers)).toEqual(['similar', 'unusual']);
    exploring.onEvent({ type: 'exploring', state, answer: { ...similar, list: 0, above: 9 } });
    expect(exploring.answers.similar?.above).toBe(2);
    const good = { from: 'elsewhere', name: 'good', count: 3 };
    exploring.onEvent({ type: 'exploring', state: { ...state, good }, answer: null });
    expect(exploring.answers.unusual).toBeUndefined();
    expect(exploring.answers.similar).toBeDefined();
  });

  it('other pictures are asked for, and nothing of the ones before is selected', async () => {
    const { exploring } = opened(desk({ list: 2 }));
    exploring.select([0, 1]);
    exploring.current = 1;
    const state = { ...noExploring, list: 2 };
    exploring.onEvent({ type: 'exploring', state, answer: null });
    await Promise.resolve();
    await Promise.resolve();
    expect(exploring.pictures).toHaveLength(3);
    expect([exploring.current, exploring.selection]).toEqual([null, []]);
  });

  it('selects as lists do: one, a range in the order of the answer, one more or less', async () => {
    const { exploring } = opened(desk({ list: 1 }));
    await exploring.load();
    const order = [2, 0, 1];
    exploring.point(2, order);
    expect([exploring.picture?.name, exploring.selection]).toEqual(['c.png', []]);
    exploring.point(0, order, true);
    expect(exploring.selection).toEqual([0, 2]);
    exploring.toggle(2);
    expect(exploring.selection).toEqual([0]);
    exploring.select([1], true);
    expect(exploring.selection).toEqual([0, 1]);
  });

  it('says why something was refused, until the next thing is asked', async () => {
    const { exploring, refuse } = opened(desk({ list: 1 }));
    refuse(new HourglassError('not-allowed', 'Not now.'));
    await exploring.answer();
    expect(exploring.refused?.message).toBe('Not now.');
    refuse(new HourglassError('cancelled', 'Cancelled.'));
    await exploring.answer();
    expect(exploring.refused).toBeNull();
  });
});

describe('a map on the screen', () => {
  const screen = { width: 480, height: 280 };
  const base64 = (values: Float32Array | Uint8Array): string =>
    btoa(String.fromCharCode(...new Uint8Array(values.buffer)));
  const places = placesOf(base64(Float32Array.of(0, 0, 1, 0, 0.5, 0.5, NaN, NaN, 1, 1)));

  it('comes as it was sent', () => {
    expect([...places]).toEqual([0, 0, 1, 0, 0.5, 0.5, NaN, NaN, 1, 1]);
    expect([...clustersOf(base64(Uint8Array.of(1, 2, 1, 0, 3)))]).toEqual([1, 2, 1, 0, 3]);
  });

  it('all of it fits, with room for a picture around, and both ways by the same factor', () => {
    expect(onScreen({ x: 0, y: 0 }, wholeMap, screen)).toEqual({ x: 140, y: 40 });
    expect(onScreen({ x: 1, y: 1 }, wholeMap, screen)).toEqual({ x: 340, y: 240 });
    expect(inSight(places, wholeMap, screen)).toEqual([0, 1, 2, 4]);
  });

  it('is zoomed around a point, which stays; moved, and never lost', () => {
    const at = { x: 200, y: 100 };
    const near = zoomed(wholeMap, 4, at, screen);
    expect(placeAt(at, near, screen).x).toBeCloseTo(placeAt(at, wholeMap, screen).x, 9);
    expect(near.zoom).toBe(4);
    const aside = moved(near, { x: 80, y: -40 }, screen);
    expect(aside.x).toBeCloseTo(near.x - 0.1, 9);
    expect(aside.y).toBeCloseTo(near.y + 0.05, 9);
    expect(moved(near, { x: 1e6, y: 1e6 }, screen)).toMatchObject({ x: 0, y: 0 });
    expect(zoomed(near, 1 / 64, at, screen)).toEqual(wholeMap);
    expect(zoomed(near, 1e9, at, screen).zoom).toBe(64);
  });

  it('is moved to a place as little as is needed', () => {
    const near = zoomed(wholeMap, 4, { x: 240, y: 140 }, screen);
    const there = revealed(near, { x: 1, y: 0.5 }, screen);
    expect(onScreen({ x: 1, y: 0.5 }, there, screen)).toEqual({ x: 440, y: 140 });
    expect(revealed(near, { x: 0.5, y: 0.5 }, screen)).toBe(near);
  });

  it('a point means the nearest picture in reach; an arrow the next one that way', () => {
    expect(nearestTo({ x: 242, y: 143 }, places, wholeMap, screen, 5)).toBe(2);
    expect(nearestTo({ x: 250, y: 143 }, places, wholeMap, screen, 5)).toBeNull();
    expect(nextInDirection(0, { x: 1, y: 0 }, places)).toBe(1);
    expect(nextInDirection(1, { x: 0, y: 1 }, places)).toBe(4);
    expect(nextInDirection(2, { x: 0, y: -1 }, places)).toBe(0);
    expect(nextInDirection(0, { x: -1, y: 0 }, places)).toBeNull();
  });

  it('what lies within a line is meant, also where the line is not round', () => {
    const corner = [
      { x: 130, y: 30 },
      { x: 350, y: 30 },
      { x: 350, y: 60 },
      { x: 160, y: 60 },
      { x: 160, y: 250 },
      { x: 130, y: 250 },
    ];
    expect(within(corner, places, wholeMap, screen)).toEqual([0, 1]);
    expect(within([], places, wholeMap, screen)).toEqual([]);
  });

  it('clusters have marks of their own up to twenty-four, of about one size', () => {
    const marks = Array.from({ length: 24 }, (_, at) => markOf(at + 1));
    expect(new Set(marks.map(({ token, shape }) => token + shape)).size).toBe(24);
    expect(markOf(25)).toEqual(markOf(1));
    const areas = shapes.map((shape) => {
      const line = outlineOf(shape, 10);
      const twice = line.reduce((sum, [x, y], at) => {
        const [nx, ny] = line[(at + 1) % line.length]!;
        return sum + x * ny - nx * y;
      }, 0);
      return Math.abs(twice) / 2;
    });
    for (const area of areas) expect(area / areas[0]!).toBeCloseTo(1, 0);
  });
});

describe('what is said', () => {
  it('below a picture', () => {
    expect(similar.found.map(similarCaption)).toEqual([
      { text: 'the same picture, mirrored', strong: true },
      { text: '99.46 %', strong: false },
    ]);
    expect(unusual.rows.map(unusualCaption)).toEqual([
      { text: '3.12 · unusual · 1 place', strong: true },
      { text: '0.40 · usual', strong: false },
    ]);
    const ranked = { ...unusual.rows[1]!, verdict: 'ranked' } as const;
    expect(unusualCaption(ranked).text).toBe('0.40');
    const unmatched = { picture: 0, verdict: 'unmatched', score: null, spots: [] } as const;
    expect(unusualCaption(unmatched)).toEqual({ text: 'no near copy', strong: true });
  });

  it('of an answer', () => {
    expect(similarWords(similar)).toBe('Like a.png: 2 pictures, 1 of them the same one.');
    expect(similarWords({ ...similar, above: 0, found: [] })).toMatch(/^Nothing looks more like a/);
    expect(similarWords({ ...similar, of: null, groups: [[0, 1]] })).toMatch(/^1 group of/);
    expect(unusualWords(unusual)).toBe(
      '2 pictures judged by 40 good ones, by small parts. 1 is unusual. Asked for 5 % of false alarms, it is between 1.3 and 12.0 % in nine of ten such cases.',
    );
    const few = { ...unusual, promise: { ...unusual.promise, threshold: null } };
    expect(unusualWords(few)).toMatch(/by small parts\.$/);
    const unchecked = { ...unusual, promise: { ...unusual.promise, low: null, high: null } };
    expect(unusualWords(unchecked)).toMatch(/1 is unusual\.$/);
  });

  it('of a map, while it is laid out, cut off, and finished', () => {
    const map: MapAnswer = {
      ...{ question: 'map', ...said, layout: 'umap', finished: true, places: '', clusters: '' },
      centres: [4, 2],
    };
    expect(mapWords(map, 28, false)).toBe('28 pictures in 2 clusters.');
    expect(mapWords({ ...map, layout: 'pca' }, 3, false)).toMatch(/two directions/);
    expect(mapWords({ ...map, finished: false }, 28, true)).toMatch(/laid together…$/);
    expect(mapWords({ ...map, finished: false, layout: 'pca' }, 28, false)).toMatch(/cancelled/);
  });

  it('while something goes on', () => {
    const state = { ...noExploring, phase: 'asking', question: 'similar', doing: 'a.png' } as const;
    expect(doingWords(state)).toBe('Beginning…');
    expect(doingWords({ ...state, done: 3, of: 9 })).toBe('3 of 9: a.png');
    expect(doingWords({ ...state, phase: 'walking' })).toBe('Reading the folder…');
    expect(doingWords({ ...state, phase: 'walking', done: 2, of: 9 })).toBe(
      'Reading the folder: 2 of 9',
    );
  });
});

describe('a heat map', () => {
  // 0, 1 and 3, and beyond the end; the columns reach a little beyond the picture.
  const levels = btoa(String.fromCharCode(0, 80, 240, 255));
  const heat = { columns: 2, rows: 2, across: 1.2, down: 1, levels };

  it('says where its highest place is, and how much of it is high', () => {
    const { x, ...facts } = heatFactsOf(heat);
    expect(facts).toEqual({ peak: 255 / 80, y: 0.75, share: 0.75 });
    expect(x).toBeCloseTo(0.9, 9);
  });

  it('leaves what is usual as it is, and draws one value in one colour whatever the rest is', () => {
    const drawn = (bytes: readonly number[]) =>
      heatPictureOf({ ...heat, levels: btoa(String.fromCharCode(...bytes)) }).data.subarray(0, 4);
    expect(drawn([40, 0, 0, 0])[3]).toBe(0);
    expect([...drawn([160, 0, 0, 0])]).toEqual([...drawn([160, 255, 255, 255])]);
    expect([...drawn([160, 0, 0, 0])].slice(0, 3)).toEqual([...heatColour(2)]);
  });

  it('has colours that go from dark to light, for eyes that see no red or no green too', () => {
    // Viénot, Brettel & Mollon 1999, on linear light: red and green that are mixed up, then luminance.
    const linear = (level: number) => (level / 255) ** 2.2;
    const eyes = {
      all: [0.2126, 0.7152, 0.0722],
      protan: [0.0888, 0.839, 0.0722],
      deutan: [0.2666, 0.6612, 0.0722],
    };
    for (const weights of Object.values(eyes)) {
      const lights = Array.from({ length: 31 }, (_, at) =>
        heatColour(at / 10).reduce((sum, level, tone) => sum + weights[tone]! * linear(level), 0),
      );
      for (let at = 1; at < lights.length; at++)
        expect(lights[at]).toBeGreaterThan(lights[at - 1]!);
    }
  });
});

it('knows the photos of the strip when they are what is explored', () => {
  const exploring = new Exploring(null);
  exploring.pictures = ['@a', '@b'].map((source) => ({
    source,
    name: source,
    bytes: 1,
    folder: '',
  }));
  expect(areExplored(exploring, ['@b', '@a'])).toBe(true);
  expect(areExplored(exploring, ['@a'])).toBe(false);
  expect(areExplored(exploring, ['@a', '@b', '@c'])).toBe(false);
  expect(areExplored(exploring, ['@a', '@c'])).toBe(false);
});
