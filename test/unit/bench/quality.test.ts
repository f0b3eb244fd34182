/** The small parts of the quality bench: noise of MR, grids, metrics, codes, the search, the page. */
import { describe, expect, test } from 'vitest';
import { climb } from '../../bench/quality/climb.ts';
import { codingFor, decode, encode, fromOpponent, toOpponent } from '../../bench/quality/codes.ts';
import { replaceBlock } from '../../bench/quality/document.ts';
import { withData, type Field } from '../../bench/quality/field.ts';
import { addErrors, createGridSpectrum, readGrid } from '../../bench/quality/grid.ts';
import { flatChange, meanChange, psnr } from '../../bench/quality/metrics.ts';
import type { Measurement } from '../../bench/quality/results.ts';
import { withoutRicianBias, withRicianNoise } from '../../bench/quality/rician.ts';
import { merge, summarise, type Report } from '../../bench/quality/summary.ts';
import { renderSet } from '../../bench/quality/tables.ts';
import { SUGGESTED } from '../../bench/quality/tasks.ts';
import { normal } from '../../random.ts';

const gray = (side: number, value: (x: number, y: number) => number): Field => ({
  width: side,
  height: side,
  channels: 1,
  data: Float32Array.from({ length: side * side }, (_, i) => value(i % side, Math.floor(i / side))),
});

const average = (values: Iterable<number>): number => {
  const list = [...values];
  return list.reduce((sum, value) => sum + value, 0) / list.length;
};

describe('Rician noise', () => {
  test('no signal: mean σ √(π/2); signal: E x² = A² + 2σ²; the correction takes that out', () => {
    const empty = withRicianNoise(
      gray(200, () => 0),
      10,
      1,
    );
    expect(average(empty.data) / (10 * Math.sqrt(Math.PI / 2))).toBeCloseTo(1, 1.7);
    const noisy = withRicianNoise(
      gray(200, () => 30),
      10,
      2,
    );
    const power = average(noisy.data.map((value) => value * value));
    expect(power / (900 + 200)).toBeCloseTo(1, 1.7);
    const flat = withoutRicianBias(
      gray(4, () => Math.sqrt(1100)),
      10,
    );
    expect(flat.data[0]).toBeCloseTo(30, 4);
  });
});

describe('check for grids', () => {
  const noise = normal(5);
  const white = gray(512, () => noise());
  const ratios = (errors: Field) => {
    const spectrum = createGridSpectrum();
    addErrors(spectrum, errors.data, errors.width, errors.height);
    return readGrid(spectrum)!;
  };

  test('white noise has none', () => {
    for (const { ratio } of Object.values(ratios(white))) expect(ratio).toBeLessThan(1.5);
  });

  test.each([2, 4, 8])('a faint pattern of period %d is found, and at no smaller one', (period) => {
    const on = (x: number, y: number): number => (x % period === 0 && y % period === 0 ? 1 : 0);
    const grid = withData(
      white,
      white.data.map((value, i) => value + 0.1 * period ** 2 * on(i % 512, Math.floor(i / 512))),
    );
    const found = ratios(grid);
    expect(found[period]!.ratio).toBeGreaterThan(3);
    if (period > 2) {
      const stripes = withData(
        white,
        white.data.map((value, i) => value + 0.3 * Math.cos((2 * Math.PI * i) / period)),
      );
      expect(ratios(stripes)[2]!.ratio).toBeLessThan(1.5);
      expect(ratios(stripes)[period]!.ratio).toBeGreaterThan(3);
      expect(ratios(stripes)[period]!.amplitude).toBeCloseTo(0.3, 1.5);
    }
  });

  test('no errors, no ratios', () => {
    const spectrum = createGridSpectrum();
    addErrors(spectrum, new Float32Array(128 * 128), 128, 128);
    expect(readGrid(spectrum)).toBeNull();
  });
});

describe('metrics', () => {
  test('PSNR knows the range and where to look', () => {
    const reference = gray(8, () => 100);
    const result = gray(8, (x) => (x === 0 ? 110 : 100));
    const span = { low: 0, high: 1000 };
    expect(psnr(result, reference, span)).toBeCloseTo(20 * Math.log10(1000 / Math.sqrt(12.5)), 6);
    const left = Uint8Array.from({ length: 64 }, (_, i) => (i % 8 === 0 ? 1 : 0));
    expect(psnr(result, reference, span, left)).toBeCloseTo(40, 6);
    expect(psnr(reference, reference, span)).toBe(100);
  });

  test('brightness is the change of the mean, colour what a channel does beyond it', () => {
    const source: Field = {
      width: 1,
      height: 1,
      channels: 3,
      data: Float32Array.of(0.5, 0.5, 0.5),
    };
    const result = withData(source, Float32Array.of(0.5 + 3 / 255, 0.5, 0.5));
    const { brightness, colour } = meanChange(result, source, { low: 0, high: 1 });
    expect(brightness).toBeCloseTo(1, 3);
    expect(colour).toBeCloseTo(2, 3);
  });

  test('a lift in dark flat regions is not hidden by a drop in light ones', () => {
    const reference = gray(128, (x) => (x < 64 ? 40 : 200));
    const result = gray(128, (x) => (x < 64 ? 42 : 198));
    const change = flatChange(result, reference, reference, { low: 0, high: 200 }, 0);
    expect(change).toBeCloseTo(5, 3);
  });
});

