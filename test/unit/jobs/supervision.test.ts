/** Death in every form, over a real process that is really killed. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { nameOutput } from '../../../app/jobs/outputs.ts';
import { owner } from '../../../app/pixels/owner.ts';
import { eventOf, fakeProgram, inTheMiddle, temporaryFolder } from './helpers.ts';

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

  it.each([
    ['denoise', 'kill.png'],
    ['encode', 'kill.png'],
    ['decode', 'kill.hgl'],
  ] as const)(
    'in the middle of %s leaves no half file beside its output',
    async (command, name) => {
      const folder = temporaryFolder();
      const out = join(folder, 'out');
      mkdirSync(out);
      writeFileSync(join(folder, name), Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
      const { program } = fakeProgram({ nameOutput });
      const input = { source: join(folder, name), out: `${out}/`, device: 'cpu' } as const;
      const dying = program.run(command, input, { job: 'dying' });
      await inTheMiddle(program, 'dying');
      const dead = owner.replace(`-${process.pid}-`, '-999999999-');
      writeFileSync(join(out, `.hourglass-${dead}-0.tmp`), 'half');
      await expect(dying).rejects.toMatchObject({ code: 'engine-died' });
      expect(readdirSync(out)).toEqual([]);
    },
  );

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
      'busy.jpg could not be finished: the engine ended unexpectedly (it did not answer for 1 second).',
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

  it('a dozen renewals under many calls of every kind: none of them fails, no file is accused', async () => {
    const { program, story } = fakeProgram({ recycleAbove: 1 });
    const opened = await program.run('open', { source: '/photos/a.jpg' });
    const { document } = opened;
    const at = { document, layer: 'source', level: 0, column: 0, row: 0 };
    const failures: unknown[] = [];
    let calls = 0;
    let running = true;
    const repeat = async (ask: () => Promise<unknown>): Promise<void> => {
      while (running) {
        calls++;
        await ask().catch((error: unknown) => failures.push(error));
        await sleep(Math.random() * 12);
      }
    };
    const others = [
      repeat(() => program.run('open', { source: '/photos/b.jpg', document: 'b' })),
      repeat(() => program.thumbnail('/photos/b.jpg')),
      repeat(() => program.tile(at)),
      repeat(() => program.run('measure', { document })),
      repeat(() => program.run('models', {})),
    ];
    const renewals = () => story().filter((line) => line === 'engine recycled').length;
    // The calls hold a renewal off as long as one of them is open; between them there are gaps.
    for (let job = 0; renewals() < 12 && job < 400; job++)
      await program
        .run('denoise', file(`${job}.jpg`))
        .catch((error: unknown) => failures.push(error));
    running = false;
    await Promise.all(others);
    expect(failures).toEqual([]);
    expect(renewals()).toBe(12);
    expect(calls).toBeGreaterThan(60);
    expect(story()).not.toContain('engine died');
  }, 120_000);

  it('asks again what was in flight when the engine was told to stop', async () => {
    const { program } = fakeProgram({ recycleAbove: 1 });
    let renewals = 0;
    // A thumbnail comes at every moment of a job's first steps: before the engine is told to end, and after.
    for (let turns = 0; turns < 30; turns++) {
      const pid = pidOf(await program.run('models', {}));
      // A heartbeat tells how much memory the engine holds.
      await sleep(70);
      const job = program.run('denoise', file('a.jpg'));
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      const [, result] = await Promise.all([program.thumbnail('/photos/b.jpg'), job]);
      if (pidOf(result) !== pid) renewals += 1;
    }
    expect(renewals).toBeGreaterThan(0);
  }, 60_000);
});

describe('calls beside the one that is to blame', () => {
  it('a queued call that does not stop takes nothing else with it', async () => {
    const { program, story } = fakeProgram({ limits: { cancelGraceMs: 200 } });
    const { document } = await program.run('open', { source: '/photos/a.jpg' });
    const stubborn = program.run('denoise', file('stubborn.jpg'), { job: 'stubborn' });
    await inTheMiddle(program, 'stubborn');
    const preview = program.run('preview', { document, settings: { device: 'cpu' } }, { job: 'p' });
    await inTheMiddle(program, 'p');
    program.cancel('stubborn');
    await expect(stubborn).rejects.toMatchObject({ code: 'cancelled' });
    expect(await preview).toMatchObject({ device: { id: 'cpu' } });
    expect(story()).toContain('engine died');
  });

  it('a device that hangs accuses no file that was being opened', async () => {
    const folder = temporaryFolder();
    const source = join(folder, 'lasting.jpg');
    writeFileSync(source, 'x');
    const { program } = fakeProgram();
    for (let time = 0; time < 2; time++) {
      const opening = program.run('open', { source });
      await program.run('denoise', { source: '/photos/hung.jpg', device: 'webgpu' });
      expect(await opening).toMatchObject({ source });
    }
    expect(await program.run('open', { source })).toMatchObject({ source });
  });

  it('a cancel does not reach those who wait for the same document to be opened again', async () => {
    const { program } = fakeProgram();
    const { document } = await program.run('open', { source: '/photos/lasting.jpg' });
    await expect(program.run('denoise', file('kill.jpg'))).rejects.toThrow();
    const controller = new AbortController();
    const restarted = eventOf(
      program,
      (event) => event.type === 'engine' && event.state === 'restarted',
    );
    const first = program.run('measure', { document }, { signal: controller.signal });
    const second = program.run('measure', { document });
    // Before that nobody opens anything: a cancel would have nothing to reach.
    await restarted;
    await sleep(100);
    controller.abort();
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    expect(await second).toMatchObject({ source: '/photos/lasting.jpg' });
  });

  it('a document that is closed while it opens is not left open', async () => {
    const { program } = fakeProgram();
    await program.run('models', {});
    const opening = program.run('open', { source: '/photos/lasting.jpg', document: 'd' });
    await sleep(50);
    await program.run('close', { document: 'd' });
    await expect(opening).rejects.toMatchObject({ code: 'cancelled' });
    await expect(program.run('measure', { document: 'd' })).rejects.toMatchObject({
      code: 'document-not-open',
    });
  });
});

describe('listeners', () => {
  it('one that throws harms neither the job nor the other listeners', async () => {
    const { program, story } = fakeProgram();
    const said: string[] = [];
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said.push(String(text));
      return true;
    });
    const stop = program.listen(() => {
      throw new Error('a bug of a window');
    });
    const late: string[] = [];
    program.listen((event) => late.push(event.type));
    try {
      expect(await program.run('denoise', file('a.jpg'))).toMatchObject({ device: { id: 'cpu' } });
    } finally {
      write.mockRestore();
      stop();
    }
    expect(story()).toContain('done a.jpg');
    expect(late).toContain('job');
    expect(said.filter((line) => line.includes('a bug of a window'))).toHaveLength(1);
  });
});
