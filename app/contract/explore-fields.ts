/** What questions to a folder of pictures have in common. */
import * as z from 'zod';
import { errorCodes } from './errors.ts';

/** A picture, by the file that names it. */
export const imageFiles = z.object({
  path: z.string().min(1),
  files: z.array(z.string().min(1)).min(1).describe('All files of it'),
});

export const rememberedFolder = z
  .string()
  .min(1)
  .nullable()
  .describe('Absolute; what was seen is remembered under its name; null: nothing is remembered');

export const leftOut = z
  .array(z.object({ source: z.string(), code: z.enum(errorCodes), reason: z.string() }))
  .describe('Files that could not be read');
