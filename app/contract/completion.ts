/** Completion of what is typed in a shell, a verb of the command line. */
import * as z from 'zod';
import { defineContract } from './capability.ts';
import { defineCommand } from './command.ts';

/** Shells that a script is made for. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

export const completionCommand = defineCommand({
  id: 'completion',
  title: 'Completion',
  summary:
    'Prints a script for a shell, so that commands, flags and their values are completed there. Where it is put is in its first lines.',
  runs: 'terminal',
  get input() {
    return z.object({ shell: z.enum(shells).describe('Shell that the script is for') });
  },
  get output() {
    return z.object({});
  },
  cli: {
    argument: 'shell',
    examples: [
      'hourglass completion bash > ~/.local/share/bash-completion/completions/hourglass',
      'hourglass completion fish > ~/.config/fish/completions/hourglass.fish',
    ],
  },
});

export const completionContract = defineContract({ commands: { completion: completionCommand } });
