/** Trainings as a page asks for them: a program that learns nothing, and writes what an engine would. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  cancelledError,
  HourglassError,
  type HourglassEvent,
  type SampleRequest,
  type TrainingDesk,
  type TrainingRequest,
  type TrainingSamples,
} from '../../../app/contract/index.ts';
import { createAdmission } from '../../../app/hosts/shared/admission.ts';
import { createTraining } from '../../../app/hosts/shared/training.ts';
import { withPoint } from '../../../app/hosts/shared/training-record.ts';
import type { RunOptions } from '../../../app/jobs/types.ts';
import { temporaryFolder } from '../jobs/helpers.ts';
import { jpegBytes } from '../web/harness.ts';

interface Input {
  readonly out: string;
  readonly images: readonly { readonly path: string }[];
  readonly resume: boolean;
  readonly [name: string]: unknown;
}
type Learn = (input: Input, tell: (event: object) => void, signal: AbortSignal) => Promise<object>;

const point = (step: number, heldBack: number) => ({
  ...{ type: 'training-curve', step, of: 100, seconds: step / 10, loss: heldBack / 2, heldBack },
  ...{ floor: null, components: 0.01, best: true },
});
const result = { ended: 'steps', quality: [], notices: [], task: 'denoise', codec: null };
const untilCancelled = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(cancelledError())));

const sessions: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((one) => one.stop()));
});

const finishes: Learn = async (input, tell) => {
  tell({
    ...{ type: 'training-images', learnt: 2, heldBack: 1, notices: [] },
    leftOut: [{ source: '/secret/place/x.png', reason: 'It is broken.' }],
  });
  tell(point(50, 0.02));
  for (const name of ['training.bin', 'model.onnx'])
    writeFileSync(join(input.out, name), 'weights');
  return result;
};

function session(
  learn: Learn,
  more: { home?: string; dialog?: boolean; refused?: HourglassError } = {},
) {
  const home = more.home ?? temporaryFolder();
  const photos = join(home, 'My photos');
  mkdirSync(photos, { recursive: true });
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) writeFileSync(join(photos, name), jpegBytes);
  const heard = new Set<(event: HourglassEvent) => void>();
  const calls: { command: string; input: Input }[] = [];
  const taken = new Set<string>();
  const program = {
    listen(listener: (event: HourglassEvent) => void) {
      heard.add(listener);
      return () => heard.delete(listener);
    },
    async runUnknown(command: string, given: unknown, { job, signal }: RunOptions = {}) {
      const input = given as Input;
      calls.push({ command, input });
      if (command === 'addModel') {
        if (more.refused) throw more.refused;
        if (taken.has(String(input.id)))
          throw new HourglassError('invalid-parameter', 'Taken.', { details: { name: 'id' } });
        taken.add(String(input.id));
        return { model: { id: input.id, title: input.title } };
      }
      if (command === 'removeModel') return taken.delete(String(input.id));
      if (command === 'compareTrainings')
        return { sameHeldBack: true, sameError: true, trainings: [] };
      if (command === 'copyTraining')
        return {
          ...{ kind: 'linear', settings: { width: 4 }, steps: 40, best: 20, seconds: 2 },
          ...{
            quality: [],
            limits: ['Weak.'],
            ended: true,
            curve: [{ step: 20, loss: 0.2, heldBack: 0.25 }],
          },
        };
      if (command === 'steer') return { found: true };
      if (command === 'sample') {
        const { file } = input as unknown as { file: { path: string } | null };
        if (file) writeFileSync(file.path, 'png');
        const nearest = [{ path: '/secret/a.jpg', distance: 3, square: 'AA==' }];
        return {
          side: 1,
          tones: 1,
          squares: ['AA=='],
          nearest,
          typical: 4,
          file: file?.path ?? null,
        };
      }
      const tell = (event: object): void =>
        heard.forEach((hear) => hear({ ...event, job: job! } as HourglassEvent));
      return learn(input, tell, signal!);
    },
  };
  const admission = createAdmission();
  const told: HourglassEvent[] = [];
  const folder = join(home, 'trainings');
  const training = createTraining({
    ...{ program, admission, folder, reveal: null },
    chooseFolder: more.dialog === false ? null : () => Promise.resolve(photos),
  });
  training.listen((event) => told.push(event));
  sessions.push(training);
  const ask = (request: TrainingRequest) => training.ask(request);
  const state = async () => ((await ask({ ask: 'all' })) as TrainingDesk).state;
  const until = (phase: string): Promise<void> =>
    vi.waitFor(async () => expect((await state()).phase).toBe(phase), {
      interval: 5,
      timeout: 20_000,
    });
  const chosen = async (): Promise<void> => {
    await ask({ ask: 'folder' });
    await until('rest');
  };
  const start = (settings: object = { kind: 'denoising' }, name = 'My photos') =>
    ask({ ask: 'start', name, settings: { ...settings } });
  return {
    home,
    photos,
    folder,
    training,
    admission,
    ask,
    state,
    until,
    chosen,
    start,
    calls,
    told,
  };
}

describe('a training for a page', () => {
  it('is laid beside another one, exported, and one of elsewhere is taken over', async () => {
    const { chosen, start, until, state, calls, folder, photos, ask } = session(finishes);
    await chosen();
    for (const name of ['One', 'Two']) {
      await start({ kind: 'denoising' }, name);
      await until('rest');
    }
    calls.length = 0;
    await ask({ ask: 'compare', training: 'one' });
    expect((await state()).beside).toMatchObject({ id: 'one', name: 'One', sameHeldBack: true });
    await ask({ ask: 'export', training: 'one' });
    await ask({ ask: 'import' });
    expect(calls).toMatchObject([
      { input: { folder: join(folder, 'two'), other: join(folder, 'one') } },
      { input: { folder: join(folder, 'one'), out: join(photos, 'one') } },
      { input: { folder: photos, out: join(folder, 'my-photos') } },
    ]);
    const { trainings, current, curve, beside } = await state();
    expect([current, beside]).toEqual(['my-photos', null]);
    expect(curve.points).toHaveLength(1);
    expect(trainings.find(({ id }) => id === 'my-photos')).toMatchObject({
      ...{ name: 'My photos', kind: 'linear', state: 'done', error: 0.25 },
      notices: [{ level: 'warning', text: 'Weak.' }],
    });
    await ask({ ask: 'show', training: 'one' });
    await ask({ ask: 'compare', training: 'two' });
    await ask({ ask: 'compare', training: null });
    expect((await state()).beside).toBeNull();
  });

  it('goes from a folder to a network that is offered, and lies where the host says', async () => {
    const { chosen, start, until, state, calls, folder, photos, told } = session(finishes);
    await chosen();
    expect((await state()).chosen).toEqual({ from: photos, name: 'My photos', count: 3 });
    // What a page says of places counts for nothing.
    await start({ kind: 'denoising', minutes: 2, out: '/etc', images: [], resume: true });
    await until('rest');
    const [learnt, added] = calls;
    expect(learnt).toMatchObject({
      command: 'learn',
      input: { kind: 'denoising', minutes: 2, out: join(folder, 'my-photos'), resume: false },
    });
    expect(learnt!.input.images.map(({ path }) => path)).toEqual(
      ['a.jpg', 'b.jpg', 'c.jpg'].map((name) => join(photos, name)),
    );
    expect(added!.input).toMatchObject({ id: 'denoise-myphotos', title: 'My photos' });
    const { trainings, current, curve, images } = await state();
    expect(current).toBe('my-photos');
    expect(curve).toMatchObject({ best: 50, components: 0.01 });
    expect(images?.leftOut).toEqual([{ name: 'x.png', reason: 'It is broken.' }]);
    expect(trainings).toMatchObject([
      {
        ...{ name: 'My photos', kind: 'denoising', state: 'done', error: 0.02, problem: null },
        network: { id: 'denoise-myphotos', title: 'My photos' },
      },
    ]);
    expect(trainings[0]!.bytes).toBeGreaterThan(14);
    expect(told.some(({ type }) => type === 'models')).toBe(true);
    // Paths of the person's pictures are in it.
    if (process.platform !== 'win32') {
      expect(statSync(folder).mode & 0o77).toBe(0);
      expect(statSync(join(folder, 'my-photos/training.json')).mode & 0o77).toBe(0);
    }
  });

  it('of the same name gets another one, a folder and a network of its own, and both go with it', async () => {
    const { chosen, start, until, state, ask, folder, calls } = session(finishes);
    await chosen();
    for (let time = 0; time < 2; time++) {
      await start();
      await until('rest');
    }
    const { trainings } = await state();
    expect(trainings.map(({ id, name, network }) => [id, name, network?.id]).sort()).toEqual([
      ['my-photos', 'My photos', 'denoise-myphotos'],
      ['my-photos-2', 'My photos 2', 'denoise-myphotos2'],
    ]);
    await ask({ ask: 'delete', training: 'my-photos' });
    expect(readdirSync(folder)).toEqual(['my-photos-2']);
    expect(calls.at(-1)).toMatchObject({
      command: 'removeModel',
      input: { id: 'denoise-myphotos' },
    });
    await expect(ask({ ask: 'delete', training: '../../etc' })).rejects.toMatchObject({
      code: 'file-not-found',
    });
  });

  it('stopped goes on where it was, as it was begun, also in the next start', async () => {
    const stops: Learn = (input, tell, signal) => {
      writeFileSync(join(input.out, 'training.bin'), 'state');
      tell(point(10, 0.5));
      return untilCancelled(signal);
    };
    const first = session(stops);
    await first.chosen();
    await first.start({ kind: 'linear', width: 4 }, 'Codes');
    await vi.waitFor(async () => expect((await first.state()).curve.step).toBe(10));
    expect(first.training.busy).toBe(true);
    await expect(first.ask({ ask: 'folder' })).rejects.toMatchObject({ code: 'not-allowed' });
    await first.training.stop();
    expect(first.training.busy).toBe(false);

    const { ask, state, until, calls } = session(
      async (input, tell) => {
        tell(point(20, 0.1));
        writeFileSync(join(input.out, 'model.onnx'), 'weights');
        return { ...result, task: 'autoencoder' };
      },
      { home: first.home },
    );
    expect((await state()).trainings).toMatchObject([{ id: 'codes', state: 'stopped', steps: 10 }]);
    await ask({ ask: 'resume', training: 'codes' });
    await until('rest');
    expect(calls).toHaveLength(1);
    expect(calls[0]!.input).toMatchObject({ resume: true });
    expect(calls[0]!.input.images).toHaveLength(3);
    expect(calls[0]!.input).not.toHaveProperty('width');
    const { trainings, curve } = await state();
    expect(trainings).toMatchObject([{ state: 'done', network: null }]);
    expect(curve.points.map(({ step }) => step)).toEqual([10, 20]);
    await expect(ask({ ask: 'resume', training: 'codes' })).rejects.toMatchObject({
      code: 'not-allowed',
    });
  });

  it('is taken up again when the engine ends below it', async () => {
    let time = 0;
    const dies: Learn = async (input, tell, signal) => {
      time += 1;
      if (time === 3) return finishes(input, tell, signal);
      writeFileSync(join(input.out, 'training.bin'), 'state');
      throw new HourglassError(time === 1 ? 'engine-died' : 'output-exists', 'It ended.');
    };
    const { chosen, start, until, state, calls } = session(dies);
    await chosen();
    await start();
    await until('rest');
    expect(calls.map(({ command, input }) => [command, input.resume])).toEqual([
      ['learn', false],
      ['learn', true],
      ['learn', true],
      ['addModel', undefined],
    ]);
    expect((await state()).trainings).toMatchObject([{ state: 'done' }]);
  });

  it('that never began leaves nothing, and says why', async () => {
    const { chosen, start, until, state, folder } = session(() =>
      Promise.reject(new HourglassError('invalid-parameter', 'Too few images.', { hint: 'More.' })),
    );
    await chosen();
    await start();
    await until('rest');
    expect(await state()).toMatchObject({
      ...{ trainings: [], current: null },
      problem: { message: 'Too few images.', hint: 'More.' },
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps a network that is refused, with the reason', async () => {
    const { chosen, start, until, state, folder } = session(finishes, {
      refused: new HourglassError('model-unsuitable', 'It cleans nothing.'),
    });
    await chosen();
    await start({ kind: 'noise2void' });
    await until('rest');
    expect(existsSync(join(folder, 'my-photos/model.onnx'))).toBe(true);
    const path = join(folder, 'my-photos/training.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ state: 'done', network: null });
    expect((await state()).trainings).toMatchObject([
      { network: null, problem: { code: 'model-unsuitable', message: 'It cleans nothing.' } },
    ]);
  });

  it('learns from files of the strip by their ids, and from no path; a browser has no folders', async () => {
    const { ask, admission, photos, start, until, calls, state } = session(finishes, {
      dialog: false,
    });
    await expect(ask({ ask: 'folder' })).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(ask({ ask: 'files', sources: [join(photos, 'a.jpg')] })).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await expect(start()).rejects.toMatchObject({ code: 'not-allowed' });
    const files = [join(photos, 'a.jpg'), join(photos, 'b.jpg')];
    const sources = await Promise.all(
      files.map(async (path) => (await admission.admit(path)).source),
    );
    await ask({ ask: 'files', sources });
    expect((await state()).chosen).toEqual({
      ...{ from: '2 photos of the film strip', name: '2 photos', count: 2 },
    });
    await start();
    await until('rest');
    expect(calls[0]!.input.images).toEqual(files.map((path) => ({ path, files: [path] })));
  });
});

describe('new pictures', () => {
  const codes = {
    ...{ type: 'training-codes', step: 50, share: 1, side: 1, tones: 1, tiles: 'AAAA' },
    points: [0, 1, 2].map((x) => ({ x, y: 0 })),
    units: [{ spread: 1, rate: 0.5 }],
    codes: [[1], [2]],
  };
  const variational: Learn = async (input, tell, signal) => {
    tell(codes);
    return { ...(await finishes(input, tell, signal)), task: 'autoencoder' };
  };
  const request: SampleRequest = {
    ...{ ask: 'sample', training: 'codes', count: 9, seed: 3, temperature: 1 },
    ...{ between: null, unit: null, from: null, near: false, save: false },
  };

  it('lie between codes that were told of, and are made of what was learnt from; a page sees no path', async () => {
    const { chosen, start, until, ask, calls, photos, folder, home } = session(variational);
    await chosen();
    await start({ kind: 'variational' }, 'Codes');
    await until('rest');
    const made = (await ask({ ...request, between: [1, 0], near: true })) as TrainingSamples;
    expect(made.nearest).toEqual([{ name: 'a.jpg', distance: 3, square: 'AA==' }]);
    expect(calls.at(-1)).toMatchObject({
      command: 'sample',
      input: { training: join(folder, 'codes'), ends: [[2], [1]], count: 9, seed: 3, file: null },
    });
    expect(calls.at(-1)!.input.near).toHaveLength(3);
    await ask({ ...request, unit: 1 });
    expect(calls.at(-1)!.input).toMatchObject({ unit: 1, ends: [], near: [] });
    await expect(ask({ ...request, between: [0, 2] })).rejects.toMatchObject({
      code: 'invalid-parameter',
    });
    // Saved where the dialog says, and never over what is there.
    for (const number of [1, 2]) {
      const saved = (await ask({ ...request, save: true })) as TrainingSamples;
      expect(saved).toMatchObject({ file: `Codes generated ${number}.png`, png: null });
    }
    expect(existsSync(join(photos, 'Codes generated 2.png'))).toBe(true);
    // Kept with the training.
    const next = session(variational, { home });
    await next.ask({ ask: 'show', training: 'codes' });
    const desk = (await next.ask({ ask: 'all' })) as TrainingDesk;
    expect(desk.codes?.points).toHaveLength(3);
  });

  it('come to a browser as bytes, and leave no file', async () => {
    const { chosen, start, until, ask, folder, home } = session(variational);
    await chosen();
    await start({ kind: 'variational' }, 'Codes');
    await until('rest');
    const browser = session(variational, { home, dialog: false });
    const made = (await browser.ask({ ...request, save: true })) as TrainingSamples;
    expect(made).toMatchObject({ file: 'Codes generated 1.png', png: btoa('png') });
    expect(readdirSync(join(folder, 'codes')).filter((name) => name.endsWith('.png'))).toEqual([]);
    await expect(ask({ ...request, training: 'other' })).rejects.toMatchObject({
      code: 'file-not-found',
    });
  });
});

it('a curve keeps its best and its end, however long it gets', () => {
  let points: ReturnType<typeof withPoint> = [];
  for (let step = 1; step <= 5000; step++)
    points = withPoint(points, { step, loss: 1, heldBack: step === 777 ? 0.1 : 1 });
  expect(points.length).toBeLessThanOrEqual(240);
  expect(points.some(({ step }) => step === 777)).toBe(true);
  expect(points.at(-1)!.step).toBe(5000);
  // Gone through again after a kill.
  expect(withPoint(points, { step: 4990, loss: 1, heldBack: 1 }).at(-1)!.step).toBe(4990);
});
