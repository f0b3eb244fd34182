/**
 * The program as every host sees it: commands in, events out. Puts together validation, the queue,
 * the engine and the device findings; each of these has its own file beside this one.
 */
import { randomUUID } from 'node:crypto';
import {
  cancelledError,
  commands,
  HourglassError,
  isCommandId,
  parseInput,
  rolesOf,
  throwIfCancelled,
  timedId,
  toHourglassError,
  type CommandId,
  type DeviceChoice,
  type DeviceId,
  type HourglassEvent,
  type NamedOutput,
  type Progress,
  type Slot,
} from '../contract/index.ts';
import type { ConnectionLimits } from './connection.ts';
import { EngineCalls } from './engine-calls.ts';
import { Failures } from './failures.ts';
import { DeviceFindings, type Devices } from './findings.ts';
import { createHostCommands } from './host-commands.ts';
import { sweepLeftovers } from './leftovers.ts';
import { Listeners } from './listeners.ts';
import { nameOutput } from './outputs.ts';
import { monotonic } from './progress.ts';
import { SlotQueue, type QueuedWork } from './queue.ts';
import { say } from './sentences.ts';
import { closest } from './suggest.ts';
import { programEnding, Supervisor } from './supervisor.ts';
import type { NameOutput, Program, ProgramOptions, RunOptions } from './types.ts';

/** Memory of the engine above which it is renewed between jobs; a 100-megapixel job needs 2.2 GB. */
const defaultRecycleAbove = 3 * 1024 ** 3;

type Input = Record<string, unknown>;

interface Job {
  readonly id: string;
  readonly command: CommandId;
  readonly input: Input;
  readonly run: string;
  readonly controller: AbortController;
  /** Only queued jobs have one. */
  work?: QueuedWork;
  progress: Progress | null;
  /** Of a job that writes and has begun. */
  output: NamedOutput | null;
}

/** What tests replace: how devices are probed, and how patient the host is. */
export interface ProgramParts {
  readonly devices: Devices;
  readonly limits?: ConnectionLimits;
  readonly nameOutput?: NameOutput;
}

