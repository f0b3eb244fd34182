/** A file size as a person writes it, the same wherever one is typed: fields of the window, flags, requests. */
import * as z from 'zod';
import { expectation } from './command.ts';
import { invalidParameter } from './errors.ts';

const sizePattern = /^\s*(\d+(?:[.,]\d+)?)\s*(b|kb|kib|mb|mib)?\s*$/i;

const sizeUnits: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  kib: 1024,
  mb: 1e6,
  mib: 1024 ** 2,
};

/** Bytes of a size as it is typed: 500KB, 1.5 MB, 1,5 MB, 200KiB; a bare number: bytes. null for anything else, and for less than a byte. */
export function bytesOfSize(text: string): number | null {
  const found = sizePattern.exec(text);
  if (!found) return null;
  const bytes = Math.floor(
    Number(found[1]!.replace(',', '.')) * sizeUnits[(found[2] ?? 'b').toLowerCase()]!,
  );
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null;
}

/** Bytes of a largest size; null: none is asked for. @throws HourglassError invalid-parameter: less than a byte */
export function limitOf(size: string | undefined): number | null {
  if (size === undefined) return null;
  const bytes = bytesOfSize(size);
  if (bytes === null) throw invalidParameter('size', expectation(sizeLimit), size);
  return bytes;
}

/** Largest size of a written file. */
export const sizeLimit = z
  .string()
  .regex(sizePattern)
  .meta({ examples: ['500KB', '1.5MB'] })
  .optional()
  .describe(
    'Largest size of the file, for example 500KB, 1.5MB, 200KiB (a bare number: bytes); the best quality that fits is found, and --quality is only where the search begins. Lossy formats',
  );

/** What was found for a largest size, as part of a result. */
export const sizeFound = {
  next: z
    .object({ quality: z.number().int(), bytes: z.number().int() })
    .nullable()
    .optional()
    .describe(
      'Where a size was asked for: the size at one step of quality more, which does not fit; null: there is no more',
    ),
};
