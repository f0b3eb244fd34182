/** A short run over every fuzzed parser, always the same inputs. Long ones: `npm run fuzz -- PARSER --minutes N`. */
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import { bundleChild } from '../../child.ts';
import { minimise } from '../../fuzz/minimise.ts';
import { inputOf } from '../../fuzz/mutate.ts';
import { Fuzzer } from '../../fuzz/runner.ts';
import { targets } from '../../fuzz/targets.ts';

let bundle: string;
let fuzzer: Fuzzer;
beforeAll(async () => {
  await buildAppIfStale();
  bundle = await bundleChild('test/fuzz/child.ts');
  fuzzer = new Fuzzer(bundle);
}, 120_000);
afterAll(() => {
  fuzzer?.close();
  if (bundle) rmSync(dirname(bundle), { recursive: true, force: true });
});

describe('parsers of what others made', () => {
  it.each(Object.keys(targets))(
    '%s answers or refuses by name',
    async (target) => {
      const report = await fuzzer.run({ target, seed: 1, inputs: 200 });
      expect(
        report.failures.map(({ kind, words, input }) => ({
          kind,
          words,
          input: Buffer.from(input.subarray(0, 200)).toString('latin1'),
        })),
      ).toEqual([]);
      expect(report.inputs).toBe(200);
      // Refusing everything would be no parsing.
      const answered = Object.entries(report.tally).filter(([result]) =>
        result.startsWith('answered'),
      );
      expect(answered.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(0);
    },
    120_000,
  );
});

describe('the harness', () => {
  it('makes the same input for the same seed and number', () => {
    const material = {
      ...{ seeds: [Uint8Array.of(1, 2, 3, 4, 5, 6)], words: [Uint8Array.of(9, 9)] },
      head: 0,
    };
    const sums = (seed: number): string[] =>
      Array.from({ length: 200 }, (_, index) =>
        createHash('sha256')
          .update(inputOf(material, seed, index))
          .digest('hex'),
      );
    expect(sums(7)).toEqual(sums(7));
    expect(new Set(sums(7)).size).toBeGreaterThan(150);
    expect(sums(8)).not.toEqual(sums(7));
  });

  it('leaves the head of most inputs and their length alone, and changes what lies behind', () => {
    const seed = Uint8Array.from({ length: 400 }, (_, at) => (at * 31) & 0xff);
    const material = { seeds: [seed], words: [], head: 40 };
    const inputs = Array.from({ length: 400 }, (_, index) => inputOf(material, 3, index + 1));
    const headed = inputs.filter(
      (input) =>
        input.length === seed.length &&
        Buffer.compare(input.subarray(0, 40), seed.subarray(0, 40)) === 0,
    );
    expect(headed.length).toBeGreaterThan(280);
    const changed = headed.filter((input) => Buffer.compare(input, seed) !== 0);
    expect(changed.length).toBeGreaterThan(0.9 * headed.length);
  });

  it.each([
    {
      what: 'does not take the time to load for that of an input',
      child: `process.on('message', ({ to }) => {
        for (const { user } = process.cpuUsage(); process.cpuUsage().user - user < 600_000; );
        process.send({ kind: 'ran', next: to, tally: { answered: to } });
      });`,
      told: { inputs: 3, failures: [] },
    },
    {
      what: 'says that a child dies before it comes to an input',
      child: `throw new Error('no such parser');`,
      told: 'No input was begun: the child died (code 1: Error: no such parser).',
    },
  ])('$what', async ({ child, told }) => {
    const path = join(dirname(bundle), 'made-child.cjs');
    writeFileSync(path, child);
    const made = new Fuzzer(path);
    const limits = { cpuMs: 20, memoryBytes: 1e9 };
    const run = made.run({ target: 'any', seed: 1, inputs: 3, limits });
    if (typeof told === 'string') await expect(run).rejects.toThrow(told);
    else expect(await run).toMatchObject(told);
    made.close();
  });

  it('makes a failing input as small as it can be', async () => {
    const input = Uint8Array.from({ length: 100 }, (_, i) => i);
    const small = await minimise(input, async (bytes) => bytes.includes(42) && bytes.includes(77));
    expect([...small]).toEqual([42, 77]);
  });
});