export function assembleProgram(options: ProgramOptions, parts: ProgramParts): Program {
  const listeners = new Listeners<HourglassEvent>();
  const emit = (event: HourglassEvent): void => listeners.tell(event);
  const jobs = new Map<string, Job>();
  const queue = new SlotQueue();
  /** What runs in the queue. */
  const running = new Set<Job>();
  /** Jobs of the work slot that are asked of an engine, and the renewal of it that others wait for. */
  const atWork = new Set<Promise<unknown>>();
  let renewal: Promise<unknown> | null = null;
  let stopped = false;

  const findings = new DeviceFindings({
    cacheFolder: options.cacheFolder,
    ...parts.devices,
    onChange: (devices) => {
      supervisor.setDevices(devices);
      emit({ type: 'devices', devices: [...devices] });
    },
  });
  const supervisor: Supervisor = new Supervisor({
    launch: options.launch,
    modelsFolder: options.modelsFolder,
    userModelsFolder: options.userModelsFolder,
    software: options.software,
    emit,
    // There is nothing to fall back on from the CPU: it stays, for a machine that was only swamped.
    onDeviceHung: (device, detail) => {
      if (device !== 'cpu') findings.disable(device as DeviceId, say('hungInWork', { detail }));
    },
    onEnd: () => {
      try {
        sweepLeftovers([...running].flatMap(({ output }) => (output ? [output] : [])));
      } catch {
        // What could not be swept now is swept at the next start; the job's failure is told all the same.
      }
    },
    ...(parts.limits ? { limits: parts.limits } : {}),
  });
  const engine = new EngineCalls(supervisor);
  const failures = new Failures();
  const runHostCommand = createHostCommands(findings, options, failures);

  const tell = (
    job: Job,
    state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled',
    error: HourglassError | null = null,
  ): void => {
    if (error && state === 'failed') failures.count(job.command, error.code);
    emit({
      type: 'job',
      job: job.id,
      command: job.command,
      source: engine.sourceOf(job.command, job.input),
      state,
      progress: job.progress,
      error: error ? { code: error.code, message: error.message, hint: error.hint } : null,
    });
  };

  /** Keeps a job's progress, and tells it. */
  const reporter = (job: Job): ((progress: Progress) => void) => {
    const smooth = monotonic();
    return (progress) => {
      job.progress = smooth(progress);
      tell(job, 'running');
    };
  };

  /** One attempt in the engine. */
  const attempt = (job: Job, input: Input, onProgress: (progress: Progress) => void) =>
    engine.run({
      job: job.id,
      command: job.command,
      input,
      signal: job.controller.signal,
      heavy: true,
      onProgress,
      run: job.run,
      ...(job.output ? { output: job.output } : {}),
    });

  /**
   * Renews an engine that has grown, where both slots are idle. Work waits a moment for the screen, and for other
   * jobs of its run; somebody who looks does not wait for work: then it is renewed another time.
   */
  const renewIfDue = async (slot: Slot): Promise<void> => {
    const limit = options.recycleAbove ?? defaultRecycleAbove;
    if (slot === 'work' && renewal) await renewal;
    if (!supervisor.isDue(limit)) return;
    if (slot === 'view') await supervisor.recycleAbove(limit);
    else
      await (renewal ??= (async () => {
        await Promise.allSettled(atWork);
        await queue.afterRunning('view');
        await supervisor.recycleAbove(limit);
      })().finally(() => (renewal = null)));
  };

  const runHeavy = async (job: Job, slot: Slot): Promise<unknown> => {
    const { signal } = job.controller;
    const choice = deviceChoice(job.input);
    const onProgress = reporter(job);
    if (choice) await findings.ensure(choice, signal);
    await renewIfDue(slot);
    job.output ??= await (parts.nameOutput ?? nameOutput)(job.command, job.input);
    const asked = attempt(job, job.input, onProgress);
    // An engine in which such a job runs is not renewed: nobody waits for it to end.
    if (slot === 'work' && !rolesOf(job.command).beside) atWork.add(asked);
    try {
      return await asked;
    } catch (error) {
      const hung = error instanceof HourglassError ? error.details?.hungDevice : undefined;
      if (typeof hung !== 'string' || hung === 'cpu' || !choice) throw error;
      // The engine that hung took its unfinished work with it: nothing was delivered.
      const label = findings.reports.find(({ id }) => id === hung)?.label ?? hung;
      const value = await attempt(job, onCpu(job.input), onProgress);
      return withFallback(value, say('leftForThisRun', { label }));
    } finally {
      atWork.delete(asked);
    }
  };

  /** Queues a job; settles when it is done, failed or cancelled, and tells so. */
  const enqueue = (job: Job, slot: Slot, run: string | undefined): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const settle = (state: 'failed' | 'cancelled', error: HourglassError): void => {
        jobs.delete(job.id);
        tell(job, state, error);
        reject(error);
      };
      const work: QueuedWork = {
        ...{ slot, run, beside: rolesOf(job.command).beside },
        start: async () => {
          tell(job, 'running');
          running.add(job);
          try {
            const value = await runHeavy(job, slot);
            jobs.delete(job.id);
            tell(job, 'done');
            resolve(value);
          } catch (error) {
            const known = toHourglassError(error);
            settle(known.code === 'cancelled' ? 'cancelled' : 'failed', known);
          } finally {
            running.delete(job);
          }
        },
      };
      job.work = work;
      job.controller.signal.addEventListener('abort', () => {
        if (queue.remove(work)) settle('cancelled', cancelledError());
      });
      tell(job, 'queued');
      queue.add(work);
    });

  /** Beside the queue: in the host, or in the engine without a place in a slot. Told like any other job. */
  const runAtOnce = async (job: Job): Promise<unknown> => {
    const { id, command, input } = job;
    const { signal } = job.controller;
    const onProgress = reporter(job);
    tell(job, 'running');
    try {
      const value =
        rolesOf(command).runs === 'engine'
          ? await engine.run({ job: id, command, input, signal, heavy: false, onProgress })
          : await runHostCommand(command, input, signal, onProgress);
      tell(job, 'done');
      return value;
    } catch (error) {
      const known = toHourglassError(error);
      tell(job, known.code === 'cancelled' ? 'cancelled' : 'failed', known);
      throw known;
    }
  };

  const cancelSuperseded = (command: CommandId, input: Input): void => {
    const fields = rolesOf(command).supersedes;
    if (!fields) return;
    for (const job of jobs.values())
      if (job.command === command && fields.every((field) => job.input[field] === input[field]))
        job.controller.abort();
  };

  const runParsed = async (command: CommandId, input: Input, run: RunOptions): Promise<unknown> => {
    if (stopped) throw programEnding();
    const id = run.job ?? randomUUID();
    if (jobs.has(id)) throw new HourglassError('invalid-parameter', say('jobRunning', { id }));
    cancelSuperseded(command, input);
    const job: Job = {
      ...{ id, command, input, run: run.run ?? timedId() },
      controller: new AbortController(),
      progress: null,
      output: run.output ?? null,
    };
    const onAbort = (): void => job.controller.abort();
    if (run.signal?.aborted) onAbort();
    run.signal?.addEventListener('abort', onAbort, { once: true });
    jobs.set(id, job);
    try {
      throwIfCancelled(job.controller.signal);
      const { slot } = rolesOf(command);
      return await (slot ? enqueue(job, slot, run.run) : runAtOnce(job));
    } catch (error) {
      throw toHourglassError(error);
    } finally {
      jobs.delete(id);
      run.signal?.removeEventListener('abort', onAbort);
    }
  };

  const runUnknown: Program['runUnknown'] = async (command, input, run = {}) => {
    if (!isCommandId(command)) {
      const near = closest(command, Object.keys(commands));
      throw new HourglassError(
        'unknown-command',
        near
          ? say('noCommandButNear', { command: JSON.stringify(command), near })
          : say('noCommand', { command: JSON.stringify(command) }),
      );
    }
    return runParsed(command, parseInput(commands[command], input), run);
  };

  return {
    run: (command, input, run = {}) => runUnknown(command, input, run) as Promise<never>,
    runUnknown,
    cancel: (job) => jobs.get(job)?.controller.abort(),
    tile: (request, signal) => engine.tile(request, signal),
    thumbnail: (path, signal) => engine.thumbnail(path, signal),
    cameraPreview: (path, signal) => engine.cameraPreview(path, signal),
    listen: (listener) => listeners.add(listener),
    get busy() {
      return queue.busy;
    },
    get engineMemory() {
      return supervisor.current?.memoryBytes ?? 0;
    },
    endEngine: (reason) => supervisor.endCurrent(reason),
    async stop() {
      stopped = true;
      for (const job of [...jobs.values()]) job.controller.abort();
      await queue.idle();
      await supervisor.stop();
    },
    async kill() {
      stopped = true;
      // Whoever asks for this ends next, whatever becomes of the engine: it notices by itself that its host is gone.
      await supervisor.kill(say('programEnded')).catch((error: unknown) => {
        process.stderr.write(`The engine could not be ended: ${String(error)}\n`);
      });
    },
  };
}

/** The device that an input asks for, wherever its schema keeps it; undefined: it uses none. */
function deviceChoice(input: Input): DeviceChoice | undefined {
  const settings = input.settings as { device?: DeviceChoice } | undefined;
  return (input.device as DeviceChoice | undefined) ?? settings?.device;
}

function onCpu(input: Input): Input {
  return input.settings
    ? { ...input, settings: { ...(input.settings as Input), device: 'cpu' } }
    : { ...input, device: 'cpu' };
}

function withFallback(value: unknown, fallback: string): unknown {
  const result = value as { device?: Input };
  return result.device ? { ...result, device: { ...result.device, fallback } } : value;
}
