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

const share = z.number().min(0).max(1);

/** Shares of a picture. */
export const partSchema = z.object({
  x: share.describe('Left edge, of the width'),
  y: share.describe('Upper edge, of the height'),
  width: share.gt(0).describe('Of the width'),
  height: share.gt(0).describe('Of the height'),
});
export type Part = z.infer<typeof partSchema>;
