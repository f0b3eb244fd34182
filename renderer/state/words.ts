/**
 * The state of a file in words: under its thumbnail, beside the picture, after an export. One place,
 * so that the strip, the picture and a screen reader never disagree.
 */
import type { ErrorCode } from '../../app/contract/errors.ts';
import type { DeviceUsed, ModelInfo, ModelUsed } from '../../app/contract/index.ts';
import type { FileEntry } from './entry.svelte.ts';
import { number, percent } from './format.ts';
import type { Addition } from './networks.svelte.ts';
import type { PictureWork, Work } from './workspace.ts';

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

/** State of a file for the film strip while it is not there yet, or while it is exported; null: neither. */
export function arrivalState(entry: FileEntry, { exported }: Pick<Work, 'exported'>): Said | null {
  if (entry.error) return { sign: 'error', text: shortError(entry.error.code) };
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
  return null;
}

/** The same of the work for the screen. @param doing what it does, in a word */
export function workState(
  { status, error, progress }: Pick<PictureWork, 'status' | 'error' | 'progress'>,
  doing: string,
): Said | null {
  if (status === 'failed' && error) return { sign: 'error', text: shortError(error.code) };
  if (status !== 'running') return null;
  return { sign: 'working', text: doing, share: progress ? progress.done / progress.total : 0 };
}

/** The same of an export that has ended. @param settings what it would depend on now, as text */
export function exportedState({ exported }: Pick<Work, 'exported'>, settings: string): Said | null {
  if (exported.kind === 'cancelled') return { sign: 'warning', text: 'Cancelled' };
  if (exported.kind !== 'done') return null;
  return exported.settings === settings
    ? { sign: 'done', text: 'Exported' }
    : { sign: 'warning', text: 'Changed since' };
}

const arithmetic: Readonly<Record<ModelUsed['precision'], string>> = {
  fp32: '',
  int8: ' in 8-bit integers (int8)',
};

/** "Cleaned on the CPU by Photo · fast 1.0.0.", with the reason when another device was tried first. */
export function madeByWords(
  { device, model }: { readonly device: DeviceUsed; readonly model: ModelUsed },
  title: string,
  done = 'Cleaned',
): { text: string; fallback: string | null } {
  return {
    text: `${done} on ${device.label} by ${title} ${model.version}${arithmetic[model.precision]}.`,
    fallback: device.fallback,
  };
}

/** Names a model in a list: a person's own are marked. */
export const modelLabel = (model: ModelInfo): string =>
  model.origin === 'user' ? `${model.title} (added by you)` : model.title;

/** Measured quality by set and metric, in the card's order; numbers of one group in equal digits. */
export function qualityGroups(
  quality: ModelInfo['quality'],
): readonly { title: string; rows: readonly { noise: string; value: string }[] }[] {
  const groups = new Map<string, { noise: string; value: number }[]>();
  for (const { set, noise, metric, value } of quality) {
    const title = `${set}, ${metric}`;
    groups.set(title, [...(groups.get(title) ?? []), { noise, value }]);
  }
  return [...groups].map(([title, found]) => {
    const digits = Math.max(...found.map(({ value }) => decimals(value)));
    const rows = found.map(({ noise, value }) => ({ noise, value: value.toFixed(digits) }));
    return { title, rows };
  });
}

const decimals = (value: number): number => number(value, 3).split('.')[1]?.length ?? 0;

/** How far a network that a person brings has come, in one sentence. */
export function additionState({ state }: Addition): Said {
  switch (state.kind) {
    case 'waiting':
      return { sign: 'waiting', text: 'Waits for the one before it.' };
    case 'reading':
      return {
        sign: 'working',
        text: `Reading the file, ${percent(state.share * 100)}.`,
        share: state.share,
      };
    case 'checking':
      return { sign: 'working', text: state.step || 'Trying it on a picture…' };
    case 'added':
      return {
        sign: 'done',
        text: `Added as “${state.model.title}”, and can be chosen like any other.`,
      };
    case 'failed':
      return { sign: 'error', text: state.error.message };
    case 'cancelled':
      return { sign: 'warning', text: 'Cancelled. Nothing was added.' };
  }
}
