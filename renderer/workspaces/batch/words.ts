/** The state of a file of the run in words, and of what was written of it. */
import { labelOf } from '../../../app/contract/formats.ts';
import type { FolderFileChange } from '../../../app/contract/index.ts';
import type { FileEntry } from '../../state/entry.svelte.ts';
import { bytes, dimensions, percent } from '../../state/format.ts';
import type { Said } from '../../state/words.ts';
import { say } from './sentences.ts';
import { writtenOf } from './written.svelte.ts';

/** @returns `full`: for who looks closer */
export function rowSaid({
  state,
  progress,
  error,
  notices,
  byJournal = false,
}: Pick<FolderFileChange, 'state' | 'progress' | 'error' | 'notices' | 'byJournal'>): Said & {
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
  const journal = byJournal ? say('byJournal') : '';
  const full = [said.text, error?.hint ?? '', ...notices, journal].filter(Boolean).join(' ');
  return { ...said, full };
}

export const stripResult = (entry: FileEntry): Said => {
  if (entry.error) return { sign: 'error', text: say('stripRefused') };
  const { found } = writtenOf(entry);
  if (!found) return { sign: 'none', text: '' };
  return found.changed
    ? { sign: 'warning', text: say('stripChanged') }
    : { sign: 'done', text: say('stripResult') };
};

/** What stands beside the original. */
export function resultState(entry: FileEntry): Said {
  const { found, picture } = writtenOf(entry);
  if (!found) return { sign: 'none', text: say('noResultHere') };
  const { name } = found.result;
  if (picture.state === 'failed') return { sign: 'error', text: say('resultFailed', { name }) };
  const facts = picture.state === 'final' ? picture.shown?.facts : null;
  if (!facts) return { sign: 'working', text: say('readingResult', { name }), share: 1 };
  const about = { name, format: labelOf(facts.format), size: bytes(facts.bytes) };
  return found.changed
    ? { sign: 'warning', text: say('changedResult', about) }
    : { sign: 'done', text: say('writtenResult', about) };
}

/** What a person should know who compares the two. */
export function resultNotices(entry: FileEntry): readonly string[] {
  const { found, picture } = writtenOf(entry);
  const { info } = entry;
  const facts = picture.shown?.facts;
  if (!found) return [];
  const isSmaller = facts && info && (facts.width !== info.width || facts.height !== info.height);
  return [
    ...(found.changed ? [say('changedSince', { name: found.result.name })] : []),
    ...(found.sourceChanged ? [say('sourceChangedSince', { name: found.source.name })] : []),
    ...(isSmaller ? [say('stretched', { file: dimensions(facts), source: dimensions(info) })] : []),
  ];
}
