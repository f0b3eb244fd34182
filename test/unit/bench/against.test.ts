import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { treeSeconds, watchTree } from '../../bench/_tree.ts';
import { comparisonOf } from '../../bench/against/compare.ts';
import { sumOf } from '../../bench/against/side.ts';
import {
  baselineFirst,
  median,
  medianWithInterval,
  verdictOf,
} from '../../bench/against/statistics.ts';
import { uniform } from '../../random.ts';

describe('the median of pairs', () => {
  it('is the middle, or between the two middle ones', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
  });

  // Binomial tables: n = 6: 1 − 2/64; n = 9: 1 − 2·10/512; n = 20: 1 − 2·21700/2²⁰.
  it.each([
    [1, 1, 1, 0],
    [5, 1, 5, 1 - 2 / 32],
    [6, 1, 6, 1 - 2 / 64],
    [8, 1, 8, 1 - 2 / 256],
    [9, 2, 8, 1 - 20 / 512],
    [20, 6, 15, 1 - (2 * 21700) / 2 ** 20],
  ])('of %i values has the interval %i to %i', (n, low, high, confidence) => {
    const values = Array.from({ length: n }, (_, i) => ((i * 7) % n) + 1).sort(() => -1);
    const found = medianWithInterval(n % 7 === 0 ? values.map((_, i) => i + 1) : values);
    expect([found.low, found.high]).toEqual([low, high]);
    expect(found.confidence).toBeCloseTo(confidence, 12);
  });

  it('lies in its interval as often as that says', () => {
    const next = uniform(1);
    let inside = 0;
    const tries = 2000;
    for (let i = 0; i < tries; i++) {
      // Skewed, as times are; the median of −ln(u) is ln 2.
      const values = Array.from({ length: 12 }, () => -Math.log(1 - next()));
      const { low, high } = medianWithInterval(values);
      if (low <= Math.LN2 && Math.LN2 <= high) inside += 1;
    }
    // 12 values: 1 − 2·79/4096 = 0.961; five standard deviations of a count are 0.022.
    expect(inside / tries).toBeGreaterThan(0.94);
    expect(inside / tries).toBeLessThan(0.985);
  });

  it('is no worse, worse, or not yet known', () => {
    const ratio = { median: 1, confidence: 0.96 };
    expect(verdictOf({ ...ratio, low: 0.9, high: 1.02 })).toBe('no worse');
    expect(verdictOf({ ...ratio, low: 1.04, high: 1.2 })).toBe('worse');
    expect(verdictOf({ ...ratio, low: 0.9, high: 1.2 })).toBe('unclear');
    expect(verdictOf({ ...ratio, low: 0.9, high: 1, confidence: 0.75 })).toBe('unclear');
  });
});

describe('pairs of runs', () => {
  const sample = (cpu: number | null, wall: number) => ({ cpu, wall, peakBytes: 1e6 });

  it('take turns in going first', () => {
    expect([0, 1, 2, 3].map(baselineFirst)).toEqual([true, false, true, false]);
  });

  it('are compared pair by pair, so that a machine that slows down does not count', () => {
    const pairs = [1, 2, 4, 8, 16, 32].map((slow) => ({
      baseline: sample(slow, 2 * slow),
      candidate: sample(1.5 * slow, 2 * slow),
    }));
    const { cpu, wall, peak, lines } = comparisonOf('a case', 2, pairs);
    expect(cpu).toMatchObject({ baseline: 3, candidate: 4.5, verdict: 'worse' });
    expect(cpu!.ratio).toEqual({ median: 1.5, low: 1.5, high: 1.5, confidence: 1 - 2 / 64 });
    expect(wall.verdict).toBe('no worse');
    expect(peak).toMatchObject({ baseline: 1e6, verdict: 'no worse' });
    expect(lines[0]).toBe('CPU  3.000 s → 4.500 s  × 1.500 (1.500–1.500, 97 %)  worse');
  });

  it('say so where the system tells no CPU time', () => {
    const { cpu, lines } = comparisonOf('a case', 1, [
      { baseline: sample(null, 1), candidate: sample(1, 1) },
    ]);
    expect(cpu).toBeNull();
    expect(lines[0]).toContain('does not tell');
  });

  it('add up what was done several times', () => {
    expect(
      sumOf([
        { cpu: 1, wall: 2, peakBytes: 5 },
        { cpu: 2, wall: 3, peakBytes: 4 },
      ]),
    ).toEqual({ cpu: 3, wall: 5, peakBytes: 5 });
    expect(sumOf([sample(null, 1), sample(1, 1)]).cpu).toBeNull();
  });
});

/** Burns CPU in itself and in a child, each until its own clock says so, then waits. */
const burner = `
  const burn = () => { while (process.cpuUsage().user < 4e5); };
  if (process.argv[1] === 'child') { burn(); process.stdout.write('done'); setInterval(() => {}, 1000); }
  else {
    const code = process.execArgv.at(-1);
    const child = require('node:child_process').spawn(process.execPath, ['-e', code, 'child']);
    burn();
    child.stdout.once('data', () => process.stdout.write('done'));
    process.on('SIGTERM', () => { child.kill(); process.exit(); });
  }`;

describe.skipIf(process.platform !== 'linux')('what a process and its children use', () => {
  it('is counted together', async () => {
    const child = spawn(process.execPath, ['-e', burner]);
    try {
      const watch = watchTree(child.pid!);
      await once(child.stdout, 'data');
      const seconds = treeSeconds(child.pid!)!;
      const { cpuSeconds, peakBytes } = watch.stop();
      // Twice 0.4 s of user time each; what starting costs comes on top.
      expect(seconds).toBeGreaterThan(0.75);
      expect(cpuSeconds!).toBeGreaterThan(0.75);
      // Two processes of Node, each of some 40 MB.
      expect(peakBytes!).toBeGreaterThan(50e6);
    } finally {
      child.kill();
    }
  });
});
