import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNodeLauncher } from '../../../app/jobs/launch.ts';
import { createUserModels } from '../../../app/jobs/user-models.ts';
import type { UserModelsOptions } from '../../../app/jobs/user-models.ts';
import { owner } from '../../../app/pixels/owner.ts';
import { createInference, createModelStore, readPlanar } from '../../../app/runtime/index.ts';
import { repositoryRoot } from '../../data.ts';
import { blur, saved, writeModel } from '../runtime/tfjs/models.ts';
import { buildRuntime, cleaning, noisyPicture, tinyModels } from '../runtime/support.ts';

const networks = join(repositoryRoot, 'test/fixtures/runtime/own');
const file = (name: string) => join(networks, `${name}.onnx`);
const signal = new AbortController().signal;

let built: Awaited<ReturnType<typeof buildRuntime>>;
let place: string;
/** Of the added models; not there before the first is added. */
let folder: string;

beforeAll(async () => {
  built = await buildRuntime();
});
afterAll(async () => {
  await createInference({ threadFile: built.threadFile }).dispose();
  built.remove();
});
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'hourglass-own-'));
  folder = join(place, 'data/models');
});
afterEach(() => rmSync(place, { recursive: true }));

const userModels = (env: Record<string, string> = {}, extra: Partial<UserModelsOptions> = {}) =>
  createUserModels({
    launch: createNodeLauncher({
      entries: { probe: built.probeFile },
      env: { ...process.env, ...env },
    }),
    folder,
    shippedFolder: tinyModels,
    ...extra,
  });
const add = (path: string, extra: { id?: string; title?: string } = {}) =>
  userModels().add({ path, licence: 'MIT', ...extra }, signal);
const store = () => createModelStore(tinyModels, folder);
const left = () => (existsSync(folder) ? readdirSync(folder) : []);

describe('a network that cleans', () => {
  it('is added with what was measured, and runs like any other', async () => {
    const { card, checks, notices } = await add(file('colour'), { title: 'Soft' });
    expect(card).toMatchObject({
      id: 'denoise-colour',
      title: 'Soft',
      task: 'denoise',
      origin: 'user',
      licence: 'MIT',
      bytes: readFileSync(file('colour')).length,
      sha256: createHash('sha256')
        .update(readFileSync(file('colour')))
        .digest('hex'),
      input: { name: 'picture', imageChannels: 3, noiseMap: false, multipleOf: 1 },
      output: { name: 'cleaned', channels: 3, cell: 1 },
      halo: 1,
      precisions: ['fp32'],
    });
    expect(card.memory.bytesPerPixel).toBeGreaterThan(12);
    expect(card.limits.join()).toContain('Added by you');
    expect(card.limits.join()).toContain('no noise map');
    expect(checks.join('\n')).toMatch(/25 levels 20\.\d → 2[6-9]\.\d dB/);
    expect(notices).toEqual([]);
    expect(readdirSync(folder)).toEqual(['denoise-colour']);
    expect(readdirSync(join(folder, 'denoise-colour')).sort()).toEqual(['card.json', 'model.onnx']);

    const model = await store().get('denoise-colour');
    const source = noisyPicture(90, 70);
    const { request, target } = cleaning(source, model, {
      fill: (tile, _pass, plan, input) => readPlanar(source, tile.origin, plan.side, input, 3),
    });
    await createInference({ threadFile: built.threadFile }).run(request);
    const at = (30 * 90 + 40) * 3;
    let sum = 0;
    for (let dy = -1; dy <= 1; dy++)
      for (let dx = -1; dx <= 1; dx++) sum += source.data[at + 3 * (90 * dy + dx)]!;
    expect(Math.abs(target[at]! - sum / 9)).toBeLessThanOrEqual(0.51);
  });

  it('may take one tone, a noise map, or only certain sides', async () => {
    expect((await add(file('gray'))).card.input).toMatchObject({ imageChannels: 1 });
    const mapped = (await add(file('gray-map'))).card;
    expect(mapped.input).toMatchObject({ imageChannels: 1, noiseMap: true });
    expect(mapped.limits.join()).not.toContain('no noise map');
    const cells = (await add(file('cells-of-4'))).card;
    expect(cells.input.multipleOf).toBe(4);
    expect(cells.halo).toBe(3);
    const tiny = await add(join(tinyModels, 'denoise-tiny-test/model.onnx'), { id: 'denoise-x' });
    expect(tiny.card.input).toMatchObject({ imageChannels: 3, noiseMap: true });
    expect((await store().list()).map(({ id }) => id)).toEqual([
      ...['denoise-tiny-test', 'noise-tiny'],
      ...['denoise-cellsof4', 'denoise-gray', 'denoise-graymap', 'denoise-x'],
    ]);
  });

  it('may look at the whole tile, and then its limits say what that does', async () => {
    const { card } = await add(file('global'));
    expect(card.limits.at(-1)).toMatch(/steps of up to \d+ of 255 levels are possible/);
  });

  it('says that the licence was not stated', async () => {
    const added = await userModels().add({ path: file('gray'), licence: 'not stated' }, signal);
    expect(added.notices).toMatchObject([{ level: 'info' }]);
  });
});

