import './test-runes.ts';
import { expect, it, vi } from 'vitest';
import { HourglassError } from '../../app/contract/errors.ts';
import type { HostBridge } from '../../app/contract/index.ts';
import { Checks } from './checks.ts';
import { FileEntry } from './entry.svelte.ts';

const entryOf = (name: string): FileEntry => {
  const entry = new FileEntry({ name, bytes: 1 }, new Map());
  entry.admit(`@${name}`);
  return entry;
};

function setUp(names: readonly string[], open: (source: string) => unknown) {
  const entries = names.map(entryOf);
  const calls: string[] = [];
  const run = vi.fn(async (command: string, input: { source?: string }) => {
    calls.push(`${command} ${input.source ?? ''}`.trim());
    return command === 'open' ? open(input.source!) : {};
  });
  const checks = new Checks({ run } as unknown as HostBridge, () => entries);
  return { entries, calls, checks, run };
}

it('a file that can not be opened is refused with its reason before it is looked at', async () => {
  const { entries, calls, checks } = setUp(['a', 'bad', 'c'], (source) => {
    if (source === '@bad') throw new HourglassError('damaged-image', 'bad is damaged.');
    return { document: 'x', width: 3 };
  });
  checks.update(true);
  await vi.waitFor(() => expect(calls).toHaveLength(6));
  expect(entries.map(({ error }) => error?.code)).toEqual([undefined, 'damaged-image', undefined]);
  expect(entries[0]!.info).toMatchObject({ document: entries[0]!.id, width: 3 });
  expect(entries[0]!.open).toBe(false);
  expect(calls).toEqual(['open @a', 'close', 'open @bad', 'close', 'open @c', 'close']);
});

it('waits while somebody waits for something else, is stopped by it, and begins again', async () => {
  let asked: AbortSignal | undefined;
  const { entries, checks, run } = setUp(['a', 'b'], () => ({}));
  checks.update(false);
  expect(run).not.toHaveBeenCalled();
  run.mockImplementationOnce((_command, _input, options?: { signal: AbortSignal }) => {
    asked = options?.signal;
    return new Promise((_resolve, reject) =>
      asked?.addEventListener('abort', () => reject(new HourglassError('cancelled', 'Stopped.'))),
    );
  });
  checks.update(true);
  checks.update(false);
  expect(asked?.aborted).toBe(true);
  await vi.waitFor(() => expect(run.mock.calls.at(-1)![0]).toBe('close'));
  expect(entries.map(({ error, info }) => [error, info])).toEqual([
    [null, null],
    [null, null],
  ]);
  checks.update(true);
  await vi.waitFor(() => expect(entries.map(({ info }) => info !== null)).toEqual([true, true]));
});

it('leaves alone what is looked at, or was refused already', () => {
  const { entries, checks, run } = setUp(['a', 'b'], () => ({}));
  entries[0]!.arrival = 'opening';
  entries[1]!.refuse({ code: 'not-an-image', message: 'b is none.', hint: '' });
  checks.update(true);
  expect(run).not.toHaveBeenCalled();
});
