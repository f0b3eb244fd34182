/**
 * A folder of thousands of small files, one in a hundred of them broken, through the built command line: every file is counted once
 * and rightly, and the memory of host and engine stays as it was after the first thousand. Throws where it is not so.
 */
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { residentBytes } from '../bench/_tree.ts';
import { uniform } from '../random.ts';
import { commandLine, processesIn } from '../unit/cli/started.ts';

export interface SmallSoakOptions {
  /** Empty, for everything that is written. */
  readonly folder: string;
  /** In all; one in a hundred is broken. */
  readonly files: number;
  readonly say?: (line: string) => void;
}

export interface SmallSoakTally {
  readonly done: number;
  readonly failed: number;
  readonly seconds: number;
  /** Of host and engine: after the first thousand files, and where it was farthest from that. */
  readonly memoryBytes: { readonly first: number; readonly farthest: number } | null;
}

/** Between two looks at the memory, files. */
const step = 1000;
/** How far the memory may be from what it was after the first `step`, bytes. */
const flat = 50e6;
const broken = (file: number): boolean => file % 100 === 99;

export async function soakSmall(options: SmallSoakOptions): Promise<SmallSoakTally> {
  const { folder, files, say = () => {} } = options;
  await makePictures(join(folder, 'in'), files);
  const wrong = Array.from({ length: files }, (_, file) => file).filter(broken).length;
  const processes = processesIn(folder);
  const began = performance.now();
  const { child, ended } = processes.start(
    process.execPath,
    [
      ...[commandLine, 'denoise', 'in', '--out', 'out/', '--sigma', '10', '--device', 'cpu'],
      ...['--json'],
    ],
    folder,
  );
  const looks: number[] = [];
  let results = 0;
  let problems = 0;
  let summary = { done: -1, failed: -1, left: -1 };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const told = JSON.parse(line) as { type: string } & typeof summary;
    if (told.type === 'summary') summary = told;
    if (told.type === 'result') results += 1;
    else if (told.type === 'problem') problems += 1;
    else return;
    if ((results + problems) % step !== 0) return;
    const bytes = residentBytes(child.pid!);
    if (bytes === null) return;
    looks.push(bytes);
    const rate = (1000 * (results + problems)) / (performance.now() - began);
    say(
      `${results + problems} files, ${rate.toFixed(1)} files/s, ${(bytes / 1e6).toFixed(0)} MB resident`,
    );
  });
  try {
    const code = await ended;
    const seconds = (performance.now() - began) / 1000;
    const good = files - wrong;
    const counts = `${results} results, ${problems} problems, ${JSON.stringify(summary)}`;
    if (code !== 1 || results !== good || problems !== wrong)
      throw new Error(`Ended with ${code}: ${counts}; ${good} and ${wrong} were meant.`);
    if (summary.done !== good || summary.failed !== wrong || summary.left !== 0)
      throw new Error(`The summary counts wrongly: ${counts}`);
    const written = readdirSync(join(folder, 'out')).length;
    if (written !== good) throw new Error(`${written} files were written instead of ${good}.`);
    return { done: results, failed: problems, seconds, memoryBytes: memoryOf(looks) };
  } finally {
    processes.endAll();
  }
}

/** @throws Error where it is not flat */
function memoryOf(looks: readonly number[]): SmallSoakTally['memoryBytes'] {
  const [first, ...later] = looks;
  if (first === undefined || later.length === 0) return null;
  const farthest = later.reduce((far, one) =>
    Math.abs(one - first) > Math.abs(far - first) ? one : far,
  );
  if (Math.abs(farthest - first) > flat)
    throw new Error(`Memory went from ${first} to ${farthest} bytes: ${looks.join(', ')}`);
  return { first, farthest };
}

async function makePictures(folder: string, files: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const next = uniform(11);
  const side = 64;
  const kinds: string[] = [];
  for (let file = 0; file < files; file++) {
    const path = join(folder, `${file}.jpg`);
    if (!broken(file) && kinds.length >= 50) {
      copyFileSync(kinds[file % kinds.length]!, path);
      continue;
    }
    const data = Uint8Array.from({ length: side * side * 3 }, () => 90 + next() * 60);
    const raw = { width: side, height: side, channels: 3 as const };
    const bytes = await sharp(data, { raw }).jpeg().toBuffer();
    // Its header is whole; the codes are not there.
    if (broken(file)) writeFileSync(path, bytes.subarray(0, 40));
    else {
      writeFileSync(path, bytes);
      kinds.push(path);
    }
  }
}
