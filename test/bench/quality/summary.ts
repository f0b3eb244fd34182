/** Averages over the pictures of one set, noise and method, and what is kept of a bench on disk. */
import type { Crop } from './crops.ts';
import type { Setting } from './peers.ts';
import type { GridRow, Measurement } from './results.ts';
import type { SpeedRow } from './speed.ts';

export interface Summary {
  readonly set: string;
  readonly noise: string;
  /** A camera, where the row is of a part of the set. */
  readonly group: string | null;
  readonly method: string;
  readonly setting: string;
  readonly images: number;
  readonly psnr: number;
  readonly worst: { readonly psnr: number; readonly image: string };
  readonly ssim: number;
  readonly unchanged: number;
  /** Mean of the readings, of the truth, and the largest error, percent. */
  readonly reading: number | null;
  readonly mostRead: number | null;
  readonly truth: number | null;
  readonly readingError: number | null;
  /** Largest over the pictures, 8-bit steps, without sign. */
  readonly brightness: number;
  readonly colour: number;
  readonly rmse: number | null;
  readonly tissue: number | null;
  readonly inside: number | null;
  /** Largest over the pictures, percent, without sign. */
  readonly flat: number | null;
  readonly flatTruth: number | null;
}

/** Everything that the tables are made from. */
export interface Report {
  /** Sets that were measured, each with when and with what. */
  readonly runs: Readonly<Record<string, RunFacts>>;
  readonly summaries: readonly Summary[];
  readonly grids: readonly GridRow[];
  readonly speed: readonly SpeedRow[];
  readonly crops: readonly Crop[];
  /** What peers were tuned to, by `tunedKey` and name. */
  readonly tuned: Readonly<Record<string, Readonly<Record<string, Setting>>>>;
}

export interface RunFacts {
  readonly date: string;
  /** Every n-th picture was measured; 1: all of them. */
  readonly every: number;
  readonly models: readonly string[];
  readonly peers: readonly string[];
  readonly missing: readonly string[];
}

/** Before the first underscore of PolyU's file names. */
export const cameraOf = (image: string): string => image.split('_')[0]!;

export function summarise(measurements: readonly Measurement[]): Summary[] {
  const whole = groupBy(measurements, ({ set, noise, method }) =>
    JSON.stringify([set, noise, method]),
  );
  const cameras = groupBy(
    measurements.filter(({ set }) => set === 'real'),
    ({ set, noise, method, image }) => JSON.stringify([set, noise, method, cameraOf(image)]),
  );
  return [
    ...whole.map((list) => summary(list, null)),
    ...cameras.map((list) => summary(list, cameraOf(list[0]!.image))),
  ];
}

function groupBy<T>(list: readonly T[], key: (entry: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const entry of list) groups.set(key(entry), [...(groups.get(key(entry)) ?? []), entry]);
  return [...groups.values()];
}

function summary(list: readonly Measurement[], group: string | null): Summary {
  const first = list[0]!;
  const numbers = (key: keyof Measurement): number[] =>
    list.map((entry) => entry[key]).filter((value) => typeof value === 'number');
  const mean = (values: readonly number[]): number | null =>
    values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  const largest = (values: readonly number[]): number | null =>
    values.length === 0 ? null : Math.max(...values.map(Math.abs));
  const worst = list.reduce((least, entry) => (entry.psnr < least.psnr ? entry : least));
  const settings = new Set(list.map(({ setting }) => setting));
  const errors = list.flatMap(({ reading, truth }) =>
    reading === undefined || truth === undefined ? [] : [100 * (reading / truth - 1)],
  );
  return {
    set: first.set,
    noise: first.noise,
    group,
    method: first.method,
    setting: settings.size === 1 ? first.setting : '',
    images: list.length,
    psnr: mean(numbers('psnr'))!,
    worst: { psnr: worst.psnr, image: worst.image },
    ssim: mean(numbers('ssim'))!,
    unchanged: list.filter(({ unchanged }) => unchanged).length,
    reading: mean(numbers('reading')),
    mostRead: largest(numbers('reading')),
    truth: mean(numbers('truth')),
    readingError: errors.reduce<number | null>(
      (most, error) => (most === null || Math.abs(error) > Math.abs(most) ? error : most),
      null,
    ),
    brightness: largest(numbers('brightness'))!,
    colour: largest(numbers('colour'))!,
    rmse: mean(numbers('rmse')),
    tissue: mean(numbers('tissue')),
    inside: mean(numbers('inside')),
    flat: largest(numbers('flat')),
    flatTruth: largest(numbers('flatTruth')),
  };
}

/**
 * What was measured now takes the place of the same sets of an earlier report; the rest of it stays.
 * @param isKept methods that have not changed: their rows stay where they were not run again, and as many pictures were measured
 */
export function merge(
  earlier: Report | null,
  now: Report,
  isKept: (method: string) => boolean = () => false,
): Report {
  if (!earlier) return now;
  const stays = (set: string, method: string): boolean =>
    !(set in now.runs) || (earlier.runs[set]?.every === now.runs[set]!.every && isKept(method));
  const rows = <T extends { readonly set: string; readonly method: string }>(
    old: readonly T[],
    fresh: readonly T[],
  ): T[] => {
    const measured = new Set(fresh.map(({ set, method }) => `${set} ${method}`));
    return [
      ...fresh,
      ...old.filter(({ set, method }) => stays(set, method) && !measured.has(`${set} ${method}`)),
    ];
  };
  return {
    runs: { ...earlier.runs, ...now.runs },
    summaries: rows(earlier.summaries, now.summaries),
    grids: rows(earlier.grids, now.grids),
    crops: [...earlier.crops.filter(({ set }) => !(set in now.runs)), ...now.crops],
    speed: 'speed' in now.runs ? now.speed : earlier.speed,
    tuned: { ...earlier.tuned, ...now.tuned },
  };
}
