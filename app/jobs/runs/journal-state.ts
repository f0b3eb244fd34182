/**
 * What a journal says, all its lines taken together: the last run with what became of each of its files, every
 * result that any run has made, and who is writing. Reading alone; lines that can not be understood count for
 * nothing and are numbered, so that somebody can be told.
 */
import { open } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { HourglassError } from '../../contract/index.ts';
import { fatesOf, namedFates, type KnownFate } from './fate-lines.ts';
import {
  journalVersion,
  parseLine,
  type DoneLine,
  type FailedLine,
  type InputLine,
  type JournalLine,
  type RunLine,
  type SessionLine,
} from './journal-lines.ts';
import { say } from './sentences.ts';

/** What became of a file of the last run. */
export interface FileState {
  readonly input: InputLine;
  /** Times that it was begun since it last ended. */
  starts: number;
  ended: DoneLine | FailedLine | null;
  /** What it left at its output's place when it failed. */
  written: FailedLine['written'] | null;
  /** What became of its elements; null: it was not de-identified, or nothing says it. */
  fates: () => readonly KnownFate[] | null;
}

/** A result that some run has made. */
export interface KnownResult {
  readonly command: string;
  /** Absolute. */
  readonly source: string;
  readonly line: DoneLine;
}

const none = (): null => null;

export class JournalState {
  readonly path: string;
  run: RunLine | null = null;
  /** Of the last run, by the absolute path of the source. */
  readonly files = new Map<string, FileState>();
  /** Of every run, by their absolute paths, the last of each. */
  readonly results = new Map<string, KnownResult>();
  /** What the last process that went on with it did not even begin, by the absolute path of the source. */
  readonly refused = new Map<string, FailedLine>();
  /** Without an end, the first first. */
  readonly sessions: SessionLine[] = [];
  /** Numbers of lines that say nothing, from 1. */
  readonly unreadable: number[] = [];
  /** The last line has no end: whoever wrote it was killed, or the disk was full. */
  torn = false;
  /** What became of elements of de-identified files, by number, as the process said that wrote last. */
  #fates: KnownFate[] = [];
  /** Bytes that were read. */
  size = 0;
  /** Device and inode. */
  node = '';

  constructor(path: string) {
    this.path = path;
  }

  /** Absolute, of a path in the journal. */
  absolute(path: string): string {
    return resolve(dirname(this.path), path);
  }

  take(line: JournalLine): void {
    switch (line.type) {
      case 'session':
        this.sessions.push(line);
        break;
      case 'run':
        // Taken up again: what is known of its files stays.
        if (!line.resumed || this.run?.run !== line.run) this.files.clear();
        this.run = line;
        this.#fates = [];
        this.refused.clear();
        break;
      case 'input': {
        const path = this.absolute(line.source);
        const before = this.files.get(path);
        // The failure was of the file as it was.
        const isOther = before?.input.fingerprint !== line.fingerprint;
        const ended = isOther && before?.ended?.type === 'failed' ? null : before?.ended;
        this.files.set(path, {
          ...{ input: line, starts: before?.starts ?? 0, ended: ended ?? null },
          written: before?.written ?? null,
          fates: before?.fates ?? none,
        });
        break;
      }
      case 'elements':
        this.#fates.push(...fatesOf(line));
        break;
      case 'end': {
        const place = this.sessions.findIndex(({ owner }) => owner === line.owner);
        if (place >= 0) this.sessions.splice(place, 1);
        break;
      }
      default:
        this.#takeStep(line);
    }
  }

  #takeStep(line: Extract<JournalLine, { type: 'start' | 'done' | 'failed' }>): void {
    const path = this.absolute(line.source);
    const file = this.files.get(path);
    if (line.type === 'start') {
      if (file) file.starts += 1;
      return;
    }
    // What was not begun is judged anew each time.
    if (line.type === 'failed' && line.refused) this.refused.set(path, line);
    else if (file) {
      file.ended = line;
      file.written = line.type === 'failed' ? (line.written ?? null) : null;
      file.starts = 0;
      const [ranges, known] = [line.type === 'done' ? line.elements : undefined, this.#fates];
      file.fates = ranges === undefined ? none : () => namedFates(ranges, known);
    }
    if (line.type === 'done' && this.run)
      this.results.set(this.absolute(line.output), {
        ...{ command: this.run.command, source: path, line },
      });
  }
}

/** As a journal at `path` names a file. */
export const inJournal = (path: string, file: string): string =>
  relative(dirname(path), file).split(sep).join('/');

/**
 * @param path absolute
 * @param from what is read already: only what was written since is read, and of what stood before, the run and who is
 *   writing are told, no files. Ignored where the file did not end with a whole line, or is another one
 * @returns null: there is no file
 * @throws HourglassError file-not-readable: it is something else, or of a newer version
 */
export async function readJournal(
  path: string,
  from: JournalState | null = null,
): Promise<JournalState | null> {
  const state = new JournalState(path);
  let number = 0;
  let understood = 0;
  const take = (text: string): void => {
    number += 1;
    const { line, version } = parseLine(text);
    if (version !== null && version > journalVersion)
      throw new HourglassError(
        'file-not-readable',
        say('journalIsNewer', { path, version, known: journalVersion }),
        { hint: say('useNewerHourglass') },
      );
    if (line) {
      understood += 1;
      state.take(line);
    } else if (text.trim() !== '') state.unreadable.push(number);
    // Its first line can tell; a file of gigabytes is not read to its end.
    if (understood === 0 && number > 3) throw notOne(path);
  };
  let rest = '';
  try {
    const file = await open(path, 'r');
    // The stream closes it.
    const { dev, ino, size } = await file.stat();
    state.node = `${dev}:${ino}`;
    if (from && !from.torn && from.node === state.node && from.size > 0 && size >= from.size) {
      Object.assign(state, { run: from.run, size: from.size });
      state.sessions.push(...from.sessions);
      understood = 1;
    }
    const decoder = new TextDecoder();
    const chunks = file.createReadStream({ start: state.size, highWaterMark: 1 << 20 });
    for await (const chunk of chunks) {
      state.size += (chunk as Buffer).length;
      const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
      rest = lines.pop()!;
      for (const text of lines) take(text);
      if (understood === 0 && rest.length > 1 << 20) throw notOne(path);
    }
  } catch (error) {
    if (error instanceof HourglassError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new HourglassError(
      'file-not-readable',
      say('journalCanNotRead', { path, reason: (error as Error).message }),
      { cause: error },
    );
  }
  state.torn = rest !== '';
  if (
    understood === 0 &&
    (state.torn || state.unreadable.length > 0) &&
    !rest.startsWith('{"type"')
  )
    throw notOne(path);
  return state;
}

const notOne = (path: string): HourglassError =>
  new HourglassError('file-not-readable', say('noJournalThere', { path }), {
    hint: say('nameOtherJournal'),
  });
