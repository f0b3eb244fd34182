/**
 * The journal of runs: a file of lines that only grows, one writer at a time. Each line is one write and on the disk
 * (fsync) before the run goes on from it. What the lines say is `journal-lines.ts`, reading them is
 * `journal-state.ts`, when a run writes which is `record.ts`.
 *
 * A line that could not be written (a full disk) is kept and goes before the next one; the run goes on, for its
 * results are on the disk all the same, and `close` tells whether everything is written at last.
 */
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HourglassError } from '../../contract/index.ts';
import { makeFolders } from '../../pixels/make-folders.ts';
import { syncFolder } from '../../pixels/output-place.ts';
import { boot, isGone, keepAlive, owner, stopKeepingAlive } from '../../pixels/owner.ts';
import type { JournalLine, RunLine } from './journal-lines.ts';
import { journalVersion } from './journal-lines.ts';
import { inJournal, readJournal, type JournalState } from './journal-state.ts';
import { say } from './sentences.ts';

/** Paths that this process writes: its owner says nothing of two runs in it. */
const openHere = new Set<string>();

type Unsaid = 'type' | 'version' | 'at';
export type RunFacts = Omit<RunLine, Unsaid>;

export class Journal {
  readonly path: string;
  readonly #file: FileHandle;
  /** What is not in the file yet, in its order. */
  readonly #waiting: Buffer[] = [];
  #writing: Promise<void> = Promise.resolve();
  /** Why the last write failed; null: it did not. */
  #trouble: NodeJS.ErrnoException | null = null;
  /** The file ends in the middle of a line. */
  #torn: boolean;

  private constructor(path: string, file: FileHandle, torn: boolean) {
    this.path = path;
    this.#file = file;
    this.#torn = torn;
  }

  /**
   * Becomes the writer of a journal and begins a run in it, or takes one up.
   * @param path absolute @param before what was read of it when the run was planned; null: it was not there
   * @throws HourglassError not-allowed: somebody else writes it; output-not-writable
   */
  static async open(path: string, before: JournalState | null, run: RunFacts): Promise<Journal> {
    if (openHere.has(path)) throw inUse(path, owner);
    const file = await openFile(path);
    openHere.add(path);
    const journal = new Journal(path, file, before?.torn ?? false);
    try {
      // Whoever comes at the same moment writes such a line too; the first one in the file has it.
      journal.#say({ type: 'session', owner, boot });
      await journal.flush();
      if (journal.#trouble) throw notWritten(path, journal.#trouble);
      const now = await readJournal(path, before);
      refuseOthers(path, now);
      if (changedMeanwhile(before, now))
        throw new HourglassError('not-allowed', say('journalChanged', { path }), {
          hint: say('startAgain'),
        });
      await journal.say({ type: 'run', version: journalVersion, ...run });
      await syncFolder(dirname(path));
      keepAlive(path);
      return journal;
    } catch (error) {
      await journal.#leave(before);
      throw error;
    }
  }

  /** Resolves when the line is in the file; on the disk it is with the next one that waits for that. Never rejects. */
  async note(line: Unstamped): Promise<void> {
    this.#say(line);
    await this.#write();
  }

  /** Resolves when the lines are on the disk, or kept because they can not be. Never rejects. */
  async say(...lines: readonly Unstamped[]): Promise<void> {
    for (const line of lines) this.#say(line);
    await this.flush();
  }

  async flush(): Promise<void> {
    await this.#write();
    try {
      await this.#file.datasync();
    } catch (error) {
      this.#trouble = error as NodeJS.ErrnoException;
    }
  }

  /** As lines name a file. */
  nameOf(file: string): string {
    return inJournal(this.path, file);
  }

  /** @throws HourglassError output-not-writable: some lines could not be written */
  async close(
    counts: Omit<Extract<JournalLine, { type: 'end' }>, 'type' | 'owner' | 'at'>,
  ): Promise<void> {
    await this.say({ type: 'end', owner, ...counts });
    await this.#close();
    if (this.#trouble) throw notWritten(this.path, this.#trouble);
  }

  async #close(): Promise<void> {
    stopKeepingAlive(this.path);
    openHere.delete(this.path);
    await this.#file.close();
  }

  #say(line: Unstamped): void {
    const text = JSON.stringify({ ...line, at: new Date().toISOString() });
    this.#waiting.push(Buffer.from(`${text}\n`));
  }

  /** One after another; nobody waits for another one's disk. */
  #write(): Promise<void> {
    return (this.#writing = this.#writing.then(() => this.#writeWaiting()));
  }

  async #writeWaiting(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const [line] = this.#waiting;
        // What stands there without an end is a line of its own, which says nothing.
        const bytes = this.#torn ? Buffer.concat([Buffer.from('\n'), line!]) : line!;
        const { bytesWritten } = await this.#file.write(bytes);
        this.#torn = bytesWritten < bytes.length;
        if (this.#torn) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        this.#waiting.shift();
      }
      this.#trouble = null;
    } catch (error) {
      this.#trouble = error as NodeJS.ErrnoException;
    }
  }

  /** Nothing of this run is in the journal. */
  async #leave(before: JournalState | null): Promise<void> {
    await this.say({
      ...{ type: 'end', owner, done: 0, failed: 0, left: 0, interrupted: false },
    });
    await this.#close();
    const now = await readJournal(this.path).catch(() => null);
    if (before === null && now && now.run === null && now.sessions.length === 0)
      await unlink(this.path).catch(() => undefined);
  }
}

type DistributedOmit<T, K extends string> = T extends unknown ? Omit<T, K> : never;
/** A line before it is written. */
export type Unstamped = DistributedOmit<JournalLine, 'at'>;

async function openFile(path: string): Promise<FileHandle> {
  try {
    makeFolders(dirname(path));
    return await open(path, 'a', 0o666);
  } catch (error) {
    throw notWritten(path, error as NodeJS.ErrnoException);
  }
}

function refuseOthers(path: string, state: JournalState | null): void {
  for (const session of state?.sessions ?? []) {
    if (session.owner === owner) return;
    if (isGone(session, path)) continue;
    throw inUse(path, session.owner);
  }
}

function inUse(path: string, who: string): HourglassError {
  const [machine, , process = ''] = who.split('-');
  return new HourglassError(
    'not-allowed',
    say('journalInUse', {
      ...{ path, process },
      machine: machine === owner.split('-')[0] ? 'here' : 'other',
    }),
    { hint: say('waitOrOtherJournal') },
  );
}

/** Whoever wrote between the reading and the lock has ended already. */
const changedMeanwhile = (before: JournalState | null, now: JournalState | null): boolean =>
  now !== null && now.run?.at !== before?.run?.at;

function notWritten(path: string, error: NodeJS.ErrnoException): HourglassError {
  return new HourglassError(
    'output-not-writable',
    say('journalCanNotWritten', { path, reason: error.message }),
    { hint: say('journalElsewhere'), cause: error },
  );
}
