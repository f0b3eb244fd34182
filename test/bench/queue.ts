/**
 * `npm run bench -- queue [--side 512] [--files 48] [--alone 1000]`: what a queue of several machines costs, on a real Redis of its own (append-only
 * file on) on this machine.
 *
 * 1. The queue alone: files whose work takes no time, through one worker, against the same list without a queue: time, CPU and
 *    commands per file, bytes of Redis for a job that waits and for its append-only file.
 * 2. One, two and three workers of the built command line, each held to a core of its own as long as there are some (`taskset`), one file at a
 *    time; from the first file's start to the last one's line, planning and starting left out.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { jobsAtOnce, submitTo } from '../../app/jobs/remote/submit.ts';
import { workFor } from '../../app/jobs/remote/worker.ts';
import { performRun, type RunOptions, type RunProgram } from '../../app/jobs/runs/perform.ts';
import { planRun } from '../../app/jobs/runs/plan.ts';
import type { Program } from '../../app/jobs/types.ts';
import { debianTool } from '../debian.ts';
import { uniform } from '../random.ts';
import { freePort, startRedis } from '../redis.ts';
import { commandLine, processesIn } from '../unit/cli/started.ts';

const { values } = parseArgs({
  options: {
    side: { type: 'string', default: '512' },
    files: { type: 'string', default: '48' },
    alone: { type: 'string', default: '1000' },
  },
});
const server = debianTool('redis-server', 'redis-server');
if (server === null || debianTool('taskset', 'util-linux') === null) process.exit(1);

const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
const port = await freePort();
const address = `redis://127.0.0.1:${port}`;
const redis = await startRedis({
  ...{ server, port, persists: true },
  folder: mkdtempSync(join(folder, 'redis-')),
});
const processes = processesIn(folder);

interface Facts {
  readonly memory: number;
  readonly aof: number;
  readonly commands: number;
  readonly cpu: number;
}

function redisFacts(): Facts {
  const text = execFileSync('redis-cli', ['-p', String(port), 'INFO', 'everything'], {
    encoding: 'utf8',
  });
  const of = (name: string): number =>
    Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1] ?? NaN);
  return {
    ...{ memory: of('used_memory'), aof: of('aof_current_size') },
    commands: of('total_commands_processed'),
    cpu: of('used_cpu_user') + of('used_cpu_sys'),
  };
}

/** Pictures of noise, each another one. */
async function pictures(name: string, count: number, side: number): Promise<string> {
  const place = join(folder, name);
  mkdirSync(place);
  const next = uniform(count);
  for (let file = 0; file < count; file++) {
    const data = Uint8Array.from({ length: side * side * 3 }, () => 90 + next() * 60);
    const raw = { width: side, height: side, channels: 3 as const };
    writeFileSync(join(place, `${file}.jpg`), await sharp(data, { raw }).jpeg().toBuffer());
  }
  return place;
}

/** Stands for an engine: everything is done at once, and nothing written. */
const instant = {
  listen: () => () => {},
  engineMemory: 0,
  endEngine: () => {},
  runUnknown: () => Promise.resolve({ notices: [] }),
} as unknown as Program;

