/** What is asked of a scan's file besides what is asked of every picture's. */
import * as z from 'zod';

export const transferSyntaxes = ['explicit', 'jpeg-ls', 'htj2k'] as const;
export type TransferSyntaxChoice = (typeof transferSyntaxes)[number];

/** Fields of commands that write DICOM. */
export const objectSettings = {
  transferSyntax: z
    .enum(transferSyntaxes)
    .default('explicit')
    .describe(
      'How pixels of DICOM are stored, never with loss. explicit: uncompressed, which everything reads; jpeg-ls: about a third, read by most archives; htj2k: High-Throughput JPEG 2000, fastest to show, but older archives can not show it',
    ),
};
export type ObjectChoices = z.infer<z.ZodObject<typeof objectSettings>>;
