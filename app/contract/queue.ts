/**
 * More than one machine: the verb with which a machine offers itself to a queue. Putting files into one is an option of every
 * command that makes a file of each (`run-options.ts`).
 */
import * as z from 'zod';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';
import { queueAddress, sharedFolder } from './queue-address.ts';

export const workerCommand = defineCommand({
  id: 'worker',
  title: 'Worker',
  summary:
    'Does the files that others put into a queue with --queue, until it is interrupted. Files and results lie in a folder that all machines share.',
  runs: 'terminal',
  get input() {
    return z.object({
      queue: queueAddress.describe(
        'Redis address of the queue, redis://host:6379; a password is better given as HOURGLASS_QUEUE_PASSWORD',
      ),
      shared: sharedFolder
        .optional()
        .describe(
          'The folder that all machines share, by its name here. Nothing outside of it is read or written. Default: the working folder',
        ),
      device: z
        .string()
        .min(1)
        .optional()
        .describe('Device of this worker, whatever the run asks for'),
      patience: z
        .number()
        .min(1)
        .max(3600)
        .default(30)
        .describe(
          'Seconds after which a worker that was not heard of has died and its files go to another; the same on all workers',
        ),
      atOnce: z.number().int().min(1).max(16).default(2).describe('Files under way at a time'),
    });
  },
  get output() {
    return z.object({});
  },
  cli: {
    examples: [
      'hourglass worker --queue redis://10.0.0.5 --shared /mnt/scans',
      'hourglass worker --queue redis://10.0.0.5 --shared /srv/scans --device cpu',
    ],
  },
});

export const queueContract = defineContract({ commands: { worker: workerCommand } });
