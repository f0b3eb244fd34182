/**
 * The exports of this page: what they are of, what their files show, and how far they are. The list is the one of
 * every door (`app/contract/job-list.ts`); the host does each job. What was asked for at once is numbered together.
 */
import {
  cancelledError,
  toHourglassError,
  type SerializedError,
} from '../../app/contract/errors.ts';
import type { DeidentifiedElements } from '../../app/contract/dicom-object.ts';
import {
  JobList,
  hasEnded,
  newJob,
  shareOf,
  timedId,
  type CommandId,
  type Delivery,
  type HostBridge,
  type HourglassEvent,
  type JobOutcome,
  type JobRecord,
} from '../../app/contract/index.ts';
import type { FileEntry } from './entry.svelte.ts';
import type { ExportPlan, Written } from './export-plan.ts';

interface Item {
  readonly entry: FileEntry;
  plan: ExportPlan;
  /** Opens a file that nobody has looked at; a new plan, when it was given other settings by that. */
  readonly meet: () => Promise<ExportPlan | null>;
  readonly index: number;
  readonly inputs: number;
  written: Written | null;
  readonly delivery: Delivery | null;
  /** Of all files that the entry is written as. */
  readonly fates: DeidentifiedElements[];
  /** The name under which it was delivered. */
  name: string | null;
}

/** What a run came to. */
export interface RunSummary {
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Of scans it is files that are counted: a series is one for each of its slices. */
  readonly of: 'photos' | 'files';
  /** Where the results went together; null: one by one. */
  readonly into: Delivery | null;
  /** Why they could not be handed over together; null: they were. */
  readonly problem: SerializedError | null;
}

export interface RunProgress {
  /** Files that are through, failed ones included. */
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  /** Megapixels per second over the whole run; null before anything is known. */
  readonly speed: number | null;
  /** null: not known yet. */
  readonly secondsLeft: number | null;
}

const megapixels = ({ width, height }: Pick<Written, 'width' | 'height'>): number =>
  (width * height) / 1e6;

export class ExportQueue {
  /** The run that is under way; null when idle. */
  run = $state.raw<RunProgress | null>(null);
  /** The file that is being written. */
  current = $state.raw<FileEntry | null>(null);
  /** What the last run came to; null when it was looked at or nothing ran. */
  summary = $state.raw<RunSummary | null>(null);

  readonly #bridge: HostBridge;
  readonly #list: JobList;
  /** By the job's id. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- what is shown of it is told by `run`
  readonly #items = new Map<string, Item>();
  /** Runs of which something failed or was cancelled, by what they were to make: asked for again, they go on, and a series stays one. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing of it is shown
  readonly #unfinished = new Map<string, string>();
  /** Those of this run, in the order in which they were asked for. */
  #deliveries: Delivery[] = [];

