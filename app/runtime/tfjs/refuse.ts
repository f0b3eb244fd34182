/** How this folder refuses: whole sentences that do not name the file, since who asked names it (`app/jobs/user-models.ts`). */
import { inspect } from 'node:util';
import { HourglassError } from '../../contract/errors.ts';

export const unsuitable = (words: string, cause?: unknown): HourglassError =>
  new HourglassError('model-unsuitable', words, { cause });

/** A value of a stranger's as it is shown: short, on one line. */
export const shown = (value: unknown): string =>
  (typeof value === 'string' ? value : inspect(value, { depth: 1, breakLength: Infinity }))
    .replace(/\s+/g, ' ')
    .slice(0, 80);
