/**
 * A batch over a real Redis with workers, all built and processes of their own: every file once in the journal, whoever dies;
 * where there is no redis-server the reason is printed.
 */
import { execFileSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import packageFacts from '../../../package.json' with { type: 'json' };
import { buildAppIfStale } from '../../../build/build.mjs';
import { debianTool } from '../../debian.ts';
import { uniform } from '../../random.ts';
import { freePort, startRedis } from '../../redis.ts';
import { commandLine, processesIn } from './started.ts';

const server = debianTool('redis-server', 'redis-server');
const home = mkdtempSync(join(tmpdir(), 'hourglass-queue-'));
const processes = processesIn(home);
let port = 0;
let address = '';
let picture = Buffer.alloc(0);

const soon = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 120_000, interval: 100 });

const hourglass = (cwd: string, ...args: readonly string[]) =>
  processes.start(process.execPath, [commandLine, ...args], cwd);

const redis = () =>
  startRedis({
    ...{ server: server!, port, persists: false },
    folder: mkdtempSync(join(home, 'redis-')),
  });

async function worker(folder: string, ...more: readonly string[]) {
  const args = ['--queue', address, '--shared', folder, '--patience', '3', '--device', 'cpu'];
  const one = hourglass(folder, 'worker', ...args, ...more);
  await soon(() => expect(one.said.words).toContain('takes files from'));
  return one;
}

function folderWith(files: number): string {
  const folder = mkdtempSync(join(home, 'run-'));
  mkdirSync(join(folder, 'in'));
  for (let n = 0; n < files; n++) writeFileSync(join(folder, `in/${n}.png`), picture);
  return folder;
}
const batch = (folder: string, ...more: readonly string[]) => {
  const settings = ['--sigma', '10', '--out', 'out/', '--journal', 'run.hourglass.jsonl'];
  return hourglass(folder, 'denoise', 'in', ...settings, '--queue', address, ...more);
};
const linesOf = (folder: string, type: string) =>
  readFileSync(join(folder, 'run.hourglass.jsonl'), 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]))
    .filter((line) => line.type === type);

const end = async (
  one: { child: ChildProcess; ended: Promise<unknown> },
  signal: NodeJS.Signals,
) => {
  one.child.kill(signal);
  await one.ended;
};

describe.skipIf(server === null)('a batch over a queue', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    await buildAppIfStale();
    const next = uniform(3);
    const data = Uint8Array.from({ length: 64 * 64 * 3 }, () => 90 + next() * 60);
    picture = await sharp(data, { raw: { width: 64, height: 64, channels: 3 } })
      .png()
      .toBuffer();
    port = await freePort();
    address = `redis://127.0.0.1:${port}`;
  }, 300_000);
  afterAll(() => {
    processes.endAll();
    rmSync(home, { recursive: true, force: true });
  });

  it('says where nobody answers, without the password', async () => {
    const folder = folderWith(1);
    const given = ['denoise', 'in', '--sigma', '10', '--out', 'out/'];
    const one = hourglass(folder, ...given, '--queue', `redis://me:secret@127.0.0.1:${port}`);
    expect(await one.ended).toBe(1);
    expect(one.said.words).toContain(`redis://127.0.0.1:${port} can not be reached`);
    expect(one.said.words).toContain('redis-server');
    expect(one.said.words + one.said.out).not.toContain('secret');
  });

  it('does every file once though a worker is killed and the queue forgets all, and resumes', async () => {
    let store = await redis();
    const folder = folderWith(40);
    writeFileSync(join(folder, 'in/broken.png'), picture.subarray(0, 900));
    const workers = [await worker(folder), await worker(folder)];
    const run = batch(folder);
    await soon(() => expect(linesOf(folder, 'done').length).toBeGreaterThan(4));
    workers[0]!.child.kill('SIGKILL');
    await store.end('SIGKILL');
    store = await redis();
    expect(await run.ended).toBe(1);
    const done = linesOf(folder, 'done').map(({ source }) => source);
    expect(done).toHaveLength(40);
    expect(new Set(done).size).toBe(40);
    expect(linesOf(folder, 'failed').map(({ source }) => source)).toEqual(['in/broken.png']);
    expect(readdirSync(join(folder, 'out'))).toHaveLength(40);
    const again = batch(folder, '--resume');
    expect(await again.ended).toBe(1);
    expect(linesOf(folder, 'done')).toHaveLength(40);
    await end(workers[1]!, 'SIGTERM');
    await store.end('SIGTERM');
  });

  it('takes waiting files back at an interrupt, and refuses what is not shared', async () => {
    const store = await redis();
    const folder = folderWith(3);
    const outside = batch(folder, '--shared', join(folder, 'in'));
    expect(await outside.ended).toBe(2);
    expect(outside.said.words).toContain('is not in the shared folder');
    const run = batch(folder);
    await soon(() => expect(run.said.words).toContain('No worker waits'));
    await soon(() => expect(linesOf(folder, 'start')).toHaveLength(3));
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(130);
    // Nothing is left for a worker that comes later.
    const late = await worker(folder);
    const other = batch(folder, '--resume');
    expect(await other.ended).toBe(0);
    expect(linesOf(folder, 'done')).toHaveLength(3);
    expect(late.said.words.match(/: done/g)).toHaveLength(3);
    await end(late, 'SIGTERM');
    await store.end('SIGTERM');
  });

  it('gives up a file that two workers died with, by name, and goes on with the others', async () => {
    const store = await redis();
    const folder = folderWith(2);
    // Takes long enough to be killed with; the first by name.
    const side = 3000;
    await sharp({ create: { width: side, height: side, channels: 3, background: '#765' } })
      .png()
      .toFile(join(folder, 'in/0-poison.png'));
    const victims = [await worker(folder, '--at-once', '1')];
    const run = batch(folder);
    const active = () =>
      execFileSync('redis-cli', ['-p', String(port), '--raw', 'LRANGE', list, '0', '-1'], {
        encoding: 'utf8',
      }).trim();
    const list = `hourglass:files-${packageFacts.version}:active`;
    const field = (name: string) =>
      execFileSync('redis-cli', ['-p', String(port), '--raw', 'HGET', poison, name], {
        encoding: 'utf8',
      }).trim();
    let poison = '';
    await soon(() => {
      poison = `hourglass:files-${packageFacts.version}:${active()}`;
      expect(field('data')).toContain('0-poison.png');
    });
    await end(victims[0]!, 'SIGKILL');
    victims.push(await worker(folder, '--at-once', '1'));
    // Of how many times it was begun BullMQ keeps count: the second one has it now.
    await soon(() => expect(field('ats')).toBe('2'));
    await end(victims[1]!, 'SIGKILL');
    const last = await worker(folder, '--at-once', '1');
    expect(await run.ended).toBe(1);
    const failed = linesOf(folder, 'failed') as { source: string; error: { code: string } }[];
    expect(failed.map(({ source, error }) => [source, error.code])).toEqual([
      ['in/0-poison.png', 'engine-died'],
    ]);
    expect(linesOf(folder, 'done')).toHaveLength(2);
    expect(run.said.words).toContain('was not tried a third time');
    expect(readdirSync(join(folder, 'out'))).not.toContain('0-poison.png');
    await end(last, 'SIGTERM');
    await store.end('SIGTERM');
  });
});
