/**
 * Runs over many files, as a person meets them: the command that makes a report of one, and the action of the workspace. What is
 * asked of a run on the command line is `run-options.ts`, what a page sees of one `folder-run.ts`.
 */
import * as z from 'zod';
import { defineActions } from './action.ts';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';
import { folderReportFormats, usualCrops } from './folder-run.ts';

export const reportCommand = defineCommand({
  id: 'report',
  title: 'Report',
  summary:
    'Says what became of every file of a run, from its journal alone: a page to print, a table or JSON. Also of a run that was cut off.',
  runs: 'terminal',
  get input() {
    return z.object({
      journal: z.string().min(1).describe('The journal of the run, *.hourglass.jsonl'),
      format: z
        .enum(folderReportFormats)
        .default('html')
        .describe('A page to print, a table for spreadsheets, or JSON for scripts'),
      crops: z
        .number()
        .int()
        .min(0)
        .max(200)
        .default(usualCrops)
        .describe('Pictures that a page shows the middle of at 100 %, before and after'),
      out: z.string().min(1).optional().describe('File to write; default: standard output'),
    });
  },
  get output() {
    return z.object({});
  },
  cli: {
    argument: 'journal',
    examples: [
      'hourglass report cleaned.hourglass.jsonl --out report.html',
      'hourglass report cleaned.hourglass.jsonl --format csv > report.csv',
    ],
  },
});

export const batchActions = defineActions([
  {
    id: 'workspace-batch',
    label: 'Batch',
    keys: ['B'],
    menu: 'view',
    section: 'workspace',
    binding: 'page',
  },
]);

export const batchContract = defineContract({
  commands: { report: reportCommand },
  actions: batchActions,
});
