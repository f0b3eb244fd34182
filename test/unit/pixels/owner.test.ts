/** What is removed as abandoned, and what is somebody's work although no process here has its number. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import {
  keepAlive,
  owner,
  ownerName,
  ownerPattern,
  removeAbandoned,
  stopKeepingAlive,
} from '../../../app/pixels/owner.ts';
import { refuseWithoutRoom } from '../../../app/pixels/temporaries.ts';
import { scratchFolder } from './support.ts';

const folder = scratchFolder();
const [, machine, life, pid, start] = new RegExp(`^${ownerPattern}$`).exec(owner)!;
const here = { machine: machine!, life: life! };
const dead = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
const hour = 3_600_000;

/** True when the folder of this owner stays. */
function stays(name: string, silentMs = 0): boolean {
  const path = join(folder, `run-${name}-00`);
  mkdirSync(path, { recursive: true });
  const then = new Date(Date.now() - silentMs);
  utimesSync(path, then, then);
  removeAbandoned(folder, readdirSync(folder), 'run-');
  return existsSync(path);
}

it('a living process keeps what it has, however long it is silent', () => {
  expect(stays(owner, 1000 * hour)).toBe(true);
});

it('what a dead process left goes at once', () => {
  expect(stays(ownerName(here, dead, '12345'))).toBe(false);
});

it.runIf(process.platform === 'linux')(
  'a number that was given out again is another process',
  () => {
    expect(start).not.toBe('0');
    expect(stays(ownerName(here, Number(pid), String(Number(start) - 1)))).toBe(false);
  },
);

it.runIf(process.platform === 'linux')(
  'what was killed is gone, also before its parent asks',
  async () => {
    const parent = spawn('sh', ['-c', 'sleep 30 & echo $!; exec sleep 30']);
    try {
      const [some] = (await once(parent.stdout, 'data')) as [Buffer];
      const killed = Number(String(some));
      const began = (): string => readFileSync(`/proc/${killed}/stat`, 'utf8').split(' ')[21]!;
      const name = ownerName(here, killed, began());
      expect(stays(name)).toBe(true);
      process.kill(killed, 'SIGKILL');
      await expect.poll(() => stays(name)).toBe(false);
      expect(existsSync(`/proc/${killed}`)).toBe(true);
    } finally {
      parent.kill('SIGKILL');
    }
  },
);

it('a container beside us keeps what it has while it gives signs of life', () => {
  const beside = ownerName({ ...here, life: '00000000' }, dead, '12345');
  expect(stays(beside, 0.5 * hour)).toBe(true);
  expect(stays(beside, 2 * hour)).toBe(false);
});

it('another machine keeps what it has for days', () => {
  const other = ownerName({ machine: '00000000', life: '00000000' }, dead, '12345');
  expect(stays(other, 48 * hour)).toBe(true);
  expect(stays(other, 100 * hour)).toBe(false);
});

it('gives signs of life several times in the shortest time of silence, until it is told to stop', () => {
  const path = join(folder, `run-${owner}-01`);
  mkdirSync(path, { recursive: true });
  const long = new Date(Date.now() - 100 * hour);
  const age = (): number => {
    const { mtimeMs } = statSync(path);
    utimesSync(path, long, long);
    return Date.now() - mtimeMs;
  };
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    keepAlive(path);
    age();
    for (let times = 0; times < 3; times++) {
      vi.advanceTimersByTime(hour / 4);
      expect(age()).toBeLessThan(hour / 4);
    }
    stopKeepingAlive(path);
    vi.advanceTimersByTime(2 * hour);
    expect(age()).toBeGreaterThan(99 * hour);
  } finally {
    vi.useRealTimers();
  }
});

it('names of other programs are left alone', () => {
  expect(stays('4194305', 1000 * hour)).toBe(true);
});

it('what has no room is refused in words, before it is begun', async () => {
  await refuseWithoutRoom(folder, 1, 'a.jpg');
  await expect(refuseWithoutRoom(folder, 1e18, 'a.jpg')).rejects.toMatchObject({
    code: 'output-not-writable',
    message: expect.stringContaining(
      `a.jpg needs 1000000000000 MB of temporary space in ${folder}`,
    ),
    hint: expect.stringContaining('HOURGLASS_TEMP'),
  });
});
