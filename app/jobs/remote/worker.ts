/**
 * A machine that takes files from the queue: each is done by the program of this machine as if it had been asked here, with one
 * more try where its engine dies. The work is the engine's, in a process of its own: this one has to
 * renew its locks. The result lies whole at its place before the queue hears of it.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Worker, type ConnectionOptions, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import {
  commands,
  HourglassError,
  isCommandId,
  rolesOf,
  toHourglassError,
  type CommandDefinition,
} from '../../contract/index.ts';
import { isServed } from '../../contract/serve.ts';
import { fileError } from '../../pixels/identify.ts';
import { fingerprintOf } from '../runs/fingerprint.ts';
import { Tries } from '../runs/flow.ts';
import { withSecondTry } from '../runs/perform.ts';
import type { Program } from '../types.ts';
import {
  cancelChannel,
  jobSchema,
  prefix,
  presenceKey,
  presenceSeconds,
  queueOf,
  type Answer,
  type QueueJob,
} from './messages.ts';
import { checkRedis, outages, placeOf } from './redis.ts';
import { say } from './sentences.ts';
import { pathInFolder, sharedFolderAt } from './shared-folder.ts';

export interface WorkOptions {
  readonly address: string;
  /** Absolute. */
  readonly shared: string;
  readonly version: string;
  readonly software: string;
  /** Of this worker, whatever a job asks for. */
  readonly device: string | undefined;
  readonly atOnce: number;
  /** A worker that has not been heard of for so long has died, seconds. */
  readonly patience: number;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** Works until the signal, and ends what it has begun. @throws HourglassError queue-not-usable, file-not-found */
export async function workFor(program: Program, options: WorkOptions): Promise<void> {
  const { version, software, signal } = options;
  const place = placeOf(options.address);
  const root = await sharedFolderAt(options.shared);
  for (const text of await checkRedis(place)) options.say(text);
  const { failed, answered } = outages(place.shown, options.say);
  const tries = new Tries();
  const underway = new Map<string, AbortController>();
  const perform = async (job: Job<QueueJob, Answer>): Promise<Answer> => {
    const id = job.id!;
    const control = new AbortController();
    underway.set(id, control);
    const name = job.data.files?.[0] ?? id;
    try {
      const result = await work(job, { program, options, root, tries, signal: control.signal });
      options.say(say('did', { path: name }));
      return { ok: true, root, result };
    } catch (error) {
      const known = toHourglassError(error);
      options.say(say('didNot', { path: name, message: known.message }));
      return { ok: false, root, error: known.toJSON() };
    } finally {
      underway.delete(id);
    }
  };
  const worker = new Worker<QueueJob, Answer>(queueOf(version), perform, {
    ...{
      connection: place.options as ConnectionOptions,
      prefix,
      skipVersionCheck: true,
      concurrency: options.atOnce,
    },
    ...lockTimes(options.patience),
    // Taken over once; who ends two workers is not given to a third.
    maxStalledCount: 1,
  });
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) underway.get(id)?.abort(new Error(say('lockLost')));
  });
  const [teller, listener] = [new Redis(place.options), new Redis(place.options)];
  worker.on('error', failed);
  for (const one of [teller, listener]) one.on('error', failed);
  listener.on('message', (_, id) => underway.get(id)?.abort());
  await listener.subscribe(cancelChannel);
  const key = presenceKey(randomUUID());
  const tell = (): void =>
    void teller.set(key, software, 'EX', presenceSeconds).then(answered, failed);
  tell();
  const timer = setInterval(tell, (presenceSeconds * 1000) / 3);
  try {
    await worker.waitUntilReady();
    options.say(say('taken', { host: hostname(), address: place.shown, folder: root }));
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await worker.close();
    await Promise.race([teller.del(key), new Promise((soon) => setTimeout(soon, 500))]);
  } finally {
    clearInterval(timer);
    teller.disconnect();
    listener.disconnect();
  }
}

interface Work {
  readonly program: Program;
  readonly options: WorkOptions;
  readonly root: string;
  readonly tries: Tries;
  readonly signal: AbortSignal;
}

async function work(
  job: Job<QueueJob, Answer>,
  { program, options, root, tries, signal }: Work,
): Promise<Record<string, unknown>> {
  const parsed = jobSchema.safeParse(job.data);
  const { command } = job.data;
  if (!parsed.success || !isCommandId(command) || !isFileCommand(commands[command]))
    throw new HourglassError('not-allowed', say('jobUnreadable'));
  const { data } = parsed;
  const { reads, writes } = rolesOf(command);
  const files = await Promise.all(data.files.map((name) => pathInFolder(name, root)));
  const path = await pathInFolder(data.output.path, root);
  const { fingerprint } = await fingerprintOf(files, { times: false }).catch((error: unknown) => {
    throw fileError(error, files[0]!);
  });
  if (fingerprint !== data.fingerprint)
    throw new HourglassError(
      'file-not-readable',
      say('otherFile', { path: data.files[0]!, host: hostname() }),
      { hint: say('sameFolder') },
    );
  const settings = Object.fromEntries(
    Object.entries(data.input).filter(([field]) => field !== writes!.field),
  );
  const { device } = options;
  const hasDevice = 'device' in (commands[command] as CommandDefinition).input.shape;
  const input = {
    ...settings,
    ...(device !== undefined && hasDevice ? { device } : {}),
    [reads!.field]: files[0]!,
    ...(reads!.files && files.length > 1 ? { [reads!.files]: files } : {}),
  };
  const replacing = { ...input, ...(data.free ? { overwrite: true } : {}) };
  // Whoever had it before may have written its result, and died before saying so.
  const isSecond = data.again || job.attemptsStarted > 1;
  return (await withSecondTry(
    program,
    {
      ...{ id: `${job.id!}-${job.attemptsStarted}`, command },
      ...{ input: isSecond ? replacing : input, output: { ...data.output, path } },
    },
    signal,
    { limits: data.limits, tries, run: data.run, again: replacing },
  )) as Record<string, unknown>;
}

/** Milliseconds. Redis refuses fractions, and with them every look for workers that have died. @param patience seconds */
export function lockTimes(patience: number) {
  const lockDuration = Math.round(patience * 1000);
  const third = Math.round(lockDuration / 3);
  return { lockDuration, lockRenewTime: third, stalledInterval: third };
}

/** Commands that make a file of each file, and do not change the program. */
const isFileCommand = (definition: CommandDefinition): boolean =>
  isServed(definition) && definition.reads?.many === true && definition.writes !== undefined;
