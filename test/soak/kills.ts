/**
 * Kills a batch of the built command line at random moments (its host, its engine, both) and lets it go on, until it is
 * through; then everything must be as if nobody had disturbed it: the same bytes, nothing twice, nothing left
 * over, no process left running. Throws at the first difference.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { repositoryRoot } from '../data.ts';
import { uniform } from '../random.ts';

export interface KillOptions {
  /** Empty, for everything that is written. */
  readonly folder: string;
  /** Kills in all, over as many batches as that takes. */
  readonly count: number;
  readonly seed: number;
  /** Of a batch. */
  readonly files: number;
  readonly say?: (line: string) => void;
}

export interface KillTally {
  readonly host: number;
  readonly engine: number;
  readonly both: number;
  readonly batches: number;
}

const entry = join(repositoryRoot, 'dist/app/hosts/cli/main.js');
const victims = ['host', 'engine', 'both'] as const;
/** Time to have begun, and to be gone, seconds: the machine may be busy. */
const patience = 60;

export async function soakKills(options: KillOptions): Promise<KillTally> {
  const { folder, count, files, say = () => {} } = options;
  const random = uniform(options.seed);
  await makePictures(join(folder, 'in'), files);
  // The first run checks the devices; the second one is what the others are compared with.
  await finished(start(folder, 'warm', []));
  rmSync(join(folder, 'warm'), { recursive: true });
  rmSync(join(folder, 'warm.hourglass.jsonl'));
  const began = performance.now();
  await finished(start(folder, 'calm', []));
  // Of a whole batch; the calm one may have had a busier machine than those that come.
  let milliseconds = performance.now() - began;
  const calm = filesIn(join(folder, 'calm'));
  if (calm.size !== files) throw new Error(`Only ${calm.size} of ${files} files in the calm run.`);

  const tally = { host: 0, engine: 0, both: 0, batches: 0 };
  const kills = (): number => tally.host + tally.engine + tally.both;
  while (kills() < count) {
    const name = `batch-${tally.batches}`;
    const journal = join(folder, `${name}.hourglass.jsonl`);
    let again = '--resume';
    for (let through = false; !through;) {
      const child = start(folder, name, existsSync(journal) ? [again] : []);
      const end = ended(child);
      const startedAt = performance.now();
      const isWhole = !existsSync(journal);
      let engines: number[] = [];
      // A batch is not killed for ever: it must come to its end some time.
      while (kills() < count && kills() < 12 * (tally.batches + 1)) {
        const late = await Promise.race([sleep(random() * milliseconds), end]);
        if (late !== undefined) break;
        engines = [...new Set([...engines, ...childrenOf(child.pid!)])];
        const victim = victims[Math.floor(random() * victims.length)]!;
        const alive = childrenOf(child.pid!);
        if (victim !== 'host' && alive.length === 0) continue;
        if (victim !== 'engine') child.kill('SIGKILL');
        if (victim !== 'host') for (const pid of alive) kill(pid);
        tally[victim] += 1;
        if (victim !== 'engine') break;
      }
      const code = await end;
      await gone(engines);
      // A file whose engine was killed twice has failed, by name.
      if (code === 1 && said.get(child)!.includes('the engine ended')) again = '--retry-failed';
      else if (code !== 0 && code !== null)
        throw new Error(`${name} ended with ${code}: ${said.get(child)}`);
      through = code === 0;
      if (through && isWhole) milliseconds = Math.min(milliseconds, performance.now() - startedAt);
    }
    compare(name, calm, filesIn(join(folder, name)));
    checkJournal(journal, files);
    const left = readdirSync(join(folder, 'temporaries'));
    if (left.length > 0) throw new Error(`${name} left ${left.join(', ')}`);
    tally.batches += 1;
    say(`${kills()} kills, ${tally.batches} batches as if undisturbed`);
    rmSync(join(folder, name), { recursive: true });
  }
  return tally;
}

async function makePictures(folder: string, files: number): Promise<void> {
  mkdirSync(join(folder, 'sub'), { recursive: true });
  for (let file = 1; file <= files; file++) {
    const [width, height] = [64 + 8 * file, 64];
    const data = Buffer.alloc(width * height * 3);
    for (let at = 0; at < data.length; at++)
      data[at] = 100 + (((at * 2654435761 + file * 40503) >>> 16) % 60);
    const picture = sharp(data, { raw: { width, height, channels: 3 } });
    const place = file % 3 === 0 ? join(folder, 'sub') : folder;
    if (file % 2 === 0) await picture.png().toFile(join(place, `${file}.png`));
    else await picture.jpeg().toFile(join(place, `${file}.jpg`));
  }
}

const said = new WeakMap<ChildProcess, string>();

function start(folder: string, out: string, more: readonly string[]): ChildProcess {
  mkdirSync(join(folder, 'temporaries'), { recursive: true });
  const args = ['denoise', 'in', '--out', `${out}/`, '--sigma', '10', '--device', 'cpu', ...more];
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      XDG_CACHE_HOME: folder,
      XDG_DATA_HOME: join(folder, 'data'),
      HOURGLASS_TEMP: join(folder, 'temporaries'),
    },
  });
  said.set(child, '');
  child.stderr!.on('data', (text: Buffer) => said.set(child, said.get(child)! + text.toString()));
  return child;
}

/** Its code; null: it was killed. */
const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.on('exit', (code) => resolve(code)));

async function finished(child: ChildProcess): Promise<void> {
  const code = await ended(child);
  if (code !== 0) throw new Error(`An undisturbed run ended with ${code}: ${said.get(child)}`);
}

/** proc(5); what runs elsewhere has no such list. */
function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was faster.
  }
}

const isAlive = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
};

async function gone(pids: readonly number[]): Promise<void> {
  const until = performance.now() + 1000 * patience;
  while (pids.some(isAlive)) {
    if (performance.now() > until)
      throw new Error(`Process ${pids.find(isAlive)} is left running.`);
    await sleep(50);
  }
}

/** Hash by path, hidden files too. */
function filesIn(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((one) => one.isFile())
      .map((one) => {
        const path = join(one.parentPath, one.name);
        const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
        return [path.slice(folder.length + 1), hash] as const;
      })
      .sort(),
  );
}

function compare(name: string, calm: Map<string, string>, disturbed: Map<string, string>): void {
  const names = new Set([...calm.keys(), ...disturbed.keys()]);
  const wrong = [...names].filter((file) => calm.get(file) !== disturbed.get(file));
  if (wrong.length > 0) throw new Error(`${name} differs from the calm run in ${wrong.join(', ')}`);
}

/** Each file is done once. */
function checkJournal(path: string, files: number): void {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"type":"done"'));
  const sources = lines.flatMap((line) => {
    try {
      return [String((JSON.parse(line) as { source: string }).source)];
    } catch {
      // The last words of a host that was killed.
      return [];
    }
  });
  if (sources.length !== files || new Set(sources).size !== files)
    throw new Error(`${path}: ${sources.length} done lines of ${new Set(sources).size} files.`);
}
