/** Exploring as a page asks for it: a program that compares nothing, and answers what an engine would. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  HourglassError,
  cancelledError,
  type ExploringRequest,
  type HourglassEvent,
  type MapAnswer,
} from '../../../app/contract/index.ts';
import type { RunOptions } from '../../../app/jobs/types.ts';
import { createAdmission } from '../../../app/hosts/shared/admission.ts';
import { createExploring, type ExploringSession } from '../../../app/hosts/shared/exploring.ts';

interface Image {
  readonly path: string;
  readonly files: readonly string[];
  readonly name?: string;
}
interface Input {
  readonly folder: string | null;
  readonly images: readonly Image[];
  readonly queries?: readonly Image[] | null;
  readonly good?: readonly Image[];
  readonly clusters?: number;
  readonly fine?: readonly Image[];
  readonly forget?: readonly string[];
}
type Answers = (
  command: string,
  input: Input,
  tell: (event: object) => void,
  signal: AbortSignal,
) => Promise<object>;

const homes: string[] = [];
const sessions: ExploringSession[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.stop();
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

const base64 = (values: ArrayLike<number>, Kind: typeof Float32Array | typeof Uint8Array): string =>
  Buffer.from(new Kind(values).buffer).toString('base64');

function session(answers: Answers, { dialog = true } = {}) {
  const home = mkdtempSync(join(tmpdir(), 'hourglass-exploring-'));
  homes.push(home);
  const photos = join(home, 'photos');
  mkdirSync(join(photos, 'below'), { recursive: true });
  for (const name of ['a.png', 'b.png', 'below/c.png', 'notes.txt'])
    writeFileSync(join(photos, name), name);
  const heard = new Set<(event: HourglassEvent) => void>();
  const calls: { command: string; input: Input }[] = [];
  /** Paths that were called fine. */
  const fine = new Set<string>();
  const program = {
    listen(listener: (event: HourglassEvent) => void) {
      heard.add(listener);
      return () => heard.delete(listener);
    },
    runUnknown(command: string, given: unknown, { job, signal }: RunOptions = {}) {
      const input = given as Input;
      if (command === 'markFine') {
        for (const path of input.forget ?? []) fine.delete(path);
        for (const { path } of input.fine ?? []) fine.add(path);
        return Promise.resolve({ fine: [...fine] });
      }
      calls.push({ command, input });
      const tell = (event: object): void =>
        heard.forEach((hear) => hear({ ...event, job: job! } as HourglassEvent));
      return answers(command, input, tell, signal!);
    },
  };
  const admission = createAdmission();
  const told: HourglassEvent[] = [];
  const folders = [photos];
  const exploring = createExploring({
    ...{ program, admission },
    networks: () =>
      Promise.resolve([
        { id: 'cells', name: 'Cells', kind: 'linear', rebuilds: true, place: join(home, 'cells') },
      ]),
    chooseFolder: dialog ? () => Promise.resolve(folders[0]!) : null,
    publicText: (text) => text.replaceAll(home, '~'),
  });
  exploring.listen((event) => told.push(event));
  sessions.push(exploring);
  const ask = (request: ExploringRequest) => exploring.ask(request);
  const desk = async () => (await ask({ ask: 'all' }))!;
  const rest = (): Promise<void> =>
    vi.waitFor(async () => expect((await desk()).state.phase).toBe('rest'), { interval: 5 });
  const chosen = async (): Promise<void> => {
    await ask({ ask: 'folder', good: false });
    await rest();
  };
  return { home, photos, exploring, admission, ask, desk, rest, chosen, calls, told, folders };
}

const nothing = { leftOut: [], notices: [] };
const at = (photos: string, name: string): string => join(photos, name);

