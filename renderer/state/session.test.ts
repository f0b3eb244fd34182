import './test-runes.ts';
import { ownTime } from './test-time.ts';
import { describe, expect, it, vi } from 'vitest';
import { cancelledError, HourglassError } from '../../app/contract/errors.ts';
import type { HostBridge, HourglassEvent } from '../../app/contract/index.ts';
import type { FileEntry } from './entry.svelte.ts';
import { cleanPlan } from '../workspaces/clean/plan.ts';
import { settingsToText } from '../workspaces/clean/settings.ts';
import { ExportQueue } from './exports.svelte.ts';
import { usualOutputs } from './output.ts';
import { PreferenceStore } from './preferences.svelte.ts';
import { Session } from './session.svelte.ts';
import { cleaningOf } from '../workspaces/clean/cleaning.svelte.ts';
import { cleanedKind } from '../workspaces/clean/layers.ts';
import { cleanDeskOf, cleanLogic } from '../workspaces/clean/desk.svelte.ts';
import { compressLogic } from '../workspaces/compress/desk.svelte.ts';

const info = { kind: 'electron', version: '0', platform: 'linux', exports: 'folder' } as const;
type Run = (command: string, input: Record<string, unknown>) => unknown;

/** A bridge whose commands are answered by the test; the rest is not reached. */
function bridgeWith(run: Run): HostBridge {
  const partial: Partial<HostBridge> = {
    info,
    run: (async (command: string, input: Record<string, unknown>) =>
      run(command, input)) as HostBridge['run'],
    reveal: () => Promise.resolve(),
  };
  return partial as HostBridge;
}

const admitted = (name: string) => ({ source: `@${name}`, name, bytes: 1 });
const pass = ownTime();
const settled = () => pass(5);
const died: HourglassEvent = { type: 'engine', state: 'died', detail: '' };

/** Answers of an engine that measures no noise, so that no preview starts. */
const quiet: Run = (command, input) => {
  if (command === 'open') return { document: input.document, name: String(input.source) };
  if (command === 'measure')
    return { sigma: 0, perChannel: [0], words: '', suggestedStrength: 0, suggestedSigma: 0 };
  return {};
};

/** Answers of an engine that finds noise and cleans at once. */
const noisy: Run = (command, input) => {
  if (command === 'measure')
    return { sigma: 9, perChannel: [9], words: '', suggestedStrength: 100, suggestedSigma: 9 };
  if (command === 'preview') return { layer: `cleaned-${String(input.document)}`, sigma: 9 };
  return quiet(command, input);
};

const sessionWith = (run: Run): Session =>
  new Session(bridgeWith(run), { visible: () => null, device: () => 'auto' }, [
    cleanLogic,
    compressLogic,
  ]);

