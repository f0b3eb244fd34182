/** Small files of ours that came from another machine (`own-file-text.ts`): what is read of them. */
import * as z from 'zod';
import type { HourglassError } from './errors.ts';
import type { OwnFileKind } from './own-file-text.ts';
import { say } from './sentences.ts';

export interface OwnFile extends OwnFileKind {
  /** Characters. */
  readonly longest: number;
  /** What is said of a file that is not taken. */
  readonly refuse: (why: string) => HourglassError;
}

/** @throws what `refuse` makes: it is too long, something else, of a newer version, or not whole */
export function readOwnFile<S extends z.ZodType>(
  text: string,
  { mark, version, longest, refuse }: OwnFile,
  content: S,
): z.output<S> {
  if (text.length > longest) throw refuse(say('ownFileTooLong'));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse(say('ownFileNotJson'));
  }
  const { hourglass, version: of } = (value ?? {}) as { hourglass?: unknown; version?: unknown };
  if (hourglass !== mark) throw refuse(say('ownFileNoMark'));
  if (typeof of === 'number' && of > version) throw refuse(say('ownFileNewer', { version: of }));
  const parsed = z
    .object({ version: z.number().int().min(1) })
    .and(content)
    .safeParse(value);
  if (parsed.success) return parsed.data as z.output<S>;
  const [issue] = parsed.error.issues;
  throw refuse(say('ownFileField', { at: issue!.path.map(String).join('.') || mark }));
}
