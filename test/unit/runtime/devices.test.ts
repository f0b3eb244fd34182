import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  chooseDevice,
  chooseFor,
  createModelStore,
  deviceCandidates,
  findingsKey,
  probeDevice,
} from '../../../app/runtime/index.ts';
import type { LaunchProbe, ModelCard } from '../../../app/runtime/index.ts';
import { chooseFile } from '../../../app/runtime/choose.ts';
import { bestPrecision } from '../../../app/runtime/probe/check.ts';
import { parseFaults } from '../../../app/runtime/faults.ts';
import {
  buildRuntime,
  deviceReport,
  hasSwiftShader,
  noSwiftShader,
  shippedModels,
  swiftShader,
  tinyModels,
} from './support.ts';

let built: Awaited<ReturnType<typeof buildRuntime>>;
beforeAll(async () => {
  built = await buildRuntime();
});
afterAll(() => built.remove());

/** Real processes, as the hosts start them. */
function launcher(env: Record<string, string> = {}) {
  const alive = new Set<number>();
  const started: string[] = [];
  const launch: LaunchProbe = (_entry, args) => {
    started.push(args[2]!);
    const child = fork(built.probeFile, [...args], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // No driver unless a test names one: the machine's own must not decide.
      env: { ...process.env, VK_DRIVER_FILES: '/no/driver.json', ...env },
    });
    alive.add(child.pid!);
    child.on('exit', () => alive.delete(child.pid!));
    return {
      onMessage: (listener) => child.on('message', listener),
      onExit: (listener) =>
        child.on('exit', (code, signal) => listener(`ended by ${signal ?? code}`)),
      kill: () => child.kill('SIGKILL'),
    };
  };
  return { launch, alive, started };
}

const ended = async (alive: ReadonlySet<number>) => {
  for (let i = 0; alive.size > 0 && i < 100; i++) await new Promise((wake) => setTimeout(wake, 50));
  expect(alive.size).toBe(0);
};

/** The tiny network, and its file in 8 bits, in the place of the reference model: its check takes a fraction of the time. */
function inPlaceOfTheReference(spoil: (folder: string) => void = () => {}) {
  const modelsFolder = mkdtempSync(join(tmpdir(), 'hourglass-reference-'));
  const folder = join(modelsFolder, 'denoise-photo-fast');
  cpSync(join(tinyModels, 'denoise-tiny-test'), folder, { recursive: true });
  const card = join(folder, 'card.json');
  writeFileSync(
    card,
    readFileSync(card, 'utf8').replace('denoise-tiny-test', 'denoise-photo-fast'),
  );
  spoil(folder);
  return { modelsFolder, remove: () => rmSync(modelsFolder, { recursive: true }) };
}

