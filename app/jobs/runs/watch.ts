/**
 * Folders that are watched: what comes into them is done as it becomes whole, round by round, each round a batch of the
 * same run and journal. So a restart does nothing twice, and results are no inputs, by the rules of every batch.
 *
 * The folders are looked through again and again instead of listening for events: events do not come from network
 * folders, cost a watch per file, and say nothing of what was there before or of a file that is still being
 * written; each would have to be looked at anyway. While nothing comes, looking takes at most a twentieth of the time.
 */
import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { HourglassError, JobCounts } from '../../contract/index.ts';
import {
  openJournal,
  planBatch,
  type BatchOptions,
  type BatchRequest,
  type PlannedBatch,
} from './batch.ts';
import type { FileOfRun } from './plan.ts';
import { Settling } from './settling.ts';

/** What is in the folders now. */
export interface FolderLook {
  readonly files: readonly FileOfRun[];
  readonly problems: readonly { readonly input: string; readonly error: HourglassError }[];
  /** Journals that are there, absolute. */
  readonly journals: readonly string[];
}

export interface WatchOptions {
  readonly request: Omit<
    BatchRequest,
    'files' | 'problems' | 'journals' | 'others' | 'mode' | 'journalFrom' | 'signal'
  > & { readonly journal: string };
  /** Absolute; those in which something comes. */
  readonly folders: readonly string[];
  /** Where results go, absolute; null: beside the files, or it varies. */
  readonly results: string | null;
  /** Looks through those of the folders that are there. */
  readonly look: (folders: readonly string[]) => Promise<FolderLook>;
  /**
   * Looks at files that have become whole together with what is there: which of them are not to be worked on, and what a person should
   * know of them, whole sentences. Default: each is by itself.
   */
  readonly together?: (
    come: readonly FileOfRun[],
    there: readonly FileOfRun[],
  ) => Promise<{ readonly files: readonly FileOfRun[]; readonly notices: readonly string[] }>;
  /** Seconds that a file must stay as it is. */
  readonly settle: number;
  /** Milliseconds between looks, at the least. Default: 1000. */
  readonly every?: number;
  /** Ends the watch; a file that is being worked on is cancelled. */
  readonly signal: AbortSignal;
  /** Hears of each batch before something is done of it, also where nothing is left to do. Default: nobody does. */
  readonly planned?: (batch: PlannedBatch) => Promise<void>;
  /** Performs a batch with something to do, with these options. */
  readonly perform: (
    batch: PlannedBatch,
    options: Required<Pick<BatchOptions, 'journal' | 'before'>>,
  ) => Promise<JobCounts>;
  readonly told: (event: WatchEvent) => void;
}

export type WatchEvent =
  | { readonly kind: 'watching'; readonly journal: string }
  /** Done, and proven, by an earlier run; failed, and left alone. */
  | { readonly kind: 'before'; readonly done: number; readonly failed: number }
  /** How many files are there that are not whole yet; told when it is another number. */
  | { readonly kind: 'arriving'; readonly count: number }
  /** Something is not there any more and is waited for, or it is there again. */
  | { readonly kind: 'waiting' | 'back'; readonly path: string }
  | { readonly kind: 'problem'; readonly input: string; readonly error: HourglassError }
  | { readonly kind: 'notice'; readonly text: string };

/** Milliseconds between looks, at the most. */
const longestRest = 60_000;
/** Time between looks, in times of what a look takes. */
const restTimes = 20;

/**
 * Ends when the signal says so.
 * @returns how many files were done, failed, and were begun or waited for at the end
 * @throws HourglassError not-allowed: somebody else writes the journal; invalid-parameter: it is one of other settings;
 *   output-not-writable: the journal
 */
