/** A program that writes files without an engine. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { HourglassError } from '../../../app/contract/index.ts';
import type { Program } from '../../../app/jobs/types.ts';

/**
 * Its result of a file: the file's bytes and the settings. What a source's name begins with may happen first.
 * @param says what it answers of a file besides
 */
export function writingProgram(
  happens: Record<string, (output: string) => void> = {},
  says: (name: string) => object = () => ({}),
) {
  const done: string[] = [];
  const program = {
    listen: () => () => {},
    engineMemory: 0,
    endEngine: () => {},
    runUnknown: (_command: string, input: unknown, options: { output?: { path: string } } = {}) => {
      const { source, sigma, overwrite } = input as Record<string, string>;
      const { path } = options.output!;
      const name = source!.split('/').at(-1)!;
      try {
        if (existsSync(path) && !overwrite)
          throw new HourglassError('output-exists', `${path} exists already.`);
        for (const [prefix, event] of Object.entries(happens))
          if (name.startsWith(prefix)) event(path);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, Buffer.concat([readFileSync(source!), Buffer.from(String(sigma))]));
        done.push(name);
        const model = { id: 'denoise-photo-fast', version: '1', precision: 'fp32' };
        return Promise.resolve({
          ...{ model, device: { id: 'cpu', label: 'CPU' }, notices: [], sigma },
          ...says(name),
        });
      } catch (error) {
        return Promise.reject(error as Error);
      }
    },
  };
  return { program: program as unknown as Program, done };
}
