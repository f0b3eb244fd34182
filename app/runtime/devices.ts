/**
 * Finds out which devices can be trusted, by using each in a throw-away process (`probe/main.ts`).
 * This is the supervising side: it starts the process, and turns an answer, a death or a silence into
 * a report. Remembering findings is `app/jobs`' business; choosing among them is `choose.ts`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { deviceReportSchema, throwIfCancelled } from '../contract/index.ts';
import type { DeviceId, DeviceReport } from '../contract/index.ts';
import { cpuLabel } from './cpu.ts';
import { referenceModel } from './reference.ts';

/** A process of ours, as far as a probe needs it; every `LaunchProcess` of `app/jobs` fits. */
export type LaunchProbe = (
  entry: 'probe',
  args: readonly string[],
) => {
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (reason: string) => void): void;
  kill(): void;
};

export interface ProbeOptions {
  readonly launch: LaunchProbe;
  /** The shipped models, absolute. */
  readonly modelsFolder: string;
  /** A device that has not answered by then hangs, milliseconds. Default: one minute. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
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
  const card = /"sha256":\s*"(\w+)"/.exec(
    version(join(modelsFolder, referenceModel(), 'card.json')),
  )?.[1];
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES, HOURGLASS_FAULT } = process.env;
  return JSON.stringify([
    runtime.version,
    card,
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
  const first = await probeOnce(device, 'all', options);
  if (first.kind === 'report') return first.report;
  if (first.kind === 'hung') return unusable(device, 'all', first.reason);
  const second = await probeOnce(device, 'extended', options);
  if (second.kind === 'report') return second.report;
  return unusable(device, 'extended', second.reason);
}

type Outcome =
  | { readonly kind: 'report'; readonly report: DeviceReport }
  | { readonly kind: 'hung' | 'died'; readonly reason: string };

function probeOnce(
  device: DeviceId,
  optimization: DeviceReport['graphOptimization'],
  options: ProbeOptions,
): Promise<Outcome> {
  const { launch, modelsFolder, timeoutMs = 60_000, signal } = options;
  if (signal) throwIfCancelled(signal);
  return new Promise((resolve, reject) => {
    const child = launch('probe', [device, modelsFolder, optimization]);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      child.kill();
      settle();
    };
    const cancel = (): void =>
      end(() => {
        try {
          throwIfCancelled(signal!);
        } catch (error) {
          reject(error as Error);
        }
      });
    const finish = (outcome: Outcome): void => end(() => resolve(outcome));
    const timer = setTimeout(
      () =>
        finish({
          kind: 'hung',
          reason: `Its check did not end within ${Math.round(timeoutMs / 1000)} seconds.`,
        }),
      timeoutMs,
    );
    signal?.addEventListener('abort', cancel, { once: true });
    child.onMessage((message) => {
      const report = deviceReportSchema.safeParse((message as { value?: unknown } | null)?.value);
      if (report.success) finish({ kind: 'report', report: report.data });
    });
    child.onExit((reason) =>
      finish({ kind: 'died', reason: `Its check ended unexpectedly (${reason}).` }),
    );
  });
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
  graphOptimization,
  checkedAt: new Date().toISOString(),
});
