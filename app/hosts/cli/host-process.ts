/** Another host, started for a verb of the command line and waited for: hosts are processes of their own. */
import { spawn } from 'node:child_process';
import { hostHere } from '../shared/here.ts';
import { exitCode, type CliOptions } from './options.ts';

/** What is heard of it. */
export interface HostListener {
  readonly stdout: (text: string) => void;
  readonly message?: (message: unknown) => void;
}

/**
 * Its words for people are told as they come; an interrupt is handed on to it.
 * @param entry below dist/app/hosts, without an ending
 * @returns its exit code, or that of an interrupt
 */
export async function runHost(
  entry: string,
  args: readonly string[],
  { terminal, interrupt }: Pick<CliOptions, 'terminal' | 'interrupt'>,
  { stdout, message }: HostListener,
): Promise<number> {
  const begins = hostHere(entry);
  const host = spawn(begins.program, [...begins.args, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  host.stdout?.setEncoding('utf8').on('data', stdout);
  host.stderr?.setEncoding('utf8').on('data', (text: string) => terminal.stderr.write(text));
  if (message) host.on('message', message);
  const stop = (): void => void host.kill('SIGTERM');
  interrupt.addEventListener('abort', stop, { once: true });
  const code = await new Promise<number>((settle, reject) => {
    host.on('error', reject);
    host.on('close', (ended) => settle(ended ?? exitCode.failed));
  });
  return interrupt.aborted ? exitCode.interrupted : code;
}
