/**
 * How the devices of this machine are checked: which may exist, and the probe of `runtime` in a
 * throw-away process. What was found is kept in `findings.ts`.
 */
import type { Devices } from './findings.ts';
import type { ProgramOptions } from './types.ts';

export function machineDevices(options: ProgramOptions): Devices {
  return {
    key: options.software,
    candidates: [],
    probe: () => Promise.reject(new Error('no probe')),
  };
}
