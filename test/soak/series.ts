/**
 * A series is cleaned by the built command line, cancelled in the middle and resumed: every result must have the bytes of an undisturbed
 * run of the same journal, UIDs and times among them, and a run of its own must differ in each. Throws at the first difference.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine, processesIn } from '../unit/cli/started.ts';

export interface SeriesSoakOptions {
  /** Holds `in`, the slices; for everything that is written. */
  readonly folder: string;
  readonly slices: number;
  /** Cancelled when so many are done. */
  readonly cancelAt: number;
  /** Whether a run of its own is compared too; without it nothing shows that the comparison sees anything. */
  readonly another: boolean;
  /** More arguments of `denoise`; default: none. */
  readonly settings?: readonly string[];
  readonly say?: (line: string) => void;
}

export interface SeriesSoakTally {
  /** Slices that were there when it had ended. */
  readonly cancelledAt: number;
  readonly identical: number;
  readonly seconds: number;
}

interface Line {
  readonly type: string;
  readonly run?: string;
  readonly source?: string;
}

/** Between two looks at the journal, milliseconds. */
const LOOK = 5;

export async function soakSeries(options: SeriesSoakOptions): Promise<SeriesSoakTally> {
  const { folder, slices, cancelAt, another, settings = [], say = () => {} } = options;
  const began = performance.now();
  const processes = processesIn(folder);
  const journal = join(folder, 'run.hourglass.jsonl');
  const out = join(folder, 'out');
  const clean = (...more: readonly string[]) =>
    processes.start(
      process.execPath,
      [
        ...[commandLine, 'denoise', 'in', '--out', 'out/', '--journal', journal],
        ...['--device', 'cpu', ...settings, ...more],
      ],
      folder,
    );
  const whole = async (...more: readonly string[]): Promise<void> => {
    const { ended, said } = clean(...more);
    const code = await ended;
    if (code !== 0) throw new Error(`denoise ${more.join(' ')} ended with ${code}: ${said.words}`);
    expectEqual('results', results(out).length, slices);
  };
  try {
    const first = clean();
    let over = false;
    void first.ended.then(() => (over = true));
    while (done(journal).length < cancelAt && !over) await sleep(LOOK);
    first.child.kill('SIGINT');
    expectEqual(`code of the cancelled run (${first.said.words})`, await first.ended, 130);
    const cancelledAt = done(journal).length;
    if (cancelledAt >= slices) throw new Error('It was done before it could be cancelled.');
    // Nothing half done lies there.
    expectEqual('results of the cancelled run', results(out).length, cancelledAt);
    say(`cancelled with ${cancelledAt} of ${slices} slices`);

    await whole('--resume');
    // Each once: what was done is not done again.
    expectEqual('slices done', done(journal).length, slices);
    expectEqual('different slices done', new Set(done(journal)).size, slices);
    expectEqual('runs', runs(journal), 1);
    say('resumed');
    const kept = join(folder, 'resumed');
    renameSync(out, kept);

    // The same journal as it was before its first slice began.
    const all = linesOf(journal);
    const planned = all.slice(
      0,
      all.findIndex(({ line }) => line.type === 'start'),
    );
    writeFileSync(journal, planned.map(({ text }) => `${text}\n`).join(''));
    await whole('--resume');
    expectEqual('runs', runs(journal), 1);
    const identical = compared(kept, out, true);
    say(`${identical} slices are those of an undisturbed run of the same journal`);

    if (another) {
      rmSync(out, { recursive: true });
      rmSync(journal);
      await whole();
      compared(kept, out, false);
      say('those of another run are others');
    }
    return { cancelledAt, identical, seconds: (performance.now() - began) / 1000 };
  } finally {
    processes.endAll();
  }
}

function expectEqual<T>(what: string, found: T, wanted: T): void {
  if (found !== wanted) throw new Error(`${what}: ${String(found)} instead of ${String(wanted)}`);
}

/** Complete ones; the last may be under way. */
function linesOf(journal: string): { text: string; line: Line }[] {
  const all = existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').slice(0, -1) : [];
  return all.map((text) => ({ text, line: JSON.parse(text) as Line }));
}

const done = (journal: string): string[] =>
  linesOf(journal).flatMap(({ line }) => (line.type === 'done' ? [line.source!] : []));

const runs = (journal: string): number =>
  new Set(linesOf(journal).flatMap(({ line }) => (line.type === 'run' ? [line.run] : []))).size;

const results = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.dcm'))
        .sort()
    : [];

/** @returns how many there are */
function compared(one: string, other: string, equal: boolean): number {
  const names = results(one);
  expectEqual('names of results', results(other).join(), names.join());
  for (const name of names) {
    const same = readFileSync(join(one, name)).equals(readFileSync(join(other, name)));
    if (same !== equal) throw new Error(`${name} is ${same ? 'the same' : 'another one'}.`);
  }
  return names.length;
}
