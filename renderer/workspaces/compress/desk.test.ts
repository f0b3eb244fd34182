import '../../state/test-runes.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HourglassError } from '../../../app/contract/errors.ts';
import { bytesOfSize } from '../../../app/contract/sizes.ts';
import type { DocumentInfo, HostBridge, ModelInfo } from '../../../app/contract/index.ts';
import { codecChoices } from './codecs.ts';
import {
  compressFromText,
  compressToText,
  defaultCompress,
  type CompressSettings,
} from './settings.ts';
import { againstSource, compressedState, damagedWords, sizeFound } from './words.ts';
import { compressPlan } from './plan.ts';
import { bytes } from '../../state/format.ts';
import { ExportQueue } from '../../state/exports.svelte.ts';
import { usualOutputs } from '../../state/output.ts';
import { Session } from '../../state/session.svelte.ts';
import { cleanLogic } from '../clean/desk.svelte.ts';
import { compressionOf } from './compression.svelte.ts';
import { compressDeskOf, compressLogic } from './desk.svelte.ts';

interface Call {
  readonly command: string;
  readonly input: Record<string, unknown>;
  readonly signal?: AbortSignal | undefined;
}
type Answers = Record<string, (input: Record<string, unknown>) => unknown>;

const info = (given: Partial<DocumentInfo>): Partial<DocumentInfo> => ({
  format: 'png',
  channels: 3,
  hasAlpha: false,
  sampleType: 'uint8',
  content: { family: 'photo', reason: '' },
  width: 100,
  height: 100,
  notices: [],
  ...given,
});

/** Sizes of the engine that the tests play: doubled every twenty steps. */
const size = (quality: number): number => Math.round(1000 * 2 ** (quality / 20));

/** What the engine answers: at a quality, or at the best one within a size. */
function compressed(input: Record<string, unknown>, sizeAt: (quality: number) => number) {
  let quality = Number(input.quality);
  if (input.size !== undefined)
    for (quality = 100; quality > 1 && sizeAt(quality) > Number(input.size);) quality -= 1;
  const bytes = sizeAt(quality);
  if (input.size !== undefined && bytes > Number(input.size))
    throw new HourglassError('size-not-met', `The smallest has ${bytes} bytes.`);
  const sourceBytes = 9000;
  const smallerThanSource = bytes < sourceBytes;
  return { layer: `at-${quality}`, bytes, quality, psnr: 30, sourceBytes, smallerThanSource };
}

const answers: Answers = {
  open: (input) => ({ document: input.document, ...info({}) }),
  compress: (input) => compressed(input, size),
  rateCurve: () => ({
    points: [1, 50, 100].map((quality) => ({ quality, bytes: size(quality) * 1.1, psnr: 30 })),
    sampled: 0.1,
    notices: [],
  }),
  peer: (input) => ({ layer: 'peer', ...input, quality: 30, psnr: 28 }),
};