export async function watchFolders(
  options: WatchOptions,
): Promise<Readonly<Record<'done' | 'failed' | 'left', number>>> {
  const { request, folders, results, settle, every = 1000, signal, told } = options;
  const presence = new Presence(told, every, [
    request.journal,
    ...(results === null ? [] : [results]),
  ]);
  const batchOf = (more: Partial<BatchRequest> = {}): Promise<PlannedBatch> =>
    planBatch({ ...request, files: [], problems: [], mode: 'watch', signal, ...more });
  const begun = await batchOf();
  let journal = await openJournal(begun);
  let settling = new Settling(settle);
  const said = new Set<string>();
  const counts = { done: 0, failed: 0, left: 0 };
  let { retryFailed } = request;
  let arriving = 0;

  /** @returns milliseconds that it took to look */
  const round = async (): Promise<number> => {
    const began = performance.now();
    const away = await presence.look(folders);
    if (presence.blocked) return 0;
    if (presence.takeReturned()) {
      // What was done meanwhile, and what has failed for it, is known by the journal that lies there now.
      await journal.close({ ...counts, interrupted: false }).catch(() => undefined);
      journal = await openJournal(await batchOf());
      settling = new Settling(settle);
    }
    const look = await options.look(folders.filter((folder) => !away.has(folder)));
    for (const { input, error } of look.problems) {
      const words = `${input}\n${error.message}`;
      if (!said.has(words)) told({ kind: 'problem', input, error });
      said.add(words);
    }
    const whole = await settling.whole(look.files, performance.now());
    if (settling.waiting !== arriving) told({ kind: 'arriving', count: settling.waiting });
    arriving = settling.waiting;
    const took = performance.now() - began;
    if (whole.length === 0) return took;
    const { files, notices } = (await options.together?.(whole, look.files)) ?? {
      ...{ files: whole, notices: [] },
    };
    for (const text of notices) told({ kind: 'notice', text });
    const batch = await batchOf({
      ...{ files, retryFailed, journals: look.journals },
      others: look.files.map(({ path }) => path),
    });
    retryFailed = false;
    const { verified, failedBefore } = batch;
    if (verified + failedBefore > 0) told({ kind: 'before', done: verified, failed: failedBefore });
    await options.planned?.(batch);
    const { run } = batch.plan;
    const jobs = run.jobs.filter(({ state }) => state === 'queued' || state === 'refused');
    if (jobs.length === 0) return took;
    const end = await options.perform(
      { ...batch, plan: { ...batch.plan, run: { ...run, jobs } } },
      { journal, before: (_job, cancel) => presence.wait(folders, cancel) },
    );
    counts.done += end.done;
    counts.failed += end.failed + end.refused;
    counts.left += end.queued + end.running + end.cancelled;
    return took;
  };

  let took = 0;
  try {
    for (const text of begun.notices) told({ kind: 'notice', text });
    told({ kind: 'watching', journal: request.journal });
    while (!signal.aborted) {
      const before = took;
      took = await round();
      // The first look wakes the disk, and one may meet other work: neither says what the next takes.
      const usual = Math.min(before, took);
      const rest = settling.waiting > 0 ? usual : restTimes * usual;
      await pause(Math.min(Math.max(rest, every), longestRest), undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await journal.close({ ...counts, interrupted: signal.aborted });
  }
  return counts;
}

/** What must be there, and is waited for where it is not: disks are unplugged, network folders go and come. */
class Presence {
  readonly #told: WatchOptions['told'];
  readonly #every: number;
  /** Without these nothing can be done; all else goes on without the others. */
  readonly #needed: readonly string[];
  readonly #away = new Set<string>();
  /** Folders of results are made when the first one is. */
  readonly #seen = new Set<string>();
  #returned = false;

  constructor(told: WatchOptions['told'], every: number, needed: readonly string[]) {
    this.#told = told;
    this.#every = every;
    this.#needed = needed;
  }

  /** Says what has changed. @returns what is not there */
  async look(folders: readonly string[]): Promise<ReadonlySet<string>> {
    for (const path of [...this.#needed, ...folders]) {
      const isThere = (await stat(path).catch(() => null)) !== null;
      if (isThere && this.#away.delete(path)) {
        this.#returned ||= this.#needed.includes(path);
        this.#told({ kind: 'back', path });
      } else if (!isThere && this.#seen.has(path) && !this.#away.has(path)) {
        this.#away.add(path);
        this.#told({ kind: 'waiting', path });
      }
      if (isThere) this.#seen.add(path);
    }
    return this.#away;
  }

  get blocked(): boolean {
    return this.#needed.some((path) => this.#away.has(path));
  }

  /** Something needed was away and is there again, since this was asked last. */
  takeReturned(): boolean {
    const returned = this.#returned;
    this.#returned = false;
    return returned;
  }

  /** Until all that is needed is there. @throws when the signal says so */
  async wait(folders: readonly string[], signal: AbortSignal): Promise<void> {
    for (await this.look(folders); this.blocked; await this.look(folders))
      await pause(this.#every, undefined, { signal });
  }
}
