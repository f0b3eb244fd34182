/** What hosts use of `jobs`: the program, and the launcher for plain Node. */
import { machineDevices } from './devices.ts';
import { assembleProgram } from './program.ts';
import type { Program, ProgramOptions } from './types.ts';

export { createNodeLauncher, launchNodeProcess } from './launch.ts';
export { closest } from './suggest.ts';
export type * from './types.ts';

/** The program with its real devices. Nothing is started before the first command needs it. */
export const createProgram = (options: ProgramOptions): Program =>
  assembleProgram(options, { devices: machineDevices(options) });
