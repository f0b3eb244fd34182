/** Who may ask what over which channel: a page can name no file that was not admitted. */
import { beforeEach, expect, it, vi } from 'vitest';
import type { WindowReply } from '../../../app/contract/index.ts';
import type { WindowHandlers } from '../../../app/hosts/electron/validated-ipc.ts';

type Handle = (event: unknown, message: unknown) => Promise<WindowReply>;
const channels = new Map<string, Handle>();
vi.mock('electron', () => ({
  ipcMain: { handle: (name: string, handle: Handle) => channels.set(name, handle) },
}));
const { registerValidatedIpc } = await import('../../../app/hosts/electron/validated-ipc.ts');

const contents = {};
/** The window's, or null: it is closed. */
let ours: object | null = contents;
const asked: [string, unknown][] = [];
const log: string[] = [];
beforeEach(() => {
  asked.length = log.length = 0;
  ours = contents;
  const handlers = new Proxy(
    {},
    { get: (_, name) => (input: unknown) => void asked.push([String(name), input]) },
  ) as WindowHandlers;
  registerValidatedIpc({
    handlers,
    contents: () => ours as never,
    log: (line) => log.push(line),
  });
});

const frame = { parent: null, url: 'hourglass://app/' };
const send = (channel: string, message: unknown, senderFrame: unknown = frame) =>
  channels.get(`hourglass:${channel}`)!({ sender: contents, senderFrame }, message);
const refused = { ok: false, error: { code: 'not-allowed' } };

it.each([
  { request: 'admit', input: { items: [{ path: '/etc/passwd' }] } },
  { request: 'dropped', input: { paths: ['/etc/passwd'] } },
  { request: 'paste', input: { items: [{ path: '/etc/passwd' }] } },
  { request: 'paste', input: { items: [{ name: 'a.png', data: '/etc/passwd' }] } },
  { request: 'release', input: { sources: [7] } },
])('no request takes a path: %j', async (message) => {
  expect(await send('request', message)).toMatchObject(refused);
  expect(asked).toEqual([]);
});

it('paths come over the channel of the preload, from the page of our window alone', async () => {
  expect(await send('dropped', { paths: ['/photos/a.jpg'] })).toMatchObject({ ok: true });
  expect(asked).toEqual([['dropped', { paths: ['/photos/a.jpg'] }]]);
  for (const stranger of [
    null,
    { parent: {}, url: 'hourglass://app/' },
    { parent: null, url: 'https://example.com/' },
  ])
    expect(await send('dropped', { paths: ['/photos/a.jpg'] }, stranger)).toMatchObject(refused);
  for (const message of [{ paths: '/photos/a.jpg' }, { paths: [''] }, { paths: [], more: 1 }, null])
    expect(await send('dropped', message)).toMatchObject(refused);
  expect(asked).toHaveLength(1);
});

it('other contents are refused, on our page’s address too, and so is everybody while there is no window', async () => {
  const ask = channels.get('hourglass:request')!;
  const message = { request: 'pending', input: {} };
  expect(await ask({ sender: contents, senderFrame: frame }, message)).toMatchObject({ ok: true });
  expect(await ask({ sender: {}, senderFrame: frame }, message)).toMatchObject(refused);
  ours = null;
  expect(await ask({ sender: contents, senderFrame: frame }, message)).toMatchObject(refused);
  expect(asked).toHaveLength(1);
  expect(log.join()).toContain('not come from our window');
});

it('nesting without end is refused in words', async () => {
  let deep: unknown = {};
  for (let level = 0; level < 100_000; level++) deep = { deep };
  const input = { command: 'open', input: { deep }, job: 'j' };
  const answers = [
    await send('request', { request: 'run', input }),
    await send('request', { request: 'savePreferences', input: { preferences: { deep } } }),
  ];
  for (const answer of answers)
    expect(answer).toMatchObject({ ok: false, error: { code: 'invalid-parameter' } });
  expect(asked).toEqual([]);
});
