/**
 * More than one machine, from the command line: a run whose files go into a queue, and `hourglass worker`, which takes them. Both
 * are `app/jobs/remote`, loaded here when somebody asks for them and never before: it brings a Redis client.
 */
import { resolve } from 'node:path';
import { commands, parseInput } from '../../contract/index.ts';
import { fileOf } from '../../jobs/runs/plan.ts';
import { software, version } from '../shared/paths.ts';
import { printable } from '../shared/printable.ts';
import type { Report } from './files.ts';
import { exitCode, type CliOptions } from './options.ts';
import type { Plan } from './plan.ts';
import type { Invocation } from './usage.ts';

/** @returns the exit code @throws HourglassError of the queue */
export async function runQueued(
  { run }: Invocation,
  plan: Plan,
  { cwd }: CliOptions,
  report: Report,
): Promise<number> {
  const { jobsAtOnce, submitTo } = await import('../../jobs/remote/submit.ts');
  const waiting = plan.plan.run.jobs.filter(({ state }) => state === 'queued');
  const { timeLimit: seconds, memoryLimit } = run;
  const queue = await submitTo({
    ...{ address: run.queue!, shared: resolve(cwd, run.shared ?? '.'), version, software },
    limits: { seconds, memoryBytes: memoryLimit === undefined ? undefined : memoryLimit * 1e6 },
    isFree: (job) => plan.plan.files.get(job)?.free === true,
    paths: waiting.flatMap((job) => [fileOf(job), ...(job.output ? [job.output.path] : [])]),
    notice: (text) => report.notice(text),
  });
  try {
    return await report.of(queue, null, { atOnce: jobsAtOnce, elsewhere: true });
  } finally {
    await queue.close();
  }
}

/** @returns 130, for only an interrupt ends it @throws HourglassError of the queue */
export async function runWorker(invocation: Invocation, options: CliOptions): Promise<number> {
  const { terminal, cwd, interrupt } = options;
  const { workFor } = await import('../../jobs/remote/worker.ts');
  const asked = parseInput(commands.worker, invocation.input);
  const program = options.createProgram();
  try {
    await workFor(program, {
      ...{ address: asked.queue, shared: resolve(cwd, asked.shared ?? '.'), version, software },
      ...{ device: asked.device, atOnce: asked.atOnce, patience: asked.patience },
      signal: interrupt,
      say: (text) => terminal.stderr.write(`${printable(text)}\n`),
    });
  } finally {
    await program.stop();
  }
  return exitCode.interrupted;
}
