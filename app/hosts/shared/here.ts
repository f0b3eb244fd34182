/**
 * How this process starts others: plain Node starts the built files; inside the installed program, whose binary is no Node
 * (fuse `runAsNode`), `electron/without-window.ts` says how, before a host is loaded.
 */
import { launchNodeProcess, type LaunchProcess } from '../../jobs/index.ts';
import { debugFlags } from '../../jobs/processes.ts';
import { shipped } from './paths.ts';

export interface Here {
  /** Starts the engine and the like. */
  readonly launch: LaunchProcess;
  /** Program and first arguments of another host. @param entry below dist/app/hosts, without an ending */
  readonly host: (entry: string) => { readonly program: string; readonly args: readonly string[] };
}

let here: Here = {
  launch: launchNodeProcess,
  host: (entry) => ({ program: process.execPath, args: [...debugFlags(), hostFile(entry)] }),
};

export const hostFile = (entry: string): string => shipped(`dist/app/hosts/${entry}.js`);

/** Before anything is started. */
export function startOthersAs(other: Here): void {
  here = other;
}

export const launchHere: LaunchProcess = (kind, args) => here.launch(kind, args);
export const hostHere: Here['host'] = (entry) => here.host(entry);
