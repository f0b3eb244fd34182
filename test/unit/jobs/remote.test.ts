/** What comes out of a queue, or is said of it, whoever put it in: names that lead out, passwords, paths of other machines. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { jobSchema, relocated } from '../../../app/jobs/remote/messages.ts';
import { outages, placeOf } from '../../../app/jobs/remote/redis.ts';
import { lockTimes } from '../../../app/jobs/remote/worker.ts';
import {
  nameInFolder,
  pathInFolder,
  sharedFolderAt,
} from '../../../app/jobs/remote/shared-folder.ts';

const home = realpathSync(mkdtempSync(join(tmpdir(), 'hourglass-remote-')));
const folder = join(home, 'shared');
mkdirSync(join(folder, 'in'), { recursive: true });
writeFileSync(join(folder, 'in/a.png'), 'a');
writeFileSync(join(home, 'secret.png'), 'a');
symlinkSync(home, join(folder, 'out-of-it'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const job = (files: readonly string[], path = 'out/a.png') => ({
  ...{ run: 'r', command: 'denoise', input: {}, files, fingerprint: 'f', free: true, again: false },
  ...{ limits: {}, output: { path, format: 'png', notices: [] } },
});

it('takes names of files in the folder only', () => {
  expect(jobSchema.safeParse(job(['in/a.png', 'in/..b.png'])).success).toBe(true);
  for (const name of ['../secret.png', '/etc/passwd', 'in/../../x', 'C:\\x', 'a\\b', 'a\0b', ''])
    for (const one of [job([name]), job(['in/a.png'], name)])
      expect(jobSchema.safeParse(one).success, name).toBe(false);
});

it('follows links before it says that a path lies in the folder', async () => {
  expect(await pathInFolder('in/a.png', folder)).toBe(join(folder, 'in/a.png'));
  expect(await pathInFolder('new/deep/a.png', folder)).toBe(join(folder, 'new/deep/a.png'));
  for (const name of ['out-of-it/secret.png', 'out-of-it/new.png', '../secret.png', '.'])
    await expect(pathInFolder(name, folder), name).rejects.toMatchObject({ code: 'not-allowed' });
  expect(await nameInFolder(join(folder, 'in/a.png'), folder)).toBe('in/a.png');
  for (const path of [
    join(home, 'secret.png'),
    join(folder, 'out-of-it/x.png'),
    `${folder}-2/a.png`,
  ])
    await expect(nameInFolder(path, folder), path).rejects.toMatchObject({
      code: 'invalid-parameter',
    });
  await expect(sharedFolderAt('/')).rejects.toMatchObject({ code: 'not-allowed' });
});

it('never shows a password, and takes one from the environment', () => {
  const given = placeOf('redis://me:s%40cret@10.0.0.5:7000/2', {});
  expect(given.shown).toBe('redis://10.0.0.5:7000/2');
  expect(given.options).toMatchObject({ username: 'me', password: 's@cret', port: 7000, db: 2 });
  const env = { HOURGLASS_QUEUE_PASSWORD: 'quiet' };
  expect(placeOf('rediss://[::1]', env).options).toMatchObject({ password: 'quiet', tls: {} });
  for (const wrong of ['redis://me:secret@host:port', 'redis://me:secret@host/x'])
    expect(() => placeOf(wrong, {})).toThrow(/^(?!.*secret)/);
});

it('says paths of a worker as paths of here, and nothing else', () => {
  const answer = { a: '/mnt/s/x.png', b: ['see /mnt/s/y', '/mnt/s-2/z'], c: 3, d: null };
  const here = { a: '/srv/x.png', b: ['see /srv/y', '/mnt/s-2/z'], c: 3, d: null };
  expect(relocated(answer, '/mnt/s', '/srv')).toEqual(here);
  expect(relocated('/mnt/s/x.png', '/mnt/s', '/$&')).toBe('/$&/x.png');
});

it('asks Redis for whole milliseconds, however long a worker is waited for', () => {
  for (const patience of [1, 1.0005, 5, 10, 20, 30, 3600])
    for (const time of Object.values(lockTimes(patience)))
      expect(Number.isInteger(time), `${patience} s: ${time} ms`).toBe(true);
});

it('says an outage once, each refusal once, and nothing of a lock', () => {
  const told: string[] = [];
  const { failed, answered } = outages('redis://h:1', (text) => told.push(text));
  const refusal = Object.assign(new Error('MISCONF the disk is full'), { name: 'ReplyError' });
  failed(new Error('could not renew lock for job f-1'));
  failed(Object.assign(new Error('Missing lock for job f-1. moveToFinished'), { code: -2 }));
  expect(told).toEqual([]);
  for (let time = 0; time < 2; time++) {
    failed(refusal);
    failed(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    failed(new Error('Connection is closed.'));
  }
  answered();
  answered();
  expect(told).toEqual([
    expect.stringContaining('MISCONF the disk is full'),
    expect.stringContaining('does not answer'),
    expect.stringContaining('answers again'),
  ]);
});
