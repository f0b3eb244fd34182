import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createNodeLauncher } from '../../../app/jobs/launch.ts';
import { eventOf, fakeProgram, inTheMiddle, temporaryFolder } from './helpers.ts';

const file = (name: string) => ({ source: `/photos/${name}`, device: 'cpu' as const });

describe('validation', () => {
  it('refuses a wrong parameter with the one sentence, before an engine is started', async () => {
    const { program, story } = fakeProgram();
    await expect(program.runUnknown('denoise', { source: 'a.jpg', detail: 500 })).rejects.toThrow(
      'Expected a number from 0 to 100 for detail but received 500 of type number.',
    );
    await expect(
      program.runUnknown('denoise', { source: 'a.jpg', colour: 1 }),
    ).rejects.toMatchObject({
      code: 'invalid-parameter',
    });
    await expect(program.runUnknown('denose', {})).rejects.toMatchObject({
      code: 'unknown-command',
      message: 'There is no command "denose"; did you mean denoise?',
    });
    await expect(program.runUnknown('constructor', {})).rejects.toMatchObject({
      code: 'unknown-command',
    });
    expect(story()).toEqual([]);
  });
});

describe('jobs', () => {
  it('tells queued, running with rising progress, done; one at a time', async () => {
    const { program, events, story } = fakeProgram();
    await Promise.all([
      program.run('denoise', file('a.jpg'), { job: '1' }),
      program.run('denoise', file('b.jpg'), { job: '2' }),
    ]);
    const jobs = story().filter((line) => !line.startsWith('engine'));
    expect(jobs).toEqual([
      'queued a.jpg',
      'running a.jpg',
      'queued b.jpg',
      'running a.jpg',
      'done a.jpg',
      'running b.jpg',
      'done b.jpg',
    ]);
    const done = events.flatMap((event) =>
      event.type === 'job' && event.job === '1' && event.progress ? [event.progress.done] : [],
    );
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBe(4);
    expect(program.busy).toBe(false);
  });

  it('passes on what the engine refuses, and goes on', async () => {
    const { program } = fakeProgram();
    const refused = program.run('denoise', file('refuse.txt'));
    const next = program.run('denoise', file('ok.jpg'));
    await expect(refused).rejects.toMatchObject({ code: 'not-an-image' });
    expect(await next).toMatchObject({ device: { id: 'cpu' } });
  });

  it('cancels waiting work without running it, by id and by signal', async () => {
    const { program, story } = fakeProgram();
    const controller = new AbortController();
    const first = program.run('denoise', file('slow.jpg'), { job: 'slow' });
    const second = program.run('denoise', file('b.jpg'), { job: 'b' });
    const third = program.run('denoise', file('c.jpg'), { signal: controller.signal });
    controller.abort();
    program.cancel('b');
    expect(await Promise.allSettled([first, second, third])).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'cancelled' } },
      { status: 'rejected', reason: { code: 'cancelled' } },
    ]);
    expect(story()).not.toContain('running b.jpg');
    expect(story()).not.toContain('running c.jpg');
    expect(story()).toContain('cancelled b.jpg');
  });

  it('cancels running work in the same engine', async () => {
    const { program, story } = fakeProgram();
    const running = program.run('denoise', file('slow.jpg'), { job: 'slow' });
    await inTheMiddle(program, 'slow');
    program.cancel('slow');
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await program.run('denoise', file('ok.jpg'));
    expect(story()).toContain('cancelled slow.jpg');
    expect(story()).not.toContain('engine died');
  });

  it('kills an engine that does not stop when it is told to', async () => {
    const { program, story } = fakeProgram({ limits: { cancelGraceMs: 50 } });
    const running = program.run('denoise', file('stubborn.jpg'), { job: 'stubborn' });
    await inTheMiddle(program, 'stubborn');
    program.cancel('stubborn');
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(story()).toContain('engine died');
    expect(await program.run('denoise', file('ok.jpg'))).toMatchObject({ device: { id: 'cpu' } });
  });

  it('is ended all the same when its engine can not be', async () => {
    const fake = fileURLToPath(new URL('fake-engine.mjs', import.meta.url));
    const launch = createNodeLauncher({ entries: { engine: fake }, env: process.env });
    const { program } = fakeProgram({
      launch: (kind, args) => {
        const handle = launch(kind, args);
        return {
          ...handle,
          kill: () => {
            handle.kill();
            throw new Error('EPERM');
          },
        };
      },
    });
    await program.run('denoise', file('ok.jpg'));
    await program.kill();
  });

  it('tells of work in processes of its own, as of any other', async () => {
    const { program, events } = fakeProgram();
    await program.run('devices', { refresh: true }, { job: 'devices' });
    const missing = { source: '/nowhere/none.onnx' };
    await expect(program.run('addModel', missing, { job: 'add' })).rejects.toMatchObject({
      code: 'file-not-found',
    });
    const told = events.flatMap((event) =>
      event.type === 'job' ? [`${event.job} ${event.state}`] : [],
    );
    expect(told).toEqual(['devices running', 'devices done', 'add running', 'add failed']);
  });

  it('tells of every command, also of those that wait for nobody', async () => {
    const { program, events } = fakeProgram();
    const { document } = await program.run('open', { source: '/photos/a.jpg' }, { job: 'open' });
    await program.run('close', { document }, { job: 'close' });
    const told = events.flatMap((event) =>
      event.type === 'job' ? [[event.job, event.state, event.source]] : [],
    );
    expect(told.slice(0, 2)).toEqual([
      ['open', 'running', '/photos/a.jpg'],
      ['open', 'done', '/photos/a.jpg'],
    ]);
    expect(told.at(-1)).toEqual(['close', 'done', null]);
  });

  it('refuses a job id that is in use', async () => {
    const { program } = fakeProgram();
    const first = program.run('denoise', file('slow.jpg'), { job: 'same' });
    await expect(program.run('denoise', file('b.jpg'), { job: 'same' })).rejects.toMatchObject({
      code: 'invalid-parameter',
    });
    await first;
  });

  it('lets a new preview of a document supersede the older ones', async () => {
    const { program } = fakeProgram();
    const { document } = await program.run('open', { source: '/photos/a.jpg' });
    const preview = (job: string) =>
      program.run('preview', { document, settings: { device: 'cpu' } }, { job });
    const first = preview('1');
    await inTheMiddle(program, '1');
    const outcomes = await Promise.allSettled([first, preview('2'), preview('3')]);
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: { code: 'cancelled' } },
      { status: 'rejected', reason: { code: 'cancelled' } },
      { status: 'fulfilled', value: { device: { id: 'cpu' } } },
    ]);
  });

  it('does the same for each format that a picture is compared with', async () => {
    const { program } = fakeProgram();
    const { document } = await program.run('open', { source: '/photos/a.jpg' });
    const peer = (job: string, format: 'jpeg' | 'avif') =>
      program.run('peer', { document, format, bytes: 1000 }, { job });
    const first = peer('1', 'jpeg');
    await inTheMiddle(program, '1');
    const outcomes = await Promise.allSettled([first, peer('2', 'avif'), peer('3', 'jpeg')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  });

  it('stops: everything is cancelled and the engine is gone', async () => {
    const { program } = fakeProgram();
    const running = program.run('denoise', file('slow.jpg'), { job: 'slow' });
    const waiting = program.run('denoise', file('b.jpg'));
    const outcome = Promise.allSettled([running, waiting]);
    await inTheMiddle(program, 'slow');
    await program.stop();
    for (const result of await outcome)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
    await expect(program.run('models', {})).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('devices', () => {
  it('probes only the CPU for a CPU job, the rest when auto asks, and remembers', async () => {
    const cacheFolder = temporaryFolder();
    const first = fakeProgram({ cacheFolder });
    await first.program.run('denoise', file('a.jpg'));
    expect(first.probed).toEqual(['cpu']);
    await first.program.run('denoise', { source: '/photos/b.jpg' });
    expect(first.probed).toEqual(['cpu', 'webgpu']);
    await first.program.stop();

    const second = fakeProgram({ cacheFolder });
    const { devices } = await second.program.run('devices', {});
    expect(devices.map(({ id }) => id)).toEqual(['cpu', 'webgpu']);
    expect(second.probed).toEqual([]);
    await second.program.run('devices', { refresh: true });
    expect(second.probed).toEqual(['cpu', 'webgpu']);
  });

  it('tells the engine what was found, also a restarted one', async () => {
    const { program } = fakeProgram();
    await program.run('devices', {});
    const idsOf = async () => {
      const answer: unknown = await program.run('models', {});
      return (answer as { devices: { id: string }[] }).devices.map(({ id }) => id);
    };
    expect(await idsOf()).toEqual(['cpu', 'webgpu']);
    await expect(program.run('denoise', file('kill.jpg'))).rejects.toMatchObject({
      code: 'engine-died',
    });
    expect(await idsOf()).toEqual(['cpu', 'webgpu']);
  });

  it('runs a job again on the CPU when its device hangs, says so, and leaves the device alone', async () => {
    const { program, story } = fakeProgram();
    const told = eventOf(
      program,
      (event) => event.type === 'devices' && event.devices.some(({ usable }) => !usable),
    );
    const result = await program.run('denoise', { source: '/photos/hung.jpg', device: 'auto' });
    expect(result.device).toMatchObject({
      id: 'cpu',
      fallback: 'A webgpu device hung and was left for this run.',
    });
    expect(await told).toMatchObject({
      devices: [
        { id: 'cpu', usable: true },
        { id: 'webgpu', usable: false, reason: expect.stringContaining('no answer for tile 1') },
      ],
    });
    expect(story()).toContain('engine died');
    expect(story().at(-1)).toBe('done hung.jpg');
  });
});
