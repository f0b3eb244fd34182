/**
 * How many files of a run are under way at once. While the network works on one, the next is read and the last is written:
 * the devices share nothing of that, and a processor of two cores has a place free. Measured: docs/benchmarks.md, "Batches".
 */
import { isCommandId, rolesOf, type JobRecord } from '../../contract/index.ts';

/** So many at once; more only wait for each other. */
const MOST = 4;

/**
 * Bytes of all files under way: pictures of 24 megapixels go two by two, larger ones alone. What decoding may take is bounded
 * by the size of a file (`app/pixels/afford.ts`), so that this bounds the memory.
 */
const MOST_BYTES = 32e6;

/** See `JobListOptions.mayJoin`. @param bytesOf size of a job's file @param most at once; default: as the job's command has it */
export const mayJoin =
  (bytesOf: (job: JobRecord) => number, most?: number) =>
  (job: JobRecord, running: readonly JobRecord[]): boolean =>
    running.length < (most ?? usually(job)) &&
    [job, ...running].reduce((sum, one) => sum + bytesOf(one), 0) <= MOST_BYTES;

const usually = ({ command }: JobRecord): number =>
  (isCommandId(command) ? rolesOf(command).atOnce : undefined) ?? MOST;

/**
 * First tries go beside each other; a second one, after an engine was lost, has the engine for itself: a file that
 * ends every engine takes no other one with it again.
 */
export class Tries {
  #shared = new Set<Promise<unknown>>();
  #alone: Promise<unknown> | null = null;

  async shared<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone) await this.#alone;
    const ended = settled(work);
    this.#shared.add(ended.over);
    void ended.over.then(() => this.#shared.delete(ended.over));
    return ended.work;
  }

  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone) await this.#alone;
    const ended = settled(async () => {
      await Promise.all(this.#shared);
      return work();
    });
    this.#alone = ended.over;
    void ended.over.then(() => (this.#alone = null));
    return ended.work;
  }
}

/** Work that has begun, and a promise that is fulfilled when it has ended, however. */
function settled<T>(begin: () => Promise<T>): { work: Promise<T>; over: Promise<unknown> } {
  const work = begin();
  return { work, over: work.then(nothing, nothing) };
}

const nothing = (): void => {};
