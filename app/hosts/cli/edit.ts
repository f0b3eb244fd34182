/**
 * `hourglass edit`: starts the browser host for the named files, waits until the person is done, and says what came of it.
 * How files are saved in place is `hosts/shared/edit-session.ts`; the host is a process of its own, as hosts are.
 */
import { resolve } from 'node:path';
import * as z from 'zod';
import { commands } from '../../contract/index.ts';
import { printableJson } from '../shared/printable.ts';
import { fromHere } from '../shared/walk.ts';
import { runHost } from './host-process.ts';
import type { CliOptions } from './options.ts';
import { say } from './sentences.ts';
import type { Invocation } from './usage.ts';

const messageSchema = z.object({
  kind: z.literal('edited'),
  files: z.array(commands.edit.output),
});

export function runEdit({ files, input, json }: Invocation, options: CliOptions): Promise<number> {
  const { terminal, cwd } = options;
  const args = [
    '--edit',
    ...(input.address === true ? [] : ['--browser', 'system']),
    ...['--', ...files.map((file) => resolve(cwd, file))],
  ];
  return runHost('web/main', args, options, {
    // What it says is for people; our own stdout is for results.
    stdout: (text) => terminal.stderr.write(text),
    message: (message) => {
      const told = messageSchema.safeParse(message);
      for (const edited of told.success ? told.data.files : []) {
        const source = fromHere(edited.source, cwd);
        terminal.stderr.write(
          `${edited.saved ? say('editedSaved', { source }) : say('editedLeft', { source })}\n`,
        );
        for (const { text } of edited.notices) terminal.stderr.write(`  ${text}\n`);
        if (json || !terminal.stdout.isTerminal)
          terminal.stdout.write(`${printableJson({ type: 'edited', ...edited })}\n`);
      }
    },
  });
}
