/** One of the two checkouts that are compared, with folders of its own, and what a sample of it is. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Side {
  readonly name: 'baseline' | 'this';
  /** The built checkout. */
  readonly checkout: string;
  /** Its results; both sides read the same pictures. */
  readonly folder: string;
  /** Its caches and settings are its own: what it remembers of devices may be written in another way. */
  readonly env: NodeJS.ProcessEnv;
}

export function makeSide(name: Side['name'], checkout: string, scratch: string): Side {
  const folder = join(scratch, name);
  mkdirSync(folder);
  const env = { ...process.env };
  for (const kind of ['CONFIG', 'CACHE', 'DATA', 'STATE'])
    env[`XDG_${kind}_HOME`] = join(folder, kind.toLowerCase());
  return { name, checkout, folder, env };
}

/** One measurement of one side: `repeat` times the same work. */
export interface Sample {
  /** Seconds of CPU, user and system, all processes; null where the system does not tell. */
  readonly cpu: number | null;
  /** Seconds by the clock. */
  readonly wall: number;
  /** Of all processes together; null where the system does not tell. */
  readonly peakBytes: number | null;
}

/** Something of one side that can be measured again and again. */
export interface Probe {
  sample(repeat: number): Promise<Sample>;
  close(): Promise<void>;
}

export interface BenchCase {
  /** What the table calls it. */
  readonly title: string;
  probe(side: Side): Promise<Probe>;
}

/** Samples added up; the largest of the peaks. */
export function sumOf(samples: readonly Sample[]): Sample {
  const known = <T>(values: readonly (T | null)[]): T[] | null =>
    values.every((value) => value !== null) ? (values as T[]) : null;
  const cpus = known(samples.map(({ cpu }) => cpu));
  const peaks = known(samples.map(({ peakBytes }) => peakBytes));
  return {
    cpu: cpus && cpus.reduce((sum, cpu) => sum + cpu, 0),
    wall: samples.reduce((sum, { wall }) => sum + wall, 0),
    peakBytes: peaks && Math.max(...peaks),
  };
}
