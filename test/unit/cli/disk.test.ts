/**
 * A disk that is full and one that is read-only: each file that does not fit is named, the rest goes on, nothing half is left, the exit code
 * tells. Small disks in memory, mounted in a namespace of their own; where the system allows none, the reason is printed.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import { uniform } from '../../random.ts';
import { commandLine, environmentIn } from './started.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-disk-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A shell in which disks can be mounted, that nobody else sees. */
const namespaceShell = ['-rm', 'sh', '-c'] as const;
const canMount =
  process.platform === 'linux' &&
  spawnSync('unshare', [...namespaceShell, `mount -t tmpfs -o size=64k none '${home}'`]).status ===
    0;
if (!canMount)
  process.stderr.write(
    'No disk can be mounted in a namespace here: tests of full disks are skipped.\n',
  );

describe.skipIf(!canMount)('a disk of results', { timeout: 180_000 }, () => {
  beforeAll(() => buildAppIfStale(), 300_000);

  /** @param mounts of the shell, in the folder that holds `in` and `out` */
  function run(folder: string, mounts: string, ...more: readonly string[]) {
    const words = ['denoise', 'in', '--out', 'out/', '--sigma', '10', '--device', 'cpu', ...more];
    const script = `set -e; ${mounts}; set +e; "$@"; code=$?; find out -type f | sort > written.txt; exit $code`;
    const { status, stderr } = spawnSync(
      'unshare',
      [...namespaceShell, script, 'sh', process.execPath, commandLine, ...words],
      {
        cwd: folder,
        encoding: 'utf8',
        env: environmentIn(home),
      },
    );
    const written = readFileSync(join(folder, 'written.txt'), 'utf8').trim().split('\n');
    return { status, words: stderr, written: written.filter(Boolean) };
  }

  async function folderWith(sides: Readonly<Record<string, number>>): Promise<string> {
    const folder = mkdtempSync(join(home, 'run-'));
    mkdirSync(join(folder, 'out'));
    const next = uniform(4);
    for (const [name, side] of Object.entries(sides)) {
      const data = Uint8Array.from({ length: side * side * 3 }, () => next() * 255);
      const raw = { width: side, height: side, channels: 3 as const };
      mkdirSync(join(folder, 'in', name, '..'), { recursive: true });
      writeFileSync(join(folder, 'in', name), await sharp(data, { raw }).png().toBuffer());
    }
    return folder;
  }

  it('that gets full: what does not fit is named, what fits is done', async () => {
    const folder = await folderWith({ 'a.png': 256, 'b.png': 256, 'c.png': 256, 'd.png': 16 });
    const disk = 'mount -t tmpfs -o size=256k none out';
    const { status, words, written } = run(folder, disk, '--journal', 'run.hourglass.jsonl');
    expect(status).toBe(1);
    expect(words).toMatch(/may need \d+ MB; .*out has \d+ MB free/);
    expect(words).toMatch(/1? ?[a-c]\.png.*the disk is full/);
    const large = written.filter((path) => path !== 'out/d.png');
    expect(written).toContain('out/d.png');
    expect(large.length).toBeLessThan(3);
    for (const path of large) expect(path).toMatch(/^out\/[abc]\.png$/);
    const ended = readFileSync(join(folder, 'run.hourglass.jsonl'), 'utf8').match(
      /"type":"(done|failed)"/g,
    );
    expect(ended).toHaveLength(4);
    // Once there is room, what failed is done, and the rest again, for that disk is gone.
    const roomy = run(folder, 'true', '--journal', 'run.hourglass.jsonl', '--retry-failed');
    expect(roomy.status).toBe(0);
    expect(roomy.written).toHaveLength(4);
  });

  it('that is read-only in one folder: that folder’s files are named, the others are done', async () => {
    const folder = await folderWith({ 'locked/a.png': 32, 'open/b.png': 32 });
    mkdirSync(join(folder, 'out/locked'));
    const disk = 'mount -t tmpfs -o ro none out/locked';
    const { status, words, written } = run(folder, disk);
    expect(status).toBe(1);
    expect(words).toContain('in/locked/a.png');
    expect(words).toContain('read-only');
    expect(written).toEqual(['out/open/b.png']);
  });
});
