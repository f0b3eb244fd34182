/** Results to an archive as a page asks for it: what goes, that the person is asked first, and what became of each. The archive is not real. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  HourglassError,
  cancelledError,
  type HourglassEvent,
  type SendingDesk,
} from '../../../app/contract/index.ts';
import type { RunOptions } from '../../../app/jobs/types.ts';
import { createSending, type SendingQuestion } from '../../../app/hosts/shared/sending.ts';
import { createSessionResults } from '../../../app/hosts/shared/session-results.ts';

const homes: string[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

const PATIENCE = { timeout: 60_000 };

type Store = (input: { source: string; token?: string }, signal: AbortSignal) => Promise<object>;

function session({
  store = () => Promise.resolve({ warning: null }),
  confirm = () => Promise.resolve(true),
  authority = null as string | null,
}: {
  store?: Store;
  confirm?: (question: SendingQuestion, signal: AbortSignal) => Promise<boolean>;
  authority?: string | null;
} = {}) {
  const home = mkdtempSync(join(tmpdir(), 'hourglass-sending-'));
  homes.push(home);
  const results = createSessionResults();
  const calls: Record<string, unknown>[] = [];
  const asked: SendingQuestion[] = [];
  const events: HourglassEvent[] = [];
  const sending = createSending({
    program: {
      run: (command: string, input: object, { signal }: RunOptions = {}) => {
        expect(command).toBe('store');
        calls.push(input as Record<string, unknown>);
        return store(input as never, signal!) as never;
      },
    },
    results,
    confirm: (question, signal) => {
      asked.push(question);
      return confirm(question, signal);
    },
    chooseAuthority: () => Promise.resolve(authority),
  });
  sending.listen((event) => events.push(event));
  const write = async (
    name: string,
    {
      source = '@one',
      run = 'r1',
      isDicom = true,
    }: Partial<{
      source: string;
      run: string;
      isDicom: boolean;
    }> = {},
  ): Promise<string> => {
    const path = join(home, name);
    writeFileSync(path, Buffer.concat([Buffer.alloc(128), Buffer.from(isDicom ? 'DICM' : 'none')]));
    await results.wrote({ source, run, path });
    return path;
  };
  const desk = async (): Promise<SendingDesk> => (await sending.ask({ ask: 'all' })) as SendingDesk;
  const ended = (): Promise<SendingDesk> =>
    vi.waitFor(async () => {
      const found = await desk();
      expect(found.state.phase).toBe('rest');
      return found;
    }, PATIENCE);
  const send = (more: object = {}): Promise<unknown> =>
    sending.ask({
      ...{ ask: 'send', sources: ['@one'], to: 'https://archive.example/dicom-web', token: null },
      ...more,
    });
  return { home, sending, calls, asked, events, write, desk, ended, send };
}

describe('what is sent', () => {
  it('is what was exported last of the files that are named, after a question that names archive and number', async () => {
    const { write, send, ended, calls, asked, events } = session();
    await write('old.dcm', { run: 'r0' });
    const paths = [await write('a.dcm'), await write('b.dcm')];
    await write('a.tif', { isDicom: false });
    await write('other.dcm', { source: '@two' });
    await send({ token: 'secret-of-mine' });
    const { state, sent } = await ended();
    expect(asked).toEqual([
      {
        ...{ host: 'archive.example', objects: 2, bytes: 264, token: true, inTheOpen: false },
        ...{ first: 'a.dcm', last: 'b.dcm' },
      },
    ]);
    expect(calls.map(({ source }) => source)).toEqual(paths);
    expect(calls[0]).toMatchObject({
      to: 'https://archive.example/dicom-web',
      token: 'secret-of-mine',
    });
    expect(state).toMatchObject({ ended: 'sent', stored: 2, failed: 0, objects: 2, problem: null });
    expect(sent).toEqual([
      { name: 'a.dcm', stored: true, words: 'stored' },
      { name: 'b.dcm', stored: true, words: 'stored' },
    ]);
    // The token is in what the engine is told, and nowhere else; of paths the page learns none.
    const told = JSON.stringify([events, state, sent, asked]);
    expect(told).not.toContain('secret-of-mine');
    expect(told).not.toContain(paths[0]);
    const heard = events.flatMap((event) => (event.type === 'sending' ? event.sent : []));
    expect(heard.map(({ name }) => name)).toEqual(['a.dcm', 'b.dcm']);
  });

  it.each([
    ['a file that nothing was written of', { sources: ['@three'] }],
    ['a path', { sources: ['/etc/passwd'] }],
  ])('is not %s', async (_, more) => {
    const { write, send, ended, calls, asked } = session();
    await write('a.dcm');
    await send(more);
    expect((await ended()).state.problem).toMatchObject({ code: 'not-allowed' });
    expect([calls, asked]).toEqual([[], []]);
  });

  it.each([
    { paths: ['/etc/passwd'] },
    { sources: [] },
    { to: 'file:///etc/passwd' },
    { to: 'https://user:password@archive.example/' },
    { token: 'a\u0001b' },
  ])('a request with %j is refused before anything is asked', async (more) => {
    const { write, send, calls, asked } = session();
    await write('a.dcm');
    await expect(send(more)).rejects.toMatchObject({ code: 'invalid-parameter' });
    expect([calls, asked]).toEqual([[], []]);
  });

  it('is no file that was put in the place of a result', async () => {
    const { write, send, ended, calls, asked } = session();
    writeFileSync(await write('a.dcm'), 'another one');
    await send();
    expect((await ended()).state.problem!.message).toBe(
      'a.dcm was changed by another program after it was written.',
    );
    expect([calls, asked]).toEqual([[], []]);
  });

  it('is no file that was put there while the person was asked', async () => {
    const { home, write, send, ended, calls } = session({
      confirm: () => {
        writeFileSync(join(home, 'a.dcm'), 'another one');
        return Promise.resolve(true);
      },
    });
    await write('a.dcm');
    await send();
    expect((await ended()).sent[0]!.words).toMatch(/was changed by another program/);
    expect(calls).toEqual([]);
  });
});

describe('before and while it is sent', () => {
  it('nothing goes where the person says no', async () => {
    const { write, send, ended, calls } = session({ confirm: () => Promise.resolve(false) });
    await write('a.dcm');
    await send();
    expect((await ended()).state).toMatchObject({ ended: 'declined', stored: 0 });
    expect(calls).toEqual([]);
  });

  it('one request at a time, and the question can be taken back', async () => {
    const { sending, write, send, ended, calls, asked } = session({
      confirm: (_, signal) =>
        new Promise((settle) => signal.addEventListener('abort', () => settle(false))),
    });
    await write('a.dcm');
    await send();
    await vi.waitFor(() => expect(asked).toHaveLength(1), PATIENCE);
    await expect(send()).rejects.toMatchObject({ code: 'not-allowed' });
    await sending.ask({ ask: 'cancel' });
    expect((await ended()).state).toMatchObject({ ended: 'cancelled' });
    expect(calls).toEqual([]);
  });

  it('a cancelled one says what is stored already', async () => {
    const { sending, write, send, ended, calls } = session({
      store: ({ source }, signal) =>
        source.endsWith('a.dcm')
          ? Promise.resolve({ warning: 'B000' })
          : new Promise((_, fail) =>
              signal.addEventListener('abort', () => fail(cancelledError())),
            ),
    });
    for (const name of ['a.dcm', 'b.dcm', 'c.dcm']) await write(name);
    await send();
    await vi.waitFor(() => expect(calls).toHaveLength(2), PATIENCE);
    expect(sending.busy).toBe(true);
    await sending.ask({ ask: 'cancel' });
    const { state, sent } = await ended();
    expect(state).toMatchObject({ ended: 'cancelled', stored: 1, failed: 0, objects: 3 });
    expect(sent[0]!.words).toBe('stored; the archive changed something of it (warning B000)');
    expect(calls).toHaveLength(2);
  });

  it('what is refused is said by name, and the rest goes on, but where nothing would be taken', async () => {
    const error = (forAll: boolean) =>
      new HourglassError('archive-not-usable', 'It did not store it.', { details: { forAll } });
    const { write, send, ended, calls } = session({
      store: ({ source }) => {
        if (source.endsWith('a.dcm')) return Promise.reject(error(false));
        return source.endsWith('c.dcm')
          ? Promise.reject(error(true))
          : Promise.resolve({ warning: null });
      },
    });
    for (const name of ['a.dcm', 'b.dcm', 'c.dcm', 'd.dcm']) await write(name);
    await send();
    const { state, sent } = await ended();
    expect(state).toMatchObject({ ended: 'stopped', stored: 1, failed: 2, objects: 4 });
    expect(sent.map(({ stored }) => stored)).toEqual([false, true, false]);
    expect(sent[0]!.words).toContain('It did not store it.');
    expect(calls).toHaveLength(3);
  });
});

it('certificates of a private archive come from a file that the person chose, and are told by its name', async () => {
  const home = mkdtempSync(join(tmpdir(), 'hourglass-pem-'));
  homes.push(home);
  const pem = join(home, 'clinic.pem');
  writeFileSync(pem, '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n');
  const { sending, write, send, ended, desk, calls } = session({ authority: pem });
  await sending.ask({ ask: 'authority' });
  expect((await desk()).state.authority).toBe('clinic.pem');
  await write('a.dcm');
  await send();
  await ended();
  expect(calls[0]!.authorities).toContain('BEGIN CERTIFICATE');
  await sending.ask({ ask: 'noAuthority' });
  expect((await desk()).state.authority).toBe(null);
  writeFileSync(pem, 'no certificate');
  await expect(sending.ask({ ask: 'authority' })).rejects.toMatchObject({
    message: 'clinic.pem holds no certificates in PEM (-----BEGIN CERTIFICATE-----).',
  });
});