describe('Session', () => {
  it('brings the first file up and says when there is nothing to clean', async () => {
    const session = sessionWith(quiet);
    session.addAdmitted([admitted('a'), admitted('b')]);
    await settled();
    expect(session.active?.name).toBe('a');
    expect(cleaningOf(session.active!).preview.status).toBe('nothing');
    expect(session.entries[1]?.arrival).toBe('waiting');
  });

  it('keeps a bounded number of documents open', async () => {
    const run = vi.fn(quiet);
    const session = sessionWith(run);
    session.addAdmitted(['a', 'b', 'c', 'd', 'e'].map(admitted));
    await settled();
    for (let step = 0; step < 4; step++) {
      session.step(1);
      await settled();
    }
    expect(session.entries.filter((entry) => entry.open).map(({ name }) => name)).toEqual([
      'b',
      'c',
      'd',
      'e',
    ]);
    expect(run.mock.calls.filter(([command]) => command === 'close')).toHaveLength(1);
  });

  it('makes neighbours ready while it is idle, and asks nothing again when one comes to the front', async () => {
    const run = vi.fn(noisy);
    const session = sessionWith(run);
    session.addAdmitted(['a', 'b', 'c', 'd', 'e'].map(admitted));
    await settled();
    const [, b, c] = session.entries;
    await vi.waitFor(() => {
      session.prepareAhead(true);
      expect(cleaningOf(b!).preview.status).toBe('final');
      expect(cleaningOf(c!).preview.status).toBe('final');
    });
    expect(session.entries.map(({ open }) => open)).toEqual([true, true, true, false, false]);
    run.mockClear();
    session.step(1);
    await settled();
    expect(cleaningOf(session.active!).preview.status).toBe('final');
    expect(run.mock.calls.map(([command]) => command)).toEqual([]);
  });

  it('ends what it makes ready as soon as there is something else to do, unless that has come to the front', async () => {
    const stopped: string[] = [];
    const bridge = bridgeWith(noisy);
    bridge.run = (async (
      command: string,
      input: Record<string, unknown>,
      options: { signal?: AbortSignal },
    ) => {
      if (command !== 'preview' || input.document === first) return noisy(command, input);
      return new Promise((_, reject) =>
        options.signal!.addEventListener('abort', () => {
          stopped.push(String(input.document));
          reject(cancelledError());
        }),
      );
    }) as HostBridge['run'];
    const session = new Session(bridge, { visible: () => null, device: () => 'auto' }, [
      cleanLogic,
      compressLogic,
    ]);
    let first = '';
    session.addAdmitted(['a', 'b', 'c'].map(admitted));
    first = session.active!.id;
    await settled();
    session.prepareAhead(true);
    await settled();
    const b = session.entries[1]!;
    const running = () => expect(cleaningOf(b).preview.status).toBe('running');
    await vi.waitFor(running);
    session.prepareAhead(false);
    await vi.waitFor(() => expect(stopped).toEqual([b.id]));
    expect(cleaningOf(b).preview.status).toBe('idle');

    session.prepareAhead(true);
    await vi.waitFor(running);
    session.step(1);
    session.prepareAhead(false);
    await settled();
    expect(stopped).toEqual([b.id]);
    expect(cleaningOf(b).preview.status).toBe('running');
  });

  it('tells of a neighbour that can not be opened before anybody comes to it', async () => {
    const session = sessionWith((command, input) => {
      if (command === 'open' && input.source === '@b')
        throw new HourglassError('damaged-image', 'b is damaged.');
      return quiet(command, input);
    });
    session.addAdmitted(['a', 'b', 'c'].map(admitted));
    await settled();
    session.prepareAhead(true);
    // The one after it has its turn too.
    await vi.waitFor(() => expect(session.entries[2]!.open).toBe(true));
    expect(session.entries.map(({ error }) => error?.code)).toEqual([
      undefined,
      'damaged-image',
      undefined,
    ]);
  });

  it('keeps an error beside its file and opens it again on retry', async () => {
    let broken = true;
    const session = sessionWith((command, input) => {
      if (command === 'open' && broken) throw new HourglassError('damaged-image', 'a is damaged.');
      return quiet(command, input);
    });
    session.addAdmitted([admitted('a')]);
    await settled();
    const entry = session.active!;
    expect(entry.error).toMatchObject({ code: 'damaged-image' });
    broken = false;
    session.retry(entry);
    await settled();
    expect(entry.error).toBeNull();
    expect(entry.open).toBe(true);
  });

  it('opens the file in front again when the engine died over something else', async () => {
    const run = vi.fn(quiet);
    const session = sessionWith(run);
    session.addAdmitted([admitted('a')]);
    await settled();
    session.onEvent(died);
    expect(session.active?.open).toBe(false);
    await settled();
    expect(session.active?.open).toBe(true);
    expect(run.mock.calls.filter(([command]) => command === 'open')).toHaveLength(2);
  });

  it('does not open for ever when opening is what ends the engine', async () => {
    const run = vi.fn<Run>((command, input) => {
      if (command !== 'measure') return quiet(command, input);
      session.onEvent(died);
      throw new HourglassError('engine-died', 'The engine ended over a.');
    });
    const session = sessionWith(run);
    session.addAdmitted([admitted('a')]);
    await settled();
    expect(session.active?.error).toMatchObject({ code: 'engine-died' });
    expect(run.mock.calls.length).toBeLessThan(8);
  });

  it('pastes settings as one undoable change per file', async () => {
    const session = sessionWith(quiet);
    session.addAdmitted([admitted('a'), admitted('b')]);
    await settled();
    cleanDeskOf(session).edit({ detail: 30 });
    cleanDeskOf(session).give(cleaningOf(session.active!).settings, session.entries);
    expect(session.entries.map((entry) => cleaningOf(entry).settings.detail)).toEqual([30, 30]);
    session.step(1);
    session.undo();
    expect(session.entries.map((entry) => cleaningOf(entry).settings.detail)).toEqual([30, 0]);
  });

  it('edits all selected photos as one step, and undo goes to the photos it belongs to', async () => {
    const session = sessionWith(quiet);
    session.addAdmitted(['a', 'b', 'c', 'd'].map(admitted));
    const detail = () => session.entries.map((entry) => cleaningOf(entry).settings.detail);
    session.select(session.entries[1]!);
    session.select(session.entries[2]!, 'toggle');
    for (const value of [10, 20, 30]) cleanDeskOf(session).edit({ detail: value }, 'detail');
    expect(detail()).toEqual([0, 30, 30, 0]);
    session.select(session.entries[3]!);
    cleanDeskOf(session).edit({ detail: 5 });
    session.enter('compress');
    session.select(session.entries[0]!);
    expect(session.undo()).toMatchObject({ what: 'Detail' });
    expect([session.active?.name, session.workspace]).toEqual(['d', 'clean']);
    session.undo();
    expect(detail()).toEqual([0, 0, 0, 0]);
    expect(session.selection.map(({ name }) => name)).toEqual(['b', 'c']);
    session.redo();
    expect(detail()).toEqual([0, 30, 30, 0]);
  });

  it('brings removed photos back where they were, with their settings and a new arrival', async () => {
    const run = vi.fn(quiet);
    const release = vi.fn(async () => undefined);
    const admit = vi.fn(async ([file]: readonly File[]) => [admitted(`again-${file!.name}`)]);
    const session = new Session(
      { ...bridgeWith(run), release, admit } as HostBridge,
      { visible: () => null, device: () => 'auto' },
      [cleanLogic, compressLogic],
    );
    session.addAdmitted(['a', 'b'].map(admitted));
    session.addAdmitted([admitted('c')], [new File(['x'], 'c')]);
    await settled();
    session.selectAll();
    cleanDeskOf(session).edit({ detail: 40 });
    const [a, , c] = session.entries;
    session.remove([c!, a!], 'removed');
    await settled();
    expect(session.entries.map(({ name }) => name)).toEqual(['b']);
    expect(session.undo()?.what).toBe('removed');
    await settled();
    expect(session.entries.map(({ name, source }) => [name, source])).toEqual([
      ['a', '@a'],
      ['b', '@b'],
      ['c', '@again-c'],
    ]);
    expect(session.entries.map((entry) => cleaningOf(entry).settings.detail)).toEqual([40, 40, 40]);
    expect(session.active?.open).toBe(true);
    session.redo();
    expect(session.entries.map(({ name }) => name)).toEqual(['b']);
    session.undo();
    session.undo();
    expect(session.entries.map((entry) => cleaningOf(entry).settings.detail)).toEqual([0, 0, 0]);
  });

  it('keeps more detail: half of it back, all of it, then less strength, each a step', async () => {
    const session = sessionWith(quiet);
    session.addAdmitted([admitted('a')]);
    await settled();
    const { settings } = cleaningOf(session.active!);
    const seen = [0, 1, 2, 3].map(() => {
      cleanDeskOf(session).keepMoreDetail();
      const { detail, share } = cleaningOf(session.active!).settings;
      return [detail, share];
    });
    expect(seen).toEqual([
      [50, 100],
      [100, 100],
      [100, 75],
      [100, 50],
    ]);
    for (let step = 0; step < 4; step++) session.undo();
    expect(cleaningOf(session.active!).settings).toEqual(settings);
  });

  it('goes to a neighbour when the file in front is removed', async () => {
    const session = sessionWith(quiet);
    session.addAdmitted(['a', 'b', 'c'].map(admitted));
    session.step(1);
    session.remove([session.active!]);
    expect(session.active?.name).toBe('c');
    session.remove(session.entries);
    expect(session.active).toBeNull();
  });
});

