/** `hourglass serve`: starts the service and waits for its end. */
import { resolve } from 'node:path';
import { runHost } from './host-process.ts';
import type { CliOptions } from './options.ts';
import type { Invocation } from './usage.ts';

export function runServe({ input }: Invocation, options: CliOptions): Promise<number> {
  const { terminal, cwd } = options;
  const { tokenFile } = input;
  const asked =
    typeof tokenFile === 'string' ? { ...input, tokenFile: resolve(cwd, tokenFile) } : input;
  return runHost('serve/main', [JSON.stringify(asked)], options, {
    stdout: (text) => terminal.stdout.write(text),
  });
}
