import './test-runes.ts';
import { describe, expect, it } from 'vitest';
import type { HostBridge, Preset } from '../../app/contract/index.ts';
import { preferencesSchema } from '../../app/contract/preferences.ts';
import { cleaningOf } from '../workspaces/clean/cleaning.svelte.ts';
import { cleanDeskOf, cleanLogic } from '../workspaces/clean/desk.svelte.ts';
import { defaultSettings, settingsToText } from '../workspaces/clean/settings.ts';
import { ExportQueue } from './exports.svelte.ts';
import { usualOutputs } from './output.ts';
import { mostSpecific, Presets, usesOf } from './presets.svelte.ts';
import { Session } from './session.svelte.ts';

const text = (share: number): string => settingsToText({ ...defaultSettings, share });
const admitted = (name: string) => ({ source: `@${name}`, name, bytes: 1 });
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Presets, and a session whose photos were taken as their names say: `R6 800`, `R6`, `800`. */
function start() {
  const told: string[] = [];
  const kept = {
    presets: [] as readonly Preset[],
    set: (change: { presets: Preset[] }) => void (kept.presets = change.presets),
  };
  const presets = new Presets({ kept, tell: (words) => told.push(words) });
  const commands: { command: string; input: Record<string, unknown> }[] = [];
  const run = async (command: string, input: Record<string, unknown>) => {
    commands.push({ command, input });
    if (command === 'open') {
      const [camera, iso] = String(input.source).slice(1).split(' ');
      return {
        document: input.document,
        format: 'jpeg',
        ...(camera === '-' ? {} : { camera }),
        iso: iso ? Number(iso) : null,
      };
    }
    if (command === 'measure')
      return { sigma: 0, perChannel: [0], words: '', suggestedStrength: 0, suggestedSigma: 0 };
    return { output: 'out', width: 1, height: 1, bytes: 1, notices: [] };
  };
  const info = { kind: 'electron', version: '0', platform: 'linux', exports: 'folder' } as const;
  const bridge = { info, run } as unknown as HostBridge;
  const session = new Session(
    bridge,
    {
      visible: () => null,
      device: () => 'auto',
      arrived: (entry, desks) => presets.arrive(entry, desks),
    },
    [cleanLogic],
  );
  const shares = () => session.entries.map((entry) => cleaningOf(entry).settings.share);
  return { presets, session, told, kept, bridge, commands, shares };
}

describe('presets', () => {
  it('are applied to the selection as one step that undo names', () => {
    const { presets, session, told, shares } = start();
    session.addAdmitted(['a', 'b', 'c'].map(admitted));
    session.select(session.entries[1]!, 'range');
    expect(presets.save('clean', ' Church ', text(130))).toBeNull();
    const [preset] = presets.of('clean');
    presets.apply(preset!, session.desk, session.selection);
    expect(shares()).toEqual([130, 130, 100]);
    expect(told.at(-1)).toBe('Preset “Church” applied to 2 photos.');
    expect(presets.current('clean', text(130))).toBe(preset);
    expect(session.undo()?.what).toBe('preset “Church”');
    expect(shares()).toEqual([100, 100, 100]);
  });

  it('have names that a person can tell apart, in their workspace', () => {
    const { presets } = start();
    presets.save('clean', 'Church', text(130));
    presets.save('clean', 'Concert', text(150));
    for (const odd of ['', '  ', 'x'.repeat(61), 'two\nlines', '\u0007'])
      expect(presets.save('clean', odd, text(1)), JSON.stringify(odd)).not.toBeNull();
    const concert = presets.of('clean')[1]!;
    expect(presets.rename(concert, 'CHURCH')).toContain('already');
    expect(presets.rename(concert, 'concert')).toBeNull();
    expect(presets.save('compress', 'Church', '{}')).toBeNull();
    expect(presets.of('clean').map(({ name }) => name)).toEqual(['Church', 'concert']);
  });

  it('of a name that is there are replaced, and keep what they are used for', () => {
    const { presets } = start();
    presets.save('clean', 'Church', text(130));
    presets.useFor(presets.of('clean')[0]!, { camera: 'R6' });
    expect(presets.replaces('clean', 'church ')).toBe(true);
    presets.save('clean', 'church', text(140));
    expect(presets.all).toEqual([
      { workspace: 'clean', name: 'church', settings: text(140), use: { camera: 'R6' } },
    ]);
    presets.remove(presets.all[0]!);
    expect(presets.all).toEqual([]);
  });

  it('are bounded in number, and survive being written and read', () => {
    const { presets, kept } = start();
    for (let index = 0; index < 100; index++) presets.save('clean', `p${index}`, text(index));
    presets.useFor(presets.all[7]!, { camera: 'R6', iso: 800 });
    expect(presets.save('clean', 'one more', text(1))).toContain('100');
    const read = preferencesSchema.parse(JSON.parse(JSON.stringify({ presets: kept.presets })));
    expect(read.presets).toEqual(kept.presets);
    expect(JSON.stringify(kept.presets).length).toBeLessThan(60_000);
  });

  const preset = (name: string, use?: Preset['use']): Preset => ({
    ...{ workspace: 'clean', name, settings: text(1) },
    ...(use ? { use } : {}),
  });
  it('the most specific is given to a photo', () => {
    const all = [
      preset('by hand'),
      preset('iso', { iso: 1600 }),
      preset('higher', { iso: 6400 }),
      preset('camera', { camera: 'R6' }),
      preset('both', { camera: 'R6', iso: 3200 }),
    ];
    const found = (camera: string | undefined, iso: number | null) =>
      mostSpecific(all, { ...(camera === undefined ? {} : { camera }), iso })?.name;
    expect(found('R6', 6400)).toBe('both');
    expect(found('R6', 1600)).toBe('camera');
    expect(found('R6', null)).toBe('camera');
    expect(found('X', 12_800)).toBe('higher');
    expect(found(undefined, 1600)).toBe('iso');
    expect(found('X', 100)).toBeUndefined();
    expect(found(undefined, null)).toBeUndefined();
    expect(usesOf({ camera: 'R6', iso: 800 })).toHaveLength(3);
    expect(usesOf({ iso: null })).toEqual([]);
  });

  it('used for the same take each other’s place', () => {
    const { presets } = start();
    for (const name of ['a', 'b']) presets.save('clean', name, text(120));
    for (const one of ['a', 'b'])
      presets.useFor(
        presets.all.find(({ name }) => name === one)!,
        { iso: 800 },
      );
    expect(presets.all.map(({ use }) => use)).toEqual([undefined, { iso: 800 }]);
    presets.useFor(presets.all[1]!, null);
    expect(presets.all[1]).not.toHaveProperty('use');
  });

  it('are given by themselves when a photo is opened first, said, and not where it has settings', async () => {
    const { presets, session, told, shares } = start();
    presets.save('clean', 'Church', text(130));
    presets.useFor(presets.all[0]!, { camera: 'R6', iso: 800 });
    session.addAdmitted(['R6 1600', 'R6 100', 'R6 3200'].map(admitted));
    cleanDeskOf(session);
    session.select(session.entries[2]!);
    cleanDeskOf(session).edit({ share: 77 });
    await settled();
    for (const entry of session.entries) {
      session.select(entry);
      await settled();
    }
    expect(shares()).toEqual([130, 100, 77]);
    expect(told.at(-1)).toBe(
      'R6 1600: preset “Church” applied, as it is used for R6, ISO 800 and above.',
    );
    // Once: a person who takes it back is not given it again.
    session.select(session.entries[0]!);
    session.desk.reset();
    session.retry(session.entries[0]!);
    await settled();
    expect(shares()[0]).toBe(100);
  });

  it('count in the export of photos that nobody has looked at', async () => {
    const { presets, session, bridge, commands } = start();
    presets.save('clean', 'Church', text(130));
    presets.useFor(presets.all[0]!, { iso: 800 });
    session.addAdmitted(['R6 100', 'R6 1600'].map(admitted));
    const queue = new ExportQueue(bridge);
    const outputs = usualOutputs;
    queue.add(
      session.entries,
      (entry) => session.desk.writing!.plan(entry, { outputs, device: 'auto', seen: null }),
      { met: async (entry) => presets.awaits(entry) && (await session.meet(entry)) },
    );
    for (let wait = 0; wait < 50 && queue.busy; wait++) await settled();
    const written = commands.filter(({ command }) => command === 'denoise');
    expect(
      written.map(({ input }) => [input.source, JSON.stringify(input).includes('130')]),
    ).toEqual([
      ['@R6 100', false],
      ['@R6 1600', true],
    ]);
  });
});

