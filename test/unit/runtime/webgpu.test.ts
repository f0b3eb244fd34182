/**
 * The GPU path, on the software GPU of Debian's chromium where there is one. Its driver must be named
 * before ONNX Runtime starts, so this file has a process (and an inference thread) of its own.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInference, createModelStore } from '../../../app/runtime/index.ts';
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
});
