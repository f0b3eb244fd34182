/** A person who wants to be asked whether a newer version shall be looked for is asked once in a month, when the window opens. */
import * as z from 'zod';
import { recall, remember } from '../../../pixels/remembered.ts';

const month = 30 * 24 * 60 * 60 * 1000;
const schema = z.object({ askedAt: z.number() });

export interface ReminderOptions {
  /** The person's setting; absent: off. */
  readonly wanted: () => Promise<boolean>;
  /** There is somebody to ask. */
  readonly possible: () => Promise<boolean>;
  readonly look: () => Promise<void>;
  readonly rememberIn: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export async function remindOfUpdates(options: ReminderOptions): Promise<void> {
  if (!(await options.wanted()) || !(await options.possible())) return;
  const last = await recall(options.rememberIn, (value) => schema.parse(value));
  const now = options.now();
  // A clock that was set back does not put it off for ever.
  if (last && last.askedAt <= now && now - last.askedAt < month) return;
  await remember(options.rememberIn, { askedAt: now });
  await options.look();
}