describe('the probe', () => {
  it('passes the CPU with the shipped network and measures it', async () => {
    const { launch, alive, started } = launcher();
    const report = await probeDevice('cpu', { launch, modelsFolder: shippedModels });
    expect(report).toMatchObject({ id: 'cpu', usable: true, graphOptimization: 'all' });
    expect(report.label).toMatch(/^CPU \(.*\d+ cores?\)$/);
    expect(report.megapixelsPerSecond).toBeGreaterThan(0);
    expect(report.maxDifference).toBe(null);
    // The shipped network comes in 8 bits too, which is measured in a process of its own.
    expect(report.int8!.megapixelsPerSecond).toBeGreaterThan(0);
    expect(started).toEqual(['all', 'all']);
    await ended(alive);
  });

  it('says in one sentence that there is no graphics adapter', async () => {
    const { launch } = launcher();
    const report = await probeDevice('webgpu', { launch, modelsFolder: shippedModels });
    expect(report.usable).toBe(false);
    expect(report.reason).toBe('No graphics adapter with a working driver was found.');
  });

  it('says that a provider is not installed', async () => {
    if (process.platform === 'win32') return;
    const { launch } = launcher();
    const report = await probeDevice('dml', { launch, modelsFolder: shippedModels });
    expect(report.usable).toBe(false);
    expect(report.reason).toBe('ONNX Runtime’s part for DirectML is not installed.');
  });

  it('survives an abort in native code: tried once more with less optimisation, then said', async () => {
    const { launch, alive, started } = launcher({ HOURGLASS_FAULT: 'webgpu:abort' });
    const report = await probeDevice('webgpu', { launch, modelsFolder: shippedModels });
    expect(started).toEqual(['all', 'extended']);
    expect(report).toMatchObject({
      id: 'webgpu',
      label: 'WebGPU',
      usable: false,
      graphOptimization: 'extended',
      reason: 'Its check ended unexpectedly (ended by SIGABRT).',
    });
    await ended(alive);
  });

  it('kills a device that hangs, and says so', async () => {
    const { launch, alive } = launcher({ HOURGLASS_FAULT: 'cpu:hang' });
    const options = { launch, modelsFolder: shippedModels, timeoutMs: 2000 };
    const report = await probeDevice('cpu', options);
    expect(report.usable).toBe(false);
    expect(report.reason).toBe('Its check did not end within 2 seconds.');
    await ended(alive);
  });

  it('can be cancelled', async () => {
    const { launch, alive } = launcher({ HOURGLASS_FAULT: 'cpu:hang' });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    const options = { launch, modelsFolder: shippedModels, signal: controller.signal };
    await expect(probeDevice('cpu', options)).rejects.toMatchObject({ code: 'cancelled' });
    await ended(alive);
  });

  it('refuses answers that are none', async () => {
    const { modelsFolder, remove } = inPlaceOfTheReference();
    for (const [kind, reason] of [
      ['nan', 'It answered with values that are not numbers.'],
      ['constant', 'It answered with one value for the whole tile.'],
      ['throw', 'It failed its check: injected fault: the device was lost.'],
    ] as const) {
      const { launch } = launcher({ HOURGLASS_FAULT: `webgpu:${kind}` });
      const report = await probeDevice('webgpu', { launch, modelsFolder });
      expect(report).toMatchObject({ usable: false, reason });
    }
    remove();
  });

  it('is not met by faults that wait for a later tile', async () => {
    const { launch } = launcher({ HOURGLASS_FAULT: 'cpu:abort@tile=2,cpu:nan@above=128' });
    const { modelsFolder, remove } = inPlaceOfTheReference();
    const report = await probeDevice('cpu', { launch, modelsFolder });
    expect(report.usable).toBe(true);
    remove();
  });

  it('says that the models are not there', async () => {
    const { launch } = launcher();
    const report = await probeDevice('cpu', { launch, modelsFolder: tinyModels });
    expect(report.usable).toBe(false);
    expect(report.reason).toContain('There is no model “denoise-photo-fast”');
  });

  it('passes a software GPU that answers like the CPU', async (context) => {
    if (!hasSwiftShader) return context.skip(noSwiftShader);
    const { launch } = launcher({ VK_DRIVER_FILES: swiftShader });
    const options = { launch, modelsFolder: shippedModels, timeoutMs: 110_000 };
    const report = await probeDevice('webgpu', options);
    expect(report).toMatchObject({ id: 'webgpu', usable: true });
    expect(report.maxDifference).toBeLessThanOrEqual(1e-3);
    // Slow, and known to be: "auto" leaves it.
    expect(chooseDevice('auto', [deviceReport('cpu'), report]).id).toBe('cpu');
  }, 120_000);
});

describe('8 bits', () => {
  it('are measured on the CPU, in a process of their own', async () => {
    const { launch, started, alive } = launcher();
    const { modelsFolder, remove } = inPlaceOfTheReference();
    const report = await probeDevice('cpu', { launch, modelsFolder });
    expect(report.usable).toBe(true);
    expect(started).toEqual(['all', 'all']);
    expect(report.int8!.megapixelsPerSecond).toBeGreaterThan(0);
    // Steps of 1/127 in the input, averaged over nine pixels.
    expect(report.int8!.maxDifference).toBeGreaterThan(1e-4);
    expect(report.int8!.maxDifference).toBeLessThan(0.01);
    await ended(alive);
    remove();
  });

  it('that can not be run cost no more than themselves', async () => {
    const { launch, started } = launcher();
    const { modelsFolder, remove } = inPlaceOfTheReference((folder) => {
      writeFileSync(join(folder, 'model-int8.onnx'), 'nothing');
      const card = JSON.parse(readFileSync(join(folder, 'card.json'), 'utf8')) as {
        variants: { sha256: string }[];
      };
      card.variants[0]!.sha256 = createHash('sha256').update('nothing').digest('hex');
      writeFileSync(join(folder, 'card.json'), JSON.stringify(card));
    });
    // The first process only needs the file that works.
    const report = await probeDevice('cpu', { launch, modelsFolder });
    expect(started).toEqual(['all', 'all']);
    expect(report).toMatchObject({ usable: true, precision: 'fp32', int8: null });
    remove();
  });

  it('are chosen where they are much faster and answer alike', () => {
    const at = (gain: number, maxDifference = 0.01) => bestPrecision(gain, maxDifference);
    expect([at(1.19), at(1.2), at(2)]).toEqual(['fp32', 'int8', 'int8']);
    expect([at(2, 0.1), at(2, Number.NaN)]).toEqual(['fp32', 'fp32']);
  });
});

