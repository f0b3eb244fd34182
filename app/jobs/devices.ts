/**
 * How the devices of this machine are checked: which may exist, and the probe of `runtime` in a
 * throw-away process. What was found is kept in `findings.ts`.
 */
import { deviceCandidates, findingsKey, probeDevice } from '../runtime/devices.ts';
import type { Devices } from './findings.ts';
import type { ProgramOptions } from './types.ts';

export const machineDevices = ({ launch, modelsFolder, software }: ProgramOptions): Devices => ({
  key: `${software} ${findingsKey(modelsFolder)}`,
  candidates: deviceCandidates(),
  probe: (device, signal) => probeDevice(device, { launch, modelsFolder, signal }),
});
