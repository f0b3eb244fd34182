/** What is asked of a scan's file besides what is asked of every picture's. */
import * as z from 'zod';

export const transferSyntaxes = ['uncompressed', 'explicit', 'jpeg-ls', 'htj2k'] as const;
export type TransferSyntaxChoice = (typeof transferSyntaxes)[number];

/** Options of the Basic Application Level Confidentiality Profile (PS3.15, E.3) that leave something in. */
export const retainable = ['uids', 'device', 'institution', 'patient', 'dates'] as const;
export type Retained = (typeof retainable)[number];

/** Fields of commands that write DICOM. */
export const objectSettings = {
  transferSyntax: z
    .enum(transferSyntaxes)
    .default('uncompressed')
    .describe(
      'How pixels of DICOM are stored, never with loss. uncompressed: which everything reads, implicit where the source is, else explicit little endian; explicit: uncompressed, explicit little endian; jpeg-ls: about a third, read by most archives; htj2k: High-Throughput JPEG 2000, fastest to show, but older archives can not show it',
    ),
  deidentify: z
    .boolean()
    .default(false)
    .describe(
      'Take from DICOM what says who the patient is, by the Basic Profile of PS3.15: elements, not what was burned into pixels',
    ),
  retain: z
    .array(z.enum(retainable))
    .max(retainable.length)
    .default([])
    .describe(
      `What --deidentify leaves in, an option of PS3.15 each, one or several times: ${retainable.join(', ')} (patient: sex, age, size, weight; dates: full dates and times)`,
    ),
};
export type ObjectChoices = z.infer<z.ZodObject<typeof objectSettings>>;

/** What becomes of an element, in the order in which it is told. */
export const fateActions = ['removed', 'emptied', 'replaced', 'kept'] as const;
export type FateAction = (typeof fateActions)[number];

/** What became of the elements of a de-identified object: their tags alone, never a value. */
export const deidentifiedSchema = z
  .array(
    z.object({
      path: z
        .string()
        .describe(
          'Tag, (gggg,eeee) in hexadecimal; of one in items of sequences the tags of these before it, divided by /',
        ),
      keyword: z.string().nullable().describe('As PS3.6 calls it; null: a private or unknown one'),
      action: z
        .enum(fateActions)
        .describe(
          'replaced: by a dummy value, another UID, or what says how the object was derived. What is removed goes with its items',
        ),
      count: z.number().int().describe('Elements there: one in each item of a sequence'),
    }),
  )
  .describe('Of the source; in the order of their tags');
export type DeidentifiedElements = z.infer<typeof deidentifiedSchema>;
