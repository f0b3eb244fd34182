/** What the actions for scans do on this page. */
import { scanActions } from '../../app/contract/scans.ts';
import { flipped, isUpright, turned, upright } from '../viewer/orientation.ts';
import type { Workbench } from '../state/workbench.svelte.ts';
import type { Behaviour } from '../state/workspace.ts';

export { scanActions };

const isWindowed = ({ scan }: Workbench): boolean => scan.isWindowed;

const isScan = ({ scan }: Workbench): boolean => scan.isScan;

const hasPlanes = ({ scan, session }: Workbench): boolean =>
  scan.hasPlanes && session.desk.planes === true;
const isPlane = ({ session }: Workbench): boolean => (session.active?.plane ?? null) !== null;

export const scanBehaviours: Readonly<Record<(typeof scanActions)[number]['id'], Behaviour>> = {
  'scan-send': {
    enabled: (bench) => bench.sendable.length > 0,
    perform: (bench) => (bench.dialog = 'archive'),
  },
  'scan-window': { enabled: isWindowed, perform: ({ scan }) => scan.nextWindow() },
  'scan-invert': { enabled: isWindowed, perform: ({ view }) => view.invert() },
  'scan-as-taken': {
    enabled: (bench) => hasPlanes(bench) && isPlane(bench),
    perform: ({ scan }) => scan.showPlane(null),
  },
  'scan-axial': { enabled: hasPlanes, perform: ({ scan }) => scan.showPlane('axial') },
  'scan-coronal': { enabled: hasPlanes, perform: ({ scan }) => scan.showPlane('coronal') },
  'scan-sagittal': { enabled: hasPlanes, perform: ({ scan }) => scan.showPlane('sagittal') },
  'scan-three-planes': { enabled: hasPlanes, perform: ({ scan }) => scan.toggleThree() },
  'scan-turn-right': {
    enabled: isScan,
    perform: ({ view }) => view.orient(turned(view.orientation, 1)),
  },
  'scan-turn-left': {
    enabled: isScan,
    perform: ({ view }) => view.orient(turned(view.orientation, -1)),
  },
  'scan-flip-across': {
    enabled: isScan,
    perform: ({ view }) => view.orient(flipped(view.orientation, 'across')),
  },
  'scan-flip-down': {
    enabled: isScan,
    perform: ({ view }) => view.orient(flipped(view.orientation, 'down')),
  },
  'scan-upright': {
    enabled: (bench) => isScan(bench) && !isUpright(bench.view.orientation),
    perform: ({ view }) => view.orient(upright),
  },
  'scan-overlay': {
    enabled: isScan,
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
