/** Pictures on their way to the window: kept in no cache, and given up when the page gives them up. */
import { beforeAll, expect, it, vi } from 'vitest';
import { cancelledError } from '../../../app/contract/index.ts';
import type { PageDoor } from '../../../app/hosts/shared/page-door.ts';

type Answer = (request: Request) => Promise<Response>;
let ask: Answer;
vi.mock('electron', () => ({ protocol: {} }));
const { serveScheme } = await import('../../../app/hosts/electron/protocol.ts');

const given: (AbortSignal | undefined)[] = [];
/** Comes to an end by the signal alone; without one nobody could end it. */
const waits = (signal: AbortSignal | undefined): Promise<never> => {
  given.push(signal);
  if (!signal) return Promise.reject(new Error('Nobody can give it up.'));
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(cancelledError())),
  );
};
beforeAll(() => {
  const door = {
    tile: (_, signal) => waits(signal),
    thumbnail: (source, signal) =>
      source === '@there' ? Promise.resolve(new Uint8Array([1])) : waits(signal),
    cameraPreview: (_, signal) => waits(signal),
  } as Partial<PageDoor> as PageDoor;
  const session = { protocol: { handle: (_: string, answer: Answer) => void (ask = answer) } };
  const pageFiles = { read: async () => null };
  serveScheme(session as never, { door, pageFiles, log: () => undefined });
});

it.each(['tiles/d/source/0/0/0', 'thumbnails/@a', 'camera-previews/@a'])(
  '%s keeps no place in the queue when nobody waits for it',
  async (path) => {
    const page = new AbortController();
    const answer = ask(new Request(`hourglass://app/${path}`, { signal: page.signal }));
    page.abort();
    expect((await answer).status).toBe(404);
    expect(given.at(-1)?.aborted).toBe(true);
  },
);

it('a thumbnail is in no cache on the disk', async () => {
  const answer = await ask(new Request('hourglass://app/thumbnails/@there'));
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
});
