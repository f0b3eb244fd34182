/**
 * Every hostile file is either opened or refused with a named error: no crash, no hang over 10 s,
 * no memory beyond what the limits allow. Decoding runs in a child process that is started again
 * when it dies, so that one bad file can not hide the others.
 */
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { errorCodes } from '../../app/contract/index.ts';
import { bundleChild, forkChild } from '../child.ts';
import { dataPack, noDataPack } from '../data.ts';

interface Outcome {
  readonly path: string;
  readonly outcome: string;
  readonly ms: number;
  readonly rss: number;
}

/** A file may not take longer; the decoder's own limit is 10 s, the rest is the queue's. */
const patienceMs = 11_000;

if (!dataPack) process.stderr.write(`skipped: hostile files: ${noDataPack}\n`);

describe.skipIf(!dataPack)('hostile files', () => {
  let child: ChildProcess | null = null;
  let bundle: string | null = null;
  afterAll(() => {
    child?.kill('SIGKILL');
    if (bundle && existsSync(bundle)) rmSync(dirname(bundle), { recursive: true });
  });

  const ask = (path: string): Promise<Outcome> =>
    new Promise((resolve) => {
      const started = performance.now();
      const running = (child ??= forkChild(bundle!));
      const done = (outcome: Outcome): void => {
        clearTimeout(timer);
        running.removeAllListeners();
        resolve(outcome);
      };
      const failed = (outcome: string): void => {
        child = null;
        running.kill('SIGKILL');
        done({ path, outcome, ms: performance.now() - started, rss: 0 });
      };
      const timer = setTimeout(() => failed('hung'), patienceMs);
      running.on('message', (message) => done(message as Outcome));
      running.on('exit', (code, signal) => failed(`died: ${signal ?? code}`));
      running.send(path);
    });

  const judge = async (files: readonly string[]): Promise<Outcome[]> => {
    bundle ??= await bundleChild('test/corpus/hostile-child.ts');
    const outcomes: Outcome[] = [];
    for (const file of files) outcomes.push(await ask(file));
    const tally = new Map<string, number>();
    for (const { outcome } of outcomes) tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
    const slowest = Math.max(...outcomes.map(({ ms }) => ms));
    const memory = Math.max(...outcomes.map(({ rss }) => rss));
    process.stdout.write(
      `${files.length} files: ${[...tally].map(([outcome, count]) => `${outcome} ${count}`).join(', ')}; ` +
        `slowest ${(slowest / 1000).toFixed(2)} s, most memory ${(memory / 1e6).toFixed(0)} MB\n`,
    );
    return outcomes;
  };

  const allowed = new Set<string>([
    'decoded',
    ...errorCodes.filter((code) =>
      [
        'not-an-image',
        'unsupported-image',
        'damaged-image',
        'image-too-large',
        'decode-timeout',
      ].includes(code),
    ),
  ]);

  it('all of the collection: decoded, or refused by name', async () => {
    const folder = join(dataPack!, 'hostile');
    const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
      file: string;
    }[];
    expect(index.length).toBeGreaterThan(800);
    const outcomes = await judge(index.map(({ file }) => join(folder, file)));
    expect(outcomes.filter(({ outcome }) => !allowed.has(outcome))).toEqual([]);
    expect(outcomes.filter(({ ms }) => ms > 10_500)).toEqual([]);
    // Many are valid though odd: refusing everything would be no achievement.
    expect(outcomes.filter(({ outcome }) => outcome === 'decoded').length).toBeGreaterThan(300);
    expect(Math.max(...outcomes.map(({ rss }) => rss))).toBeLessThan(1.5e9);
  });

  it('scans are refused as scans, not as damage', async () => {
    const folder = join(dataPack!, 'dicom-tests');
    const files = readdirSync(folder).filter((name) => name.endsWith('.dcm'));
    const outcomes = await judge(files.map((name) => join(folder, name)));
    expect(
      outcomes.filter(
        ({ outcome }) => !['unsupported-image', 'not-an-image', 'damaged-image'].includes(outcome),
      ),
    ).toEqual([]);
    expect(
      outcomes.filter(({ outcome }) => outcome === 'unsupported-image').length,
    ).toBeGreaterThan(files.length / 2);
  });
});
