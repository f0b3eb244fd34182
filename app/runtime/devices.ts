/**
 * Finds out which devices can be trusted, by using each in a throw-away process (`probe/main.ts`).
 * This is the supervising side: it turns an answer, a death or a silence into a report. Remembering findings is `app/jobs`' business; choosing among them is `choose.ts`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { deviceReportSchema } from '../contract/index.ts';
import type { DeviceId, DeviceReport } from '../contract/index.ts';
import { cpuLabel } from './cpu.ts';
import { createModelStore } from './model-store.ts';
import { referenceModel } from './reference.ts';
import { throwAway } from './throw-away.ts';
import type { ThrowAwayOptions } from './throw-away.ts';

export interface ProbeOptions extends ThrowAwayOptions {
  /** The shipped models, absolute. */
  readonly modelsFolder: string;
}

/** What people call them, until a probe knows better. */
export const deviceLabel = (device: DeviceId): string =>
  ({ cpu: cpuLabel(), webgpu: 'WebGPU', dml: 'DirectML', coreml: 'Core ML', cuda: 'CUDA' })[device];

const runtimeFolder = (): string =>
  dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));

/**
 * Devices that may exist on a machine, the CPU first. CUDA's provider is an optional extra of ONNX
 * Runtime and a candidate only where its library lies beside the others.
 */
export function deviceCandidates(
  platform: NodeJS.Platform = process.platform,
  libraries: string = join(runtimeFolder(), 'bin/napi-v6', platform, process.arch),
): readonly DeviceId[] {
  if (platform === 'win32') return ['cpu', 'dml', 'webgpu'];
  if (platform === 'darwin') return ['cpu', 'coreml', 'webgpu'];
  const cuda = existsSync(join(libraries, 'libonnxruntime_providers_cuda.so'));
  return ['cpu', 'webgpu', ...(cuda ? (['cuda'] as const) : [])];
}

/**
 * Findings are valid as long as this text stays the same: ONNX Runtime, the model that probes use, the
 * system with its drivers (which come with the kernel, or are named in the environment), and faults
 * injected by tests.
 */
export function findingsKey(modelsFolder: string): string {
  const version = (path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      // Without a card there is nothing to probe with, and the probe will say so.
      return '';
    }
  };
  const runtime = JSON.parse(version(join(runtimeFolder(), 'package.json'))) as { version: string };
  const card = version(join(modelsFolder, referenceModel(), 'card.json'));
  const files = [...card.matchAll(/"sha256":\s*"(\w+)"/g)].map(([, sha256]) => sha256);
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES, HOURGLASS_FAULT } = process.env;
  return JSON.stringify([
    runtime.version,
    files,
    process.platform,
    process.arch,
    release(),
    cpuLabel(),
    VK_DRIVER_FILES,
    VK_ICD_FILENAMES,
    HOURGLASS_FAULT,
  ]);
}

/**
 * Checks one device. A process that dies is tried once more with less graph optimisation: ONNX Runtime
 * 1.23.2 segfaulted on some models with all of it, below any `catch`. Never throws for a bad device: a
 * death or a hang is a finding.
 * @throws HourglassError cancelled
 */
export async function probeDevice(device: DeviceId, options: ProbeOptions): Promise<DeviceReport> {
  const first = await deviceCheck(device, 'all', options);
  if (first.kind === 'answer') return with8Bits(first.value, options);
  if (first.kind === 'hung') return unusable(device, 'all', first.reason);
  const second = await deviceCheck(device, 'extended', options);
  if (second.kind === 'answer') return with8Bits(second.value, options);
  return unusable(device, 'extended', second.reason);
}

const deviceCheck = (device: DeviceId, optimization: string, options: ProbeOptions) =>
  throwAway([device, options.modelsFolder, optimization], deviceReportSchema, options);

const int8Schema = deviceReportSchema.pick({ precision: true, int8: true });

/**
 * The report of the CPU with what 8 bits are worth on it, found out in a process of its own: whatever
 * happens there must not cost us the CPU.
 */
async function with8Bits(report: DeviceReport, options: ProbeOptions): Promise<DeviceReport> {
  if (report.id !== 'cpu' || !report.usable) return report;
  const models = await createModelStore(options.modelsFolder).list();
  const reference = models.find(({ id }) => id === referenceModel());
  if (!reference?.precisions.includes('int8')) return report;
  const args = ['int8', options.modelsFolder, report.graphOptimization];
  const found = await throwAway(args, int8Schema, options);
  return found.kind === 'answer' ? { ...report, ...found.value } : report;
}

const unusable = (
  device: DeviceId,
  graphOptimization: DeviceReport['graphOptimization'],
  reason: string,
): DeviceReport => ({
  id: device,
  label: deviceLabel(device),
  usable: false,
  reason,
  maxDifference: null,
  megapixelsPerSecond: null,
  precision: 'fp32',
  int8: null,
  graphOptimization,
  checkedAt: new Date().toISOString(),
});
