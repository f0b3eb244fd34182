/**
 * The process's output streams as the command line writes to them: words can not command the terminal,
 * a reader that goes away (`| head`) is no error, and a stream that can not take any more (a full disk)
 * ends neither the run nor its other stream; it is said once, and shows in the exit code.
 */
import { printableLines } from '../shared/printable.ts';
import type { TerminalStream } from './options.ts';
import { say } from './sentences.ts';

/** What a stream needs to be written to; those of the process are of this kind. */
export interface WritableText {
  readonly isTTY?: boolean;
  write(text: string): unknown;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** @param onLost the stream takes nothing any more; not called when its reader has gone away */
export function terminalStream(
  stream: WritableText,
  onLost: (error: NodeJS.ErrnoException) => void,
): TerminalStream {
  let gone = false;
  stream.on('error', (error) => {
    if (gone) return;
    gone = true;
    if (error.code !== 'EPIPE') onLost(error);
  });
  const draw = (text: string): void => {
    if (!gone) stream.write(text);
  };
  return {
    write: (text) => draw(printableLines(text)),
    draw,
    isTerminal: stream.isTTY === true,
  };
}

const reasonOf = ({ code, message }: NodeJS.ErrnoException): string => {
  if (code === 'ENOSPC') return say('diskFull');
  if (code === 'EDQUOT') return say('quotaDiskUsedUp');
  return code === 'EIO' ? say('deviceReportedError') : message;
};

/** One sentence for stderr. */
export const lostOutputWords = (error: NodeJS.ErrnoException): string =>
  say('resultsCanNotPrintedAny', { reason: reasonOf(error) });