describe('candidates', () => {
  it('follow the platform, the CPU first', () => {
    expect(deviceCandidates('win32')).toEqual(['cpu', 'dml', 'webgpu']);
    expect(deviceCandidates('darwin')).toEqual(['cpu', 'coreml', 'webgpu']);
    const folder = mkdtempSync(join(tmpdir(), 'hourglass-libraries-'));
    try {
      expect(deviceCandidates('linux', folder)).toEqual(['cpu', 'webgpu']);
      writeFileSync(join(folder, 'libonnxruntime_providers_cuda.so'), '');
      expect(deviceCandidates('linux', folder)).toEqual(['cpu', 'webgpu', 'cuda']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('have findings that are void with another model or driver', () => {
    const key = findingsKey(shippedModels);
    expect(findingsKey(shippedModels)).toBe(key);
    expect(findingsKey(tinyModels)).not.toBe(key);
    const before = process.env.VK_DRIVER_FILES;
    process.env.VK_DRIVER_FILES = '/another/driver.json';
    try {
      expect(findingsKey(shippedModels)).not.toBe(key);
    } finally {
      if (before === undefined) delete process.env.VK_DRIVER_FILES;
      else process.env.VK_DRIVER_FILES = before;
    }
  });
});

describe('chooseDevice', () => {
  const cpu = deviceReport('cpu');
  const quick = deviceReport('cpu', {
    precision: 'int8',
    int8: { megapixelsPerSecond: 20, maxDifference: 0.01 },
  });

  it('counts 8 bits where the model has them and the person allows them', async () => {
    const model = await createModelStore(tinyModels).get('denoise-tiny-test');
    const plain = { ...model, variants: [] };
    const reports = [quick, deviceReport('webgpu')];
    const choose = (card: ModelCard, wanted: Parameters<typeof chooseFor>[1]) => {
      const report = chooseFor(card, wanted, reports);
      return `${report.id} ${chooseFile(card, wanted.precision ?? 'auto', report).precision}`;
    };
    expect(choose(model, { device: 'auto' })).toBe('cpu int8');
    expect(choose(model, { device: 'auto', precision: 'fp32' })).toBe('webgpu fp32');
    expect(choose(plain, { device: 'auto' })).toBe('webgpu fp32');
    expect(choose(plain, { device: 'cpu' })).toBe('cpu fp32');
    expect(choose(model, { device: 'webgpu' })).toBe('webgpu fp32');
    expect(choose(model, { device: 'auto', precision: 'int8' })).toBe('cpu int8');
    expect(chooseFile(model, 'int8', cpu)).toEqual(model.variants[0]);
    expect(() => choose(plain, { device: 'auto', precision: 'int8' })).toThrow(
      'The model denoise-tiny-test does not exist in 8 bits',
    );
    expect(() => choose(model, { device: 'webgpu', precision: 'int8' })).toThrow(
      'Expected auto or fp32 on the device webgpu for precision but received "int8"',
    );
  });

  it('takes the fastest that passed, and the CPU when nothing is known', () => {
    expect(chooseDevice('auto', [])).toMatchObject({ id: 'cpu', usable: true });
    expect(chooseDevice('auto', [cpu, deviceReport('webgpu')]).id).toBe('webgpu');
    const slow = deviceReport('webgpu', { megapixelsPerSecond: 0.1 });
    expect(chooseDevice('auto', [slow, cpu]).id).toBe('cpu');
    const bad = deviceReport('webgpu', { usable: false });
    expect(chooseDevice('auto', [cpu, bad]).id).toBe('cpu');
  });
  it('says why nothing is left', () => {
    const reports = [deviceReport('cpu', { usable: false, reason: 'It died.' })];
    expect(() => chooseDevice('auto', reports)).toThrow('No device can be used: CPU: It died.');
  });
});

describe('faults', () => {
  it('are understood or refused, never ignored', () => {
    expect(parseFaults(undefined)).toEqual([]);
    expect(parseFaults('webgpu:nan@tile=3,cpu:oom@above=512')).toEqual([
      { device: 'webgpu', kind: 'nan', tile: 3, above: null },
      { device: 'cpu', kind: 'oom', tile: null, above: 512 },
    ]);
    for (const text of ['webgpu:explode', 'nan', 'cpu:nan@tile=x'])
      expect(() => parseFaults(text)).toThrow('not understood');
  });
});
