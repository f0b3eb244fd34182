/** Which thread and how many cores a run over one picture gets; and that shipped networks answer the same on any. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../data.ts';
import { uniform } from '../../random.ts';
import { Lanes } from '../../../app/runtime/lanes.ts';
import { readCard } from '../../../app/runtime/card.ts';
import { SessionPool } from '../../../app/runtime/sessions.ts';

describe('lanes', () => {
  it('share the cores among small pictures of a run, and give all of them to what is alone', () => {
    const lanes = new Lanes(4, false);
    const alone = lanes.take(true);
    expect(alone.lane.number).toBe(0);
    const others = [1, 2, 3].map(() => lanes.take(true));
    expect(others.map(({ lane }) => lane)).toEqual(
      [1, 2, 3].map((number) => ({ number, threads: 1 })),
    );
    others[1]!.leave();
    expect(lanes.take(true).lane).toEqual({ number: 2, threads: 1 });
    // A large one beside them has its place, and the cores as it would without them.
    expect(lanes.take(false).lane).toEqual(alone.lane);
  });

  it('have several cores each where there are many', () => {
    const lanes = new Lanes(16, false);
    lanes.take(true);
    expect(lanes.take(true).lane).toEqual({ number: 1, threads: 4 });
  });

  it('are one in Electron, and on one core', () => {
    for (const lanes of [new Lanes(8, true), new Lanes(1, false)]) {
      const first = lanes.take(true).lane;
      expect(first.number).toBe(0);
      expect(lanes.take(true).lane).toEqual(first);
    }
  });
});

it.each(['denoise-photo-fast', 'denoise-photo-dark', 'denoise-scan-fast', 'denoise-scan-faint'])(
  '%s answers the same on one core and on two',
  async (id) => {
    const read = await readCard(join(repositoryRoot, 'models', id), 'shipped');
    const card = read!.kind === null ? read!.card : null;
    expect(card!.sameOnAnyCores).toBe(true);
    const { path, sha256, input, output, variants } = card!;
    const side = 80;
    const channels = input.imageChannels + 1;
    const random = uniform(4);
    const values = Float32Array.from({ length: channels * side * side }, (_, at) =>
      at < input.imageChannels * side * side ? random() : 0.1,
    );
    const pool = new SessionPool();
    for (const file of [{ path, sha256 }, ...variants]) {
      const answers: Float32Array[] = [];
      for (const threads of [1, 2]) {
        const answer = new Float32Array(output.channels * side * side);
        await pool.run(
          {
            ...{ path: file.path, sha256: file.sha256, device: 'cpu', optimization: 'all' },
            ...{ threads, inputName: input.name, outputName: output.name },
          },
          {
            ...{ side, inputChannels: channels, outputChannels: output.channels },
            ...{ outputSide: side, input: values, output: answer },
          },
        );
        answers.push(answer);
      }
      expect(answers[0]!.some((value) => value !== 0)).toBe(true);
      expect(Buffer.compare(Buffer.from(answers[0]!.buffer), Buffer.from(answers[1]!.buffer))).toBe(
        0,
      );
    }
    await pool.release();
  },
  60_000,
);
