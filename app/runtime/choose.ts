/** Which of the probed devices runs a job. How they are probed is `devices.ts`. */
import { HourglassError } from '../contract/index.ts';
import type { DeviceChoice, DeviceReport } from '../contract/index.ts';
import { cpuLabel } from './cpu.ts';

/** The processor before anybody has checked it: there is always one. */
export const unprobedCpu = (): DeviceReport => ({
  id: 'cpu',
  label: cpuLabel(),
  usable: true,
  reason: 'Not checked yet.',
  maxDifference: null,
  megapixelsPerSecond: null,
  graphOptimization: 'all',
  checkedAt: new Date(0).toISOString(),
});

/**
 * @param choice `auto`: the fastest usable device, the CPU where speeds are unknown or equal
 * @throws HourglassError device-not-found, naming the reason, when the device asked for (or, for
 *   `auto`, every device) is not there or has not passed its check
 */
export function chooseDevice(choice: DeviceChoice, reports: readonly DeviceReport[]): DeviceReport {
  const known = reports.some((report) => report.id === 'cpu')
    ? reports
    : [unprobedCpu(), ...reports];
  if (choice !== 'auto') {
    const report = known.find((candidate) => candidate.id === choice);
    if (report?.usable) return report;
    throw new HourglassError(
      'device-not-found',
      report
        ? `The device ${choice} can not be used: ${report.reason}`
        : `The device ${choice} does not exist here; there are ${known.map(({ id }) => id).join(', ')}.`,
      { details: { device: choice } },
    );
  }
  const speed = (report: DeviceReport) => report.megapixelsPerSecond ?? 0;
  const usable = known
    .filter((report) => report.usable)
    .sort((a, b) => speed(b) - speed(a) || Number(b.id === 'cpu') - Number(a.id === 'cpu'));
  if (usable[0]) return usable[0];
  throw new HourglassError(
    'device-not-found',
    `No device can be used: ${known.map(({ label, reason }) => `${label}: ${reason}`).join(' ')}`,
  );
}
