/**
 * The machine that a batch was started on: it stands for the program in a run (`performRun`), and puts each job into the queue
 * instead of into an engine. Who knows what was done is this run's journal, never the queue: an answer is
 * taken once, the first one, and its job is removed; what the queue has lost is put in again.
 */
import { createHash } from 'node:crypto';
import { Queue, QueueEvents, type ConnectionOptions, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import {
  cancelledError,
  HourglassError,
  isCommandId,
  rolesOf,
  type SerializedError,
} from '../../contract/index.ts';
import { fingerprintOf } from '../runs/fingerprint.ts';
import type { Limits } from '../runs/limits.ts';
import type { RunProgram } from '../runs/perform.ts';
import {
  answerSchema,
  cancelChannel,
  prefix,
  presenceKey,
  queueOf,
  relocated,
  type Answer,
  type QueueJob,
} from './messages.ts';
import { checkRedis, outages, placeOf } from './redis.ts';
import { say } from './sentences.ts';
import { nameInFolder, sharedFolderAt } from './shared-folder.ts';

export interface SubmitOptions {
  readonly address: string;
  /** Absolute. */
  readonly shared: string;
  readonly version: string;
  readonly software: string;
  readonly limits: Limits;
  /** Of a job's id: nothing was at its output's place when it was planned. */
  readonly isFree: (job: string) => boolean;
  /** Every input and output of the run. */
  readonly paths: readonly string[];
  readonly notice: (text: string) => void;
  /** How often all jobs under way are looked at, whatever was told of them, milliseconds. Default: 2000. */
  readonly lookEvery?: number;
}

/** Jobs in the queue at a time: enough for dozens of workers, and little to lose or to take back. */
export const jobsAtOnce = 256;
/** A job that is called off is waited for so long, milliseconds: a tile, or a worker that has died. */
const cancelPatience = 20_000;

interface Waiting {
  readonly data: QueueJob;
  /** It was put in and Redis has said so. */
  isIn: boolean;
  readonly answered: (answer: Answer) => void;
}

export interface Submitter extends RunProgram {
  close(): Promise<void>;
}

/** @throws HourglassError queue-not-usable, invalid-parameter, file-not-found: the folder */
export async function submitTo(options: SubmitOptions): Promise<Submitter> {
  const { notice, version } = options;
  const place = placeOf(options.address);
  const root = await sharedFolderAt(options.shared);
  for (const path of options.paths) await nameInFolder(path, root);
  for (const text of await checkRedis(place)) notice(text);
  const connection = place.options as ConnectionOptions;
  const own = { connection, prefix, skipVersionCheck: true };
  const queue = new Queue<QueueJob, unknown, string>(queueOf(version), own);
  const events = new QueueEvents(queueOf(version), own);
  const teller = new Redis(place.options);
  const { failed, answered } = outages(place.shown, notice);
  queue.on('error', failed);
  events.on('error', failed);
  teller.on('error', failed);
  await tellOfWorkers(teller, options, place.shown);

  const waiting = new Map<string, Waiting>();

  async function put(id: string, one: Waiting, again: boolean): Promise<void> {
    one.isIn = false;
    // An ended job of that id, of a run that was cut off, would swallow this one without a word; one under way stays.
    if (!again) await queue.remove(id);
    const data = { ...one.data, again };
    await queue.add('file', data, { jobId: id, attempts: 1 });
    one.isIn = true;
  }

  async function look(id: string): Promise<'there' | 'lost'> {
    const one = waiting.get(id);
    if (!one?.isIn) return 'there';
    const job = await queue.getJob(id);
    // It may have been answered meanwhile.
    if (!waiting.has(id)) return 'there';
    if (!job) return 'lost';
    if (job.finishedOn === undefined) return 'there';
    waiting.delete(id);
    one.answered(answerOf(job));
    await queue.remove(id);
    return 'there';
  }

  const quietly = (work: Promise<unknown>): void => void work.catch(failed);
  events.on('completed', ({ jobId }) => quietly(look(jobId)));
  events.on('failed', ({ jobId }) => quietly(look(jobId)));
  let looking = false;
  const lookAtAll = async (): Promise<void> => {
    if (looking || waiting.size === 0) return;
    looking = true;
    try {
      let lost = 0;
      for (const [id, one] of [...waiting]) {
        if ((await look(id)) !== 'lost') continue;
        lost += 1;
        await put(id, one, true);
      }
      answered();
      if (lost > 0) notice(say('putInAgain', { count: lost }));
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => quietly(lookAtAll()), options.lookEvery ?? 2000);

  return {
    listen: () => () => {},
    engineMemory: 0,
    endEngine: () => {},
    async runUnknown(command, given, { job = '', signal, run = '', output } = {}) {
      const { reads, writes } = rolesOf(isCommandId(command) ? command : 'denoise');
      const { ...input } = given as Record<string, unknown>;
      const source = String(input[reads!.field]);
      // Its files would have to be looked at by every worker, each with a level of its own where one of them differs.
      if (reads!.series && input[reads!.series])
        throw new HourglassError('invalid-parameter', say('seriesLevelQueued'), {
          hint: say('seriesLevelQueuedHint'),
        });
      const several = reads!.files ? (input[reads!.files] as string[] | undefined) : undefined;
      const files = several && several.length > 0 ? several : [source];
      for (const field of [reads!.field, reads!.files, writes!.field])
        if (field) delete input[field];
      const data: QueueJob = {
        ...{ run, command, input },
        files: await Promise.all(files.map((path) => nameInFolder(path, root))),
        fingerprint: (await fingerprintOf(files, { times: false })).fingerprint,
        output: {
          ...output!,
          path: await nameInFolder(output!.path, root),
          notices: [...output!.notices],
        },
        ...{ free: options.isFree(job), again: false, limits: options.limits },
      };
      const answer = await new Promise<Answer>((resolve, reject) => {
        const id = idOf(data);
        const one: Waiting = { data, isIn: false, answered: resolve };
        const stop = async (): Promise<void> => {
          if ((await queue.remove(id)) === 0) {
            // A worker has it.
            await teller.publish(cancelChannel, id);
            setTimeout(() => gone(), cancelPatience).unref();
          } else gone();
        };
        const gone = (): void => {
          waiting.delete(id);
          reject(cancelledError());
        };
        waiting.set(id, one);
        put(id, one, false).then(() => {
          if (signal?.aborted) quietly(stop());
          else signal?.addEventListener('abort', () => quietly(stop()), { once: true });
        }, reject);
      });
      if (!answer.ok)
        throw HourglassError.fromJSON(
          relocated(answer.error, answer.root, root) as SerializedError,
        );
      return relocated(answer.result, answer.root, root);
    },
    async close() {
      clearInterval(timer);
      teller.disconnect();
      await Promise.all([events.close(), queue.close()]);
    },
  };
}

/** What a job came to, in the queue's own words where no worker could say. */
function answerOf(job: Pick<Job, 'failedReason'> & { readonly returnvalue: unknown }): Answer {
  const answer = answerSchema.safeParse(job.returnvalue);
  if (answer.success) return answer.data;
  const reason = job.failedReason ?? '';
  const error = /stalled/.test(reason)
    ? new HourglassError('engine-died', say('workersDied'))
    : new HourglassError('internal', say('queueFailed', { reason }));
  return { ok: false, root: '', error: error.toJSON() };
}

/** The same for the same file of the same run; the path is in it, for two files of a tree may be equal. */
export function idOf({ run, command, input, files, fingerprint }: QueueJob): string {
  const facts = JSON.stringify([run, command, input, files, fingerprint]);
  return `f-${createHash('sha256').update(facts).digest('hex')}`;
}

/** Says when nobody is there to take the files. */
async function tellOfWorkers(
  redis: Redis,
  { software, notice }: SubmitOptions,
  address: string,
): Promise<void> {
  const keys: string[] = [];
  let cursor = '0';
  do {
    const [next, found] = await redis.scan(cursor, 'MATCH', presenceKey('*'), 'COUNT', 1000);
    cursor = next;
    keys.push(...found);
  } while (cursor !== '0');
  const workers = keys.length > 0 ? await redis.mget(keys) : [];
  const versions = new Set(workers.filter((one) => one !== null));
  if (versions.has(software)) return;
  notice(
    versions.size === 0
      ? say('noWorkers', { address })
      : say('otherWorkers', { address, software, versions: [...versions].join(', ') }),
  );
}
