/** Pages of a TIFF of several on the page of the window: each is a document of its own, and an export is of what is seen. */
import './test-runes.ts';
import { describe, expect, it, vi } from 'vitest';
import { cancelledError, HourglassError } from '../../app/contract/errors.ts';
import type { HostBridge } from '../../app/contract/index.ts';
import { countedAs } from './counted.ts';
import { cleaningOf } from '../workspaces/clean/cleaning.svelte.ts';
import { cleanLogic } from '../workspaces/clean/desk.svelte.ts';
import { cleanPlan } from '../workspaces/clean/plan.ts';
import { compressPlan } from '../workspaces/compress/plan.ts';
import { compressLogic } from '../workspaces/compress/desk.svelte.ts';
import { usualOutputs } from './output.ts';
import { Session } from './session.svelte.ts';

type Input = Record<string, unknown>;

/** In a time of the test's own, where it has one. */
const settled = (after = 30): Promise<unknown> =>
  vi.isFakeTimers()
    ? vi.advanceTimersByTimeAsync(after)
    : new Promise((resolve) => setTimeout(resolve, after));

async function setUp({ count = 3, slow = false, family = 'photo' } = {}) {
  const calls: { command: string; input: Input }[] = [];
  const answers: Record<string, (input: Input) => unknown> = {
    open: ({ document, page = 1 }) => ({
      ...{ document, name: 'a.tif', format: 'tiff', sampleType: 'uint8' },
      content: { family, reason: '' },
      ...(count > 1 ? { pages: { page, count } } : {}),
    }),
    measure: ({ document }) => ({
      ...{ sigma: 9, perChannel: [9], words: String(document), suggestedStrength: 90 },
      suggestedSigma: 8,
    }),
    preview: () => ({ layer: 'clean-1', model: { id: 'denoise-photo-fast' } }),
    lease: () => ({ missing: [] }),
  };
  const jobs: (string | undefined)[] = [];
  const bridge: Partial<HostBridge> = {
    info: { kind: 'electron', version: '0', platform: 'linux', exports: 'folder' },
    page: 'p',
    run: (async (
      command: string,
      input: Input,
      options: { job?: string; signal?: AbortSignal } = {},
    ) => {
      calls.push({ command, input });
      if (command === 'open') jobs.push(options.job);
      if (slow && command === 'open') await settled(40);
      if (options.signal?.aborted) throw cancelledError();
      return answers[command]?.(input) ?? {};
    }) as HostBridge['run'],
  };
  const session = new Session(bridge as HostBridge, { visible: () => null, device: () => 'auto' }, [
    cleanLogic,
    compressLogic,
  ]);
  session.addAdmitted([{ source: '@a', name: 'a.tif', bytes: 1 }]);
  await settled(slow ? 80 : 30);
  const of = (command: string) => calls.filter((call) => call.command === command);
  const entry = session.active!;
  /** The viewer tells what it has drawn. */
  const see = (document = entry.id): void => {
    session.onScreen = { document, layer: null, base: null, whole: true };
  };
  return { session, entry, of, answers, jobs, see };
}

describe('a series whose first slices are cut', () => {
  const damaged = (): never => {
    throw new HourglassError('damaged-image', 'It is cut short.');
  };

  it('is seen from its first whole one on, and goes back to the others', async () => {
    const { session, answers } = await setUp();
    const open = answers.open!;
    answers.open = (input) => (Number(input.page ?? 1) < 3 ? damaged() : open(input));
    session.addAdmitted([{ source: '@s', name: 's.dcm', bytes: 1, files: 3 }]);
    const entry = session.entries.at(-1)!;
    session.select(entry);
    await settled();
    expect([entry.page, entry.open, entry.error]).toEqual([3, true, null]);
    expect(session.pages).toMatchObject({ page: 3, count: 3 });
    session.turnPage(-1);
    await settled();
    expect([entry.page, entry.open]).toEqual([2, false]);
    expect(entry.error?.message).toBe('It is cut short.');
  });

  it('is damaged where none is whole', async () => {
    const { session, answers } = await setUp();
    answers.open = damaged;
    session.addAdmitted([{ source: '@s', name: 's.dcm', bytes: 1, files: 3 }]);
    const entry = session.entries.at(-1)!;
    session.select(entry);
    await settled();
    expect([entry.page, entry.open, entry.error?.code]).toEqual([1, false, 'damaged-image']);
  });
});