describe('a file that leaves the strip', () => {
  it('is given back to the host, unless another entry still shows it', async () => {
    const release = vi.fn(async () => undefined);
    const session = new Session(
      { ...bridgeWith(quiet), release },
      { visible: () => null, device: () => 'auto' },
      [cleanLogic, compressLogic],
    );
    session.addAdmitted([admitted('a'), admitted('b'), admitted('b')]);
    const [a, b] = session.entries;
    session.remove([a!, b!]);
    await settled();
    expect(release.mock.calls).toEqual([[[admitted('a').source]]]);
    session.remove(session.entries);
    await settled();
    expect(release.mock.calls).toEqual([[[admitted('a').source]], [[admitted('b').source]]]);
  });
});

describe('a file that is removed while it arrives', () => {
  /** Answers that wait for the test, and the calls with their signals. */
  function held(kind: 'electron' | 'browser') {
    const calls: { command: string; signal?: AbortSignal; answer: (value?: unknown) => void }[] =
      [];
    const call = (command: string, signal?: AbortSignal) =>
      new Promise((resolve, reject) => {
        calls.push({ command, answer: resolve, ...(signal ? { signal } : {}) });
        signal?.addEventListener('abort', () => reject(cancelledError()));
      });
    const bridge: Partial<HostBridge> = {
      info: { ...info, kind },
      run: ((command: string, _input: unknown, options?: { signal?: AbortSignal }) =>
        call(command, options?.signal)) as HostBridge['run'],
      admit: (_items, _onProgress, signal) => call('admit', signal) as Promise<never>,
    };
    const session = new Session(
      bridge as HostBridge,
      {
        visible: () => null,
        device: () => 'auto',
      },
      [cleanLogic, compressLogic],
    );
    const named = (command: string) => calls.filter((one) => one.command === command);
    return { session, calls, named };
  }

  it('is not opened any more, and closed where the engine opened it after all', async () => {
    const { session, named } = held('electron');
    session.addAdmitted([admitted('a')]);
    await settled();
    session.remove(session.entries);
    expect(named('open')[0]?.signal?.aborted).toBe(true);
    await settled();
    expect(named('close')).toHaveLength(1);
  });

  it('is closed also when the word to stop came too late', async () => {
    let opened: () => void = () => undefined;
    const run = vi.fn<Run>((command, input) =>
      command === 'open'
        ? new Promise((resolve) => (opened = () => resolve(quiet(command, input))))
        : quiet(command, input),
    );
    const session = sessionWith(run);
    session.addAdmitted([admitted('a')]);
    await settled();
    const entry = session.active!;
    session.remove([entry]);
    opened();
    await settled();
    expect(run.mock.calls.map(([command]) => command)).toEqual(['open', 'close']);
    expect(entry.open).toBe(false);
  });

  it('is not measured to the end', async () => {
    const { session, named } = held('electron');
    session.addAdmitted([admitted('a')]);
    await settled();
    named('open')[0]!.answer({});
    await settled();
    session.remove(session.entries);
    expect(named('measure')[0]?.signal?.aborted).toBe(true);
    expect(named('close')).toHaveLength(1);
  });

  it('is not uploaded to the end, and the next one is', async () => {
    const { session, named } = held('browser');
    void session.addFiles([new File(['a'], 'a.png'), new File(['b'], 'b.png')]);
    await settled();
    session.remove([session.entries[0]!]);
    expect(named('admit')[0]?.signal?.aborted).toBe(true);
    await settled();
    expect(named('admit')).toHaveLength(2);
    expect(session.entries.map(({ name, error }) => [name, error])).toEqual([['b.png', null]]);
  });

  const namesOf = (session: Session) => session.entries.map(({ name }) => name);

  it('is not there twice when it is dropped again, and comes to the front', async () => {
    const { session } = held('browser');
    await session.addFiles([new File(['a'], 'a.png'), new File(['b'], 'b.png')]);
    session.select(session.entries[1]!);
    await session.addFiles([new File(['a'], 'a.png')]);
    expect(namesOf(session)).toEqual(['a.png', 'b.png']);
    expect(session.active?.name).toBe('a.png');
    await session.addFiles([new File(['c'], 'c.png'), new File(['b'], 'b.png')]);
    expect(namesOf(session)).toEqual(['a.png', 'b.png', 'c.png']);
  });

  it('is another one where only its name is the same: of another folder, or changed', async () => {
    const { session } = held('browser');
    await session.addFiles([new File(['a'], 'a.png'), new File(['b'], 'a.png')]);
    await session.addFiles([new File(['ab'], 'a.png')]);
    const long = (end: string) => new File([new Uint8Array(600_000), end], 'long.png');
    await session.addFiles([long('x'), long('y'), long('x')]);
    expect(namesOf(session)).toEqual(['a.png', 'a.png', 'a.png', 'long.png', 'long.png']);
  });
});

