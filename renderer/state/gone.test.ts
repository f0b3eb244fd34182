/** What the page does when the engine lets go of layers or documents that it shows. */
import './test-runes.ts';
import { ownTime } from './test-time.ts';
import { describe, expect, it, vi } from 'vitest';
import { HourglassError } from '../../app/contract/errors.ts';
import type { HostBridge, HourglassEvent } from '../../app/contract/index.ts';
import { Session } from './session.svelte.ts';
import { cleaningOf } from '../workspaces/clean/cleaning.svelte.ts';
import { cleanLogic } from '../workspaces/clean/desk.svelte.ts';
import { compressionOf } from '../workspaces/compress/compression.svelte.ts';
import { compressDeskOf, compressLogic } from '../workspaces/compress/desk.svelte.ts';

type Input = Record<string, unknown>;
type Answers = Record<string, (input: Input) => unknown>;

const pass = ownTime();
const settled = (after = 30) => pass(after);

const answers: Answers = {
  open: (input) => ({
    document: input.document,
    name: 'a.jpg',
    format: 'jpeg',
    sampleType: 'uint8',
    content: { family: 'photo', reason: '' },
  }),
  measure: () => ({
    ...{ sigma: 9, perChannel: [9], words: '', suggestedStrength: 90, suggestedSigma: 8 },
  }),
  preview: () => ({ layer: 'clean-1' }),
  noiseMap: () => ({ layer: 'noise-map' }),
  compress: ({ quality }) => ({ layer: `at-${String(quality)}`, bytes: 900, quality }),
  rateCurve: () => ({ points: [{ quality: 50, bytes: 900, psnr: 30 }], sampled: 1, notices: [] }),
  peer: ({ format }) => ({ layer: `peer-${String(format)}`, format, quality: 30, bytes: 900 }),
  lease: () => ({ missing: [] }),
};

async function setUp(workspace = 'clean', given: Answers = {}) {
  const calls: { command: string; input: Input }[] = [];
  const table = { ...answers, ...given };
  const bridge: Partial<HostBridge> = {
    info: { kind: 'electron', version: '0', platform: 'linux', exports: 'folder' },
    page: 'p',
    run: (async (command: string, input: Input) => {
      calls.push({ command, input });
      return table[command]?.(input) ?? {};
    }) as HostBridge['run'],
  };
  const session = new Session(bridge as HostBridge, { visible: () => null, device: () => 'auto' }, [
    cleanLogic,
    compressLogic,
  ]);
  session.workspace = workspace;
  session.addAdmitted([
    { source: '@a', name: 'a.jpg', bytes: 1 },
    { source: '@b', name: 'b.jpg', bytes: 1 },
  ]);
  await settled();
  const entry = session.active!;
  const times = (command: string) => calls.filter((call) => call.command === command).length;
  const gone = (layer: string, document: string = entry.id): Promise<unknown> => {
    session.onEvent({ type: 'layer-gone', document, layer, reason: 'memory' });
    return settled();
  };
  return { session, entry, calls, times, gone };
}

