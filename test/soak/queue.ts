/**
 * A batch over a real Redis with three workers, all of the built command line: one worker is killed, one file ends every engine, and
 * Redis restarts in the middle. Every file must be in the report once, and nothing left over. Throws at the first difference.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { uniform } from '../random.ts';
import { freePort, startRedis } from '../redis.ts';
import { commandLine, processesIn } from '../unit/cli/started.ts';

export interface QueueSoakOptions {
  /** Empty, for everything that is written. */
  readonly folder: string;
  /** That are fine; the poisoned one is one more. */
  readonly files: number;
  /** `redis-server` */
  readonly server: string;
  readonly say?: (line: string) => void;
}

export interface QueueSoakTally {
  readonly done: number;
  readonly failed: number;
  readonly seconds: number;
  /** Files that each worker did; the first one was killed. */
  readonly byWorker: readonly number[];
}

interface Entry {
  readonly source: string;
  readonly state: string;
  readonly error: { readonly code: string } | null;
}

const poison = 'poison.png';
/** For whatever must come about, seconds: the machine may be busy. */
const patience = 1200;

export async function soakQueue(options: QueueSoakOptions): Promise<QueueSoakTally> {
  const { folder, files, server, say = () => {} } = options;
  await makePictures(join(folder, 'in'), files);
  const processes = processesIn(folder);
  const port = await freePort();
  const address = `redis://127.0.0.1:${port}`;
  const place = { server, port, folder: mkdtempSync(join(folder, 'redis-')), persists: true };
  let redis = await startRedis(place);
  try {
    const startWorker = async () => {
      const temporaries = mkdtempSync(join(folder, 'worker-'));
      const one = processes.start(
        process.execPath,
        [
          ...[commandLine, 'worker', '--queue', address, '--shared', folder],
          ...['--patience', '5', '--device', 'cpu'],
        ],
        folder,
        // A picture of one tile never gets there.
        { HOURGLASS_TEMP: temporaries, HOURGLASS_FAULT: 'cpu:abort@tile=1' },
      );
      await until(() => one.said.words.includes('takes files from'), 'a worker to be ready');
      return { ...one, temporaries };
    };
    const workers = await Promise.all([startWorker(), startWorker(), startWorker()]);
    const began = performance.now();
    const run = processes.start(
      process.execPath,
      [
        ...[commandLine, 'denoise', 'in', '--out', 'out/', '--sigma', '10'],
        ...['--queue', address, '--journal', 'run.hourglass.jsonl', '--report', 'report.json'],
      ],
      folder,
    );
    const doneLines = (): number =>
      linesOf(join(folder, 'run.hourglass.jsonl')).filter((line) => line.includes('"type":"done"'))
        .length;
    await until(() => doneLines() > files / 4, 'a quarter of the files');
    workers[0]!.child.kill('SIGKILL');
    say(`a worker killed after ${doneLines()} files`);
    await until(() => doneLines() > files / 2, 'half of the files');
    await redis.end('SIGTERM');
    redis = await startRedis(place);
    say(`Redis restarted after ${doneLines()} files`);
    const code = await run.ended;
    const seconds = (performance.now() - began) / 1000;
    // The poisoned file has failed.
    if (code !== 1) throw new Error(`The batch ended with ${code}: ${run.said.words.slice(-2000)}`);
    const { done, failed } = checkReport(folder, files);
    for (const { child, ended } of workers.slice(1)) {
      child.kill('SIGTERM');
      await ended;
    }
    checkLeftovers(
      folder,
      workers.slice(1).map(({ temporaries }) => temporaries),
    );
    const byWorker = workers.map(({ said }) => said.words.match(/: done$/gm)?.length ?? 0);
    return { done, failed, seconds, byWorker };
  } finally {
    processes.endAll();
    await redis.end('SIGKILL');
  }
}

async function makePictures(folder: string, files: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const next = uniform(5);
  const side = 64;
  for (let file = 0; file < files; file++) {
    const data = Uint8Array.from({ length: side * side * 3 }, () => 90 + next() * 60);
    const raw = { width: side, height: side, channels: 3 as const };
    writeFileSync(join(folder, `${file}.png`), await sharp(data, { raw }).png().toBuffer());
  }
  // Of many tiles.
  const create = { width: 3000, height: 1000, channels: 3 as const, background: '#765' };
  await sharp({ create }).png().toFile(join(folder, poison));
}

const linesOf = (path: string): string[] => {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
};

async function until(check: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 1000 * patience;
  while (!check()) {
    if (performance.now() > end) throw new Error(`Waited in vain for ${what}.`);
    await sleep(100);
  }
}

/** Every file is there once, in the report and among the journal's lines; the poisoned one has failed. */
function checkReport(folder: string, files: number): { done: number; failed: number } {
  const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as {
    readonly done: number;
    readonly failed: number;
    readonly left: number;
    readonly files: readonly Entry[];
  };
  const { done, failed, left } = report;
  if (done !== files || failed !== 1 || left !== 0)
    throw new Error(`The report counts ${done} done, ${failed} failed, ${left} left.`);
  const sources = new Set(report.files.map(({ source }) => source));
  if (sources.size !== files + 1 || report.files.length !== files + 1)
    throw new Error(`The report has ${report.files.length} entries of ${sources.size} files.`);
  const wrong = report.files.find(({ state, source, error }) =>
    source.endsWith(poison) ? error?.code !== 'engine-died' : state !== 'done',
  );
  if (wrong) throw new Error(`In the report: ${JSON.stringify(wrong)}`);
  const told = linesOf(join(folder, 'run.hourglass.jsonl')).flatMap((line) => {
    if (line === '') return [];
    const { type, source } = JSON.parse(line) as { type: string; source: string };
    return type === 'done' || type === 'failed' ? [source] : [];
  });
  if (told.length !== files + 1 || new Set(told).size !== files + 1)
    throw new Error(`The journal ends ${told.length} files of ${new Set(told).size}.`);
  return { done, failed };
}

function checkLeftovers(folder: string, temporaries: readonly string[]): void {
  const results = readdirSync(join(folder, 'out'));
  const strange = results.filter((name) => !/^\d+\.png$/.test(name));
  if (strange.length > 0) throw new Error(`Among the results: ${strange.join(', ')}`);
  for (const one of temporaries) {
    const left = readdirSync(one);
    if (left.length > 0) throw new Error(`A worker left ${left.join(', ')}`);
  }
}
