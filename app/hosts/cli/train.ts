/** `hourglass train`: a folder of images becomes a network. The training itself is the engine's (`app/learn`). */
import { resolve } from 'node:path';
import {
  commands,
  parseInput,
  toHourglassError,
  type HourglassEvent,
} from '../../contract/index.ts';
import type { TrainingEvent } from '../../contract/training-event.ts';
import { fixed } from '../../contract/sentences/index.ts';
import { printable, printableJson } from '../shared/printable.ts';
import { filesOf, fromHere, walk } from '../shared/walk.ts';
import { exitCode, type CliOptions } from './options.ts';
import { progressLineOn } from './progress-line.ts';
import { say } from './sentences.ts';
import { asUsageError, type Invocation } from './usage.ts';

/** Errors of a curve: three digits that mean something, whatever their size. */
const short = (value: number): string => value.toPrecision(3);

/** @throws UsageError, HourglassError */
export async function runTrain(invocation: Invocation, options: CliOptions): Promise<number> {
  const { terminal, cwd, interrupt: signal } = options;
  const { definition } = invocation;
  const isJson = invocation.json || !terminal.stdout.isTerminal;
  const { folder, out: named, ...asked } = parseInput(commands.train, invocation.input);
  const out = resolve(cwd, named);
  const bar = progressLineOn(terminal);
  const line = (value: object): void => {
    if (isJson) terminal.stdout.write(`${printableJson(value)}\n`);
  };
  const words = (text: string): void => {
    bar.clear();
    terminal.stderr.write(`${printable(text)}\n`);
  };
  const found = await walk([folder], { cwd, signal });
  const [problem] = found.problems;
  if (problem && found.files.length === 0) throw problem.error;
  for (const { input, error } of found.problems) {
    line({ type: 'problem', source: input, error });
    words(say('leftOutOfTraining', { source: fromHere(input, cwd), reason: error.message }));
  }
  const images = found.files.map(filesOf);
  const program = options.createProgram();
  const hear = (event: HourglassEvent): void => {
    if (event.type === 'job' && event.command === 'learn' && event.progress) {
      const { done, total, message } = event.progress;
      if (event.state === 'running')
        bar.draw({
          ...{ fraction: total === 0 ? 0 : done / total, file: 1, files: 1, name: message },
          ...{ megapixelsPerSecond: null, secondsLeft: null },
        });
    }
    if (event.type === 'training-reading') {
      const { done, of, name } = event;
      bar.draw({
        ...{ fraction: done / of, file: done + 1, files: of, name },
        ...{ megapixelsPerSecond: null, secondsLeft: null },
      });
      return;
    }
    // Pictures of its points are for a page.
    if (event.type === 'training-codes') line({ ...event, tiles: undefined });
    if (event.type !== 'training-images' && event.type !== 'training-curve') return;
    line(event);
    for (const text of eventWords(event, cwd)) words(text);
  };
  const deaf = program.listen(hear);
  try {
    const result = await program.run('learn', { ...asked, out, images }, { signal });
    line({ type: 'result', command: 'train', output: result });
    words(
      say('trained', { ...result, seconds: Math.round(result.seconds), out: fromHere(out, cwd) }),
    );
    for (const { measure, unit, network, beside } of result.quality) {
      words(say('trainedQuality', { measure, unit, network: fixed(network, 2) }));
      for (const { name, value } of beside)
        words(say('trainedBeside', { name, value: fixed(value, 2) }));
    }
    for (const { text } of result.notices) words(text);
    const model = fromHere(result.model, cwd);
    if (result.task === 'denoise') words(say('trainedNext', { model }));
    if (result.codec !== null) words(say('trainedCodec', { out: fromHere(out, cwd) }));
    return exitCode.good;
  } catch (error) {
    bar.clear();
    const known = toHourglassError(error);
    if (known.code === 'cancelled') {
      // No failure of a training: it goes on from there.
      line({ type: 'interrupted', out });
      words(say('trainingInterrupted', { out: fromHere(out, cwd) }));
      return exitCode.interrupted;
    }
    // One that says what is expected of a flag is about how the command was typed.
    throw known.code === 'invalid-parameter' &&
      known.message.startsWith('Expected') &&
      known.details?.name !== 'folder'
      ? asUsageError(known, definition)
      : known;
  } finally {
    deaf();
    await program.stop();
  }
}

function eventWords(
  event: Extract<TrainingEvent, { type: 'training-images' | 'training-curve' }>,
  cwd: string,
): readonly string[] {
  if (event.type === 'training-images')
    return [
      ...event.leftOut.map(({ source, reason }) =>
        say('leftOutOfTraining', { source: fromHere(source, cwd), reason }),
      ),
      say('learning', { learnt: event.learnt, heldBack: event.heldBack }),
      ...event.notices.map(({ text }) => text),
    ];
  const { step, of, loss, heldBack, best, floor } = event;
  return [
    say('trainingPoint', {
      ...{ step, of: of ?? 0, loss: short(loss), heldBack: short(heldBack) },
      ...{ best: String(best), floor: floor === null ? 'none' : short(floor) },
    }),
  ];
}