test('values of a peer survive the way into codes and back', () => {
  const planes = [
    Float32Array.of(-0.3, 0.2, 1.4),
    Float32Array.of(0, 0.5, 1),
    Float32Array.of(1, 1, 0),
  ];
  const coding = codingFor(planes, 16, true);
  const back = decode(encode(planes, coding), 3, coding);
  back.forEach((plane, p) =>
    plane.forEach((value, i) => expect(value).toBeCloseTo(planes[p]![i]!, 4)),
  );
  expect(codingFor([Float32Array.of(0.2, 0.7)], 8, true)).toMatchObject({ low: 0, scale: 255 });
  const opponent = toOpponent(planes);
  expect(opponent[0]![2]).toBeCloseTo((1.4 + 1 + 0) / Math.sqrt(3), 5);
  fromOpponent(opponent).forEach((plane, p) =>
    plane.forEach((value, i) => expect(value).toBeCloseTo(planes[p]![i]!, 5)),
  );
});

test.each([1, 8, 700])(
  'the search finds a maximum at 40 from %d, and asks once per value',
  async (start) => {
    const asked: number[] = [];
    const score = async (value: number): Promise<number> => {
      asked.push(value);
      return -(Math.log(value / 40) ** 2);
    };
    const best = await climb(start, 1.4, score);
    expect(Math.abs(Math.log(best.value / 40))).toBeLessThan(Math.log(1.4) / 2);
    expect(new Set(asked).size).toBe(asked.length);
    expect((await climb(start, 1.4, score, { least: 1, most: 30 })).value).toBeLessThanOrEqual(30);
  },
);

test('text goes between its markers, and nowhere else', () => {
  const page = 'a\n<!-- measured:ct -->\nold\n<!-- /measured:ct -->\nb\n';
  const once = replaceBlock(page, 'ct', 'new');
  expect(once).toBe('a\n<!-- measured:ct -->\n\nnew\n\n<!-- /measured:ct -->\nb\n');
  expect(replaceBlock(once, 'ct', 'new')).toBe(once);
  expect(() => replaceBlock(page, 'mr', 'new')).toThrow(/measured:mr/);
});

describe('the report', () => {
  const entry = (image: string, more: Partial<Measurement>): Measurement => ({
    ...{ set: 'real', noise: 'camera', method: SUGGESTED, setting: '', image },
    ...{ psnr: 38, ssim: 0.96, brightness: 0.1, colour: -0.2 },
    ...more,
  });
  const measurements = [
    entry('Sony_1.jpg', { psnr: 36, reading: 9, truth: 10, brightness: -0.3 }),
    entry('Sony_2.jpg', { psnr: 38, reading: 11.5, truth: 10 }),
    entry('Canon_1.jpg', { psnr: 40, reading: 10, truth: 10, unchanged: true }),
  ];
  const report = (): Report => ({
    runs: { real: { date: '2026-01-01', every: 1, models: ['m 1'], peers: [], missing: [] } },
    summaries: summarise(measurements),
    grids: [],
    speed: [],
    crops: [],
    tuned: {},
  });

  test('means, the worst picture, and the largest errors whatever their sign', () => {
    const [all, ...groups] = report().summaries;
    expect(all).toMatchObject({ images: 3, psnr: 38, unchanged: 1, brightness: 0.3, colour: 0.2 });
    expect(all!.worst).toEqual({ psnr: 36, image: 'Sony_1.jpg' });
    expect(all!.readingError).toBeCloseTo(15, 6);
    expect(groups.map(({ group, psnr }) => [group, psnr])).toEqual([
      ['Sony', 37],
      ['Canon', 40],
    ]);
  });

  test('the table has a row for each camera', () => {
    const text = renderSet('real', report());
    expect(text).toContain('| Sony | – | 37.00 / 0.960 | 10.25 |');
    expect(text).toContain('| Canon | – | 40.00 / 0.960 | 10.00 |');
  });

  const isFfmpeg = (method: string): boolean => method.startsWith('ffmpeg');

  test('methods that are said to be unchanged stay, where as many pictures were measured', () => {
    const peer = measurements.map((row) => ({ ...row, method: 'ffmpeg bm3d' }));
    const earlier = { ...report(), summaries: summarise([...measurements, ...peer]) };
    const methods = ({ summaries }: Report) => new Set(summaries.map(({ method }) => method));
    expect(methods(merge(earlier, report(), isFfmpeg))).toEqual(
      new Set([SUGGESTED, 'ffmpeg bm3d']),
    );
    expect(methods(merge(earlier, report()))).toEqual(new Set([SUGGESTED]));
    const fewer = { ...report(), runs: { real: { ...report().runs.real!, every: 2 } } };
    expect(methods(merge(earlier, fewer, isFfmpeg))).toEqual(new Set([SUGGESTED]));
  });

  test('sets that were not measured again stay', () => {
    const ct = summarise([entry('a', { set: 'ct' })]);
    const facts = report().runs.real!;
    const earlier: Report = { ...report(), runs: { ct: facts, real: facts }, summaries: ct };
    const merged = merge(earlier, report());
    expect(Object.keys(merged.runs)).toEqual(['ct', 'real']);
    expect(merged.summaries.filter(({ set }) => set === 'ct')).toHaveLength(1);
    expect(merge(merged, report()).summaries).toHaveLength(merged.summaries.length);
  });
});