describe('the name of a result', () => {
  it('says which page it is where one of several is written, as the host does', async () => {
    const { session, entry } = await setUp();
    const png = { ...usualOutputs.output, format: 'png' } as const;
    const cleaned = (output: typeof usualOutputs.output): string =>
      cleanPlan(output, 'auto')(entry).name(1, 1);
    const small = (): string =>
      compressPlan(usualOutputs.latent, usualOutputs.decoded, 'auto')(entry).name(1, 1);
    expect([cleaned(png), small()]).toEqual(['a-page-1-clean.png', 'a.hgl']);
    session.turnPage(1);
    await settled(260);
    expect([cleaned(png), small()]).toEqual(['a-page-2-clean.png', 'a-page-2.hgl']);
    // All of them in one file.
    expect(cleaned(usualOutputs.output)).toBe('a-clean.tif');
  });

  it('says nothing where there is one', async () => {
    const { entry } = await setUp({ count: 1 });
    expect(cleanPlan(usualOutputs.output, 'auto')(entry).name(1, 1)).toBe('a-clean.tif');
  });
});

describe('turning pages', () => {
  it('opens each as another document, and measures and cleans it anew', async ({
    onTestFinished,
  }) => {
    // What is not yet there after a moment is there after another, however busy the machine is.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { session, entry, of } = await setUp();
    const first = entry.id;
    expect(session.pages).toEqual({ of: 'file', page: 1, count: 3 });
    session.turnPage(1);
    await settled();
    // It is looked at before work on it begins: whoever goes through many waits for none.
    expect(entry.open).toBe(true);
    expect(cleaningOf(entry).reading).toBeNull();
    await settled(260);
    expect(entry.id).not.toBe(first);
    expect(of('close').map(({ input }) => input.document)).toEqual([first]);
    expect(of('open')[1]!.input).toMatchObject({ source: '@a', document: entry.id, page: 2 });
    expect(cleaningOf(entry).reading?.words).toBe(entry.id);
    expect(of('preview').at(-1)!.input.document).toBe(entry.id);
    expect(session.pages).toEqual({ of: 'file', page: 2, count: 3 });
    expect(session.entries).toHaveLength(1);
  });

  it('stops at the ends, and is nothing where there is one page', async () => {
    const { session, entry } = await setUp();
    expect([session.canTurn(-1), session.canTurn(1)]).toEqual([false, true]);
    session.turnPage(-1);
    expect(entry.page).toBe(1);
    for (let turn = 0; turn < 5; turn++) session.turnPage(1);
    await expect.poll(() => entry.page).toBe(3);
    expect(session.canTurn(1)).toBe(false);
    const one = await setUp({ count: 1 });
    expect(one.session.pages).toBeNull();
    expect(one.session.canTurn(1)).toBe(false);
  });

  it('a page that was turned over while it was opened is closed, and is no error', async () => {
    const { session, entry, of } = await setUp({ slow: true });
    session.turnPage(1);
    await settled(5);
    const second = entry.id;
    session.turnPage(1);
    await expect.poll(() => entry.info?.document, { timeout: 10_000 }).toBe(entry.id);
    expect(entry.error).toBeNull();
    const closed = () => of('close').map(({ input }) => input.document);
    await expect.poll(closed).toContain(second);
    expect(closed()).not.toContain(entry.id);
  });

  it('closes the page that was left when the viewer waits for no tile of it any more', async () => {
    const { session, entry, of } = await setUp();
    const first = entry.id;
    session.turnPage(1);
    await settled();
    expect(entry.open).toBe(true);
    expect(of('close')).toEqual([]);
    await expect.poll(() => of('close').map(({ input }) => input.document)).toEqual([first]);
  });

  it('goes on when a page was seen, or might have been: each is shown', async () => {
    const { session, entry, see } = await setUp({ count: 9 });
    session.turnPage(1);
    await settled();
    session.turnPage(1);
    expect([entry.open, entry.page, session.turning]).toEqual([true, 2, true]);
    see('another');
    expect(entry.page).toBe(2);
    see();
    expect([entry.page, entry.next]).toEqual([3, null]);
    // Nobody tells that it is on a screen.
    session.turnPage(1);
    await expect.poll(() => entry.page).toBe(4);
    await expect.poll(() => session.turning).toBe(false);
  });

  it('shows what it passes where pages are turned faster than they are opened, and ends at the last one', async () => {
    const { session, entry, of } = await setUp({ slow: true, count: 9 });
    session.turnPage(1);
    await settled(10);
    for (let turn = 0; turn < 5; turn++) session.turnPage(1);
    // What is asked for is said at once.
    expect([session.pages!.page, entry.page]).toEqual([7, 2]);
    await expect.poll(() => entry.open && entry.page, { timeout: 10_000 }).toBe(7);
    expect(of('open').map(({ input }) => input.page ?? 1)).toEqual([1, 2, 7]);
    expect(entry.next).toBeNull();
  });
});

