/**
 * How long the rest of a list takes, measured over jobs like those that are left: the one rule of every door. Jobs are
 * alike when they are of one kind (files whose names end alike): within a kind time goes with the size of the work, between kinds it
 * does not (a JPEG of 5 MB has as many megapixels as a TIFF of 70), and a run that comes to its largest files last would be
 * wrong all night by counting files.
 */
import { JobTally, shareOf, type JobRecord } from './jobs.ts';

/** What is told of a job: its kind, and the size of its work in a unit that is the same for all; null: not known yet. */
export interface PacedJob {
  readonly job: Pick<JobRecord, 'state' | 'progress'>;
  readonly kind: string;
  readonly weight: number | null;
}

/** A job under way. */
export interface Underway extends PacedJob {
  /** That it has taken so far by itself. */
  readonly seconds: number;
}

interface Measured {
  readonly tally: JobTally;
  /** Of jobs that were done, by themselves. */
  seconds: number;
}

/** A guess from the first tile of many is worth nothing: so much of the work must be through, or so many jobs done. */
const enough = { fraction: 0.02, jobs: 3 };
/** Seconds of the list before which nothing is said: the first job waits for the network to be loaded. */
const soon = 2;

export class Pace {
  readonly #kinds = new Map<string, Measured>();
  #done = 0;
  #seconds = 0;

  /** What failed, or is not done, says nothing of how fast others are. */
  add({ job, kind, weight }: PacedJob): void {
    if (job.state !== 'failed') this.#of(kind).tally.add(job, weight);
  }

  /** @param job as it was added */
  remove({ job, kind, weight }: PacedJob): void {
    if (job.state !== 'failed') this.#of(kind).tally.remove(job, weight);
  }

  /** A job was done. @param seconds that it took by itself */
  took(kind: string, seconds: number): void {
    this.#of(kind).seconds += seconds;
    this.#seconds += seconds;
    this.#done += 1;
  }

  /** null: too little was seen. @param elapsed seconds of the list, without pauses */
  secondsLeft(elapsed: number, underway: readonly Underway[]): number | null {
    const seen = [...this.#kinds].map(([kind, { tally, seconds }]) => {
      const begun = underway.filter((one) => one.kind === kind && shareOf(one.job.progress) > 0);
      const own = begun.reduce((sum, one) => sum + one.seconds, seconds);
      return { ...tally.work, own };
    });
    const sum = (of: (one: (typeof seen)[number]) => number): number =>
      seen.reduce((all, one) => all + of(one), 0);
    const [through, left, own] = [
      sum((one) => one.through),
      sum((one) => one.left),
      sum((one) => one.own),
    ];
    const isEnough = through > enough.fraction * (through + left) || this.#done >= enough.jobs;
    if (!isEnough || elapsed <= soon || !(own > 0) || !(through > 0)) return null;
    // Of a kind that was not seen yet the others tell.
    const alone = sum(
      (one) => one.left * (one.through > 0 ? one.own / one.through : own / through),
    );
    // Jobs run side by side, and something is done between them: the clock on the wall is what counts.
    const taken = underway.reduce((all, { seconds }) => all + seconds, this.#seconds);
    return alone * (elapsed / taken);
  }

  #of(kind: string): Measured {
    let found = this.#kinds.get(kind);
    if (!found) this.#kinds.set(kind, (found = { tally: new JobTally(), seconds: 0 }));
    return found;
  }
}
