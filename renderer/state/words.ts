/**
 * The state of a file in words: under its thumbnail, beside the picture, after an export. One place,
 * so that the strip, the picture and a screen reader never disagree.
 */
import type { ErrorCode } from '../../app/contract/errors.ts';
import type { DeviceUsed, ModelInfo, ModelUsed } from '../../app/contract/index.ts';
import { compressToText } from './compress-settings.ts';
import type { FileEntry } from './entry.svelte.ts';
import { isLatentEntry } from './export-plans.ts';
import { bytes, number, percent } from './format.ts';
import type { Addition } from './networks.svelte.ts';
import type { NoiseMap } from './noise-map.svelte.ts';
import type { Workspace } from './session.svelte.ts';
import { settingsToText } from './settings.ts';

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
export function stripState(entry: FileEntry, workspace: Workspace): Said {
  if (entry.error) return { sign: 'error', text: shortError(entry.error.code) };
  const cleans = workspace === 'clean';
  const { exported } = cleans ? entry : entry.compression;
  const work = cleans ? entry.preview : entry.compression.result;
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
  if (work.status === 'failed' && work.error)
    return { sign: 'error', text: shortError(work.error.code) };
  if (work.status === 'running') {
    const progress = work.progress;
    const share = progress ? progress.done / progress.total : 0;
    return { sign: 'working', text: cleans ? 'Cleaning' : 'Compressing', share };
  }
  if (!cleans && entry.compression.damaged.length > 0) return { sign: 'warning', text: 'Damaged' };
  if (exported.kind === 'done')
    return exported.settings === settingsOf(entry, workspace)
      ? { sign: 'done', text: 'Exported' }
      : { sign: 'warning', text: 'Changed since' };
  if (exported.kind === 'cancelled') return { sign: 'warning', text: 'Cancelled' };
  return { sign: 'none', text: cleans ? '' : sizeInStrip(entry) };
}

/** What an export of a file as it is now would depend on, as text. */
const settingsOf = (entry: FileEntry, workspace: Workspace): string => {
  if (workspace === 'clean') return settingsToText(entry.settings);
  return isLatentEntry(entry) ? '' : compressToText(entry.compression.settings);
};

const sizeInStrip = ({ compression }: FileEntry): string => {
  const facts = compression.result.current ? compression.result.shown?.facts : null;
  return facts ? bytes(facts.bytes) : '';
};

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
      return preview.arrived
        ? { sign: 'done', text: 'Final: what you see is what is saved.' }
        : { sign: 'working', text: 'Cleaned; on its way to the screen…', share: 1 };
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

/** What stands in the place of the cleaned picture, or when it will, in one sentence. */
export function noiseMapState({ status, facts, progress }: NoiseMap): Said {
  if (status === 'waiting') return { sign: 'waiting', text: 'The noise map waits for other work…' };
  if (status === 'failed') return { sign: 'error', text: 'The noise map could not be made.' };
  if (!facts) {
    const share = progress ? progress.done / progress.total : 0;
    const of = progress ? `: ${ofTotal(progress.done, progress.total)} tiles` : '';
    return { sign: 'working', text: `Measuring where the noise is${of}…`, share };
  }
  const [low, middle, high] = [facts.minimum, facts.median, facts.maximum].map(levelWords);
  return {
    sign: 'done',
    text: `Noise map: ${low} to ${high} levels, half of the picture below ${middle}.`,
  };
}

/** A noise level as it is said: one digit where it matters. */
export const levelWords = (level: number): string => number(level, level < 10 ? 1 : 0);

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
