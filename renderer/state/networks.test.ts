import './test-runes.ts';
import { describe, expect, it, vi } from 'vitest';
import { cancelledError, HourglassError } from '../../app/contract/errors.ts';
import type { HostBridge, ModelInfo } from '../../app/contract/index.ts';
import { Networks } from './networks.svelte.ts';
import { additionState, madeByWords, modelLabel, qualityGroups } from './words.ts';
import { Workbench } from './workbench.svelte.ts';
import { cleaningOf } from '../workspaces/clean/cleaning.svelte.ts';
import { cleanDeskOf, cleanLogic } from '../workspaces/clean/desk.svelte.ts';
import { compressLogic } from '../workspaces/compress/desk.svelte.ts';

const model: ModelInfo = {
  id: 'denoise-mine',
  version: '1.0.0',
  title: 'Mine',
  task: 'denoise',
  origin: 'user',
  purpose: '',
  licence: 'not stated',
  bytes: 10,
  sha256: '',
  precisions: ['fp32'],
  quality: [],
  limits: [],
};
const file = (name: string): File => ({ name, size: 4 }) as unknown as File;
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
type Run = (
  command: string,
  input: Record<string, unknown>,
  signal?: AbortSignal,
  job?: string,
) => unknown;

const bridgeWith = (run: Run): HostBridge =>
  ({
    info: { kind: 'browser', version: '0', platform: 'linux', exports: 'download' },
    run: async (
      command: string,
      input: Record<string, unknown>,
      options?: { job?: string; signal?: AbortSignal },
    ) => run(command, input, options?.signal, options?.job),
    admit: async (
      items: readonly File[],
      onProgress?: (progress: { done: number; total: number }) => void,
    ) => {
      onProgress?.({ done: 2, total: 4 });
      return items.map(({ name, size }) => ({ source: `@${name}`, name, bytes: size }));
    },
    savePreferences: () => Promise.resolve(),
  }) as unknown as HostBridge;

function networksWith(run: Run) {
  const loadModels = vi.fn(() => Promise.resolve());
  const said: string[] = [];
  const networks = new Networks(bridgeWith(run), { loadModels }, (text) => said.push(text));
  return { networks, loadModels, said };
}

describe('Networks', () => {
  it('tries one after the other and lists what became of each', async () => {
    let running = 0;
    const { networks, loadModels, said } = networksWith(async (_command, { source }) => {
      running += 1;
      expect(running).toBe(1);
      await settled();
      running -= 1;
      if (source === '@bad.onnx')
        throw new HourglassError('model-unsuitable', 'bad.onnx has two inputs.');
      return { model, checks: ['It ran on a picture of 64 × 64.'], notices: [] };
    });
    networks.addFiles([file('bad.onnx'), file('good.onnx')]);
    expect(networks.additions.map(({ state }) => state.kind)).toEqual(['reading', 'waiting']);
    await vi.waitFor(() => expect(networks.busy).toBe(false));
    expect(networks.additions.map((addition) => additionState(addition).text)).toEqual([
      'bad.onnx has two inputs.',
      'Added as “Mine”, and can be chosen like any other.',
    ]);
    expect(loadModels).toHaveBeenCalledTimes(1);
    expect(said).toEqual(['bad.onnx was not added. bad.onnx has two inputs.', 'Mine was added.']);
    networks.dismiss(networks.additions[0]!);
    expect(networks.additions.map(({ name }) => name)).toEqual(['good.onnx']);
  });

  it('cancels what runs, goes on with the next, and tries again', async () => {
    const { networks } = networksWith(
      (_command, { source }, signal) =>
        new Promise((resolve, reject) => {
          if (source === '@b.onnx') resolve({ model, checks: [], notices: [] });
          signal?.addEventListener('abort', () => reject(cancelledError()));
        }),
    );
    networks.addAdmitted(['a', 'b'].map((n) => ({ source: `@${n}.onnx`, name: n, bytes: 1 })));
    await settled();
    networks.cancel(networks.additions[0]!);
    await settled();
    expect(networks.additions.map(({ state }) => state.kind)).toEqual(['cancelled', 'added']);
    networks.retry(networks.additions[0]!);
    await settled();
    expect(networks.additions[0]!.state.kind).toBe('checking');
    networks.cancelAll();
    expect(networks.busy).toBe(false);
  });

  it('says which step of the check the host is at, of its own job only', async () => {
    let job = '';
    const { networks } = networksWith((_command, _input, _signal, named) => {
      job = named!;
      return new Promise(() => undefined);
    });
    networks.addFiles([file('a.onnx')]);
    await settled();
    const told = (id: string, message: string) =>
      networks.onJob({
        type: 'job',
        ...{ job: id, command: 'addModel', source: null, state: 'running', error: null },
        progress: { done: 1, total: 4, unit: 'steps', message },
      });
    told(job, 'Running it on a picture');
    told('another', 'Something else');
    expect(networks.additions[0]!.state).toEqual({
      kind: 'checking',
      step: 'Running it on a picture',
    });
  });

  it('says why a model could not be taken away', async () => {
    const { networks } = networksWith(() => {
      throw new HourglassError('not-allowed', 'Mine is part of Hourglass.');
    });
    expect(await networks.remove(model)).toBe(false);
    expect(networks.problem).toMatchObject({ message: 'Mine is part of Hourglass.' });
  });
});