describe('a model of TensorFlow.js', () => {
  it('is translated, compared with TensorFlow.js, and added like any network', async () => {
    const path = writeModel(join(place, 'web'), await saved(blur()));
    const { card, checks } = await add(path, { id: 'denoise-web' });
    expect(card).toMatchObject({
      ...{ id: 'denoise-web', title: 'model', origin: 'user' },
      input: { name: 'input', imageChannels: 3, noiseMap: false, multipleOf: 1 },
      halo: 1,
    });
    expect(checks[0]).toMatch(/^Translated from TensorFlow\.js, .* they differ by at most [\d.]+e/);
    const installed = readFileSync(join(folder, 'denoise-web/model.onnx'));
    expect(createHash('sha256').update(installed).digest('hex')).toBe(card.sha256);
    expect(await store().get('denoise-web')).toMatchObject({ id: 'denoise-web' });
  });

  it('leaves nothing where it is refused', async () => {
    const one = await saved(blur());
    const path = writeModel(join(place, 'web'), { ...one, shards: {} });
    await expect(add(path)).rejects.toMatchObject({
      code: 'model-unsuitable',
      message: expect.stringContaining('group1-shard1of1.bin is missing') as string,
    });
    expect(left()).toEqual([]);
  });
});

describe('a network that is refused', () => {
  const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const reasons: Record<string, string> = {
    'returns-noise':
      'It does not clean: a drawn picture with white noise of 25 of 255 levels has 20.',
    unchanged: 'It does not clean',
    'not-a-number': 'It answered with values that are not numbers.',
    constant: 'It answered with one value for the whole tile.',
    'map-ignored': 'so the last one should be a noise map, but it changes nothing',
    'five-channels': '“picture” has 5 channels ([1, 5, height, width]); expected are 1 (one tone)',
    'one-channel-out': 'for one of 1 × 3 × 64 × 64 it gave 1 × 1 × 64 × 64.',
    'three-dimensions': 'has 3 dimensions ([3, height, width]); expected are four',
    'channels-last': 'it seems to have its channels last',
    'one-size': 'takes pictures of one size only ([1, 3, 32, 32])',
    'huge-size': 'takes pictures of one size only ([1, 3, 1000000, 1000000])',
    'four-at-once': 'takes 4 pictures at once',
    'half-floats': 'is of type float16; expected is float32.',
    'two-inputs': 'It has 2 inputs (“picture” [1, 3, height, width], “level” [1, 1, 1, 1]).',
    'two-outputs': 'It has 2 outputs',
    'twice-the-size': 'it gave 1 × 3 × 128 × 128.',
    'asks-for-everything': 'ONNX Runtime can not run it on pictures of 64 × 64: ',
    'weights-elsewhere': 'Its weights lie in other files (external data).',
  };
  for (const [name, words] of Object.entries(reasons))
    it(`${name}: said in words, and nothing is left`, async () => {
      await expect(add(file(name))).rejects.toMatchObject({
        code: 'model-unsuitable',
        message: expect.stringMatching(
          new RegExp(`^${name}\\.onnx can not be added\\. .*${escaped(words)}`),
        ) as string,
      });
      expect(left()).toEqual([]);
    });

  it('no fixture is left out', () => {
    const clean = ['colour', 'gray', 'gray-map', 'cells-of-4', 'global', 'asks-for-much'];
    expect(
      readdirSync(networks)
        .map((name) => name.replace('.onnx', ''))
        .sort(),
    ).toEqual([...clean, ...Object.keys(reasons)].sort());
  });
});

describe('a file that is no network', () => {
  it('is said to be none', async () => {
    const whole = readFileSync(file('colour'));
    for (const [name, content] of [
      ['short.onnx', whole.subarray(0, 200)],
      ['text.onnx', Buffer.from('This is a letter.\n')],
      ['zeros.onnx', Buffer.alloc(5000)],
      ['picture.onnx', readFileSync(join(repositoryRoot, 'build/sample/sample.jpg'))],
    ] as const) {
      const path = join(place, name);
      writeFileSync(path, content);
      await expect(add(path), name).rejects.toMatchObject({ code: 'model-unsuitable' });
    }
    writeFileSync(join(place, 'empty.onnx'), '');
    await expect(add(join(place, 'empty.onnx'))).rejects.toThrow('The file is empty.');
    await expect(add(place)).rejects.toMatchObject({ code: 'file-not-readable' });
    await expect(add(join(place, 'none.onnx'))).rejects.toMatchObject({ code: 'file-not-found' });
    expect(left()).toEqual([]);
  });
});

