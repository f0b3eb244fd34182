/** The preload: paths are taken here, go over a channel of their own, and never reach the page. */
import { beforeEach, expect, it, vi } from 'vitest';
import type { WindowDoor, WindowReply, WindowRequest } from '../../../app/contract/index.ts';

const sent: [string, unknown][] = [];
let answers: WindowReply[] = [];
let door: WindowDoor;
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (_: string, exposed: WindowDoor) => (door = exposed) },
  ipcRenderer: {
    invoke: async (channel: string, message: unknown) => {
      sent.push([channel, message]);
      return answers.shift();
    },
  },
  webUtils: { getPathForFile: ({ name }: File) => (name.startsWith('/') ? name : '') },
}));
await import('../../../app/hosts/electron/preload.ts');
beforeEach(() => void (sent.length = 0));

it('hands over dropped files by path and pasted ones by content, and answers as one', async () => {
  answers = [
    { ok: true, value: ['dropped'] },
    { ok: true, value: ['pasted'] },
  ];
  const files = [new File(['x'], 'pasted.png'), new File(['y'], '/photos/a.jpg')];
  expect(await door.admit(files)).toEqual({ ok: true, value: ['dropped', 'pasted'] });
  expect(sent).toEqual([
    ['hourglass:dropped', { paths: ['/photos/a.jpg'] }],
    [
      'hourglass:request',
      {
        request: 'paste',
        input: { items: [{ name: 'pasted.png', data: new TextEncoder().encode('x') }] },
      },
    ],
  ]);
});

it('tells what was refused', async () => {
  const error = { code: 'file-not-found', message: 'It is gone.', hint: '' } as const;
  answers = [{ ok: false, error }];
  expect(await door.admit([new File(['y'], '/photos/a.jpg')])).toEqual({ ok: false, error });
});

it('gives the page one channel for what it says, whatever it says', async () => {
  answers = [{ ok: true, value: null }];
  await door.ask('dropped' as WindowRequest, { paths: ['/etc/passwd'] });
  expect(sent.map(([channel]) => channel)).toEqual(['hourglass:request']);
  expect(Object.keys(door).sort()).toEqual(['admit', 'ask', 'listen']);
});