describe('slices that are scrolled through', () => {
  it('are opened before they are turned to, one at a time, in the direction of the last turn', async () => {
    const { session, entry, of, see } = await setUp({ count: 9, family: 'scan' });
    const pages = () => of('open').map(({ input }) => input.page ?? 1);
    expect(session.pageAhead).toBeNull();
    session.turnPage(1);
    await settled();
    expect(pages()).toEqual([1, 2, 3]);
    const ahead = session.pageAhead!.document;
    expect(ahead.pages!.page).toBe(3);
    see();
    session.turnPage(1);
    // There at once, and the next one is on its way.
    expect([entry.page, entry.open, entry.id, entry.info]).toEqual([
      3,
      true,
      ahead.document,
      ahead,
    ]);
    await settled();
    expect(pages()).toEqual([1, 2, 3, 4]);
    see();
    // The other way round: what nobody turned to is closed.
    const unwanted = session.pageAhead!.document.document;
    session.turnPage(-1);
    await settled();
    expect(pages()).toEqual([1, 2, 3, 4, 2, 1]);
    // A moment later: the viewer may be fetching tiles of it.
    const closed = () => of('close').map(({ input }) => input.document);
    expect(closed()).not.toContain(unwanted);
    await expect.poll(closed).toContain(unwanted);
  });

  it('that are on their way when they are turned to are not opened twice', async () => {
    const { session, entry, of, see } = await setUp({ count: 9, family: 'scan', slow: true });
    session.turnPage(1);
    await expect.poll(() => of('open').length).toBe(3);
    see();
    session.turnPage(1);
    expect([entry.page, entry.open, entry.arrival]).toEqual([3, false, 'opening']);
    await expect.poll(() => entry.open).toBe(true);
    expect([entry.info!.document, entry.info!.pages!.page]).toEqual([entry.id, 3]);
    expect(
      of('open')
        .map(({ input }) => input.page ?? 1)
        .slice(0, 3),
    ).toEqual([1, 2, 3]);
    expect(of('close').map(({ input }) => input.document)).not.toContain(entry.id);
  });

  it('are given up with their file, and are opened when they are turned to where that failed before', async () => {
    const { session, entry, of, see, answers } = await setUp({ count: 9, family: 'scan' });
    const open = answers.open!;
    answers.open = (input) => {
      if (input.page === 3) throw new HourglassError('damaged-image', 'It is broken.');
      return open(input);
    };
    session.turnPage(1);
    await settled();
    expect([session.pageAhead, entry.error]).toEqual([null, null]);
    see();
    session.turnPage(1);
    await expect.poll(() => entry.error?.message).toBe('It is broken.');
    answers.open = open;
    session.retry(entry);
    await expect.poll(() => entry.open).toBe(true);
    see();
    session.turnPage(1);
    await settled();
    const ahead = session.pageAhead!.document.document;
    session.remove([entry]);
    expect(session.pageAhead).toBeNull();
    await expect.poll(() => of('close').map(({ input }) => input.document)).toContain(ahead);
  });
});

