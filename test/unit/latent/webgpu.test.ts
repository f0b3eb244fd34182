/**
 * A file that is made on one device and shown on another: the latents are the same, the pixels within a
 * step. On the software GPU of Debian's chromium where there is one, whose driver must be named before
 * ONNX Runtime starts: a process of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import { deviceReport, hasSwiftShader, noSwiftShader, swiftShader } from '../runtime/support.ts';
import {
  createTestEngine,
  drawing,
  hasLatentModel,
  largestDifference,
  pixelsOf,
  type TestEngine,
} from './codec-support.ts';

if (!hasSwiftShader) process.stderr.write(`Skipped: ${noSwiftShader}.\n`);

let engine: TestEngine;
const folder = mkdtempSync(join(tmpdir(), 'latent-gpu-'));
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  process.env.VK_DRIVER_FILES = swiftShader;
  await buildAppIfStale();
  // One tile around the drawing, and not the 256 × 256 that a GPU takes for it: a software GPU has a third to do.
  engine = createTestEngine({ side: ({ halo }) => 64 + 2 * halo });
  engine.services.inference.setDevices([deviceReport('cpu'), deviceReport('webgpu')]);
  await sharp(drawing(64, 48), { raw: { width: 64, height: 48, channels: 3 } })
    .png()
    .toFile(at('drawing.png'));
}, 300_000);
afterAll(async () => {
  await engine.services.inference.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(hasLatentModel && hasSwiftShader)('CPU and GPU', () => {
  it('decode the same latents, and show them alike, whoever made them', async () => {
    const source = at('drawing.png');
    const onCpu = await engine.run('encode', { source, out: at('cpu.hgl'), device: 'cpu' });
    const onGpu = await engine.run('encode', { source, out: at('gpu.hgl'), device: 'webgpu' });
    expect(onGpu.device).toMatchObject({ id: 'webgpu', fallback: null });
    const shown = async (file: string, device: 'cpu' | 'webgpu', hash: string) => {
      const out = at(`${file}-${device}.png`);
      const decoded = await engine.run('decode', { source: at(file), out, device });
      expect(decoded.device).toMatchObject({ id: device, fallback: null });
      expect(decoded.hash).toBe(hash);
      return pixelsOf(out);
    };
    const own = await shown('cpu.hgl', 'cpu', onCpu.hash!);
    const other = await shown('cpu.hgl', 'webgpu', onCpu.hash!);
    expect(largestDifference(own, other)).toBeLessThanOrEqual(1);
    await shown('gpu.hgl', 'cpu', onGpu.hash!);
  }, 600_000);
});
