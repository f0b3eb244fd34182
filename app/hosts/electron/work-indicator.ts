/**
 * Shows outside the window that files are being written: progress on the taskbar, and no sleep
 * meanwhile. Follows the jobs that write files; a preview is not work to wait for.
 */
import { powerSaveBlocker, type BrowserWindow } from 'electron';
import {
  fractionOf,
  isCommandId,
  JobTally,
  rolesOf,
  type HourglassEvent,
} from '../../contract/index.ts';

export interface WorkIndicator {
  /** Files that are being written or wait for it. */
  readonly busy: boolean;
  follow(event: HourglassEvent): void;
  stop(): void;
}

type JobEvent = Extract<HourglassEvent, { type: 'job' }>;

const writes = (command: string): boolean =>
  isCommandId(command) && rolesOf(command).writes !== undefined;

export function createWorkIndicator(window: () => BrowserWindow | null): WorkIndicator {
  /** Those since everything was last idle. */
  const jobs = new Map<string, JobEvent>();
  let tally = new JobTally();
  let blocker: number | null = null;

  const isBusy = (): boolean => {
    const { queued, running } = tally.counts;
    return queued + running > 0;
  };

  const show = (): void => {
    if (isBusy()) {
      blocker ??= powerSaveBlocker.start('prevent-app-suspension');
      window()?.setProgressBar(fractionOf(tally.work));
      return;
    }
    jobs.clear();
    tally = new JobTally();
    window()?.setProgressBar(-1);
    if (blocker !== null) powerSaveBlocker.stop(blocker);
    blocker = null;
  };

  return {
    get busy() {
      return isBusy();
    },
    follow(event) {
      if (event.type !== 'job' || !writes(event.command)) return;
      const before = jobs.get(event.job);
      if (before) tally.remove(before, 1);
      jobs.set(event.job, event);
      tally.add(event, 1);
      show();
    },
    stop() {
      jobs.clear();
      tally = new JobTally();
      show();
    },
  };
}
