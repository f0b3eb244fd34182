/** Trainings as the page keeps them, what is said of a curve, and where its lines lie. */
import '../../state/test-runes.ts';
import { describe, expect, it } from 'vitest';
import { HourglassError } from '../../../app/contract/errors.ts';
import type {
  DeviceReport,
  TrainingCodes,
  TrainingCurve,
  TrainingRequest,
  TrainingState,
} from '../../../app/contract/index.ts';
import { kindDefaults, kindIds, type KindId } from '../../../app/contract/learn-kinds.ts';
import { noCurve, noTraining } from '../../../app/contract/training.ts';
import { chartOf, errorTicks } from './chart.ts';
import { barsOf, tilesOf } from './codes.ts';
import { Learning } from './learning.svelte.ts';
import {
  choicesOf,
  devicesOf,
  forTheseWords,
  kindGroups,
  kindWords,
  numbersOf,
} from './options.ts';
import { differenceOf, pixelsOf } from './squares.ts';
import { qualitiesOf, errorWords, secondsLeft, verdictOf, verdictWords } from './words.ts';

function curve(heldBack: readonly number[], more: Partial<TrainingCurve> = {}): TrainingCurve {
  const points = heldBack.map((value, at) => ({
    step: 100 * (at + 1),
    loss: 0.9 * value,
    heldBack: value,
  }));
  const least = Math.min(...heldBack);
  return {
    ...{ ...noCurve, points, step: 100 * heldBack.length, seconds: 10, of: 1000 },
    best: points.find((one) => one.heldBack === least)?.step ?? null,
    ...more,
  };
}

describe('what is said of a curve', () => {
  it.each([
    ['begun', curve([1])],
    ['learning', curve([1, 0.5, 0.4])],
    ['learning', curve([1, 0.5, 0.4], { components: 0.3 })],
    ['asComponents', curve([1, 0.5, 0.4], { components: 0.4 })],
    ['atFloor', curve([1, 0.5, 0.4], { floor: 0.4 })],
    ['waiting', curve([1, 0.4, 0.41, 0.41])],
  ] as const)('%s', (verdict, given) => {
    expect(verdictOf(given)).toBe(verdict);
    expect(verdictWords(given)).not.toBe('');
  });

  it('learning by heart is worse than the best on held-back pictures, and better on the others', () => {
    const rising = curve([1, 0.4, 0.5]);
    const points = rising.points.map((one) => ({ ...one, loss: 0.3 }));
    expect(verdictOf({ ...rising, points })).toBe('memorising');
    // The noise of an early step is none of that.
    expect(verdictOf({ ...rising, points: points.map((one) => ({ ...one, loss: 0.6 })) })).not.toBe(
      'memorising',
    );
  });

  it('time left follows from the speed, once the steps are known', () => {
    expect(secondsLeft(curve([1, 1]))).toBe(40);
    expect(secondsLeft(curve([1, 1], { of: null }))).toBeNull();
  });

  it('errors have three digits that mean something', () => {
    expect([0.00123456, 0.5, 12.345, 1234, 0].map(errorWords)).toEqual([
      ...['0.00123', '0.5', '12.3', '1234', '0'],
    ]);
  });
});