  constructor(bridge: HostBridge, now: () => number = () => performance.now()) {
    this.#bridge = bridge;
    this.#list = new JobList({
      perform: (job, signal) => this.#perform(job, signal),
      told: (job, outcome) => this.#told(job, outcome),
      weightOf: ({ id }) => sizeOf(this.#items.get(id)!),
      now,
    });
  }

  get busy(): boolean {
    return this.run !== null;
  }

  /** Queues files, each with what is to be made of it. What is already on its way is not queued twice. */
  add(
    entries: readonly FileEntry[],
    planOf: (entry: FileEntry) => ExportPlan,
    {
      overwrite = false,
      delivery = null,
      met = () => Promise.resolve(false),
    }: {
      readonly overwrite?: boolean;
      /** Where they go together; null: one by one, as the host has it. */
      readonly delivery?: Delivery | null;
      /** Opens a file that nobody has looked at, where it may get settings by that. Resolves with whether it did. */
      readonly met?: (entry: FileEntry) => Promise<boolean>;
    } = {},
  ): void {
    const isIdle = !this.busy;
    if (isIdle) {
      this.#list.clear();
      this.#items.clear();
      this.summary = null;
      this.#deliveries = [];
    }
    if (delivery) this.#deliveries.push(delivery);
    const wanted = entries
      .flatMap((entry) => {
        const fates: DeidentifiedElements[] = [];
        return slicesOf(planOf(entry)).map((plan, slice) => ({
          ...{ entry, plan, fates },
          again: () => slicesOf(planOf(entry))[slice] ?? null,
        }));
      })
      .filter(({ entry, plan }) => !this.#isUnderWay(entry, plan));
    const fresh = timedId();
    const inputs = wanted.length;
    const jobs = wanted.map(({ entry, plan, fates, again }, position): JobRecord => {
      const index = position + 1;
      const id = `export-${crypto.randomUUID()}`;
      const meet = async () => ((await met(entry)) ? again() : null);
      this.#items.set(id, {
        ...{ entry, plan, meet, index, inputs, delivery },
        ...{ fates, written: null, name: null },
      });
      plan.place.exported = { kind: 'queued' };
      // Only a number needs to know how many there are: other names are the person's affair, file by file.
      const numbered = plan.input.out.includes('{n}') ? { index, inputs } : {};
      const input = { ...plan.input, ...numbered, overwrite };
      const run = this.#unfinished.get(madeOf(entry, plan)) ?? fresh;
      return newJob({ id, run, command: plan.command, input });
    });
    this.#list.add({ jobs });
    this.#report();
    if (isIdle) void this.#untilIdle();
  }

  /** Ends the running export and forgets the waiting ones. Nothing partial is written. */
  cancel(): void {
    this.#list.cancel();
  }

  /** Takes a file out, when it is removed from the session. */
  drop(entry: FileEntry): void {
    for (const [id, item] of this.#items) if (item.entry === entry) this.#list.remove(id);
  }

  dismissSummary(): void {
    this.summary = null;
  }

  follow(event: HourglassEvent): void {
    this.#list.follow(event);
  }

  /** Other settings make another file: only the same one asked for again is left out. */
  #isUnderWay(entry: FileEntry, plan: ExportPlan): boolean {
    return this.#list.jobs.some(({ id, state }) => {
      if (state !== 'queued' && state !== 'running') return false;
      const item = this.#items.get(id)!;
      return item.entry === entry && sameFile(item.plan, plan);
    });
  }

  async #perform(
    { id, run, command, input: asked }: JobRecord,
    signal: AbortSignal,
  ): Promise<Written> {
    const item = this.#items.get(id)!;
    const source = await item.entry.admitted;
    const other = await whileWanted(item.meet(), signal);
    if (other) item.plan = other;
    const input = { ...asked, ...other?.input, source } as never;
    const written = (await this.#bridge.run(command as CommandId, input, {
      ...{ job: id, signal },
      run,
    })) as Written;
    const { delivery, plan, index, inputs } = item;
    if (delivery)
      item.name = await delivery.take(
        written.output,
        written.outputName ?? plan.name(index, inputs),
        signal,
        `${run} ${madeOf(item.entry, plan)} ${String(plan.input.page ?? 1)}`,
      );
    else if (this.#bridge.info.exports === 'download') await this.#bridge.reveal(written.output);
    item.written = written;
    if (written.deidentified) item.fates.push(written.deidentified);
    return written;
  }

  #told({ id, run, state, progress }: JobRecord, outcome: JobOutcome | null): void {
    const { entry, plan, index, inputs, written, name, fates } = this.#items.get(id)!;
    if (state === 'cancelled' || state === 'failed')
      this.#unfinished.set(madeOf(entry, plan), run!);
    else if (state === 'done' && this.#isFinished(run, plan.place))
      this.#unfinished.delete(madeOf(entry, plan));
    const { place } = plan;
    this.current = state === 'running' ? entry : this.current === entry ? null : this.current;
    const slices = plan.slices === undefined ? null : this.#slicesOf(place);
    if (slices && slices.left > 0)
      place.exported = { kind: 'running', done: slices.ended, total: slices.ended + slices.left };
    else if (slices?.failure) place.exported = { kind: 'failed', error: slices.failure };
    else if (state === 'running')
      place.exported = { kind: 'running', done: progress?.done ?? 0, total: progress?.total ?? 0 };
    else if (state === 'cancelled') place.exported = { kind: 'cancelled' };
    else if (outcome?.kind === 'error')
      place.exported = { kind: 'failed', error: outcome.error.toJSON() };
    else if (written) {
      const all = plan.slices === undefined ? [written] : slices!.written;
      place.exported = {
        kind: 'done',
        output: written.output,
        outputs: all.map(({ output }) => output),
        name: name ?? written.outputName ?? plan.name(index, inputs),
        bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
        settings: plan.settings,
        notices: written.notices,
        fates: [...fates],
      };
    }
    this.#report();
  }

  #isFinished(run: string | undefined, place: ExportPlan['place']): boolean {
    return this.#list.jobs.every(
      (job) =>
        job.run !== run || job.state === 'done' || this.#items.get(job.id)?.plan.place !== place,
    );
  }

  /** Of the files that an entry is written as, and why the first of them failed. */
  #slicesOf(place: ExportPlan['place']): {
    readonly ended: number;
    readonly left: number;
    readonly written: readonly Written[];
    readonly failure: SerializedError | null;
  } {
    const jobs = this.#list.jobs.filter(({ id }) => this.#items.get(id)?.plan.place === place);
    const ended = jobs.filter(hasEnded).length;
    const failed = jobs.find(({ state }) => state === 'failed');
    return {
      ended,
      left: jobs.length - ended,
      written: jobs.flatMap(({ id }) => this.#items.get(id)!.written ?? []),
      failure: (failed?.error ?? null) as SerializedError | null,
    };
  }

  async #untilIdle(): Promise<void> {
    let problem: SerializedError | null = null;
    let ended = 0;
    do {
      await this.#list.idle();
      for (; ended < this.#deliveries.length; ended++)
        await this.#deliveries[ended]!.end().catch((error: unknown) => {
          problem = toHourglassError(error).toJSON();
        });
    } while (this.#list.busy);
    const { done, failed, cancelled } = this.#list.progress.counts;
    this.current = null;
    this.run = null;
    const into = this.#deliveries.at(-1) ?? null;
    const items = [...this.#items.values()];
    const of = items.some(({ entry }) => entry.isScan) ? 'files' : 'photos';
    this.summary = { done, failed, cancelled, of, into, problem };
  }

  #report(): void {
    const { counts, total, seconds, secondsLeft } = this.#list.progress;
    let through = 0;
    for (const { id, state, progress } of this.#list.jobs) {
      const share = state === 'done' ? 1 : state === 'running' ? shareOf(progress) : 0;
      through += share * (sizeOf(this.#items.get(id)!) ?? 0);
    }
    this.run = {
      done: counts.done + counts.failed,
      ...{ total, failed: counts.failed, secondsLeft },
      speed: through > 0 && seconds > 0.5 ? through / seconds : null,
    };
  }
}

/** A plan for each file that an export is written as. */
const slicesOf = (plan: ExportPlan): readonly ExportPlan[] =>
  plan.slices === undefined
    ? [plan]
    : Array.from({ length: plan.slices }, (_, i) => ({
        ...plan,
        input: { ...plan.input, page: i + 1 },
      }));

/** What becomes of work, unless nobody waits for it any more. What failed is told by the export, which does the same again. */
function whileWanted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(cancelledError());
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    void work
      .then(resolve, () => resolve(null))
      .finally(() => signal.removeEventListener('abort', stop));
  });
}

/** What an export makes of a file, all of its slices. */
const madeOf = ({ key }: FileEntry, { command, input }: ExportPlan): string =>
  JSON.stringify([key, command, { ...input, page: undefined }]);

const sameFile = (one: ExportPlan, other: ExportPlan): boolean =>
  JSON.stringify([one.command, one.input]) === JSON.stringify([other.command, other.input]);

/** Megapixels; null before the file was opened or written. */
function sizeOf({ written, entry }: Item): number | null {
  const known = written ?? entry.info;
  return known && megapixels(known);
}
