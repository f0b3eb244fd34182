/**
 * The one line on a terminal that says how far a run is. `renderProgress` is what it looks like,
 * `ProgressLine` when it is drawn; on anything but a terminal there is none.
 */
import { decimal, fixed } from '../../contract/sentences/index.ts';
import { printable } from '../shared/printable.ts';
import type { Terminal } from './options.ts';
import { say } from './sentences.ts';

export interface ProgressState {
  /** 0–1, over all files. */
  readonly fraction: number;
  /** The file being worked on, from 1. */
  readonly file: number;
  readonly files: number;
  readonly name: string;
  readonly megapixelsPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/** "about 3 min", in the coarseness that a guess deserves. */
export function aboutTime(seconds: number): string {
  if (seconds < 10) return say('fewSeconds');
  if (seconds < 60) return say('aboutSeconds', { seconds: Math.ceil(seconds / 10) * 10 });
  if (seconds < 3600) return say('aboutMinutes', { minutes: Math.round(seconds / 60) });
  return say('aboutHours', { hours: fixed(seconds / 3600, 1) });
}

const longestBar = 24;

/** One line of at most `columns` characters; parts that do not fit are left out from the right. */
export function renderProgress(state: ProgressState, columns: number, colour: boolean): string {
  const fraction = Math.min(1, Math.max(0, state.fraction));
  const percent = say('percent', { percent: decimal(Math.floor(fraction * 100)).padStart(3) });
  const parts = [
    ...(state.files > 1 ? [`${state.file}/${state.files}`] : []),
    ...(state.megapixelsPerSecond === null
      ? []
      : [say('speed', { speed: fixed(state.megapixelsPerSecond, 1) })]),
    ...(state.secondsLeft === null
      ? []
      : [say('timeLeft', { time: aboutTime(state.secondsLeft) })]),
    printable(state.name),
  ];
  // The last column stays free: some terminals wrap when it is filled.
  const room = Math.max(0, columns - 1);
  const barWidth = Math.min(longestBar, Math.floor(room / 4));
  const kept: string[] = [];
  for (const part of parts)
    if ([...[percent, ...kept, part].join(' · ')].length + barWidth + 3 <= room) kept.push(part);
  const line = [percent, ...kept].join(' · ');
  if (barWidth < 6) return line.slice(0, room);
  const filled = Math.round(fraction * barWidth);
  const bar = '━'.repeat(filled);
  const rest = '─'.repeat(barWidth - filled);
  return colour ? `\x1b[36m${bar}\x1b[2m${rest}\x1b[0m ${line}` : `${bar}${rest} ${line}`;
}

/** Shortest time between two drawings, milliseconds. */
const drawEvery = 100;

export class ProgressLine {
  readonly #write: (text: string) => void;
  readonly #columns: () => number;
  readonly #colour: boolean;
  #drawnAt = -Infinity;
  #shown = false;

  constructor(write: (text: string) => void, columns: () => number, colour: boolean) {
    this.#write = write;
    this.#columns = columns;
    this.#colour = colour;
  }

  draw(state: ProgressState): void {
    const now = performance.now();
    if (now - this.#drawnAt < drawEvery) return;
    this.#drawnAt = now;
    this.#shown = true;
    this.#write(`\r\x1b[2K${renderProgress(state, this.#columns(), this.#colour)}`);
  }

  /** Takes the line away, so that words can be written in its place. */
  clear(): void {
    if (this.#shown) this.#write('\r\x1b[2K');
    this.#shown = false;
    this.#drawnAt = -Infinity;
  }
}

/** For a terminal; on anything else it draws nothing. */
export const progressLineOn = ({ stderr, columns, colour }: Terminal): ProgressLine =>
  new ProgressLine((text) => stderr.isTerminal && stderr.draw(text), columns, colour);
