/**
 * What the runtime's tests share: the thread and the probe built from today's sources, a seeded
 * picture, and a `TiledRun` that cleans it into an interleaved raster.
 */
import { build } from 'esbuild';
import { mkdtempSync, rmSync, mkdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceReport, Progress } from '../../../app/contract/index.ts';
import type { Raster } from '../../../app/pixels/raster.ts';
import { fillPlane, readPlanar, writeInterleaved } from '../../../app/runtime/index.ts';
import type { ModelCard, TiledRun } from '../../../app/runtime/index.ts';
import { repositoryRoot } from '../../data.ts';
import { uniform } from '../../random.ts';

export const tinyModels = join(repositoryRoot, 'test/fixtures/runtime/models');
export const shippedModels = join(repositoryRoot, 'models');
export const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';
export const hasSwiftShader = existsSync(swiftShader);
export const noSwiftShader = `Debian's chromium (its ${swiftShader}) is not installed`;

/** Builds into a folder of its own, so that tests run beside a build of the program. */
export async function buildRuntime() {
  mkdirSync(join(repositoryRoot, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(repositoryRoot, 'dist/runtime-test-'));
  await build({
    absWorkingDir: repositoryRoot,
    entryPoints: {
      'inference-thread': 'app/runtime/inference-thread.ts',
      probe: 'app/runtime/probe/main.ts',
    },
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    splitting: true,
    logLevel: 'warning',
  });
  return {
    threadFile: join(folder, 'inference-thread.js'),
    probeFile: join(folder, 'probe.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A picture with smooth parts, edges, fine texture and noise of about 20 levels. */
export function noisyPicture(width: number, height: number, seed = 1): Raster {
  const next = uniform(seed);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++, at++) {
        const smooth = 90 + 60 * Math.sin((x + 40 * c) / 97) * Math.cos(y / 71);
        const edge = Math.hypot((x % 211) - 105, (y % 173) - 86) < 50 ? 50 : 0;
        const texture = (x >> 6) % 3 === 1 ? 25 * Math.sin(x * 0.9 + y * 1.3) : 0;
        const noise = (next() + next() + next() + next() - 2) * 35;
        data[at] = Math.max(0, Math.min(255, Math.round(smooth + edge + texture + noise)));
      }
  return { width, height, channels: 3, hasAlpha: false, sampleType: 'uint8', data };
}

export const deviceReport = (
  id: DeviceReport['id'],
  extra: Partial<DeviceReport> = {},
): DeviceReport => ({
  id,
  label: id.toUpperCase(),
  usable: true,
  reason: 'Passed in a test.',
  maxDifference: id === 'cpu' ? null : 0,
  megapixelsPerSecond: id === 'cpu' ? 1 : 10,
  precision: 'fp32',
  int8: null,
  graphOptimization: 'all',
  checkedAt: '2026-01-01T00:00:00.000Z',
  ...extra,
});

/** Cleans `source` at a noise level (8-bit levels) into `target.data`. */
export function cleaning(
  source: Raster,
  model: ModelCard,
  extra: Partial<TiledRun> = {},
): { request: TiledRun; target: Uint8Array; progress: Progress[] } {
  const target = new Uint8Array(source.width * source.height * 3);
  const progress: Progress[] = [];
  const request: TiledRun = {
    model,
    device: 'auto',
    width: source.width,
    height: source.height,
    passes: 1,
    signal: new AbortController().signal,
    progress: (step) => progress.push(step),
    fill(tile, _pass, plan, input) {
      readPlanar(source, tile.origin, plan.side, input, 3);
      fillPlane(input, 3, plan.side, 20 / 255);
    },
    collect(tile, [output], plan) {
      const { core, origin } = tile;
      writeInterleaved(
        output!,
        3,
        {
          side: plan.side,
          fromX: core.x - origin.x,
          fromY: core.y - origin.y,
          width: core.width,
          height: core.height,
          targetWidth: plan.width,
          channels: 3,
          colours: 3,
          toX: core.x,
          toY: core.y,
        },
        target,
        'uint8',
      );
    },
    ...extra,
  };
  return { request, target, progress };
}
