/** `hourglass generate`: new pictures of a variational network, as a PNG file. The making is the engine's (`app/learn/sample.ts`). */
import { resolve } from 'node:path';
import { commands, parseInput, toHourglassError } from '../../contract/index.ts';
import { fixed } from '../../contract/sentences/index.ts';
import { printable, printableJson } from '../shared/printable.ts';
import { filesOf, fromHere } from '../shared/walk.ts';
import { picturesOf } from './finding.ts';
import { exitCode, type CliOptions } from './options.ts';
import { say } from './sentences.ts';
import type { Invocation } from './usage.ts';

/** @throws HourglassError */
export async function runGenerate(invocation: Invocation, options: CliOptions): Promise<number> {
  const { terminal, cwd, interrupt: signal } = options;
  const { training, out, between, near, zoom, ...asked } = parseInput(
    commands.generate,
    invocation.input,
  );
  const words = (line: string): void => void terminal.stderr.write(`${printable(line)}\n`);
  const found = await picturesOf([...between, ...(near === undefined ? [] : [near])], options);
  if (!found) return exitCode.failed;
  const ends = between.map((_, at) => filesOf(found[at]!.files[0]!));
  const path = resolve(cwd, out);
  const program = options.createProgram();
  try {
    const { squares, ...made } = await program.run(
      'sample',
      {
        ...{ ...asked, ends, training: resolve(cwd, training), file: { path, zoom } },
        near: near === undefined ? [] : found.at(-1)!.files.map(filesOf),
      },
      { signal },
    );
    const nearest = made.nearest.map((one) => one && { path: one.path, distance: one.distance });
    if (invocation.json || !terminal.stdout.isTerminal)
      terminal.stdout.write(
        `${printableJson({ type: 'result', command: 'generate', output: { ...made, count: squares.length, nearest } })}\n`,
      );
    words(say('generated', { count: squares.length, out: fromHere(path, cwd) }));
    for (const [at, one] of nearest.entries())
      if (one)
        words(
          say('generatedNearest', {
            ...{ number: at + 1, distance: fixed(one.distance, 1) },
            name: fromHere(one.path, cwd),
          }),
        );
    if (made.typical !== null) words(say('generatedTypical', { distance: fixed(made.typical, 1) }));
    return exitCode.good;
  } catch (error) {
    if (toHourglassError(error).code === 'cancelled') return exitCode.interrupted;
    throw error;
  } finally {
    await program.stop();
  }
}
