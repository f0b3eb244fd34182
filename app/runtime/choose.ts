/** Which of the probed devices runs a job, in which arithmetic. How they are probed is `devices.ts`. */
import { HourglassError, invalidParameter } from '../contract/index.ts';
import type { DeviceChoice, DeviceReport, Precision, PrecisionChoice } from '../contract/index.ts';
import { cpuLabel } from './cpu.ts';
import type { ModelVariant, Network } from './types.ts';
import { say } from './sentences.ts';

/** The processor before anybody has checked it: there is always one. */
export const unprobedCpu = (): DeviceReport => ({
  id: 'cpu',
  label: cpuLabel(),
  usable: true,
  reason: say('notCheckedYet'),
  maxDifference: null,
  megapixelsPerSecond: null,
  precision: 'fp32',
  int8: null,
  graphOptimization: 'all',
  checkedAt: new Date(0).toISOString(),
});

/** The file that runs: the model's own, or one of its variants. */
export interface ModelFile {
  readonly precision: Precision;
  readonly path: string;
  readonly sha256: string;
}

const variantOf = (model: Network): ModelVariant | undefined =>
  model.variants.find(({ precision }) => precision === 'int8');

/**
 * Device and file for a model. 8 bits run on the CPU only: what GPUs do with them is not measured.
 * @throws HourglassError device-not-found as `chooseDevice`; model-unsuitable for int8 of a model that
 *   has none; invalid-parameter for int8 on another device
 */
export function chooseFor(
  model: Network,
  wanted: { readonly device: DeviceChoice; readonly precision?: PrecisionChoice | undefined },
  reports: readonly DeviceReport[],
): DeviceReport {
  const { device, precision = 'auto' } = wanted;
  const variant = variantOf(model);
  if (precision !== 'int8') return chooseDevice(device, reports, precision === 'auto' && !!variant);
  if (!variant)
    throw new HourglassError('model-unsuitable', say('modelDoesNotExistIn', { id: model.id }));
  if (device !== 'auto' && device !== 'cpu')
    throw invalidParameter('precision', say('autoOrFp32OnDevice', { device }), precision);
  return chooseDevice('cpu', reports);
}

/** @param report the device that runs, as `chooseFor` has found it */
export function chooseFile(
  model: Network,
  precision: PrecisionChoice,
  report: DeviceReport,
): ModelFile {
  const variant = variantOf(model);
  if (variant && (precision === 'int8' || (precision === 'auto' && report.precision === 'int8')))
    return variant;
  return { precision: 'fp32', path: model.path, sha256: model.sha256 };
}

/**
 * @param choice `auto`: the fastest usable device, the CPU where speeds are unknown or equal
 * @param mayRound the job may run in 8 bits where that is faster
 * @throws HourglassError device-not-found, naming the reason, when the device asked for (or, for
 *   `auto`, every device) is not there or has not passed its check
 */
export function chooseDevice(
  choice: DeviceChoice,
  reports: readonly DeviceReport[],
  mayRound = false,
): DeviceReport {
  const known = reports.some((report) => report.id === 'cpu')
    ? reports
    : [unprobedCpu(), ...reports];
  if (choice !== 'auto') {
    const report = known.find((candidate) => candidate.id === choice);
    if (report?.usable) return report;
    throw new HourglassError(
      'device-not-found',
      report
        ? say('deviceCanNotUsed', { choice, reason: report.reason })
        : say('deviceDoesNotExistHere', { choice, known: known.map(({ id }) => id).join(', ') }),
      { details: { device: choice } },
    );
  }
  const speed = ({ precision, int8, megapixelsPerSecond }: DeviceReport): number =>
    (mayRound && precision === 'int8' && int8 ? int8.megapixelsPerSecond : megapixelsPerSecond) ??
    0;
  const usable = known
    .filter((report) => report.usable)
    .sort((a, b) => speed(b) - speed(a) || Number(b.id === 'cpu') - Number(a.id === 'cpu'));
  if (usable[0]) return usable[0];
  throw new HourglassError(
    'device-not-found',
    say('noDeviceCanUsed', {
      known: known.map(({ label, reason }) => `${label}: ${reason}`).join(' '),
    }),
  );
}
