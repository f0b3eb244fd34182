/**
 * What a worker and a batch over a queue say and do where something is in the way: passwords, folders, settings, other versions, an
 * interrupt in the middle of a file, two runs that want the same results. A real Redis that asks for a password.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import { debianTool } from '../../debian.ts';
import { freePort, startRedis, type StartedRedis } from '../../redis.ts';
import { commandLine, processesIn } from './started.ts';

const server = debianTool('redis-server', 'redis-server');
const home = mkdtempSync(join(tmpdir(), 'hourglass-workers-'));
const processes = processesIn(home);
const password = 'quiet';
let port = 0;
let address = '';
let redis: StartedRedis | null = null;

const soon = (check: () => void) => vi.waitFor(check, { timeout: 120_000, interval: 100 });

/** With the right password, but for who says otherwise. */
const hourglass = (cwd: string, args: readonly string[], secret = password) =>
  processes.start(process.execPath, [commandLine, ...args], cwd, {
    HOURGLASS_QUEUE_PASSWORD: secret,
  });
const worker = (folder: string, ...more: readonly string[]) =>
  hourglass(folder, ['worker', '--queue', address, '--device', 'cpu', '--at-once', '1', ...more]);
const batch = (folder: string, name: string) =>
  hourglass(folder, [
    ...['denoise', 'in', '--sigma', '10', '--out', 'out/'],
    ...['--queue', address, '--journal', `${name}.hourglass.jsonl`],
  ]);

interface Line {
  readonly type: string;
  readonly source: string;
  readonly error?: { readonly code: string };
}

function linesOf(folder: string, name: string, type: string): Line[] {
  const path = join(folder, `${name}.hourglass.jsonl`);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  // The last line may be under way.
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Line).filter((line) => line.type === type);
}

async function folderWith(names: readonly string[], side: number): Promise<string> {
  const folder = mkdtempSync(join(home, 'run-'));
  mkdirSync(join(folder, 'in'));
  const create = { width: side, height: side, channels: 3 as const, background: '#765' };
  const picture = await sharp({ create }).png().toBuffer();
  for (const name of names) writeFileSync(join(folder, 'in', name), picture);
  return folder;
}

describe.skipIf(server === null)('a worker', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    await buildAppIfStale();
    port = await freePort();
    address = `redis://127.0.0.1:${port}`;
    const folder = mkdtempSync(join(home, 'redis-'));
    redis = await startRedis({ server: server!, port, folder, persists: true, password });
  }, 300_000);
  afterAll(async () => {
    processes.endAll();
    await redis?.end('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  });

  it('names what is in its way: the password, the address, the folder', async () => {
    const folder = await folderWith(['a.png'], 16);
    for (const secret of ['', 'wrong']) {
      const one = hourglass(folder, ['worker', '--queue', address], secret);
      expect(await one.ended).toBe(1);
      expect(one.said.words).toContain(`${address} asks for another name or password`);
      expect(one.said.words).toContain('HOURGLASS_QUEUE_PASSWORD');
    }
    const nobody = `redis://me:secret@127.0.0.1:${await freePort()}`;
    const away = hourglass(folder, ['worker', '--queue', nobody]);
    expect(await away.ended).toBe(1);
    expect(away.said.words).toContain('can not be reached');
    expect(away.said.words).not.toContain('secret');
    const missing = worker(folder, '--shared', join(folder, 'not-mounted'));
    expect(await missing.ended).toBe(1);
    expect(missing.said.words).toContain(`${join(folder, 'not-mounted')} does not exist`);
  });

  it('refuses settings that are none', async () => {
    for (const wrong of [
      ['--patience', '0'],
      ['--at-once', '99'],
      ['--at-once', 'two'],
      ['--sigma', '10'],
    ]) {
      const one = worker(home, ...wrong);
      expect(await one.ended, wrong.join(' ')).toBe(2);
      expect(one.said.words).toContain(wrong[0]);
    }
    const other = hourglass(home, ['worker', '--queue', 'http://127.0.0.1']);
    expect(await other.ended).toBe(2);
    expect(other.said.words).toContain('--queue');
  });

  it('of another version is said, and takes nothing', async () => {
    const folder = await folderWith(['a.png'], 16);
    const cli = ['-p', String(port), '-a', password, '--no-auth-warning'];
    const old = 'Hourglass 0.0.1';
    execFileSync('redis-cli', [...cli, 'SET', 'hourglass:worker:old', old, 'EX', '60']);
    const run = batch(folder, 'old');
    await soon(() => expect(run.said.words).toContain('are of another version (Hourglass 0.0.1)'));
    await soon(() => expect(linesOf(folder, 'old', 'start')).toHaveLength(1));
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(130);
    expect(linesOf(folder, 'old', 'done')).toEqual([]);
    execFileSync('redis-cli', [...cli, 'DEL', 'hourglass:worker:old']);
  });

  it('ends the file that it has begun at an interrupt, and leaves the others', async () => {
    const folder = await folderWith(['0.png', '1.png', '2.png'], 700);
    const first = worker(folder, '--shared', folder);
    await soon(() => expect(first.said.words).toContain('takes files from'));
    const run = batch(folder, 'run');
    const list = ['-p', String(port), '-a', password, '--no-auth-warning', '--raw', 'KEYS'];
    const locks = () => execFileSync('redis-cli', [...list, '*:lock'], { encoding: 'utf8' }).trim();
    await soon(() => expect(locks()).not.toBe(''));
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(130);
    const byFirst = first.said.words.match(/: done$/gm) ?? [];
    expect(byFirst).toHaveLength(1);
    expect(locks()).toBe('');
    const second = worker(folder, '--shared', folder);
    expect(await run.ended).toBe(0);
    expect(second.said.words.match(/: done$/gm)).toHaveLength(2);
    const done = linesOf(folder, 'run', 'done').map(({ source }) => source);
    expect([...done].sort()).toEqual(['in/0.png', 'in/1.png', 'in/2.png']);
    second.child.kill('SIGTERM');
    await second.ended;
  });

  it('writes over nothing where two runs want the same results: each file is done in one of them', async () => {
    const names = ['a.png', 'b.png', 'c.png', 'd.png'];
    const folder = await folderWith(names, 64);
    // Both are planned before anything is written.
    const runs = ['one', 'other'];
    const both = runs.map((name) => batch(folder, name));
    await soon(() => {
      for (const name of runs) expect(linesOf(folder, name, 'start')).toHaveLength(names.length);
    });
    const taker = worker(folder, '--shared', folder);
    expect((await Promise.all(both.map(({ ended }) => ended))).sort()).not.toContain(2);
    const ended = (type: string) => runs.flatMap((name) => linesOf(folder, name, type));
    const sources = names.map((name) => `in/${name}`);
    expect(
      ended('done')
        .map(({ source }) => source)
        .sort(),
    ).toEqual(sources);
    const failed = ended('failed');
    expect(failed.map(({ source }) => source).sort()).toEqual(sources);
    for (const { error } of failed) expect(error!.code).toBe('output-exists');
    taker.child.kill('SIGTERM');
    await taker.ended;
  });
});