describe('a check that ends badly', () => {
  const gray = { path: file('gray'), licence: 'MIT' };

  it('by death: said, nothing left', async () => {
    const models = userModels({ HOURGLASS_FAULT: 'model:abort' });
    await expect(models.add(gray, signal)).rejects.toMatchObject({
      code: 'model-unsuitable',
      message: 'gray.onnx can not be added. Its check ended unexpectedly (ended by SIGABRT).',
    });
    expect(left()).toEqual([]);
  });

  it('by silence', async () => {
    const models = userModels({ HOURGLASS_FAULT: 'model:hang' }, { checkMs: 1500 });
    await expect(models.add(gray, signal)).rejects.toThrow('did not end within 2 seconds.');
    expect(left()).toEqual([]);
  });

  it('by hunger', async () => {
    const models = userModels({}, { checkMemoryBytes: 250e6 });
    await expect(
      models.add({ path: file('asks-for-much'), licence: 'MIT' }, signal),
    ).rejects.toThrow('ended by SIGTERM: Error: it took more than 250 MB of memory');
    expect(left()).toEqual([]);
  });

  it('by a person who cancels', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    const models = userModels({ HOURGLASS_FAULT: 'model:hang' });
    await expect(models.add(gray, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
    expect(left()).toEqual([]);
    await expect(models.add(gray, AbortSignal.abort())).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('names', () => {
  it('are made from the file’s, which is not trusted', async () => {
    const odd = join(place, '‮ Größe\n;rm -rf $(x) “4”.ONNX');
    cpSync(file('gray'), odd);
    const { card } = await add(odd);
    expect(card.id).toBe('denoise-groermrfx4');
    expect(card.title).toBe('Größe rm rf x 4');
    cpSync(file('gray'), join(place, '網.onnx'));
    expect((await add(join(place, '網.onnx'))).card.id).toBe('denoise-own');
    expect((await add(join(place, '網.onnx'))).card.id).toBe('denoise-own-2');
  });

  it('that are taken are refused before anything is run', async () => {
    await add(file('gray'), { id: 'denoise-mine' });
    for (const id of ['denoise-mine', 'denoise-tiny-test'])
      await expect(add(file('colour'), { id })).rejects.toMatchObject({
        code: 'invalid-parameter',
        message: `Expected an id that no other model has for id but received "${id}" of type string.`,
      });
    expect((await store().get('denoise-mine')).input.imageChannels).toBe(1);
    expect(left()).toEqual(['denoise-mine']);
  });

  it('of shipped models stay theirs, whatever lies in the folder', async () => {
    mkdirSync(folder, { recursive: true });
    cpSync(join(tinyModels, 'denoise-tiny-test'), join(folder, 'denoise-tiny-test'), {
      recursive: true,
    });
    const models = store();
    expect((await models.get('denoise-tiny-test')).origin).toBe('shipped');
    expect((await models.problems()).map(({ message }) => message)).toEqual([
      expect.stringContaining('its id denoise-tiny-test is that of a model of Hourglass') as string,
    ]);
  });
});

describe('added models', () => {
  it('come and go while a store is open', async () => {
    const models = store();
    expect((await models.list()).length).toBe(2);
    await add(file('gray'));
    expect((await models.get('denoise-gray')).input.imageChannels).toBe(1);
    await userModels().remove('denoise-gray');
    expect(left()).toEqual([]);
    await expect(models.get('denoise-gray')).rejects.toMatchObject({ code: 'model-not-found' });
    cpSync(file('colour'), join(place, 'gray.onnx'));
    await add(join(place, 'gray.onnx'));
    expect((await models.get('denoise-gray')).input.imageChannels).toBe(3);
  });

  it('are verified before use like the shipped ones', async () => {
    await add(file('gray'));
    appendFileSync(join(folder, 'denoise-gray/model.onnx'), 'x');
    await expect(store().get('denoise-gray')).rejects.toMatchObject({ code: 'model-damaged' });
  });

  it('are copies: the original may go', async () => {
    const path = join(place, 'mine.onnx');
    symlinkSync(file('gray'), path);
    await add(path);
    rmSync(path);
    expect((await store().get('denoise-mine')).title).toBe('mine');
  });

  it('half added or half removed by a killed program are not seen, and are swept', async () => {
    await add(file('gray'));
    const dead = owner.replace(`-${process.pid}-`, '-999999999-');
    const stale = join(folder, `.hourglass-${dead}-0.tmp`);
    cpSync(join(folder, 'denoise-gray'), stale, { recursive: true });
    expect((await store().list()).length).toBe(3);
    expect(await store().problems()).toEqual([]);
    await add(file('colour'));
    expect(left()).toEqual(['denoise-colour', 'denoise-gray']);
  });

  it('only are removed', async () => {
    await expect(userModels().remove('denoise-tiny-test')).rejects.toMatchObject({
      code: 'invalid-parameter',
    });
    writeFileSync(join(place, 'precious'), '');
    for (const id of ['denoise-none', '..', '../../precious', ''])
      await expect(userModels().remove(id)).rejects.toMatchObject({ code: 'model-not-found' });
    expect(existsSync(join(place, 'precious'))).toBe(true);
  });

  it('can not be added to a folder that can not be written', async () => {
    mkdirSync(join(place, 'data'));
    writeFileSync(folder, 'a file is in the way');
    await expect(add(file('gray'))).rejects.toMatchObject({ code: 'output-not-writable' });
    // The shipped ones are at hand all the same.
    expect((await store().list()).length).toBe(2);
    expect((await store().problems()).length).toBe(1);
  });
});