async function queueAlone(count: number): Promise<void> {
  const place = await pictures('alone', count, 8);
  const planned = (id: string, signal: AbortSignal) =>
    planRun({
      ...{ id, command: 'denoise', settings: { sigma: 10 }, out: join(folder, `${id}/`), signal },
      problems: [],
      files: Array.from({ length: count }, (_, file) => {
        const path = join(place, `${file}.jpg`);
        return { path, files: [path], below: '', named: false };
      }),
    });
  const submitter = () =>
    submitTo({
      ...{ address, shared: folder, version: 'bench', software: 'Hourglass bench', limits: {} },
      ...{ isFree: () => true, paths: [], notice: () => {} },
    });
  const through = async (
    id: string,
    program: RunProgram,
    more: Partial<RunOptions>,
  ): Promise<{ seconds: number; cpu: number }> => {
    const { signal } = new AbortController();
    const plan = await planned(id, signal);
    const before = process.cpuUsage();
    const began = performance.now();
    const { counts } = await performRun(program, plan, { signal, told: () => {}, ...more });
    if (counts.done !== count) throw new Error(`${id}: ${JSON.stringify(counts)}`);
    const { user, system } = process.cpuUsage(before);
    return { seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 };
  };
  const direct = await through('direct', instant, {});

  const waiting = await submitter();
  const empty = redisFacts();
  const cancel = new AbortController();
  const plan = await planned('waiting', cancel.signal);
  const waits = performRun(waiting, plan, {
    ...{ signal: cancel.signal, told: () => {}, atOnce: jobsAtOnce, elsewhere: true },
  });
  const most = Math.min(jobsAtOnce, count);
  while (Number(execFileSync('redis-cli', ['-p', String(port), 'LLEN', waitList])) < most)
    await sleep(50);
  const full = redisFacts();
  cancel.abort();
  await waits;
  await waiting.close();

  const stop = new AbortController();
  const worker = workFor(instant, {
    ...{ address, shared: folder, version: 'bench', software: 'Hourglass bench' },
    ...{ device: undefined, atOnce: 16, patience: 30, signal: stop.signal, say: () => {} },
  });
  const queue = await submitter();
  const before = redisFacts();
  const queued = await through('queued', queue, { atOnce: jobsAtOnce, elsewhere: true });
  const after = redisFacts();
  await queue.close();
  stop.abort();
  await worker;

  const per = (value: number): number => value / count;
  const milliseconds = (seconds: number): string => (1000 * per(seconds)).toFixed(2);
  console.log(
    `The queue alone, ${count} files that take no time, one worker and the submitter in one process:
  ${milliseconds(queued.seconds)} ms a file by the clock (without a queue ${milliseconds(direct.seconds)}), ${milliseconds(queued.cpu - direct.cpu)} ms of CPU here and ${milliseconds(after.cpu - before.cpu)} ms in Redis
  ${per(after.commands - before.commands).toFixed(0)} commands of Redis a file, ${per(after.aof - before.aof).toFixed(0)} bytes of its append-only file
  ${((full.memory - empty.memory) / most).toFixed(0)} bytes of Redis's memory a job that waits (${most} at most)`,
  );
}
const waitList = 'hourglass:files-bench:wait';

async function severalWorkers(count: number, side: number): Promise<void> {
  await pictures('in', count, side);
  const batch = async (name: string, more: readonly string[]): Promise<number> => {
    const journal = `${name}.hourglass.jsonl`;
    const settings = ['--sigma', '10', '--device', 'cpu'];
    const place = ['--out', `${name}/`, '--journal', journal];
    const words = [commandLine, 'denoise', 'in', ...settings, ...place, ...more];
    const run = processes.start(process.execPath, words, folder);
    const code = await run.ended;
    if (code !== 0) throw new Error(`${name} ended with ${code}: ${run.said.words}`);
    const times = readFileSync(join(folder, journal), 'utf8')
      .split('\n')
      .filter((line) => /"type":"(start|done)"/.test(line))
      .map((line) => Date.parse((JSON.parse(line) as { at: string }).at));
    return (1000 * count) / (Math.max(...times) - Math.min(...times));
  };
  const rates: number[] = [];
  for (let workers = 1; workers <= 3; workers++) {
    const args = [commandLine, 'worker', '--queue', address, '--shared', folder, '--at-once', '1'];
    const core = String((workers - 1) % availableParallelism());
    const one = processes.start('taskset', ['-c', core, process.execPath, ...args], folder);
    while (!one.said.words.includes('takes files from')) await sleep(50);
    await batch(`warm-${workers}`, ['--queue', address]);
    rates.push(await batch(`by-${workers}`, ['--queue', address]));
  }
  const [first] = rates;
  const told = rates.map(
    (rate, at) => `${at + 1}: ${rate.toFixed(1)} files/s (${(rate / first!).toFixed(2)} ×)`,
  );
  console.log(
    `${count} files of ${side} × ${side}, workers of one core and one file each, on ${availableParallelism()} cores: ${told.join(', ')}`,
  );
}

console.log(`Load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores before it began.`);
try {
  await queueAlone(Number(values.alone));
  await severalWorkers(Number(values.files), Number(values.side));
} finally {
  processes.endAll();
  await redis.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