describe('a chart', () => {
  const size = { width: 400, height: 200 };
  it('has equal ratios equally far apart', () => {
    const { heldBack, errors, steps } = chartOf(curve([1, 0.1, 0.01]), size);
    const y = [...heldBack.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, , at]) => Number(at));
    expect(y[1]! - y[0]!).toBeCloseTo(y[2]! - y[1]!, 0);
    expect(errors.map(({ value }) => value)).toEqual([0.01, 0.1, 1]);
    expect(steps[0]).toEqual({ value: 0, x: 0 });
  });

  it('shows the lines that the events tell of, and nothing before the first point', () => {
    const { floor, components } = chartOf(curve([1, 0.5], { floor: 0.1, components: 0.2 }), size);
    expect(floor!).toBeGreaterThan(components!);
    expect(chartOf(noCurve, size)).toEqual({
      ...{ loss: '', heldBack: '', beside: '', best: null, floor: null, components: null },
      ...{ errors: [], steps: [] },
    });
  });

  it('lays another training over it, on the same axes', () => {
    const own = curve([1, 0.1]);
    const both = chartOf(own, size, curve([1, 0.1, 0.001]));
    // The farther one has room too, and what is equal lies on each other.
    expect(both.beside.split('L')).toHaveLength(3);
    expect(both.heldBack).toBe(both.beside.split('L').slice(0, 2).join('L'));
    expect(both.heldBack).not.toBe(chartOf(own, size).heldBack);
    expect(chartOf(own, size).beside).toBe('');
  });

  it('figures of two stand beside each other by what was measured', () => {
    const measured = (measure: string, network: number) => ({
      ...{ measure, unit: 'dB', network, beside: [] },
    });
    const rows = qualitiesOf([measured('a', 1)], [measured('a', 2), measured('b', 3)]);
    expect(rows.map(({ measure, one, another }) => [measure, one, another])).toEqual([
      ['a', 1, 2],
      ['b', null, 3],
    ]);
  });

  it('names errors also where they lie close together', () => {
    expect(errorTicks(-3.02, -2.98).length).toBeGreaterThanOrEqual(2);
    expect(errorTicks(-3.2, -2.2)).toEqual([0.001, 0.002, 0.005]);
  });
});

describe('squares', () => {
  const text = (...samples: number[]): string => btoa(String.fromCharCode(...samples));
  it('are drawn gray or in colour', () => {
    expect([...pixelsOf(text(7, 9), 1)]).toEqual([7, 7, 7, 255, 9, 9, 9, 255]);
    expect([...pixelsOf(text(1, 2, 3), 3)]).toEqual([1, 2, 3, 255]);
  });

  it('differ on one scale', () => {
    const levels = [...differenceOf(text(100, 100, 100, 0), text(100, 132, 68, 255), 1)];
    expect(levels.filter((_, at) => at % 4 === 0)).toEqual([128, 255, 0, 255]);
  });
});

describe('settings', () => {
  it('offer each option of a kind once, with a sentence, and no other', () => {
    expect(kindGroups.flatMap(({ kinds }) => kinds).sort()).toEqual([...kindIds].sort());
    for (const kind of kindIds) {
      const numbers = numbersOf(kind, 2);
      const choices = choicesOf(kind);
      const all = [...numbers.main, ...numbers.more, ...choices.main, ...choices.more];
      const own = Object.keys(kindDefaults[kind]).filter(
        // A choice of one is none.
        (option) => option !== 'loss' || choices.more.length > 0,
      );
      expect(all.map(({ option }) => option).sort()).toEqual(own.sort());
      expect(all.every(({ help }) => help.endsWith('.'))).toBe(true);
      expect(kindWords(kind).about).not.toBe('');
    }
  });

  it('say what a width means for the squares, and for as many pictures', () => {
    const words = (
      more: Partial<Parameters<typeof forTheseWords>[2]>,
      kind: KindId = 'linear',
    ): string | null =>
      forTheseWords(kind, 'width', { count: 40, width: 8, patch: 8, scope: 'squares', ...more });
    expect(words({})).toBe('A square has 64 values, in colour 192: of those these are 4.2 %.');
    expect(words({ width: 64 })).toMatch(/^A gray square has 64 values/);
    expect(words({ width: 192 })).toMatch(/nothing would be left out\.$/);
    // Four of forty are held back.
    expect(words({ scope: 'whole', width: 36 })).toMatch(/^36 pictures are learnt from/);
    expect(words({ scope: 'whole', width: 35 })).toMatch(/^A square/);
    expect(words({ scope: 'whole', width: 200, count: null })).toMatch(/nothing would be/);
    expect(words({}, 'convolutional')).toBeNull();
    expect(forTheseWords('linear', 'rate', { count: 40 })).toBeNull();
  });

  it('say what was turned alone, for the kind that is chosen, and ask by its name', async () => {
    const asked: TrainingRequest[] = [];
    const learning = new Learning({
      folders: true,
      all: () => Promise.resolve({ state: noTraining, pictures: null, codes: null }),
      ask: (request) => (asked.push(request), Promise.resolve()),
      sample: () => Promise.reject(new HourglassError('internal', 'Gone.')),
    });
    const chosen = { from: '/photos', name: 'photos', count: 3 };
    learning.onEvent({
      ...{ type: 'training', pictures: null, codes: null },
      state: { ...noTraining, chosen },
    });
    learning.turn('sigma', 40);
    learning.turn('channels', 8);
    learning.turn('channels', 16);
    learning.kind = 'variational';
    learning.turn('beta', 2);
    expect(learning.value('beta')).toBe(2);
    await learning.start();
    learning.kind = 'denoising';
    learning.name = ' Mine ';
    await learning.start();
    learning.device = 'webgpu';
    await learning.start();
    const limits = { minutes: 5, stopEarly: true };
    expect(asked.pop()).toMatchObject({ settings: { kind: 'denoising', device: 'webgpu' } });
    expect(asked).toEqual([
      { ask: 'start', name: 'photos', settings: { kind: 'variational', beta: 2, ...limits } },
      { ask: 'start', name: 'Mine', settings: { kind: 'denoising', sigma: 40, ...limits } },
    ]);
  });
});

