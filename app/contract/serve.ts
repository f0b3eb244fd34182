/**
 * Offering the commands to other programs over HTTP: a verb of the command line, and which commands such a service has. Its
 * routes are described by the document that `hosts/serve/openapi.ts` makes of the same definitions.
 */
import * as z from 'zod';
import { defineContract } from './capability.ts';
import { defineCommand, isTypedOnly, type CommandDefinition } from './command.ts';

export const serveCommand = defineCommand({
  id: 'serve',
  title: 'Serve',
  summary:
    'Offers the commands to other programs of this machine over HTTP, until it is interrupted: files in, results out, described by /openapi.json. Whoever asks needs the token that is printed at the start, or that of a file.',
  runs: 'terminal',
  get input() {
    return z.object({
      port: z
        .number()
        .int()
        .min(0)
        .max(65535)
        .default(8017)
        .describe('Port to listen on; 0: any free one'),
      host: z
        .string()
        .min(1)
        .default('127.0.0.1')
        .describe(
          'Address of this machine to listen on. Others than 127.0.0.1 are reached by other machines, unencrypted: put a server with TLS before it',
        ),
      tokenFile: z
        .string()
        .min(1)
        .optional()
        .describe('A file whose first line is the token; default: a new one at every start'),
      fileLimit: z
        .number()
        .int()
        .min(1)
        .max(1_000_000)
        .default(1000)
        .describe('Refuse files larger than this, MB'),
      storageLimit: z
        .number()
        .int()
        .min(1)
        .max(10_000_000)
        .default(16_000)
        .describe('Files, and as much again of results, kept at a time, MB'),
      jobLimit: z
        .number()
        .int()
        .min(1)
        .max(100_000)
        .default(100)
        .describe('Jobs that wait or run at a time; more are refused until one has ended'),
      keep: z
        .number()
        .min(1)
        .max(10_080)
        .default(60)
        .describe(
          'Minutes that files, ended jobs and their results are kept after they were last asked for',
        ),
    });
  },
  get output() {
    return z.object({});
  },
  cli: {
    examples: ['hourglass serve', 'hourglass serve --port 8017 --token-file ~/.hourglass-token'],
  },
});

export const serveContract = defineContract({ commands: { serve: serveCommand } });

/**
 * Commands that a service has: those of the command line, without those that belong to who sits at the machine, and those
 * that change the program itself.
 */
export const isServed = (definition: CommandDefinition): boolean =>
  definition.cli !== undefined && !isTypedOnly(definition) && definition.administers !== true;
