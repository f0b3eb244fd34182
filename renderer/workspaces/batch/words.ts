/** The state of a file of the run in words. */
import type { FolderFileChange } from '../../../app/contract/index.ts';
import { percent } from '../../state/format.ts';
import type { Said } from '../../state/words.ts';
import { say } from './sentences.ts';

/** @returns `full`: for who looks closer */
export function rowSaid({
  state,
  progress,
  error,
  notices,
}: Pick<FolderFileChange, 'state' | 'progress' | 'error' | 'notices'>): Said & {
  readonly full: string;
} {
  const said = ((): Said => {
    switch (state) {
      case 'waiting':
        return { sign: 'waiting', text: say('stateWaiting') };
      case 'running': {
        const share = progress ?? 0;
        const text = say('stateRunning', { percent: percent(share * 100) });
        return { sign: 'working', text, share };
      }
      case 'done':
        return { sign: notices.length > 0 ? 'warning' : 'done', text: say('stateDone') };
      case 'failed':
        return { sign: 'error', text: say('stateFailed', { reason: error?.message ?? '' }) };
      case 'skipped':
        return { sign: 'none', text: say('stateSkipped') };
      case 'cancelled':
        return { sign: 'none', text: say('stateCancelled') };
    }
  })();
  const full = [said.text, error?.hint ?? '', ...notices].filter(Boolean).join(' ');
  return { ...said, full };
}
