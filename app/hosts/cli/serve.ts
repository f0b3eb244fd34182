/** `hourglass serve`: starts the service, which is a process of its own as hosts are, and waits for its end. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { shipped } from '../shared/paths.ts';
import { exitCode, type CliOptions } from './options.ts';
import type { Invocation } from './usage.ts';

export async function runServe(
  { input }: Invocation,
  { terminal, cwd, interrupt }: CliOptions,
): Promise<number> {
  const { tokenFile } = input;
  const asked =
    typeof tokenFile === 'string' ? { ...input, tokenFile: resolve(cwd, tokenFile) } : input;
  const host = spawn(
    process.execPath,
    ['--enable-source-maps', shipped('dist/app/hosts/serve/main.js'), JSON.stringify(asked)],
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  for (const [stream, to] of [
    [host.stdout, terminal.stdout],
    [host.stderr, terminal.stderr],
  ] as const) {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => to.write(text));
  }
  const stop = (): void => void host.kill('SIGTERM');
  interrupt.addEventListener('abort', stop, { once: true });
  const code = await new Promise<number>((settle, reject) => {
    host.on('error', reject);
    host.on('close', (ended) => settle(ended ?? exitCode.failed));
  });
  return interrupt.aborted ? exitCode.interrupted : code;
}
