import './test-runes.ts';
import { describe, expect, it, vi } from 'vitest';
import { HourglassError } from '../../app/contract/errors.ts';
import type { HostBridge, KeptPhoto } from '../../app/contract/index.ts';
import { cleaningOf } from '../workspaces/clean/cleaning.svelte.ts';
import { cleanDeskOf, cleanLogic } from '../workspaces/clean/desk.svelte.ts';
import { defaultSettings, settingsToText } from '../workspaces/clean/settings.ts';
import { compressionOf } from '../workspaces/compress/compression.svelte.ts';
import { compressLogic } from '../workspaces/compress/desk.svelte.ts';
import { compressToText, defaultCompress } from '../workspaces/compress/settings.ts';
import type { FileEntry } from './entry.svelte.ts';
import { PhotoMemory } from './photo-memory.svelte.ts';
import { Session } from './session.svelte.ts';

const admitted = (name: string) => ({ source: `@${name}`, name, bytes: 1 });
const strong = { ...defaultSettings, share: 130 };

function start({ on = true, fails = false } = {}) {
  const kept: KeptPhoto[][] = [];
  const recalled: string[][] = [];
  const state = { on };
  const memory = new PhotoMemory(
    {
      keep: async (photos) => {
        if (fails) throw new HourglassError('output-not-writable', 'The disk is full.');
        kept.push([...photos]);
      },
      count: async () => kept.length,
      forget: async () => void kept.splice(0),
    },
    {
      on: () => state.on,
      recalled: (entries: readonly FileEntry[]) => recalled.push(entries.map(({ name }) => name)),
    },
  );
  // No document ever opens: nothing of this needs one.
  const run = (() => new Promise(() => undefined)) as HostBridge['run'];
  const info = { kind: 'electron', version: '0', platform: 'linux', exports: 'folder' } as const;
  const session = new Session(
    { info, run } as unknown as HostBridge,
    { visible: () => null, device: () => 'auto', memory, hasModel: (id) => id !== 'removed' },
    [cleanLogic, compressLogic],
  );
  return { session, memory, kept, recalled, state };
}

describe('settings that stay with a photo', () => {
  it('are there before anything is made of it, in each workspace, and are told once', async () => {
    const { session, recalled } = start();
    const settings = {
      clean: settingsToText(strong),
      compress: compressToText({ ...defaultCompress, quality: 31, scans: true }),
    };
    session.addAdmitted([{ ...admitted('a'), settings }, admitted('b')]);
    const [a, b] = session.entries;
    expect(cleaningOf(a!).settings).toEqual(strong);
    expect(compressionOf(a!).settings).toEqual({ ...defaultCompress, quality: 31 });
    expect(cleaningOf(b!).settings).toEqual(defaultSettings);
    await vi.waitFor(() => expect(recalled).toEqual([['a']]));
    const removed = settingsToText({ ...strong, model: 'removed' });
    session.addAdmitted([{ ...admitted('c'), settings: { clean: removed } }]);
    expect(cleaningOf(session.entries[2]!).settings).toEqual(strong);
    // It is nothing that was done here.
    expect(session.steps.canUndo).toBe(false);
  });

  it('are handed over together a moment after a change, and none of them after a reset or an undo', async () => {
    const { session, kept } = start();
    session.addAdmitted([admitted('a'), admitted('b')]);
    session.selectAll();
    const desk = cleanDeskOf(session);
    desk.edit({ share: 90 }, 'drag');
    desk.edit({ share: 130 }, 'drag');
    const settings = { clean: settingsToText(strong) };
    await vi.waitFor(() =>
      expect(kept).toEqual([
        [
          { source: '@a', settings },
          { source: '@b', settings },
        ],
      ]),
    );
    session.undo();
    await vi.waitFor(() => expect(kept).toHaveLength(2));
    expect(kept[1]).toEqual([
      { source: '@a', settings: {} },
      { source: '@b', settings: {} },
    ]);
  });

  it('that are not understood are left out, whatever the text', () => {
    const { session } = start();
    for (const clean of ['', '{', '{"kind":"other"}', settingsToText({ ...strong, share: 1e9 })])
      session.addAdmitted([{ ...admitted(`with ${clean}`), settings: { clean, gone: clean } }]);
    for (const entry of session.entries)
      expect(cleaningOf(entry).settings).toEqual(defaultSettings);
  });

  it('are neither kept nor given where a person switched it off', async () => {
    const { session, kept, recalled, state, memory } = start({ on: false });
    session.addAdmitted([{ ...admitted('a'), settings: { clean: settingsToText(strong) } }]);
    expect(cleaningOf(session.entries[0]!).settings).toEqual(defaultSettings);
    cleanDeskOf(session).edit({ share: 90 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect([kept, recalled]).toEqual([[], []]);
    state.on = true;
    cleanDeskOf(session).edit({ share: 91 });
    await vi.waitFor(() => expect(kept).toHaveLength(1));
    await memory.forget();
    expect(memory.count).toBe(0);
  });

  it('that could not be kept say why', async () => {
    const { session, memory } = start({ fails: true });
    session.addAdmitted([admitted('a')]);
    cleanDeskOf(session).edit({ share: 90 });
    await vi.waitFor(() => expect(memory.problem).toContain('The disk is full.'));
  });
});
