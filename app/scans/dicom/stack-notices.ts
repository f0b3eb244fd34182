/** What a person should know of a stack of slices, in words: said where it is opened, described, or cleaned slice by slice. */
import type { Notice } from '../../contract/index.ts';
import { decimal } from '../../contract/sentences/index.ts';
import type { ImageFile } from '../../pixels/index.ts';
import { say } from '../sentences.ts';
import type { Findings } from './series.ts';

/** Slices that are named, at the most. */
const MOST_NAMED = 10;

/** What a person should know before anything is cleaned. */
export function noticesOf({
  files,
  findings,
}: {
  readonly files: readonly Pick<ImageFile, 'name'>[];
  readonly findings: Findings;
}): Notice[] {
  const { gaps, step, times, duplicates, cut, mixed } = findings;
  const { name } = files[0]!;
  const count = files.length;
  const text: string[] = [];
  // One to look at is refused for that; lists of files, and runs over them, go on.
  if (mixed) text.push(say('severalPatients', { name }));
  if (times > 1) text.push(say('severalTimes', { name, times, places: count / times }));
  if (duplicates > 0) text.push(say('duplicates', { name, count: duplicates }));
  if (gaps.length > 0)
    text.push(
      say('gaps', {
        ...{ name, count: gaps.length, step: decimal(step!, 3) },
        ...{ first: gaps[0]!.behind + 1, other: decimal(gaps[0]!.step, 3) },
      }),
    );
  if (cut.length > 0)
    text.push(
      say('slicesCut', {
        ...{ name, count: cut.length },
        slices: cut
          .slice(0, MOST_NAMED)
          .map((at) => at + 1)
          .join(', '),
        more: Math.max(0, cut.length - MOST_NAMED),
      }),
    );
  return text.map((one) => ({ level: 'warning', text: one }));
}
