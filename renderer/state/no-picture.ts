/** The part of a work that makes the picture on the screen, for workspaces that make none. */
import type { PictureWork } from './workspace.ts';

/** One per work: whoever listens to it puts himself there. */
export const noPicture = (): PictureWork => ({
  ...{ status: 'nothing', busy: false, progress: null, error: null, shown: null, onchange: null },
  cancel: () => undefined,
  resume: () => undefined,
  fail: () => undefined,
});
