/** Streams of events: bounded in bytes and in number, and who missed something is told so. */
import { setMaxListeners } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { HourglassEvent } from '../../../app/contract/index.ts';
import { createEventStreams, type EventStreams } from '../../../app/hosts/web/event-stream.ts';

const log: string[] = [];
const gone: string[] = [];
const listeners = new Set<(event: HourglassEvent) => void>();
const emit = (detail: string): void => {
  for (const listener of [...listeners]) listener({ type: 'engine', state: 'ready', detail });
};
let streams: EventStreams | null = null;
const make = (
  options: { mostBytes?: number; mostStreams?: number; graceMs?: number } = {},
): EventStreams =>
  (streams = createEventStreams({
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    log: (line) => log.push(line),
    pageGone: (page) => gone.push(page),
    ...options,
  }));
afterEach(() => {
  streams?.close();
  log.length = gone.length = 0;
});

const never = new AbortController().signal;
setMaxListeners(100, never);
const decoder = new TextDecoder();

/** Reads until the stream ends, or for as long as something comes. */
async function read(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<{ text: string; ended: boolean }> {
  let text = '';
  for (;;) {
    const next = await Promise.race([
      reader.read(),
      new Promise<null>((resolve) => setTimeout(() => resolve(null), 50)),
    ]);
    if (next === null) return { text, ended: false };
    if (next.done) return { text, ended: true };
    text += decoder.decode(next.value);
  }
}
/** Reads until so many events are there, or the stream ends. @returns how many there were */
async function readEvents(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  count: number,
): Promise<number> {
  let text = '';
  const heard = (): number => text.match(/"type":"engine"/g)?.length ?? 0;
  while (heard() < count) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value);
  }
  return heard();
}
const lastId = (text: string): string => [...text.matchAll(/^id: (\d+)$/gm)].at(-1)![1]!;

describe('a page that does not read', () => {
  it('is left behind when too many bytes wait for it; the others hear everything', async () => {
    const all = make({ mostBytes: 10_000 });
    const lazy = Array.from({ length: 20 }, () => all.open(null, null, never).getReader());
    const reader = all.open(null, null, never).getReader();
    const heard = readEvents(reader, 40);
    for (let i = 0; i < 40; i++) {
      emit('x'.repeat(1000));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(await heard).toBe(40);
    expect(all.size).toBe(1);
    expect(log).toHaveLength(20);
    expect(log[0]).toMatch(/does not read its events: 1\d{4} bytes were waiting/);
    // Nothing is kept for them.
    for (const one of lazy) expect(await read(one)).toMatchObject({ ended: true });
  });

  it('makes place when there are too many', async () => {
    const all = make({ mostStreams: 3 });
    const readers = [1, 2, 3, 4, 5].map(() => all.open(null, null, never).getReader());
    expect(all.size).toBe(3);
    expect(log[0]).toContain('more than 3 pages');
    for (const reader of readers) await reader.cancel();
    expect(listeners.size).toBe(0);
  });
});

describe('a page that comes back', () => {
  it('is told when it has missed something, and only then', async () => {
    const all = make();
    const other = all.open('other', null, never).getReader();
    const first = all.open('page', null, never).getReader();
    emit('one');
    const { text } = await read(first);
    expect(text).not.toContain('resync');
    await first.cancel();

    const again = all.open('page', lastId(text), never).getReader();
    expect((await read(again)).text).not.toContain('resync');
    await again.cancel();
    emit('two');
    const late = all.open('page', lastId(text), never).getReader();
    const told = await read(late);
    expect(told.text).toContain('"type":"resync"');
    await late.cancel();
    await other.cancel();

    // While nobody listened, nobody can know what happened.
    const alone = all.open('page', lastId(told.text), never).getReader();
    expect((await read(alone)).text).toContain('"type":"resync"');
  });

  it('has not gone; one that stays away has', async () => {
    const all = make({ graceMs: 60 });
    const [stays, leaves] = ['stays', 'leaves'].map((page) =>
      all.open(page, null, never).getReader(),
    );
    await stays!.cancel();
    await leaves!.cancel();
    all.open('stays', '1', never);
    await vi.waitFor(() => expect(gone).toEqual(['leaves']));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(gone).toEqual(['leaves']);
  });
});