describe('Workbench', () => {
  const answers: Run = (command, input) => {
    if (command === 'open') return { document: input.document, name: String(input.source) };
    if (command === 'measure')
      return { sigma: 0, perChannel: [0], words: '', suggestedStrength: 0 };
    if (command === 'addModel') return { model, checks: [], notices: [] };
    if (command === 'models') return { models: [model], problems: [] };
    return {};
  };

  it('sends networks one way and photos the other, however they come', async () => {
    const bench = new Workbench(bridgeWith(answers), [cleanLogic, compressLogic]);
    bench.take([file('a.png'), file('mine.ONNX')]);
    await settled();
    expect(bench.session.entries.map(({ name }) => name)).toEqual(['a.png']);
    expect(bench.networks.additions.map(({ name }) => name)).toEqual(['mine.ONNX']);
    // Nothing was open when it came, so there was no inspector to show it in.
    expect(bench.dialog).toBe('settings');
    expect(bench.catalogue.model('denoise-mine')?.title).toBe('Mine');
  });

  it('cleans with the automatic choice what a removed network had cleaned', async () => {
    let installed = [model];
    const bench = new Workbench(
      bridgeWith((command, input) =>
        command === 'models' ? { models: installed, problems: [] } : answers(command, input),
      ),
      [cleanLogic, compressLogic],
    );
    await bench.catalogue.loadModels();
    bench.take([file('a.png'), file('b.png')]);
    await settled();
    cleanDeskOf(bench.session).edit({ model: model.id });
    const shows = vi.spyOn(cleanDeskOf(bench.session), 'show');
    // Whoever removes it: here Learn, with its training.
    installed = [];
    bench.catalogue.onEvent({ type: 'models' });
    await settled();
    const models = bench.session.entries.map((entry) => cleaningOf(entry).settings.model);
    expect(models).toEqual(['auto', 'auto']);
    expect(shows).toHaveBeenCalledTimes(1);
  });

  it('shows the noise map beside the original only, and leaves it for its picture alone', async () => {
    const bridge = bridgeWith((command, input) =>
      command === 'noiseMap'
        ? { layer: 'n', cell: 16, minimum: 0, median: 1, maximum: 2, scale: [] }
        : answers(command, input),
    );
    const bench = new Workbench(bridge, [cleanLogic, compressLogic]);
    const desk = cleanDeskOf(bench.session);
    const shows = () => desk.showsMap(bench.session.active!, bench.mode);
    bench.take([file('a.png'), file('b.png')]);
    await settled();
    bench.mode = 'residual';
    desk.toggleMap(bench);
    await settled();
    expect([bench.mode, shows()]).toEqual(['split', true]);
    bench.mode = 'residual';
    expect([shows(), desk.escape(bench.mode)]).toEqual([false, false]);
    bench.mode = 'side';
    bench.session.step(1);
    expect(shows()).toBe(false);
    bench.session.step(-1);
    expect(cleaningOf(bench.session.active!).noiseMap.layer?.id).toBe('n');
    expect(desk.escape(bench.mode)).toBe(true);
    expect(shows()).toBe(false);
  });
});

describe('words about models', () => {
  it('name what ran and whose it is', () => {
    const device = { id: 'cpu', label: 'the CPU', fallback: null } as const;
    const used = { id: 'denoise-photo-fast', version: '1.1.0' };
    expect(
      madeByWords({ device, model: { ...used, precision: 'fp32' } }, 'Photo · fast').text,
    ).toBe('Cleaned on the CPU by Photo · fast 1.1.0.');
    expect(
      madeByWords({ device, model: { ...used, precision: 'int8' } }, 'Photo · fast').text,
    ).toMatch(/8-bit integers \(int8\)\.$/);
    expect(modelLabel(model)).toBe('Mine (added by you)');
    expect(modelLabel({ ...model, origin: 'shipped' })).toBe('Mine');
  });
  it('gather measured quality by set', () => {
    const of = (set: string, noise: string, value: number) => ({ set, noise, metric: 'dB', value });
    expect(qualityGroups([of('A', '15', 33.54), of('B', '15', 30), of('A', '25', 31)])).toEqual([
      {
        title: 'A, dB',
        rows: [
          { noise: '15', value: '33.54' },
          { noise: '25', value: '31.00' },
        ],
      },
      { title: 'B, dB', rows: [{ noise: '15', value: '30' }] },
    ]);
  });
});