function setUp(given: Answers = {}) {
  const calls: Call[] = [];
  const table = { ...answers, ...given };
  const bridge: Partial<HostBridge> = {
    info: { kind: 'electron', version: '0', platform: 'linux', exports: 'folder' },
    run: ((command: string, input: Record<string, unknown>, options?: { signal?: AbortSignal }) => {
      calls.push({ command, input, signal: options?.signal });
      return Promise.resolve(input).then(table[command] ?? (() => ({})));
    }) as HostBridge['run'],
  };
  const session = new Session(bridge as HostBridge, { visible: () => null, device: () => 'auto' }, [
    cleanLogic,
    compressLogic,
  ]);
  session.workspace = 'compress';
  const of = (command: string) => calls.filter((call) => call.command === command);
  const add = async (...names: string[]) => {
    session.addAdmitted(names.map((name) => ({ source: `@${name}`, name, bytes: 9000 })));
    await vi.runAllTimersAsync();
    return session.active!;
  };
  return { session, bridge: bridge as HostBridge, calls, of, add };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('CompressDesk', () => {
  it('makes the picture first, then the curve, and measures no noise', async () => {
    const { session, calls, add } = setUp();
    const entry = await add('a.png');
    expect(calls.map(({ command }) => command)).toEqual(['open', 'compress', 'rateCurve']);
    expect(compressionOf(entry).result.shown?.layer).toMatchObject({
      id: 'at-60',
      kind: { whole: 'Compressed' },
      facts: bytes(size(60)),
    });
    expect(compressedState(entry).text).toBe('Compressed; on its way to the screen…');
    const { layer } = compressionOf(entry).result.shown!;
    session.onScreen = { document: entry.id, layer, base: null, whole: true };
    expect(compressedState(entry).text).toContain('Final at quality 60');
    expect(session.desk.stripState(entry).text).toBe('8\u00a0kB');
    expect(compressionOf(entry).sizeAt(60)).toEqual({ bytes: size(60), exact: true });
    expect(compressionOf(entry).sizeAt(50)?.exact).toBe(false);
    expect(compressionOf(entry).sizeAt(50)?.bytes).toBeCloseTo(size(50) * 1.1);
  });

  it('makes one picture of many quick changes, and the curve only once', async () => {
    const { session, of, add } = setUp();
    await add('a.png');
    for (const quality of [50, 40, 30]) compressDeskOf(session).edit({ quality }, 'drag');
    await vi.runAllTimersAsync();
    expect(of('compress').map(({ input }) => input.quality)).toEqual([60, 30]);
    expect(of('rateCurve')).toHaveLength(1);
    session.undo();
    await vi.runAllTimersAsync();
    expect(of('compress').at(-1)?.input.quality).toBe(60);
    compressDeskOf(session).edit({ clean: 'auto' });
    expect(compressionOf(session.active!).points).toEqual([]);
    await vi.runAllTimersAsync();
    expect(of('rateCurve').map(({ input }) => input.clean)).toEqual(['off', 'auto']);
  });

  it('cancels what is stale and keeps the picture before under its own label', async () => {
    let stay = true;
    const { session, of, add } = setUp({
      compress: (input) =>
        input.quality === 20 && stay ? new Promise(() => undefined) : answers.compress!(input),
    });
    const entry = await add('a.png');
    compressDeskOf(session).edit({ quality: 20 });
    await vi.runAllTimersAsync();
    expect(compressedState(entry).text).toContain('Showing quality 60 while 20 is made');
    stay = false;
    compressDeskOf(session).edit({ quality: 25 });
    await vi.runAllTimersAsync();
    expect(of('compress')[1]?.signal?.aborted).toBe(true);
    expect(compressionOf(entry).result.shown?.settings.quality).toBe(25);
  });

  it('finds the best quality within a size, without a step of undo for each try', async () => {
    const { session, of, add } = setUp();
    const entry = await add('a.png');
    compressDeskOf(session).edit({ size: 4200 });
    await vi.runAllTimersAsync();
    const { settings } = compressionOf(entry);
    expect(size(settings.quality)).toBeLessThanOrEqual(4200);
    expect(size(settings.quality + 1)).toBeGreaterThan(4200);
    expect(of('compress').map(({ input }) => input.size)).toEqual([undefined, 4200]);
    expect(sizeFound(compressionOf(entry))).toMatchObject({ sign: 'done' });
    compressDeskOf(session).edit({ size: 10 });
    await vi.runAllTimersAsync();
    // Never a done: what the smallest is, is said by the engine.
    expect(sizeFound(compressionOf(entry))).toBeNull();
    expect(compressionOf(entry).result).toMatchObject({
      status: 'failed',
      error: { code: 'size-not-met' },
    });
    session.undo();
    session.undo();
    expect(compressionOf(entry).settings).toMatchObject({ size: null, quality: 60 });
  });

  it('calls no quality the best that fits while a better one does', async () => {
    // One step of quality is 1.2 % of the size: several lie close below what is asked for.
    const close = (quality: number): number => Math.round(50_000 * 2 ** (quality / 60));
    const { session, add } = setUp({ compress: (input) => compressed(input, close) });
    const entry = await add('a.png');
    for (const limit of [97_000, 100_000, 110_000]) {
      compressDeskOf(session).edit({ size: limit });
      await vi.runAllTimersAsync();
      const { quality } = compressionOf(entry).settings;
      expect(sizeFound(compressionOf(entry))?.text).toBe(
        `Quality ${quality} is the best that fits.`,
      );
      expect([close(quality) <= limit, close(quality + 1) > limit]).toEqual([true, true]);
    }
  });

  it('compares with another format at the size of the result, and follows it', async () => {
    const { session, of, add } = setUp();
    const entry = await add('a.png');
    compressDeskOf(session).compareWith('webp');
    await vi.runAllTimersAsync();
    expect(of('peer').map(({ input }) => [input.format, input.bytes])).toEqual([
      ['webp', size(60)],
    ]);
    expect(compressDeskOf(session).baseOf(entry)).toMatchObject({
      ...{ id: 'peer', kind: { whole: 'WebP' }, facts: bytes(size(60)) },
    });
    compressDeskOf(session).edit({ quality: 40 });
    await vi.runAllTimersAsync();
    expect(of('peer').at(-1)?.input.bytes).toBe(size(40));
    compressDeskOf(session).compareWith('avif');
    expect(compressDeskOf(session).baseOf(entry)).toBeNull();
    await vi.runAllTimersAsync();
    expect(compressDeskOf(session).baseOf(entry)).toMatchObject({ kind: { id: 'avif' } });
    // What was made stays on the chart.
    expect(compressionOf(entry).peers.map((peer) => [peer.format, peer.bytes])).toEqual([
      ['webp', size(40)],
      ['avif', size(40)],
    ]);
    compressDeskOf(session).compareWith(null);
    expect(compressDeskOf(session).baseOf(entry)).toBeNull();
  });

  it('leaves a scan alone until its loss is allowed', async () => {
    const { session, of, add } = setUp({
      open: (input) => ({
        document: input.document,
        ...info({
          ...{ channels: 1, sampleType: 'uint16', content: { family: 'scan', reason: '' } },
        }),
      }),
    });
    const entry = await add('slice.tif');
    expect(of('compress')).toEqual([]);
    expect(compressedState(entry)).toMatchObject({ sign: 'warning' });
    compressDeskOf(session).edit({ scans: true });
    await vi.runAllTimersAsync();
    expect(of('compress')[0]?.input.scans).toBe(true);
    expect(compressToText(compressionOf(entry).settings)).not.toContain('scans');
  });

  it('a curve without points is an answer, and is not asked for again', async () => {
    const { of, add } = setUp({
      rateCurve: (input) => ({ ...(answers.rateCurve!(input) as object), points: [] }),
    });
    const entry = await add('a.png');
    expect(of('rateCurve')).toHaveLength(1);
    expect(compressionOf(entry).result.status).toBe('final');
  });

  it('keeps a failure of the curve beside the chart and tries it again', async () => {
    let broken = true;
    const { session, add } = setUp({
      rateCurve: () => {
        if (broken) throw new HourglassError('out-of-memory', 'It did not fit.');
        return answers.rateCurve!({});
      },
    });
    const entry = await add('a.png');
    expect(compressionOf(entry).curve.error?.message).toBe('It did not fit.');
    expect(compressionOf(entry).result.status).toBe('final');
    broken = false;
    compressDeskOf(session).retry(entry);
    await vi.runAllTimersAsync();
    expect(compressionOf(entry).points).toHaveLength(3);
  });

  it('goes to Compress with a latent file, and asks it what it is instead of compressing it', async () => {
    const tiles = [
      { column: 0, row: 0, state: 'intact', bytes: 9, previewBytes: 1 },
      { column: 1, row: 0, state: 'preview', bytes: 9, previewBytes: 1 },
    ] as const;
    const { session, of, calls, add } = setUp({
      open: (input) => ({ document: input.document, ...info({ format: 'hgl' }) }),
      info: () => ({ tiles, ok: false }),
    });
    session.workspace = 'clean';
    const entry = await add('a.hgl');
    expect(session.workspace).toBe('compress');
    expect(calls.map(({ command }) => command)).toEqual(['open', 'info']);
    expect(of('info')[0]?.input).toEqual({ source: '@a.hgl' });
    expect(damagedWords(compressionOf(entry).damaged, { tiles: [...tiles] })).toBe(
      '1 of 2 tiles is damaged: column 2, row 1 (coarse).',
    );
    expect(session.desk.stripState(entry)).toEqual({ sign: 'warning', text: 'Damaged' });
  });

  it('says honestly that a file is larger than its source, and what would be smaller', async () => {
    const { session, add } = setUp();
    const entry = await add('a.png');
    compressDeskOf(session).edit({ quality: 90 });
    await vi.runAllTimersAsync();
    const facts = compressionOf(entry).result.shown!.facts!;
    const against = againstSource(facts, compressionOf(entry))!;
    expect(against.text).toBe('Larger than the source, which has 9\u00a0kB.');
    expect(against.level).toBe('warning');
    expect(size(against.smallerAt!) * 1.1).toBeLessThan(9000);
    expect(size(against.smallerAt! + 1) * 1.1).toBeGreaterThanOrEqual(9000);
  });

  it('says that as a fact while nothing was chosen, and warns of what was', async () => {
    const { session, add } = setUp({
      compress: (input) => compressed(input, (quality) => 2 * size(quality)),
    });
    const entry = await add('a.jpg');
    const level = () => {
      const { result } = compressionOf(entry);
      return againstSource(result.shown!.facts!, compressionOf(entry))?.level;
    };
    expect(level()).toBe('info');
    compressDeskOf(session).edit({ quality: 59 });
    await vi.runAllTimersAsync();
    expect(level()).toBe('warning');
    compressDeskOf(session).reset();
    await vi.runAllTimersAsync();
    expect(level()).toBe('info');
  });

  it('leaves its work when the other workspace is entered, and takes it up again', async () => {
    const { session, of, add } = setUp({ compress: () => new Promise(() => undefined) });
    const entry = await add('a.png');
    expect(compressionOf(entry).result.status).toBe('running');
    session.enter('clean');
    expect(of('compress')[0]?.signal?.aborted).toBe(true);
    expect(compressionOf(entry).result.status).toBe('idle');
    session.enter('compress');
    await vi.runAllTimersAsync();
    expect(of('compress')).toHaveLength(2);
  });
});

describe('exports of the Compress workspace', () => {
  const written = { output: '/o', width: 1, height: 1, bytes: 1, notices: [] };

  it('encodes pictures with their own settings and decodes latent files', async () => {
    const { session, bridge, of, add } = setUp({ encode: () => written, decode: () => written });
    await add('a.png', 'b.png', 'c.hgl');
    compressionOf(session.entries[1]!).put({ size: 5000, clean: 80 });
    const queue = new ExportQueue(bridge);
    queue.add(session.entries, compressPlan(usualOutputs.latent, usualOutputs.decoded, 'auto'));
    await vi.runAllTimersAsync();
    expect(of('encode').map(({ input }) => input)).toMatchObject([
      { source: '@a.png', quality: 60, clean: 'off', out: '{dir}/{name}.{ext}' },
      { source: '@b.png', size: '5000', clean: 80 },
    ]);
    expect(of('encode')[1]?.input).not.toHaveProperty('quality');
    expect(of('decode').map(({ input }) => input)).toMatchObject([
      { source: '@c.hgl', format: 'png', out: '{dir}/{name}-decoded.{ext}' },
    ]);
    expect(session.entries.map((entry) => session.desk.stripState(entry).text)).toEqual([
      'Exported',
      'Exported',
      'Exported',
    ]);
    session.workspace = 'clean';
    expect(session.desk.stripState(session.entries[0]!).text).toBe('');
    session.workspace = 'compress';
    compressionOf(session.entries[0]!).put({ quality: 61 });
    expect(session.desk.stripState(session.entries[0]!).text).toBe('Changed since');
  });

  it('compresses by the network that is chosen, on the screen, for the curve and to the file', async () => {
    const { session, bridge, of, add } = setUp({ encode: () => written });
    const entry = await add('a.png');
    expect(of('compress')[0]?.input).not.toHaveProperty('model');
    compressDeskOf(session).useModel(entry, 'latent-mine');
    await vi.runAllTimersAsync();
    expect(of('compress')[1]?.input.model).toBe('latent-mine');
    expect(of('rateCurve').at(-1)?.input.model).toBe('latent-mine');
    const export_ = (format: 'keep' | 'jpeg') =>
      new ExportQueue(bridge).add(
        [entry],
        compressPlan({ ...usualOutputs.latent, format }, usualOutputs.decoded, 'auto'),
      );
    export_('keep');
    export_('jpeg');
    await vi.runAllTimersAsync();
    expect(of('encode').map(({ input }) => input.model)).toEqual(['latent-mine', undefined]);
    expect(compressDeskOf(session).settingsWords(entry)).toMatch(/, network “latent-mine”$/);
    expect(compressDeskOf(session).resultWords(entry)).toMatch(/, latent-mine$/);
    compressDeskOf(session).modelGone('latent-other');
    expect(compressionOf(entry).settings.model).toBe('latent-mine');
    compressDeskOf(session).modelGone('latent-mine');
    await vi.runAllTimersAsync();
    expect(of('compress').at(-1)?.input).not.toHaveProperty('model');
    expect(compressDeskOf(session).settingsWords(entry)).toBe('quality 60');
    expect(codecChoices({ models: null }, 'auto')).toHaveLength(1);
    const own = { id: 'latent-mine', title: 'Mine', task: 'latent', origin: 'user' } as ModelInfo;
    expect(codecChoices({ models: [own] }, 'latent-mine')[1]).toEqual({
      ...{ value: 'latent-mine', label: 'Mine' },
    });
    expect(codecChoices({ models: [] }, 'latent-mine')[1]!.label).toMatch(/no longer there/);
  });

  it('writes the quality that was found on the screen', async () => {
    const { session, bridge, of, add } = setUp({ encode: () => written });
    const entry = await add('a.png');
    compressDeskOf(session).edit({ size: 4200 });
    await vi.runAllTimersAsync();
    new ExportQueue(bridge).add(
      [entry],
      compressPlan(usualOutputs.latent, usualOutputs.decoded, 'auto'),
    );
    await vi.runAllTimersAsync();
    expect(of('encode')[0]?.input.quality).toBe(compressionOf(entry).settings.quality);
    expect(of('encode')[0]?.input).not.toHaveProperty('size');
  });
});

describe('compress settings', () => {
  it('are taken from the clipboard only when they are whole', () => {
    const settings: CompressSettings = {
      ...defaultCompress,
      ...{ quality: 42, size: 500_000, clean: 'auto', scans: true },
    };
    expect(compressFromText(compressToText(settings))).toEqual({
      ...{ quality: 42, size: 500_000, clean: 'auto', model: 'auto' },
    });
    expect(compressFromText(compressToText({ ...settings, model: 'latent-mine' }))?.model).toBe(
      'latent-mine',
    );
    expect(compressFromText(compressToText({ ...settings, model: '../elsewhere' }))).toBeNull();
    for (const text of ['', 'hello', '{}', compressToText({ ...settings, quality: 0 })])
      expect(compressFromText(text)).toBeNull();
  });

  it('read a size as people type it', () => {
    expect(bytesOfSize('500 KB')).toBe(500_000);
    // As on the command line.
    expect(bytesOfSize('500')).toBe(500);
    expect(bytesOfSize('1,5 MB')).toBe(1_500_000);
    for (const text of ['', 'large', '-5 KB', '0']) expect(bytesOfSize(text)).toBeNull();
  });
});
