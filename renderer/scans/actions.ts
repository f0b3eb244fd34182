/** What the actions for scans do on this page. */
import { scansContract } from '../../app/contract/scans.ts';
import type { Workbench } from '../state/workbench.svelte.ts';
import type { Behaviour } from '../state/workspace.ts';

export const scanActions = scansContract.actions;

const isWindowed = ({ scan }: Workbench): boolean => scan.isWindowed;

export const scanBehaviours: Readonly<Record<(typeof scanActions)[number]['id'], Behaviour>> = {
  'scan-window': { enabled: isWindowed, perform: ({ scan }) => scan.nextWindow() },
  'scan-invert': { enabled: isWindowed, perform: ({ view }) => view.invert() },
  'scan-overlay': {
    enabled: ({ scan }) => scan.isScan,
    perform: ({ scan }) => (scan.overlay = !scan.overlay),
  },
  'scan-play': {
    enabled: ({ scan, session }) => scan.isScan && session.pages !== null,
    perform: ({ scan }) => scan.play(),
  },
  'scan-measure': {
    enabled: isWindowed,
    perform: ({ scan }) => {
      scan.measuring = !scan.measuring;
      if (!scan.measuring) scan.forget();
    },
  },
};