it('units of a code stand the strongest first, those that nothing goes through apart; places are parts of a square', () => {
  const codes: TrainingCodes = {
    ...{ step: 1, share: 0.5, side: 1, tones: 1, tiles: btoa('\u0000\u00ff'), codes: [] },
    points: [
      { x: -1, y: 1 },
      { x: 1, y: 0 },
    ],
    units: [
      { spread: 1, rate: 0.002 },
      { spread: 1, rate: 2 },
      { spread: 1, rate: 0.5 },
    ],
  };
  expect(barsOf(codes).map(({ unit, used, height }) => [unit, used, height])).toEqual([
    [2, true, 1],
    [3, true, 0.25],
    [1, false, 0.001],
  ]);
  expect(tilesOf(codes).map(({ x, y, pixels }) => [x, y, pixels[0]])).toEqual([
    [0, 0, 0],
    [1, 0.5, 255],
  ]);
});

describe('what the host tells', () => {
  const state = (more: Partial<TrainingState>): TrainingState => ({ ...noTraining, ...more });
  it('keeps pictures while the training is the same, and forgets a name with what it was for', () => {
    const learning = new Learning(null);
    const codes: TrainingCodes = {
      ...{ step: 1, points: [], share: 1, units: [], side: 1, tones: 1, tiles: '', codes: [] },
    };
    const pictures = { step: 1, side: 8, tones: 1, pictures: [] } as const;
    learning.onEvent({
      ...{ type: 'training', state: state({ current: 'a' }) },
      pictures: { ...pictures, pictures: [] },
      codes,
    });
    const same = state({ current: 'a', done: 1 });
    learning.onEvent({ type: 'training', state: same, pictures: null, codes: null });
    expect(learning.pictures).toEqual(pictures);
    expect(learning.codes).toEqual(codes);
    learning.name = 'Mine';
    const chosen = { from: '/b', name: 'b', count: 2 };
    learning.onEvent({ type: 'training', state: state({ chosen }), pictures: null, codes: null });
    expect([learning.pictures, learning.codes, learning.usedName]).toEqual([null, null, 'b']);
  });

  it('what it refuses is shown until the next thing is asked', async () => {
    const learning = new Learning({
      folders: true,
      all: () => Promise.reject(new HourglassError('internal', 'Gone.')),
      ask: () => Promise.resolve(),
      sample: () => Promise.reject(new HourglassError('internal', 'Gone.')),
    });
    await learning.load();
    expect(learning.refused?.message).toBe('Gone.');
    await learning.ask({ ask: 'finish' });
    expect(learning.refused).toBeNull();
  });
});

it('what computes is a choice only where another device than the CPU passed its check', () => {
  const report = (id: DeviceReport['id'], usable = true): DeviceReport => ({
    ...{ id, usable, label: id.toUpperCase(), reason: '', maxDifference: null },
    ...{ megapixelsPerSecond: null, precision: 'fp32', int8: null },
    ...{ graphOptimization: 'all', checkedAt: '' },
  });
  expect(devicesOf([report('cpu'), report('webgpu', false)])).toEqual([]);
  expect(devicesOf([report('cpu'), report('dml', false), report('webgpu')])).toEqual([
    { value: 'cpu', label: 'CPU' },
    { value: 'webgpu', label: 'WEBGPU' },
  ]);
});
