/** `hourglass unusual` of the built program: list, tables for programs, overlays, what is refused. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import { Draws } from '../../../app/runtime/draws.ts';
import { processesIn } from './started.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-unusual-cli-'));
const { run, endAll } = processesIn(home);
const patience = 120_000;

async function save(path: string, seed: number, isScratched = false): Promise<void> {
  const draws = new Draws(seed, 5);
  const levels = Buffer.from(Array.from({ length: 64 * 64 }, () => 100 + draws.below(40)));
  if (isScratched)
    for (let y = 20; y < 44; y++)
      for (let x = 20; x < 44; x++) levels[y * 64 + x] = x % 4 < 2 ? 250 : 5;
  await sharp(levels, { raw: { width: 64, height: 64, channels: 1 } })
    .png()
    .toFile(join(home, path));
}

beforeAll(async () => {
  await buildAppIfStale();
  mkdirSync(join(home, 'good'));
  mkdirSync(join(home, 'today/below'), { recursive: true });
  for (let at = 0; at < 20; at++) await save(`good/${at}.png`, at);
  await save('today/fine.png', 100);
  await save('today/below/scratched.png', 101, true);
}, 300_000);
afterAll(() => {
  endAll();
  rmSync(home, { recursive: true, force: true });
});

it(
  'lists the most unusual first, says what the promise is worth, and draws overlays',
  async () => {
    const { code, out, words } = await run('unusual', 'good', 'today', '--csv', '--overlays', 'on');
    expect(words).toContain('20 good pictures looked at');
    expect(words).toContain('You asked for 5 %');
    expect(code).toBe(0);
    const [head, first, second] = out.trim().split('\n');
    expect(head).toBe('path,verdict,score,reached,mean,top,places,overlay');
    expect(first).toContain('scratched.png,unusual,');
    expect(second).toContain('fine.png,usual,');
    expect(existsSync(join(home, 'on/below/scratched.png.png'))).toBe(true);
    const again = await run('unusual', 'good', 'today', '--json', '--false-alarms', '10');
    expect(JSON.parse(again.out)).toMatchObject({
      ...{ type: 'result', command: 'unusual' },
      output: { mode: 'features', learnt: 'remembered', promise: { falseAlarms: 10 } },
    });
  },
  patience,
);

// A file system that says "no such file" below a folder that is there; who may write everywhere may not there.
it.skipIf(process.platform !== 'linux')(
  'overlays that can not be written are refused before anything is judged, and no picture is blamed',
  async () => {
    const { code, out, words } = await run('unusual', 'good', 'today', '--overlays', '/proc/on');
    expect(code).not.toBe(0);
    expect(out).toBe('');
    expect(words).toContain('The overlays can not be written to');
    expect(words).not.toContain('Left out');
  },
  patience,
);

it(
  'what is fine after all is learnt from, also the next time, until that is forgotten',
  async () => {
    const fine = ['--fine', 'today/fine.png', '--fine', 'today/below/scratched.png'];
    const first = await run('unusual', 'good', 'today', '--csv', ...fine);
    expect(first.words).toContain('22 good pictures looked at');
    expect(first.words).toContain('2 of them were called fine before, or now');
    expect((await run('unusual', 'good', 'today', '--csv')).words).toContain('2 of them were');
    const forgotten = await run('unusual', 'good', 'today', '--csv', '--forget-fine');
    expect(forgotten.words).toContain('20 good pictures looked at');
    expect(forgotten.words).not.toContain('called fine');
    const missing = await run('unusual', 'good', 'today', '--fine', 'nowhere.png');
    expect([missing.code, missing.words]).toEqual([1, expect.stringContaining('nowhere.png')]);
  },
  patience,
);

it(
  'refuses what it can not mean, in words',
  async () => {
    for (const [args, sentence, expected] of [
      [['good', 'today', '--csv', '--json'], 'choose one', 2],
      [['good', 'today', '--overlays', 'today/on'], 'outside of today', 2],
      [['good', 'today', '--overlays', 'good'], 'outside of good', 2],
      [['good', 'today', '--false-alarms', '0'], 'for --false-alarms but', 2],
      [['good', 'nowhere'], 'nowhere', 1],
      [['good', 'today', '--overlays', '.'], 'holds files', 1],
    ] as const) {
      const { code, words } = await run('unusual', ...args);
      expect(words).toContain(sentence);
      expect(code).toBe(expected);
    }
  },
  patience,
);
