/** Types of choose-host.mjs, which stays plain so that `npm start` runs without a build. */
export type FoundElectron = { path: string } | { missing: string };
export interface Choice {
  host: 'electron' | 'browser';
  /** A browser to open the page with; null: print the address only. */
  browser: string | null;
  /** What was chosen and why, one line for the terminal. */
  line: string;
  possible: boolean;
}
export function findElectron(root: string, env?: NodeJS.ProcessEnv): FoundElectron;
export function hasDisplay(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): boolean;
export function chooseHost(facts: {
  wanted: 'electron' | 'browser' | null;
  electron: FoundElectron;
  display: boolean;
  browser: string | null;
  open: boolean;
}): Choice;
