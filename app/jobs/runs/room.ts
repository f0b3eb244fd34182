/**
 * Whether what is left of a run fits on the disk of its results: said before it begins, and while it goes on, once, where the disk gets full
 * or results are larger than their sources. Only said: what really does not fit fails by name when it is written.
 */
import { fixed } from '../../contract/sentences/index.ts';
import { hasEnded, type JobOutcome, type JobRecord } from '../../contract/index.ts';
import { freeBytes } from '../../pixels/free-space.ts';
import { folderOfResults } from './journal-place.ts';
import { fileOf, type PlannedRun } from './plan.ts';
import { say } from './sentences.ts';

/** Milliseconds between two looks at the disk. */
const lookEvery = 2000;
/** Results after which their size is told from theirs; before, a result is as large as its source. */
const enough = 3;

/** @param out as of `RunRequest` @returns null: it fits, as far as can be told */
export async function littleRoom(
  { run, files }: Pick<PlannedRun, 'run' | 'files'>,
  out: string | null,
): Promise<string | null> {
  const waiting = run.jobs.filter(({ state, output }) => state === 'queued' && output !== null);
  if (waiting.length < 2) return null;
  const needed = waiting.reduce((sum, { id }) => sum + (files.get(id)?.bytes ?? 0), 0);
  return wordsFor(needed, await folderOfResults(out, waiting.map(fileOf)));
}

async function wordsFor(needed: number, folder: string): Promise<string | null> {
  const free = await freeBytes(folder);
  if (free === null || free >= needed) return null;
  const [wanted, there] = [needed, free].map((bytes) => fixed(bytes / 1e6, 0));
  return say('littleRoom', { needed: wanted!, folder, free: there! });
}

export interface RoomWatchOptions {
  readonly plan: Pick<PlannedRun, 'run' | 'files'>;
  /** See `littleRoom`. */
  readonly out: string | null;
  readonly notice: (text: string) => void;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** Told of every job that ends. */
export class RoomWatch {
  readonly #options: RoomWatchOptions;
  readonly #now: () => number;
  /** Of sources: those that wait or run, and those that were done; and of these the results. Bytes. */
  #left = 0;
  #read = 0;
  #written = 0;
  #done = 0;
  #lookedAt = -Infinity;
  #isSaid = false;

  constructor(options: RoomWatchOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    for (const job of options.plan.run.jobs) if (!hasEnded(job)) this.#left += this.#sizeOf(job);
  }

  async told(job: JobRecord, outcome: JobOutcome | null): Promise<void> {
    if (this.#isSaid || !hasEnded(job) || job.output === null) return;
    const size = this.#sizeOf(job);
    this.#left -= size;
    const bytes =
      outcome?.kind === 'result' && (outcome.result as { bytes?: unknown } | null)?.bytes;
    if (typeof bytes === 'number') {
      this.#read += size;
      this.#written += bytes;
      this.#done += 1;
    }
    if (this.#left <= 0 || this.#now() - this.#lookedAt < lookEvery) return;
    this.#lookedAt = this.#now();
    const share = this.#done >= enough && this.#read > 0 ? this.#written / this.#read : 1;
    const { out, notice } = this.#options;
    const words = await wordsFor(
      Math.round(this.#left * share),
      await folderOfResults(out, [fileOf(job)]),
    );
    if (words === null || this.#isSaid) return;
    this.#isSaid = true;
    notice(words);
  }

  #sizeOf({ id }: JobRecord): number {
    return this.#options.plan.files.get(id)?.bytes ?? 0;
  }
}
