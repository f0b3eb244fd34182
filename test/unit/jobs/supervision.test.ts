/** Death in every form, over a real process that is really killed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeProgram, inTheMiddle, temporaryFolder } from './helpers.ts';

const file = (name: string) => ({ source: `/photos/${name}`, device: 'cpu' as const });
const pidOf = (answer: unknown): number => (answer as { pid: number }).pid;

describe('death of the engine', () => {
  it.each([
    ['kill.jpg', 'killed by SIGKILL'],
    ['abort.jpg', 'ended by SIGABRT'],
    ['throw.jpg', 'TypeError: a bug'],
  ])('%s fails by name with the reason, and the next succeeds', async (name, reason) => {
    const { program, story } = fakeProgram();
    const dying = program.run('denoise', file(name));
    const next = program.run('denoise', file('next.jpg'));
    await expect(dying).rejects.toMatchObject({
      code: 'engine-died',
      message: expect.stringMatching(new RegExp(`^${name} could not be finished: .*${reason}`)),
    });
    expect(await next).toMatchObject({ device: { id: 'cpu' } });
    expect(story().filter((line) => line.startsWith('engine'))).toEqual([
      'engine starting',
      'engine ready',
      'engine died',
      'engine starting',
      'engine restarted',
    ]);
    expect(story()).toContain(`failed ${name}`);
  });

  it('a kill from outside in the middle of a job fails that job only', async () => {
    const { program } = fakeProgram();
    const pid = pidOf(await program.run('models', {}));
    const running = program.run('denoise', file('slow.jpg'), { job: 'slow' });
    const waiting = program.run('denoise', file('next.jpg'));
    await inTheMiddle(program, 'slow');
    process.kill(pid, 'SIGKILL');
    await expect(running).rejects.toMatchObject({
      code: 'engine-died',
      details: { source: '/photos/slow.jpg' },
    });
    expect(pidOf(await waiting)).not.toBe(pid);
  });

  it('rejects light calls in flight too', async () => {
    const { program } = fakeProgram();
    const { document } = await program.run('open', { source: '/photos/a.jpg' });
    const outcomes = await Promise.allSettled([
      program.run('pixel', { document, layer: 'wait', x: 0, y: 0 }),
      program.run('denoise', file('kill.jpg')),
    ]);
    expect(outcomes).toMatchObject([
      {
        status: 'rejected',
        reason: {
          code: 'engine-died',
          message: expect.stringMatching(/^a\.jpg could not be finished/),
        },
      },
      { status: 'rejected', reason: { code: 'engine-died' } },
    ]);
  });

  it('opens documents again under the same ids before anybody notices', async () => {
    const { program } = fakeProgram();
    const opened = await program.run('open', { source: '/photos/a.jpg' });
    await expect(program.run('denoise', file('kill.jpg'))).rejects.toThrow();
    const measured: unknown = await program.run('measure', { document: opened.document });
    expect(measured).toMatchObject({ source: '/photos/a.jpg' });
    expect(pidOf(measured)).not.toBe(pidOf(opened));
    const tile = { document: opened.document, layer: 'source', level: 0, column: 0, row: 0 };
    expect(await program.tile(tile)).toMatchObject({ width: 1 });
    await program.run('close', { document: opened.document });
    await expect(program.run('measure', { document: opened.document })).rejects.toMatchObject({
      code: 'document-not-open',
    });
  });

  it('does not open a file that ended the engine twice, until it changes', async () => {
    const folder = temporaryFolder();
    const source = join(folder, 'bomb.jpg');
    writeFileSync(source, 'x');
    const { program, story } = fakeProgram();
    for (let time = 0; time < 2; time++)
      await expect(program.run('open', { source })).rejects.toThrow(/^bomb\.jpg could not be/);
    await expect(program.run('open', { source })).rejects.toThrow(
      'bomb.jpg is not opened again: the engine ended unexpectedly twice while decoding it.',
    );
    await expect(program.thumbnail(source)).rejects.toMatchObject({ code: 'engine-died' });
    expect(story().filter((line) => line === 'engine died')).toHaveLength(2);
    writeFileSync(source, 'another content');
    await expect(program.run('open', { source })).rejects.toThrow(/could not be finished/);
  });

  it('asks once more for a thumbnail that was lost with the engine', async () => {
    const { program } = fakeProgram();
    await program.run('models', {});
    await expect(program.run('denoise', file('kill.jpg'))).rejects.toThrow();
    expect(await program.thumbnail('/photos/a.jpg')).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('treats silence as death', async () => {
    const { program } = fakeProgram({ limits: { silentSeconds: 1 } });
    await expect(program.run('denoise', file('busy.jpg'))).rejects.toThrow(
      'busy.jpg could not be finished: the engine ended unexpectedly (it did not answer for 1 seconds).',
    );
    expect(await program.run('denoise', file('next.jpg'))).toMatchObject({ device: { id: 'cpu' } });
  });

  it('gives up with words, not in a loop, when the engine dies at every start', async () => {
    const { program, story } = fakeProgram({ env: { FAKE_ENGINE: 'never-starts' } });
    await expect(program.run('denoise', file('a.jpg'))).rejects.toThrow(/libfoo\.so is missing/);
    expect(story().filter((line) => line === 'engine died')).toHaveLength(3);
    await expect(program.run('denoise', file('b.jpg'))).rejects.toThrow(/^b\.jpg could not be/);
    expect(story().filter((line) => line === 'engine died')).toHaveLength(4);
  });
});

describe('recycling', () => {
  it('renews an engine that has grown, between jobs, and documents survive', async () => {
    const { program, story } = fakeProgram({ recycleAbove: 100e6 });
    const opened = await program.run('open', { source: '/photos/a.jpg' });
    // The heartbeat that tells the memory comes every 50 ms, a slow job takes longer.
    const first = await program.run('denoise', file('slow.jpg'));
    const second = await program.run('denoise', file('b.jpg'));
    expect(pidOf(second)).not.toBe(pidOf(first));
    expect(story()).toContain('engine recycled');
    expect(story()).not.toContain('engine died');
    expect(await program.run('measure', { document: opened.document })).toMatchObject({
      source: '/photos/a.jpg',
    });
  });
});