describe('presets as a file', () => {
  const known = ['clean', 'compress'];

  it('go to another machine and come back the same, once', async () => {
    const { presets, kept, told } = start();
    presets.save('clean', 'Concert', text(140));
    presets.useFor(presets.of('clean')[0]!, { camera: 'R6', iso: 6400 });
    const file = presets.asFile;
    const other = start();
    expect(await other.presets.take('mine.json', file, known)).toBe('mine.json: 1 preset added.');
    expect(other.kept.presets).toEqual(kept.presets);
    await other.presets.take('mine.json', file, known);
    expect(other.told.at(-1)).toBe('mine.json: no preset added, 1 there already.');
    expect(other.kept.presets).toHaveLength(1);
    expect(told).toEqual(['Preset “Concert” saved.']);
  });

  it('change nothing that is there: a taken name gets a number, a taken use is left', async () => {
    const { presets } = start();
    presets.save('clean', 'Concert', text(140));
    presets.useFor(presets.of('clean')[0]!, { iso: 800 });
    const other = start();
    other.presets.save('clean', 'concert', text(60));
    other.presets.useFor(other.presets.of('clean')[0]!, { iso: 800 });
    await other.presets.take('mine.json', presets.asFile, known);
    expect(other.presets.of('clean')).toEqual([
      { workspace: 'clean', name: 'concert', settings: text(60), use: { iso: 800 } },
      { workspace: 'clean', name: 'Concert (2)', settings: text(140) },
    ]);
    expect(await start().presets.take('mine.json', presets.asFile, ['compress'])).toMatch(
      /1 left out/,
    );
  });

  it.each([
    ['', 'it is not JSON, or not whole.'],
    ['{"hourglass":"presets","version":1,"presets":[{', 'it is not JSON, or not whole.'],
    ['null', 'it is JSON of something else.'],
    ['{"name":"x"}', 'it is JSON of something else.'],
    ['{"hourglass":"presets","version":9}', 'it is of version 9, which a newer Hourglass has'],
    ['{"hourglass":"presets","version":1}', 'what it has at presets is missing'],
    [
      '{"hourglass":"presets","version":1,"presets":[{"workspace":"clean","name":"","settings":""}]}',
      'what it has at presets.0.name is missing',
    ],
    [' '.repeat(200_001), 'it is far larger than such a file'],
  ])('are refused by name where they are something else: %.40s', async (bad, why) => {
    const { presets, kept } = start();
    await expect(presets.take('bad.json', bad, known)).rejects.toThrow(
      `bad.json was not read as presets: ${why}`,
    );
    expect(kept.presets).toEqual([]);
  });
});