describe('exploring for a page', () => {
  it('reads a folder: every picture gets an id, and nothing that is told holds a path', async () => {
    const { chosen, desk, photos, admission, told } = session(() => Promise.resolve(nothing));
    await chosen();
    const { state, pictures } = await desk();
    expect(state).toMatchObject({ list: 1, chosen: { from: photos, name: 'photos', count: 3 } });
    expect(pictures.map(({ name, folder }) => [name, folder])).toEqual([
      ['a.png', ''],
      ['b.png', ''],
      ['c.png', 'below'],
    ]);
    expect(pictures.map(({ source }) => admission.pathOf(source))).toEqual(
      ['a.png', 'b.png', 'below/c.png'].map((name) => at(photos, name)),
    );
    expect(told.map(({ type }) => type)).toContain('exploring');
    const shown = { ...state, chosen: { ...state.chosen, from: '' } };
    expect(JSON.stringify([shown, pictures])).not.toContain(photos);
  });

  it('by a network: it is named by its id, and where it lies is the host’s', async () => {
    const { chosen, ask, desk, rest, home, calls, admission } = session((command) =>
      Promise.resolve(
        command === 'findSimilar'
          ? { ...nothing, queries: [{ above: 0, found: [] }], groups: [] }
          : { ...nothing, mode: 'reconstruction', good: 3, promise: {}, edge: 1, images: [] },
      ),
    );
    await chosen();
    const { state, pictures } = await desk();
    expect(state.networks).toEqual([
      { id: 'cells', name: 'Cells', kind: 'linear', rebuilds: true },
    ]);
    const part = { x: 0, y: 0, width: 0.5, height: 0.5 };
    const { source } = pictures[0]!;
    await ask({ ask: 'similar', source, cutoff: 98, by: 'cells', part });
    await rest();
    await ask({ ask: 'unusual', falseAlarms: 5, by: 'cells' });
    await rest();
    expect(calls.map(({ input }) => input)).toMatchObject([
      { by: join(home, 'cells'), part },
      { by: join(home, 'cells') },
    ]);
    expect((await desk()).answers).toMatchObject([
      { question: 'similar', by: 'Cells', isPart: true },
      { question: 'unusual', by: 'Cells' },
    ]);
    expect(admission.pathOf(source)).toContain(home);
    await ask({ ask: 'unusual', falseAlarms: 5, by: 'others' });
    await rest();
    expect((await desk()).state.problem).toMatchObject({ code: 'file-not-found' });
  });

  it('cameras and noise: by places in the list, beside the map', async () => {
    const { chosen, ask, desk, rest, photos, calls } = session((_, { images }) =>
      Promise.resolve({
        facts: [
          { path: images[2]!.path, camera: 'B', noise: 4 },
          { path: images[0]!.path, camera: null, noise: 1 },
        ],
        leftOut: [{ source: images[1]!.path, code: 'not-an-image', reason: 'None.' }],
      }),
    );
    await chosen();
    await ask({ ask: 'facts', noise: true });
    await rest();
    expect((await desk()).answers).toMatchObject([
      {
        ...{ question: 'facts', noise: true, leftOut: [{ name: 'b.png' }] },
        facts: [{ camera: null, noise: 1 }, null, { camera: 'B', noise: 4 }],
      },
    ]);
    expect(calls[0]!.input.images[0]!.path).toBe(at(photos, 'a.png'));
  });

  it('similar: by places in the list, to a file that the page has', async () => {
    const { chosen, ask, desk, rest, photos, home, admission, calls } = session(
      (_, { images, queries }, tell) => {
        tell({
          ...{ type: 'job', command: 'findSimilar', source: null, state: 'running', error: null },
          progress: { done: 2, total: 3, unit: 'files', message: 'b.png' },
        });
        return Promise.resolve({
          notices: [{ level: 'info', text: 'Few.' }],
          leftOut: [
            {
              source: images[1]!.path,
              code: 'not-an-image',
              reason: `${images[1]!.path} is none.`,
            },
          ],
          queries: queries
            ? [
                {
                  above: 5,
                  found: [
                    {
                      path: images[2]!.path,
                      kind: 'same',
                      percentile: 99.9,
                      mirrored: true,
                      cosine: 1,
                    },
                  ],
                },
              ]
            : [],
          groups: queries ? [] : [{ images: [images[2]!.path, images[0]!.path] }],
        });
      },
    );
    await chosen();
    writeFileSync(join(home, 'front.png'), 'front');
    const { source } = await admission.admit(join(home, 'front.png'));
    await ask({ ask: 'similar', source, cutoff: 98 });
    await rest();
    const { answers } = await desk();
    expect(answers).toEqual([
      {
        ...{ question: 'similar', list: 1, above: 5, groups: [] },
        of: { source, name: 'front.png' },
        ...{ by: null, isPart: false },
        found: [{ picture: 2, kind: 'same', percentile: 99.9, mirrored: true }],
        leftOut: [{ name: 'b.png', reason: '~/photos/b.png is none.' }],
        notices: [{ level: 'info', text: 'Few.' }],
      },
    ]);
    expect(calls[0]!.input).toMatchObject({ folder: photos, cutoff: 98, count: 100 });

    await ask({ ask: 'similar', source: null, cutoff: 98 });
    await rest();
    expect((await desk()).answers).toMatchObject([{ of: null, groups: [[2, 0]] }]);
    await expect(ask({ ask: 'similar', source: '@nobody', cutoff: 98 })).resolves.toBeUndefined();
    await rest();
    expect((await desk()).state.problem).toMatchObject({ code: 'not-allowed' });
  });

  it('unusual: by the others, or by a folder of good ones; another choice takes the answer away', async () => {
    const promise = { falseAlarms: 5, checked: 3, flagged: 0, threshold: 1, needed: 19 };
    const { chosen, ask, desk, rest, photos, calls, folders, home } = session(
      (_, { images, good }) =>
        Promise.resolve({
          ...{ ...nothing, mode: 'features', good: good!.length, learnt: 'now', edge: 1 },
          promise: { ...promise, low: null, high: null },
          images: images.map(({ path }) => ({
            ...{ path, verdict: 'usual', score: 0.5, spots: [], mean: 1, top: 1, reached: 2 },
          })),
        }),
    );
    await chosen();
    await ask({ ask: 'unusual', falseAlarms: 5 });
    await rest();
    expect(calls[0]!.input).toMatchObject({ folder: photos, good: [{}, {}, {}] });
    expect(calls[0]!.input.images.map(({ name }) => name)).toEqual([
      ...['a.png', 'b.png', join('below', 'c.png')],
    ]);
    expect((await desk()).answers).toMatchObject([{ question: 'unusual', good: 3 }]);

    mkdirSync(join(home, 'good'));
    writeFileSync(join(home, 'good/g.png'), 'g');
    folders[0] = join(home, 'good');
    await ask({ ask: 'folder', good: true });
    await rest();
    expect(await desk()).toMatchObject({
      answers: [],
      state: { good: { name: 'good', count: 1 }, chosen: { name: 'photos' } },
    });
    await ask({ ask: 'unusual', falseAlarms: 10 });
    await rest();
    expect(calls[1]!.input).toMatchObject({ folder: join(home, 'good'), falseAlarms: 10 });
    await ask({ ask: 'fine', pictures: [1, 2], fine: true });
    expect((await desk()).state.fine).toEqual([1, 2]);
    await ask({ ask: 'fine', pictures: [1], fine: false });
    expect((await desk()).state.fine).toEqual([2]);
    await ask({ ask: 'noGood' });
    expect((await desk()).state.fine).toBeNull();
    await expect(ask({ ask: 'fine', pictures: [1], fine: true })).rejects.toMatchObject({
      code: 'not-allowed',
    });
    expect(await desk()).toMatchObject({ answers: [], state: { good: null } });
  });

  it('a map is told while it is laid out, and finished it names the middles of its clusters', async () => {
    const { chosen, ask, desk, rest, told } = session((_, { images }, tell) => {
      tell({
        ...{ type: 'map-places', layout: 'pca', step: 0, of: 0, clusters: null },
        places: base64([0, 0, 1, 1, 0.5, 0.5], Float32Array),
      });
      return Promise.resolve({
        ...{ ...nothing, layout: 'umap', images: 2, read: 2, gone: 0 },
        points: [0, 2].map((image) => ({
          ...{ path: images[image]!.path, cluster: 1, fromCentre: 0, x: image / 4, y: 0.25 },
        })),
        clusters: [{ cluster: 1, size: 2, centre: images[2]!.path }],
      });
    });
    await chosen();
    await ask({ ask: 'map', clusters: null });
    await rest();
    const [map] = (await desk()).answers as [MapAnswer];
    expect(map).toMatchObject({ layout: 'umap', finished: true, centres: [2] });
    expect(map.places).toBe(base64([0, 0.25, NaN, NaN, 0.5, 0.25], Float32Array));
    expect(map.clusters).toBe(base64([1, 0, 1], Uint8Array));
    expect(told.some((event) => event.type === 'exploring' && event.answer !== null)).toBe(true);
  });

  it('one thing at a time, until it is cancelled; what was answered stays', async () => {
    let count = 0;
    const { chosen, ask, desk, rest } = session((_, __, tell, signal) => {
      if (count++ === 0) return Promise.resolve({ ...nothing, queries: [], groups: [] });
      tell({
        ...{ type: 'map-places', layout: 'pca', step: 0, of: 0, clusters: null },
        places: base64([], Float32Array),
      });
      return new Promise((_, fail) =>
        signal.addEventListener('abort', () => fail(cancelledError())),
      );
    });
    await expect(ask({ ask: 'map', clusters: null })).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await chosen();
    await ask({ ask: 'similar', source: null, cutoff: 99 });
    await rest();
    await ask({ ask: 'map', clusters: 3 });
    await expect(ask({ ask: 'unusual', falseAlarms: 5 })).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await ask({ ask: 'cancel' });
    await rest();
    const { state, answers } = await desk();
    expect(state).toMatchObject({ problem: null, question: 'map' });
    expect(answers.map(({ question }) => question)).toEqual(['similar']);
  });

  it('what goes wrong is said, without private folders', async () => {
    const { chosen, ask, desk, rest, photos } = session(() =>
      Promise.reject(new HourglassError('model-damaged', `In ${photos} is none.`)),
    );
    await chosen();
    await ask({ ask: 'map', clusters: null });
    await rest();
    expect((await desk()).state.problem).toMatchObject({
      ...{ code: 'model-damaged', message: 'In ~/photos is none.' },
    });
  });

  it('without a dialog, photos of the page; nothing of them is remembered', async () => {
    const { ask, desk, rest, admission, photos, calls } = session(
      () => Promise.resolve({ ...nothing, queries: [], groups: [] }),
      { dialog: false },
    );
    await expect(ask({ ask: 'folder', good: false })).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await expect(
      ask({ ask: 'files', good: false, sources: ['/etc/hostname'] }),
    ).rejects.toMatchObject({ code: 'not-allowed' });
    const { source } = await admission.admit(at(photos, 'a.png'));
    await ask({ ask: 'files', good: false, sources: [source] });
    await rest();
    expect((await desk()).state.chosen).toMatchObject({ count: 1, name: '1 photo' });
    await ask({ ask: 'similar', source: null, cutoff: 99 });
    await rest();
    expect(calls[0]!.input).toMatchObject({
      folder: null,
      images: [{ path: at(photos, 'a.png') }],
    });
  });

  it('nothing else is understood', async () => {
    const { exploring } = session(() => Promise.resolve(nothing));
    for (const request of [null, { ask: 'similar', path: '/etc' }, { ask: 'files', sources: [] }])
      await expect(exploring.ask(request)).rejects.toMatchObject({ code: 'invalid-parameter' });
  });
});
