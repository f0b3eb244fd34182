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
  let idle = true;
  const run = vi.fn(async (command: string, input: { source?: string }) => {
    calls.push(`${command} ${input.source ?? ''}`.trim());
    return command === 'open' ? open(input.source!) : {};
  });
  const checks = new Checks({ run } as unknown as HostBridge, {
    entries: () => entries,
    idle: () => idle,
  });
  return { entries, calls, checks, busy: () => (idle = false), free: () => (idle = true), run };
}

it('a file that can not be opened is refused with its reason before it is looked at', async () => {
  const { entries, calls, checks } = setUp(['a', 'bad', 'c'], (source) => {
    if (source === '@bad') throw new HourglassError('damaged-image', 'bad is damaged.');
    return { document: 'x', width: 3 };
  });
  for (let turn = 0; turn < 4; turn++) await checks.look();
  expect(entries.map(({ error }) => error?.code)).toEqual([undefined, 'damaged-image', undefined]);
  expect(entries[0]!.info).toMatchObject({ document: entries[0]!.id, width: 3 });
  expect(entries[0]!.open).toBe(false);
  expect(calls).toEqual(['open @a', 'close', 'open @bad', 'close', 'open @c', 'close']);
});

it('waits while somebody waits for something else, and is stopped by it', async () => {
  let asked: AbortSignal | undefined;
  const { entries, checks, busy, free, run } = setUp(['a'], () => ({}));
  busy();
  await checks.look();
  expect(run).not.toHaveBeenCalled();
  free();
  run.mockImplementationOnce((_command, _input, options?: { signal: AbortSignal }) => {
    asked = options?.signal;
    return new Promise((_resolve, reject) =>
      asked?.addEventListener('abort', () => reject(new HourglassError('cancelled', 'Stopped.'))),
    );
  });
  const checking = checks.look();
  busy();
  await checks.look();
  await checking;
  expect(asked?.aborted).toBe(true);
  expect(entries[0]!.error).toBeNull();
  free();
  await checks.look();
  expect(entries[0]!.info).not.toBeNull();
});

it('leaves alone what is looked at, or was refused already', async () => {
  const { entries, checks, run } = setUp(['a', 'b'], () => ({}));
  entries[0]!.arrival = 'opening';
  entries[1]!.refuse({ code: 'not-an-image', message: 'b is none.', hint: '' });
  await checks.look();
  expect(run).not.toHaveBeenCalled();
});
