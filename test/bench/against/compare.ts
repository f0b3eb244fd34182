/** Pairs of samples of one case, and what they say. */
import {
  baselineFirst,
  median,
  medianWithInterval,
  verdictOf,
  type Estimate,
  type Verdict,
} from './statistics.ts';
import type { BenchCase, Probe, Sample, Side } from './side.ts';

/** A sample shorter than this is made of several runs: CPU time is told in steps of 10 ms. */
const LEAST_SECONDS = 1;
const MOST_REPEATS = 20;

export interface Measure {
  /** Medians of one run: seconds, or bytes. */
  readonly baseline: number;
  readonly candidate: number;
  /** This to the baseline, of pairs. */
  readonly ratio: Estimate;
  readonly verdict: Verdict;
}

export interface Comparison {
  readonly title: string;
  /** Runs in each sample. */
  readonly repeat: number;
  readonly pairs: readonly { readonly baseline: Sample; readonly candidate: Sample }[];
  /** Null where the system does not tell. */
  readonly cpu: Measure | null;
  readonly wall: Measure;
  readonly peak: Measure | null;
  /** The same for people. */
  readonly lines: readonly string[];
}

/** Warms both sides up, then measures `rounds` pairs. */
export async function comparePairs(
  one: BenchCase,
  baseline: Side,
  candidate: Side,
  rounds: number,
  tell: (line: string) => void,
): Promise<Comparison> {
  const probes: Probe[] = [];
  try {
    const old = await one.probe(baseline);
    probes.push(old);
    const ours = await one.probe(candidate);
    probes.push(ours);
    // Fills caches of files and of devices; the second run says how long one takes.
    await old.sample(1);
    await ours.sample(1);
    const { cpu, wall } = await old.sample(1);
    const repeat = Math.min(MOST_REPEATS, Math.max(1, Math.ceil(LEAST_SECONDS / (cpu || wall))));
    const pairs: { baseline: Sample; candidate: Sample }[] = [];
    for (let round = 0; round < rounds; round++) {
      const samples = {} as { baseline: Sample; candidate: Sample };
      const order = baselineFirst(round)
        ? (['baseline', 'candidate'] as const)
        : (['candidate', 'baseline'] as const);
      for (const side of order)
        samples[side] = await (side === 'baseline' ? old : ours).sample(repeat);
      pairs.push(samples);
      tell(
        `${round + 1}: ${secondsOf(samples.baseline, repeat)} against ${secondsOf(samples.candidate, repeat)}`,
      );
    }
    return comparisonOf(one.title, repeat, pairs);
  } finally {
    for (const probe of probes) await probe.close();
  }
}

const secondsOf = ({ cpu, wall }: Sample, repeat: number): string =>
  `${cpu === null ? '' : `CPU ${(cpu / repeat).toFixed(3)} s, `}wall ${(wall / repeat).toFixed(3)} s`;

/** @throws RangeError for no pairs */
export function comparisonOf(
  title: string,
  repeat: number,
  pairs: Comparison['pairs'],
): Comparison {
  const measure = (of: (sample: Sample) => number | null, per: number): Measure | null => {
    const both = pairs.map((pair) => [of(pair.baseline), of(pair.candidate)] as const);
    if (!both.every((pair): pair is readonly [number, number] => !pair.includes(null))) return null;
    const ratio = medianWithInterval(both.map(([old, ours]) => ours / old));
    return {
      baseline: median(both.map(([old]) => old)) / per,
      candidate: median(both.map(([, ours]) => ours)) / per,
      ratio,
      verdict: verdictOf(ratio),
    };
  };
  const cpu = measure((sample) => sample.cpu, repeat);
  const wall = measure((sample) => sample.wall, repeat)!;
  const peak = measure((sample) => sample.peakBytes, 1);
  const line = (label: string, one: Measure | null, words: (value: number) => string): string => {
    if (!one) return `${label} the system does not tell`;
    const { median: middle, low, high, confidence } = one.ratio;
    return `${label} ${words(one.baseline)} → ${words(one.candidate)}  × ${middle.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)}, ${(100 * confidence).toFixed(0)} %)  ${one.verdict}`;
  };
  const seconds = (value: number): string => `${value.toFixed(3)} s`;
  const megabytes = (value: number): string => `${(value / 1e6).toFixed(0)} MB`;
  return {
    title,
    repeat,
    pairs,
    cpu,
    wall,
    peak,
    lines: [line('CPU ', cpu, seconds), line('wall', wall, seconds), line('peak', peak, megabytes)],
  };
}
