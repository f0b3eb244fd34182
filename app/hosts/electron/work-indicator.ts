/**
 * Shows outside the window that files are being written: progress on the taskbar, and no sleep
 * meanwhile. Follows the jobs that write files; a preview is not work to wait for.
 */
import { powerSaveBlocker, type BrowserWindow } from 'electron';
import { isCommandId, rolesOf, type HourglassEvent } from '../../contract/index.ts';

export interface WorkIndicator {
  /** Files that are being written or wait for it. */
  readonly busy: boolean;
  follow(event: HourglassEvent): void;
  stop(): void;
}

type JobEvent = Extract<HourglassEvent, { type: 'job' }>;

const writes = (command: string): boolean =>
  isCommandId(command) && rolesOf(command).writes !== undefined;

const fractionOf = (event: JobEvent): number =>
  event.progress && event.progress.total > 0 ? event.progress.done / event.progress.total : 0;

export function createWorkIndicator(window: () => BrowserWindow | null): WorkIndicator {
  /** Fraction done of each unfinished job. */
  const open = new Map<string, number>();
  /** Jobs ended since everything was last idle. */
  let ended = 0;
  let blocker: number | null = null;

  const show = (): void => {
    if (open.size > 0) {
      blocker ??= powerSaveBlocker.start('prevent-app-suspension');
      const done = [...open.values()].reduce((sum, fraction) => sum + fraction, ended);
      window()?.setProgressBar(done / (open.size + ended));
      return;
    }
    ended = 0;
    window()?.setProgressBar(-1);
    if (blocker !== null) powerSaveBlocker.stop(blocker);
    blocker = null;
  };

  return {
    get busy() {
      return open.size > 0;
    },
    follow(event) {
      if (event.type !== 'job' || !writes(event.command)) return;
      if (event.state === 'queued' || event.state === 'running')
        open.set(event.job, fractionOf(event));
      else if (open.delete(event.job)) ended += 1;
      show();
    },
    stop() {
      open.clear();
      show();
    },
  };
}
