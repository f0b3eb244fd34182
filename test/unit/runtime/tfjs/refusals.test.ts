import { describe, expect, it } from 'vitest';
import { translate } from '../../../../app/runtime/tfjs/translate.ts';
import { groupsBeside } from '../../../../app/runtime/tfjs/weights.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graphs, GraphWriter } from './graphs.ts';
import { drawn, made, saved, writeModel, type Saved } from './models.ts';

const chain = (): Promise<Saved> => saved(drawn(made['a chain of convolutions']!()), 2);

/** Written, spoilt, translated. */
async function refusal(spoil: (one: Saved, folder: string) => void, one?: Saved): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-tfjs-'));
  try {
    const given = structuredClone(one ?? (await chain()));
    spoil(given, folder);
    const path = writeModel(folder, given);
    await translate(JSON.stringify(given.model), groupsBeside(path));
    return 'translated';
  } catch (error) {
    return `${(error as { code?: string }).code}: ${(error as Error).message}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Layers = { class_name: string; config: Record<string, unknown> }[];
const layersOf = ({ model }: Saved): Layers =>
  (model.modelTopology as { config: { layers: Layers } }).config.layers;
const manifestOf = ({ model }: Saved) =>
  (model.weightsManifest as { paths: string[]; weights: Record<string, unknown>[] }[])[0]!;

describe('a model of TensorFlow.js is refused by name', () => {
  it('for a layer, an activation and an operation that are not known', async () => {
    expect(await refusal((one) => (layersOf(one)[1]!.class_name = 'ConvLSTM2D'))).toMatch(
      /^model-unsuitable: It has a layer conv2d_\w+ of the kind ConvLSTM2D, which/,
    );
    expect(await refusal((one) => (layersOf(one)[1]!.config.activation = 'cube'))).toMatch(
      /the activation cube, which/,
    );
    const graph = new GraphWriter();
    const saved = graph.end(graph.op('CropAndResize', ['x', graph.ints([1])]));
    expect(await refusal(() => undefined, saved)).toContain(
      'an operation CropAndResize (CropAndResize_2)',
    );
  });

  it('for what TensorFlow.js would compute otherwise than it says', async () => {
    expect(
      await refusal((one) => (layersOf(one)[1]!.config.data_format = 'channels_first')),
    ).toMatch(/has data_format = channels_first; expected is channels last/);
    const depthwise = await saved(drawn(made['depthwise and separable']!()));
    expect(
      await refusal((one) => {
        const layer = layersOf(one).find(({ class_name: kind }) => kind === 'DepthwiseConv2D')!;
        layer.config.dilation_rate = [2, 2];
      }, depthwise),
    ).toContain('has dilation_rate = [ 2, 2 ]; expected is 1, as TensorFlow.js ignores any other');
  });

  it('for a file of weights that is missing, cut short, too long or elsewhere', async () => {
    const second = 'group1-shard2of2.bin';
    const cut = (by: number) => (one: Saved) => {
      const shards = one.shards as Record<string, Uint8Array>;
      const bytes = new Uint8Array(shards[second]!.length + by);
      bytes.set(shards[second]!.subarray(0, bytes.length));
      shards[second] = bytes;
    };
    expect(
      await refusal((one) => delete (one.shards as Record<string, unknown>)[second]),
    ).toContain(`Its file of weights ${second} is missing: it must lie beside model.json.`);
    expect(await refusal(cut(-1))).toMatch(
      /Its weights are cut short at group1-shard2of2\.bin: .* hold [\d,]+ bytes, but the model needs/,
    );
    expect(await refusal(cut(1))).toMatch(
      /Its files of weights .* hold [\d,]+ bytes, but the model needs/,
    );
    for (const path of ['../other.bin', '/etc/hostname', 'a/b.bin', '..', 'a\\b.bin', 'C:\\x'])
      expect(await refusal((one) => (manifestOf(one).paths[0] = path))).toMatch(
        /which does not lie beside it/,
      );
    expect(
      await refusal((one, folder) => {
        writeFileSync(join(folder, 'x'), '');
        manifestOf(one).paths[0] = 'x';
      }),
    ).toContain('cut short');
  });

  it('for a weight of another size, that is missing, or of a type that is not known', async () => {
    const weight = (one: Saved) => manifestOf(one).weights[0]!;
    expect(await refusal((one) => (weight(one).shape = [3, 3, 8, 3]))).toMatch(
      /The weight conv2d_\w+\/kernel has the shape 3 × 3 × 8 × 3; conv2d_\w+ wants 3 × 3 × \? × 8\./,
    );
    expect(await refusal((one) => (weight(one).name = 'other'))).toMatch(
      /The weight conv2d_\w+\/kernel of conv2d_\w+ is missing\./,
    );
    expect(await refusal((one) => (weight(one).dtype = 'complex64'))).toContain(
      'is of type complex64',
    );
    expect(
      await refusal((one) => (weight(one).quantization = { dtype: 'uint4', scale: 1, min: 0 })),
    ).toContain('is quantised as uint4');
    expect(await refusal((one) => (weight(one).shape = [2 ** 20, 2 ** 20]))).toContain(
      'MiB; at most',
    );
  });

  it('for a form that is none', async () => {
    await expect(translate('{', groupsBeside('x'))).rejects.toThrow('It is not valid JSON.');
    await expect(translate('[]', groupsBeside('x'))).rejects.toThrow(
      'It is no model of TensorFlow.js',
    );
    expect(await refusal((one) => (one.model.format = 'pickle'))).toContain(
      'Its format is “pickle”',
    );
    expect(await refusal((one) => (manifestOf(one).weights = 'x' as never))).toContain(
      'Its field weightsManifest.0.weights is wrong',
    );
    const keras3 = (one: Saved) => Object.assign(layersOf(one)[0]!, { module: 'keras.layers' });
    expect(await refusal(keras3)).toContain('saved by Keras 3');
    const circle = graphs['products of matrices, channels in the middle']!();
    expect(
      await refusal(({ model }) => {
        const { node } = model.modelTopology as {
          node: { op: string; name: string; input: string[] }[];
        };
        node.find(({ op }) => op === 'Softmax')!.input = [node.at(-1)!.name];
      }, circle),
    ).toMatch(/depend on each other in a circle/);
  });
});

describe('a model that is deep', () => {
  it('is refused in words, as deep as it may be', async () => {
    const nest = (levels: number): string => {
      const open = '{"class_name":"Sequential","config":{"layers":[';
      return open.repeat(levels) + ']}}'.repeat(levels);
    };
    const text = (levels: number) =>
      `{"modelTopology":${nest(levels)},"weightsManifest":[{"paths":[],"weights":[]}]}`;
    await expect(translate(text(50_000), groupsBeside('x'))).rejects.toMatchObject({
      message: 'Its models are nested more than 16 deep.',
    });
    const list = '['.repeat(50_000) + ']'.repeat(50_000);
    await expect(
      translate(
        `{"modelTopology":{"class_name":"Sequential","config":{"layers":[{"class_name":"Conv2D","config":{"batch_input_shape":[null,8,8,3],"kernel_size":${list}}}]}},"weightsManifest":[{"paths":[],"weights":[]}]}`,
        groupsBeside('x'),
      ),
    ).rejects.toMatchObject({ code: 'model-unsuitable' });
  });
});

describe('weights that are stored in fewer bits', () => {
  it.each(['uint8', 'uint16', 'float16'])(
    '%s are what TensorFlow.js makes of them',
    async (type) => {
      const { compared } = await import('./compared.ts');
      const one = await saved(drawn(made['a chain of convolutions']!()));
      const bytes = one.shards['group1-shard1of1.bin']!;
      const values = new Float32Array(bytes.slice().buffer);
      const scale = type === 'uint8' ? 0.02 : 1e-4;
      const codes =
        type === 'uint8'
          ? Uint8Array.from(values, (value) => Math.min(255, Math.max(0, (value + 2) / scale)))
          : Uint16Array.from(values, (value) =>
              // A binary16 of any sign and size will do.
              type === 'float16'
                ? ((value < 0 ? 0x8000 : 0) | 0x2c00) + ((Math.abs(value) * 2000) % 0x0fff)
                : (value + 2) / scale,
            );
      (one.shards as Record<string, Uint8Array>)['group1-shard1of1.bin'] = new Uint8Array(
        codes.buffer,
      );
      for (const weight of manifestOf(one).weights)
        weight.quantization =
          type === 'float16'
            ? { dtype: type }
            : { dtype: type, scale, min: -2, original_dtype: 'float32' };
      const folder = mkdtempSync(join(tmpdir(), 'hourglass-tfjs-'));
      try {
        expect(await compared(writeModel(folder, one))).toBeLessThanOrEqual(1e-4);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
