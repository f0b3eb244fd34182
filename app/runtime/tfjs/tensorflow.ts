/**
 * TensorFlow.js itself, to compare with: the only importer of its packages, and only of who adds a model of it (a process that is thrown away). It runs in
 * WASM, which takes seconds where its plain CPU kernels take minutes; the one kernel that WASM lacks of what we translate is `einsum.ts`.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { registerEinsum } from './einsum.ts';
import type { Translated } from './translate.ts';

export interface TensorflowModel {
  /** @param picture [1, height, width, channels]. @throws Error in the words of TensorFlow.js */
  run(
    picture: Float32Array,
    shape: Shape4,
  ): Promise<{ data: Float32Array; shape: readonly number[] }>;
}

type Shape4 = readonly [number, number, number, number];

/** @throws Error in the words of TensorFlow.js */
export async function openInTensorflow({
  raw,
  weights,
}: Pick<Translated, 'raw' | 'weights'>): Promise<TensorflowModel> {
  const tf = await import('@tensorflow/tfjs-core');
  const { loadLayersModel } = await import('@tensorflow/tfjs-layers');
  const { loadGraphModel } = await import('@tensorflow/tfjs-converter');
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  // It advises of faster packages otherwise, on the console.
  tf.enableProdMode();
  const here = createRequire(import.meta.url);
  wasm.setWasmPaths(`${dirname(here.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  registerEinsum(tf);
  if (!(await tf.setBackend('wasm'))) throw new Error('its WASM does not start');
  const handler = {
    load: () =>
      Promise.resolve({
        ...(raw as { modelTopology: object; format?: string }),
        weightSpecs: [...weights.entries] as never,
        weightData: weights.bytes.buffer,
      }),
  };
  const isGraph = raw.format === 'graph-model' || 'node' in (raw.modelTopology as object);
  const model = isGraph ? await loadGraphModel(handler) : await loadLayersModel(handler);
  return {
    async run(picture, shape) {
      const input = tf.tensor4d(picture, [...shape]);
      const output = model.predict(input);
      if (!(output instanceof tf.Tensor)) throw new Error('it gives more than one output');
      const data = new Float32Array(await output.data());
      return { data, shape: output.shape };
    },
  };
}
