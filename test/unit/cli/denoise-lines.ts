/** The built `hourglass denoise`, by its lines of JSON. */
import { spawn } from 'node:child_process';
import { commandLine, environmentIn } from './started.ts';

export type Line = Record<string, unknown>;

/** @param home holds caches and data of the program */
export const denoiseLines = (home: string, args: readonly string[]): Promise<Line[]> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [commandLine, 'denoise', ...args, '--device', 'cpu'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: environmentIn(home),
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.on('close', () =>
      resolve(
        stdout
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Line),
      ),
    );
  });

/** What the file came to; all lines where it came to nothing. */
export const resultOf = (lines: readonly Line[]): Line =>
  (lines.find(({ type }) => type === 'result')?.output as Line) ?? { lines };
