/** What the command line gets from its process (`main.ts`), and the codes that it leaves with. */
import type { Readable, Writable } from 'node:stream';
import type { Program } from '../../jobs/index.ts';

export interface TerminalStream {
  /** Words and JSON: characters that would command a terminal are shown as their codes. */
  write(text: string): void;
  /** Text with escape sequences of ours. */
  draw(text: string): void;
  readonly isTerminal: boolean;
}

export interface Terminal {
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  /** Columns of the terminal, now. */
  readonly columns: () => number;
  readonly colour: boolean;
}

export interface CliOptions {
  readonly terminal: Terminal;
  readonly version: string;
  readonly cwd: string;
  /** Fires at the first Ctrl-C. */
  readonly interrupt: AbortSignal;
  readonly createProgram: () => Program;
  /** The process's own, for files that come and go through them (`-`); absent: none do. */
  readonly pipes?: { readonly stdin: Readable; readonly stdout: Writable };
}

export const exitCode = { good: 0, failed: 1, usage: 2, interrupted: 130 } as const;