describe('ExportQueue', () => {
  const entriesOf = (names: string[]): readonly FileEntry[] => {
    const session = sessionWith(quiet);
    session.addAdmitted(names.map(admitted));
    return session.entries;
  };
  const written = (input: Record<string, unknown>) => ({
    output: `/out/${String(input.source)}`,
    outputName: 'x.jpg',
    model: { id: 'denoise-photo-fast', version: '1.0.0', precision: 'fp32' },
    width: 1000,
    height: 1000,
    bytes: 10,
    notices: [],
  });

  it('a series is written as a file for each slice, in one run; one that fails is told of the series', async () => {
    const asked: unknown[] = [];
    const runs = new Set<unknown>();
    const queue = new ExportQueue({
      ...bridgeWith(() => undefined),
      run: ((_command: string, input: Record<string, unknown>, options: { run?: string }) => {
        asked.push([input.source, input.page, input.format]);
        runs.add(options.run);
        if (input.page === 2)
          return Promise.reject(new HourglassError('output-exists', 'a2 exists already.'));
        return Promise.resolve(written(input));
      }) as never,
    });
    const session = sessionWith(quiet);
    session.addAdmitted([{ ...admitted('a'), files: 3 }]);
    queue.add(session.entries, cleanPlan(usualOutputs.output, 'auto'));
    expect(queue.run).toMatchObject({ total: 3, done: 0 });
    await settled();
    expect(asked).toEqual([1, 2, 3].map((page) => ['@a', page, 'dicom']));
    expect([...runs]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(queue.summary).toMatchObject({ done: 2, failed: 1 });
    expect(cleaningOf(session.entries[0]!).exported).toMatchObject({
      kind: 'failed',
      error: { message: 'a2 exists already.' },
    });
  });

  it('tells of a series what became of the elements of all its slices together', async () => {
    const names = { path: '(0010,0010)', keyword: 'PatientName', action: 'emptied', count: 1 };
    const age = { path: '(0010,1010)', keyword: 'PatientAge', action: 'removed', count: 1 };
    const queue = new ExportQueue(
      bridgeWith((_command, input) => ({
        ...written(input),
        deidentified: input.page === 2 ? [names, age] : [names],
      })),
    );
    const session = sessionWith(quiet);
    session.addAdmitted([{ ...admitted('a'), files: 3 }]);
    const plan = cleanPlan(usualOutputs.output, 'auto')(session.entries[0]!);
    const fates = () => {
      const { exported } = cleaningOf(session.entries[0]!);
      return exported.kind === 'done' ? exported.fates : [];
    };
    // Exported again it is told of these files, not of those before.
    for (let time = 0; time < 2; time += 1) {
      queue.add(session.entries, () => plan, { overwrite: true });
      await settled();
      expect(fates()).toEqual([[names], [names, age], [names]]);
      // All of its files together, not the last of them.
      const { exported } = cleaningOf(session.entries[0]!);
      expect(exported).toMatchObject({ outputs: { length: 3 }, bytes: 3 * written({}).bytes });
    }
    const plain = new ExportQueue(bridgeWith((_command, input) => written(input)));
    plain.add(session.entries, () => plan, { overwrite: true });
    await settled();
    expect(fates()).toEqual([]);
  });

  it('goes on after a failure and sums up', async () => {
    const queue = new ExportQueue(
      bridgeWith((_command, input) => {
        if (input.source === '@b') throw new HourglassError('output-exists', 'b exists already.');
        return written(input);
      }),
    );
    const entries = entriesOf(['a', 'b', 'c']);
    queue.add(entries, cleanPlan(usualOutputs.output, 'auto'));
    expect(queue.run).toMatchObject({ total: 3, done: 0 });
    await settled();
    expect(entries.map((entry) => cleaningOf(entry).exported.kind)).toEqual([
      'done',
      'failed',
      'done',
    ]);
    expect(queue.summary).toMatchObject({ done: 2, failed: 1, cancelled: 0 });
    expect(queue.busy).toBe(false);
  });

  it('goes on with the run that was cancelled when the same is asked for again, and begins a new one when it is done', async () => {
    const runs: unknown[] = [];
    const files: (string | undefined)[] = [];
    let stopsAt = 2;
    const queue = new ExportQueue({
      ...bridgeWith(() => undefined),
      run: ((_command: string, input: Record<string, unknown>, { run }: { run?: string }) => {
        runs.push(run);
        return Promise.resolve(written(input));
      }) as never,
    });
    const delivery = {
      folder: 'Archive',
      take: (_output: string, name: string, _signal: AbortSignal, of?: string) => {
        files.push(of);
        if (files.length === stopsAt) queue.cancel();
        return Promise.resolve(name);
      },
      end: () => Promise.resolve(),
    };
    const session = sessionWith(quiet);
    session.addAdmitted([{ ...admitted('a'), files: 3 }]);
    const [entry] = session.entries;
    let plan = cleanPlan(usualOutputs.output, 'auto')(entry!);
    const again = async (): Promise<void> => {
      queue.add([entry!], () => plan, { delivery });
      await settled();
    };
    await again();
    expect(queue.summary).toMatchObject({ done: 2, cancelled: 1 });
    stopsAt = 0;
    await again();
    expect(queue.summary).toMatchObject({ done: 3, cancelled: 0 });
    // Each slice is called the same both times.
    expect(files.slice(2, 4)).toEqual(files.slice(0, 2));
    expect(new Set(files).size).toBe(3);
    expect(new Set(runs).size).toBe(1);
    await again();
    expect(new Set(runs).size).toBe(2);
    // Other settings are another run, cancelled or not.
    stopsAt = files.length + 1;
    await again();
    plan = { ...plan, input: { ...plan.input, strength: 33 } };
    await again();
    expect(new Set(runs).size).toBe(4);
  });

  it('hands results over together: what fails does not end the rest, and a cancel gives what is done', async () => {
    const taken: string[] = [];
    let end = 0;
    const delivery = {
      folder: 'Holiday',
      take: (output: string) => {
        if (output === '/out/@b')
          return Promise.reject(new HourglassError('output-not-writable', 'b is too large.'));
        taken.push(output);
        if (output === '/out/@c') queue.cancel();
        return Promise.resolve(`${output}-2`);
      },
      end: () => {
        end += 1;
        return Promise.reject(new HourglassError('internal', 'The host is gone.'));
      },
    };
    const queue = new ExportQueue(bridgeWith((_command, input) => written(input)));
    const entries = entriesOf(['a', 'b', 'c', 'd']);
    queue.add(entries, cleanPlan(usualOutputs.output, 'auto'), { delivery });
    await settled();
    expect(taken).toEqual(['/out/@a', '/out/@c']);
    expect(cleaningOf(entries[0]!).exported).toMatchObject({ kind: 'done', name: '/out/@a-2' });
    expect(end).toBe(1);
    expect(queue.summary).toMatchObject({
      ...{ done: 2, failed: 1, cancelled: 1, into: { folder: 'Holiday' } },
      problem: { message: 'The host is gone.' },
    });
  });

  it('writes with the model that the automatic choice came to on the screen', async () => {
    const asked: unknown[] = [];
    const queue = new ExportQueue(
      bridgeWith((_command, input) => {
        asked.push(input.model);
        return written(input);
      }),
    );
    const entries = entriesOf(['seen', 'unseen']);
    cleaningOf(entries[0]!).preview.shown = {
      layer: { id: 'clean', kind: cleanedKind, version: 1, complete: true },
      settings: cleaningOf(entries[0]!).settings,
      done: 1,
      total: 1,
      facts: {
        layer: 'clean',
        structure: { index: 0, words: '' },
        device: { id: 'cpu', label: 'CPU', fallback: null },
        model: { id: 'denoise-scan-fast', version: '1.0.0', precision: 'fp32' },
        sigma: 1,
        seconds: 1,
        notices: [],
      },
    };
    queue.add(entries, cleanPlan(usualOutputs.output, 'auto'));
    await settled();
    expect(asked).toEqual(['denoise-scan-fast', 'auto']);
  });

  it('writes what was asked for, whatever is changed while it waits', async () => {
    const asked: unknown[] = [];
    const queue = new ExportQueue(
      bridgeWith(async (_command, input) => {
        asked.push(input.strength);
        await settled();
        return written(input);
      }),
    );
    const entries = entriesOf(['a', 'b']);
    queue.add(entries, cleanPlan(usualOutputs.output, 'auto'));
    cleaningOf(entries[1]!).put({ strength: 33 });
    await settled();
    await settled();
    await settled();
    expect(asked).toEqual(['auto', 'auto']);
    const isAsWritten = entries.map((entry) => {
      const { exported, settings } = cleaningOf(entry);
      return exported.kind === 'done' && exported.settings === settingsToText(settings);
    });
    expect(isAsWritten).toEqual([true, false]);
  });

  it('writes what is asked for with other settings while an export is under way; the same is not written twice', async () => {
    const asked: unknown[] = [];
    const queue = new ExportQueue(
      bridgeWith(async (_command, input) => {
        asked.push(input.strength);
        await settled();
        return written(input);
      }),
    );
    const entries = entriesOf(['a']);
    const plan = cleanPlan(usualOutputs.output, 'auto');
    queue.add(entries, plan);
    queue.add(entries, plan);
    cleaningOf(entries[0]!).put({ strength: 33 });
    queue.add(entries, plan);
    queue.add(entries, plan);
    for (let turn = 0; turn < 4; turn++) await settled();
    expect(asked).toEqual(['auto', 33]);
    expect(queue.summary).toMatchObject({ done: 2, failed: 0, cancelled: 0 });
  });

  it('numbers what was asked for at once, as the command line does; later ones for themselves', async () => {
    const asked: unknown[] = [];
    const queue = new ExportQueue(
      bridgeWith((_command, { source, index, inputs, out }) => {
        asked.push([source, index, inputs, out]);
        return written({ source });
      }),
    );
    const entries = entriesOf(['a', 'b', 'c']);
    const named = (name: string) => cleanPlan({ ...usualOutputs.output, name }, 'auto');
    queue.add(entries.slice(0, 2), named('{n}.{ext}'));
    queue.add(entries, named('{n}.{ext}'));
    queue.add(entries.slice(2), named('{name}.png'));
    await settled();
    expect(asked).toEqual([
      ['@a', 1, 2, '{dir}/{n}.{ext}'],
      ['@b', 2, 2, '{dir}/{n}.{ext}'],
      ['@c', 1, 1, '{dir}/{n}.{ext}'],
      ['@c', undefined, undefined, '{dir}/{name}.png'],
    ]);
    expect(queue.summary).toMatchObject({ done: 4, failed: 0, cancelled: 0 });
  });

  it('forgets a file that leaves the strip while it waits', async () => {
    const asked: unknown[] = [];
    const queue = new ExportQueue(
      bridgeWith((_command, input) => {
        asked.push(input.source);
        return written(input);
      }),
    );
    const entries = entriesOf(['a', 'b']);
    queue.add(entries, cleanPlan(usualOutputs.output, 'auto'));
    queue.drop(entries[1]!);
    await settled();
    expect(asked).toEqual(['@a']);
    expect(queue.summary).toMatchObject({ done: 1, failed: 0, cancelled: 0 });
  });

  it('cancels what runs and what waits', async () => {
    const queue = new ExportQueue({
      ...bridgeWith(quiet),
      run: ((_command: string, _input: unknown, options: { signal: AbortSignal }) =>
        new Promise((_resolve, reject) => {
          options.signal.addEventListener('abort', () => reject(cancelledError()));
        })) as HostBridge['run'],
    });
    const entries = entriesOf(['a', 'b']);
    queue.add(entries, cleanPlan(usualOutputs.output, 'auto'));
    await settled();
    queue.cancel();
    await settled();
    expect(entries.map((entry) => cleaningOf(entry).exported.kind)).toEqual([
      'cancelled',
      'cancelled',
    ]);
    expect(queue.summary).toMatchObject({ done: 0, failed: 0, cancelled: 2 });
  });
});

describe('PreferenceStore', () => {
  it('shows panels again that were hidden when it was closed: Export is among them', async () => {
    const saved: unknown[] = [];
    const store = new PreferenceStore({
      loadPreferences: () => Promise.resolve({ panels: { inspector: false, filmstrip: false } }),
      savePreferences: async (preferences) => void saved.push(preferences),
    });
    await store.load();
    expect([store.inspector, store.filmstrip]).toEqual([true, true]);
    store.set({ inspector: false });
    await pass(350);
    expect(saved).toMatchObject([{ panels: { inspectorWidth: store.inspectorWidth } }]);
    expect(JSON.stringify(saved)).not.toContain('"inspector"');
  });

  it('falls back where a file of another version says something unknown', async () => {
    const store = new PreferenceStore({
      loadPreferences: () =>
        Promise.resolve({
          theme: 'light',
          device: 'quantum',
          output: { format: 'jxl', quality: 900, out: '../{name}' },
          panels: { inspectorWidth: 2 },
        }),
      savePreferences: () => Promise.resolve(),
    });
    await store.load();
    expect(store.theme).toBe('light');
    expect(store.device).toBe('auto');
    expect(store.outputs.output).toEqual({ ...usualOutputs.output, quality: 100 });
    expect(store.inspectorWidth).toBe(15);
  });
});
