import './test-runes.ts';
import { describe, expect, it, vi } from 'vitest';
import { HourglassError } from '../../app/contract/errors.ts';
import type { HostBridge } from '../../app/contract/index.ts';
import { Workbench } from './workbench.svelte.ts';
import { isEnabled, perform } from './actions.ts';
import { cleaningOf } from '../workspaces/clean/cleaning.svelte.ts';
import { cleanDeskOf, cleanLogic } from '../workspaces/clean/desk.svelte.ts';
import { compressDeskOf, compressLogic } from '../workspaces/compress/desk.svelte.ts';

type Run = (command: string, input: Record<string, unknown>) => unknown;
const reading = { sigma: 9, perChannel: [9], words: '', suggestedStrength: 100, suggestedSigma: 9 };
const space = (text: string | undefined): string => (text ?? '').replaceAll('\u00a0', ' ');

/** An engine whose layers are called by the settings that made them. */
const answers: Run = (command, input) => {
  if (command === 'open') {
    const content = { family: 'photo', reason: '' };
    const info = { format: 'png', sampleType: 'uint8', content };
    return { document: input.document, name: String(input.source), ...info };
  }
  if (command === 'measure') return reading;
  if (command === 'rateCurve')
    return { points: [{ quality: 60, bytes: 9, psnr: 30 }], sampled: 1, notices: [] };
  if (command === 'preview') {
    const { share = 100 } = input.settings as { share?: number };
    return { layer: `share-${share}`, model: { id: 'photo' }, structure: { index: 0, words: '' } };
  }
  if (command === 'compress')
    return { layer: `q-${String(input.quality)}`, quality: input.quality, bytes: 12_000 };
  if (command === 'models') return { models: [{ id: 'photo', title: 'Photo' }], problems: [] };
  return {};
};

async function benchWith(run: Run = answers) {
  const asked = vi.fn(run);
  const bridge = {
    info: { kind: 'electron', version: '0', platform: 'linux', exports: 'folder' },
    run: async (command: string, input: Record<string, unknown>) => asked(command, input),
    savePreferences: () => Promise.resolve(),
  } as unknown as HostBridge;
  const bench = new Workbench(bridge, [cleanLogic, compressLogic]);
  await bench.catalogue.loadModels();
  const { session } = bench;
  session.addAdmitted([
    { source: '@a', name: 'a', bytes: 1 },
    { source: '@b', name: 'b', bytes: 1 },
  ]);
  const final = () => vi.waitFor(() => expect(session.work!.picture.status).toBe('final'));
  await final();
  const shown = () => session.desk.layersOf(session.active!, bench.mode);
  return { bench, session, asked, final, shown };
}

describe('A kept result', () => {
  it('stands beside the next one, each with what made it, until it is let go', async () => {
    const { bench, session, final, shown } = await benchWith();
    expect(shown()).toMatchObject({ layer: { id: 'share-100' }, base: null });
    bench.mode = 'residual';
    perform(bench, 'keep-result');
    expect([bench.mode, bench.told]).toEqual([
      'split',
      'Result kept (100 %, Photo). Change something: the new result stands beside it.',
    ]);
    cleanDeskOf(session).edit({ share: 60, detail: 20 });
    await final();
    const { base, layer } = shown();
    expect([base!.id, base!.kind.whole, space(base!.facts)]).toEqual([
      ...['share-100', 'Kept', '100 %, Photo'],
    ]);
    expect([layer!.id, space(layer!.facts)]).toEqual(['share-60', '60 %, detail 20 %, Photo']);

    bench.useKept();
    await final();
    expect(cleaningOf(session.active!).settings).toMatchObject({ share: 100, detail: 0 });
    bench.undo();
    expect(cleaningOf(session.active!).settings).toMatchObject({ share: 60, detail: 20 });

    perform(bench, 'keep-result');
    expect(shown().base).toBeNull();
    expect(shown().layer!.facts).toBeUndefined();
  });

  it('belongs to its photo, and is nothing to keep before there is a result', async () => {
    const { bench, session, shown } = await benchWith();
    perform(bench, 'keep-result');
    session.step(1);
    expect(isEnabled(bench, 'keep-result')).toBe(false);
    await vi.waitFor(() => expect(isEnabled(bench, 'keep-result')).toBe(true));
    expect(shown().base).toBeNull();
    session.step(-1);
    await vi.waitFor(() => expect(shown().base?.id).toBe('share-100'));
  });

  it('is made again with its own settings where it had to leave the memory', async () => {
    const { bench, session, asked, final, shown } = await benchWith();
    bench.toggleKept();
    cleanDeskOf(session).edit({ share: 60 });
    await final();
    const { kept } = cleaningOf(session.active!);
    const before = kept.layer!;
    const gone = { type: 'layer-gone', layer: 'share-100', reason: 'memory' } as const;
    session.onEvent({ ...gone, document: session.active!.id });
    expect([kept.lost, shown().base]).toEqual([true, null]);
    asked.mockClear();
    await kept.restore();
    expect(asked.mock.calls.map(([command]) => command)).toEqual(['preview']);
    expect(shown().base).toMatchObject({ id: 'share-100', facts: before.facts });
    // Tiles of the one that is gone are not taken for its own.
    expect(shown().base!.epoch).not.toBe(before.epoch);
    expect(cleaningOf(session.active!).settings.share).toBe(60);
  });

  it('that can not be made again says why, and is not tried without end', async () => {
    let full = false;
    const { bench, session } = await benchWith((command, input) => {
      if (full && command === 'preview') throw new HourglassError('out-of-memory', 'Full.');
      return answers(command, input);
    });
    bench.toggleKept();
    const { kept } = cleaningOf(session.active!);
    kept.lose();
    full = true;
    await kept.restore();
    expect([kept.again.status, kept.again.error?.message, kept.lost]).toEqual([
      ...['failed', 'Full.', false],
    ]);
    full = false;
    await kept.restore();
    expect(kept.layer?.id).toBe('share-100');
  });

  it('during which the engine dies is not tried again by itself: it may be what it died of', async () => {
    let dies: (() => void) | null = null;
    const { bench, session } = await benchWith((command, input) => {
      if (dies && command === 'preview') {
        dies();
        throw new HourglassError('engine-died', 'The engine ended.');
      }
      return answers(command, input);
    });
    bench.toggleKept();
    const { kept } = cleaningOf(session.active!);
    kept.lose();
    dies = () => session.onEvent({ type: 'engine', state: 'died' } as never);
    await kept.restore();
    expect([kept.again.status, kept.lost]).toEqual(['failed', false]);
    // Told once more, after the failure.
    session.onEvent({ type: 'engine', state: 'died' } as never);
    expect(kept.lost).toBe(false);
  });

  it('takes the place of another format in Compress, and gives it back', async () => {
    const { bench, session, final, shown } = await benchWith();
    session.enter('compress');
    await final();
    bench.toggleKept();
    compressDeskOf(session).edit({ quality: 30 });
    await final();
    expect([space(shown().base?.facts), space(shown().layer?.facts)]).toEqual([
      ...['12 kB, quality 60', '12 kB, quality 30'],
    ]);
    compressDeskOf(session).compareWith(null);
    expect(shown().base).toBeNull();
    compressDeskOf(session).compareWith('kept');
    expect(shown().base?.id).toBe('q-60');
  });
});
