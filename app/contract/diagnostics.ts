/**
 * `diagnostics`: what helps somebody else to see why the program does what it does on this machine. No picture, no path, no name of a
 * file or a person; what it says is counted, measured, or of a closed list.
 */
import * as z from 'zod';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';
import { deviceReportSchema } from './domain.ts';

/** Text of a person or a file has no place in it: all strings come from the program or the system. */
const text = z.string().max(300);
const count = z.number().int().min(0);

export const diagnosticsSchema = z.lazy(() =>
  z.strictObject({
    hourglass: z.literal('diagnostics'),
    version: z.literal(1),
    program: z.strictObject({ version: text, node: text, electron: text.nullable() }),
    system: z.strictObject({
      platform: text,
      release: text.describe('Of the kernel'),
      arch: text,
      processor: text,
      cores: count,
      memory: count.describe('Bytes'),
      free: count.describe('Bytes'),
      language: text,
    }),
    devices: z.array(deviceReportSchema.strict()).max(32),
    models: z.strictObject({
      shipped: z.array(text).max(100),
      own: count.describe('Networks that the person added or trained; their names are not told'),
    }),
    settings: z
      .record(z.string().max(40), z.union([z.string().max(40), z.number(), z.boolean()]))
      .describe('Those of a closed list, and how many there are of the others'),
    failures: z
      .array(z.strictObject({ command: text, code: text, count }))
      .max(1000)
      .describe('Of this session, by command and code'),
  }),
);
export type Diagnostics = z.infer<typeof diagnosticsSchema>;

export const diagnosticsCommand = defineCommand({
  id: 'diagnostics',
  title: 'Diagnostics',
  summary:
    'Prints what helps others to find a fault: versions, system, devices as they were checked, settings, failures by their codes. No pictures, no paths, no names of files or persons; read it before you give it to anybody.',
  runs: 'host',
  administers: true,
  get input() {
    return z.object({});
  },
  get output() {
    return diagnosticsSchema;
  },
  cli: {
    examples: ['hourglass diagnostics', 'hourglass diagnostics > hourglass-diagnostics.json'],
  },
});

export const diagnosticsContract = defineContract({
  commands: { diagnostics: diagnosticsCommand },
});
