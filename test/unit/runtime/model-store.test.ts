import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { looksCards } from '../../../app/explore/index.ts';
import { latentCards } from '../../../app/latent/index.ts';
import { createModelStore } from '../../../app/runtime/index.ts';
import { bufferSizes } from '../../../app/runtime/pipeline.ts';
import { DEFAULT_NETWORK_MEMORY } from '../../../app/runtime/tiling.ts';
import { shippedModels, tinyModels } from './support.ts';

let folder: string;
const id = 'denoise-tiny-test';
const cardPath = () => join(folder, id, 'card.json');
const edit = (change: (card: Record<string, unknown>) => void) => {
  const card = JSON.parse(readFileSync(cardPath(), 'utf8')) as Record<string, unknown>;
  change(card);
  writeFileSync(cardPath(), JSON.stringify(card));
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hourglass-models-'));
  cpSync(join(tinyModels, id), join(folder, id), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the model store', () => {
  it('knows the shipped model, and passes over folders without a card', async () => {
    const store = createModelStore(shippedModels, null, [latentCards, looksCards]);
    expect((await store.list()).map((card) => card.id)).toContain('denoise-photo-fast');
    expect(await store.problems()).toEqual([]);
    const card = await store.get('denoise-photo-fast');
    expect(card.path).toBe(join(shippedModels, 'denoise-photo-fast/model.onnx'));
    expect(card.input).toEqual({ name: 'input', imageChannels: 3, noiseMap: true, multipleOf: 8 });
    expect(card.halo).toBeGreaterThan(0);
    expect(card.grayMapFactor).toBeGreaterThan(1);
  });

  it('fills in what a card leaves out, by its task', async () => {
    const store = createModelStore(tinyModels);
    const cleans = await store.get(id);
    expect(cleans.output).toEqual({ name: 'output', channels: 3, cell: 1 });
    expect(cleans.memory).toEqual(DEFAULT_NETWORK_MEMORY);
    expect(cleans).toMatchObject({ origin: 'shipped', purpose: '', quality: [] });
    const reads = await store.get('noise-tiny');
    expect(reads.output).toEqual({ name: 'output', channels: 2, cell: 16 });
    expect(reads.memory).toEqual({ fixedBytes: 10e6, bytesPerPixel: 30 });
    expect(reads.purpose).toBe('Reads red for noise.');
  });

  it('names the installed models when one is not found', async () => {
    await expect(createModelStore(folder).get('denoise-photo-huge')).rejects.toMatchObject({
      code: 'model-not-found',
      message: 'There is no model “denoise-photo-huge”; installed are: denoise-tiny-test.',
    });
  });

  it('refuses a model whose file is not the one of the card', async () => {
    const path = join(folder, id, 'model.onnx');
    const bytes = readFileSync(path);
    bytes[100]! ^= 1;
    writeFileSync(path, bytes);
    const store = createModelStore(folder);
    expect((await store.list()).length).toBe(1);
    const damaged = { code: 'model-damaged', message: expect.stringContaining(path) as string };
    await expect(store.get(id)).rejects.toMatchObject(damaged);
    await expect(store.get(id)).rejects.toMatchObject(damaged);
    rmSync(path);
    await expect(createModelStore(folder).get(id)).rejects.toMatchObject({
      code: 'model-damaged',
      message: `The model file ${path} can not be read.`,
    });
  });

  it('verifies a file in 8 bits like the main one', async () => {
    const card = await createModelStore(folder).get(id);
    const path = join(folder, id, 'model-int8.onnx');
    expect(card.precisions).toEqual(['fp32', 'int8']);
    expect(card.variants).toMatchObject([{ precision: 'int8', path }]);
    writeFileSync(path, 'something else');
    await expect(createModelStore(folder).get(id)).rejects.toMatchObject({
      code: 'model-damaged',
      message: expect.stringContaining(`${path} does not match its card`) as string,
    });
  });

  it('names file and field of a card that is wrong, and keeps the others', async () => {
    cpSync(join(folder, id), join(folder, 'denoise-other-test'), { recursive: true });
    const other = join(folder, 'denoise-other-test/card.json');
    writeFileSync(other, readFileSync(other, 'utf8').replaceAll(id, 'denoise-other-test'));
    edit((card) => (card.halo = 'wide'));
    const store = createModelStore(folder);
    expect((await store.list()).map((card) => card.id)).toEqual(['denoise-other-test']);
    const error = { code: 'model-damaged', message: expect.stringContaining('halo') as string };
    await expect(store.get(id)).rejects.toMatchObject(error);
    expect(await store.problems()).toMatchObject([
      { ...error, message: expect.stringContaining(cardPath()) as string },
    ]);
  });

  it('says what else can be wrong with a card', async () => {
    const wrong: [string, () => void][] = [
      ['is not valid JSON', () => writeFileSync(cardPath(), '{"id": "denoise')],
      ['which is not the name of its folder', () => edit((card) => (card.id = 'denoise-x-y'))],
      ['plain file name', () => edit((card) => (card.file = '../../etc/passwd'))],
      ['wrong field sha256', () => edit((card) => (card.sha256 = 'abc'))],
      ['does not divide', () => edit((card) => (card.output = { name: 'output', cell: 3 }))],
    ];
    for (const [words, spoil] of wrong) {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      cpSync(join(tinyModels, id), join(folder, id), { recursive: true });
      spoil();
      await expect(createModelStore(folder).get(id), words).rejects.toMatchObject({
        code: 'model-damaged',
        message: expect.stringContaining(words) as string,
      });
    }
  });

  describe('of several parts', () => {
    const latent = 'latent-test';
    const part = (file: string, input: object, output: object) => ({
      ...{ file, sha256: sha256(file), bytes: file.length, halo: 32 },
      memory: { fixedBytes: 1e6, bytesPerPixel: 100 },
      input: { name: 'input', multipleOf: 16, ...input },
      output: { name: 'output', ...output },
    });
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    const written = () => ({
      ...{ id: latent, version: '1.2.3', title: 'Test', task: 'latent', licence: 'MIT' },
      limits: [],
      parts: {
        analysis: part('a.onnx', { imageChannels: 3 }, { channels: 192, cell: 8 }),
        synthesis: part('s.onnx', { imageChannels: 193, cell: 8 }, { channels: 3 }),
        entropy: { file: 'entropy.bin', sha256: sha256('entropy.bin'), bytes: 11 },
      },
    });
    type Written = ReturnType<typeof written>;

    /** Writes the card, and files whose content is their name. */
    const put = (change: (card: Written) => void = () => undefined): void => {
      const card = written();
      change(card);
      mkdirSync(join(folder, latent), { recursive: true });
      writeFileSync(join(folder, latent, 'card.json'), JSON.stringify(card));
      for (const name of ['a.onnx', 's.onnx', 'entropy.bin'])
        writeFileSync(join(folder, latent, name), name);
    };

    it('has parts that run, and is no network from pixels', async () => {
      put();
      const store = createModelStore(folder, null, [latentCards]);
      const card = await store.ofKind(latentCards, latent);
      const { analysis, synthesis, entropy } = card.parts;
      expect(analysis).toMatchObject({
        id: latent,
        path: join(folder, latent, 'a.onnx'),
        halo: 32,
      });
      expect(analysis.output).toEqual({ name: 'output', channels: 192, cell: 8 });
      expect(synthesis.input).toMatchObject({ imageChannels: 193, cell: 8, noiseMap: false });
      expect(entropy.path).toBe(join(folder, latent, 'entropy.bin'));
      expect(card).toMatchObject({ task: 'latent', bytes: 6 + 6 + 11, precisions: ['fp32'] });
      expect(bufferSizes(synthesis, 64)).toEqual({ input: 4 * 193 * 64, output: 4 * 3 * 4096 });
      expect((await store.list()).map((one) => one.id)).toContain(latent);
      const unsuitable = { code: 'model-unsuitable' };
      await expect(store.get(latent)).rejects.toMatchObject(unsuitable);
      await expect(store.ofKind(latentCards, id)).rejects.toMatchObject(unsuitable);
    });

    it('is refused when one of them is another file', async () => {
      for (const name of ['a.onnx', 's.onnx', 'entropy.bin']) {
        put();
        writeFileSync(join(folder, latent, name), 'other');
        await expect(
          createModelStore(folder, null, [latentCards]).ofKind(latentCards, latent),
        ).rejects.toMatchObject({
          code: 'model-damaged',
          message: expect.stringContaining(name) as string,
        });
      }
    });

    it('is refused when the parts do not fit together', async () => {
      const wrong: [string, (card: Written) => void][] = [
        ['three planes', ({ parts }) => Object.assign(parts.analysis.input, { imageChannels: 1 })],
        ['and the step', ({ parts }) => Object.assign(parts.synthesis.input, { cell: 4 })],
        ['does not divide', ({ parts }) => Object.assign(parts.analysis.input, { multipleOf: 4 })],
        ['wrong field parts.entropy', ({ parts }) => Object.assign(parts, { entropy: {} })],
      ];
      for (const [words, spoil] of wrong) {
        put(spoil);
        await expect(
          createModelStore(folder, null, [latentCards]).ofKind(latentCards, latent),
          words,
        ).rejects.toMatchObject({
          code: 'model-damaged',
          message: expect.stringContaining(words) as string,
        });
      }
    });
  });

  it('says that the folder itself can not be read, and tries again', async () => {
    const store = createModelStore(join(folder, 'later'));
    await expect(store.list()).rejects.toMatchObject({ code: 'model-not-found' });
    cpSync(tinyModels, join(folder, 'later'), { recursive: true });
    expect((await store.list()).length).toBe(2);
  });
});
