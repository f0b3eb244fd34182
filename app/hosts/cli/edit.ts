/**
 * `hourglass edit`: starts the browser host for the named files, waits until the person is done, and says what came of it.
 * How files are saved in place is `hosts/shared/edit-session.ts`; the host is a process of its own, as hosts are.
 */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import * as z from 'zod';
import { commands, editExit } from '../../contract/index.ts';
import { shipped } from '../shared/paths.ts';
import { printableJson } from '../shared/printable.ts';
import { fromHere } from '../shared/walk.ts';
import { exitCode, type CliOptions } from './options.ts';
import { say } from './sentences.ts';
import type { Invocation } from './usage.ts';

const messageSchema = z.object({
  kind: z.literal('edited'),
  files: z.array(commands.edit.output),
});

export async function runEdit(
  { files, input, json }: Invocation,
  { terminal, cwd, interrupt }: CliOptions,
): Promise<number> {
  const host = spawn(
    process.execPath,
    [
      ...['--enable-source-maps', shipped('dist/app/hosts/web/main.js'), '--edit'],
      ...(input.address === true ? [] : ['--browser', 'system']),
      ...['--', ...files.map((file) => resolve(cwd, file))],
    ],
    // What it says is for people; our own stdout is for results.
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  for (const stream of [host.stdout, host.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => terminal.stderr.write(text));
  }
  host.on('message', (message) => {
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
  });
  const stop = (): void => void host.kill('SIGTERM');
  interrupt.addEventListener('abort', stop, { once: true });
  const code = await new Promise<number>((settle, reject) => {
    host.on('error', reject);
    host.on('close', (ended) => settle(ended ?? editExit.failed));
  });
  return interrupt.aborted ? exitCode.interrupted : code;
}
