/**
 * The state of a file in words: under its thumbnail, beside the picture, after an export. One place,
 * so that the strip, the picture and a screen reader never disagree.
 */
import type { ErrorCode } from '../../app/contract/errors.ts';
import type { DeviceUsed } from '../../app/contract/index.ts';
import type { FileEntry } from './entry.svelte.ts';
import { percent } from './format.ts';
import { sameSettings } from './settings.ts';

/** Shape and colour of a state; the words always stand beside it. */
export type Sign = 'none' | 'waiting' | 'working' | 'done' | 'warning' | 'error';

export interface Said {
  readonly sign: Sign;
  readonly text: string;
  /** 0–1 where a share is known. */
  readonly share?: number;
}

const shortErrors: Partial<Record<ErrorCode, string>> = {
  'not-an-image': 'Not an image',
  'damaged-image': 'Damaged',
  'unsupported-image': 'Not supported',
  'image-too-large': 'Too large',
  'file-not-found': 'Not found',
  'file-not-readable': 'Not readable',
  'decode-timeout': 'Took too long',
  'engine-died': 'Engine ended',
  'out-of-memory': 'Out of memory',
  'output-exists': 'Name is taken',
  'output-not-writable': 'Not writable',
  'output-unsupported': 'Wrong format',
};

/** Two or three words for an error, for narrow places. */
export const shortError = (code: ErrorCode): string => shortErrors[code] ?? 'Failed';

const ofTotal = (done: number, total: number): string => `${done} of ${total}`;

/** State of a file for the film strip: two or three words. */
export function stripState(entry: FileEntry): Said {
  if (entry.error) return { sign: 'error', text: shortError(entry.error.code) };
  const { exported, preview } = entry;
  switch (exported.kind) {
    case 'failed':
      return { sign: 'error', text: shortError(exported.error.code) };
    case 'running': {
      const share = exported.total > 0 ? exported.done / exported.total : 0;
      return { sign: 'working', text: `Exporting ${percent(share * 100)}`, share };
    }
    case 'queued':
      return { sign: 'waiting', text: 'Queued' };
    case 'none':
    case 'cancelled':
    case 'done':
  }
  if (entry.upload !== null)
    return { sign: 'working', text: `Reading ${percent(entry.upload * 100)}`, share: entry.upload };
  if (entry.arrival === 'admitting') return { sign: 'waiting', text: 'Queued' };
  if (entry.arrival === 'opening') return { sign: 'working', text: 'Opening', share: 0 };
  if (entry.arrival === 'measuring') return { sign: 'working', text: 'Measuring', share: 0 };
  if (preview.status === 'failed' && preview.error)
    return { sign: 'error', text: shortError(preview.error.code) };
  if (preview.status === 'running') {
    const progress = preview.progress;
    const share = progress ? progress.done / progress.total : 0;
    return { sign: 'working', text: 'Cleaning', share };
  }
  if (exported.kind === 'done')
    return sameSettings(exported.settings, entry.settings)
      ? { sign: 'done', text: 'Exported' }
      : { sign: 'warning', text: 'Changed since' };
  if (exported.kind === 'cancelled') return { sign: 'warning', text: 'Cancelled' };
  return { sign: 'none', text: '' };
}

/** What the picture on the screen is: beside it, in one sentence. */
export function pictureState(entry: FileEntry): Said {
  const { preview } = entry;
  if (entry.arrival === 'measuring') return { sign: 'working', text: 'Measuring the noise…' };
  if (!entry.open) return { sign: 'working', text: 'Opening…' };
  const { progress, shown } = preview;
  const tiles = progress ? `${ofTotal(progress.done, progress.total)} tiles` : '';
  const share = progress ? progress.done / progress.total : 0;
  switch (preview.status) {
    case 'idle':
      return { sign: 'none', text: 'Original, not cleaned yet.' };
    case 'waiting':
    case 'running':
      if (shown && !preview.current)
        return {
          sign: 'working',
          text: `Showing the previous result while the new one is computed${tiles && `, ${tiles}`}.`,
          share,
        };
      return { sign: 'working', text: tiles ? `Preview, cleaning: ${tiles}.` : 'Cleaning…', share };
    case 'final':
      return { sign: 'done', text: 'Final: what you see is what is saved.' };
    case 'nothing':
      return nothingWords(entry);
    case 'cancelled':
      return {
        sign: 'warning',
        text: `Cancelled. ${leftover(entry)}`,
      };
    case 'failed':
      return {
        sign: 'error',
        text: `Failed. ${leftover(entry)}`,
      };
  }
}

/** What stays on the screen when work ended before its end. */
function leftover({ preview }: FileEntry): string {
  const { shown } = preview;
  if (!shown) return 'This is the original.';
  if (!preview.current) return 'This is the result of earlier settings.';
  return `${ofTotal(shown.done, shown.total)} tiles are cleaned; the rest is the original.`;
}

function nothingWords(entry: FileEntry): Said {
  const suggested = entry.settings.strength === 'auto' && entry.settings.sigma === null;
  return {
    sign: 'done',
    text: suggested
      ? 'No noise worth cleaning: the result equals the original.'
      : 'Strength 0: the result equals the original.',
  };
}

/** "Cleaned on the CPU (…)", with the reason when another device was tried first. */
export function deviceWords(device: DeviceUsed): { text: string; fallback: string | null } {
  return { text: `Cleaned on ${device.label}.`, fallback: device.fallback };
}