describe('what is exported', () => {
  it('all pages of a TIFF, or the one that is seen; of other formats that one', async () => {
    const { session, entry } = await setUp();
    session.turnPage(1);
    await settled();
    const { output, latent } = usualOutputs;
    const page = (format: 'keep' | 'jpeg') =>
      cleanPlan({ ...output, format }, 'auto')(entry).input.page;
    expect([page('keep'), page('jpeg')]).toEqual(['all', 2]);
    entry.allPages = false;
    expect([page('keep'), page('jpeg')]).toEqual([2, 2]);
    expect(compressPlan(latent, output, 'auto')(entry).input.page).toBe(2);
  });

  it('what was exported of another page is not called exported', async () => {
    const { session, entry } = await setUp();
    const done = {
      output: '',
      outputs: [''],
      name: 'a',
      bytes: 1,
      settings: '',
      notices: [],
      fates: [],
    };
    cleaningOf(entry).exported = { kind: 'done', ...done };
    session.turnPage(1);
    expect(cleaningOf(entry).exported).toEqual({ kind: 'none' });
  });
});

describe('planes of a volume', () => {
  it('are documents of their own; an export is of slices, and another workspace gets the last one', async () => {
    const { session, entry, of } = await setUp();
    session.turnPage(1);
    await settled();
    session.showPlane('coronal', 7);
    await settled(250);
    expect(of('open').at(-1)!.input).toMatchObject({
      plane: 'coronal',
      page: 7,
      document: entry.id,
    });
    expect(session.pages).toMatchObject({ of: 'file', page: 7 });
    entry.allPages = false;
    const plan = cleanPlan(usualOutputs.output, 'auto')(entry);
    expect(plan.input.page).toBe(2);
    expect(plan.input).not.toHaveProperty('plane');
    session.enter('compress');
    await settled(250);
    expect([entry.plane, entry.page]).toEqual([null, 2]);
    expect(of('open').at(-1)!.input).not.toHaveProperty('plane');
  });

  it('say how many slices were read, and are given up for the slices as they were taken', async () => {
    const { session, entry, jobs, of } = await setUp({ slow: true });
    session.turnPage(1);
    await settled(100);
    session.showPlane('coronal', 2);
    await settled(10);
    expect(session.readsVolume).toBe(false);
    const about = { command: 'open', source: '@a', state: 'running', error: null } as const;
    const progress = { done: 40, total: 500, unit: 'steps', message: '' } as const;
    session.onEvent({ type: 'job', job: 'another', ...about, progress });
    expect(entry.opening!.progress).toBeNull();
    session.onEvent({ type: 'job', job: jobs.at(-1)!, ...about, progress });
    expect(entry.opening!.progress).toEqual({ done: 40, total: 500 });
    expect(session.readsVolume).toBe(true);
    const { id } = entry;
    session.stopReadingVolume();
    await expect.poll(() => entry.open).toBe(true);
    expect([entry.plane, entry.page, entry.opening]).toEqual([null, 2, null]);
    expect(entry.planeProblem).toContain('Stopped');
    expect(of('close').map(({ input }) => input.document)).toContain(id);
    expect(session.readsVolume).toBe(false);
  });

  it('that can not be cut leave the slices where they are, and say why', async () => {
    const { session, entry, answers } = await setUp();
    const open = answers.open!;
    answers.open = (input) => {
      if (input.plane) throw new HourglassError('out-of-memory', 'It is too large.');
      return open(input);
    };
    session.turnPage(2);
    await settled();
    session.showPlane('axial', 1);
    await settled(250);
    expect(entry.planeProblem).toBe('It is too large.');
    expect(entry.slice).toBe(3);
    expect([entry.plane, entry.page, entry.error, entry.open]).toEqual([null, 3, null, true]);
  });
});

it('pages are slices of a volume, frames of what was filmed, or pages of a file', async () => {
  const { session } = await setUp();
  const entry = session.active!;
  const of = (change: object): string => {
    entry.info = { ...entry.info!, ...change } as never;
    return entry.of;
  };
  expect(entry.of).toBe('file');
  expect(of({ format: 'dicom' })).toBe('frames');
  expect(of({ volume: { size: [1, 1, 3], times: 1 } })).toBe('volume');
  expect(of({ format: 'nifti', volume: undefined })).toBe('volume');
});

it('are counted as what they are, before they were opened by their names', async () => {
  const { session } = await setUp();
  const [photo] = session.entries;
  session.addAdmitted([{ source: '@b', name: 'b.dcm', bytes: 1 }]);
  const [, scan] = session.entries;
  expect(countedAs([photo!])).toBe('photos');
  expect(countedAs([scan!])).toBe('scans');
  expect(countedAs(session.entries)).toBe('mixed');
  expect(countedAs([])).toBe('photos');
});
