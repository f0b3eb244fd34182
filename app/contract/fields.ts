/** Input fields that several commands share. */
import * as z from 'zod';

export const source = z
  .string()
  .min(1)
  .describe('The image: a path, or @id of a file that the host has admitted');

/** Filled in by hosts, from what was admitted or found together. */
export const files = z
  .array(z.string().min(1))
  .min(1)
  .optional()
  .describe('Paths of all files of the source where they are several, that of the source first');

export const document = z.string().min(1).describe('Id of an open document');

export const maxMegapixels = z
  .number()
  .min(1)
  .max(2000)
  .default(400)
  .describe('Refuse images with more pixels than this, in millions');

/** What a person may allow for a file that is refused without it: fields of every command that opens one. */
export const allowances = {
  allowDamaged: z
    .boolean()
    .default(false)
    .describe('Take what can be read of damaged photos; the result says so in its mark'),
  allowMemory: z
    .boolean()
    .default(false)
    .describe(
      'Decode files too that would take more memory than is free, or far more than files of their size do',
    ),
};

/** `details.offer` of a refusal names it. */
export type Allowance = keyof typeof allowances;
export type Allowances = Readonly<Partial<Record<Allowance, boolean>>>;

/** Those of an input. */
export const allowedBy = (input: Allowances): Allowances =>
  Object.fromEntries(
    (Object.keys(allowances) as Allowance[]).map((name) => [name, input[name] ?? false]),
  );

/** What the command line fills in for each file of a run. */
export const counted = {
  index: z.number().int().min(1).default(1).describe('Number of this file in the run, for {n}'),
  inputs: z
    .number()
    .int()
    .min(1)
    .default(1)
    .describe('How many files the run has; {n} gets as many digits'),
};

/** What every command that writes a file says of it. */
export const written = {
  source: z.string(),
  output: z.string().describe('Path of the written file; @id of a download in the browser'),
  outputName: z
    .string()
    .optional()
    .describe('Name of the written file, for display; the window and the browser give it'),
  width: z.number().int(),
  height: z.number().int(),
  bytes: z.number().int().describe('Size of the written file'),
};

/** Of what was written from photos. */
export const damagedSource = z
  .boolean()
  .describe('The source is damaged: what could be read of it was taken (`allowDamaged`)');

/** How long it took, for commands that go from a file to a file. */
export const speed = {
  seconds: z.number().describe('Decode to encoded file'),
  megapixelsPerSecond: z.number(),
};

/** Page of a TIFF of several. */
export const page = z
  .number()
  .int()
  .min(1)
  .max(65_536)
  .default(1)
  .describe(
    'Page of a TIFF of several (smaller versions do not count), or slice of a volume, from 1',
  );
