/** Scripts of `hourglass completion`, in the shells themselves. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { shells } from '../../../app/contract/completion.ts';
import { completionScript } from '../../../app/hosts/cli/completion.ts';
import { grammar, parseArguments } from '../../../app/hosts/cli/usage.ts';
import { debianTool } from '../../debian.ts';

const folder = mkdtempSync(join(tmpdir(), 'hourglass-completion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scriptFor = (shell: (typeof shells)[number]): string => {
  const path = join(folder, `hourglass.${shell}`);
  writeFileSync(path, completionScript(shell, grammar()));
  return path;
};

const run = (program: string, args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  expect(stderr).toBe('');
  return stdout;
};

/** What is offered for a line, whose last word is being typed. */
const cases: readonly { typed: readonly string[]; has: readonly string[]; not: string }[] = [
  { typed: ['de'], has: ['decode', 'denoise', 'devices'], not: 'encode' },
  { typed: ['denoise', '--str'], has: ['--strength', '--strip'], not: '--sigma' },
  { typed: ['encode', '--format', ''], has: ['hgl', 'jpeg', 'webp', 'avif'], not: '--quality' },
  { typed: ['completion', ''], has: [...shells], not: 'denoise' },
];

const bash = debianTool('bash', 'bash');
const fish = debianTool('fish', 'fish');
const zsh = debianTool('zsh', 'zsh');

describe('completion', () => {
  it.skipIf(!bash)('in bash', () => {
    const script = scriptFor('bash');
    for (const { typed, has, not } of cases) {
      const words = ['hourglass', ...typed].map((word) => `'${word}'`).join(' ');
      const program = `source ${script}; COMP_WORDS=(${words}); COMP_CWORD=${typed.length}; _hourglass; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const offered = run('bash', ['--norc', '-c', program]).trim().split('\n');
      expect(offered).toEqual(expect.arrayContaining([...has]));
      expect(offered).not.toContain(not);
    }
  });

  it.skipIf(!fish)('in fish', () => {
    const script = scriptFor('fish');
    for (const { typed, has, not } of cases) {
      const line = ['hourglass', ...typed].join(' ');
      const offered = run('fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`])
        .trim()
        .split('\n')
        .map((one) => one.split('\t')[0]);
      expect(offered).toEqual(expect.arrayContaining([...has]));
      expect(offered).not.toContain(not);
    }
  });

  it.skipIf(!zsh)('in zsh, as far as it can be read without a terminal', () => {
    run('zsh', ['-f', '-n', scriptFor('zsh')]);
  });

  it('knows every command and every flag, in each shell', () => {
    for (const shell of shells) {
      const script = completionScript(shell, grammar());
      for (const { word, options } of grammar()) {
        expect(script).toContain(word);
        for (const { long } of options)
          expect(script, `${shell}, ${word} ${long}`).toContain(
            shell === 'fish' ? `-l ${long.slice(2)} ` : long,
          );
      }
    }
  });

  it('is asked for by the name of the shell', () => {
    expect(parseArguments(['completion', 'zsh'], '0')).toMatchObject({
      invocation: { command: 'completion', input: { shell: 'zsh' } },
    });
    expect(() => parseArguments(['completion', 'csh'], '0')).toThrow(/csh/);
  });
});
