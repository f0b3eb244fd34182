/**
 * What earlier runs on this machine came to, for the word of a dry run: seconds and bytes of results by the bytes of
 * sources, for each kind of file and each way of working. Remembered in the cache folder; what is missing there is
 * said as not known, never guessed.
 */
import { join } from 'node:path';
import * as z from 'zod';
import type { CommandId, JobOutcome, JobRecord, ListProgress } from '../../contract/index.ts';
import { recall, remember } from '../../pixels/remembered.ts';
import { kindOf, type PlannedRun } from './plan.ts';

const seenSchema = z.object({
  files: z.number(),
  /** Of sources, and of results. */
  read: z.number(),
  written: z.number(),
  /** On the clock on the wall: files that ran side by side shared it. */
  seconds: z.number(),
  megapixels: z.number(),
});
export type Seen = z.infer<typeof seenSchema>;
const knownSchema = z.record(z.string(), z.record(z.string(), seenSchema));

/** Files of one kind and way that are remembered with full weight: older ones count half, and half of that. */
const enough = 2000;
/** Ways that are remembered: those that were gone last. */
const mostWays = 100;

/** Settings that decide how long a file takes and how large its result is. */
const telling = [
  'model',
  'device',
  'precision',
  'format',
  'depth',
  'quality',
  'size',
  'clean',
  'maxSide',
  'transferSyntax',
];

/** Names a way of working. @param software another version may be faster */
export function wayOf(
  command: CommandId,
  settings: Readonly<Record<string, unknown>>,
  software: string,
): string {
  return JSON.stringify([software, command, ...telling.map((name) => settings[name] ?? null)]);
}

const nothing: Seen = { files: 0, read: 0, written: 0, seconds: 0, megapixels: 0 };

const plus = (a: Seen, b: Seen, weight = 1): Seen => ({
  files: weight * a.files + b.files,
  read: weight * a.read + b.read,
  written: weight * a.written + b.written,
  seconds: weight * a.seconds + b.seconds,
  megapixels: weight * a.megapixels + b.megapixels,
});

export class KnownPace {
  readonly #path: string;

  constructor(cacheFolder: string) {
    this.#path = join(cacheFolder, 'pace.json');
  }

  /** By kind of file; empty: nothing was done in this way. */
  async of(way: string): Promise<ReadonlyMap<string, Seen>> {
    const known = await recall(this.#path, (value) => knownSchema.parse(value));
    return new Map(Object.entries(known?.[way] ?? {}));
  }

  /** What can not be remembered is not known next time: no error in the way of work. */
  async learn(way: string, seen: ReadonlyMap<string, Seen>): Promise<void> {
    if (seen.size === 0) return;
    const known = (await recall(this.#path, (value) => knownSchema.parse(value))) ?? {};
    const kinds = { ...known[way] };
    for (const [kind, now] of seen) {
      const before = kinds[kind] ?? nothing;
      kinds[kind] = plus(before, now, before.files > enough ? 0.5 : 1);
    }
    const others = Object.entries(known).filter(([one]) => one !== way);
    const ways = [...others, [way, kinds] as const].slice(-mostWays);
    await remember(this.#path, Object.fromEntries(ways)).catch(() => undefined);
  }
}

/** Told of every job that ends; what its list came to by kind. */
export class SeenOfRun {
  readonly #bytesOf: (job: JobRecord) => number;
  readonly #kinds = new Map<string, Seen>();

  constructor({ files }: Pick<PlannedRun, 'files'>) {
    this.#bytesOf = ({ id }) => files.get(id)?.bytes ?? 0;
  }

  told(job: JobRecord, outcome: JobOutcome | null): void {
    if (outcome?.kind !== 'result') return;
    const {
      bytes,
      seconds,
      width = 0,
      height = 0,
    } = outcome.result as {
      readonly bytes?: number;
      readonly seconds?: number;
      readonly width?: number;
      readonly height?: number;
    };
    if (bytes === undefined || seconds === undefined) return;
    const kind = kindOf(job);
    const one = { files: 1, read: this.#bytesOf(job), written: bytes, seconds };
    const megapixels = (width * height) / 1e6;
    this.#kinds.set(kind, plus(this.#kinds.get(kind) ?? nothing, { ...one, megapixels }));
  }

  /** @param end of the list: its clock is what counts */
  at({ seconds: elapsed }: Pick<ListProgress, 'seconds'>): ReadonlyMap<string, Seen> {
    const own = [...this.#kinds.values()].reduce((sum, { seconds }) => sum + seconds, 0);
    if (!(own > 0)) return new Map();
    // What the first run of all takes to check the devices is no time of its files.
    const share = Math.min(1, elapsed / own);
    return new Map(
      [...this.#kinds].map(([kind, seen]) => [kind, { ...seen, seconds: seen.seconds * share }]),
    );
  }
}

export interface Estimate {
  readonly files: number;
  /** Of the sources. */
  readonly sourceBytes: number;
  /** null: nothing like them was done on this machine. */
  readonly seconds: number | null;
  /** Of the results. null: as `seconds`. */
  readonly bytes: number | null;
  /** As measured on files like these. */
  readonly megapixelsPerSecond: number | null;
  /** Files of kinds that were not done here yet, which are not in `seconds` and `bytes`. */
  readonly unmeasured: { readonly files: number; readonly kinds: readonly string[] };
}

/** What is left of a plan, by what is known. */
export function estimate(
  { run, files }: Pick<PlannedRun, 'run' | 'files'>,
  known: ReadonlyMap<string, Seen>,
): Estimate {
  const waiting = run.jobs.filter(({ state, output }) => state === 'queued' && output !== null);
  let [sourceBytes, seconds, bytes, megapixels, unknown] = [0, 0, 0, 0, 0];
  const kinds = new Set<string>();
  for (const job of waiting) {
    const size = files.get(job.id)?.bytes ?? 0;
    const kind = kindOf(job);
    const seen = known.get(kind);
    sourceBytes += size;
    if (!seen || !(seen.read > 0)) {
      unknown += 1;
      kinds.add(kind);
      continue;
    }
    const share = size / seen.read;
    seconds += seen.seconds * share;
    bytes += seen.written * share;
    megapixels += seen.megapixels * share;
  }
  const isKnown = unknown < waiting.length;
  return {
    ...{ files: waiting.length, sourceBytes },
    seconds: isKnown ? seconds : null,
    bytes: isKnown ? Math.round(bytes) : null,
    megapixelsPerSecond: isKnown && seconds > 0 ? megapixels / seconds : null,
    unmeasured: { files: unknown, kinds: [...kinds].sort() },
  };
}
