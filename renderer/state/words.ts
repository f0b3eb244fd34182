/**
 * The state of a file in words: under its thumbnail, beside the picture, after an export. One place,
 * so that the strip, the picture and a screen reader never disagree.
 */
import type { ErrorCode } from '../../app/contract/errors.ts';
import type { DeviceUsed, ModelInfo, ModelUsed } from '../../app/contract/index.ts';
import type { FileEntry } from './entry.svelte.ts';
import { percent } from './format.ts';
import type { Addition } from './networks.svelte.ts';
import type { PictureWork, Work } from './workspace.ts';
import type { SentenceId } from '../../app/contract/sentences/index.ts';
import { say } from './sentences.ts';

/** Shape and colour of a state; the words always stand beside it. */
export type Sign = 'none' | 'waiting' | 'working' | 'done' | 'warning' | 'error';

export interface Said {
  readonly sign: Sign;
  readonly text: string;
  /** 0–1 where a share is known. */
  readonly share?: number;
}

const shortErrors = {
  'not-an-image': 'notImage',
  'damaged-image': 'damaged',
  'unsupported-image': 'notSupported',
  'image-too-large': 'tooLarge',
  'file-not-found': 'notFound',
  'file-not-readable': 'notReadable',
  'decode-timeout': 'tookTooLong',
  'engine-died': 'engineEnded',
  'out-of-memory': 'outOfMemory',
  'output-exists': 'nameTaken',
  'output-not-writable': 'notWritable',
  'output-unsupported': 'wrongFormat',
} as const satisfies Partial<Record<ErrorCode, SentenceId<typeof say>>>;

/** Two or three words for an error, for narrow places. */
export const shortError = (code: ErrorCode): string =>
  say(code in shortErrors ? shortErrors[code as keyof typeof shortErrors] : 'failed');

/** State of a file for the film strip while it is not there yet, or while it is exported; null: neither. */
export function arrivalState(entry: FileEntry, { exported }: Pick<Work, 'exported'>): Said | null {
  if (entry.error) return { sign: 'error', text: shortError(entry.error.code) };
  switch (exported.kind) {
    case 'failed':
      return { sign: 'error', text: shortError(exported.error.code) };
    case 'running': {
      const share = exported.total > 0 ? exported.done / exported.total : 0;
      return { sign: 'working', text: say('exporting', { percent: percent(share * 100) }), share };
    }
    case 'queued':
      return { sign: 'waiting', text: say('queued') };
    case 'none':
    case 'cancelled':
    case 'done':
  }
  if (entry.upload !== null)
    return {
      sign: 'working',
      text: say('reading', { percent: percent(entry.upload * 100) }),
      share: entry.upload,
    };
  if (entry.arrival === 'admitting') return { sign: 'waiting', text: say('queued') };
  if (entry.arrival === 'opening') return { sign: 'working', text: say('opening'), share: 0 };
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
  if (exported.kind === 'cancelled') return { sign: 'none', text: say('cancelled') };
  if (exported.kind !== 'done') return null;
  return exported.settings === settings
    ? { sign: 'done', text: say('exported') }
    : { sign: 'warning', text: say('changedSince') };
}

/** "Cleaned on the CPU by Photo · fast 1.0.0.", with the reason when another device was tried first. */
export function madeByWords(
  { device, model }: { readonly device: DeviceUsed; readonly model: ModelUsed },
  title: string,
  done = say('cleaned'),
): { text: string; fallback: string | null } {
  return {
    text: say('madeBy', {
      done,
      device: device.label,
      title,
      version: model.version,
      precision: model.precision,
    }),
    fallback: device.fallback,
  };
}

/** Names a model in a list: a person's own are marked. */
export const modelLabel = (model: ModelInfo): string =>
  model.origin === 'user' ? say('addedByYou', { title: model.title }) : model.title;

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

const decimals = (value: number): number =>
  String(Number(value.toFixed(3))).split('.')[1]?.length ?? 0;

/** How far a network that a person brings has come, in one sentence. */
export function additionState({ state }: Addition): Said {
  switch (state.kind) {
    case 'waiting':
      return { sign: 'waiting', text: say('waitsForOneBefore') };
    case 'reading':
      return {
        sign: 'working',
        text: say('readingFile', { percent: percent(state.share * 100) }),
        share: state.share,
      };
    case 'checking':
      return { sign: 'working', text: state.step || say('tryingOnPicture') };
    case 'added':
      return {
        sign: 'done',
        text: say('addedAndCanChosenLike', { title: state.model.title }),
      };
    case 'failed':
      return { sign: 'error', text: state.error.message };
    case 'cancelled':
      return { sign: 'none', text: say('cancelledNothingAdded') };
  }
}
