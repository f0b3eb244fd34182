/**
 * The GPU path, on the software GPU of Debian's chromium where there is one. Its driver must be named
 * before ONNX Runtime starts, so this file has a process (and an inference thread) of its own.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInference, createModelStore, type ModelCard } from '../../../app/runtime/index.ts';
import { Graph } from '../../../app/runtime/onnx-graph.ts';
import { uniform } from '../../random.ts';
import {
  buildRuntime,
  cleaning,
  deviceReport,
  hasSwiftShader,
  noSwiftShader,
  noisyPicture,
  shippedModels,
} from './support.ts';

if (!hasSwiftShader) process.stderr.write(`WebGPU is not tested: ${noSwiftShader}.\n`);

let built: Awaited<ReturnType<typeof buildRuntime>>;
beforeAll(async () => {
  process.env.VK_DRIVER_FILES = (await import('./support.ts')).swiftShader;
  built = await buildRuntime();
});
afterAll(() => built.remove());

describe.skipIf(!hasSwiftShader)('WebGPU', () => {
  it('agrees with the CPU within 1e-3, through tiles, and says that it ran', async () => {
    const model = await createModelStore(shippedModels).get('denoise-photo-fast');
    const runs = createInference({
      devices: [deviceReport('cpu'), deviceReport('webgpu')],
      threadFile: built.threadFile,
      faults: [],
    });
    // Without a halo a software GPU has less to do; both devices see the same inputs.
    const small = { ...model, halo: 0 };
    const answers: Record<string, Float32Array[]> = {};
    for (const device of ['webgpu', 'cpu'] as const) {
      const tiles: Float32Array[] = (answers[device] = []);
      const { request } = cleaning(noisyPicture(50, 20), small, { side: 32, device });
      const result = await runs.run({
        ...request,
        collect: (_tile, [output]) => void tiles.push(output!.slice()),
      });
      expect(result.device).toMatchObject({ id: device, fallback: null });
    }
    expect(answers.webgpu!.length).toBe(2);
    let worst = 0;
    for (const [i, tile] of answers.webgpu!.entries())
      for (let at = 0; at < tile.length; at++)
        worst = Math.max(worst, Math.abs(tile[at]! - answers.cpu![i]![at]!));
    expect(worst).toBeLessThanOrEqual(1e-3);
    expect(worst).toBeGreaterThan(0);
    await runs.dispose();
  }, 120_000);

  it('computes a network that is not ours only where the processor agrees', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hourglass-agreement-'));
    const runs = createInference({
      devices: [deviceReport('cpu'), deviceReport('webgpu')],
      threadFile: built.threadFile,
      faults: [],
    });
    const used = async (channels: number) => {
      const model = through(channels, folder);
      const { request } = cleaning(noisyPicture(40, 40), model, { side: 64, device: 'webgpu' });
      return (await runs.run(request)).device;
    };
    expect(await used(8)).toMatchObject({ id: 'webgpu', fallback: null });
    // From 6 channels to 4: findings/onnxruntime-webgpu-conv-of-six-channels.sh
    const wrong = await used(6);
    expect(wrong.id).toBe('cpu');
    expect(wrong.fallback).toContain('otherwise than the processor does');
    // The device itself is not given up.
    expect(await used(8)).toMatchObject({ id: 'webgpu' });
    await runs.dispose();
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);
});

/** A network from three channels to three, through so many and four. */
function through(channels: number, folder: string): ModelCard {
  const draw = uniform(channels);
  const graph = new Graph();
  const conv = (x: string, from: number, to: number): string => {
    const weights = Float32Array.from({ length: to * from * 9 }, () => (draw() - 0.5) / from);
    const kernel = graph.floats(weights, [to, from, 3, 3]);
    return graph.op('Conv', [x, kernel], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
  };
  const x = graph.input('input', [1, 4, 'height', 'width']);
  const y = conv(conv(conv(x, 4, channels), channels, 4), 4, 3);
  graph.output('output', y, [1, 3, 'height', 'width']);
  const bytes = graph.encode();
  const path = join(folder, `${channels}.onnx`);
  writeFileSync(path, bytes);
  return {
    ...{ id: `denoise-of${channels}`, version: '1', title: 'x', task: 'denoise', origin: 'user' },
    ...{ purpose: '', licence: '', bytes: bytes.length, quality: [], limits: [], precisions: [] },
    ...{ path, sha256: createHash('sha256').update(bytes).digest('hex'), variants: [] },
    input: { name: 'input', imageChannels: 3, noiseMap: true, multipleOf: 1 },
    output: { name: 'output', channels: 3, cell: 1 },
    ...{ halo: 3, grayMapFactor: 1, memory: { fixedBytes: 1e6, bytesPerPixel: 100 } },
  };
}
