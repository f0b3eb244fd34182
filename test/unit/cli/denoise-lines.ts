/** The built `hourglass denoise`, by its lines of JSON. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '../../data.ts';

export type Line = Record<string, unknown>;

/** @param home holds caches and data of the program */
export const denoiseLines = (home: string, args: readonly string[]): Promise<Line[]> =>
  new Promise((resolve) => {
    const main = join(repositoryRoot, 'dist/app/hosts/cli/main.js');
    const child = spawn(process.execPath, [main, 'denoise', ...args, '--device', 'cpu'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, XDG_CACHE_HOME: home, XDG_DATA_HOME: join(home, 'data') },
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