describe('a layer that is gone', () => {
  it('and that stands on the screen is made again by itself', async () => {
    const { entry, times, gone } = await setUp();
    expect(cleaningOf(entry).preview.status).toBe('final');
    await gone('clean-2');
    await gone('clean-1', 'another document');
    expect(times('preview')).toBe(1);
    const { epoch } = cleaningOf(entry).preview.shown!.layer;
    await gone('clean-1');
    expect(times('preview')).toBe(2);
    expect(cleaningOf(entry).preview.status).toBe('final');
    expect(cleaningOf(entry).preview.shown!.layer.epoch).not.toBe(epoch);
  });

  it('of a file or a workspace that nobody looks at is made when it comes back', async () => {
    const { session, entry, times, gone } = await setUp();
    session.step(1);
    await settled();
    expect(times('preview')).toBe(2);
    await gone('clean-1', entry.id);
    expect([times('preview'), cleaningOf(entry).preview.status]).toEqual([2, 'idle']);
    session.step(-1);
    await settled();
    expect(times('preview')).toBe(3);
    session.enter('compress');
    await settled();
    await gone('clean-1', entry.id);
    expect(times('preview')).toBe(3);
    session.enter('clean');
    await settled();
    expect([times('preview'), cleaningOf(entry).preview.status]).toEqual([4, 'final']);
  });

  it('was left by a person: it is not begun again', async () => {
    const { session, entry, times, gone } = await setUp('clean', {
      preview: () => {
        throw new HourglassError('device-failed', 'The device failed.');
      },
    });
    expect(cleaningOf(entry).preview.status).toBe('failed');
    await gone('clean-1');
    expect([times('preview'), cleaningOf(entry).preview.status]).toEqual([1, 'failed']);
    session.retry(entry);
  });

  it('another format is made again, and the compressed picture is not', async () => {
    const { session, entry, times, gone } = await setUp('compress');
    compressDeskOf(session).compareWith('jpeg');
    await settled();
    const before = compressDeskOf(session).baseOf(entry)!;
    expect([times('compress'), times('peer')]).toEqual([1, 1]);
    await gone('peer-jpeg');
    expect([times('compress'), times('peer')]).toEqual([1, 2]);
    expect(compressDeskOf(session).baseOf(entry)!.epoch).not.toBe(before.epoch);
    await gone('at-60');
    expect([times('compress'), times('peer')]).toEqual([2, 2]);
    expect(compressionOf(entry).result.status).toBe('final');
  });

  it('a noise map is made again while it is wanted', async () => {
    const { entry, times, gone } = await setUp();
    cleaningOf(entry).noiseMap.show(entry.id);
    await settled();
    const { epoch } = cleaningOf(entry).noiseMap.layer!;
    await gone('noise-map');
    expect(times('noiseMap')).toBe(2);
    expect(cleaningOf(entry).noiseMap.layer?.epoch).not.toBe(epoch);
    cleaningOf(entry).noiseMap.hide();
    await gone('noise-map');
    expect(times('noiseMap')).toBe(2);
  });

  it('is heard of from the answer to a lease too: an event may be lost', async () => {
    const missing: string[] = [];
    const { session, entry, times } = await setUp('clean', {
      lease: () => ({ missing: missing.splice(0) }),
    });
    session.shows({ entry, layers: ['clean-1'] });
    await settled();
    missing.push('clean-1');
    session.resync();
    await settled();
    expect(times('preview')).toBe(2);
  });

  it('with all others when the engine is renewed', async () => {
    const { session, entry, times } = await setUp();
    session.onEvent({ type: 'engine', state: 'recycled', detail: '' });
    await settled();
    expect([times('preview'), cleaningOf(entry).preview.status]).toEqual([2, 'final']);
  });
});

describe('a document that is gone', () => {
  const changed: Omit<Extract<HourglassEvent, { type: 'document-gone' }>, 'document'> = {
    type: 'document-gone',
    error: {
      code: 'document-not-open',
      message: 'a.jpg was changed on the disk after it was opened.',
      hint: 'Open it again.',
    },
  };

  it('is said in words, and opened and measured anew when a person wants it', async () => {
    const { session, entry, times } = await setUp();
    session.onEvent({ ...changed, document: entry.id });
    await settled();
    expect(entry.error).toEqual(changed.error);
    expect([entry.open, cleaningOf(entry).reading, cleaningOf(entry).preview.shown]).toEqual([
      false,
      null,
      null,
    ]);
    expect([times('open'), times('preview')]).toEqual([1, 1]);
    session.retry(entry);
    await settled();
    expect([times('open'), times('measure'), times('preview')]).toEqual([2, 2, 2]);
    expect([entry.error, cleaningOf(entry).preview.status]).toEqual([null, 'final']);
  });

  it('forgets the sizes of the file that it was', async () => {
    const { session, entry } = await setUp('compress');
    expect(compressionOf(entry).knownSizes.size).toBe(1);
    session.onEvent({ ...changed, document: entry.id });
    expect([compressionOf(entry).knownSizes.size, compressionOf(entry).points]).toEqual([0, []]);
  });

  it('what does not fit into memory is said where the picture is', async () => {
    const full = new HourglassError('out-of-memory', 'What is shown of a.jpg needs 900 MB.');
    const refuse = vi.fn(() => {
      throw full;
    });
    const { session, entry, times } = await setUp('clean', { lease: refuse });
    session.shows({ entry, layers: ['clean-1'] });
    await settled();
    expect(cleaningOf(entry).preview.error).toMatchObject({
      code: 'out-of-memory',
      message: full.message,
    });
    session.onEvent({ type: 'layer-gone', document: entry.id, layer: 'clean-1', reason: 'memory' });
    await settled();
    expect([times('preview'), refuse.mock.calls.length]).toEqual([1, 1]);
  });
});
